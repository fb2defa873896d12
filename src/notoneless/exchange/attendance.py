"""考勤表: attendance sheets in the two shapes offices keep, read against a roster and a school calendar."""

from __future__ import annotations

from datetime import datetime
from os import PathLike

from notoneless.core.calendar import SchoolCalendar
from notoneless.exchange.cells import text_in
from notoneless.exchange.grid import read_grid
from notoneless.exchange.grid_headings import find_grid
from notoneless.exchange.limits import Limits
from notoneless.exchange.long_form import NEEDED, read_long_form
from notoneless.exchange.marks import Attendance, Covered, Gathering, SheetMark
from notoneless.exchange.problems import Findings
from notoneless.exchange.pupils import Pupils
from notoneless.exchange.rosters import NOTES_SHEET, Roster
from notoneless.exchange.tables import HEADINGS_WITHIN, columns_of, read_table
from notoneless.exchange.workbooks import LIMITS, Sheet, Workbook, read_workbook

CLEARLY_A_GRID = 5  # so many day columns leave no doubt, whatever the other headings are called


def read_attendance(
    path: str | PathLike[str],
    *,
    roster: Roster,
    calendar: SchoolCalendar,
    as_of: datetime,
    file: str = "",
    limits: Limits = LIMITS,
) -> Attendance:
    """Every mark in every sheet of one file, as known at `as_of`; raises Unreadable if nobody could read it.

    A roll call later than `as_of` is an error, a mark on a day without school a warning and left out.
    `file` is the name people know the file by.
    """
    book = read_workbook(path, file=file, limits=limits)
    return attendance_in(book, roster=roster, calendar=calendar, as_of=as_of)


def attendance_in(book: Workbook, *, roster: Roster, calendar: SchoolCalendar, as_of: datetime) -> Attendance:
    """Every mark in every sheet of a workbook that has been read."""
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone")
    findings = Findings(book.file)
    for name in book.hidden:
        findings.warn(name, "", "这张工作表是隐藏的，没有读取；要导入请先取消隐藏。")
    gathering = Gathering(Pupils(roster), calendar.as_known_at(as_of), as_of, findings)
    read = [_read_sheet(sheet, gathering) for sheet in book.sheets]
    if not any(read) and not findings.failed:
        findings.error("", "", "文件里没有考勤表，请选月表（一行一名学生）或长表（一行一条记录）。")
    return Attendance(
        book.file,
        tuple(gathering.marks.values()),
        tuple(gathering.covered.values()),
        tuple(findings.problems),
    )


def _read_sheet(sheet: Sheet, gathering: Gathering) -> bool:
    """Take up one sheet in whichever shape it has; whether it was an attendance sheet."""
    if not any(text_in(cell) for row in sheet.rows for cell in row):
        return False
    grid = find_grid(sheet)
    if grid is not None and (len(grid.days) >= CLEARLY_A_GRID or not _has_long_headings(sheet)):
        read_grid(grid, gathering)
        return True
    table = read_table(sheet, NEEDED, gathering.findings)
    if table is not None:
        read_long_form(table, gathering)
        return True
    report = gathering.findings.warn if NOTES_SHEET.search(sheet.name) else gathering.findings.error
    report(
        sheet.name,
        "",
        "前十行里没有找到表头；月表要有“姓名”和各天的日期，长表要有“日期”和“状态”；不是考勤表的工作表请删去。",
    )
    return False


def _has_long_headings(sheet: Sheet) -> bool:
    near_top = range(min(HEADINGS_WITHIN, len(sheet.rows)))
    return any(set(NEEDED) <= {column for _, column in columns_of(sheet, row)} for row in near_top)


__all__ = ["Attendance", "Covered", "SheetMark", "attendance_in", "read_attendance"]
