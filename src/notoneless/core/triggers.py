"""When a rule fires for one child: one function a trigger, giving the moments and the facts behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import Fact, Leave, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.pack import (
    AbsenceTrigger,
    AfterTrigger,
    ChainTrigger,
    EventTrigger,
    LeaveOverrunTrigger,
    LeaveTrigger,
    StageTrigger,
    Within,
)
from notoneless.core.spells import ABSENT, LEAVE, Day, Spell, lesson_runs
from notoneless.core.stages import Reached
from notoneless.core.terms import DayKind, ObligationState


class Firing(NamedTuple):
    """A rule set going: when, for what occasion, because of which facts."""

    at: datetime
    occasion: str
    facts: tuple[Fact, ...]
    spell_start: date | None = None


class Situation(NamedTuple):
    """All a trigger may look at: the child as known, exceptional days, spells, what is owed so far."""

    history: History
    calendar: SchoolCalendar
    as_of: datetime
    days: list[Day]
    spells: list[Spell]
    owed: dict[str, list[Obligation]]  # by rule reference, for chains
    path: tuple[Reached, ...]  # stages reached, for stage triggers


def firings(when: object, situation: Situation) -> list[Firing]:
    """Every firing of a trigger up to `situation.as_of`, in order; none for triggers that dates bring."""
    fire = _FIRE.get(type(when))
    by_occasion: dict[str, Firing] = {}
    for firing in fire(when, situation) if fire else ():
        if firing.at <= situation.as_of:
            # The same thing stated twice for one moment is one occasion, and owed once.
            by_occasion.setdefault(firing.occasion, firing)
    return list(by_occasion.values())


def possible(when: object, situation: Situation) -> list[Spell]:
    """Spells that would fire `when` if every unknown day in them had been an absence."""
    if not isinstance(when, AbsenceTrigger) or when.within is not Within.SPELL:
        return []
    if when.amount.unit is not DayKind.SCHOOL_DAY:
        return []
    return [s for s in situation.spells if s.min_days < when.amount.count <= s.max_days]


def _absence(when: AbsenceTrigger, situation: Situation) -> Iterator[Firing]:
    if when.within is Within.SPELL and _plain_days(when):
        yield from _nth_days(when.amount.count, situation.spells)
    elif when.within is Within.SPELL:
        for units in _runs(when, situation):
            yield from _reached(when, units)
    else:
        yield from _added_up(when, situation)


def _plain_days(when: AbsenceTrigger) -> bool:
    """The usual step of a ladder: the n-th school day of a spell, once, whatever the reason."""
    return when.amount.unit is DayKind.SCHOOL_DAY and not when.each and not when.reasons


def _nth_days(count: int, spells: list[Spell]) -> Iterator[Firing]:
    for spell in spells:
        if len(spell.days) >= count:
            marks = tuple([_first_counted(day) for day in spell.days[:count]])
            yield Firing(marks[-1].at, str(spell.start), marks, spell.start)


def _first_counted(day: Day) -> Mark:
    return day.marks[0] if len(day.marks) == 1 else _counted(day)[0]


class _Unit(NamedTuple):
    """One counted unit of absence: a session, a lesson or a day, and how far it brings the count."""

    reached: int
    day: date
    mark: Mark


def _runs(when: AbsenceTrigger, situation: Situation) -> Iterator[list[_Unit]]:
    """Each unbroken run of absence, as the units that the trigger counts."""
    unit = when.amount.unit
    if unit is DayKind.LESSON:
        for run in lesson_runs(situation.days, situation.calendar, situation.history.leaves):
            yield [_Unit(i, mark.day, mark) for i, mark in enumerate(_with_reason(when, run), 1)]
    else:
        for spell in situation.spells:
            if unit is not DayKind.SCHOOL_DAY or len(spell.days) >= when.amount.count:
                yield _units(when, spell, situation)


def _units(when: AbsenceTrigger, spell: Spell, situation: Situation) -> list[_Unit]:
    days = _days_with_reason(when, spell)
    if when.amount.unit is DayKind.SCHOOL_DAY:
        return [_Unit(i, d.day, _counted(d)[0]) for i, d in enumerate(days, 1)]
    if when.amount.unit is DayKind.CALENDAR_DAY:
        return [_Unit(_calendar_days(spell, d, situation), d.day, _counted(d)[0]) for d in days]
    marks = [m for d in days for m in _with_reason(when, _counted(d))]
    return [_Unit(i, m.day, m) for i, m in enumerate(marks, 1)]


def _days_with_reason(when: AbsenceTrigger, spell: Spell) -> list[Day]:
    return [d for d in spell.days if not when.reasons or _with_reason(when, _counted(d))]


def _counted(day: Day) -> list[Mark]:
    """The marks that make a day count: absences, or leave where that counts or has run out."""
    absent = [m for m in day.marks if m.status is ABSENT]
    return absent or [m for m in day.marks if m.status is LEAVE]


def _with_reason(when: AbsenceTrigger, marks: list[Mark]) -> list[Mark]:
    return [m for m in marks if not when.reasons or m.reason in when.reasons]


def _calendar_days(spell: Spell, day: Day, situation: Situation) -> int:
    """Calendar days from the first absent day to this one, both counted.

    School days between on which the child was on leave, or nobody knows, are not counted.
    """
    between = sum(spell.start < d.day < day.day for d in situation.days)
    absent = sum(spell.start < d.day < day.day for d in spell.days)
    return (day.day - spell.start).days + 1 - (between - absent)


def _reached(when: AbsenceTrigger, units: list[_Unit]) -> Iterator[Firing]:
    if not units or units[-1].reached < when.amount.count:
        return  # the last one reaches farthest
    over = [i for i, unit in enumerate(units) if unit.reached >= when.amount.count]
    for i in over if when.each else over[:1]:
        unit = units[i]
        counted = units[max(0, i + 1 - when.amount.count) if when.each else 0 : i + 1]
        marks = tuple(u.mark for u in counted)
        yield Firing(unit.mark.at, _occasion(when, units[0], unit), marks, units[0].day)


def _occasion(when: AbsenceTrigger, first: _Unit, reached: _Unit) -> str:
    """The unit itself for `each`, else where the run began; a day may hold several runs of lessons."""
    if when.each:
        return f"{reached.day}/{reached.mark.session}"
    return f"{first.day}/{first.mark.session}" if when.amount.unit is DayKind.LESSON else str(first.day)


def _added_up(when: AbsenceTrigger, situation: Situation) -> Iterator[Firing]:
    """Absent school days added up over a moving window or a term; fires once until the sum falls below."""
    days = [d for s in situation.spells for d in _days_with_reason(when, s)]
    for i, day in enumerate(days):
        counted = [d for d in days[: i + 1] if _same_span(when, d, day, 0, situation)]
        day_before = [d for d in days[:i] if _same_span(when, d, day, 1, situation)]
        if len(day_before) < when.amount.count <= len(counted):
            marks = tuple(_counted(d)[0] for d in counted)
            yield Firing(marks[-1].at, str(counted[0].day), marks, counted[0].day)


def _same_span(when: AbsenceTrigger, earlier: Day, day: Day, before: int, situation: Situation) -> bool:
    """Whether `earlier` is added up with the school day that lies `before` school days before `day`."""
    if when.within is Within.WINDOW:
        return earlier.number > day.number - before - when.window
    return situation.calendar.term_of(earlier.day) == situation.calendar.term_of(day.day)


def _leave(when: LeaveTrigger, situation: Situation) -> Iterator[Firing]:
    run: list[Day] = []
    for day in situation.days:
        if day.outcome is not LEAVE or not _leave_reason(when, day, situation.history.leaves):
            run = []
            continue
        run = [*run, day] if run and run[-1].number == day.number - 1 else [day]
        if len(run) == when.lasts:
            yield Firing(day.marks[0].at, str(run[0].day), tuple(d.marks[0] for d in run), run[0].day)


def _leave_reason(when: LeaveTrigger, day: Day, leaves: tuple[Leave, ...]) -> bool:
    reasons = {m.reason for m in day.marks if m.reason}
    reasons |= {leave.reason for leave in leaves if leave.from_day <= day.day < leave.until}
    return not when.reasons or bool(reasons & when.reasons)


def _leave_overrun(when: LeaveOverrunTrigger, situation: Situation) -> Iterator[Firing]:
    leaves = situation.history.leaves
    run: list[Day] = []
    for day in situation.days:
        first = _ran_out(day, situation)
        if day.outcome is ABSENT and (first or (run and run[-1].number == day.number - 1)):
            run = [day] if first else [*run, day]
        else:
            run = []
        if run and len(run) == when.days:
            ended = max((lv for lv in leaves if lv.until <= run[0].day), key=lambda lv: lv.until)
            marks = tuple(_counted(d)[0] for d in run)
            yield Firing(marks[-1].at, str(run[0].day), (ended, *marks), run[0].day)


def _ran_out(day: Day, situation: Situation) -> bool:
    """True on the first school day after a leave, when the child was expected."""
    first = situation.calendar.next_school_day
    return any(lv.until <= day.day and first(lv.until) == day.day for lv in situation.history.leaves)


def _event(when: EventTrigger, situation: Situation) -> Iterator[Firing]:
    for event in situation.history.events:
        if event.kind is when.kind:
            yield Firing(event.at, f"{event.at.isoformat()}", (event,), event.at.date())


def _after(when: AfterTrigger, situation: Situation) -> Iterator[Firing]:
    """Counts acts spell by spell, so that three visits in one absence are one occasion, not three."""
    done: dict[date, list[Fact]] = {}
    for act in situation.history.acts:
        if act.act is when.act and (not when.outcomes or act.outcome in when.outcomes):
            start = _spell_of(act.at.date(), situation.spells)
            done.setdefault(start, []).append(act)
            if len(done[start]) == when.times:
                yield Firing(act.at, str(start), tuple(done[start]), start)


def _spell_of(day: date, spells: list[Spell]) -> date:
    """The first day of the last spell begun by `day`; the day itself when there was none."""
    starts = [s.start for s in spells if s.start <= day]
    return starts[-1] if starts else day


def _chain(when: ChainTrigger, situation: Situation) -> Iterator[Firing]:
    for owed in situation.owed.get(when.rule, ()):
        if when.missed and owed.late and owed.due.at is not None:
            yield Firing(owed.due.at, f"{owed.occasion}#{owed.number}", owed.facts)
        if not when.missed and owed.state is ObligationState.MET and owed.met_by is not None:
            yield Firing(owed.met_by.at, f"{owed.occasion}#{owed.number}", (owed.met_by,))


def _stage(when: StageTrigger, situation: Situation) -> Iterator[Firing]:
    path = situation.path
    for reached, until in zip(path, [*(r.at for r in path[1:]), situation.as_of], strict=False):
        if reached.stage is when.stage:
            at = months_later(reached.at, when.months)
            if at <= until:
                yield Firing(at, str(reached.at.date()), (), reached.at.date())


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time `months` calendar months later, the month's last day where it is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


_FIRE: dict[type, Callable[[Any, Situation], Iterator[Firing]]] = {
    AbsenceTrigger: _absence,
    LeaveTrigger: _leave,
    LeaveOverrunTrigger: _leave_overrun,
    EventTrigger: _event,
    AfterTrigger: _after,
    ChainTrigger: _chain,
    StageTrigger: _stage,
}
