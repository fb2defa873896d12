"""One act's rows, written together: one statement on PostgreSQL, a few prepared ones on SQLite.

Written by hand because a roll call may cost at most three round trips, journal and obligations included, and
the ORM would take one for each kind of row. Every other act uses it too, so that there is one way to write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection

from notoneless.records.dialect import POSTGRESQL, moment_text
from notoneless.records.statements import run, run_many

Row = tuple[Any, ...]


@dataclass(slots=True)
class Writes:
    """Rows to write, each in the column order of the table of the same name below."""

    roll_call: list[Row] = field(default_factory=list)
    mark: list[Row] = field(default_factory=list)
    obligation: list[Row] = field(default_factory=list)
    obligation_change: list[Row] = field(default_factory=list)
    case_opened: list[Row] = field(default_factory=list)
    case_moved: list[Row] = field(default_factory=list)
    case_change: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    journal: list[Row] = field(default_factory=list)

    def extend(self, other: Writes) -> None:
        """Add the rows of `other`."""
        for name in _PARTS:
            getattr(self, name).extend(getattr(other, name))


# Column → the type PostgreSQL reads it as from JSON.
_COLUMNS: dict[str, dict[str, str]] = {
    "roll_call": {
        "id": "uuid",
        "class_group_id": "bigint",
        "day": "date",
        "session": "text",
        "taken_at": "timestamptz",
        "taken_by_id": "bigint",
        "post": "text",
        "recorded_at": "timestamptz",
        "expected": "int",
        "absent": "int",
        "leave": "int",
        "late": "int",
        "unrecorded": "int",
        "opened": "int",
        "key": "text",
        "standing": "boolean",
    },
    "mark": {
        "id": "uuid",
        "roll_call_id": "uuid",
        "child_id": "uuid",
        "day": "date",
        "session": "text",
        "status": "text",
        "reason": "text",
        "at": "timestamptz",
        "recorded_at": "timestamptz",
        "note": "text",
        "supersedes_id": "uuid",
        "speaks": "boolean",
    },
    "obligation": {
        "key": "uuid",
        "child_id": "uuid",
        "class_group_id": "bigint",
        "place_id": "bigint",
        "pack_id": "text",
        "pack_version": "text",
        "rule": "text",
        "number": "int",
        "clause": "jsonb",
        "act": "text",
        "who": "text",
        "to_post": "text",
        "taking_part": "jsonb",
        "occasion": "text",
        "arose_at": "timestamptz",
        "due_at": "timestamptz",
        "due_unknown": "text",
        "state": "text",
        "late": "boolean",
        "met_at": "timestamptz",
        "met_by": "text",
        "facts": "jsonb",
        "proof": "jsonb",
        "opened_at": "timestamptz",
        "look_at": "timestamptz",
        "withdrawn_why": "text",
        "escalation_level": "int",
        "claim_token": "text",
    },
    "obligation_change": {
        "key": "uuid",
        "was": "text",
        "state": "text",
        "late": "boolean",
        "due_at": "timestamptz",
        "due_unknown": "text",
        "proof": "jsonb",
        "met_at": "timestamptz",
        "met_by": "text",
        "withdrawn_at": "timestamptz",
        "withdrawn_why": "text",
        "look_at": "timestamptz",
    },
    "case_opened": {
        "child_id": "uuid",
        "county_id": "bigint",
        "year": "int",
        "prefix": "text",
        "opened_at": "timestamptz",
        "stage": "text",
        "closed_at": "timestamptz",
    },
    "case_moved": {
        "id": "bigint",
        "stage": "text",
        "closed_at": "timestamptz",
        "reopened": "int",
    },
    "case_change": {
        "child_id": "uuid",
        "at": "timestamptz",
        "recorded_at": "timestamptz",
        "event": "text",
        "stage_before": "text",
        "stage": "text",
        "note": "text",
    },
    "outbox": {"key": "text", "kind": "text", "body": "jsonb", "created_at": "timestamptz"},
    "journal": {
        "at": "timestamptz",
        "by_id": "bigint",
        "act": "text",
        "subject_kind": "text",
        "subject_id": "text",
        "body": "jsonb",
        "reason": "text",
    },
}
_TABLES = {
    "roll_call": "records_rollcall",
    "mark": "records_attendancemark",
    "obligation": "records_obligation",
    "outbox": "records_outbox",
    "journal": "records_journalentry",
}
_ON_CONFLICT = {"obligation": " ON CONFLICT (key) DO NOTHING", "outbox": " ON CONFLICT (key) DO NOTHING"}
# A case change points at its case and its journal entry, so these go first.
_PARTS = (
    "journal",
    "roll_call",
    "mark",
    "obligation",
    "obligation_change",
    "case_opened",
    "case_moved",
    "case_change",
    "outbox",
)
_OBLIGATION_SET = tuple(c for c in _COLUMNS["obligation_change"] if c not in ("key", "was"))


def write(rows: Writes) -> None:
    """Write all rows. Raises IntegrityError when another act came first, and then nothing is written.

    On SQLite the caller is in a transaction; on PostgreSQL the one statement is one.
    """
    parts = tuple(name for name in _PARTS if getattr(rows, name))
    if connection.vendor == POSTGRESQL:
        values = {name: _as_json(name, getattr(rows, name)) for name in parts}
        run(_one_statement(parts), values)
    else:
        _write_sqlite(rows, parts)


# PostgreSQL: one statement.


_in_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _as_json(part: str, rows: Sequence[Row]) -> str:
    names = _COLUMNS[part]
    return _in_json([dict(zip(names, row, strict=True)) for row in rows])


@cache
def _one_statement(parts: tuple[str, ...]) -> str:
    """The statement for these parts; each is a CTE over its rows as JSON."""
    ctes = [f"{part}_rows AS (SELECT * FROM {_recordset(part)})" for part in parts]
    ctes += [cte for part in parts for cte in _postgresql_part(part, parts)]
    return f"WITH {', '.join(ctes)} SELECT 1"


def _recordset(part: str) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS[part].items())
    return f"jsonb_to_recordset(%({part})s::jsonb) AS x({columns})"


def _postgresql_part(part: str, parts: tuple[str, ...]) -> list[str]:
    if part in _TABLES:
        columns = ", ".join(_COLUMNS[part])
        returning = " RETURNING seq" if part == "journal" else ""
        return [
            f"{part} AS (INSERT INTO {_TABLES[part]} ({columns}) SELECT {columns} FROM {part}_rows"
            f"{_ON_CONFLICT.get(part, '')}{returning})"
        ]
    if part == "obligation_change":
        sets = ", ".join(f"{name} = x.{name}" for name in _OBLIGATION_SET)
        return [
            f"obligation_change AS (UPDATE records_obligation o SET {sets} FROM obligation_change_rows x "
            "WHERE o.key = x.key AND o.state = x.was)"
        ]
    if part == "case_opened":
        return [_COUNTER, _CASES]
    if part == "case_moved":
        return [
            "case_moved AS (UPDATE records_case c SET stage = x.stage, closed_at = x.closed_at, "
            "times_reopened = c.times_reopened + x.reopened FROM case_moved_rows x WHERE c.id = x.id)"
        ]
    return [_case_changes("case_opened" in parts, "journal" in parts)]


_COUNTER = (
    "counter AS (INSERT INTO records_casecounter AS k (county_id, year, last) "
    "SELECT county_id, year, count(*) FROM case_opened_rows GROUP BY county_id, year "
    "ON CONFLICT (county_id, year) DO UPDATE SET last = k.last + EXCLUDED.last "
    "RETURNING county_id, year, last)"
)
# The counter's row stays locked until the transaction ends, so numbers have neither doubles nor races.
_CASES = (
    "case_opened AS (INSERT INTO records_case "
    "(number, child_id, opened_at, stage, closed_at, times_reopened) "
    "SELECT prefix || lpad(seq::text, greatest(4, length(seq::text)), '0'), child_id, opened_at, stage, "
    "closed_at, 0 FROM (SELECT x.*, k.last + 1 - row_number() OVER "
    "(PARTITION BY x.county_id, x.year ORDER BY x.child_id DESC) AS seq "
    "FROM case_opened_rows x JOIN counter k USING (county_id, year)) AS numbered RETURNING id, child_id)"
)


def _case_changes(opened: bool, journal: bool) -> str:
    # A statement does not see the rows it inserts itself, so new cases come from what the insert returned.
    new = " UNION ALL SELECT id, child_id FROM case_opened" if opened else ""
    return (
        "case_change AS (INSERT INTO records_casechange "
        "(case_id, at, recorded_at, event, stage_before, stage, note, journal_id) "
        "SELECT c.id, x.at, x.recorded_at, x.event, x.stage_before, x.stage, x.note, "
        f"{'(SELECT max(seq) FROM journal)' if journal else 'NULL'} FROM case_change_rows x "
        f"JOIN (SELECT id, child_id FROM records_case{new}) c USING (child_id))"
    )


# SQLite: some statements in the caller's transaction.

_PLAIN = {"text", "int", "bigint", "boolean"}


def _write_sqlite(rows: Writes, parts: tuple[str, ...]) -> None:
    journal: int | None = None
    for part in parts:
        values = [_sqlite_row(part, row) for row in getattr(rows, part)]
        if part == "case_opened":
            for row in values:
                _open_case(row)
        elif part == "journal":
            for row in values:
                journal = run(_sqlite_statement(part), row)
        elif part == "case_change":
            run_many(_sqlite_statement(part), [(*row[1:], journal, row[0]) for row in values])
        else:
            run_many(_sqlite_statement(part), values)


@cache
def _sqlite_kinds(part: str) -> tuple[tuple[int, str], ...]:
    """The columns whose values SQLite keeps in another form than Python."""
    return tuple((i, k) for i, k in enumerate(_COLUMNS[part].values()) if k not in _PLAIN)


def _sqlite_row(part: str, row: Row) -> Row:
    values = list(row)
    for i, kind in _sqlite_kinds(part):
        value = values[i]
        if kind == "jsonb":
            values[i] = json.dumps(value, ensure_ascii=False, default=str)
        elif value is not None:
            values[i] = _SQLITE_FORM[kind](value)
    return tuple(values)


_SQLITE_FORM: dict[str, Callable[[Any], str]] = {
    "uuid": lambda value: value.hex,
    "date": lambda value: value.isoformat(),
    "timestamptz": lambda value: moment_text(value, "sqlite"),
}


@cache
def _sqlite_statement(part: str) -> str:
    if part in _TABLES:
        columns = tuple(_COLUMNS[part])
        return (
            f"INSERT INTO {_TABLES[part]} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
            f"{_ON_CONFLICT.get(part, '')}"
        )
    if part == "obligation_change":
        sets = ", ".join(f"{name} = ?{i}" for i, name in enumerate(_OBLIGATION_SET, 3))
        return f"UPDATE records_obligation SET {sets} WHERE key = ?1 AND state = ?2"
    if part == "case_moved":
        return (
            "UPDATE records_case SET stage = ?2, closed_at = ?3, times_reopened = times_reopened + ?4 "
            "WHERE id = ?1"
        )
    return (
        "INSERT INTO records_casechange "
        "(at, recorded_at, event, stage_before, stage, note, journal_id, case_id) "
        "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, id FROM records_case WHERE child_id = ?8"
    )


def _open_case(row: Row) -> None:
    child, county, year, prefix, opened_at, stage, closed_at = row
    run(_NEXT_NUMBER, (county, year))
    run(_NEW_CASE, (prefix, child, opened_at, stage, closed_at, county, year))


_NEXT_NUMBER = (
    "INSERT INTO records_casecounter (county_id, year, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (county_id, year) DO UPDATE SET last = last + 1"
)
_NEW_CASE = (
    "INSERT INTO records_case (number, child_id, opened_at, stage, closed_at, times_reopened) "
    "SELECT %s || printf('%%04d', last), %s, %s, %s, %s, 0 FROM records_casecounter "
    "WHERE county_id = %s AND year = %s"
)
