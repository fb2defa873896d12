"""Finding a month grid in a sheet: its row of days, its names, its month."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from notoneless.exchange.cells import Wrong, compact, existing_day, text_in
from notoneless.exchange.columns import Column, is_known
from notoneless.exchange.problems import Findings
from notoneless.exchange.tables import HEADINGS_WITHIN, columns_of
from notoneless.exchange.workbooks import Cell, Sheet

MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:年|[-./])(\d{1,2})(?:月(?!\d{1,2}日)|(?![\d\-./月]))"
    r"|(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)"
)
_WEEKDAY = r"(?:\(?(?:周|星期)?[一二三四五六日天]\)?)?"
DAY_OF_MONTH = re.compile(rf"(\d{{1,2}})[日号]?{_WEEKDAY}")
DAY_AND_MONTH = re.compile(rf"(\d{{1,2}})[月/-](\d{{1,2}})[日号]?{_WEEKDAY}")
WHOLE_DAY = re.compile(rf"(\d{{4}})[年/.-](\d{{1,2}})[月/.-](\d{{1,2}})日?{_WEEKDAY}")
WEEKDAY = re.compile(r"(?:周|星期)?[一二三四五六日天]")
HALF_DAY = re.compile(r"上|下|早|中|晚|上午|下午|晨检|第?[一二三四五六七八九\d]+节")
WHO = (Column.NAME, Column.ENROLMENT_NO, Column.CLASS, Column.GRADE)


class HeadingDay(NamedTuple):
    """What a heading says of its day; 0 where the title has to say it."""

    day: int
    month: int = 0
    year: int = 0


class Grid(NamedTuple):
    """A sheet recognised as a month grid."""

    sheet: Sheet
    headings: int  # the row of the days
    columns: dict[Column, int]
    days: dict[int, HeadingDay]  # by place in the row


def find_grid(sheet: Sheet) -> Grid | None:
    """The grid in this sheet: the row near the top with the most days, beside or under a name column."""
    candidates = [_candidate(sheet, row) for row in range(min(HEADINGS_WITHIN, len(sheet.rows)))]
    grids = [grid for grid in candidates if grid is not None]
    return max(grids, key=lambda grid: len(grid.days), default=None)


def _candidate(sheet: Sheet, row: int) -> Grid | None:
    """This row as the headings of a grid; names may be headed up to two rows above the days."""
    named: set[int] = set()
    columns: dict[Column, int] = {}
    for above in range(max(0, row - 2), row + 1):
        named |= {at for at, cell in enumerate(sheet.rows[above]) if _is_no_day_heading(cell)}
        columns |= {column: at for at, column in columns_of(sheet, above) if column in WHO}
    days = {
        at: day
        for at, cell in enumerate(sheet.rows[row])
        if at not in columns.values() and at not in named and (day := heading_day(cell)) is not None
    }
    if not days or not {Column.NAME, Column.ENROLMENT_NO} & columns.keys():
        return None
    return Grid(sheet, row, columns, days)


def _is_no_day_heading(cell: Cell) -> bool:
    """序号 and the like head columns of numbers; 日期 spans the days."""
    text = compact(text_in(cell))
    return bool(text) and is_known(text) and text not in ("日期", "考勤", "考勤日期", "出勤情况", "考勤情况")


def heading_day(cell: Cell) -> HeadingDay | None:
    """The day a heading names: a date, 2, "2日", "2 周一", "11/2", "11月2日" …; None if it names none."""
    if isinstance(cell, date | datetime):
        return HeadingDay(cell.day, cell.month, cell.year)
    text = compact(text_in(cell))
    if whole := WHOLE_DAY.fullmatch(text):
        return HeadingDay(int(whole[3]), int(whole[2]), int(whole[1]))
    if part := DAY_AND_MONTH.fullmatch(text):
        return HeadingDay(int(part[2]), int(part[1]))
    if (alone := DAY_OF_MONTH.fullmatch(text)) and 1 <= int(alone[1]) <= 31:
        return HeadingDay(int(alone[1]))
    return None


def month_of(grid: Grid, titles: list[str]) -> tuple[int, int] | None:
    """Year and month from the titles or else the sheet's name; None if every heading is a whole date."""
    titled = _months_in(titles) or _months_in([grid.sheet.name])
    dated = {(day.year, day.month) for day in grid.days.values() if day.year and day.month}
    if len(titled) > 1 or (dated and titled - dated):
        named = "、".join(f"{year}年{month}月" for year, month in sorted(titled | dated))
        raise Wrong(f"标题和表头里写了几个月份：{named}，请只写一个。")
    if all(day.year for day in grid.days.values()):
        return None
    if not titled:
        raise Wrong("看不出是哪一年哪一月的考勤表，请在标题里写明，例如“2026年11月 三年级2班 考勤表”。")
    year, month = titled.pop()
    if not 1 <= month <= 12:
        raise Wrong(f"标题里的“{year}年{month}月”不存在，请改正月份。")
    if others := {day.month for day in grid.days.values() if day.month} - {month}:
        raise Wrong(f"标题写的是 {month} 月，表头的日期却有 {min(others)} 月，请改成一致。")
    return year, month


def _months_in(texts: list[str]) -> set[tuple[int, int]]:
    """Every year and month these texts name; the day a sheet was drawn up names none."""
    found = (match for text in texts for match in MONTH.finditer(compact(text)))
    return {(int(match[1] or match[3]), int(match[2] or match[4])) for match in found}


def existing(day: HeadingDay, titled: tuple[int, int] | None) -> date:
    """The day this heading means; raises Wrong if the month has no such day."""
    year, month = (day.year, day.month) if day.year else titled or (0, 0)
    return existing_day(year, month, day.day)


def days_are_single(grid: Grid, findings: Findings) -> bool:
    """Whether each day has one column; a day split into halves or lessons is not read, and said so."""
    sheet, seen = grid.sheet, dict[HeadingDay, int]()
    for at, day in grid.days.items():
        if day in seen:
            first = sheet.address(grid.headings, seen[day])
            message = f"“{day.day}日”出现了两次（另一处在 {first}），请每天只留一列，或改用长表。"
            findings.error(sheet.name, sheet.address(grid.headings, at), message)
            return False
        seen[day] = at
    below = sheet.rows[grid.headings + 1] if grid.headings + 1 < len(sheet.rows) else []
    for at in grid.days:
        if at < len(below) and HALF_DAY.fullmatch(compact(text_in(below[at]))):
            message = "每天分成几列的月表读不了，请每天只留一列，或改用一行一条、带“节次”列的长表。"
            findings.error(sheet.name, sheet.address(grid.headings + 1, at), message)
            return False
    return True
