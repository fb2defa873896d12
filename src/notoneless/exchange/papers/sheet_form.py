"""An Excel file with marks, ours or an office's own: its marks read, its marks filled, the sheet kept.

Merged cells, heights, page breaks, pictures and print areas below a row that repeats move down with it.
Conditional formats and rules for data entry stay where they are.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from copy import copy
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.worksheet.worksheet import Worksheet

from notoneless.exchange.papers.filling import Filling, Lookup, Picture, Row, Value
from notoneless.exchange.papers.marks import found, named, only_mark
from notoneless.exchange.papers.places import MarkedText
from notoneless.exchange.papers.sheet_parts import HIGHEST, column_points, height_needed, lines_needed, packed
from notoneless.exchange.papers.sheet_rows import open_rows

SIGNATURE_POINTS = 36
EMU = 12_700  # a point, in the unit that drawings are placed by
PIXEL = 9_525  # the same of a pixel
STANDARD_HEIGHT, STANDARD_WIDTH = 15.0, 8.43
SMALLEST = 6.0  # points of type, for a text that would not fit on the highest row
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
# What a spreadsheet reads as a character's code must not arise from a value.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FOOTS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


def fill_sheet(content: bytes, filling: Filling) -> bytes:
    """The workbook with every mark filled; rows with a list's marks stand once for each of its lines."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        lines = _repeat_rows(sheet, filling)
        for row in sheet.iter_rows():
            for cell in row:
                _fill(sheet, cell, filling.lookup(lines.get(cell.row or 0)))
        _fit_heights(sheet)
        _fill_foot(sheet, filling.lookup())
    file = io.BytesIO()
    book.save(file)
    return packed(file)


def marked_texts(content: bytes) -> Iterator[MarkedText]:
    """Every text of the workbook with its place in words."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for cell in _cells(sheet):
            if isinstance(cell.value, str):
                zh, en = f"工作表“{sheet.title}”{cell.coordinate} 格", f"{sheet.title}!{cell.coordinate}"
                yield MarkedText(cell.value, zh, en, f"{sheet.title}/{cell.row}")
        for place in _foot_places(sheet):
            yield MarkedText(
                place.text or "", f"工作表“{sheet.title}”的页眉页脚", f"header or footer of {sheet.title}"
            )


def formulas(content: bytes) -> Iterator[MarkedText]:
    """The cells whose content is computed."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for cell in _cells(sheet):
            if cell.data_type == "f":
                zh, en = f"工作表“{sheet.title}”{cell.coordinate} 格", f"{sheet.title}!{cell.coordinate}"
                yield MarkedText("", zh, en)


def list_rows_merged_downwards(content: bytes) -> Iterator[MarkedText]:
    """The list marks in cells merged with the row below, which therefore cannot repeat."""
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row, name in _list_rows(sheet).items():
            for each in sheet.merged_cells.ranges:
                if each.min_row == row < each.max_row:
                    zh, en = f"工作表“{sheet.title}”第 {row} 行", f"{sheet.title}, row {row}"
                    yield MarkedText(name, zh, en)


def _cells(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows():
        yield from (cell for cell in row if isinstance(cell, Cell))


# Rows.


def _repeat_rows(sheet: Worksheet, filling: Filling) -> dict[int, Row]:
    """Make room for every line of the lists, the lowest first; which row then stands for which line."""
    lines: dict[int, Row] = {}
    for row, name in sorted(_list_rows(sheet).items(), reverse=True):
        wanted = filling.lists[name]
        more = len(wanted) - 1
        open_rows(sheet, row, more)
        lines = {number + more: line for number, line in lines.items()}
        lines |= {row + number: line for number, line in enumerate(wanted)}
    return lines


def _list_rows(sheet: Worksheet) -> dict[int, str]:
    marked = ((cell.row, named(cell.value)) for cell in _cells(sheet) if isinstance(cell.value, str))
    return {row: mark.list for row, marks in marked for mark in marks if mark.list}


# Cells.


def _fill(sheet: Worksheet, cell: Cell | MergedCell, lookup: Lookup) -> None:
    if not isinstance(cell, Cell) or not isinstance(cell.value, str):
        return
    text = cell.value
    mark = only_mark(text)
    value = lookup(mark) if mark else _said(text, lookup)
    if isinstance(value, Picture):
        cell.value = None
        _draw(sheet, cell, value)
    elif mark or found(text):
        _write(cell, value)


def _said(text: str, lookup: Lookup) -> str:
    """The text with what stands for its marks; a picture among words leaves nothing."""
    pieces, end = [], 0
    for each in found(text):
        value = lookup(each.mark)
        pieces += [text[end : each.start], value if isinstance(value, str) else ""]
        end = each.end
    return "".join([*pieces, text[end:]])


def _write(cell: Cell, value: str) -> None:
    """The value as text, never as a formula; as a number where the office's own format asks for one."""
    if _asks_for_number(cell) and _NUMBER.fullmatch(value):
        cell.value = float(value) if "." in value else int(value)
        return
    cell.value = escaped(value) if value else None
    if value:
        cell.data_type = "s"
        cell.quotePrefix = True


def escaped(value: str) -> str:
    """The value with nothing in it that a spreadsheet reads as a character's code."""
    return _ESCAPE.sub("_x005F_", value)


def _asks_for_number(cell: Cell) -> bool:
    return cell.number_format not in ("General", "@") and not cell.is_date


def _draw(sheet: Worksheet, cell: Cell, picture: Picture) -> None:
    """The signature in the middle of the cell, or of what is merged with it."""
    image = Image(io.BytesIO(picture.png))
    scale = SIGNATURE_POINTS * 96 / 72 / image.height
    image.width, image.height = round(image.width * scale), round(image.height * scale)
    right = next((each.max_col for each in sheet.merged_cells.ranges if cell.coordinate in each), cell.column)
    widths = {column: _width_of(sheet, column) for column in range(cell.column, right + 1)}
    left = max(0.0, (sum(widths.values()) - image.width * 72 / 96) / 2)
    column = cell.column
    while left > widths[column] and column < right:
        left -= widths[column]
        column += 1
    corner = AnchorMarker(col=column - 1, colOff=round(left * EMU), row=cell.row - 1, rowOff=3 * EMU)
    size = XDRPositiveSize2D(round(image.width * PIXEL), round(image.height * PIXEL))
    image.anchor = OneCellAnchor(_from=corner, ext=size)
    sheet.add_image(image)


# Heights: a spreadsheet does not make room for merged cells by itself.


def _fit_heights(sheet: Worksheet) -> None:
    merged = {(each.min_row, each.min_col): each for each in sheet.merged_cells.ranges}
    for cell in list(_cells(sheet)):
        if isinstance(cell.value, str) and cell.value:
            _fit(sheet, cell, merged.get((cell.row, cell.column)))


def _fit(sheet: Worksheet, cell: Cell, span: Any) -> None:
    right, bottom = (span.max_col, span.max_row) if span else (cell.column, cell.row)
    width = sum(_width_of(sheet, column) for column in range(cell.column, right + 1))
    text, size = str(cell.value), float(cell.font.size or 11)
    if not cell.alignment.wrap_text and (
        cell.alignment.shrink_to_fit or lines_needed(text, width, size) == 1
    ):
        return
    _wrap(cell)
    while size > SMALLEST and height_needed(text, width, size) >= HIGHEST:
        size -= 0.5
    _set_size(cell, size)
    above = sum(_height_of(sheet, row) for row in range(cell.row, bottom))
    needed = min(HIGHEST, height_needed(text, width, size) - above)
    if needed > _height_of(sheet, bottom):
        sheet.row_dimensions[bottom].height = round(needed, 1)


def _wrap(cell: Cell) -> None:
    alignment: Any = copy(cell.alignment)
    alignment.wrap_text = True
    cell.alignment = alignment


def _set_size(cell: Cell, size: float) -> None:
    if cell.font.size != size:
        font: Any = copy(cell.font)
        font.size = size
        cell.font = font


def _width_of(sheet: Worksheet, column: int) -> float:
    """The width of a column in points; one dimension may stand for several columns."""
    for each in sheet.column_dimensions.values():
        if (each.min or 0) <= column <= (each.max or 0) and each.width:
            return column_points(float(each.width))
    return column_points(float(sheet.sheet_format.defaultColWidth or STANDARD_WIDTH))


def _height_of(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or sheet.sheet_format.defaultRowHeight or STANDARD_HEIGHT)


# What stands at the head and the foot of every page.


def _foot_places(sheet: Worksheet) -> Iterator[Any]:
    for name in _FOOTS:
        foot = getattr(sheet, name)
        yield from (place for place in (foot.left, foot.center, foot.right) if place.text)


def _fill_foot(sheet: Worksheet, lookup: Lookup) -> None:
    for place in _foot_places(sheet):
        if named(place.text):
            # A single & would begin a code there.
            place.text = _said(place.text, lambda mark: _doubled(lookup(mark)))


def _doubled(value: Value) -> Value:
    return value.replace("&", "&&") if isinstance(value, str) else value
