"""The demo's clock: a file with the seconds by which it is ahead, read by `notoneless.clock`."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Max

from notoneless.core.calendar import BeyondCalendar, SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import JournalEntry
from notoneless.services.refusals import Refusal

CLOCK_FILE = "NOTONELESS_DEMO_CLOCK_FILE"  # only `notoneless demo` sets it
MORNING = time(8, 5)  # the morning check has begun, no lesson has
DAYS_AHEAD = 10  # school days the story needs after its first morning
ONE_DAY = timedelta(days=1)


def demo_moment(real_now: datetime, calendar: SchoolCalendar) -> datetime:
    """The latest school morning at 08:05 that is not later than `real_now`.

    Ten known school days of the same school year must follow, so that the story can be told to its end: at
    the end of a school year, or of the public holidays that are loaded, the demo starts some days earlier.
    Raises BeyondCalendar when the calendar knows no such morning.
    """
    day = real_now.astimezone(CHINA_TIME).date()
    if real_now < datetime.combine(day, MORNING, CHINA_TIME):
        day -= ONE_DAY
    while day >= calendar.terms[0].first_day:
        if _may_begin_on(day, calendar):
            return datetime.combine(day, MORNING, CHINA_TIME)
        day -= ONE_DAY
    raise BeyondCalendar("校历里没有可以演示的上课日；请在校历文件中补充学期和放假日期。")


def _may_begin_on(day: date, calendar: SchoolCalendar) -> bool:
    try:
        last = calendar.nth_school_day_after(day, DAYS_AHEAD)
        return calendar.is_school_day(day) and _school_year(last) == _school_year(day)
    except BeyondCalendar:
        return False


def _school_year(day: date) -> int:
    return day.year if day.month >= 9 else day.year - 1


def next_school_morning(at: datetime, calendar: SchoolCalendar) -> datetime:
    """08:05 on the next school day of the same school year. Raises Refusal when there is none."""
    today = at.astimezone(CHINA_TIME).date()
    try:
        day = calendar.nth_school_day_after(today, 1)
    except BeyondCalendar as end:
        raise Refusal(
            "DEMO_CALENDAR_ENDS",
            f"演示到此为止：{end}",
            "The demo ends here: the calendar knows no further school day.",
        ) from None
    if _school_year(day) != _school_year(today):
        raise Refusal(
            "DEMO_YEAR_ENDS",
            "演示学年已经结束；请删除演示文件夹后重新启动。",
            "The demo's school year is over; delete the demo folder and start again.",
        )
    return datetime.combine(day, MORNING, CHINA_TIME)


def clock_file() -> Path | None:
    """The demo's clock file, or None outside the demo."""
    named = os.environ.get(CLOCK_FILE)
    return Path(named) if named else None


def clock_shows(file: Path, real_now: datetime) -> datetime:
    """What the demo's clock shows at a real moment."""
    return real_now + timedelta(seconds=float(file.read_text()))


def set_clock(file: Path, *, show: datetime, real_now: datetime) -> None:
    """Make the clock show `show` at the real moment `real_now`, and run on from there."""
    _write(file, show - real_now)


def last_known() -> datetime:
    """The latest moment the journal knows; the demo's clock never stands before it."""
    latest = JournalEntry.objects.aggregate(at=Max("at"))["at"]
    assert latest is not None  # the demo is loaded, and loading is journalled
    return latest.astimezone(CHINA_TIME)  # type: ignore[no-any-return]


def move_clock(file: Path, *, by: timedelta) -> None:
    """Put the clock forward (or back)."""
    _write(file, timedelta(seconds=float(file.read_text())) + by)


def _write(file: Path, shift: timedelta) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_text(f"{shift.total_seconds():.6f}\n")
    unfinished.replace(file)  # whoever reads sees the old shift or the new one, never half of it
