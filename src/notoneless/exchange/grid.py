"""The month grid: one row a pupil, one column a day, a title that names month and class."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

from notoneless.exchange.cells import Wrong, compact, lost_digits, name_in, text_in
from notoneless.exchange.columns import Column
from notoneless.exchange.grid_headings import WEEKDAY, Grid, days_are_single, existing, month_of
from notoneless.exchange.legend import Legend, Meaning, legend_of
from notoneless.exchange.marks import Gathering, SheetMark
from notoneless.exchange.pupils import ClassOf
from notoneless.exchange.rows import class_in_row, legend_lines, place, titles_above
from notoneless.exchange.session_words import morning_check
from notoneless.exchange.tables import Line, Table, fault_message, sound_text
from notoneless.exchange.workbooks import Cell, Fault


class DayColumn(NamedTuple):
    """A column of the grid and the roll call it stands for."""

    at: int
    day: date
    moment: datetime


def read_grid(grid: Grid, gathering: Gathering) -> None:
    """Take up every mark of the grid; what cannot be taken up is noted cell by cell."""
    sheet, findings = grid.sheet, gathering.findings
    titles = titles_above(sheet, grid.headings)
    try:
        of = gathering.pupils.class_in_titles(*titles, sheet.name)
        month = month_of(grid, titles)
        session = morning_check(gathering.calendar)
    except Wrong as wrong:
        findings.error(sheet.name, sheet.address(0, 0), str(wrong))
        return
    if days_are_single(grid, findings):
        legend = legend_of(legend_lines(sheet, grid.headings))
        _Reading(grid, gathering, of, session, legend).read(month)


class _Reading:
    """One grid while it is read."""

    def __init__(
        self, grid: Grid, gathering: Gathering, of: ClassOf | None, session: str, legend: Legend
    ) -> None:
        self.grid = grid
        self.sheet = grid.sheet
        self.gathering = gathering
        self.findings = gathering.findings
        self.of = of
        self.session = session
        self.legend = legend
        self.rows: dict[int, str] = {}  # pupil → the cell that names them

    def read(self, month: tuple[int, int] | None) -> None:
        lines = list(self._lines())
        columns = list(self._columns(lines, month))
        marked = {column for column in columns if any(text_in(line.at(column.at)) for line in lines)}
        for line in lines:
            pupil = self._pupil(line)
            if pupil is not None:
                for column in columns:
                    self._mark(line, pupil, column, implied=column in marked)
        self._cover(columns)
        self._mention_missing()

    def _lines(self) -> Iterator[Line]:
        """The pupils' rows; rows of weekdays under the days are headings too."""
        below = self.sheet.rows[self.grid.headings + 1 :]
        first = self.grid.headings + 1 + sum(1 for _ in takewhile(self._is_weekdays, below))
        for line in Table(self.sheet, self.grid.columns, self.grid.headings, first).lines():
            if any(text_in(line.at(at)) for at in (*self.grid.days, *self.grid.columns.values())):
                yield line

    def _is_weekdays(self, cells: list[Cell]) -> bool:
        texts = [compact(text_in(cells[at])) for at in self.grid.days if at < len(cells)]
        said = [text for text in texts if text]
        return bool(said) and all(WEEKDAY.fullmatch(text) for text in said)

    def _columns(self, lines: list[Line], month: tuple[int, int] | None) -> Iterator[DayColumn]:
        """The columns of days that exist; printed grids have 31, so only marks on the others are errors."""
        for at, heading in self.grid.days.items():
            try:
                day = existing(heading, month)
            except Wrong as wrong:
                for line in lines:
                    if text_in(line.at(at)):
                        self.findings.error(self.sheet.name, self.sheet.address(line.row, at), str(wrong))
            else:
                yield DayColumn(at, day, self.gathering.moment(day, self.session, None))

    def _pupil(self, line: Line) -> int | None:
        """The pupil of this row, None with an error noted if that is not certain."""
        if sound_text(line, Column.NAME, self.findings) is None:
            return None
        cell = line.address(Column.ENROLMENT_NO if line.text(Column.ENROLMENT_NO) else Column.NAME)
        try:
            pupil = self._find(line)
            if pupil in self.rows:
                raise Wrong(f"与 {self.rows[pupil]} 是同一名学生，请只留一行。")
        except Wrong as wrong:
            self.findings.error(self.sheet.name, cell, str(wrong))
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

    def _mark(self, line: Line, pupil: int, column: DayColumn, *, implied: bool) -> None:
        """Take up one cell; a blank one says what the legend implies, if anybody called the roll that day."""
        cell, address = line.at(column.at), self.sheet.address(line.row, column.at)
        of = self.gathering.pupils.class_of(pupil)
        if text_in(cell) or isinstance(cell, Fault):
            meaning = self._meaning(cell, address)
            possible = meaning is not None and self._checked(column, address, of)
        else:
            meaning = self.legend.blank if implied else None
            possible = meaning is not None and self._expected(column, address, of)
        if meaning is not None and possible:
            mark = SheetMark(
                pupil=pupil,
                day=column.day,
                session=self.session,
                status=meaning.status,
                reason=meaning.reason,
                at=column.moment,
                timed=False,
                cell=place(self.sheet, address),
            )
            self.gathering.add(self.sheet.name, address, mark)

    def _meaning(self, cell: Cell, address: str) -> Meaning | None:
        """What the cell says; None, with an error noted, if the legend does not have it."""
        if isinstance(cell, Fault):
            self.findings.error(self.sheet.name, address, f"这一格{fault_message(cell)}")
            return None
        try:
            return self.legend.meaning(text_in(cell))
        except Wrong as wrong:
            self.findings.error(self.sheet.name, address, str(wrong))
            return None

    def _checked(self, column: DayColumn, address: str, of: ClassOf) -> bool:
        """Whether this roll call can have been taken; if not, a problem says why."""
        return self.gathering.check_over(
            self.sheet.name, address, column.day, column.moment
        ) and self.gathering.check_school_day(self.sheet.name, address, column.day, of)

    def _expected(self, column: DayColumn, address: str, of: ClassOf) -> bool:
        """Whether this roll call should have been taken by now."""
        return self.gathering.is_over(column.day, column.moment) and self.gathering.is_school_day(
            self.sheet.name, address, column.day, of
        )

    def _cover(self, columns: list[DayColumn]) -> None:
        """Note the class-days the grid speaks about: every school day with a column that is over."""
        classes = {self.gathering.pupils.class_of(pupil) for pupil in self.rows}
        if self.of is not None:
            classes.add(self.of)
        for of in sorted(classes):
            for column in columns:
                if self._expected(column, self.sheet.address(self.grid.headings, column.at), of):
                    self.gathering.cover(of, column.day, self.session, None)

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
