"""Everything recorded about some children, in one statement.

Written by hand for two reasons: the ORM would need six statements and build an object a row, and a roll call
may afford neither; and a statement that reads all facts at once cannot see half of somebody else's change.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from notoneless.core.facts import ActDone, Event, Leave, Mark
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    EventKind,
    Evidence,
    ObligationState,
    Post,
    Stage,
)
from notoneless.records.dialect import moment_of, moment_param, rows_of, spelled, uuid_list
from notoneless.records.packs import CaseStep
from notoneless.records.statements import one_row

T = TypeVar("T")


class Enrolled(NamedTuple):
    """A child's time in a class; `until` is exclusive."""

    class_group: int
    from_day: date
    until: date | None


class Stored(NamedTuple):
    """An obligation as it is stored."""

    key: UUID
    state: ObligationState
    due_at: datetime | None
    late: bool
    level: int


class StoredCase(NamedTuple):
    """The child's case as it is stored."""

    id: int
    stage: Stage


@dataclass(slots=True)
class ChildRecord:
    """All rows about one child, as core's values; nothing corrected or left out yet."""

    child: UUID
    enrolments: list[Enrolled] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    acts: list[ActDone] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    obligations: dict[UUID, Stored] = field(default_factory=dict)
    case: StoredCase | None = None
    case_steps: list[CaseStep] = field(default_factory=list)  # in the order in which they were written


# The days, as text, on which a class called a session: a class has hundreds, and most are only looked up.
Called = Mapping[str, frozenset[str]]


class Recorded(NamedTuple):
    """What one reading found."""

    children: dict[UUID, ChildRecord]
    called: Mapping[int, Called]  # by class group, of every class these children were in
    constants_version: int


_THEM = "«in:SELECT child_id FROM looked_at»"


def _rows(table: str, columns: str, where: str = "") -> str:
    """A column that holds all rows of a table about the children in `looked_at`."""
    return f"(SELECT «agg»(«arr»({columns}))«text» FROM records_{table} WHERE child_id {_THEM}{where})"


# Columns for the children in the CTE `looked_at`; `from_columns` reads them in this order.
COLUMNS = ", ".join(
    (
        _rows("enrolment", "child_id, class_group_id, from_day, until"),
        _rows(
            "attendancemark",
            "child_id, day, session, status, at, recorded_at, reason, id, supersedes_id",
            " AND speaks",
        ),
        _rows(
            "leavegranted", "child_id, from_day, until, reason, granted_at, recorded_at, id, supersedes_id"
        ),
        _rows(
            "actrecord",
            "child_id, act, happened_at, recorded_at, by_post, taking_part, to_post, outcome, evidence, id, "
            "supersedes_id",
        ),
        _rows("eventrecord", "child_id, kind, happened_at, recorded_at, id, supersedes_id, place_id"),
        _rows("obligation", "child_id, key, state, due_at, late, escalation_level"),
        _rows("case", "child_id, id, stage"),
        "(SELECT «agg»(«arr»(c.child_id, s.id, s.at, s.stage_before, s.stage))«text»"
        f" FROM records_casechange s JOIN records_case c ON c.id = s.case_id WHERE c.child_id {_THEM})",
        "(SELECT «agg»(«arr»(class_group_id, session, days))«text» FROM"
        " (SELECT class_group_id, session, «days:day» AS days FROM records_rollcall"
        " WHERE standing AND recorded_at <= %(as_of)s AND class_group_id «in:SELECT class_group_id"
        " FROM records_enrolment WHERE child_id IN (SELECT child_id FROM looked_at)»"
        " GROUP BY class_group_id, session) AS called)",
        "(SELECT version FROM records_constantsversion)",
    )
)
_OF_CHILDREN = (
    "WITH looked_at AS MATERIALIZED (SELECT id AS child_id FROM records_child WHERE id «in_list:children») "
    f"SELECT {COLUMNS}"
)


def about(children: Collection[UUID], *, as_of: datetime) -> Recorded:
    """Everything recorded about these children, and what their classes had called by `as_of`."""
    vendor = connection.vendor
    asked = {"children": uuid_list(children, vendor), "as_of": moment_param(as_of, vendor)}
    row = one_row(spelled(_OF_CHILDREN, vendor), asked)
    return from_columns(row, children)


def from_columns(columns: tuple[Any, ...], children: Collection[UUID] = ()) -> Recorded:
    """What COLUMNS gave, sorted by child; `children` get a record even if nothing is known of them."""
    enrolments, marks, leaves, acts, events, obligations, cases, steps, called, version = columns
    found = _ByChild({child: ChildRecord(child) for child in children})
    for child, class_group, from_day, until in rows_of(enrolments):
        found[child].enrolments.append(Enrolled(class_group, _day(from_day), _day(until) if until else None))
    for child, *row in rows_of(marks):
        found[child].marks.append(_mark(row))
    for child, *row in rows_of(leaves):
        found[child].leaves.append(_leave(row))
    for child, *row in rows_of(acts):
        found[child].acts.append(_act(row))
    for child, *row in rows_of(events):
        found[child].events.append(_event(row))
    for child, key, state, due_at, late, level in rows_of(obligations):
        stored = Stored(UUID(key), _STATE[state], moment_of(due_at) if due_at else None, bool(late), level)
        found[child].obligations[stored.key] = stored
    for child, number, stage in rows_of(cases):
        found[child].case = StoredCase(number, Stage(stage))  # type: ignore[call-arg]
    for child, _, *step in sorted(rows_of(steps), key=itemgetter(1)):
        found[child].case_steps.append(_step(step))
    return Recorded(found.records, _called(called), version or 0)


class _ByChild:
    """Records by the child's id in the text of either database."""

    def __init__(self, records: dict[UUID, ChildRecord]) -> None:
        self.records = records
        self.by_text: dict[str, ChildRecord] = {}

    def __getitem__(self, text: str) -> ChildRecord:
        record = self.by_text.get(text)
        if record is None:
            child = UUID(text)
            record = self.by_text[text] = self.records.setdefault(child, ChildRecord(child))
        return record


def _called(text: str | None) -> Mapping[int, Called]:
    called: dict[int, dict[str, frozenset[str]]] = {}
    for class_group, session, days in rows_of(text):
        called.setdefault(class_group, {})[session] = frozenset(days.split(","))
    return called


# Looking a code up is several times faster than calling the enumeration.
_STATUS = {each.value: each for each in AttendanceStatus}
_REASON: dict[str, AbsenceReason | None] = {"": None, **{each.value: each for each in AbsenceReason}}
HYPHENATED = 36  # characters of a UUID written out
_STATE = {each.value: each for each in ObligationState}
_ACT = {each.value: each for each in Act}
_POST = {each.value: each for each in Post}
_OUTCOME = {each.value: each for each in ActOutcome}
_EVIDENCE = {each.value: each for each in Evidence}
_KIND = {each.value: each for each in EventKind}
_STAGE = {each.value: each for each in Stage}
_day = date.fromisoformat


def _id(text: str | None) -> str:
    """An id in the one form that core sees: PostgreSQL's own, SQLite's with the hyphens it leaves out."""
    if not text or len(text) == HYPHENATED:
        return text or ""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _mark(row: list[Any]) -> Mark:
    day, session, status, at, recorded_at, reason, number, supersedes = row
    return Mark(
        _day(day),
        session,
        _STATUS[status],
        moment_of(at),
        moment_of(recorded_at),
        _REASON[reason],
        _id(number),
        _id(supersedes),
    )


def _leave(row: list[Any]) -> Leave:
    from_day, until, reason, granted_at, recorded_at, number, supersedes = row
    granted, recorded = moment_of(granted_at), moment_of(recorded_at)
    kind = _REASON[reason] or AbsenceReason.UNKNOWN
    return Leave(_day(from_day), _day(until), kind, granted, recorded, _id(number), _id(supersedes))


def _act(row: list[Any]) -> ActDone:
    act, at, recorded_at, by, taking_part, to, outcome, evidence, number, supersedes = row
    return ActDone(
        _ACT[act],
        moment_of(at),
        moment_of(recorded_at),
        _POST[by],
        _codes(taking_part, _POST),
        _POST[to] if to else None,
        _OUTCOME[outcome],
        _codes(evidence, _EVIDENCE),
        _id(number),
        _id(supersedes),
    )


def _codes(value: Any, known: dict[str, T]) -> frozenset[T]:
    """A JSON column of codes: SQLite hands it over as text within the text, mostly the same few texts."""
    codes = _texts(value) if isinstance(value, str) else value
    return frozenset([known[code] for code in codes])


@lru_cache(maxsize=1024)
def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _step(row: list[Any]) -> CaseStep:
    at, before, after = row
    return CaseStep(moment_of(at), _STAGE[before], _STAGE[after])


def _event(row: list[Any]) -> Event:
    kind, at, recorded_at, number, supersedes, place = row
    where = "" if place is None else str(place)
    return Event(_KIND[kind], moment_of(at), moment_of(recorded_at), _id(number), _id(supersedes), where)
