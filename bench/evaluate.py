"""1,000,000 children × 100 school days: the shipped path (prefilter + core) beside the same rules in SQL."""

from __future__ import annotations

import hashlib
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from bench.measure import Measured, best
from notoneless.batch.engines.duckdb import partitions
from notoneless.batch.replay import replay
from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.read import read_pack

PACK = Path(__file__).parent / "packs" / "ladder.toml"
FIRST = date(2025, 9, 1)
DAYS = 100
# Shares and lengths after the county parameters: leave 1.25 % of days in spells of mean 2, absence 0.4 % in
# spells of mean 1.5 with a few long ones, the rest days without a roll call: 3 % in all.
MAKE = """
COPY (
  WITH luck AS (
    SELECT c AS child, k, (hash(c * 31 + k) % {days})::BIGINT AS start,
           (hash(c * 17 + k * 7) % 10000) / 10000.0 AS chance,
           (hash(c * 13 + k * 3) % 10000 + 1) / 10001.0 AS u
    FROM range({children}) AS t(c), range(4) AS s(k)
  ), spell AS (
    SELECT child, start, 'LEAVE' AS status, 1 + floor(ln(u) / ln(0.5))::BIGINT AS length
    FROM luck WHERE k = 0 AND chance < 0.62
    UNION ALL
    SELECT child, start, 'ABSENT', CASE WHEN chance < 0.003 THEN 5 + (u * 15)::BIGINT
                                        ELSE 1 + floor(ln(u) / ln(0.333))::BIGINT END
    FROM luck WHERE k = 1 AND chance < 0.24
    UNION ALL
    SELECT child, start, 'UNRECORDED', 1 FROM luck WHERE k >= 2 AND chance < 0.7
  ), marked AS (
    SELECT child, unnest(range(start, least(start + length, {days})::BIGINT)) AS n, status FROM spell
  ), one AS (SELECT child, n, min(status) AS status FROM marked GROUP BY child, n)
  SELECT child, day, 'MORNING' AS session, status, NULL::VARCHAR AS reason,
         day + INTERVAL 8 HOUR AS at, day + INTERVAL 8 HOUR AS learned_at
  FROM one JOIN school_days USING (n) ORDER BY child, day
) TO '{path}' (FORMAT parquet)
"""
# The same rules as gaps and islands; leave and days without a roll call neither count nor end a spell.
SAME_RULES = """
WITH numbered AS (
  SELECT child, n, status, n - row_number() OVER (PARTITION BY child ORDER BY n) AS island
  FROM read_parquet('{path}') JOIN school_days USING (day)
), absent AS (
  SELECT child, n, min(n) OVER spell AS start, row_number() OVER (spell ORDER BY n) AS count
  FROM numbered WHERE status = 'ABSENT' WINDOW spell AS (PARTITION BY child, island)
)
SELECT child, rule, duty, s.day AS occasion, a.day AS arose, d.day AS due
FROM absent JOIN rules USING (count)
JOIN school_days s ON s.n = start JOIN school_days a ON a.n = absent.n
JOIN school_days d ON d.n = absent.n + later
"""
RULES = [
    (3, "bench/ladder#day-3", 0, 0),
    (5, "bench/ladder#day-5", 0, 1),
    (7, "bench/ladder#day-7", 0, 0),
    (7, "bench/ladder#day-7", 1, 3),
]


def school_days() -> pa.Table:
    """The school days from FIRST on, enough for the marks and the limits after them, numbered from 0."""
    days = default_calendar().school_days(FIRST, date(2026, 7, 15))[: DAYS + 5]
    return pa.table({"day": pa.array(days, pa.date32()), "n": pa.array(range(len(days)), pa.int64())})


def moment() -> datetime:
    """As of the morning after the last day that carries marks."""
    last: date = school_days()["day"][DAYS - 1].as_py()
    return datetime(last.year, last.month, last.day, 23, tzinfo=CHINA_TIME) + timedelta(hours=1)


def packs() -> PacksInForce:
    """The benchmark's pack."""
    pack = read_pack(PACK.read_text("utf-8"), file=PACK.name)
    return PacksInForce([(pack, pack.in_force_from, None)])


def make(path: str, children: int) -> int:
    """Write the marks; returns how many."""
    with duckdb.connect() as connection:
        connection.register("school_days", school_days())
        connection.sql(MAKE.format(path=path, children=children, days=DAYS))
        found = connection.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchone()
        return int(found[0]) if found else 0


def shipped(path: str, out: str) -> int:
    """The product's own way: prefilter in SQL, decision in core.evaluate, results to Parquet."""
    calendar, in_force, as_of = default_calendar(), packs(), moment()
    return replay(partitions(path, calendar, in_force, as_of=as_of), calendar, in_force, as_of=as_of, out=out)


def in_sql(path: str, out: str) -> int:
    """The same rules written in DuckDB's SQL, for comparison only."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("school_days", school_days())
        connection.sql("CREATE TABLE rules (count BIGINT, rule VARCHAR, duty SMALLINT, later BIGINT)")
        connection.executemany("INSERT INTO rules VALUES (?, ?, ?, ?)", RULES)
        query = SAME_RULES.format(path=path)
        connection.sql(f"COPY ({query}) TO '{out}' (FORMAT parquet)")
        found = connection.sql(f"SELECT count(*) FROM read_parquet('{out}')").fetchone()
        return int(found[0]) if found else 0


def digest(path: str, day_columns: str) -> str:
    """A digest of child, rule, duty, occasion, the day it arose and the day it is due, in order."""
    with duckdb.connect() as connection:
        rows = connection.sql(
            f"SELECT child, rule, duty, {day_columns} FROM read_parquet('{path}') ORDER BY ALL"
        ).fetchall()
    return hashlib.sha256(repr([tuple(map(str, row)) for row in rows]).encode()).hexdigest()


def run(folder: Path, children: int = 1_000_000, rounds: int = 3) -> tuple[Measured, Measured, int]:
    """Both ways over the same file; raises if their results differ by one row."""
    path, ours, theirs = (str(folder / name) for name in ("marks.parquet", "ours.parquet", "sql.parquet"))
    marks = make(path, children)
    product = best(shipped, path, ours, rounds=rounds)
    sql = best(in_sql, path, theirs, rounds=rounds)
    left = digest(ours, "occasion::DATE, arose_at::DATE, due_at::DATE")
    right = digest(theirs, "occasion, arose, due")
    if left != right:
        sys.exit(f"bench: the results differ ({product.value} and {sql.value} rows)")
    return product, sql, marks
