"""The prefilter is sound: whom it drops is owed nothing, under any pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import CHINA, absences, at, in_a_pack, rule
from drawn_histories import PACKS, Drawn, drawn, pack_names
from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.batch.engines.duckdb import partitions
from notoneless.batch.tables import MARKS
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import Mark
from notoneless.core.history import History
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.terms import AttendanceStatus


def kept(
    children: Mapping[int, Sequence[Mark]],
    calendar: SchoolCalendar,
    rules: PacksInForce,
    as_of: datetime,
    folder: Path,
) -> set[int]:
    """The children whose marks the prefilter lets through."""
    rows = [
        (
            child,
            m.day,
            m.session,
            str(m.status),
            m.reason,
            m.at.replace(tzinfo=None),
            m.learned_at.replace(tzinfo=None),
        )
        for child, marks in children.items()
        for m in marks
    ]
    columns = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(MARKS)]
    path = str(folder / "marks.parquet")
    pq.write_table(pa.Table.from_arrays(columns, schema=MARKS), path)
    batches = partitions(path, calendar, rules, as_of=as_of)
    return {child for batch in batches for child in batch.column(0).to_pylist()}


@settings(max_examples=40)
@given(cases=st.lists(drawn(), min_size=1, max_size=25), name=pack_names)
def test_whom_the_prefilter_drops_is_owed_nothing(
    cases: list[Drawn], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    calendar, as_of = CHINA.with_closures(cases[0].closures), max(case.as_of for case in cases)
    # A table of marks holds no ids: a later word stands in for an earlier one, pointing back at nothing.
    children = {
        number: [mark._replace(id="", supersedes="") for mark in case.history.marks]
        for number, case in enumerate(cases)
    }
    through = kept(children, calendar, PACKS[name], as_of, tmp_path_factory.mktemp("marks"))
    owed = {
        number
        for number, marks in children.items()
        if evaluate(History("", tuple(marks)), calendar, PACKS[name], as_of=as_of).obligations
    }
    assert owed <= through


def test_the_prefilter_drops_those_no_rule_could_touch(tmp_path: Path) -> None:
    children = {
        number: [mark for mark in absences(letters).marks if mark.status is not AttendanceStatus.PRESENT]
        for number, letters in enumerate(("A P A P A", "A A U A", "S S S", "U U U U", "A L A A"))
    }
    rules = in_a_pack(rule('absence = "3 school days"'))
    assert kept(children, CHINA, rules, at("09-20 12:00"), tmp_path) == {1, 4}
