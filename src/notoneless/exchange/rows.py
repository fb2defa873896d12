"""What both shapes of attendance sheet need of a row."""

from __future__ import annotations

from notoneless.exchange.cells import text_in
from notoneless.exchange.classes import normal_class
from notoneless.exchange.columns import Column
from notoneless.exchange.legend import INTRODUCTION
from notoneless.exchange.pupils import ClassOf, Pupils
from notoneless.exchange.tables import Line, is_footer
from notoneless.exchange.workbooks import Sheet


def place(sheet: Sheet, address: str) -> str:
    """A cell with its sheet, e.g. "三年级2班!F7"."""
    return f"{sheet.name}!{address}" if sheet.name else address


def titles_above(sheet: Sheet, headings: int) -> list[str]:
    """Everything that stands above the row of headings."""
    return [text for row in sheet.rows[:headings] for cell in row if (text := text_in(cell))]


def class_in_row(line: Line, pupils: Pupils) -> ClassOf | None:
    """The class the row itself names, None if it names none; raises Wrong if the roster has no such class."""
    text = line.text(Column.CLASS)
    if not text:
        return None
    return pupils.class_called(normal_class(line.text(Column.GRADE), text), line.text(Column.SCHOOL))


def legend_lines(sheet: Sheet, headings: int) -> list[str]:
    """The lines that may explain symbols: those above the headings and among the notes, and any with 图例."""
    lines = []
    for number, cells in enumerate(sheet.rows):
        texts = [text_in(cell) for cell in cells if isinstance(cell, str)]
        for at, text in enumerate(texts):
            if "图例" in text or (
                (number < headings or is_footer(cells)) and INTRODUCTION.search(text) is not None
            ):
                lines.append(" ".join(texts[at:]))
                break
    return lines
