"""Plain tables as one workbook: a title, whose copy it is, headings that repeat on paper, rows."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from notoneless.exchange.papers.sheet_parts import column_points, height_needed, packed

SONG, HEI = "宋体", "黑体"
TYPE = 10  # points
NARROWEST, WIDEST = 6, 34  # characters of a column
LOOKED_AT = 200  # rows by which a column's width is chosen
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\")
_THIN = Side(style="thin", color="9AA5B4")
_RULED = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_SHADED = PatternFill("solid", fgColor="F3F6FA")

Value = str | int


class Sheet(NamedTuple):
    """One table: what it is, what is said below its title, its headings and its rows."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def table_book(sheets: Iterable[Sheet], marks: Sequence[tuple[str, str]]) -> bytes:
    """The tables as an .xlsx file, each on a sheet that prints on A4 across; the same gives the same bytes.

    A text is a text whatever it begins with: no cell is ever a formula.
    """
    book = Workbook(write_only=True)
    copy = "；".join(f"{name}：{said}" for name, said in marks)
    named: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_name(sheet.title, named)), sheet, copy)
    file = io.BytesIO()
    book.save(file)
    return packed(file)


def _write(page: Any, sheet: Sheet, copy: str) -> None:
    notes = (*sheet.notes, copy)
    first = len(notes) + 2  # the row of the headings
    _set_up(page, sheet, first, copy)
    page.append([_cell(page, sheet.title, Font(HEI, 16))])
    for note in notes:
        page.append([_cell(page, note, Font(SONG, 9, color="566273"))])
    page.append([_cell(page, text, Font(HEI, 10), ruled=True, shaded=True) for text in sheet.head])
    font, widths = Font(SONG, TYPE), [column_points(width) for width in _widths(sheet)]
    for number, row in enumerate(sheet.rows, first + 1):
        page.row_dimensions[number].height = _height(row, widths)
        page.append([_cell(page, value, font, ruled=True) for value in row])


def _height(row: Sequence[Value], widths: Sequence[float]) -> float:
    """Said for every row: not every program makes room for the second line of a cell by itself."""
    cells = zip(row, widths, strict=True)
    return max((height_needed(str(value), width, TYPE) for value, width in cells), default=0.0)


def _cell(page: Any, value: Value, font: Font, *, ruled: bool = False, shaded: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=_plain(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = font
    if ruled:
        cell.border = _RULED
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if shaded:
        cell.fill = _SHADED
    return cell


def _plain(text: str) -> str:
    """The text without what a workbook cannot hold."""
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each) != "Cc")[:32_000]


def _set_up(page: Any, sheet: Sheet, first: int, copy: str) -> None:
    for number, width in enumerate(_widths(sheet), 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = f"A{first + 1}"
    page.print_title_rows = f"{first}:{first}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.center.text = "&P / &N"
    page.oddHeader.center.text = copy.replace("&", "&&")[:120]


def _widths(sheet: Sheet) -> list[float]:
    """Wide enough for the longest of the first rows, within reason."""
    shown = [sheet.head, *sheet.rows[:LOOKED_AT]]
    return [
        min(max(NARROWEST, *(_width(str(row[n])) for row in shown)) + 2, WIDEST)
        for n in range(len(sheet.head))
    ]


def _width(text: str) -> float:
    """How many letters wide the longest line is; an ideograph is two."""
    return max(
        sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")
    )


def _name(title: str, named: set[str]) -> str:
    """A name for the sheet's tab that the format allows and no other sheet has."""
    plain = title.translate(_NOT_IN_NAMES)[:28] or "表"
    name, number = plain, 2
    while name in named:
        name, number = f"{plain[:25]}-{number}", number + 1
    named.add(name)
    return name
