"""Days in order, numbered, so that "the third school day after" is one subtraction."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise


class BeyondCalendar(ValueError):
    """The calendar does not reach far enough to answer; the message says what to add to it."""


class YearNotAnnounced(BeyondCalendar):
    """Public holidays of `year` are not loaded, so no working or school day in it is known."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year

    def __str__(self) -> str:
        return (
            f"{self.year} 年的放假调休安排尚未载入，无法推算工作日和上课日；"
            f"请在校历文件中补充 {self.year} 年的放假和调休日期。"
        )


class TermsNotPlanned(BeyondCalendar):
    """No term is planned after `last_day` (None: no term at all)."""

    def __init__(self, last_day: date | None) -> None:
        super().__init__(last_day)
        self.last_day = last_day

    def __str__(self) -> str:
        reach = "校历中还没有学期" if self.last_day is None else f"校历中的学期只排到 {self.last_day}"
        return f"{reach}，无法推算之后的上课日；请在校历文件中补充后面的学期。"


class NumberedDays:
    """Some days of the calendar in order (school days, working days), numbered from 1.

    What is known is the stretch from `known_from` up to `unknown_from` (exclusive; None = the list is
    complete, nothing more is planned). Questions outside that stretch raise BeyondCalendar.
    """

    def __init__(
        self,
        days: Sequence[date],
        *,
        known_from: date = date.min,
        unknown_from: date | None = None,
        last_planned: date | None = None,
    ) -> None:
        self.days = tuple(days)
        self.known_from = known_from
        self.unknown_from = unknown_from
        self.last_planned = last_planned
        self._members = frozenset(self.days)
        self._first = self.days[0].toordinal() if self.days else 1
        # One number for each date from the first day to the last: a lookup costs no search.
        self._numbers: list[int] = []
        for number, (day, following) in enumerate(pairwise(self.days), start=1):
            self._numbers.extend([number] * (following - day).days)

    def __contains__(self, day: date) -> bool:
        self._require(day)
        return day in self._members

    def number(self, day: date) -> int:
        """How many of the days lie on or before `day`."""
        offset = day.toordinal() - self._first
        if 0 <= offset < len(self._numbers):
            return self._numbers[offset]
        self._require(day)
        return len(self.days) if offset >= 0 else 0

    def nth_after(self, day: date, n: int) -> date:
        """The `n`-th of the days after `day`, which itself is not counted."""
        index = self.number(day) + n - 1
        if index < len(self.days):
            return self.days[index]
        raise self._end()

    def between(self, from_day: date, until: date) -> tuple[date, ...]:
        """The days from `from_day` up to `until` (exclusive)."""
        if until <= from_day:
            return ()
        self._require(from_day)
        if self.unknown_from is not None and until > self.unknown_from:
            raise self._end()
        return self.days[bisect_left(self.days, from_day) : bisect_left(self.days, until)]

    def without(self, gone: frozenset[date]) -> NumberedDays:
        """The same days less those in `gone`, numbered anew."""
        return NumberedDays(
            [day for day in self.days if day not in gone],
            known_from=self.known_from,
            unknown_from=self.unknown_from,
            last_planned=self.last_planned,
        )

    def _require(self, day: date) -> None:
        if day < self.known_from:
            raise YearNotAnnounced((self.known_from - timedelta(days=1)).year)
        if self.unknown_from is not None and day >= self.unknown_from:
            raise self._end()

    def _end(self) -> BeyondCalendar:
        if self.unknown_from is not None:
            return YearNotAnnounced(self.unknown_from.year)
        return TermsNotPlanned(self.last_planned)
