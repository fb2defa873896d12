"""任免: who holds which post where, from when until when; posts own, people come and go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from notoneless.core.terms import Post
from notoneless.records.access import APPOINTS, Thing, Verb
from notoneless.records.models import ClassGroup, JournalEntry, Person, Place, PostHeld
from notoneless.records.scopes import live
from notoneless.services.accounts import FACTOR_POSTS, sign_out_everywhere
from notoneless.services.date_duties import hold_classes, hold_places
from notoneless.services.finding import the_person
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.places import refuse_closed
from notoneless.services.posts import owed_through
from notoneless.services.refusals import Refusal
from notoneless.services.rungs import RUNG_POSTS
from notoneless.services.second_factor import has_factor
from notoneless.services.spots import refuse_spot
from notoneless.services.transactions import one_act

# A village has as many cadres as it needs, each for the children assigned to them.
ONE_HOLDER = RUNG_POSTS - {Post.VILLAGE_CADRE}
Spot = ClassGroup | Place


@one_act
def appoint(
    *,
    by: Person | int,
    person: Person | int,
    post: Post,
    place: Place | None = None,
    class_group: ClassGroup | None = None,
    from_day: date,
    until: date | None = None,
    basis: str = "",
    at: datetime,
) -> PostHeld:
    """Let a person hold a post at a place or in a class from a day until a day (exclusive; None: for good).

    The same again gives the first. Raises Refusal where somebody else holds a post that one person holds.
    """
    spot = _spot(place, class_group)
    who, whom = the_person(by), the_person(person)
    refuse_appointing(who, whom, post, spot, at.date())
    refuse_spot(post, spot)
    refuse_closed(place_of(spot), from_day)
    _refuse_span(from_day, until)
    _hold(spot)
    there = held_at(post, spot).filter(deputising_for=None)
    if (same := there.filter(person=whom, held_from=from_day, held_until=until).first()) is not None:
        return same
    if post in ONE_HOLDER:
        _refuse_second(there, from_day, until, spot, post)
    held = _hold_post(who, whom, post, spot, from_day, until, basis, at)
    _journal("APPOINT", who, held, at, basis)
    return held


@one_act
def appoint_deputy(
    *,
    by: Person | int,
    held: PostHeld | int,
    person: Person | int,
    from_day: date,
    until: date,
    basis: str = "",
    at: datetime,
) -> PostHeld:
    """Let a person answer in the holder's stead from a day until a day (exclusive). Raises Refusal."""
    who, whom, holding = the_person(by), the_person(person), the_post(held)
    spot = spot_of(holding)
    refuse_appointing(who, whom, holding.post, spot, at.date())
    _refuse_span(from_day, until)
    if holding.deputising_for_id is not None or holding.person_id == whom.pk:
        raise Refusal(
            "NO_DEPUTY_OF_A_DEPUTY",
            "代理应由本岗位任职人以外的人担任，代理人不能再请人代理。",
            "A deputy stands in for the holder and is somebody else; a deputy has no deputy.",
        )
    _hold(spot)
    same = PostHeld.objects.filter(
        deputising_for=holding, person=whom, held_from=from_day, held_until=until
    ).first()
    if same is not None:
        return same
    deputy = _hold_post(who, whom, holding.post, spot, from_day, until, basis, at, deputising_for=holding)
    _journal("APPOINT_DEPUTY", who, deputy, at, basis)
    return deputy


@one_act
def end_post(
    *, by: Person | int, held: PostHeld | int, until: date, basis: str = "", at: datetime
) -> PostHeld:
    """Let a post end; `until` is the first day it is no longer held, so today takes effect at once.

    A post that ends on its first day was never held. Raises Refusal.
    """
    who, holding = the_person(by), the_post(held)
    spot = spot_of(holding)
    refuse_appointing(who, None, holding.post, spot, at.date())
    _hold(spot)
    holding.refresh_from_db()
    for other in along_with(holding):
        end(other, max(until, other.held_from), basis, who, at)
    return end(holding, until, basis, who, at)


def along_with(held: PostHeld) -> list[PostHeld]:
    """What else the person holds in the same spot and goes with a post, as calling the roll with a class.

    Subjects that somebody teaches there go on.
    """
    if held.deputising_for_id is not None:
        return []
    rows = held_at(held.post, spot_of(held), owed_through(held.post))
    rows = rows.filter(person=held.person_id, deputising_for=None).exclude(pk=held.pk)
    return [row for row in rows if row.held_until is None or row.held_until == held.held_until]


def end(holding: PostHeld, until: date, basis: str, who: Person, at: datetime) -> PostHeld:
    """Within an act's transaction: write the end of a post and its journal entry."""
    if holding.held_until == until:
        return holding
    if holding.held_until is not None and holding.held_until <= at.date():
        raise Refusal(
            "POST_ENDED",
            f"这项任职已于 {holding.held_until} 结束。",
            f"This post ended on {holding.held_until}.",
        )
    if until < holding.held_from:
        raise Refusal(
            "BEFORE_IT_BEGAN",
            f"结束日期早于任职日期 {holding.held_from}；请改为当日或以后。",
            f"The post began on {holding.held_from}; it ends on that day or later.",
        )
    holding.held_until = until
    holding.save(update_fields=["held_until"])
    _journal("END_POST", who, holding, at, basis)
    return holding


def hand_on(left: PostHeld, whom: Person, from_day: date, basis: str, who: Person, at: datetime) -> PostHeld:
    """Within an act's transaction: let `whom` hold the post that `left` ends on `from_day`."""
    for deputy in PostHeld.objects.filter(live(from_day), deputising_for=left, person=whom):
        end(deputy, from_day, basis, who, at)
    taken = _hold_post(who, whom, left.post, spot_of(left), from_day, None, basis, at)
    _journal("APPOINT", who, taken, at, basis)
    return taken


# What other acts on posts need too.


def the_post(held: PostHeld | int) -> PostHeld:
    """The post as it is held, with where and by whom, from the row or its number."""
    number = held if isinstance(held, int) else held.pk
    return PostHeld.objects.select_related("person__user", "place", "class_group__school").get(pk=number)


def spot_of(held: PostHeld) -> Spot:
    """The class or place a post is held at."""
    spot = held.class_group or held.place
    assert spot is not None  # the table asks for one of them
    return spot


def place_of(spot: Spot) -> Place:
    """The place itself, or the school of the class."""
    return spot if isinstance(spot, Place) else spot.school


def held_at(post: Post, spot: Spot, posts: Iterable[Post] = ()) -> QuerySet[PostHeld]:
    """The rows of one post, or of several, in one spot."""
    where = {"place": spot} if isinstance(spot, Place) else {"class_group": spot}
    return PostHeld.objects.filter(post__in=posts or (post,), **where).select_related("person")


def may_appoint(by: Person, post: Post, spot: Spot, on: date) -> bool:
    """Whether one of the person's posts decides who holds `post` there."""
    own = posts_in(by, Thing.PEOPLE, Verb.APPOINT, place_of(spot), on)
    return any(post in APPOINTS[each] for each in own)


def refuse_appointing(by: Person, whom: Person | None, post: Post, spot: Spot, on: date) -> None:
    """Refuse whoever may not decide about this post there, and everybody about their own posts."""
    if whom is not None and whom.pk == by.pk:
        raise Refusal(
            "NOT_ONESELF",
            "不能任命自己；请由上级或安全管理员办理。",
            "Nobody appoints themselves; those above or the security officer do it.",
        )
    if may_appoint(by, post, spot, on):
        return
    if not posts_in(by, Thing.PEOPLE, Verb.APPOINT, place_of(spot), on):
        raise may_not(Thing.PEOPLE, Verb.APPOINT, spot.name)
    posts = [each for each in Post if post in APPOINTS.get(each, ())]
    raise Refusal(
        "NOT_YOURS_TO_APPOINT",
        f"{post.zh}由{'、'.join(each.zh for each in posts)}任免。",
        f"The {post.en} is appointed by: {', '.join(each.en for each in posts)}.",
    )


def _spot(place: Place | None, class_group: ClassGroup | None) -> Spot:
    spot = place or class_group
    assert spot is not None, "a post is held somewhere"
    assert place is None or class_group is None, "a post is held in one spot"
    return spot


def _refuse_span(from_day: date, until: date | None) -> None:
    if until is not None and until <= from_day:
        raise Refusal(
            "ENDS_BEFORE_IT_BEGINS",
            f"结束日期应晚于任职日期 {from_day}。",
            f"The end must come after the first day, {from_day}.",
        )


def _refuse_second(
    there: QuerySet[PostHeld], from_day: date, until: date | None, spot: Spot, post: Post
) -> None:
    """Refuse a second holder in the same time."""
    for other in there.exclude(held_until__lte=from_day):
        if (until is None or other.held_from < until) and other.held_until != other.held_from:
            raise Refusal(
                "POST_IS_HELD",
                f"{spot.name}的{post.zh}现由{other.person.name}担任；请先结束或移交，临时请用代理。",
                f"{other.person.name} is {post.en} of {spot.name}; hand over first, or appoint a deputy.",
            )


def _hold(spot: Spot) -> None:
    """Two who appoint in the same spot come one after the other."""
    if isinstance(spot, Place):
        hold_places([spot.pk])
    else:
        hold_classes([spot.pk])


def _hold_post(
    who: Person,
    whom: Person,
    post: Post,
    spot: Spot,
    from_day: date,
    until: date | None,
    basis: str,
    at: datetime,
    **more: Any,
) -> PostHeld:
    where = {"place": spot} if isinstance(spot, Place) else {"class_group": spot}
    _ask_for_factor(whom, post, at)
    return PostHeld.objects.create(
        person=whom,
        post=post,
        held_from=from_day,
        held_until=until,
        basis=basis[:200],
        by=who,
        recorded_at=at,
        **where,
        **more,
    )


def _ask_for_factor(whom: Person, post: Post, at: datetime) -> None:
    """A post that needs a second factor opens nothing to a device that signed in without one."""
    if post in FACTOR_POSTS and whom.user is not None and not has_factor(whom.user):
        sign_out_everywhere(person=whom, at=at)


def _journal(act: str, who: Person, held: PostHeld, at: datetime, reason: str) -> None:
    body = {
        "person": held.person_id,
        "post": held.post.value,
        "place": held.place_id,
        "class_group": held.class_group_id,
        "from": str(held.held_from),
        "until": str(held.held_until) if held.held_until else None,
    }
    JournalEntry.objects.create(
        at=at,
        by=who,
        act=act,
        subject_kind="post",
        subject_id=str(held.pk),
        body=body,
        reason=reason[:300],
    )
