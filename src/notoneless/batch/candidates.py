"""SQL that keeps every child a pack could touch, and drops most others; it never decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import (
    AbsenceTrigger,
    AfterTrigger,
    ChainTrigger,
    Counting,
    EventTrigger,
    LeaveOverrunTrigger,
    LeaveTrigger,
    OfLeave,
    StageTrigger,
    Within,
)
from notoneless.core.terms import DayKind

# A child's marks in rows of neighbouring school days (`numbered`: child, status, number of the school day).
# A spell lies within one such row whatever bridges it, so the marks of the fullest row bound its length.
# A corrected day may have several marks and is counted for each: too much, never too little.
SUMMARY = """
SELECT child, max(absent) AS longest, max(absent + on_leave) AS longest_away,
       sum(absent) AS absent, sum(on_leave) AS on_leave
FROM (
    SELECT child, count(*) FILTER (status = 'ABSENT') AS absent,
           count(*) FILTER (status = 'LEAVE') AS on_leave
    FROM (
        SELECT child, status, number - dense_rank() OVER (PARTITION BY child ORDER BY number) AS island
        FROM {numbered}
    )
    GROUP BY child, island
)
GROUP BY child
"""
NOBODY, EVERYBODY = "false", "true"


def could_be_touched(packs: PacksInForce) -> str:
    """A condition on SUMMARY rows that holds for every child some rule could oblige anybody about.

    Law: a child for whom it is false is owed nothing. A trigger this module does not know keeps everybody.
    """
    conditions = {_condition(bound, packs.countings[i]) for bound, i in packs.child_rules}
    conditions.discard(NOBODY)
    return " OR ".join(f"({each})" for each in sorted(conditions)) or NOBODY


def _condition(bound: BoundRule, counting: Counting) -> str:
    when = bound.rule.when
    condition = _CONDITIONS.get(type(when))
    return condition(when, counting) if condition else EVERYBODY


def _absence(when: AbsenceTrigger, counting: Counting) -> str:
    away = counting.leave is OfLeave.COUNTS
    # A span of calendar days may be reached by its first and its last mark.
    least = 1 if when.amount.unit is DayKind.CALENDAR_DAY else when.amount.count
    if when.within is Within.SPELL and when.amount.unit is DayKind.SCHOOL_DAY:
        return f"{'longest_away' if away else 'longest'} >= {least}"
    return f"{'absent + on_leave' if away else 'absent'} >= {least}"


_CONDITIONS: dict[type, Callable[[Any, Counting], str]] = {
    AbsenceTrigger: _absence,
    LeaveTrigger: lambda when, _: "absent + on_leave >= 1",
    # A table of marks holds no leave records, acts or events: nothing can run out, follow or be stated,
    # and a chain or a stage needs another rule to fire first.
    LeaveOverrunTrigger: lambda when, _: NOBODY,
    AfterTrigger: lambda when, _: NOBODY,
    EventTrigger: lambda when, _: NOBODY,
    ChainTrigger: lambda when, _: NOBODY,
    StageTrigger: lambda when, _: NOBODY,
}


def school_day_numbers(calendar: SchoolCalendar, days: Iterable[date]) -> list[tuple[date, int]]:
    """Each school day among `days` with its number in the calendar: neighbours differ by one."""
    return [(day, calendar.school_day_number(day)) for day in days if calendar.is_school_day(day)]
