"""SQL that keeps every child a pack could touch, and drops most others; it never decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

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

# First a cheap look at every child: how many marks of absence and of leave there are in all.
# A corrected day may have several marks and is counted for each: too much, never too little.
TOTALS = """
SELECT child FROM (
    SELECT child, count(*) FILTER (status = 'ABSENT') AS absent,
           count(*) FILTER (status = 'LEAVE') AS on_leave
    FROM marks GROUP BY child
) WHERE {in_all}
"""
# Then, for those who remain, their marks in rows of neighbouring school days (`numbered`: child, status,
# number of the school day). A spell lies within one such row, so the marks of the row bound its length.
ROWS = """
SELECT DISTINCT child FROM (
    SELECT child, count(*) FILTER (status = 'ABSENT') AS absent,
           count(*) FILTER (status = 'LEAVE') AS on_leave
    FROM (
        SELECT child, status, number - dense_rank() OVER (PARTITION BY child ORDER BY number) AS island
        FROM {numbered}
    )
    GROUP BY child, island
) WHERE {in_a_row}
"""
NOBODY, EVERYBODY = "false", "true"


class Condition(NamedTuple):
    """What must hold of a child's marks in all, and in one row of school days, before a rule can fire."""

    in_all: str
    in_a_row: str


def could_be_touched(packs: PacksInForce) -> Condition:
    """Conditions for TOTALS and ROWS that hold for every child some rule could oblige anybody about.

    Law: a child for whom one is false is owed nothing. A trigger this module does not know keeps everybody.
    """
    conditions = [_condition(bound, packs.countings[i]) for bound, i in packs.child_rules]
    return Condition(_any(c.in_all for c in conditions), _any(c.in_a_row for c in conditions))


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({each})" for each in sorted(set(conditions) - {NOBODY})) or NOBODY


def _condition(bound: BoundRule, counting: Counting) -> Condition:
    when = bound.rule.when
    condition = _CONDITIONS.get(type(when))
    return condition(when, counting) if condition else Condition(EVERYBODY, EVERYBODY)


def _absence(when: AbsenceTrigger, counting: Counting) -> Condition:
    away = "absent + on_leave" if counting.leave is OfLeave.COUNTS else "absent"
    # A span of calendar days may be reached by its first and its last mark.
    least = 1 if when.amount.unit is DayKind.CALENDAR_DAY else when.amount.count
    days_in_a_row = when.within is Within.SPELL and when.amount.unit is DayKind.SCHOOL_DAY
    return Condition(f"{away} >= {least}", f"{away} >= {least if days_in_a_row else 1}")


def _nobody(when: object, counting: Counting) -> Condition:
    return Condition(NOBODY, NOBODY)


def _anybody_away(when: object, counting: Counting) -> Condition:
    return Condition("absent + on_leave >= 1", "absent + on_leave >= 1")


_CONDITIONS: dict[type, Callable[[Any, Counting], Condition]] = {
    AbsenceTrigger: _absence,
    LeaveTrigger: _anybody_away,
    # A table of marks holds no leave records, acts or events: nothing can run out, follow or be stated,
    # and a chain or a stage needs another rule to fire first.
    LeaveOverrunTrigger: _nobody,
    AfterTrigger: _nobody,
    EventTrigger: _nobody,
    ChainTrigger: _nobody,
    StageTrigger: _nobody,
}


def school_day_numbers(calendar: SchoolCalendar, days: Iterable[date]) -> list[tuple[date, int]]:
    """Each school day among `days` with its number in the calendar: neighbours differ by one."""
    return [(day, calendar.school_day_number(day)) for day in days if calendar.is_school_day(day)]
