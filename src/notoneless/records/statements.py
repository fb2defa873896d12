"""Running the few hand-written statements: prepared once a connection, past what Django adds to each.

Django rewrites the placeholders of every statement it is given and, on PostgreSQL, fills them in itself, so
that the server plans the same long statement anew each time: three times the cost of running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from notoneless.records.dialect import POSTGRESQL

Parameters = Mapping[str, Any] | Sequence[Any]


def one_row(sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row that a statement gives; parameters are written %(name)s."""
    here = _connected()
    if _watched(here):
        with here.cursor() as cursor:
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] = cursor.fetchone()
            return row
    with here.wrap_database_errors:
        return _run(here, sql, parameters).fetchone()  # type: ignore[no-any-return]


def run(sql: str, parameters: Parameters) -> int | None:
    """Run a statement, its parameters written %s or %(name)s; on SQLite the id of the row it inserted."""
    here = _connected()
    if _watched(here):
        with here.cursor() as cursor:
            cursor.execute(sql, parameters)
            return getattr(cursor, "lastrowid", None)
    with here.wrap_database_errors:
        return getattr(_run(here, sql, parameters), "lastrowid", None)


def run_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement of SQLite's for each of these rows, its parameters written %s."""
    here = _connected()
    if _watched(here):
        with here.cursor() as cursor:
            cursor.executemany(sql, rows)
        return
    with here.wrap_database_errors:
        here.connection.executemany(_qmarks(sql, False), rows)


def _connected() -> BaseDatabaseWrapper:
    """This thread's connection: looked up once, and not for each thing it is asked."""
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    return here


def _watched(here: BaseDatabaseWrapper) -> bool:
    """Whether somebody counts or logs statements, or the transaction is broken: Django's own way then."""
    watched = bool(here.execute_wrappers) or here.queries_logged
    return watched or (here.in_atomic_block and here.needs_rollback)


def _run(here: BaseDatabaseWrapper, sql: str, parameters: Parameters) -> Any:
    if here.vendor == POSTGRESQL:
        from psycopg import Cursor

        return Cursor(here.connection).execute(sql, parameters, prepare=True)
    return here.connection.execute(_qmarks(sql, isinstance(parameters, Mapping)), parameters)


@cache
def _qmarks(sql: str, named: bool) -> str:
    """The statement with the placeholders SQLite has."""
    if named:
        return sql % _Names()
    return sql.replace("%s", "?").replace("%%", "%")


class _Names(dict[str, str]):
    """Every name as SQLite's placeholder for it."""

    def __missing__(self, name: str) -> str:
        return f":{name}"
