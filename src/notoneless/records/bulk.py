"""Many new rows at once: COPY on PostgreSQL, prepared inserts on SQLite; for files of a whole county."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.db import connection, models

from notoneless.records.dialect import POSTGRESQL, moment_text
from notoneless.records.statements import run_many

ROWS_A_BLOCK = 500  # sent while the server still writes those before


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in the caller's transaction; their values stand in the order of the table's `columns`.

    The database fills in numbers that count up; every other column must be given, for defaults are Django's.
    """
    given = iter(rows)
    first = next(given, None)
    if first is None:
        return
    if connection.vendor == POSTGRESQL:
        _copy(model._meta.db_table, columns, chain((first,), given))
    else:
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({places})"
        run_many(statement, [tuple(map(_sqlite, row)) for row in chain((first,), given)])


def _copy(table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        while block := "".join(map(_line, islice(rows, ROWS_A_BLOCK))):
            copy.write(block)


def _line(row: Sequence[Any]) -> str:
    """A row as COPY's text has it; made here, for the library asks for each value's type more dearly."""
    text_of = _TEXTS.get
    return "\t".join([text_of(type(value), _other)(value) for value in row]) + "\n"


def _text(value: str) -> str:
    return value if value.isalnum() else value.translate(_ESCAPES)


def _other(value: object) -> str:
    return _text(str(value))


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: r"\N",
    str: _text,
    bytes: lambda value: rf"\\x{value.hex()}",
    date: date.isoformat,
    datetime: datetime.isoformat,
    UUID: lambda value: value.hex,
}


def _sqlite(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return moment_text(value, "sqlite")
    return value.isoformat() if isinstance(value, date) else value
