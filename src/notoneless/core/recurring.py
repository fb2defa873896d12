"""What a class, school or official owes because of the date: roll calls not taken, reports, reviews."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import product
from types import MappingProxyType
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.day_numbers import BeyondCalendar
from notoneless.core.facts import CHINA_TIME, ActDone
from notoneless.core.history import acts_known
from notoneless.core.obligations import Obligation, met_by, state_of
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import EveryTrigger, Period, RollCallTrigger
from notoneless.core.terms import Act, ObligationState, Post
from notoneless.core.time_limit import due

WEEK, BREAK = 7, 3  # days of notice before a break, and the days without school that make one

Taken = Mapping[tuple[date, str], datetime]
NOTHING_MEANT: Mapping[str, UUID] = MappingProxyType({})


def roll_calls_owed(
    class_id: str,
    taken: Taken,
    calendar: SchoolCalendar,
    packs: PacksInForce,
    *,
    from_day: date,
    as_of: datetime,
) -> list[Obligation]:
    """Every roll call that rules ask of a class from `from_day` to `as_of`, whatever became of it."""
    calendar = calendar.as_known_at(as_of)
    owed: list[Obligation] = []
    days = calendar.school_days(from_day, as_of.date() + timedelta(days=1))
    for bound in packs.roll_call_rules:
        if isinstance(bound.rule.when, RollCallTrigger):
            for day, session in product(days, sessions_asked(bound.rule.when, calendar)):
                starts = calendar.session_start(day, session)
                if starts <= as_of and bound.binds_on(day):
                    act = _roll_call(taken.get((day, session)), starts, as_of)
                    acts = [act] if act else []
                    owed += _obligations(class_id, bound, f"{day}/{session}", starts, calendar, acts, as_of)
    return sorted(owed, key=lambda o: o.sort_key)


def sessions_asked(when: RollCallTrigger, calendar: SchoolCalendar) -> list[str]:
    """The sessions of the timetable that a rule wants called: one by its code, or all of a kind."""
    named = (each for each in calendar.sessions if when.session in (each.code, each.kind))
    return [each.code for each in named]


def _roll_call(taken_at: datetime | None, starts: datetime, as_of: datetime) -> ActDone | None:
    """The roll call as an act; one taken before the bell is that session's all the same."""
    if taken_at is None or taken_at > as_of:
        return None
    return ActDone(Act.TAKE_ROLL_CALL, max(taken_at, starts), taken_at, Post.ROLL_CALL_TAKER)


def duties_of_the_date(
    place_id: str,
    calendar: SchoolCalendar,
    packs: PacksInForce,
    *,
    level: str,
    as_of: datetime,
    acts: Collection[ActDone] = (),
) -> list[Obligation]:
    """What the period around `as_of` asks of a place at `level` ("school", "county" …), soonest first."""
    today = [as_of.date()]
    return duties_of_dates(place_id, calendar, packs, level=level, days=today, as_of=as_of, acts=acts)


def duties_of_dates(
    place_id: str,
    calendar: SchoolCalendar,
    packs: PacksInForce,
    *,
    level: str,
    days: Collection[date],
    as_of: datetime,
    acts: Collection[ActDone] = (),
    meant: Mapping[str, UUID] = NOTHING_MEANT,
) -> list[Obligation]:
    """What the periods around these days ask of a place at `level`, as it stands at `as_of`, soonest first.

    `meant` has the obligation that an act was done for, by the act's id; such an act meets no other.
    """
    calendar = calendar.as_known_at(as_of)
    known = acts_known(acts, as_of)
    owed: list[Obligation] = []
    for bound in packs.rules:
        when = bound.rule.when
        if isinstance(when, EveryTrigger) and when.level == level:
            for first in dict.fromkeys(first_day(when, day, calendar) for day in days):
                if first is not None:
                    begins = datetime.combine(first, time.min, CHINA_TIME)
                    brought = _obligations(place_id, bound, str(first), begins, calendar, known, as_of, meant)
                    owed += (each for each in brought if bound.binds_on(_asked_on(each, as_of)))
    return sorted(owed, key=lambda o: o.sort_key)


def _asked_on(owed: Obligation, as_of: datetime) -> date:
    """The day whose rules decide: the day it falls due, or today while that is to come.

    So a pack adopted later asks for nothing that was due before it, and one given up later takes back
    nothing that was late under it.
    """
    return as_of.date() if owed.due.at is None else min(owed.due.at.date(), as_of.date())


def _obligations(
    subject: str,
    bound: BoundRule,
    occasion: str,
    arose_at: datetime,
    calendar: SchoolCalendar,
    acts: Collection[ActDone],
    as_of: datetime,
    meant: Mapping[str, UUID] = NOTHING_MEANT,
) -> Iterator[Obligation]:
    for number, duty in enumerate(bound.rule.obliges):
        moment = due(arose_at, duty.by, calendar)
        bare = Obligation(subject, bound, number, occasion, arose_at, moment, ObligationState.OPEN, ())
        act = met_by(_counting(acts, meant, bare), duty, arose_at)
        yield bare._replace(state=state_of(moment, act, as_of), met_by=act)


def _counting(acts: Collection[ActDone], meant: Mapping[str, UUID], owed: Obligation) -> Collection[ActDone]:
    """The acts that may meet it: those done for it, and those done for nothing in particular."""
    return [act for act in acts if meant.get(act.id) in (None, owed.key)] if meant else acts


def first_day(when: EveryTrigger, day: date, calendar: SchoolCalendar) -> date | None:
    """The first day of the period that `day` lies in; None when it brings nothing (Sunday, vacation).

    None too while the calendar cannot tell, as in the weeks before a year whose holidays are not announced.
    """
    try:
        if when.period is Period.MONTHS:
            return day.replace(day=1) if day.month in when.months else None
        if when.period is Period.HOLIDAY:
            return _week_before_a_break(day, calendar)
        return first_day_of(when.period, day, calendar)
    except BeyondCalendar:
        return None


def _week_before_a_break(day: date, calendar: SchoolCalendar) -> date | None:
    """Seven days before the first of three or more days without school, if `day` lies between."""
    for ahead in range(1, WEEK + 1):
        starts = day + timedelta(days=ahead)
        off = (not calendar.is_school_day(starts + timedelta(days=i)) for i in range(BREAK))
        if calendar.is_school_day(starts - timedelta(days=1)) and all(off):
            return starts - timedelta(days=WEEK)
    return None


def first_day_of(period: Period, day: date, calendar: SchoolCalendar) -> date | None:
    """The first day of a plain period (a day, week, month, quarter, term or school year) around `day`."""
    if period is Period.SCHOOL_DAY:
        return day if calendar.is_school_day(day) else None
    if period is Period.WORKING_DAY:
        return day if calendar.is_working_day(day) else None
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    if period is Period.MONTH:
        return day.replace(day=1)
    if period is Period.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if period is Period.SCHOOL_YEAR:
        return date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    term = calendar.term_of(day)
    return term.first_day if term else None
