"""PostgreSQL's prepared statements without a cursor, which costs more than all the rest on this side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from psycopg import Connection, DataError, OperationalError, abc, adapt
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Session = Connection[Any]
WENT_WELL = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class _Known(NamedTuple):
    """A statement that a session has prepared, and who reads its rows."""

    name: bytes
    reader: abc.Transformer


_known: WeakKeyDictionary[Session, dict[str, _Known]] = WeakKeyDictionary()


def first_row(session: Session, sql: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row that a statement gives; parameters are written %(name)s. Raises psycopg.Error."""
    known, found = _execute(session, sql, parameters)
    if not found.ntuples:
        return None
    known.reader.set_pgresult(found)
    return known.reader.load_row(0, tuple)


def execute(session: Session, sql: str, parameters: Mapping[str, Any]) -> None:
    """Run a statement whose rows nobody asks for. Raises psycopg.Error."""
    _execute(session, sql, parameters)


def _execute(session: Session, sql: str, parameters: Mapping[str, Any]) -> tuple[_Known, PGresult]:
    if not session.autocommit and session.pgconn.transaction_status == TransactionStatus.IDLE:
        _checked(session, session.pgconn.exec_(b"BEGIN"))  # as a cursor of psycopg does
    query, names = _numbered(sql)
    statements = _known.setdefault(session, {})
    known = statements.get(sql)
    if known is None:
        known = _Known(b"notoneless_%d" % len(statements), adapt.Transformer.from_context(session))
        _checked(session, session.pgconn.prepare(known.name, query))
        statements[sql] = known
    values = [_text(parameters[name]) for name in names]
    found = session.pgconn.exec_prepared(known.name, values)  # type: ignore[arg-type]  # None is NULL
    return known, _checked(session, found)


def _checked(session: Session, result: PGresult) -> PGresult:
    if result.status in WENT_WELL:
        return result
    if session.pgconn.status == ConnStatus.BAD:
        raise OperationalError(session.pgconn.get_error_message())
    raise error_from_result(result, encoding=session.info.encoding)


def _text(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it; a list holds ids."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}".encode()
    text = str(value).encode()
    if b"\0" in text:  # where C thinks that the text ends
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return text


@cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with the placeholders PostgreSQL has, and the names they had."""
    names = _Names()
    return (sql % names).encode(), tuple(names)


class _Names(dict[str, str]):
    """Every name as a number of PostgreSQL's, the same each time."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]
