"""Quiet hours: when nobody is told anything, save what the site calls urgent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.day_numbers import YearNotAnnounced
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SkipReason

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """From an evening to a morning, and whole days; equal times mean that no night is quiet."""

    begin: time = time(21, 30)
    end: time = time(6, 30)
    # Time limits in working or calendar days run on in the holidays between terms, and so does telling of
    # them, unless a county lists VACATION here.
    days: frozenset[SkipReason] = frozenset({SkipReason.HOLIDAY})


def is_quiet(moment: datetime, hours: QuietHours, calendar: SchoolCalendar) -> bool:
    """Whether nobody is told at this moment."""
    local = moment.astimezone(CHINA_TIME)
    return _by_hours(local.time(), hours) or _by_day(local.date(), hours, calendar)


def loud_from(moment: datetime, hours: QuietHours, calendar: SchoolCalendar) -> datetime:
    """The first moment from this one on at which people may be told."""
    moment = moment.astimezone(CHINA_TIME)
    while is_quiet(moment, hours, calendar):
        if _by_day(moment.date(), hours, calendar):
            moment = datetime.combine(moment.date() + ONE_DAY, time.min, CHINA_TIME)
        else:
            day = moment.date() if moment.time() < hours.end else moment.date() + ONE_DAY
            moment = datetime.combine(day, hours.end, CHINA_TIME)
    return moment


def told_ahead(now: datetime, ahead: timedelta, hours: QuietHours, calendar: SchoolCalendar) -> datetime:
    """Until which due moment people are told at `now` that something is about to run out.

    Usually `ahead` from now. What runs out while it is quiet, or so soon after that nobody could still be
    told in time, is told before the quiet begins.
    """
    horizon = now + ahead
    if is_quiet(horizon, hours, calendar):
        return loud_from(horizon, hours, calendar) + ahead
    return horizon


def _by_hours(moment: time, hours: QuietHours) -> bool:
    if hours.begin <= hours.end:
        return hours.begin <= moment < hours.end
    return moment >= hours.begin or moment < hours.end


def _by_day(day: date, hours: QuietHours, calendar: SchoolCalendar) -> bool:
    try:
        found = calendar.why_no_school(day)
    except YearNotAnnounced:
        return False  # a holiday not yet announced is better disturbed than a deadline missed
    return found is not None and found[0] in hours.days
