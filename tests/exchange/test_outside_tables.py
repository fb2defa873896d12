"""Tables that other offices sent: places and headings are found wherever they stand."""

from __future__ import annotations

import pytest

from notoneless.core.figure_terms import Tally
from notoneless.exchange.outside_tables import counts_in, number_in, tables_in, tally_of
from notoneless.exchange.workbooks import Cell, Sheet, Workbook

PLACES = {"云岭完小": 1, "石桥完小": 2}


def book(*rows: list[Cell]) -> Workbook:
    return Workbook("残联.xlsx", (Sheet("表一", list(rows)),))


@pytest.mark.parametrize(
    ("heading", "tally"),
    [
        ("疑似辍学学生人数（人）", Tally.SUSPECTED),
        ("在校生数", Tally.CLOSING),
        ("本月末在校", Tally.CLOSING),
        ("辍学", Tally.DROPOUTS),
        ("辍学 人数", Tally.DROPOUTS),
        ("在籍不在校", Tally.ON_ROLL_AWAY),
        ("备注", None),
        ("联系电话", None),
    ],
)
def test_a_heading_is_known_by_what_offices_call_it(heading: str, tally: Tally | None) -> None:
    assert tally_of(heading) is tally


@pytest.mark.parametrize(
    ("cell", "number"),
    [(12.0, 12), (" ７人", 7), ("0", 0), (2.5, None), (-1, None), ("-", None), (None, None)],
)
def test_a_number_is_read_however_it_was_typed(cell: Cell, number: int | None) -> None:
    assert number_in(cell) == number


def test_every_number_keeps_its_cell_its_place_and_what_it_counts() -> None:
    [found] = tables_in(
        book(
            ["残疾儿童就学统计"],
            ["序号", "学校", "在校生数", "疑似辍学", "备注"],
            [1, "云岭完小", 150, "1人", None],
            [2, "石桥 完小", 90, 0, "附件"],
            [3, "外地完小", 7, 0, None],
            [None, "合计", 247, 1, None],
        ),
        PLACES,
        whole=9,
    )
    assert found.unknown == ("外地完小",)
    assert [(each.cell, each.place, each.tally, each.number) for each in counts_in(found)] == [
        ("C3", 1, Tally.CLOSING, 150),
        ("C4", 2, Tally.CLOSING, 90),
        ("C6", 9, Tally.CLOSING, 247),
        ("D3", 1, Tally.SUSPECTED, 1),
        ("D4", 2, Tally.SUSPECTED, 0),
        ("D6", 9, Tally.SUSPECTED, 1),
    ]


def test_whoever_settles_the_headings_may_take_a_column_for_something_else_or_leave_it_out() -> None:
    [found] = tables_in(book(["学校", "人数甲", "辍学"], ["云岭完小", 5, 2]), PLACES)
    chosen = {1: Tally.DISABLED, 2: None}
    assert [(each.cell, each.tally) for each in counts_in(found, chosen)] == [("B2", Tally.DISABLED)]


def test_a_list_of_names_is_no_table_of_counts() -> None:
    assert tables_in(book(["姓名", "电话"], ["甲", "000"]), PLACES) == []
