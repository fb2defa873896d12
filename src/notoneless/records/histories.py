"""Rows → core's histories: what was recorded, and the silence of roll calls that were not taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import Mark
from notoneless.core.history import History
from notoneless.core.terms import AttendanceStatus
from notoneless.records import constants, reading
from notoneless.records.constants import ClassConstants
from notoneless.records.reading import Called, ChildRecord, Enrolled

UNRECORDED, LEAVE = AttendanceStatus.UNRECORDED, AttendanceStatus.LEAVE
ONE_DAY = timedelta(days=1)


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
    recorded = reading.about(child_ids, as_of=as_of)
    classes = {e.class_group for record in recorded.children.values() for e in record.enrolments}
    waiting = {child: place for child, r in recorded.children.items() if (place := _awaited_at(r))}
    nearby = constants.any_class_of(waiting.values()) if waiting else {}
    homes = constants.of_classes(classes | set(nearby.values()), version=recorded.constants_version)
    silence = Silence(recorded.called, homes, as_of)
    found = {
        child: subject_of(record, homes, silence)
        for child, record in recorded.children.items()
        if record.enrolments
    }
    for child, place in waiting.items():
        if place in nearby:
            record = recorded.children[child]
            found[child] = Subject(history_of(record, silence), homes[nearby[place]], record)
    return found


def _awaited_at(record: ChildRecord) -> int | None:
    """The school that waits for a child who was never in a class; its calendar and packs bind the child."""
    places = [event.place for event in record.events if event.place]
    return int(places[-1]) if places and not record.enrolments else None


class Silence:
    """The roll calls that classes did not take by `as_of`; worked out once a class and span."""

    def __init__(
        self, called: Mapping[int, Called], homes: Mapping[int, ClassConstants], as_of: datetime
    ) -> None:
        self._called, self._homes, self._as_of = called, homes, as_of
        self._found: dict[Enrolled, tuple[Mark, ...]] = {}

    def of(self, enrolled: Enrolled) -> tuple[Mark, ...]:
        """A mark for each session of the child's time in the class that was expected and not called."""
        marks = self._found.get(enrolled)
        if marks is None:
            marks = self._found[enrolled] = tuple(self._marks(enrolled))
        return marks

    def expected_of(
        self, class_group: int, from_day: date, until: date
    ) -> Iterator[tuple[date, str, datetime]]:
        """Each roll call of a class expected from `from_day` up to `until` (exclusive) that has begun."""
        calendar = self._homes[class_group].calendar.as_known_at(self._as_of)
        return expected(calendar, from_day, min(until, self._as_of.date() + ONE_DAY), self._as_of)

    def _marks(self, enrolled: Enrolled) -> Iterator[Mark]:
        called = self._called.get(enrolled.class_group)
        if not called:
            return
        # The class's record begins with its first roll call: before it there is nobody's silence.
        first = date.fromisoformat(min(map(min, called.values())))
        until = self._as_of.date() + ONE_DAY
        if enrolled.until is not None:
            until = min(until, enrolled.until)
        calendar = self._homes[enrolled.class_group].calendar.as_known_at(self._as_of)
        for text, day, session, starts in _expected(calendar, max(enrolled.from_day, first), until):
            if text not in called.get(session, ()) and starts <= self._as_of:
                yield Mark(day, session, UNRECORDED, starts, starts, id=f"silence/{text}/{session}")


def subject_of(record: ChildRecord, homes: Mapping[int, ClassConstants], silence: Silence) -> Subject:
    """One child's record as a history, evaluated in the class it is or last was in."""
    last = max(record.enrolments, key=lambda e: (e.until is None, e.from_day))
    home = constants.for_case(homes[last.class_group], record.case_steps)
    return Subject(history_of(record, silence), home, record)


def history_of(record: ChildRecord, silence: Silence) -> History:
    """The child's facts in core's form."""
    unheard = [mark for enrolled in record.enrolments for mark in silence.of(enrolled)]
    unheard += _between(record, silence)
    ends = [enrolled.until for enrolled in record.enrolments]
    return History(
        str(record.child),
        (*record.marks, *unheard),
        tuple(record.leaves),
        tuple(record.acts),
        tuple(record.events),
        min((enrolled.from_day for enrolled in record.enrolments), default=date.min),
        None if None in ends else max((day for day in ends if day), default=None),
    )


def _between(record: ChildRecord, silence: Silence) -> Iterator[Mark]:
    """Days in no class between two: suspended, taught at home, under way from one school to the next.

    Nobody expected the child, which is neither presence nor absence; so they stand as leave stands.
    """
    if len(record.enrolments) < 2:
        return
    marked = {(mark.day, mark.session) for mark in record.marks}
    for before, after in pairwise(sorted(record.enrolments, key=lambda each: each.from_day)):
        if before.until is not None and before.until < after.from_day:
            for day, session, starts in silence.expected_of(before.class_group, before.until, after.from_day):
                if (day, session) not in marked:
                    yield Mark(day, session, LEAVE, starts, starts, id=f"between/{day}/{session}")


@lru_cache(maxsize=4096)
def _expected(
    calendar: SchoolCalendar, from_day: date, until: date
) -> tuple[tuple[str, date, str, datetime], ...]:
    """As `expected`, begun or not, with the day as text: the same for all who share calendar and term."""
    return tuple(
        (day.isoformat(), day, session.code, calendar.session_start(day, session.code))
        for day in calendar.school_days(from_day, until)
        for session in calendar.roll_call_sessions()
    )


def expected(
    calendar: SchoolCalendar, from_day: date, until: date, as_of: datetime
) -> Iterator[tuple[date, str, datetime]]:
    """Each roll call expected from `from_day` up to `until` (exclusive) that has begun by `as_of`."""
    for _, day, session, starts in _expected(calendar, from_day, until):
        if starts <= as_of:
            yield day, session, starts
