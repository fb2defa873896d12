"""The floor: as little as a web server can do to check a signed token and keep one roll call.

No framework, no session, no permission but the token's, no evaluation: the header, the marks and an audit
row, in one SQL statement on PostgreSQL and in one transaction of three on SQLite.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.roll_call.calls import SESSION, Call, Morning, Request
from notoneless.site.database import PRAGMAS
from notoneless.site.sqlite_engine import use_safe_sqlite

KEY = b"the floor's own key, for the length of a benchmark"
DATABASE = "BENCH_FLOOR_DATABASE"
SCHEMA = """
CREATE TABLE roll_call (id {uuid} PRIMARY KEY, class_group BIGINT NOT NULL, day DATE NOT NULL,
  session TEXT NOT NULL, taken_at {moment} NOT NULL, taken_by BIGINT NOT NULL, expected INT NOT NULL,
  key TEXT NOT NULL UNIQUE, UNIQUE (class_group, day, session));
CREATE TABLE mark (roll_call {uuid} NOT NULL REFERENCES roll_call, child {uuid} NOT NULL,
  status TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (roll_call, child));
CREATE TABLE audit (seq {serial}, at {moment} NOT NULL, by_id BIGINT NOT NULL, act TEXT NOT NULL,
  body {json} NOT NULL);
"""
ON_POSTGRESQL = {
    "uuid": "UUID",
    "moment": "TIMESTAMPTZ",
    "serial": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "json": "JSONB",
}
ON_SQLITE = {"uuid": "TEXT", "moment": "TEXT", "serial": "INTEGER PRIMARY KEY", "json": "TEXT"}
ONE_STATEMENT = """
WITH call AS (
  INSERT INTO roll_call VALUES (%(id)s, %(class)s, %(day)s, %(session)s, %(taken_at)s, %(teacher)s,
                                %(expected)s, %(key)s) RETURNING id
), kept AS (
  INSERT INTO mark SELECT call.id, x.child, x.status, x.reason
  FROM call, jsonb_to_recordset(%(marks)s::jsonb) AS x(child uuid, status text, reason text)
)
INSERT INTO audit (at, by_id, act, body) VALUES (%(taken_at)s, %(teacher)s, 'TAKE', %(marks)s::jsonb)
"""
THREE_STATEMENTS = (
    "INSERT INTO roll_call VALUES (:id, :class, :day, :session, :taken_at, :teacher, :expected, :key)",
    "INSERT INTO mark SELECT :id, value->>'child', value->>'status', value->>'reason' FROM json_each(:marks)",
    "INSERT INTO audit (at, by_id, act, body) VALUES (:taken_at, :teacher, 'TAKE', :marks)",
)
Keep = Callable[[dict[str, Any]], None]
_of_thread = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI view."""
    teacher = _teacher(environ.get("HTTP_AUTHORIZATION", ""))
    if teacher is None:
        return _answer(start_response, "401 Unauthorized", {})
    sent = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    marks = json.dumps(sent["marks"])
    _keep()(sent | {"id": str(uuid4()), "teacher": teacher, "marks": marks})
    return _answer(start_response, "200 OK", {"key": sent["key"], "token": _sign(sent["key"])})


def token(teacher: int) -> str:
    """What a teacher's phone shows with each request."""
    return f"{teacher}.{_sign(str(teacher))}"


def create(database: str) -> None:
    """Make the tables in an empty database: a file's path, or a PostgreSQL address."""
    if _is_postgresql(database):
        import psycopg

        with psycopg.connect(database) as connection:
            connection.execute(SCHEMA.format(**ON_POSTGRESQL))
    else:
        _sqlite(database).executescript(SCHEMA.format(**ON_SQLITE))


def requests(morning: Morning) -> Iterator[Request]:
    """A morning's roll calls as the floor expects them."""
    for call in morning:
        headers = {"Authorization": token(call.teacher), "Content-Type": "application/json"}
        yield Request("/", headers, json.dumps(_said(call)).encode(), call.taken_at)


def stored(database: str) -> tuple[int, int]:
    """How many roll calls and marks it holds."""
    question = "SELECT (SELECT count(*) FROM roll_call), (SELECT count(*) FROM mark)"
    if _is_postgresql(database):
        import psycopg

        with psycopg.connect(database) as connection:
            found = connection.execute(question).fetchone()
    else:
        found = _sqlite(database).execute(question).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _said(call: Call) -> dict[str, Any]:
    away = [{"child": str(child), "status": s, "reason": r} for child, (s, r) in call.away.items()]
    return {
        "class": call.class_group,
        "day": call.day.isoformat(),
        "session": SESSION,
        "taken_at": call.taken_at.isoformat(),
        "expected": len(call.pupils),
        "key": call.key,
        "marks": away,
    }


def _teacher(shown: str) -> int | None:
    number, _, signature = shown.partition(".")
    return int(number) if hmac.compare_digest(signature, _sign(number)) else None


def _sign(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def _answer(start_response: Callable[..., Any], status: str, value: dict[str, str]) -> list[bytes]:
    body = json.dumps(value).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _keep() -> Keep:
    """This thread's way to the database."""
    keep: Keep | None = getattr(_of_thread, "keep", None)
    if keep is None:
        database = os.environ[DATABASE]
        keep = _of_thread.keep = (
            _postgresql_keep(database) if _is_postgresql(database) else _sqlite_keep(database)
        )
    return keep


def _is_postgresql(database: str) -> bool:
    return database.startswith("postgresql:")


def _postgresql_keep(database: str) -> Keep:
    import psycopg

    connection = psycopg.connect(database, autocommit=True)

    def keep(row: dict[str, Any]) -> None:
        connection.execute(ONE_STATEMENT, row)

    return keep


def _sqlite(database: str) -> sqlite3.Connection:
    use_safe_sqlite()
    from sqlite3 import dbapi2  # only now the safe one

    connection = dbapi2.connect(Path(database), isolation_level=None, timeout=15)
    connection.executescript(PRAGMAS)
    return connection


def _sqlite_keep(database: str) -> Keep:
    connection = _sqlite(database)

    def keep(row: dict[str, Any]) -> None:
        with connection:  # commits, or rolls back when one fails
            connection.execute("BEGIN IMMEDIATE")
            for statement in THREE_STATEMENTS:
                connection.execute(statement, row)

    return keep
