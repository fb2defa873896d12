"""送教上门: how much teaching at home a school year asks for, and how much of it should be given by today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from notoneless.core.calendar import SchoolTerm

ONE_DAY = timedelta(days=1)


class Progress(NamedTuple):
    """How far a year's teaching at home is; the days are calendar days that lie in a term."""

    given: Decimal  # lessons
    minimum: int | None  # lessons the policy asks of a whole school year; None when none does
    needed: Decimal | None  # of this child's part of the year
    by_now: Decimal | None  # of that, what the days gone by ask for
    days_gone: int
    days_asked: int  # from the first to the last day of teaching at home in the year
    days_of_year: int

    @property
    def behind(self) -> bool:
        """Whether less was given than the days gone by ask for."""
        return self.by_now is not None and self.given < self.by_now

    @property
    def missing(self) -> Decimal:
        """The lessons that are missing by now; 0 when it is not behind."""
        return max((self.by_now or Decimal(0)) - self.given, Decimal(0))


def begun_in(day: date) -> int:
    """The calendar year in which the school year of `day` began; school years run from 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def days_of(school_year: int) -> tuple[date, date]:
    """The first day of a school year, and the first day after it."""
    return date(school_year, 9, 1), date(school_year + 1, 9, 1)


def progress(
    given: Iterable[Decimal],
    minimum: int | None,
    school_year: int,
    from_day: date,
    until: date | None,
    terms: Iterable[SchoolTerm],
    *,
    on: date,
) -> Progress:
    """The lessons given against the minimum, in proportion to the days of term from `from_day` to `until`.

    `until` is the first day no longer taught at home. Today does not count before it is over; vacations count
    for nothing, so that nobody falls behind in summer.
    """
    first, end = days_of(school_year)
    begun, over = max(first, from_day), min(end, until) if until else end
    terms = list(terms)
    whole = _days_in(terms, first, end)
    asked = _days_in(terms, begun, over)
    gone = _days_in(terms, begun, min(over, on))
    needed = None if minimum is None or not whole else _half_up(Decimal(minimum) * asked / whole)
    by_now = None if needed is None or not asked else _half_down(needed * gone / asked)
    return Progress(sum(given, Decimal(0)), minimum, needed, by_now, gone, asked, whole)


def _days_in(terms: Iterable[SchoolTerm], from_day: date, until: date) -> int:
    return sum(_overlaps(terms, from_day, until))


def _overlaps(terms: Iterable[SchoolTerm], from_day: date, until: date) -> Iterator[int]:
    for term in terms:
        yield max((min(term.last_day + ONE_DAY, until) - max(term.first_day, from_day)).days, 0)


def _half_up(lessons: Decimal) -> Decimal:
    """To the next half lesson: a part of a lesson that is owed is owed as a half."""
    return (lessons * 2).to_integral_value(ROUND_CEILING) / 2


def _half_down(lessons: Decimal) -> Decimal:
    """To the half lesson before: nobody is behind by a part of one."""
    return Decimal(int(lessons * 2)) / 2
