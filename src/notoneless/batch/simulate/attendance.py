"""What keeps one child out of class over a school year: illness, leave, truancy, leaving."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from random import Random
from typing import NamedTuple

from notoneless.batch.simulate.days import YearDays
from notoneless.batch.simulate.params import Params
from notoneless.core.terms import AbsenceReason, AttendanceStatus

Said = tuple[AttendanceStatus, AbsenceReason | None]
SICK: Said = (AttendanceStatus.LEAVE, AbsenceReason.SICK)
PERSONAL: Said = (AttendanceStatus.LEAVE, AbsenceReason.PERSONAL)
TRUANT: Said = (AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED)
LATE: Said = (AttendanceStatus.LATE, None)
MANY_ONSETS = 60.0  # a child's expected onsets are cut here; nobody falls ill oftener in a year


class Away(NamedTuple):
    """A child who has left: from one day's number to another (exclusive; None = still away)."""

    start: int
    end: int | None
    before_the_year: bool = False


class Year(NamedTuple):
    """One child's school year: what is said of the days that are not simply present, and the truth behind."""

    said: dict[int, Said]
    away: tuple[Away, ...]
    corrected: frozenset[int]  # days first called absent and put right within the morning


class Risk(NamedTuple):
    """What the draw needs to know of a child."""

    leaves: float  # the chance of leaving in the year
    gone_before: bool  # left in an earlier year
    school_factor: float  # how much absence the school has, 1 on average


def live(rng: Random, risk: Risk, days: YearDays, params: Params) -> Year:
    """One child's school year. What a day holds never depends on how far the year is looked at."""
    said: dict[int, Said] = {}
    away = tuple(_leavings(rng, risk, days, params))
    for absence in away:
        _say_of_leaver(rng, absence, days, params, said)
    _no_show(rng, days, params, said)
    _spells_of(rng, risk, days, params, said)
    firsts = sorted(day for day in said if day - 1 not in said and said[day] is not LATE)
    corrected = frozenset(day for day in firsts if rng.random() < params.corrected)
    return Year(said, away, corrected)


def _leavings(rng: Random, risk: Risk, days: YearDays, params: Params) -> Iterator[Away]:
    if risk.gone_before:
        yield Away(0, None, before_the_year=True)
        return
    start = _leaving_day(rng, days, params) if rng.random() < risk.leaves else None
    if start is None:
        return
    back = _back_on(rng, start, days, params)
    yield Away(start, back)
    if back is not None and rng.random() < params.leaves_again:
        again = back + rng.randint(6, 90)
        if again < len(days.days):
            yield Away(again, None)


def _leaving_day(rng: Random, days: YearDays, params: Params) -> int | None:
    """When leaving starts; None when that is a spring the calendar does not know yet."""
    drawn = rng.random()
    if drawn < params.onset["spring_start"]:
        return days.spring if days.spring < len(days.days) else None
    if drawn < params.onset["spring_start"] + params.onset["autumn_start"]:
        return 0
    return rng.randrange(1, len(days.days))


def _back_on(rng: Random, start: int, days: YearDays, params: Params) -> int | None:
    """The day the child comes back, mostly because somebody acted soon; None for the rest of the year."""
    delay = 3 + rng.randrange(8)
    back = None
    if rng.random() < params.return_worked * params.return_decay**delay:
        back = start + delay + rng.randint(1, params.return_worked_days)
    elif rng.random() < params.return_alone:
        back = start + rng.randint(delay, 190)
    return back if back is not None and back < len(days.days) else None


def _say_of_leaver(rng: Random, away: Away, days: YearDays, params: Params, said: dict[int, Said]) -> None:
    """A warning ramp before leaving, then absence, unless the register says otherwise."""
    if not away.before_the_year and rng.random() < params.ramp_share:
        length = rng.randint(*params.ramp_days)
        for step in range(length):
            day = away.start - length + step
            if day >= 0 and rng.random() < params.ramp_peak * (step + 1) / length:
                said.setdefault(day, TRUANT)
    end = len(days.days) if away.end is None else away.end
    if not away.before_the_year and rng.random() < params.written_as_present:
        return
    sick = params.written_as_sick_days if rng.random() < params.written_as_sick else 0
    for day in range(away.start, end):
        said[day] = SICK if day - away.start < sick and not away.before_the_year else TRUANT


def _no_show(rng: Random, days: YearDays, params: Params, said: dict[int, Said]) -> None:
    """Some come back from the winter holiday some days late."""
    if rng.random() < params.noshow_spring:
        for day in range(days.spring, days.spring + _length(rng, 1 / params.noshow_return)):
            if day < len(days.days):
                said.setdefault(day, TRUANT)


def _spells_of(rng: Random, risk: Risk, days: YearDays, params: Params, said: dict[int, Said]) -> None:
    """Illness, leave and truancy, the more of it the frailer the child."""
    ill = params.ill_daily * _frailty(rng, params.ill_frailty_shape) * risk.school_factor
    truant = params.unex_daily * _frailty(rng, params.frailty_shape) * risk.school_factor
    leave = params.leave_daily * risk.school_factor
    long_share = params.unex_long_share
    mean_truancy = (1 - long_share) * params.unex_len + long_share * params.unex_long_len
    for _ in range(_poisson(rng, _onsets(truant, mean_truancy, days))):
        mean = params.unex_long_len if rng.random() < long_share else params.unex_len
        _put(rng, days, mean, TRUANT, said)
    for _ in range(_poisson(rng, _onsets(ill, params.ill_len, days))):
        _put(rng, days, params.ill_len, SICK, said)
    for _ in range(_poisson(rng, _onsets(leave, params.leave_len, days))):
        _put(rng, days, params.leave_len, PERSONAL, said)
    for _ in range(_poisson(rng, _onsets(params.late_daily, 1, days))):
        _put(rng, days, 1, LATE, said)


def _frailty(rng: Random, shape: float) -> float:
    """How much more than the average child: gamma with mean 1."""
    return rng.gammavariate(shape, 1 / shape)


def _onsets(daily: float, mean_length: float, days: YearDays) -> float:
    """Spells to expect in the year, so that absent days come to the daily share."""
    return min(daily / mean_length * days.draw[-1], MANY_ONSETS)


def _put(rng: Random, days: YearDays, mean: float, what: Said, said: dict[int, Said]) -> None:
    """One spell on a drawn day; days already spoken for keep what was said."""
    start = days.pick(rng)
    for day in range(start, min(start + _length(rng, mean), len(days.days))):
        said.setdefault(day, what)


def _length(rng: Random, mean: float) -> int:
    """A geometric number of days, at least one."""
    return 1 if mean <= 1 else 1 + int(log(1 - rng.random()) / log(1 - 1 / mean))


def _poisson(rng: Random, mean: float) -> int:
    """How often, when `mean` is usual (Knuth's way: means here are small)."""
    floor, product, count = exp(-mean), rng.random(), 0
    while product > floor:
        product *= rng.random()
        count += 1
    return count
