"""Usual rows are read to the same effect as cell by cell, whatever stands between them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from drawings import BORN_2018, FRIDAY_NINE
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.facts import CHINA_TIME
from notoneless.exchange import usual_rows
from notoneless.exchange.columns import Column
from notoneless.exchange.identity import check_digit
from notoneless.exchange.problems import Findings
from notoneless.exchange.roster_rows import pupil_in
from notoneless.exchange.tables import read_table
from notoneless.exchange.usual_rows import pupils_of
from notoneless.exchange.workbooks import Fault, Sheet

GIRL, OTHER = (born + check_digit(born) for born in (BORN_2018, "00000020180306101"))
# For each column cells as they should be, and cells that have to be looked at.
CELLS: dict[Column, tuple[list[Any], list[Any]]] = {
    Column.SCHOOL: (["示范完小", "云岭完小", None], [" 示范完小", "合计", 3, Fault("")]),
    Column.GRADE: (["三年级", "四年级", None], ["3", 3, "初一", Fault("#N/A")]),
    Column.CLASS: (["三年级2班", "四（1）班", None], ["2班", 2, "302班", ""]),
    Column.SEX: (["男", "女", None], ["1", 1, "甲", " 女"]),
    Column.BIRTH: (["2018-03-06", date(2018, 3, 7), None], ["20180306", "2018-02-30", "2027-01-01", 43165]),
    Column.GUEST: ([None, "否"], ["是", "也许"]),
    Column.ROLL_AT: ([None, "邻县三小"], [Fault("#REF!"), "邻县 三小"]),
    Column.HOUSEHOLD: ([None, "本在本"], ["外省", "外在本 "]),
    Column.IDENTITY_KIND: ([None, "居民身份证"], ["护照", "1", 1]),
    Column.NAME: (["云小朵", "石小满", "江一舟"], ["云 朵", "合计", "姓名", None, "长" * 51, "阿依·古丽", 5]),
    Column.ENROLMENT_NO: (["G" + GIRL, "20180301", None], ["g" + GIRL, "G1", "１２３", 5, 1e18, "2E+17"]),
    Column.IDENTITY_NO: ([GIRL, OTHER, None], [GIRL[:-1] + "0", "'" + GIRL, "无", 3.3e17, "E123", "1" * 18]),
    Column.GUARDIAN_NAME: (["云大山", None], ["云 山", "长" * 61, Fault("")]),
    Column.GUARDIAN_PHONE: (
        ["10000000001", "000-2000000", 10000000001, None],
        ["1 01", "1" * 31, 10**15, -1],
    ),
    Column.PHONE: ([None, "10000000002"], ["１", Fault("#N/A")]),
}
# Columns that may contradict or stand in for each other.
TOGETHER = [
    [Column.SEX, Column.BIRTH, Column.IDENTITY_NO],
    [Column.SCHOOL, Column.GRADE, Column.CLASS],
    [Column.GUARDIAN_NAME, Column.GUARDIAN_PHONE, Column.PHONE],
]


@st.composite
def tables(draw: st.DrawFn) -> Sheet:
    """A sheet of some of the columns in any order, its rows of any length."""
    any_columns = st.lists(st.sampled_from(list(CELLS)), unique=True, max_size=4)
    chosen = draw(st.sampled_from(TOGETHER) | any_columns)
    columns = draw(st.permutations([*dict.fromkeys([Column.NAME, *chosen])]))
    odd = draw(st.sampled_from([2, 4]))  # every so many rows
    rows = []
    for row in range(draw(st.integers(1, 12))):
        cells = [draw(st.sampled_from(CELLS[each][0])) for each in columns]
        if row % odd == odd - 1:
            place = draw(st.integers(0, len(columns) - 1))
            cells[place] = draw(st.sampled_from(CELLS[columns[place]][1]))
        rows.append(cells[: draw(st.integers(max(1, len(columns) - 1), len(columns)))])
    heading = [each.value for each in columns]
    return Sheet("三年级", [["花名册"], heading, *rows, *draw(st.sampled_from([[], [heading], [["合计"]]]))])


@given(tables(), st.sampled_from([FRIDAY_NINE, None]))
def test_usual_rows_say_the_same_as_cell_by_cell(sheet: Sheet, as_of: datetime | None) -> None:
    noted, plainly = Findings("花名册"), Findings("花名册")
    table = read_table(sheet, {Column.NAME}, Findings("花名册"))
    assert table is not None
    pupils = list(pupils_of(table, noted, as_of))
    assert pupils == [p for line in table.lines() if (p := pupil_in(line, plainly, as_of)) is not None]
    assert [type(cell) for p in pupils for cell in p] == [
        type(cell) for line in table.lines() if (p := pupil_in(line, Findings(""), as_of)) for cell in p
    ]
    assert noted.problems == plainly.problems


def test_only_what_is_new_is_read_cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(line: Any, *more: Any) -> Any:
        read.append(line.row)
        return pupil_in(line, *more)

    monkeypatch.setattr(usual_rows, "pupil_in", counted)
    rows: list[list[Any]] = [["学校", "班级", "姓名", "性别", "学籍号"]]
    rows += [
        ["示范完小", f"三年级{n % 3 + 1}班", f"云{n}", "男女"[n % 2], str(20180000 + n)] for n in range(60)
    ]
    table = read_table(Sheet("", rows), {Column.NAME}, Findings(""))
    assert table is not None
    assert len(list(pupils_of(table, Findings(""), datetime(2026, 9, 1, tzinfo=CHINA_TIME)))) == 60
    assert len(read) <= 3 + 2  # three classes, two sexes
