"""The month grid: one row a pupil, one column a day, a title that names month and class."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from notoneless.exchange.cells import Wrong, compact, existing_day, lost_digits, name_in, text_in
from notoneless.exchange.columns import Column, is_known
from notoneless.exchange.legend import Legend, Meaning, legend_of
from notoneless.exchange.marks import Gathering, SheetMark
from notoneless.exchange.pupils import ClassOf
from notoneless.exchange.rows import class_in_row, legend_lines, place
from notoneless.exchange.session_words import morning_check
from notoneless.exchange.tables import HEADINGS_WITHIN, Line, Table, columns_of, fault_message, sound_text
from notoneless.exchange.workbooks import Cell, Fault, Sheet

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


def read_grid(grid: Grid, gathering: Gathering) -> None:
    """Take up every mark of the grid; what cannot be taken up is noted cell by cell."""
    sheet, findings = grid.sheet, gathering.findings
    titles = [text_in(cell) for row in sheet.rows[: grid.headings] for cell in row if cell is not None]
    try:
        of = gathering.pupils.class_in_titles(*titles, sheet.name)
        month = _month(grid, titles)
        session = morning_check(gathering.calendar)
    except Wrong as wrong:
        findings.error(sheet.name, sheet.address(0, 0), str(wrong))
        return
    if not _days_are_single(grid, gathering):
        return
    days = {at: _existing(day, month) for at, day in grid.days.items()}
    _Reading(grid, gathering, of, days, session, legend_of(legend_lines(sheet, grid.headings))).read()


def _month(grid: Grid, titles: list[str]) -> tuple[int, int] | None:
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


def _existing(day: HeadingDay, titled: tuple[int, int] | None) -> date | str:
    """The day, or why there is none: printed grids have 31 columns in every month."""
    year, month = (day.year, day.month) if day.year and day.month else titled or (0, 0)
    try:
        return existing_day(year, month, day.day)
    except Wrong as wrong:
        return str(wrong)


def _days_are_single(grid: Grid, gathering: Gathering) -> bool:
    """Whether each day has one column; a day split into halves or lessons is not read, and said so."""
    sheet, seen = grid.sheet, dict[HeadingDay, int]()
    for at, day in grid.days.items():
        if day in seen:
            first = sheet.address(grid.headings, seen[day])
            message = f"“{day.day}日”出现了两次（另一处在 {first}），请每天只留一列，或改用长表。"
            gathering.findings.error(sheet.name, sheet.address(grid.headings, at), message)
            return False
        seen[day] = at
    below = sheet.rows[grid.headings + 1] if grid.headings + 1 < len(sheet.rows) else []
    for at in grid.days:
        if at < len(below) and HALF_DAY.fullmatch(compact(text_in(below[at]))):
            message = "每天分成几列的月表读不了，请每天只留一列，或改用一行一条、带“节次”列的长表。"
            gathering.findings.error(sheet.name, sheet.address(grid.headings + 1, at), message)
            return False
    return True


class _Reading:
    """One grid while it is read."""

    def __init__(
        self,
        grid: Grid,
        gathering: Gathering,
        of: ClassOf | None,
        days: dict[int, date | str],
        session: str,
        legend: Legend,
    ) -> None:
        self.grid = grid
        self.sheet = grid.sheet
        self.gathering = gathering
        self.findings = gathering.findings
        self.of = of
        self.days = days
        self.session = session
        self.legend = legend
        self.rows: dict[int, str] = {}  # pupil → the cell with the name

    def read(self) -> None:
        lines = list(self._lines())
        self.used = {at for line in lines for at in self.days if text_in(line.at(at))}
        for line in lines:
            pupil = self._pupil(line)
            if pupil is not None:
                for at, day in self.days.items():
                    self._mark(line, pupil, at, day)
        self._cover()
        self._mention_missing()

    def _lines(self) -> Iterator[Line]:
        """The pupils' rows; rows of weekdays under the days are headings too."""
        headings = sum(1 for _ in takewhile(self._is_weekdays, self.sheet.rows[self.grid.headings + 1 :]))
        first = self.grid.headings + 1 + headings
        for line in Table(self.sheet, self.grid.columns, self.grid.headings, first).lines():
            if any(text_in(line.at(at)) for at in (*self.days, *self.grid.columns.values())):
                yield line

    def _is_weekdays(self, cells: list[Cell]) -> bool:
        texts = [compact(text_in(cells[at])) for at in self.days if at < len(cells)]
        said = [text for text in texts if text]
        return bool(said) and all(WEEKDAY.fullmatch(text) for text in said)

    def _pupil(self, line: Line) -> int | None:
        """The pupil of this row, None with an error noted if that is not certain."""
        name = sound_text(line, Column.NAME, self.findings)
        if name is None:
            return None
        column = Column.ENROLMENT_NO if line.text(Column.ENROLMENT_NO) else Column.NAME
        cell = line.address(column)
        try:
            pupil = self._find(line)
        except Wrong as wrong:
            self.findings.error(self.sheet.name, cell, str(wrong))
            return None
        if pupil in self.rows:
            message = f"与 {self.rows[pupil]} 是同一名学生，请只留一行。"
            self.findings.error(self.sheet.name, cell, message)
            return None
        self.rows[pupil] = cell
        return pupil

    def _find(self, line: Line) -> int:
        if lost_digits(line.cell(Column.ENROLMENT_NO)):
            raise Wrong("学籍号被存成了数值，后面的数字已经丢失，请把这一列设成文本后重新填写。")
        name = name_in(line.cell(Column.NAME))
        number = line.text(Column.ENROLMENT_NO)
        if not name and not number:
            raise Wrong("这一行有考勤记录，却没有姓名，请填上姓名或删去这一行。")
        return self.gathering.pupils.find(number, name, class_in_row(line, self.gathering.pupils) or self.of)

    def _mark(self, line: Line, pupil: int, at: int, day: date | str) -> None:
        cell, address = line.at(at), self.sheet.address(line.row, at)
        meaning = self._meaning(cell, address, at)
        if meaning is None:
            return
        if isinstance(day, str):
            self.findings.error(self.sheet.name, address, day)
            return
        moment = self.gathering.moment(day, self.session, None)
        of = self.gathering.pupils.class_of(pupil)
        if not text_in(cell) and not (
            self.gathering.is_over(day, moment)
            and self.gathering.is_school_day(self.sheet.name, address, day, of)
        ):
            return  # the legend lets blanks say "present", but not of days without a roll call
        if self.gathering.check_over(
            self.sheet.name, address, day, moment
        ) and self.gathering.check_school_day(self.sheet.name, address, day, of):
            where = place(self.sheet, address)
            mark = SheetMark(pupil, day, self.session, meaning.status, meaning.reason, moment, False, where)
            self.gathering.add(self.sheet.name, address, mark)

    def _meaning(self, cell: Cell, address: str, at: int) -> Meaning | None:
        """What the cell says; None if it is blank, or with an error noted if it is not in the legend."""
        if isinstance(cell, Fault):
            self.findings.error(self.sheet.name, address, f"这一格{fault_message(cell)}")
            return None
        text = text_in(cell)
        if not text:
            # A column without any mark is a roll call nobody took, whatever the legend says of blanks.
            return self.legend.blank if at in self.used else None
        try:
            return self.legend.meaning(text)
        except Wrong as wrong:
            self.findings.error(self.sheet.name, address, str(wrong))
            return None

    def _cover(self) -> None:
        """Note the class-days the grid speaks about: every school day with a column that is over."""
        pupils = self.gathering.pupils
        classes = {self.of} if self.of is not None else {pupils.class_of(pupil) for pupil in self.rows}
        for of in sorted(each for each in classes if each is not None):
            for at, day in self.days.items():
                if isinstance(day, str) or not self.gathering.is_over(
                    day, self.gathering.moment(day, self.session, None)
                ):
                    continue
                address = self.sheet.address(self.grid.headings, at)
                if self.gathering.is_school_day(self.sheet.name, address, day, of):
                    self.gathering.cover(of, day, self.session, None)

    def _mention_missing(self) -> None:
        """Name the pupils of the class who have no row: they will stand as not recorded."""
        if self.of is None or not self.rows:
            return
        pupils = self.gathering.pupils
        missing = [index for index in pupils.members[self.of] if index not in self.rows]
        if missing:
            names = "、".join(pupils.roster.pupils[index].name for index in missing[:10])
            more = f"等 {len(missing)} 人" if len(missing) > 10 else ""
            message = f"花名册里{self.of.name}的{names}{more}不在这张表里，将记为未点名。"
            self.findings.warn(self.sheet.name, "", message)
