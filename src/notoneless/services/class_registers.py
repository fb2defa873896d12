"""The register of one class for one session: its pupils, leave that covers the day, and what was called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from notoneless.core.terms import AttendanceStatus
from notoneless.records.access import Thing
from notoneless.records.models import (
    LIVE,
    AttendanceMark,
    Child,
    ClassGroup,
    Guardian,
    LeaveGranted,
    Obligation,
    Person,
    RollCall,
)
from notoneless.records.scopes import visible_classes


class Line(NamedTuple):
    """One pupil on the register."""

    child: Child
    guardian: Guardian | None  # the first with a telephone
    leave: LeaveGranted | None
    mark: AttendanceMark | None  # the last word of the standing roll call; None is present, once called

    @property
    def status(self) -> AttendanceStatus:
        """What was called."""
        return self.mark.status if self.mark else AttendanceStatus.PRESENT


class Register(NamedTuple):
    """A class, a day and a session."""

    class_group: ClassGroup
    lines: tuple[Line, ...]
    standing: RollCall | None
    competing: tuple[RollCall, ...]

    @property
    def away(self) -> tuple[Line, ...]:
        """Those who are not there, or of whom nothing is known."""
        there = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)
        return tuple(line for line in self.lines if line.status not in there)

    @property
    def present(self) -> int:
        """How many are there."""
        return len(self.lines) - len(self.away)

    @property
    def noted(self) -> tuple[Line, ...]:
        """Those with a mark."""
        return tuple(line for line in self.lines if line.mark)


def unanswered(class_group: ClassGroup, day: date, session: str, answered: Collection[UUID]) -> list[Child]:
    """The pupils of whom a roll call says nothing: silence is not presence, unless it says so of the rest."""
    lines = class_register(class_group, day, session).lines
    return [line.child for line in lines if line.child.pk not in answered]


def class_register(class_group: ClassGroup, day: date, session: str) -> Register:
    """The register, in the order of the pupils' names; five queries."""
    children = list(
        Child.objects.filter(enrolled_on(day), enrolments__class_group=class_group).order_by(
            "name_pinyin", "name"
        )
    )
    calls = RollCall.objects.filter(class_group=class_group, day=day, session=session).select_related(
        "taken_by"
    )
    standing = next((call for call in calls if call.standing), None)
    guardians, leaves = _guardians(children), leaves_on(children, day)
    marks = _marks(children, day, session) if standing else {}
    lines = tuple(
        Line(child, guardians.get(child.pk), leaves.get(child.pk), marks.get(child.pk)) for child in children
    )
    return Register(class_group, lines, standing, tuple(call for call in calls if not call.standing))


def called(person: Person, number: UUID, on: date) -> RollCall:
    """A roll call with its class, if it is in the person's scope; RollCall.DoesNotExist otherwise."""
    calls = RollCall.objects.select_related("class_group__school", "taken_by")
    return calls.get(pk=number, class_group__in=visible_classes(person, on, Thing.ROLL_CALL))


def obligations_of(call: RollCall) -> list[Obligation]:
    """What is owed now about the children that a roll call marked, soonest first."""
    marked = call.marks.values_list("child_id")
    owed = Obligation.objects.filter(child__in=marked, state__in=LIVE).select_related("child")
    return list(owed.order_by(F("due_at").asc(nulls_last=True), "key"))


def enrolled_on(day: date) -> Q:
    """Children enrolled on a day."""
    return Q(enrolments__from_day__lte=day) & (
        Q(enrolments__until__isnull=True) | Q(enrolments__until__gt=day)
    )


def leaves_on(children: list[Child], day: date) -> dict[object, LeaveGranted]:
    """The leave of each child that covers the day, what was superseded left out."""
    granted = LeaveGranted.objects.filter(child__in=children)
    gone = {leave.supersedes_id for leave in granted}
    return {
        leave.child_id: leave
        for leave in granted
        if leave.pk not in gone and leave.from_day <= day < leave.until
    }


def _guardians(children: list[Child]) -> dict[object, Guardian]:
    found = Guardian.objects.filter(child__in=children).exclude(phone="").order_by("-pk")
    return {guardian.child_id: guardian for guardian in found}


def _marks(children: list[Child], day: date, session: str) -> dict[object, AttendanceMark]:
    found = AttendanceMark.objects.filter(child__in=children, day=day, session=session, speaks=True)
    return {mark.child_id: mark for mark in found.order_by("recorded_at", "at")}
