"""Cells come out as the office typed them, whatever the file really is."""

from __future__ import annotations

import subprocess
from datetime import date, datetime, time
from pathlib import Path

import pytest
from drawings import text_file, workbook
from openpyxl import Workbook

from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.workbooks import Sheet, read_workbook

FULL_OF_KINDS = [
    ["姓名", 3, 1.5, date(2026, 11, 2)],
    [None, "007", datetime(2026, 11, 2, 8, 5), time(8, 5)],  # noqa: DTZ001 - office files know no time zones
]
READ_BACK = [
    ["姓名", 3, 1.5, date(2026, 11, 2)],
    [None, "007", datetime(2026, 11, 2, 8, 5, tzinfo=CHINA_TIME), time(8, 5)],
]


def kinds(path: Path) -> Path:
    """A workbook with a cell of every kind."""
    book = Workbook()
    for row in FULL_OF_KINDS:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_every_kind_of_cell_survives(tmp_path: Path) -> None:
    assert read_workbook(kinds(tmp_path / "kinds.xlsx")).sheets == (Sheet("Sheet", READ_BACK),)


@pytest.mark.papers
@pytest.mark.parametrize("format_", ["xls", "xlsx"])
def test_every_kind_of_cell_survives_libreoffice(tmp_path: Path, format_: str) -> None:
    source = kinds(tmp_path / "kinds.xlsx")
    folder = tmp_path / "made"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        format_,
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert read_workbook(folder / f"kinds.{format_}").sheets[0].rows == READ_BACK


def test_the_name_does_not_decide_what_a_file_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", 一="姓名 | 3")
    assert read_workbook(path.rename(tmp_path / "x.csv")).sheets[0].rows == [["姓名", 3]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_text_is_read_in_every_encoding_offices_use(tmp_path: Path, encoding: str, separator: str) -> None:
    path = text_file(
        tmp_path / "a.xls", "姓名 | 班级\n云小朵 |\n | 三年级2班", encoding=encoding, separator=separator
    )
    assert read_workbook(path).sheets == (Sheet("", [["姓名", "班级"], ["云小朵"], [None, "三年级2班"]]),)


def test_a_line_break_inside_quotes_stays_in_its_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('姓名,"出生\n日期"\n', encoding="utf-8")
    assert read_workbook(tmp_path / "a.csv").sheets[0].rows == [["姓名", "出生\n日期"]]


def test_cells_merged_downwards_count_for_every_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["班级", "姓名"], ["三年级2班", "云小朵"], [None, "石小满"], [None, "江一舟"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    rows = read_workbook(tmp_path / "a.xlsx").sheets[0].rows
    assert [row[0] for row in rows] == ["班级", "三年级2班", "三年级2班", None]


def test_a_table_that_begins_far_from_the_corner_keeps_its_addresses(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["C5"] = "姓名"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_workbook(tmp_path / "a.xlsx").sheets
    assert sheet.rows[4][2] == "姓名"
    assert sheet.address(4, 2) == "C5"


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "姓名"
    book.create_sheet("代码表").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    read = read_workbook(tmp_path / "a.xlsx")
    assert ([sheet.name for sheet in read.sheets], read.hidden) == (["Sheet"], ("代码表",))
