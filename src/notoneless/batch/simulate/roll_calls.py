"""Roll calls as they were taken, handed in late, or forgotten, and the marks they brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID, uuid5

from notoneless.batch.simulate.attendance import Said, Year
from notoneless.batch.simulate.county import LeaveMade, MarkMade, RollCallMade
from notoneless.batch.simulate.days import YearDays
from notoneless.batch.simulate.params import Params
from notoneless.batch.simulate.pupils import IDS
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, AttendanceStatus

BEGINS = time(8)
ABSENT, LEAVE = AttendanceStatus.ABSENT, AttendanceStatus.LEAVE
GRANTED_FROM = 2  # school days of leave for which a form is written


class Habit(NamedTuple):
    """How a class keeps its register."""

    missing: float  # roll calls that nobody has by the evening
    earliest: int  # minutes after the session begins
    latest: int


def roll_call_id(seed: int, class_group: int, number: int) -> UUID:
    """The id of the roll call of a class on the `number`-th school day of the year."""
    return uuid5(IDS, f"{seed}/roll-call/{class_group}/{number}")


def roll_calls(
    seed: int, class_group: int, habit: Habit, days: YearDays, params: Params, until: datetime
) -> dict[int, RollCallMade]:
    """The roll calls of one class that are known at `until`, by the day's number."""
    rng = Random(f"{seed}/register/{class_group}")
    known: dict[int, RollCallMade] = {}
    for number, day in enumerate(days.days):
        if day > until.date():
            break
        begins = datetime.combine(day, BEGINS, CHINA_TIME)
        taken_at = begins + timedelta(minutes=rng.randint(habit.earliest, habit.latest))
        handed_in = _handed_in(rng, taken_at, habit, params)
        if handed_in is not None and handed_in <= until:
            made = RollCallMade(
                roll_call_id(seed, class_group, number), class_group, day, taken_at, handed_in
            )
            known[number] = made
    return known


def _handed_in(rng: Random, taken_at: datetime, habit: Habit, params: Params) -> datetime | None:
    """When the office had it: at once, some days later, or never (None)."""
    missing, after_all = rng.random() < habit.missing, rng.random() < params.report_late_share
    days_late = rng.randint(*params.report_late_days)
    if not missing:
        return taken_at
    return taken_at + timedelta(days=days_late, hours=1) if after_all else None


def marks_of(
    child: int, year: Year, calls: dict[int, RollCallMade], rng: Random, until: datetime
) -> Iterator[MarkMade]:
    """What the roll calls said of one child, and what was put right the same morning."""
    for number in sorted(year.said):
        call = calls.get(number)
        minutes = rng.randint(15, 90)
        if call is None:
            continue
        status, reason = year.said[number]
        put_right_at = max(call.taken_at + timedelta(minutes=minutes), call.recorded_at)
        if number in year.corrected and call.recorded_at == call.taken_at:
            yield _mark(call, child, (ABSENT, AbsenceReason.UNKNOWN), call.taken_at, call.recorded_at)
            if put_right_at <= until:
                later = _on_second_thoughts((status, reason))
                yield _mark(call, child, later, put_right_at, put_right_at, corrects=True)
        else:
            yield _mark(call, child, (status, reason), call.taken_at, call.recorded_at)


def _on_second_thoughts(said: Said) -> Said:
    """A truant found within the morning was late; for the others the parents had not yet called."""
    return (AttendanceStatus.LATE, None) if said[0] is ABSENT else said


def _mark(
    call: RollCallMade, child: int, said: Said, at: datetime, recorded_at: datetime, corrects: bool = False
) -> MarkMade:
    return MarkMade(call.id, child, call.day, said[0], said[1], at, recorded_at, corrects)


def leaves_of(
    child: int, year: Year, calls: dict[int, RollCallMade], days: YearDays, until: datetime
) -> Iterator[LeaveMade]:
    """Leave granted for runs of several days, on the first morning; nobody grants leave to a leaver."""
    gone = {n for away in year.away for n in range(away.start, away.end or len(days.days))}
    on_leave = [n for n in sorted(year.said) if year.said[n][0] is LEAVE and n not in gone]
    for run in _runs(on_leave, year):
        call = calls.get(run[0])
        if len(run) < GRANTED_FROM or call is None or run[-1] + 1 >= len(days.days):
            continue
        granted_at = call.recorded_at + timedelta(minutes=95)
        if granted_at <= until:
            reason = year.said[run[0]][1] or AbsenceReason.PERSONAL
            yield LeaveMade(child, days.days[run[0]], days.days[run[-1] + 1], reason, granted_at)


def _runs(numbers: list[int], year: Year) -> Iterator[list[int]]:
    """Neighbouring days with the same reason."""
    run: list[int] = []
    for number in numbers:
        if run and (number != run[-1] + 1 or year.said[number] != year.said[run[-1]]):
            yield run
            run = []
        run.append(number)
    if run:
        yield run
