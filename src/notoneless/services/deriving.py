"""From what the evaluator says to what must be written: obligations opened, met, withdrawn; cases moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.obligations import Obligation
from notoneless.core.stages import EVENT_TO, Reached
from notoneless.core.terms import ObligationState, Stage
from notoneless.core.time_limit import Due
from notoneless.records.histories import Subject
from notoneless.records.packs import CaseStep
from notoneless.records.reading import Stored, StoredCase
from notoneless.records.writing import Writes
from notoneless.services.lines import fact_lines

OPEN, OVERDUE = ObligationState.OPEN, ObligationState.OVERDUE
MET, WITHDRAWN = ObligationState.MET, ObligationState.WITHDRAWN
LIVE = (OPEN, OVERDUE)


class Home(Protocol):
    """Where an obligation lies: a class (`id`) and its school, or a place without a class."""

    @property
    def id(self) -> int | None: ...
    @property
    def school_id(self) -> int: ...
    @property
    def calendar(self) -> SchoolCalendar: ...


class AtSchool(NamedTuple):
    """Where what is owed about a child lies that was never in a class: with the school that awaits it."""

    id: None
    school_id: int
    calendar: SchoolCalendar


class Changes:
    """What a new evaluation changed, ready to be written and to be told in the journal."""

    def __init__(self) -> None:
        self.writes = Writes()
        self.said: dict[str, list[Any]] = {}

    def note(self, what: str, value: object) -> None:
        """Add to the journal's body under `what` ("opened", "met", "withdrawn" …)."""
        self.said.setdefault(what, []).append(str(value))

    def extend(self, other: Changes) -> None:
        """Add what `other` changed."""
        self.writes.extend(other.writes)
        for what, values in other.said.items():
            self.said.setdefault(what, []).extend(values)

    def count(self, what: str) -> int:
        """How many were noted under `what`."""
        return len(self.said.get(what, ()))


def derive(subject: Subject, *, as_of: datetime, why: str, into: Changes) -> Assessment:
    """Evaluate one child and add to `into` what differs from what is stored; `why` goes with withdrawals."""
    found = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)
    stored = subject.record.obligations
    compare(found.obligations, stored, _home(subject), subject.record.child, as_of=as_of, why=why, into=into)
    _case(found.path, subject, as_of, why, into)
    return found


def _home(subject: Subject) -> Home:
    """No class teacher answers for a child who was in no class yet."""
    home = subject.home
    return home if subject.record.enrolments else AtSchool(None, home.school_id, home.calendar)


def compare(
    owed: tuple[Obligation, ...] | list[Obligation],
    stored: dict[UUID, Stored],
    home: Home,
    child: UUID | None,
    *,
    as_of: datetime,
    why: str,
    into: Changes,
) -> None:
    """Open what is newly owed, bring what is stored up to date, withdraw what is owed no longer."""
    keys = set()
    for obligation in owed:
        key = obligation.key
        keys.add(key)
        kept = stored.get(key)
        if kept is None:
            into.writes.obligation.append(_new_row(key, obligation, home, child, as_of))
            into.note("opened", key)
        elif _differs(kept, obligation):
            into.writes.obligation_change.append(_changed_row(kept, obligation))
            into.note(_word(kept.state, obligation.state), key)
    # What was done stays done, even for facts that turned out wrong.
    withdraw([kept for kept in stored.values() if kept.key not in keys], as_of=as_of, why=why, into=into)


def withdraw(stored: Iterable[Stored], *, as_of: datetime, why: str, into: Changes) -> None:
    """Take back those of these that are still owed."""
    for kept in stored:
        if kept.state in LIVE:
            into.writes.obligation_change.append(_withdrawn_row(kept, as_of, why))
            into.note("withdrawn", kept.key)


def _differs(kept: Stored, owed: Obligation) -> bool:
    return kept.state is not owed.state or kept.due_at != owed.due.at or (owed.late and not kept.late)


def _word(before: ObligationState, now: ObligationState) -> str:
    if now is MET:
        return "met"
    if before in LIVE:
        return "overdue" if now is OVERDUE and before is OPEN else "due_moved"
    return "reopened"


def _new_row(key: UUID, owed: Obligation, home: Home, child: UUID | None, as_of: datetime) -> tuple[Any, ...]:
    rule, duty, pack = owed.bound.rule, owed.duty, owed.bound.pack
    live = owed.state in LIVE
    # A duty that lies with a named place is no class's: the receiving school has the child in none yet.
    class_group, place = (None, int(owed.place)) if owed.place else (home.id, home.school_id)
    return (
        key,
        child,
        class_group,
        place,
        pack.id,
        pack.version,
        rule.id,
        owed.number,
        list(rule.clause),
        duty.act.value,
        duty.who.value,
        duty.to.value if duty.to else "",
        sorted(post.value for post in duty.taking_part),
        owed.occasion,
        owed.arose_at,
        owed.due.at,
        owed.due.unknown,
        owed.state.value,
        owed.late,
        owed.met_by.at if owed.met_by else None,
        owed.met_by.id if owed.met_by else "",
        fact_lines(owed.facts, home.calendar),
        proof_rows(owed.due),
        as_of,
        owed.due.at if live else None,
        "",
        0,
        "",
    )


def _changed_row(kept: Stored, owed: Obligation) -> tuple[Any, ...]:
    live = owed.state in LIVE
    return (
        kept.key,
        kept.state.value,
        owed.state.value,
        kept.late or owed.late,  # late stays late
        owed.due.at,
        owed.due.unknown,
        proof_rows(owed.due),
        owed.met_by.at if owed.met_by else None,
        owed.met_by.id if owed.met_by else "",
        None,
        "",
        owed.due.at if live else None,
    )


def _withdrawn_row(kept: Stored, as_of: datetime, why: str) -> tuple[Any, ...]:
    return (
        kept.key,
        kept.state.value,
        WITHDRAWN.value,
        kept.late,
        kept.due_at,
        "",
        [],
        None,
        "",
        as_of,
        why,
        None,
    )


def proof_rows(due: Due) -> list[list[str]]:
    """What the time limit did not count: [from, until, why, name]."""
    return [[s.from_at.isoformat(), s.until_at.isoformat(), s.why.value, s.name] for s in due.skipped]


def _case(path: tuple[Reached, ...], subject: Subject, as_of: datetime, why: str, into: Changes) -> None:
    kept, child = subject.record.case, subject.record.child
    if kept is None and path:
        county, home = subject.home.county_id, subject.home
        year = path[0].at.year
        closed = path[-1].at if path[-1].stage is Stage.CLOSED else None
        prefix = f"{home.county_name}-{year}-"
        into.writes.case_opened.append(
            (child, county, year, prefix, path[0].at, path[-1].stage.value, closed)
        )
        before = Stage.ATTENDING
        for reached in path:
            into.writes.case_change.append(_case_change(child, before, reached, as_of, ""))
            before = reached.stage
        into.note("cases_opened", child)
    elif kept is not None:
        steps = _steps(path, kept, subject.record.case_steps, as_of)
        if steps:
            _move_case(kept, child, steps, as_of, "" if path else why, into)


def _steps(
    path: tuple[Reached, ...], kept: StoredCase, written: list[CaseStep], as_of: datetime
) -> list[Reached]:
    """The steps that the case has not yet taken; one alone where the facts no longer lead to where it stands.

    A file that comes in late may bring a return and its holding at once: both are steps.
    """
    now = path[-1] if path else Reached(as_of, Stage.ATTENDING)
    last = max((step.at for step in written), default=as_of)
    known = [reached for reached in path if reached.at <= last]
    if known and known[-1].stage is kept.stage:
        return list(path[len(known) :])
    return [now] if now.stage is not kept.stage else []


def _move_case(
    kept: StoredCase, child: UUID, steps: list[Reached], as_of: datetime, note: str, into: Changes
) -> None:
    now, before = steps[-1], [kept.stage, *(step.stage for step in steps[:-1])]
    closed = now.at if now.stage is Stage.CLOSED else None
    into.writes.case_moved.append((kept.id, now.stage.value, closed, before.count(Stage.CLOSED)))
    for stage, step in zip(before, steps, strict=True):
        into.writes.case_change.append(_case_change(child, stage, step, as_of, note))
    into.note("cases_moved", f"{child} {now.stage}")


def _case_change(child: UUID, before: Stage, now: Reached, as_of: datetime, note: str) -> tuple[Any, ...]:
    event = EVENT_TO[now.stage]
    return (child, now.at, as_of, event.value if event else "", before.value, now.stage.value, note)
