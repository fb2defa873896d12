"""The slow clock: writes down every minute of two years and walks them, one after another.

It reads the calendar's plain fields and nothing that is computed from them, so that it can disagree. A track
holds one byte a minute, 1 where something counts or ends; walking is `bytes.find`, a minute-by-minute search
at C speed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import DayKind, SessionKind

A_DAY = 24 * 60
NOTHING = bytes(A_DAY)
ALL_DAY = b"\1" * A_DAY
LAST_MINUTE = bytes(A_DAY - 1) + b"\1"


def minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def minutes(*moments: time) -> bytes:
    """One day with these minutes marked."""
    day = bytearray(A_DAY)
    for moment in moments:
        day[minute(moment)] = 1
    return bytes(day)


def stretches(*spans: tuple[time, time]) -> bytes:
    """One day with every minute inside these spans marked."""
    return bytes(any(minute(start) <= each < minute(end) for start, end in spans) for each in range(A_DAY))


def school_on(day: date, calendar: SchoolCalendar) -> bool | None:
    """Whether there is school, from the plain fields; None if the holidays of the year are not loaded."""
    planned = planned_on(day, calendar)
    return planned and not any(
        closure.from_day <= day < closure.until
        and (closure.school, closure.grade, closure.class_group) == ("", "", "")
        for closure in calendar.closures
    )


def planned_on(day: date, calendar: SchoolCalendar) -> bool | None:
    if day in calendar.extra_school_days:
        return True
    if not any(term.first_day <= day <= term.last_day for term in calendar.terms) or day in calendar.days_off:
        return False
    workdays = calendar.workdays
    if not workdays.first_year <= day.year <= workdays.last_year:
        return None
    if day in workdays.holidays:
        return False
    return day.weekday() in calendar.weekdays or day in workdays.make_up_days


def work_on(day: date, calendar: SchoolCalendar) -> bool | None:
    workdays = calendar.workdays
    if not workdays.first_year <= day.year <= workdays.last_year:
        return None
    return day not in workdays.holidays and (day.weekday() < 5 or day in workdays.make_up_days)


@lru_cache(maxsize=64)
def everybodys_marks(kind: DayKind, count: int, first: date, days: int) -> bytes:
    """The last minute of every day on which a limit may be up that no calendar has a say in."""
    marks = []
    for day in (first + timedelta(days=offset) for offset in range(days)):
        tomorrow = day + timedelta(days=1)
        up = {
            DayKind.SAME_DAY: True,
            DayKind.CALENDAR_DAY: True,
            DayKind.BY_THE_NTH: day.day == count or (day.day < count and tomorrow.day == 1),
            DayKind.MONTH_END: tomorrow.day == 1,
            DayKind.SCHOOL_YEAR_END: (tomorrow.month, tomorrow.day) == (9, 1),
        }[kind]
        marks.append(LAST_MINUTE if up else NOTHING)
    return b"".join(marks)


class SlowClock:
    """Every minute of `days` days from `first`, for one calendar."""

    def __init__(self, calendar: SchoolCalendar, first: date, days: int) -> None:
        self.calendar = calendar
        self.first = first
        self.days = [first + timedelta(days=offset) for offset in range(days)]
        self.school = self._known([school_on(day, calendar) for day in self.days])
        self.planned = self._known([planned_on(day, calendar) for day in self.days])
        self.work = self._known([work_on(day, calendar) for day in self.days])
        self.tracks: dict[object, bytes] = {}

    def due(self, kind: DayKind, count: int, start: datetime) -> datetime | None:
        """The last minute in time; None if the walk falls off the known days."""
        at = self._walk(kind, count, self._index(start))
        return None if at is None else self._moment(at)

    def counted(self, kind: DayKind, start: datetime, from_at: datetime, until_at: datetime) -> int:
        """How many minutes from `from_at` until `until_at` count towards a limit that began at `start`."""
        track = self._track(("counted", kind), lambda: self._counted_minutes(kind))
        begin, end = self._index(from_at), self._index(until_at)
        if kind is DayKind.LESSON:
            # The lesson under way at the start does not count: its remaining minutes come off.
            here = self._index(start)
            if here and track[here - 1] and track[here] and not self._lesson_starts()[here]:
                begin = max(begin, min(self._lesson_ends().find(1, here), end))
        return track.count(1, begin, end)

    def _walk(self, kind: DayKind, count: int, start: int) -> int | None:
        if kind is DayKind.HOUR:
            return start + 60 * count
        if kind is DayKind.LESSON:
            return self._walk_lessons(count, start)
        if kind is DayKind.SCHOOL_HOUR:
            track = self._track(("counted", kind), lambda: self._counted_minutes(kind))
            last = self._nth(track, 60 * count, start)
            return None if last is None or not self._sure(start, last) else last + 1
        if kind in (DayKind.HALF_DAY, DayKind.SESSION):
            track = self._track(("ends", kind), lambda: self._span_ends(kind))
            found = self._nth(track, count, start + 1)
            return found if found is not None and self._sure(start, found) else None
        if kind is DayKind.WEEK_OF_TERM:
            return self._walk_weeks(count, start)
        tomorrow = (start // A_DAY + 1) * A_DAY
        counts_today = kind not in (
            DayKind.SCHOOL_DAY,
            DayKind.WORKING_DAY,
            DayKind.CALENDAR_DAY,
            DayKind.MORNING_CHECK,
        )
        times = 1 if counts_today or kind is DayKind.MORNING_CHECK else count
        key = (kind, count) if kind is DayKind.BY_THE_NTH else kind
        track = self._track(key, lambda: self._marks(kind, count))
        return self._nth(track, times, start if counts_today else tomorrow)

    def _walk_lessons(self, count: int, start: int) -> int | None:
        here: int | None = start
        for _ in range(count):
            begins = self._lesson_starts().find(1, here)
            if begins < 0 or not self._sure(start, begins):
                return None
            here = self._lesson_ends().find(1, begins + 1)
        return here

    def _walk_weeks(self, count: int, start: int) -> int | None:
        """The first term of which the planned week is not over, and there the week as it really fell."""
        today = self.days[start // A_DAY]
        for term in self.calendar.terms:
            inside = [index for index, day in enumerate(self.days) if term.first_day <= day <= term.last_day]
            planned = next((index for index in inside if self.planned[index] is not False), None)
            actual = next((index for index in inside if self.school[index] is not False), None)
            if term.last_day < today or planned is None or actual is None:
                continue
            if self.planned[planned] is None or self.school[actual] is None:
                return None
            if self._sunday(planned, count) >= start // A_DAY:
                return self._sunday(actual, count) * A_DAY + A_DAY - 1
        return None

    def _sunday(self, index: int, week: int) -> int:
        """The Sunday of the `week`-th week from the one that day `index` lies in."""
        while self.days[index].weekday() != 6:
            index += 1
        return index + 7 * (week - 1)

    def _nth(self, track: bytes, times: int, start: int) -> int | None:
        here = start - 1
        for _ in range(times):
            here = track.find(1, here + 1)
            if here < 0:
                return None
        return here

    def _sure(self, start: int, end: int) -> bool:
        """Whether every day from `start` to `end` is known."""
        return None not in self.school[start // A_DAY : end // A_DAY + 1]

    def _known(self, answers: list[bool | None]) -> list[bool | None]:
        """After the first day that nobody knows, no count can go on."""
        if None in answers:
            first = answers.index(None)
            answers[first:] = [None] * (len(answers) - first)
        return answers

    def _track(self, key: object, make: Callable[[], bytes]) -> bytes:
        if key not in self.tracks:
            self.tracks[key] = make()
        return self.tracks[key]

    def _lesson_starts(self) -> bytes:
        return self._track(
            "lesson starts", lambda: self._each_school_day(minutes(*(s for s, _ in self._lessons())))
        )

    def _lesson_ends(self) -> bytes:
        return self._track(
            "lesson ends", lambda: self._each_school_day(minutes(*(e for _, e in self._lessons())))
        )

    def _span_ends(self, kind: DayKind) -> bytes:
        return self._each_school_day(minutes(*(end for _, end in self._spans(kind))))

    def _spans(self, kind: DayKind) -> list[tuple[time, time]]:
        """What of a school day counts."""
        return {
            DayKind.LESSON: self._lessons,
            DayKind.SESSION: self._sessions,
            DayKind.HALF_DAY: self._halves,
            DayKind.SCHOOL_HOUR: self._school_hours,
        }[kind]()

    def _sessions(self) -> list[tuple[time, time]]:
        return [(each.starts, each.ends) for each in self.calendar.sessions]

    def _each_school_day(self, pattern: bytes) -> bytes:
        return b"".join(pattern if school else NOTHING for school in self.school)

    def _lessons(self) -> list[tuple[time, time]]:
        return [
            (each.starts, each.ends) for each in self.calendar.sessions if each.kind is SessionKind.LESSON
        ]

    def _daytime(self) -> list[tuple[time, time]]:
        return [
            (each.starts, each.ends)
            for each in self.calendar.sessions
            if each.kind is not SessionKind.EVENING
        ]

    def _halves(self) -> list[tuple[time, time]]:
        """From the first start to noon, from noon to the last end; a half without a minute is none."""
        if not self._daytime():
            return []
        first = min(start for start, _ in self._daytime())
        last = max(end for _, end in self._daytime())
        noon = self.calendar.noon
        return [(start, end) for start, end in [(first, noon), (max(first, noon), last)] if start < end]

    def _school_hours(self) -> list[tuple[time, time]]:
        before = [(start, end) for start, end in self._daytime() if start < self.calendar.noon]
        after = [(start, end) for start, end in self._daytime() if start >= self.calendar.noon]
        return [(min(half)[0], max(end for _, end in half)) for half in (before, after) if half]

    def _counted_minutes(self, kind: DayKind) -> bytes:
        if kind is DayKind.HOUR:
            return ALL_DAY * len(self.days)
        if kind in (DayKind.LESSON, DayKind.SESSION, DayKind.HALF_DAY, DayKind.SCHOOL_HOUR):
            return self._each_school_day(stretches(*self._spans(kind)))
        days = {DayKind.SCHOOL_DAY: self.school, DayKind.WORKING_DAY: self.work}.get(
            kind, [True] * len(self.days)
        )
        return b"".join(ALL_DAY if counts else NOTHING for counts in days)

    def _marks(self, kind: DayKind, count: int) -> bytes:
        """The last minute of every day on which a limit of this kind may be up."""
        match kind:
            case DayKind.MORNING_CHECK:
                checks = [each.starts for each in self.calendar.sessions if each.kind is SessionKind.MORNING]
                return self._each_school_day(minutes(*checks[:1]))
            case DayKind.SCHOOL_DAY:
                return self._each_school_day(LAST_MINUTE)
            case DayKind.WORKING_DAY:
                return b"".join(LAST_MINUTE if works else NOTHING for works in self.work)
            case DayKind.TERM_END:
                ends = {term.last_day for term in self.calendar.terms}
                return b"".join(LAST_MINUTE if day in ends else NOTHING for day in self.days)
            case _:
                nth = count if kind is DayKind.BY_THE_NTH else 0
                return everybodys_marks(kind, nth, self.first, len(self.days))

    def _index(self, moment: datetime) -> int:
        return (moment - datetime.combine(self.first, time(0), CHINA_TIME)) // timedelta(minutes=1)

    def _moment(self, index: int) -> datetime:
        return datetime.combine(self.first, time(0), CHINA_TIME) + timedelta(minutes=index)
