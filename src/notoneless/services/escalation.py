"""Who is told when an obligation stays undone: one table, one step at a time."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.terms import DayKind, Post
from notoneless.core.time_limit import TimeLimit, due


class Step(NamedTuple):
    """A step up, `school_days` after the due moment (0: as soon as it has passed)."""

    level: int
    school_days: int
    told: tuple[Post, ...]


STEPS = (
    Step(1, 0, (Post.SCHOOL_OFFICE,)),
    Step(2, 1, (Post.PRINCIPAL,)),
    Step(3, 3, (Post.TOWNSHIP, Post.COUNTY_BUREAU)),
)


def moment_of(step: Step, due_at: datetime, calendar: SchoolCalendar) -> datetime | None:
    """The last minute before the step is taken; None where the calendar cannot tell."""
    if step.school_days == 0:
        return due_at
    return due(due_at, TimeLimit(step.school_days, DayKind.SCHOOL_DAY), calendar).at


def steps_due(due_at: datetime, taken: int, calendar: SchoolCalendar, now: datetime) -> list[Step]:
    """The steps above level `taken` whose moment has passed, lowest first."""
    passed = []
    for step in STEPS:
        moment = moment_of(step, due_at, calendar)
        if step.level > taken and moment is not None and now > moment:
            passed.append(step)
    return passed


def next_look(due_at: datetime, taken: int, calendar: SchoolCalendar) -> datetime | None:
    """When the step above level `taken` comes; None after the last."""
    return next((moment_of(s, due_at, calendar) for s in STEPS if s.level > taken), None)
