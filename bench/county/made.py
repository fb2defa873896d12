"""Which county is made up, and the mornings that are called after it was loaded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bench.roll_call.product_site import county_of
from notoneless.batch.simulate import County
from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME

SEED = 20260115
# The evening on which a whole term lies behind the county.
LOADED_AT = datetime(2026, 1, 15, 20, tzinfo=CHINA_TIME)
LAST_DAY = date(2026, 7, 1)


class Size(NamedTuple):
    """How large a county is, and how much is done to it."""

    schools: int
    pupils: int
    mornings: int  # that can be called after LOADED_AT
    open_obligations: int  # in the table when the overdue page is asked for
    imported: int  # children of the roster that is taken in


FULL = Size(300, 150_000, 34, 1_000_000, 100_000)
QUICK = Size(4, 1_620, 8, 5_000, 300)


def county_until(size: Size, until: datetime) -> County:
    """The county as it stands at `until`, with 3 % of pupils not present."""
    return county_of(size.schools, size.pupils, seed=SEED, until=until)


def days_ahead(size: Size) -> list[date]:
    """The school days that are called after LOADED_AT."""
    first = LOADED_AT.date() + timedelta(days=1)
    return list(default_calendar().school_days(first, LAST_DAY)[: size.mornings])


def evening(day: date) -> datetime:
    """When everybody has handed in."""
    return datetime.combine(day, time(20), CHINA_TIME)
