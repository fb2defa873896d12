"""How papers write days and moments."""

from __future__ import annotations

from datetime import date, datetime

from notoneless.core.facts import CHINA_TIME


def day_of(day: date | None) -> str:
    """2026年11月20日; empty for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def short_day(day: date | None) -> str:
    """2026-11-20, as it fits a cell; empty for none."""
    return day.isoformat() if day else ""


def short_stamp(at: datetime | None) -> str:
    """2026-11-20 16:30, in China time; empty for none."""
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}" if at else ""


def moment_of(at: datetime | None) -> str:
    """2026年11月20日16时30分, in China time; empty for none."""
    if at is None:
        return ""
    at = at.astimezone(CHINA_TIME)
    return f"{day_of(at.date())}{at.hour}时{at.minute:02d}分"


def short_moment(at: datetime) -> str:
    """11月20日 16:30, in China time."""
    at = at.astimezone(CHINA_TIME)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def month_of(day: date) -> str:
    """2026年11月."""
    return f"{day.year}年{day.month}月"


def day_in_china(at: datetime) -> date:
    """The civil day of a moment in China."""
    return at.astimezone(CHINA_TIME).date()
