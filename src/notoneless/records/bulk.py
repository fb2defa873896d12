"""Many new rows at once: COPY on PostgreSQL, prepared inserts on SQLite; for files of a whole county."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from notoneless.records.dialect import POSTGRESQL, moment_text
from notoneless.records.statements import run_many


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in the caller's transaction; their values stand in the order of the table's `columns`.

    The database fills in numbers that count up; every other column must be given, for defaults are Django's.
    """
    table, names = model._meta.db_table, ", ".join(columns)
    if connection.vendor == POSTGRESQL:
        connection.ensure_connection()
        with (
            connection.wrap_database_errors,
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
    else:
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
        run_many(statement, [tuple(map(_sqlite, row)) for row in rows])


def _sqlite(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return moment_text(value, "sqlite")
    return value.isoformat() if isinstance(value, date) else value
