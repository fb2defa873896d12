"""A table full of what is owed: open obligations on all children, as many as are asked for."""

from __future__ import annotations

from datetime import datetime

import psycopg
from psycopg import sql

OVERDUE_EVERY = 10  # one in so many is past its moment
# Whose obligations they are: as many to each post as the packs would bring.
OWN = {
    "key": "gen_random_uuid()",
    "child_id": "e.child_id",
    "class_group_id": "e.class_group_id",
    "place_id": "g.school_id",
    "occasion": "'bench/' || n",
    "state": "CASE WHEN n % {every} = 0 THEN 'OVERDUE' ELSE 'OPEN' END",
    "late": "n % {every} = 0",
    "due_at": "{at}::timestamptz + CASE WHEN n % {every} = 0 THEN -1 ELSE 1 END "
    "* (n % 86400) * interval '20 s'",
    "look_at": "NULL",
    "arose_at": "{at}::timestamptz - interval '30 days'",
    "opened_at": "{at}::timestamptz - interval '30 days'",
    "met_at": "NULL",
    "met_by": "''",
    "withdrawn_at": "NULL",
}
INSERT = """
INSERT INTO records_obligation ({columns})
SELECT {values} FROM (
  SELECT e.*, row_number() OVER () AS n
  FROM records_enrolment e, generate_series(1, {rounds}) WHERE e.until IS NULL LIMIT {wanted}
) e
JOIN records_classgroup g ON g.id = e.class_group_id
JOIN (SELECT o.*, row_number() OVER () - 1 AS sample FROM
      (SELECT * FROM records_obligation WHERE child_id IS NOT NULL LIMIT {samples}) o) o
  ON o.sample = e.n % {samples}
"""
SAMPLES = 1000  # obligations of the county whose other columns are repeated


def fill(url: str, wanted: int, at: datetime) -> int:
    """Bring the open obligations to `wanted`; how many were added."""
    with psycopg.connect(url, autocommit=True) as connection:
        there = _number(
            connection, "SELECT count(*) FROM records_obligation WHERE state IN ('OPEN', 'OVERDUE')"
        )
        children = _number(connection, "SELECT count(*) FROM records_enrolment WHERE until IS NULL")
        samples = min(
            SAMPLES, _number(connection, "SELECT count(*) FROM records_obligation WHERE child_id IS NOT NULL")
        )
        missing = max(wanted - there, 0)
        rows = connection.execute("SELECT * FROM records_obligation LIMIT 0").description or []
        columns = [row.name for row in rows]
        values = [OWN.get(name, f"o.{name}").format(every=OVERDUE_EVERY, at=f"'{at}'") for name in columns]
        statement = INSERT.format(
            columns=", ".join(columns),
            values=", ".join(value.replace("n %", "e.n %").replace("|| n", "|| e.n") for value in values),
            rounds=missing // children + 1,
            wanted=missing,
            samples=samples,
        )
        connection.execute(sql.SQL(statement))
        connection.execute("VACUUM ANALYZE records_obligation")
    return missing


def _number(connection: psycopg.Connection[tuple[int]], statement: str) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]
