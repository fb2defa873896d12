"""The blank of a paper in Excel: the layout drawn with its marks on one sheet of A4."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import (
    FOOT,
    NUMBERED,
    Box,
    Grid,
    Head,
    Layout,
    Listing,
    Note,
    Part,
    Seal,
    Signing,
    Text,
    To,
    layout,
)
from notoneless.exchange.papers.marks import Mark, written
from notoneless.exchange.papers.sheet_parts import column_units, packed, points

SONG, HEI = "宋体", "黑体"
STEP = 50  # every rule of every part lies on one of so many steps across the sheet
SEAL_FROM = 28  # the step the seal begins at
THIN, DASHED = Side(style="thin"), Side(style="dashed", color="808080")
UPRIGHT, ACROSS = 172.0, 258.0  # mm between the margins


@cache
def sheet_blank(kind: PaperKind) -> bytes:
    """The blank as an .xlsx file."""
    paper = layout(kind)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    drawing = _Drawing(sheet, paper)
    for part in paper.parts:
        drawing.add(part)
    _set_up(sheet, paper, drawing)
    file = io.BytesIO()
    book.save(file)
    return packed(file)


def _steps(widths: Sequence[int]) -> list[int]:
    """Where the columns of a part begin and end, in steps; none is lost in rounding."""
    places = [round(place * STEP / sum(widths)) for place in accumulate(widths, initial=0)]
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + 1)
    return places


def _edges(paper: Layout) -> list[int]:
    """All the steps at which some part of the paper has a rule."""
    return sorted({0, STEP, *(edge for part in paper.parts for edge in _part_edges(part))})


def _part_edges(part: Part) -> Iterator[int]:
    match part:
        case Head(texts):
            yield from _steps([1] * len(texts))
        case Grid(widths):
            yield from _steps(widths)
        case Listing(columns=columns):
            yield from _steps([column.width for column in columns])
        case Signing(boxes):
            yield from _steps([1] * len(boxes))
        case Seal():
            yield SEAL_FROM


class _Drawing:
    """The sheet as it grows downwards."""

    def __init__(self, sheet: Worksheet, paper: Layout) -> None:
        self.sheet = sheet
        self.paper = paper
        self.edges = _edges(paper)
        self.row = 0
        self.titles = 0
        self._title()

    def _title(self) -> None:
        self.wide(self.paper.title, 36, Font(name=HEI, size=18), Alignment("center", "center"))
        if self.paper.number:
            place = "center" if self.paper.letter else "right"
            self.wide(written(NUMBERED), 20, Font(name=SONG, size=11), Alignment(place, "center"))

    def add(self, part: Part) -> None:
        """One part of the paper below what is there."""
        match part:
            case Head(texts):
                self._head(texts)
            case To(text):
                self.wide(text, 22, self.body)
            case Text(paragraphs):
                for text in paragraphs:
                    self.wide(f"　　{text}", 22, self.body)
            case Note(texts):
                for text in texts:
                    self.wide(f"注：{text}", 18, Font(name=SONG, size=9))
            case Grid():
                self._grid(part)
            case Listing():
                self._listing(part)
            case Signing(boxes):
                self._signing(boxes)
            case Seal(lines):
                self._seal(lines)

    @property
    def body(self) -> Font:
        """The type of running text."""
        return Font(name=SONG, size=14)

    def down(self, height: float) -> int:
        """The next row, so many points high."""
        self.row += 1
        self.sheet.row_dimensions[self.row].height = height
        return self.row

    def wide(self, text: str, height: float, font: Font, alignment: Alignment | None = None) -> None:
        """A text over the whole width."""
        self.down(height)
        self.cell(0, STEP, text, font, alignment or Alignment("left", "center", wrap_text=True), None)

    def cell(
        self,
        first: int,
        last: int,
        text: str,
        font: Font,
        alignment: Alignment,
        border: Border | None,
        row: int = 0,
        rows: int = 1,
    ) -> None:
        """A text from one step to another, over one row or more; what it covers is merged."""
        top, left = row or self.row, self.edges.index(first) + 1
        bottom, right = top + rows - 1, self.edges.index(last)
        for down in range(top, bottom + 1):
            for across in range(left, right + 1):
                place = self.sheet.cell(down, across)
                place.font, place.alignment = font, alignment
                place.border = border or Border()
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        self.sheet.cell(top, left).value = text or None

    def _head(self, texts: Sequence[str]) -> None:
        self.down(20)
        for number, (first, last) in enumerate(pairwise(_steps([1] * len(texts)))):
            place = "left" if number == 0 else "right" if number == len(texts) - 1 else "center"
            self.cell(
                first, last, texts[number], _small(SONG), Alignment(place, "center", wrap_text=True), None
            )

    def _caption(self, caption: str) -> None:
        if caption:
            self.wide(caption, 20, _small(HEI), Alignment("left", "bottom"))

    def _grid(self, part: Grid) -> None:
        self._caption(part.caption)
        steps = _steps(part.widths)
        for row in part.rows:
            self.down(points(max(cell.tall for cell in row)))
            at = 0
            for cell in row:
                font = _small(HEI if cell.is_label else SONG)
                place = Alignment("center" if cell.is_label else "left", "center", wrap_text=True)
                self.cell(steps[at], steps[at + cell.span], cell.text, font, place, _ruled())
                at += cell.span
        self.down(6)

    def _listing(self, part: Listing) -> None:
        self._caption(part.caption)
        steps = _steps([column.width for column in part.columns])
        self._headings(part, steps)
        self.down(24)
        for column, (first, last) in zip(part.columns, pairwise(steps), strict=True):
            place = Alignment("left" if column.prose else "center", "center", wrap_text=True)
            text = written(Mark(column.mark, part.name))
            self.cell(first, last, text, Font(name=SONG, size=9.5), place, _ruled())
        self.down(6)

    def _headings(self, part: Listing, steps: Sequence[int]) -> None:
        top, font, place = (
            self.row + 1,
            Font(name=HEI, size=9.5),
            Alignment("center", "center", wrap_text=True),
        )
        for _ in range(2 if part.grouped else 1):
            self.down(20)
        at = 0
        for group, span in part.groups():
            alone = part.grouped and not group
            head = group or part.columns[at].head
            self.cell(steps[at], steps[at + span], head, font, place, _ruled(), top, 2 if alone else 1)
            for column in range(at, at + span) if group else ():
                head = part.columns[column].head
                self.cell(steps[column], steps[column + 1], head, font, place, _ruled(), top + 1)
            at += span
        self.titles = self.titles or self.row

    def _signing(self, boxes: Sequence[Box]) -> None:
        rows = self.down(20), self.down(44), self.down(20)
        for box, (first, last) in zip(boxes, pairwise(_steps([1] * len(boxes))), strict=True):
            texts = f"{box.label}：", written(Mark(box.mark)) if box.mark else "", "　　年　　月　　日"
            edges = self.edges.index(first), self.edges.index(last) - 1
            for row, text, place in zip(rows, texts, ("left", "center", "right"), strict=True):
                font = _small(HEI if row == rows[0] else SONG)
                self.cell(first, last, text, font, Alignment(place, "center", wrap_text=True), None, row)
                self._frame(row, edges, THIN, top=row == rows[0], bottom=row == rows[-1])
        self.down(6)

    def _frame(self, row: int, edges: tuple[int, int], sides: Side, top: bool, bottom: bool) -> None:
        """Rules around cells that are merged across: the left one at the first, the right one at the last."""
        for across in range(edges[0], edges[1] + 1):
            self.sheet.cell(row, across + 1).border = Border(
                left=sides if across == edges[0] else None,
                right=sides if across == edges[1] else None,
                top=sides if top else None,
                bottom=sides if bottom else None,
            )

    def _seal(self, lines: Sequence[str]) -> None:
        self.down(8)
        texts = [*lines, "（公章）"]
        edges = self.edges.index(SEAL_FROM), len(self.edges) - 2
        for number, text in enumerate(texts):
            row = self.down(30)
            font = self.body if number < len(lines) else Font(name=SONG, size=9, color="808080")
            self.cell(SEAL_FROM, STEP, text, font, Alignment("center", "center", wrap_text=True), None)
            self._frame(row, edges, DASHED, top=number == 0, bottom=number == len(lines))
        self.down(8)


def _small(name: str) -> Font:
    return Font(name=name, size=10.5)


def _ruled() -> Border:
    return Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def _set_up(sheet: Worksheet, paper: Layout, drawing: _Drawing) -> None:
    """A4, one page wide, the headings on every page, a foot with the moment and the page."""
    sheet.title = paper.title[:31].replace("/", "／")
    width = ACROSS if paper.landscape else UPRIGHT
    for number, (first, last) in enumerate(pairwise(drawing.edges), 1):
        sheet.column_dimensions[get_column_letter(number)].width = column_units((last - first) * width / STEP)
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = 9, "landscape" if paper.landscape else "portrait"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.7
    margins.top, margins.bottom, margins.footer = 0.7, 0.9, 0.35
    sheet.print_options.horizontalCentered = True
    sheet.sheet_view.showGridLines = False
    foot: Any = sheet.oddFooter
    foot.left.text, foot.right.text = FOOT, "第 &P 页 共 &N 页"
    sheet.print_area = f"A1:{get_column_letter(len(drawing.edges) - 1)}{drawing.row}"
    if drawing.titles:
        sheet.print_title_rows = f"{drawing.titles - _head_rows(paper) + 1}:{drawing.titles}"


def _head_rows(paper: Layout) -> int:
    first = next(part for part in paper.parts if isinstance(part, Listing))
    return 2 if first.grouped else 1
