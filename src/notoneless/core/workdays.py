"""Public holidays and make-up days: which days the State Council's notices make free or working."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from notoneless.core.day_numbers import NumberedDays, YearNotAnnounced
from notoneless.core.terms import SkipReason

SATURDAY = 5


@dataclass(frozen=True, eq=False)
class Workdays:
    """放假调休: exceptions to "Monday to Friday are working days", known for whole years."""

    first_year: int
    last_year: int
    holidays: Mapping[date, str]  # free days and the holiday's name; weekend days of a holiday included
    make_up_days: Mapping[date, str]  # weekend days that are working days, and for which holiday

    def __getstate__(self) -> dict[str, Any]:
        # The table of working days is quick to rebuild and large to send to another process.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def require(self, year: int) -> None:
        """Raise YearNotAnnounced unless the holidays of `year` are loaded."""
        if not self.first_year <= year <= self.last_year:
            raise YearNotAnnounced(year)

    def why_no_work(self, day: date) -> tuple[SkipReason, str] | None:
        """Why `day` is no working day, with the holiday's name; None if it is one."""
        self.require(day.year)
        if day in self.holidays:
            return SkipReason.HOLIDAY, self.holidays[day]
        if day.weekday() >= SATURDAY and day not in self.make_up_days:
            return SkipReason.WEEKEND, ""
        return None

    @cached_property
    def working_days(self) -> NumberedDays:
        """Every working day of the years loaded."""
        first, end = date(self.first_year, 1, 1), date(self.last_year + 1, 1, 1)
        days = (first + timedelta(days=offset) for offset in range((end - first).days))
        working = [day for day in days if self.why_no_work(day) is None]
        return NumberedDays(working, known_from=first, unknown_from=end)


@lru_cache(maxsize=1)
def national_workdays() -> Workdays:
    """The public holidays and make-up days that ship with the package."""
    text = resources.files("notoneless.core").joinpath("data/cn_workdays.csv").read_text(encoding="utf-8")
    return read_workdays(text.splitlines())


def read_workdays(lines: Iterable[str]) -> Workdays:
    """Workdays from `date,kind,name` lines; a year is covered if its 1 January stands there, as it must."""
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    named: dict[str, dict[date, str]] = {"HOLIDAY": {}, "MAKE_UP": {}}
    for row in rows:
        named[row["kind"]][date.fromisoformat(row["date"])] = row["name"]
    years = [day.year for day in named["HOLIDAY"] if (day.month, day.day) == (1, 1)]
    return Workdays(min(years), max(years), named["HOLIDAY"], named["MAKE_UP"])
