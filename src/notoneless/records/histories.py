"""Rows → core's histories: what was recorded, and the silence of roll calls that were not taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import Mark
from notoneless.core.history import History
from notoneless.core.terms import AttendanceStatus
from notoneless.records import constants, reading
from notoneless.records.constants import ClassConstants
from notoneless.records.dialect import json_moment
from notoneless.records.reading import ChildRecord, Enrolled, Taken

UNRECORDED = AttendanceStatus.UNRECORDED


class Subject(NamedTuple):
    """A child ready to be evaluated: the history, the class it is evaluated in, and what is stored."""

    history: History
    home: ClassConstants
    record: ChildRecord


def for_children(child_ids: Collection[UUID], *, as_of: datetime) -> dict[UUID, History]:
    """The histories of these children as known at `as_of`, silence included."""
    return {child: subject.history for child, subject in subjects(child_ids, as_of=as_of).items()}


def subjects(child_ids: Collection[UUID], *, as_of: datetime) -> dict[UUID, Subject]:
    """These children with all that an evaluation needs; those who were never in a class are left out."""
    recorded = reading.about(child_ids)
    classes = {e.class_group for record in recorded.children.values() for e in record.enrolments}
    homes = constants.of_classes(classes, version=recorded.constants_version)
    return {
        child: subject_of(record, recorded.taken, homes, as_of)
        for child, record in recorded.children.items()
        if record.enrolments
    }


def subject_of(
    record: ChildRecord,
    taken: Mapping[int, list[Taken]],
    homes: Mapping[int, ClassConstants],
    as_of: datetime,
) -> Subject:
    """One child's record as a history, evaluated in the class it is or last was in."""
    last = max(record.enrolments, key=lambda e: (e.until is None, e.from_day))
    return Subject(history_of(record, taken, homes, as_of), homes[last.class_group], record)


def history_of(
    record: ChildRecord,
    taken: Mapping[int, list[Taken]],
    homes: Mapping[int, ClassConstants],
    as_of: datetime,
) -> History:
    """The child's facts in core's form."""
    silence = [
        mark
        for enrolled in record.enrolments
        for mark in _silence(
            enrolled, taken.get(enrolled.class_group, ()), homes[enrolled.class_group], as_of
        )
    ]
    ends = [enrolled.until for enrolled in record.enrolments]
    return History(
        str(record.child),
        (*record.marks, *silence),
        tuple(record.leaves),
        tuple(record.acts),
        tuple(record.events),
        min((enrolled.from_day for enrolled in record.enrolments), default=date.min),
        None if None in ends else max((day for day in ends if day), default=None),
    )


def _silence(
    enrolled: Enrolled, taken: Collection[Taken], home: ClassConstants, as_of: datetime
) -> Iterator[Mark]:
    """A mark for each session called in other classes that was not called in this one."""
    by_then = json_moment(as_of, connection.vendor)
    known = {(each.day, each.session) for each in taken if each.recorded_at <= by_then}
    if not known:
        return
    # The class's record begins with its first roll call: before it there is nobody's silence.
    first = date.fromisoformat(min(day for day, _ in known))
    until = as_of.date() + timedelta(days=1)
    if enrolled.until is not None:
        until = min(until, enrolled.until)
    calendar = home.calendar.as_known_at(as_of)
    for day, session, starts in expected(calendar, max(enrolled.from_day, first), until, as_of):
        if (day.isoformat(), session) not in known:
            yield Mark(day, session, UNRECORDED, starts, starts, id=f"silence/{day}/{session}")


def expected(
    calendar: SchoolCalendar, from_day: date, until: date, as_of: datetime
) -> Iterator[tuple[date, str, datetime]]:
    """Each roll call expected from `from_day` up to `until` (exclusive) that has begun by `as_of`."""
    sessions = [session.code for session in calendar.roll_call_sessions()]
    for day in calendar.school_days(from_day, until):
        for code in sessions:
            starts = calendar.session_start(day, code)
            if starts <= as_of:
                yield day, code, starts
