"""整班: a class that graduates or goes on, and those who arrive, each child by its own change, in one go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.enrolment import RULES
from notoneless.core.terms import ChangeKind, ChangeStep
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, ClassGroup, Enrolment, EnrolmentChange, Person, Place
from notoneless.records.scopes import during
from notoneless.services.change_standing import next_step
from notoneless.services.enrolment_changes import ask_change, take_step
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

KINDS = (ChangeKind.GRADUATION, ChangeKind.ADVANCEMENT)


class Together(NamedTuple):
    """How many it was done for, and who was left out with the sentence that says why."""

    done: int
    left: tuple[tuple[Child, Refusal], ...]


@one_act
def leave_together(
    *,
    by: Person | int,
    class_group: ClassGroup,
    kind: ChangeKind,
    from_day: date,
    at: datetime,
    receiver: Place | None = None,
    elsewhere: str = "",
    key: str,
) -> Together:
    """Ask for the change of each child of the class, and agree for the school. Raises Refusal.

    Who cannot go with the others stays as it is and is named. The same `key` again does nothing twice.
    """
    person = the_person(by)
    require(person, Thing.CHANGE, Verb.ASK, class_group.school, at.date())
    require(person, Thing.CHANGE, Verb.CONFIRM, class_group.school, at.date())
    if kind not in KINDS:
        raise Refusal("ONE_BY_ONE", f"{kind.zh}要逐人办理。", f"Done one by one ({kind.en}).")
    sits = Enrolment.objects.filter(during(at.date()), class_group=class_group, until__isnull=True)
    done, left = 0, []
    for row in sits.select_related("child").order_by("child__name_pinyin", "child__name", "pk"):
        try:
            change = ask_change(
                by=person,
                child=row.child,
                kind=kind,
                from_day=from_day,
                receiver=receiver,
                elsewhere=elsewhere,
                papers=RULES[kind].papers,
                key=f"{key[:40]}/{row.child_id.hex}",
                at=at,
            )
            if next_step(change) is ChangeStep.SCHOOL_AGREED:
                take_step(by=person, change=change, at=at)
        except Refusal as refusal:
            left.append((row.child, refusal))
        else:
            done += 1
    return Together(done, tuple(left))


@one_act
def confirm_together(
    *, by: Person | int, school: Place, changes: Collection[UUID], class_group: ClassGroup, at: datetime
) -> Together:
    """Confirm for the receiving school that these children are in this class now. Raises Refusal.

    Who was confirmed before is passed over; who cannot be is named.
    """
    person = the_person(by)
    require(person, Thing.CHANGE, Verb.CONFIRM, school, at.date())
    done, left = 0, []
    for change in arriving(school):
        if change.pk not in changes:
            continue
        try:
            take_step(by=person, change=change, class_group=class_group, at=at)
        except Refusal as refusal:
            left.append((change.child, refusal))
        else:
            done += 1
    return Together(done, tuple(left))


def arriving(school: Place) -> list[EnrolmentChange]:
    """The changes that wait for this school's word that it has received the child."""
    rows = EnrolmentChange.objects.filter(receiver=school).exclude(steps__step=ChangeStep.RECEIVER_CONFIRMED)
    agreed = rows.filter(steps__step=ChangeStep.SCHOOL_AGREED).select_related("child", "school", "receiver")
    ordered = agreed.prefetch_related("steps").order_by("school__path", "child__name_pinyin", "pk")
    return [change for change in ordered if next_step(change) is ChangeStep.RECEIVER_CONFIRMED]
