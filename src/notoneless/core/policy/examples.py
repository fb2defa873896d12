"""Worked examples: read from the pack, run against the evaluator, compared line by line."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from notoneless.core.calendar import Closure, UnknownSession, default_calendar
from notoneless.core.facts import CHINA_TIME, ActDone, Event, Fact, Leave, Mark
from notoneless.core.policy.draw import draw
from notoneless.core.policy.fields import Fields
from notoneless.core.policy.pack import Example, Expected
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    EventKind,
    Evidence,
    ObligationState,
    Post,
)


def read_example(fields: Fields) -> Example:
    """One `[[example]]`; raises PackError with the key."""
    closures = tuple(_closure(f) for f in fields.tables("closures", "closures"))
    marks = _marks(fields, closures)
    facts: list[Fact] = [
        *marks,
        *(_mark(f) for f in fields.tables("corrections", "corrections")),
        *(_act(f) for f in fields.tables("acts", "acts")),
        *(_event(f) for f in fields.tables("events", "events")),
        *(_leave(f) for f in fields.tables("leaves", "leaves")),
    ]
    example = Example(
        rule=fields.text("rule"),
        about=fields.text("about"),
        facts=tuple(facts),
        at=str(fields.moment("at")),
        expect=tuple(_expected(f) for f in fields.tables("expect", "expect")),
        closures=closures,
        drawn=tuple((mark.day, mark.status) for mark in marks),
    )
    if "expect" not in fields.table:
        raise fields.error("expect", "请写明应有的事项；没有就写 expect = []")
    fields.done(
        "rule、about、from、marks、roll_call、session、corrections、acts、events、leaves、closures、at、expect"
    )
    return example


def _marks(fields: Fields, closures: tuple[Closure, ...]) -> list[Mark]:
    letters = fields.text("marks", "")
    at = fields.parsed("roll_call", _clock, "08:00")
    session = fields.parsed("session", _session, "MORNING")
    if not letters:
        if "from" in fields.table:
            raise fields.error("from", "没有 marks 就不必写 from；请写上 marks，或去掉 from")
        return []
    # The letters follow the calendar as it was before a closure was declared late.
    early = tuple(c for c in closures if c.declared_at.date() <= fields.day("from"))
    calendar = default_calendar().with_closures(early)
    day = fields.day("from")
    return fields.parsed("marks", lambda text: draw(text, day, calendar, at=at, session=session))


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(f'点名时刻应写作 "08:05"，写的是 "{text}"') from None


def _session(code: str) -> str:
    try:
        return default_calendar().session(code).code
    except UnknownSession as unknown:
        raise ValueError(str(unknown)) from None


def _closure(fields: Fields) -> Closure:
    closure = Closure(
        fields.day("from"), fields.day("until"), fields.text("reason"), fields.moment("declared")
    )
    fields.done("from、until、reason、declared")
    return closure


def _mark(fields: Fields) -> Mark:
    """A later word on one session: learned at `learned`, it stands in for the first mark."""
    learned = fields.moment("learned")
    at = fields.moment("at") if "at" in fields.table else learned
    mark = Mark(
        fields.day("day"),
        fields.parsed("session", _session, "MORNING"),
        fields.term("status", AttendanceStatus),
        at,
        learned,
        fields.term("reason", AbsenceReason) if "reason" in fields.table else None,
        id=f"correction {learned}",
    )
    fields.done("day、session、status、reason、at、learned")
    return mark


def _act(fields: Fields) -> ActDone:
    at = fields.moment("at")
    by = fields.term("by", Post)
    act = ActDone(
        act=fields.term("act", Act),
        at=at,
        learned_at=fields.moment("learned") if "learned" in fields.table else at,
        by=by,
        taking_part=fields.terms("with", Post) | {by},
        to=fields.term("to", Post) if "to" in fields.table else None,
        outcome=fields.term("outcome", ActOutcome, ActOutcome.DONE),
        evidence=fields.terms("evidence", Evidence),
        id=f"act {at}",
    )
    fields.done("act、at、by、with、to、outcome、evidence、learned")
    return act


def _event(fields: Fields) -> Event:
    at = fields.moment("at")
    event = Event(fields.term("kind", EventKind), at, at, id=f"event {at}")
    fields.done("kind、at")
    return event


def _leave(fields: Fields) -> Leave:
    granted = fields.moment("granted")
    leave = Leave(
        fields.day("from"),
        fields.day("until"),
        fields.term("reason", AbsenceReason),
        granted,
        granted,
        id=f"leave {granted}",
    )
    fields.done("from、until、reason、granted")
    return leave


def _expected(fields: Fields) -> Expected:
    expected = Expected(
        act=fields.term("act", Act),
        who=fields.term("who", Post),
        due=fields.text("due"),
        state=fields.term("state", ObligationState) if "state" in fields.table else None,
        to=fields.term("to", Post) if "to" in fields.table else None,
    )
    fields.done("act、who、due、state、to")
    return expected


class ExampleResult(NamedTuple):
    """An example and what came of it; `problem` is empty when it came out as written."""

    example: Example
    problem: str


def moment_text(at: datetime | None) -> str:
    """`2026-11-20 09:05`, or `unknown` when no moment can be named."""
    return at.strftime("%Y-%m-%d %H:%M") if at else "unknown"


def compare(example: Example, owed: list[Expected]) -> ExampleResult:
    """The obligations that came out against the expected ones, in order of their moment."""
    wanted = sorted(example.expect, key=_order)
    found = sorted(owed, key=_order)
    matches = len(wanted) == len(found) and all(map(_agrees, wanted, found))
    return ExampleResult(example, "" if matches else f"应为 {_lines(wanted)}；算得 {_lines(found)}")


def _agrees(wanted: Expected, found: Expected) -> bool:
    return (
        wanted[:3] == found[:3]
        and (wanted.state is None or wanted.state is found.state)
        and (wanted.to is None or wanted.to is found.to)
    )


def _order(expected: Expected) -> tuple[str, str, str, str]:
    return (expected.due, expected.act, expected.who, expected.to or "")


def _lines(rows: list[Expected]) -> str:
    return (
        "；".join(f"{r.act.zh}（{r.who.zh}）{r.due} {r.state.zh if r.state else ''}".strip() for r in rows)
        or "无"
    )


def at_moment(example: Example) -> datetime:
    """The moment the example is judged at."""
    return datetime.fromisoformat(example.at).astimezone(CHINA_TIME)


def first_day(example: Example) -> date:
    """The first day drawn, or the day of judgement when nothing is drawn."""
    return example.drawn[0][0] if example.drawn else at_moment(example).date()
