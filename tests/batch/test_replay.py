"""The batch path: the prefilter drops nobody who is owed, and replay gives what the evaluator gives."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.batch.engines.duckdb import partitions
from notoneless.batch.replay import histories, replay
from notoneless.batch.tables import MARKS
from notoneless.core.calendar import Closure, SchoolCalendar, default_calendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME, Mark
from notoneless.core.history import History
from notoneless.core.policy.library import pack_ids, packs_in_force
from notoneless.core.terms import AbsenceReason, AttendanceStatus

AS_OF = datetime(2026, 10, 30, 9, tzinfo=CHINA_TIME)
DAYS = default_calendar().school_days(date(2026, 9, 21), date(2026, 10, 30))
CLOSED = Closure(date(2026, 10, 14), date(2026, 10, 16), "停电", datetime(2026, 10, 20, tzinfo=CHINA_TIME))
ONE_ROW = {"child": 1, "day": 20000, "session": "MORNING", "status": 1, "reason": 0, "at": 0, "learned_at": 0}
AWAY = [AttendanceStatus.ABSENT] * 3 + [AttendanceStatus.LEAVE, AttendanceStatus.UNRECORDED]


@st.composite
def children(draw: st.DrawFn) -> dict[int, list[Mark]]:
    """A few children with runs of marks, some of them corrected later."""
    found: dict[int, list[Mark]] = {}
    for child in range(draw(st.integers(1, 6))):
        marks = []
        for day in sorted(draw(st.sets(st.sampled_from(DAYS), max_size=16))):
            at = datetime(day.year, day.month, day.day, 8, tzinfo=CHINA_TIME)
            for late in range(draw(st.sampled_from([1, 1, 1, 2]))):
                status = draw(st.sampled_from([*AWAY, AttendanceStatus.PRESENT] if late else AWAY))
                reason = AbsenceReason.UNEXCUSED if status is AttendanceStatus.ABSENT else None
                marks.append(Mark(day, "MORNING", status, at, at + timedelta(days=late), reason))
        if marks:
            found[child] = marks
    return found


def write(found: dict[int, list[Mark]], path: str) -> None:
    rows: list[dict[str, Any]] = [
        {
            "child": child,
            "day": mark.day,
            "session": mark.session,
            "status": str(mark.status),
            "reason": str(mark.reason) if mark.reason else None,
            "at": mark.at.replace(tzinfo=None),
            "learned_at": mark.learned_at.replace(tzinfo=None),
        }
        for child, marks in found.items()
        for mark in marks
    ]
    pq.write_table(pa.Table.from_pylist(rows, MARKS), path)


def directly(
    found: dict[int, list[Mark]], calendar: SchoolCalendar, pack: str
) -> list[tuple[int, str, int, str, str]]:
    packs = packs_in_force(pack)
    return [
        (child, o.bound.ref, o.number, o.occasion, str(o.state))
        for child, marks in found.items()
        for o in evaluate(History("", tuple(marks)), calendar, packs, as_of=AS_OF).obligations
    ]


@pytest.mark.parametrize("pack", pack_ids())
@pytest.mark.parametrize("closures", [(), (CLOSED,)], ids=["open", "closed late"])
def test_replay_equals_the_evaluator_child_by_child(pack: str, closures: tuple[Closure, ...]) -> None:
    calendar = default_calendar().with_closures(closures)

    @settings(max_examples=20)
    @given(children())
    def same(found: dict[int, list[Mark]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, out = f"{folder}/marks.parquet", f"{folder}/owed.parquet"
            write(found, path)
            packs = packs_in_force(pack)
            batches = partitions(path, calendar, packs, as_of=AS_OF)
            rows = replay(batches, calendar, packs, as_of=AS_OF, out=out)
            table = pq.read_table(out).to_pylist()
        got = [(r["child"], r["rule"], r["duty"], r["occasion"], r["state"]) for r in table]
        assert sorted(got) == sorted(directly(found, calendar, pack))
        assert rows == len(got)

    same()


def test_a_child_may_run_on_over_batches() -> None:
    batch = pa.RecordBatch.from_pylist([ONE_ROW])
    other = pa.RecordBatch.from_pylist([{**ONE_ROW, "child": 2}])
    assert [(child, len(marks)) for child, marks in histories([batch, batch, other])] == [(1, 2), (2, 1)]


def test_nothing_stands_under_the_final_name_when_a_replay_breaks_off(tmp_path: Path) -> None:
    def broken() -> Any:
        yield pa.RecordBatch.from_pylist([ONE_ROW])
        raise OSError("disk gone")

    packs = packs_in_force("seeds/xxx-township")
    out = tmp_path / "owed.parquet"
    with pytest.raises(OSError, match="disk gone"):
        replay(iter(broken()), default_calendar(), packs, as_of=AS_OF, out=str(out))
    assert not out.exists()
