"""Partitions of children through core.evaluate; results to Parquet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq

from notoneless.batch.tables import OBLIGATIONS
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.terms import AbsenceReason, AttendanceStatus

EPOCH = date(1970, 1, 1)
EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=CHINA_TIME)
ROWS_A_GROUP = 100_000
_STATUS = tuple(AttendanceStatus)
_REASON: tuple[AbsenceReason | None, ...] = (None, *AbsenceReason)


def replay(
    batches: Iterable[pa.RecordBatch],
    calendar: SchoolCalendar,
    packs: PacksInForce,
    *,
    as_of: datetime,
    out: str,
) -> int:
    """Evaluate every child in `batches` as of a moment and write what is owed to `out`; returns the rows.

    Nothing stands at `out` under its final name until all of it is written.
    """
    written = 0
    partial = f"{out}.partial"
    with pq.ParquetWriter(partial, OBLIGATIONS) as writer:
        for rows in _grouped(_owed(batches, calendar, packs, as_of)):
            writer.write_table(_table(rows))
            written += len(rows)
    os.replace(partial, out)
    return written


def _owed(
    batches: Iterable[pa.RecordBatch], calendar: SchoolCalendar, packs: PacksInForce, as_of: datetime
) -> Iterator[tuple[int, Obligation]]:
    for child, marks in histories(batches):
        for obligation in evaluate(History("", tuple(marks)), calendar, packs, as_of=as_of).obligations:
            yield child, obligation


def histories(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, list[Mark]]]:
    """Child by child, the marks of batches sorted by child; a child may run on over batches."""
    current, marks = -1, list[Mark]()
    for batch in batches:
        columns = (batch.column(i).to_pylist() for i in range(7))
        for child, day, session, status, reason, at, learned_at in zip(*columns, strict=True):
            if child != current:
                if marks:
                    yield current, marks
                current, marks = child, []
            moment = _moment(at)
            learned = moment if learned_at == at else _moment(learned_at)
            marks.append(Mark(_date(day), session, _STATUS[status], moment, learned, _REASON[reason]))
    if marks:
        yield current, marks


@cache
def _date(number: int) -> date:
    return EPOCH + timedelta(days=number)


@cache
def _moment(seconds: int) -> datetime:
    """Civil time in China that was stored without a zone."""
    return EPOCH_MOMENT + timedelta(seconds=seconds)


def _grouped(rows: Iterable[tuple[int, Obligation]]) -> Iterator[list[tuple[int, Obligation]]]:
    group: list[tuple[int, Obligation]] = []
    for row in rows:
        group.append(row)
        if len(group) == ROWS_A_GROUP:
            yield group
            group = []
    yield group


def _table(rows: list[tuple[int, Obligation]]) -> pa.Table:
    owed = [obligation for _, obligation in rows]
    columns = [
        [child for child, _ in rows],
        [o.bound.ref for o in owed],
        [o.number for o in owed],
        [o.occasion for o in owed],
        [_naive(o.arose_at) for o in owed],
        [_naive(o.due.at) for o in owed],
        [str(o.state) for o in owed],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, OBLIGATIONS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=OBLIGATIONS)


def _naive(at: datetime | None) -> datetime | None:
    """Civil time in China without its zone, as the tables hold it."""
    return at.replace(tzinfo=None) if at else None
