"""The school days of one school year, and how much absence each of them draws."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from notoneless.batch.simulate.params import Params
from notoneless.core.calendar import BeyondCalendar, SchoolCalendar

ONE_DAY = timedelta(days=1)


class YearDays(NamedTuple):
    """School days in order; `draw` adds up the days' factors, so that a day can be drawn by bisection."""

    days: tuple[date, ...]
    draw: tuple[float, ...]
    spring: int  # the number of the first day of the second term; `len(days)` when it is not known yet

    def pick(self, rng: Random) -> int:
        """A day's number, days with much absence more often."""
        return min(bisect_left(self.draw, rng.random() * self.draw[-1]), len(self.days) - 1)


def first_of_school_year(day: date) -> date:
    """1 September of the school year that `day` lies in."""
    return date(day.year if day.month >= 9 else day.year - 1, 9, 1)


def school_days_of_year(calendar: SchoolCalendar, day: date) -> tuple[date, ...]:
    """The school days of `day`'s school year, as far as the calendar knows them."""
    first = first_of_school_year(day)
    days: list[date] = []
    for offset in range(365):
        try:
            if calendar.is_school_day(first + timedelta(days=offset)):
                days.append(first + timedelta(days=offset))
        except BeyondCalendar:
            break
    return tuple(days)


def year_days(calendar: SchoolCalendar, day: date, params: Params, rng: Random) -> YearDays:
    """The school year of `day` as planned: closures come too late to change what was going to happen."""
    planned = calendar.as_planned()
    days = school_days_of_year(planned, day)
    factors = [_factor(days, i, params) * _epidemic(rng, params) for i in range(len(days))]
    terms = [planned.term_of(each) for each in days]
    spring = next((i for i, term in enumerate(terms) if term != terms[0]), len(days))
    return YearDays(days, tuple(accumulate(factors)), spring)


def _factor(days: Sequence[date], i: int, params: Params) -> float:
    """Weekday, month and breaks; months average 1 over a year, the others count from their base."""
    months = list(params.month.values())
    factor = params.month[str(days[i].month)] * len(months) / sum(months)
    factor *= params.dow[days[i].weekday()] if days[i].weekday() < 5 else params.dow[2]
    if i + 1 < len(days) and (days[i + 1] - days[i]).days > 3:
        factor *= params.before_break
    if i and (days[i] - days[i - 1]).days > 7:
        factor *= params.after_break
    return factor


def _epidemic(rng: Random, params: Params) -> float:
    """Now and then a day with several times the absence; an average day stays 1."""
    usual = 1 + params.epidemic_days * (params.epidemic_factor - 1)
    return (params.epidemic_factor if rng.random() < params.epidemic_days else 1.0) / usual
