"""The rows the product wrote for some roll calls, written once more through the driver alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from notoneless.site.database import PRAGMAS
from notoneless.site.sqlite_engine import use_safe_sqlite

Row = tuple[Any, ...]
# Of one roll call: itself, its marks, what it opened, and its line in the journal. Cases are left out: they
# point at rows that the copy of the database does not have.
CALLS = "SELECT * FROM records_rollcall WHERE day IN ({days}) AND standing ORDER BY recorded_at"
BELONGING = {
    "records_attendancemark": "SELECT * FROM records_attendancemark WHERE roll_call_id = {p}",
    "records_obligation": "SELECT * FROM records_obligation "
    "WHERE class_group_id = {p} AND opened_at = {p} AND child_id IS NOT NULL",
    "records_journalentry": "SELECT * FROM records_journalentry "
    "WHERE subject_kind = 'class_group' AND subject_id = {p} AND at = {p}",
}


class Insert(NamedTuple):
    """Rows of one table and the statement that writes one of them."""

    statement: str
    rows: list[Row]


Bundle = list[Insert]  # what one roll call wrote


def read(url: str, days: Sequence[date]) -> list[Bundle]:
    """What the product wrote for each roll call of these days."""
    query, mark = _reader(url)
    listed = ", ".join(f"'{day}'" for day in days)
    columns, calls = query(CALLS.format(days=listed), ())
    number, group, recorded = (columns.index(name) for name in ("id", "class_group_id", "recorded_at"))
    bundles = []
    for call in calls:
        keys: dict[str, Row] = {
            "records_attendancemark": (call[number],),
            "records_obligation": (call[group], call[recorded]),
            "records_journalentry": (str(call[group]), call[recorded]),
        }
        inserts = [_insert("records_rollcall", columns, [call], mark)]
        for table, statement in BELONGING.items():
            found = query(statement.format(p=mark), keys[table])
            inserts.append(_insert(table, *found, mark))
        bundles.append([each for each in inserts if each.rows])
    return bundles


def write(url: str, bundles: Sequence[Bundle], writers: int) -> float:
    """Write each bundle in a transaction of its own; the seconds it took."""
    left, lock = iter(bundles), threading.Lock()
    connections = [_writer(url) for _ in range(writers if _is_postgresql(url) else 1)]
    began = time.perf_counter()
    threads = [threading.Thread(target=_empty, args=(left, lock, transaction)) for transaction in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _insert(table: str, columns: Sequence[str], rows: list[Row], mark: str) -> Insert:
    # The journal numbers its own lines.
    kept = [i for i, name in enumerate(columns) if name != "seq"]
    names = ", ".join(f'"{columns[i]}"' for i in kept)
    values = ", ".join([mark] * len(kept))
    statement = f"INSERT INTO {table} ({names}) VALUES ({values})"
    return Insert(statement, [tuple(row[i] for i in kept) for row in rows])


def _empty(left: Iterator[Bundle], lock: threading.Lock, transaction: Callable[[Bundle], None]) -> None:
    while True:
        with lock:
            bundle = next(left, None)
        if bundle is None:
            return
        transaction(bundle)


def _is_postgresql(url: str) -> bool:
    return url.startswith("postgresql:")


def _reader(url: str) -> tuple[Callable[[str, Row], tuple[list[str], list[Row]]], str]:
    """A way to ask, and how the driver writes a parameter."""
    connection = _psycopg(url) if _is_postgresql(url) else _sqlite(url)

    def query(statement: str, values: Row) -> tuple[list[str], list[Row]]:
        cursor = connection.execute(statement, values)
        return [column[0] for column in cursor.description], list(cursor)

    return query, "%s" if _is_postgresql(url) else "?"


def _writer(url: str) -> Callable[[Bundle], None]:
    connection = _psycopg(url) if _is_postgresql(url) else _sqlite(url)
    if _is_postgresql(url):
        return lambda bundle: _in_postgresql(connection, bundle)
    return lambda bundle: _in_sqlite(connection, bundle)


def _in_postgresql(connection: Any, bundle: Bundle) -> None:
    # A pipeline sends all statements at once, so that the driver waits only for the commit.
    with connection.pipeline(), connection.transaction():
        for insert in bundle:
            for row in insert.rows:
                connection.execute(insert.statement, row)


def _in_sqlite(connection: Any, bundle: Bundle) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for insert in bundle:
            connection.executemany(insert.statement, insert.rows)


def _psycopg(url: str) -> Any:
    import psycopg
    from psycopg.types.string import TextLoader

    connection = psycopg.connect(url, autocommit=True)
    connection.adapters.register_loader("jsonb", TextLoader)  # it goes back as it came
    return connection


def _sqlite(url: str) -> Any:
    use_safe_sqlite()
    from sqlite3 import dbapi2  # only now the safe one

    path = Path(url.removeprefix("sqlite://"))
    connection = dbapi2.connect(path, isolation_level=None, timeout=15, check_same_thread=False)
    connection.executescript(PRAGMAS)
    return connection
