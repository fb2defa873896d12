"""A list as a workbook: readable, printable, the same twice, and nothing in it is a formula."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from notoneless.exchange.ledger_xlsx import ListSheet, workbook

ROWS = (("=1+1", "<b>&", ""), ("+86", "_x0041_", "第一行\n第二行"), ("-", "@", "00012345678901234567"))


def a_sheet(title: str = "疑似辍学台账") -> ListSheet:
    return ListSheet(
        title, (("单位", "云岭完小"), ("导出人", "白老师")), ("甲", "乙", "丙"), (9, 12, 20), ROWS
    )


def test_every_cell_is_the_text_it_was() -> None:
    sheet = load_workbook(io.BytesIO(workbook([a_sheet()]))).active
    assert sheet is not None
    assert sheet["A1"].value == "疑似辍学台账"
    assert sheet["A2"].value == "单位：云岭完小　导出人：白老师"
    assert [cell.value for cell in sheet[3]] == ["甲", "乙", "丙"]
    found = [[cell.value or "" for cell in row] for row in sheet["A4:C6"]]
    assert found == [["=1+1", "<b>&", ""], ["+86", "_x005F_x0041_", "第一行\n第二行"], [*ROWS[2]]]
    assert {cell.data_type for row in sheet["A4:C6"] for cell in row if cell.value} == {"s"}
    assert [sheet[f"A{row}"].quotePrefix for row in (4, 5, 6)] == [True, True, True]


def test_it_prints_with_headings_on_every_numbered_page() -> None:
    sheet = load_workbook(io.BytesIO(workbook([a_sheet()]))).active
    assert sheet is not None
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$3", "A4")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert sheet.column_dimensions["C"].width == 20
    assert sheet["A4"].border.left.style == "thin"


def test_sheets_of_one_title_get_names_of_their_own_and_the_bytes_stay_the_same() -> None:
    once, again = (workbook([a_sheet("台账/一"), a_sheet("台账/一")]) for _ in range(2))
    assert once == again
    assert load_workbook(io.BytesIO(once)).sheetnames == ["台账 一", "台账 一2"]
