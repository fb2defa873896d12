"""What is done about a class or a place as a whole: the monthly report drawn up, the meeting held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.explain import stamp
from notoneless.core.facts import CHINA_TIME
from notoneless.core.obligations import Obligation as Owed
from notoneless.core.terms import Act, ActOutcome, Evidence, ObligationState, Post
from notoneless.records.models import LIVE, ClassGroup, Obligation, Person, Place, PlaceAct, PostHeld
from notoneless.records.owing import Owing, owing_classes, owing_places
from notoneless.records.packs import places_on
from notoneless.records.scopes import live
from notoneless.services.assessments import Entry, keep
from notoneless.services.date_duties import hold_classes, hold_places, owed_by, owed_now
from notoneless.services.finding import refuse_future, the_person
from notoneless.services.permissions import CLASS_POSTS, PLACE_POSTS, held_by
from notoneless.services.posts import post_answering
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


class _Done(NamedTuple):
    """An act as it goes into its row."""

    act: Act
    to: Post | None
    taking_part: frozenset[Post]
    evidence: frozenset[Evidence]
    by_post: Post
    obligation: UUID | None


@one_act
def fulfil_duty(
    *,
    by: Person | int,
    obligation: Obligation | UUID,
    happened_at: datetime,
    at: datetime,
    outcome: ActOutcome = ActOutcome.DONE,
    note: str = "",
    key: str | None = None,
    supersedes: PlaceAct | None = None,
) -> PlaceAct:
    """Record that what a date brought was done; the act counts for this obligation and no other.

    The same `key` again gives the first record. A note is the written evidence that a rule asks for. Raises
    Refusal when the person may not, the duty is settled, or the moment does not fit.
    """
    person = the_person(by)
    number = obligation.pk if isinstance(obligation, Obligation) else obligation
    row = Obligation.objects.select_related("place", "class_group").get(pk=number)
    post = _answering(person, row, at.date())
    if key is not None and (first := PlaceAct.objects.filter(key=key).first()) is not None:
        return _the_same(first, row.place_id, row.class_group_id, row.act)
    owing = _held(row.place_id, row.class_group_id)
    row.refresh_from_db()
    owed = _still_owed(owing, row, at, supersedes)
    _refuse_moment(owed, happened_at, at)
    duty = owed.duty
    if duty.needs and not note.strip():
        raise _needs_a_note(duty.needs)
    done = _Done(duty.act, duty.to, duty.taking_part, duty.needs, post, row.pk)
    return _record(owing, done, person, happened_at, at, outcome, note, key, supersedes)


@one_act
def record_place_act(
    *,
    by: Person | int,
    about: Place | ClassGroup,
    act: Act,
    happened_at: datetime,
    at: datetime,
    outcome: ActOutcome = ActOutcome.DONE,
    taking_part: Iterable[Post] = (),
    to: Post | None = None,
    evidence: Iterable[Evidence] = (),
    note: str = "",
    key: str | None = None,
    supersedes: PlaceAct | None = None,
) -> PlaceAct:
    """Record an act about a class or a place that no obligation's button led to; duties that it fits are met.

    The same `key` again gives the first record. Raises Refusal.
    """
    person = the_person(by)
    place, class_group = (about, None) if isinstance(about, Place) else (about.school, about)
    class_id = class_group.pk if class_group else None
    post = _looking_after(person, place, class_group, at.date())
    if key is not None and (first := PlaceAct.objects.filter(key=key).first()) is not None:
        return _the_same(first, place.pk, class_id, act)
    refuse_future(happened_at, at, "发生时间", "The moment")
    if act is Act.TAKE_ROLL_CALL:
        raise Refusal("TAKE_IT", "点名请在点名页完成。", "Take the roll call on its own page.")
    owing = _held(place.pk, class_id)
    done = _Done(act, to, frozenset(taking_part), frozenset(evidence), post, None)
    return _record(owing, done, person, happened_at, at, outcome, note, key, supersedes)


def may_fulfil_duty(person: Person, row: Obligation, on: date) -> Refusal | None:
    """Why this person may not record that this duty was done, or None."""
    try:
        _answering(person, row, on)
    except Refusal as refusal:
        return refusal
    return None


def holders(rows: Iterable[Obligation], on: date) -> dict[UUID, list[Person]]:
    """Who holds the post that owes each of these on a day; an empty list is 无人任岗. One query."""
    rows = list(rows)
    there = Q(class_group__in={row.class_group_id for row in rows if row.class_group_id})
    there |= Q(place__in={place for row in rows for place in places_on(row.place.path or "")})
    found = PostHeld.objects.filter(there, live(on), post__in={row.who for row in rows})
    posts = list(found.select_related("person", "place").order_by("pk"))
    return {row.pk: [held.person for held in posts if _owes(held, row)] for row in rows}


def _owes(held: PostHeld, row: Obligation) -> bool:
    if held.post is not row.who:
        return False
    if held.place is None:
        return held.class_group_id == row.class_group_id
    return bool(held.place.path and (row.place.path or "").startswith(held.place.path))


def _answering(person: Person, row: Obligation, on: date) -> Post:
    """The post by which this person may do what the obligation asks. Raises Refusal."""
    post = post_answering(held_by(person, on), row.who, row.class_group_id, row.place.path or "")
    if post is None:
        name = str(row.class_group or row.place)
        raise Refusal(
            "NOT_YOUR_DUTY",
            f"{name}的“{row.act.zh}”由{row.who.zh}或其上级办理。",
            f'"{row.act.en}" of {name} is done by the {row.who.en} or those above in the same place.',
        )
    return post


def _looking_after(person: Person, place: Place, class_group: ClassGroup | None, on: date) -> Post:
    """The post by which this person looks after the class or the place. Raises Refusal."""
    for each in held_by(person, on):
        in_class = class_group is not None and each.class_group == class_group.pk
        around = bool(each.path and (place.path or "").startswith(each.path))
        if (in_class and each.post in CLASS_POSTS) or (around and each.post in PLACE_POSTS):
            return each.post
    name = str(class_group or place)
    raise Refusal(
        "NOT_YOUR_PLACE",
        f"{name}的工作由本班教师、本单位或上级部门记录。",
        f"Work of {name} is recorded by its own people or those above.",
    )


def _held(place: int, class_group: int | None) -> Owing:
    """The class or place with what binds it, so that nobody else changes what it owes meanwhile."""
    if class_group is None:
        hold_places([place])
        return owing_places([place])[0]
    hold_classes([class_group])
    return owing_classes([class_group])[0]


def _still_owed(owing: Owing, row: Obligation, at: datetime, supersedes: PlaceAct | None) -> Owed:
    """The obligation derived anew. Raises Refusal when there is nothing left to do."""
    if row.state is ObligationState.MET and supersedes is None:
        raise Refusal("ALREADY_DONE", "这一项已经办结。", "This has been done already.")
    owed = next((each for each in owed_now(owing, row.occasion, now=at) if each.key == row.pk), None)
    if owed is None or (row.state not in LIVE and supersedes is None):
        raise Refusal(
            "NOT_ASKED",
            "现行制度或校历不再要求这一项。",
            "The policy in force or the calendar does not ask for this any more.",
        )
    return owed


def _refuse_moment(owed: Owed, happened_at: datetime, at: datetime) -> None:
    refuse_future(happened_at, at, "办理时间", "The moment")
    if happened_at < owed.arose_at:
        since = stamp(owed.arose_at)
        raise Refusal(
            "BEFORE_ITS_PERIOD",
            f"这一项从 {since} 起算；办理时间应在其后。",
            f"This counts from {since}; it must have been done after that.",
        )


def _needs_a_note(needs: Iterable[Evidence]) -> Refusal:
    kinds = sorted(needs)
    zh, en = "、".join(each.zh for each in kinds), ", ".join(each.en for each in kinds)
    return Refusal("NO_EVIDENCE", f"这一项要有{zh}；请写下内容。", f"This needs a {en}; write it down.")


def _the_same(first: PlaceAct, place: int, class_group: int | None, act: Act) -> PlaceAct:
    if (first.place_id, first.class_group_id, first.act) != (place, class_group, act):
        raise Refusal(
            "KEY_USED",
            "这个提交编号已用于另一条记录；请刷新页面后重新提交。",
            "This submission key belongs to another record; reload the page and submit again.",
        )
    return first


def _record(
    owing: Owing,
    done: _Done,
    person: Person,
    happened_at: datetime,
    at: datetime,
    outcome: ActOutcome,
    note: str,
    key: str | None,
    supersedes: PlaceAct | None,
) -> PlaceAct:
    """Write the act, derive anew what the class or place owes, and tell both in one journal entry."""
    record = PlaceAct.objects.create(
        place_id=owing.school_id,
        class_group_id=owing.id,
        obligation=done.obligation,
        act=done.act,
        happened_at=happened_at.astimezone(CHINA_TIME),
        recorded_at=at,
        by=person,
        by_post=done.by_post,
        taking_part=sorted(post.value for post in done.taking_part),
        to_post=done.to or "",
        outcome=outcome,
        evidence=sorted(kind.value for kind in done.evidence),
        note=note,
        supersedes=supersedes,
        key=key,
    )
    kind, number = ("place", owing.school_id) if owing.id is None else ("class_group", owing.id)
    body: dict[str, object] = {"act": str(record.pk), "kind": done.act.value, "outcome": outcome.value}
    if done.obligation is not None:
        body["obligation"] = str(done.obligation)
    changes = owed_by([owing], since=at, now=at)
    keep(changes, at=at, entry=Entry("RECORD_PLACE_ACT", kind, str(number), body, person))
    return record
