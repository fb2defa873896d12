"""The subject teacher's page: my lessons' roll calls, my pupils away today, my pairs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from notoneless.core.calendar import SchoolCalendar, Session
from notoneless.core.terms import Act, AttendanceStatus, Post
from notoneless.records.constants import of_classes
from notoneless.records.models import ActRecord, AttendanceMark, Child, ClassGroup, Person, RollCall
from notoneless.services.permissions import Held, held_by
from notoneless.web.read.quotas import Measured, quotas_of
from notoneless.web.read.rows import OPEN_STAGES

TEACHES = (Post.SUBJECT_TEACHER, Post.ASSIGNED_TEACHER, Post.VISITING_TEACHER)
NOT_THERE = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE)


class Lesson(NamedTuple):
    """The session that is under way in a class, or the next one of the day."""

    class_group: ClassGroup
    session: Session | None  # None after the last lesson, and on a day without school
    taken: RollCall | None
    why_no_school: tuple[str, str] | None


class AwayToday(NamedTuple):
    """A pupil not there today, as the last roll call says."""

    child: Child
    class_group: ClassGroup
    mark: AttendanceMark


class Lessons(NamedTuple):
    """One teacher's classes at a moment."""

    lessons: tuple[Lesson, ...]
    away: tuple[AwayToday, ...]
    pairs: tuple[Child, ...]  # those this person was paired with and whose case is open
    quotas: tuple[Measured, ...]


def lessons(person: Person, *, as_of: datetime) -> Lessons:
    """What a teacher of several classes must know before the next lesson."""
    held = held_by(person, as_of.date())
    groups = _classes(held)
    return Lessons(
        tuple(_lessons(groups, as_of)),
        tuple(away_today(groups, as_of.date())),
        tuple(_pairs(person, groups)),
        tuple(quotas_of(person, held, as_of=as_of)),
    )


def _classes(held: Iterable[Held]) -> list[ClassGroup]:
    numbers = {each.class_group for each in held if each.class_group and each.post in TEACHES}
    groups = ClassGroup.objects.filter(pk__in=numbers).select_related("school")
    return list(groups.order_by("school__path", "grade", "name"))


def _lessons(groups: list[ClassGroup], as_of: datetime) -> Iterable[Lesson]:
    day, homes = as_of.date(), of_classes([each.pk for each in groups])
    calls = RollCall.objects.filter(class_group__in=groups, day=day, standing=True).select_related("taken_by")
    taken = {(call.class_group_id, call.session): call for call in calls}
    for group in groups:
        calendar = homes[group.pk].calendar.as_known_at(as_of)
        why = calendar.why_no_school(day)
        session = None if why else _session_at(calendar, as_of)
        call = taken.get((group.pk, session.code)) if session else None
        yield Lesson(group, session, call, (why[0], why[1]) if why else None)


def _session_at(calendar: SchoolCalendar, as_of: datetime) -> Session | None:
    """The one under way, else the next of the day."""
    left = [each for each in calendar.sessions if each.ends > as_of.timetz().replace(tzinfo=None)]
    return min(left, key=lambda each: each.starts, default=None)


def away_today(groups: list[ClassGroup], day: date) -> list[AwayToday]:
    """Of each pupil the latest word of the day."""
    better = AttendanceMark.objects.filter(
        child=OuterRef("child"), day=OuterRef("day"), supersedes=OuterRef("pk")
    )
    calls = RollCall.objects.filter(class_group__in=groups, day=day, standing=True)
    marks = (
        AttendanceMark.objects.filter(~Exists(better), roll_call__in=calls, speaks=True)
        .select_related("child", "roll_call")
        .order_by("at", "recorded_at")
    )
    by_number = {each.pk: each for each in groups}
    latest = {mark.child_id: mark for mark in marks}
    return [
        AwayToday(mark.child, by_number[mark.roll_call.class_group_id], mark)
        for mark in latest.values()
        if mark.status in NOT_THERE and mark.roll_call is not None
    ]


def _pairs(person: Person, groups: list[ClassGroup]) -> Iterable[Child]:
    """Those of the classes' children in open cases whom this person has paired up with or helped."""
    mine = ActRecord.objects.filter(child=OuterRef("pk"), by=person, act__in=(Act.PAIR, Act.HELP))
    pupils = Child.objects.filter(enrolments__class_group__in=groups, case__stage__in=OPEN_STAGES)
    return pupils.filter(Exists(mine)).distinct().order_by("name", "pk")
