"""Running the few hand-written statements: prepared once a connection, past what Django adds to each.

Django rewrites the placeholders of every statement it is given and, on PostgreSQL, fills them in itself, so
that the server plans the same long statement anew each time: three times the cost of running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from notoneless.records.dialect import POSTGRESQL

Parameters = Mapping[str, Any] | Sequence[Any]


def one_row(sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row that a statement gives; parameters are written %(name)s."""
    if _watched():
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] = cursor.fetchone()
            return row
    with connection.wrap_database_errors:
        if connection.vendor == POSTGRESQL:
            from notoneless.records.prepared import first_row

            return first_row(connection.connection, sql, parameters)  # type: ignore[return-value]
        return _run(sql, parameters).fetchone()  # type: ignore[no-any-return]


def run(sql: str, parameters: Parameters) -> int | None:
    """Run a statement, its parameters written %s or %(name)s; on SQLite the id of the row it inserted."""
    if _watched():
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return getattr(cursor, "lastrowid", None)
    with connection.wrap_database_errors:
        if connection.vendor == POSTGRESQL:
            from notoneless.records.prepared import execute

            return execute(connection.connection, sql, parameters)
        return getattr(_run(sql, parameters), "lastrowid", None)


def run_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement of SQLite's for each of these rows, its parameters written %s."""
    if _watched():
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
        return
    with connection.wrap_database_errors:
        connection.connection.executemany(_qmarks(sql, False), rows)


def _watched() -> bool:
    """Whether somebody counts or logs statements, or the transaction is broken: Django's own way then."""
    connection.ensure_connection()
    watched = bool(connection.execute_wrappers) or connection.queries_logged
    return watched or (connection.in_atomic_block and connection.needs_rollback)


def _run(sql: str, parameters: Parameters) -> Any:
    return connection.connection.execute(_qmarks(sql, isinstance(parameters, Mapping)), parameters)


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
