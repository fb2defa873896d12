"""PostgreSQL's prepared statements without a cursor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from notoneless.records.prepared import Session, execute, first_row

ECHO = (
    "SELECT %(number)s::int, %(day)s::date, %(nothing)s::text, %(word)s::text, %(digest)s::bytea, "
    "cardinality(%(ids)s::uuid[])"
)
KEEP = "INSERT INTO kept (number) VALUES (%(number)s)"


@pytest.fixture
def session(db: None) -> Iterator[Session]:
    """A session of its own with an empty table; nothing of it is there afterwards."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL prepares them so")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as made:
        made.execute("CREATE TEMPORARY TABLE kept (number int UNIQUE)")
        yield made


def kept(session: Session) -> int:
    """How many rows the table has, read the same way."""
    row = first_row(session, "SELECT count(*) FROM kept", {})
    assert row is not None
    return int(row[0])


def test_values_come_back_as_they_went(session: Session) -> None:
    given = {
        "number": 7,
        "day": date(2026, 2, 24),
        "nothing": None,
        "word": "“{a,b}”\\",
        "digest": b"\0\\x\xff",
    }
    for _ in range(2):  # prepared, then known
        assert first_row(session, ECHO, {**given, "ids": [uuid4()] * 3}) == (*given.values(), 3)


def test_a_text_with_a_nul_is_refused_and_not_cut_short(session: Session) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        first_row(session, "SELECT %(word)s::text", {"word": "a\0b"})


def test_a_row_that_is_not_there_is_none(session: Session) -> None:
    assert first_row(session, "SELECT number FROM kept WHERE number = %(number)s", {"number": 1}) is None


def test_a_second_row_is_refused_and_the_session_goes_on(session: Session) -> None:
    execute(session, KEEP, {"number": 1})
    for _ in range(2):
        with pytest.raises(psycopg.errors.UniqueViolation, match="kept_number_key"):
            execute(session, KEEP, {"number": 1})
    assert kept(session) == 1


def test_a_statement_that_postgresql_does_not_understand_is_told_each_time(session: Session) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedColumn):
            first_row(session, "SELECT no_such_column", {})


def test_what_a_transaction_began_is_undone_with_it(session: Session) -> None:
    session.autocommit = False
    execute(session, KEEP, {"number": 1})
    session.rollback()
    assert kept(session) == 0
    session.rollback()


def test_a_session_that_was_cut_off_says_so(session: Session) -> None:
    assert kept(session) == 0
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute(f"SELECT pg_terminate_backend({session.info.backend_pid})")
    with pytest.raises(psycopg.OperationalError):
        kept(session)
