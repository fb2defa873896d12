"""移交: who leaves a post passes on what it owes and signs for it, who takes it confirms; no clock is reset.

Obligations belong to the post, so nothing about them is touched: the list is what both sides saw, and the
receipt says that the new holder has seen it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from notoneless.core.terms import Stage, TellKind
from notoneless.records.models import (
    LIVE,
    Assigned,
    Case,
    Enrolment,
    HandOver,
    HandOverReceipt,
    HandOverSigned,
    JournalEntry,
    Obligation,
    Person,
    PostHeld,
    Residence,
)
from notoneless.records.scopes import belongs, during
from notoneless.services.appointing import along_with, end_post, hand_on, refuse_appointing, spot_of, the_post
from notoneless.services.finding import the_person
from notoneless.services.posts import owed_through
from notoneless.services.refusals import Refusal
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

SETTLED = (Stage.ATTENDING.value, Stage.CLOSED.value)


@one_act
def hand_over(
    *,
    by: Person | int,
    held: PostHeld | int,
    to: Person | int,
    from_day: date,
    basis: str = "",
    note: str = "",
    at: datetime,
) -> HandOver:
    """End a post and let another hold it from the same day; both are told. Raises Refusal.

    The same again gives the first.
    """
    who, whom, left = the_person(by), the_person(to), the_post(held)
    refuse_appointing(who, whom, left.post, spot_of(left), at.date())
    if left.person_id == whom.pk:
        raise Refusal(
            "SAME_PERSON",
            f"{whom.name}正是现任；移交应给另一个人。",
            f"{whom.name} holds the post; hand it over to somebody else.",
        )
    if (before := HandOver.objects.filter(left=left, taken__person=whom).first()) is not None:
        return before
    cases, owed, others = cases_of(left, at.date()), owed_by(left, at.date()), along_with(left)
    made = HandOver(
        left=end_post(by=who, held=left, until=from_day, basis=basis, at=at),
        taken=hand_on(left, whom, from_day, basis, who, at),
        at=at,
        by=who,
        cases=list(cases.order_by("number").values_list("number", flat=True)),
        obligations=[str(key) for key in owed.values_list("key", flat=True)],
        note=note[:300],
    )
    made.save(force_insert=True)
    for other in others:
        hand_on(other, whom, from_day, basis, who, at)
    _pass_on_assigned(left, whom, from_day, who, at)
    _journal("HAND_OVER", who, made, at, {"cases": len(made.cases), "obligations": len(made.obligations)})
    for person in (left.person_id, whom.pk):
        queue(key=f"hand-over/{made.pk}/{person}", kind=TellKind.HAND_OVER, at=at, person=person)
    return made


@one_act
def receive(*, by: Person | int, hand_over: HandOver | UUID, note: str = "", at: datetime) -> HandOverReceipt:
    """Confirm what was handed over; only who takes the post does. Again gives the first. Raises Refusal."""
    who = the_person(by)
    number = hand_over if isinstance(hand_over, UUID) else hand_over.pk
    made = HandOver.objects.select_related("taken__person").get(pk=number)
    if made.taken.person_id != who.pk:
        raise Refusal(
            "NOT_YOURS_TO_RECEIVE",
            f"这份移交由{made.taken.person.name}接收。",
            f"This hand-over is received by {made.taken.person.name}.",
        )
    before = HandOverReceipt.objects.filter(hand_over=made).first()
    if before is not None:
        return before
    receipt = HandOverReceipt.objects.create(hand_over=made, at=at, by=who, note=note[:300])
    _journal("RECEIVE_HAND_OVER", who, made, at, {})
    return receipt


@one_act
def sign(*, by: Person | int, hand_over: HandOver | UUID, note: str = "", at: datetime) -> HandOverSigned:
    """Confirm, as who leaves the post, that the list is whole. Again gives the first. Raises Refusal.

    The new holder can receive without it: whoever leaves may be gone.
    """
    who = the_person(by)
    number = hand_over if isinstance(hand_over, UUID) else hand_over.pk
    made = HandOver.objects.select_related("left__person").get(pk=number)
    if made.left.person_id != who.pk:
        raise Refusal(
            "NOT_YOURS_TO_SIGN",
            f"这份清单由移交人{made.left.person.name}签字。",
            f"This list is signed by {made.left.person.name}, who leaves the post.",
        )
    before = HandOverSigned.objects.filter(hand_over=made).first()
    if before is not None:
        return before
    signed = HandOverSigned.objects.create(hand_over=made, at=at, by=who, note=note[:300])
    _journal("SIGN_HAND_OVER", who, made, at, {})
    return signed


def waiting_for(person: Person) -> QuerySet[HandOver]:
    """The hand-overs this person has not received, or as who leaves not signed, oldest first."""
    to_receive = Q(taken__person=person, receipt__isnull=True)
    rows = HandOver.objects.filter(to_receive | Q(left__person=person, signed__isnull=True))
    return rows.select_related("left__person", *_SPOT).order_by("at")


def hand_over_for(person: Person, number: UUID) -> HandOver:
    """The hand-over, if it is from or to this person, or made by it. Raises HandOver.DoesNotExist."""
    theirs = Q(left__person=person) | Q(taken__person=person) | Q(by=person)
    return HandOver.objects.filter(theirs).select_related("left__person", "by", *_SPOT).get(pk=number)


_SPOT = ("taken__person", "taken__place", "taken__class_group__school")


def owed_by(held: PostHeld, on: date) -> QuerySet[Obligation]:
    """What is open through a post where it is held, soonest first."""
    who = [post.value for post in owed_through(held.post)]
    there = Q(class_group=held.class_group_id) if held.class_group_id else _below(held, "place__path")
    rows = Obligation.objects.filter(there | Q(child__in=_at_home(held, on)), state__in=LIVE, who__in=who)
    return rows.order_by(F("due_at").asc(nulls_last=True), "key")


def cases_of(held: PostHeld, on: date) -> QuerySet[Case]:
    """The open cases of the children a post answers for."""
    if held.class_group_id is not None:
        in_class = Q(class_group=held.class_group_id)
    else:
        in_class = _below(held, "class_group__school__path")
    ours = Enrolment.objects.filter(in_class).filter(belongs(on)).values("child_id")
    mine = Assigned.objects.filter(during(on), person=held.person_id, post=held.post).values("child_id")
    children = Q(child__in=ours) | Q(child__in=_at_home(held, on)) | Q(child__in=mine)
    return Case.objects.filter(children).exclude(stage__in=SETTLED)


def _below(held: PostHeld, path: str) -> Q:
    """Rows at or below the place of a post."""
    assert held.place is not None  # it is not held in a class
    return Q(**{f"{path}__startswith": held.place.path or "/"})


def _at_home(held: PostHeld, on: date) -> QuerySet[Residence, UUID]:
    """The children who live in the village a post is held in; none elsewhere."""
    homes = Residence.objects.filter(during(on), place=held.place_id)
    return homes.values_list("child_id", flat=True)


def _pass_on_assigned(left: PostHeld, whom: Person, from_day: date, who: Person, at: datetime) -> None:
    """Children assigned to who leaves by this post are assigned to who takes it, from the same day."""
    theirs = Assigned.objects.filter(person=left.person_id, post=left.post, until__isnull=True)
    for row in list(theirs.select_for_update()):
        Assigned.objects.filter(pk=row.pk).update(until=from_day)
        Assigned.objects.create(
            child_id=row.child_id, person=whom, post=left.post, from_day=from_day, by=who, recorded_at=at
        )


def _journal(act: str, who: Person, made: HandOver, at: datetime, counts: dict[str, int]) -> None:
    body = {"left": made.left_id, "taken": made.taken_id, **counts}
    JournalEntry.objects.create(
        at=at, by=who, act=act, subject_kind="hand_over", subject_id=made.pk.hex, body=body
    )
