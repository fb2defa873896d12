"""Room for more rows below one row of a sheet, with everything under it moved down."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

_ROWS = re.compile(r"\$?(\d+):\$?(\d+)")


def open_rows(sheet: Worksheet, row: int, more: int) -> None:
    """So many copies of the row under it: its texts, styles, height and merged cells."""
    if more <= 0:
        return
    merged = [CellRange(each.coord) for each in sheet.merged_cells.ranges]
    for each in merged:
        sheet.unmerge_cells(each.coord)
    _move_heights(sheet, row, more)
    _move_drawings(sheet, row, more)
    _move_breaks(sheet, row, more)
    _move_printing(sheet, row, more)
    last = get_column_letter(sheet.max_column)
    if sheet.max_row > row:
        sheet.move_range(f"A{row + 1}:{last}{sheet.max_row}", rows=more)
    for number in range(row + 1, row + more + 1):
        _copy_row(sheet, row, number)
    for each in merged:
        _merge_again(sheet, each, row, more)


def _copy_row(sheet: Worksheet, row: int, to: int) -> None:
    for column in range(1, sheet.max_column + 1):
        source, target = sheet.cell(row, column), sheet.cell(to, column)
        if isinstance(source, Cell) and isinstance(target, Cell):
            target.value = source.value
            target._style = copy(source._style)  # type: ignore[attr-defined]
    sheet.row_dimensions[to].height = sheet.row_dimensions[row].height


def _merge_again(sheet: Worksheet, merged: CellRange, row: int, more: int) -> None:
    """Merge what was merged: below moved down, across the row made longer, within the row copied."""
    if merged.min_row > row:
        merged.shift(row_shift=more)
    elif merged.min_row < row <= merged.max_row:
        merged.expand(down=more)
    elif merged.min_row == merged.max_row == row:
        for number in range(row + 1, row + more + 1):
            _merge(sheet, merged.min_col, number, merged.max_col, number)
    _merge(sheet, merged.min_col, merged.min_row, merged.max_col, merged.max_row)


def _merge(sheet: Worksheet, left: int, top: int, right: int, bottom: int) -> None:
    # The library draws the rules around it from those of the first cell, which it completed on loading.
    sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _move_heights(sheet: Worksheet, row: int, more: int) -> None:
    heights = {number: each.height for number, each in sheet.row_dimensions.items() if number > row}
    for number in heights:
        sheet.row_dimensions[number].height = None
    for number, height in heights.items():
        sheet.row_dimensions[number + more].height = height


def _move_drawings(sheet: Worksheet, row: int, more: int) -> None:
    drawings: list[Any] = [*sheet._images, *sheet._charts]  # type: ignore[attr-defined]
    for drawing in drawings:
        for name in ("_from", "to"):
            corner = getattr(drawing.anchor, name, None)
            if corner is not None and corner.row >= row:  # counted from 0
                corner.row += more


def _move_breaks(sheet: Worksheet, row: int, more: int) -> None:
    for each in sheet.row_breaks.brk:
        if each.id >= row:
            each.id += more


def _move_printing(sheet: Worksheet, row: int, more: int) -> None:
    if sheet.print_area:
        areas = (area.rpartition("!")[2] for area in str(sheet.print_area).split(","))
        sheet.print_area = ",".join(_longer(area, row, more) for area in areas)
    if sheet.print_title_rows and (titles := _ROWS.fullmatch(sheet.print_title_rows)):
        first, last = (int(number) for number in titles.groups())
        if first > row:
            sheet.print_title_rows = f"{first + more}:{last + more}"


def _longer(area: str, row: int, more: int) -> str:
    longer = CellRange(area.replace("$", ""))
    if longer.min_row > row:
        longer.shift(row_shift=more)
    elif longer.max_row >= row:
        longer.expand(down=more)
    return longer.coord
