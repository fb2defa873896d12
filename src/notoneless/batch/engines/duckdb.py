"""Partitions of children from Parquet on one machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from notoneless.batch.candidates import ROWS, TOTALS, could_be_touched, school_day_numbers
from notoneless.batch.tables import REASONS, STATUSES
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.in_force import PacksInForce

ROWS_A_BATCH = 100_000
NUMBERED = "(SELECT child, status, number FROM few JOIN numbers USING (day))"
# Every column a whole number or a word of few: Python makes dates and moments once a day, not once a row.
CANDIDATE_MARKS = """
WITH few AS MATERIALIZED (SELECT * FROM marks SEMI JOIN ({totals}) AS enough USING (child))
SELECT child, CAST(day - DATE '1970-01-01' AS INTEGER) AS day, session,
       list_position({statuses}, status) - 1 AS status,
       coalesce(list_position({reasons}, reason), 0) AS reason,
       epoch("at")::BIGINT AS "at", epoch(learned_at)::BIGINT AS learned_at
FROM few SEMI JOIN ({rows}) AS kept USING (child)
ORDER BY child
"""


def partitions(
    path: str, calendar: SchoolCalendar, packs: PacksInForce, *, as_of: datetime, threads: int = 2
) -> Iterator[pa.RecordBatch]:
    """The marks of every child `packs` could touch, by child; a child may run on into the next batch.

    `path` is a Parquet file or glob with the columns of `tables.MARKS`; school days as known at `as_of`.
    """
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.sql("SET enable_progress_bar = false")
        connection.read_parquet(path).create_view("marks")
        numbers = _numbers(connection, calendar.as_known_at(as_of))
        if numbers is None:
            return
        connection.register("numbers", numbers)
        condition = could_be_touched(packs)
        query = CANDIDATE_MARKS.format(
            totals=TOTALS.format(in_all=condition.in_all),
            rows=ROWS.format(numbered=NUMBERED, in_a_row=condition.in_a_row),
            statuses=list(STATUSES),
            reasons=list(REASONS),
        )
        yield from connection.sql(query).to_arrow_reader(ROWS_A_BATCH)


def _numbers(connection: duckdb.DuckDBPyConnection, calendar: SchoolCalendar) -> pa.Table | None:
    """The school days between the first and the last mark, numbered; None when there are none."""
    bounds = connection.sql("SELECT min(day), max(day) FROM marks").fetchone()
    if bounds is None or bounds[0] is None:
        return None
    first, last = bounds
    numbered = school_day_numbers(
        calendar, (first + timedelta(days=i) for i in range((last - first).days + 1))
    )
    days, numbers = [day for day, _ in numbered], [number for _, number in numbered]
    return pa.table({"day": pa.array(days, pa.date32()), "number": pa.array(numbers, pa.int64())})
