"""Sheets as tables: the heading row somewhere below the titles, and the lines under it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from notoneless.exchange.cells import compact, lost_digits, text_in
from notoneless.exchange.columns import Column, is_known, meaning
from notoneless.exchange.problems import Findings
from notoneless.exchange.workbooks import Cell, Fault, Sheet

HEADINGS_WITHIN = 10  # rows in which the headings must stand
FOOTER = re.compile(
    r"(合计|小计|总计|共计|累计|制表|填表|审核|审批|统计人|负责人|单位负责人|校长|班主任|考勤员|点名人|签[字名]|盖章|填报|"
    r"图例|符号|说明|备注[::]|注[::]|应到|实到|出勤人数|缺勤人数|旷课人数|请假人数|出勤率|到校人数|人数)"
)


class Line(NamedTuple):
    """One row under the headings."""

    sheet: Sheet
    row: int  # an index into sheet.rows
    columns: dict[Column, int]

    def cell(self, column: Column) -> Cell:
        """The cell in this column, None if the table has no such column."""
        place = self.columns.get(column)
        return self.at(place) if place is not None else None

    def at(self, place: int) -> Cell:
        """The cell at this place of the row."""
        cells = self.sheet.rows[self.row]
        return cells[place] if place < len(cells) else None

    def text(self, column: Column) -> str:
        """The text in this column, "" if there is none."""
        return text_in(self.cell(column))

    def address(self, column: Column) -> str:
        """What people call the cell, or the first cell of the row if the table has no such column."""
        return self.sheet.address(self.row, self.columns.get(column, 0))


class Table(NamedTuple):
    """A sheet whose headings are found."""

    sheet: Sheet
    columns: dict[Column, int]
    headings: int  # the row the headings stand in
    first: int  # the row the lines begin in

    def lines(self) -> Iterator[Line]:
        """The rows that say something: no empty ones, no repeated headings, no totals and signatures."""
        for row in range(self.first, len(self.sheet.rows)):
            if (line := self.line(row)) is not None:
                yield line

    def line(self, row: int) -> Line | None:
        """The line in this row; None for one of those that are left out."""
        cells = self.sheet.rows[row]
        if not any(text_in(cell) for cell in cells) or cells == self.sheet.rows[self.headings]:
            return None
        return None if is_footer(cells) else Line(self.sheet, row, self.columns)


def is_footer(cells: list[Cell]) -> bool:
    """Whether the row's first words are those of a total, a signature line or a note."""
    first = next((text for cell in cells if (text := compact(text_in(cell)))), "")
    return FOOTER.match(first) is not None


def read_table(sheet: Sheet, needed: Collection[Column], findings: Findings) -> Table | None:
    """The table whose headings contain all of `needed`; None if there is no such row near the top.

    A column named twice is an error, columns nobody knows are mentioned.
    """
    for row in range(min(HEADINGS_WITHIN, len(sheet.rows))):
        found = columns_of(sheet, row)
        if set(needed) <= {column for _, column in found}:
            columns = single(sheet, row, found, findings)
            mention_unknown(sheet, row, findings)
            return Table(sheet, columns, row, row + 1)
    return None


def columns_of(sheet: Sheet, row: int) -> list[tuple[int, Column]]:
    """The places of this row that hold a heading we use, and which."""
    groups = _groups(sheet.rows[row - 1]) if row else []
    found = []
    for place, cell in enumerate(sheet.rows[row]):
        group = groups[place] if place < len(groups) else (groups[-1] if groups else "")
        column = meaning(text_in(cell), group)
        if column is not None:
            found.append((place, column))
    return found


def _groups(above: list[Cell]) -> list[str]:
    """The headings shared by several columns, spread to the right; a lone title groups nothing."""
    if sum(1 for cell in above if text_in(cell)) < 2:
        return []
    spread, last = [], ""
    for cell in above:
        last = text_in(cell) or last
        spread.append(last)
    return spread


def single(sheet: Sheet, row: int, found: list[tuple[int, Column]], findings: Findings) -> dict[Column, int]:
    """Each column's one place; a heading that stands there twice is an error, for either may be meant."""
    columns: dict[Column, int] = {}
    for place, column in found:
        if column in columns:
            first = sheet.address(row, columns[column])
            message = f"“{column.value}”列出现了两次（另一处在 {first}），请只留一列。"
            findings.error(sheet.name, sheet.address(row, place), message)
        columns.setdefault(column, place)
    return columns


def mention_unknown(sheet: Sheet, row: int, findings: Findings) -> None:
    """One warning that names the columns nobody will read."""
    texts = [(place, text_in(cell)) for place, cell in enumerate(sheet.rows[row])]
    unknown = [(place, text) for place, text in texts if text and not is_known(text)]
    if unknown:
        names = "、".join(text[:12] for _, text in unknown[:10])
        findings.warn(sheet.name, sheet.address(row, unknown[0][0]), f"这些列没有用到：{names}。")


def number_text(line: Line, column: Column, findings: Findings) -> str | None:
    """A long number as text; None, with an error noted, if the sheet has lost its digits or shows a fault."""
    cell = line.cell(column)
    if lost_digits(cell):
        message = f"{column.value}被存成了数值，后面的数字已经丢失，请把这一列设成文本后重新填写。"
        findings.error(line.sheet.name, line.address(column), message)
        return None
    return sound_text(line, column, findings)


def sound_text(line: Line, column: Column, findings: Findings) -> str | None:
    """The text in a column; None, with an error noted, if its formula has no usable value."""
    cell = line.cell(column)
    if isinstance(cell, Fault):
        findings.error(line.sheet.name, line.address(column), f"{column.value}{fault_message(cell)}")
        return None
    return text_in(cell)


def fault_message(fault: Fault) -> str:
    """What to do about a formula without a usable value."""
    if fault.shows:
        return f"是公式，结果是错误 {fault.shows}，请改成写定的内容。"
    return "是公式，但文件里没有算好的结果，请用 Excel 或 WPS 打开、保存后再导入，或改成写定的内容。"
