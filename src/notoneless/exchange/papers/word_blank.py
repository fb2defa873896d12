"""The blank of a paper in Word: the layout drawn with its marks, to be filled or to be changed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

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
from notoneless.exchange.word_parts import add_field, indent_to_margin, put_in_order, set_font, timeless

TITLE, SONG, HEI, FANGSONG = "方正小标宋简体", "宋体", "黑体", "仿宋_GB2312"
GREY = RGBColor(0x46, 0x46, 0x46)
CENTER, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
# mm: page width, height, margins top, bottom, left, right; a letter's are those of GB/T 9704.
LETTER = (210, 297, 37, 35, 28, 26)
UPRIGHT = (210, 297, 20, 20, 20, 20)
ACROSS = (297, 210, 18, 18, 20, 20)
DATE_LINE = "　　　年　　月　　日"


@cache
def word_blank(kind: PaperKind) -> bytes:
    """The blank as a .docx file."""
    paper = layout(kind)
    sheet = _Sheet(paper)
    for part in paper.parts:
        sheet.add(part)
    for table in sheet.document.tables:
        put_in_order(table)
    file = io.BytesIO()
    sheet.document.save(file)
    return timeless(file)


def _measures(paper: Layout) -> tuple[int, int, int, int, int, int]:
    return LETTER if paper.letter else ACROSS if paper.landscape else UPRIGHT


class _Sheet:
    """The document as it grows, part by part."""

    def __init__(self, paper: Layout) -> None:
        self.paper = paper
        self.document: WordDocument = Document()
        across, _, _, _, left, right = _measures(paper)
        self.width = across - left - right - 1  # mm of a table
        self.body = (FANGSONG, 16.0) if paper.letter else (SONG, 10.5)
        _set_up(self.document, paper)
        self._title()

    def _title(self) -> None:
        size = 22 if self.paper.letter else 18
        title = self.line(self.paper.title, TITLE, size, CENTER)
        title.paragraph_format.space_after = Pt(6)
        if self.paper.number:
            place = CENTER if self.paper.letter else RIGHT
            number = self.line(written(NUMBERED), *self.body, place)
            number.paragraph_format.space_after = Pt(14 if self.paper.letter else 2)

    def line(self, text: str, font: str, size: float, place: WD_ALIGN_PARAGRAPH | None = None) -> Paragraph:
        """A paragraph of its own."""
        paragraph = self.document.add_paragraph()
        _say(paragraph, text, font, size, place)
        return paragraph

    def add(self, part: Part) -> None:
        """One part of the paper below what is there."""
        match part:
            case Head(texts):
                self._head(texts)
            case To(text):
                self._spaced(self.line(text, *self.body))
            case Text(paragraphs):
                for text in paragraphs:
                    self._spaced(self.line(text, *self.body), first=True)
                # A seal never stands on a page without a word of its letter.
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
            case Note(texts):
                for text in texts:
                    self.line(f"注：{text}", SONG, 9).paragraph_format.space_before = Pt(4)
            case Grid():
                self._grid(part)
            case Listing():
                self._listing(part)
            case Signing(boxes):
                self._signing(boxes)
            case Seal(lines):
                self._seal(lines)

    def _spaced(self, paragraph: Paragraph, *, first: bool = False) -> None:
        size = self.body[1]
        spacing = paragraph.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * 1.75)
        spacing.first_line_indent = Pt(2 * size) if first else None
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if first else LEFT

    def _head(self, texts: Sequence[str]) -> None:
        table = self._table(1, [1] * len(texts), ruled=False)
        for number, (cell, text) in enumerate(zip(table.rows[0].cells, texts, strict=True)):
            place = LEFT if number == 0 else RIGHT if number == len(texts) - 1 else CENTER
            _fill(cell, text, SONG, 10.5, place)

    def _caption(self, caption: str) -> None:
        if caption:
            line = self.line(caption, HEI, 10.5)
            line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(2), Pt(2)
            line.paragraph_format.keep_with_next = True

    def _table(self, rows: int, widths: Sequence[int], *, ruled: bool = True) -> Table:
        """A table over the whole width, its columns by their parts of it."""
        return _table(self.document, rows, [self.width * width / sum(widths) for width in widths], ruled)

    def _grid(self, part: Grid) -> None:
        self._caption(part.caption)
        table = self._table(len(part.rows), part.widths)
        for row, cells in zip(table.rows, part.rows, strict=True):
            _at_least(row, max(cell.tall for cell in cells))
            places, at = list(row.cells), 0
            for cell in cells:
                place = places[at].merge(places[at + cell.span - 1]) if cell.span > 1 else places[at]
                label = cell.is_label
                _fill(place, cell.text, HEI if label else SONG, 10.5, CENTER if label else LEFT)
                at += cell.span
        self._gap()

    def _listing(self, part: Listing) -> None:
        self._caption(part.caption)
        heads = 2 if part.grouped else 1
        table = self._table(heads + 1, [column.width for column in part.columns])
        _headings(table, part, heads)
        row = table.rows[heads]
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, column in zip(row.cells, part.columns, strict=True):
            _fill(cell, written(Mark(column.mark, part.name)), SONG, 9.5, LEFT if column.prose else CENTER)
        self._gap()

    def _signing(self, boxes: Sequence[Box]) -> None:
        table = self._table(1, [1] * len(boxes))
        _at_least(table.rows[0], 32)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, box in zip(table.rows[0].cells, boxes, strict=True):
            _fill(cell, f"{box.label}：", HEI, 10.5, LEFT)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
            _say(cell.add_paragraph(), written(Mark(box.mark)) if box.mark else "", SONG, 10.5, CENTER)
            if not box.mark:
                _say(cell.add_paragraph(), "", SONG, 10.5, CENTER)
            date = cell.add_paragraph()
            _say(date, DATE_LINE, SONG, 10.5, RIGHT)
            date.paragraph_format.space_before = Pt(12)
        self._gap()

    def _seal(self, lines: Sequence[str]) -> None:
        self._gap(keep=True)
        table = _table(self.document, 1, [78], True)
        table.alignment = WD_TABLE_ALIGNMENT.RIGHT
        _dash(table)
        _at_least(table.rows[0], 36)
        cell, (font, size) = table.rows[0].cells[0], self.body
        _fill(cell, lines[0], font, size, CENTER)
        for line in lines[1:]:
            _say(cell.add_paragraph(), line, font, size, CENTER)
        _say(cell.add_paragraph(), "（公章）", SONG, 9, CENTER)
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_before = Pt(6)
        self._gap()

    def _gap(self, *, keep: bool = False) -> None:
        """A little room after a table, without which Word runs it together with the next one."""
        gap = self.document.add_paragraph().paragraph_format
        gap.keep_with_next = keep
        gap.line_spacing_rule, gap.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(6)


# The page and its foot.


def _set_up(document: WordDocument, paper: Layout) -> None:
    section = document.sections[0]
    across, down, top, bottom, left, right = (Mm(number) for number in _measures(paper))
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = across, down
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    section.footer_distance = Mm(10)
    document.core_properties.title, document.core_properties.author = paper.title, "一个都不能少"
    document.core_properties.comments, document.core_properties.language = "", "zh-CN"
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.size = Pt(10.5)
    normal.paragraph_format.space_after = Pt(0)
    set_font(normal.element.get_or_add_rPr(), SONG)
    _foot(section.footer.paragraphs[0])
    _page_number(section.footer.add_paragraph())


def _foot(paragraph: Paragraph) -> None:
    _say(paragraph, FOOT, SONG, 8.5, LEFT)
    paragraph.runs[0].font.color.rgb = GREY


def _page_number(paragraph: Paragraph) -> None:
    for text, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        for run in (paragraph.add_run(text), *([paragraph.add_run()] if field else [])):
            run.font.size = Pt(8.5)
            set_font(run._r.get_or_add_rPr(), SONG)
        if field:
            add_field(paragraph.runs[-1], field)
    paragraph.alignment = CENTER


# Tables and cells.


def _table(document: WordDocument, rows: int, widths: Sequence[float], ruled: bool) -> Table:
    table: Table = document.add_table(rows=rows, cols=len(widths), style="Table Grid" if ruled else None)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    indent_to_margin(table)
    _pad(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _pad(table: Table) -> None:
    """A little air above and below the words of every cell."""
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", "45"), ("left", "85"), ("bottom", "45"), ("right", "85")):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), twips)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _headings(table: Table, part: Listing, heads: int) -> None:
    for row in table.rows[:heads]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    lower, at = [column.head for column in part.columns], 0
    for group, span in part.groups():
        first = table.cell(0, at)
        if heads == 2 and not group:
            first.merge(table.cell(1, at))
        elif span > 1:
            first.merge(table.cell(0, at + span - 1))
        _fill(first, group or lower[at], HEI, 9.5, CENTER)
        if group:
            for column in range(at, at + span):
                _fill(table.cell(1, column), lower[column], HEI, 9.5, CENTER)
        at += span


def _fill(cell: _Cell, text: str, font: str, size: float, place: WD_ALIGN_PARAGRAPH) -> None:
    for extra in cell.paragraphs[1:]:  # what a merge leaves behind
        extra._p.getparent().remove(extra._p)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _say(cell.paragraphs[0], text, font, size, place)


def _say(
    paragraph: Paragraph, text: str, font: str, size: float, place: WD_ALIGN_PARAGRAPH | None = None
) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    set_font(run._r.get_or_add_rPr(), font)
    if place is not None:
        paragraph.alignment = place


def _at_least(row: _Row, mm: int) -> None:
    row.height, row.height_rule = Mm(mm), WD_ROW_HEIGHT_RULE.AT_LEAST


def _dash(table: Table) -> None:
    """Dashed rules around a table instead of its style's."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "dashed"), ("sz", "6"), ("space", "0"), ("color", "808080")):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    table._tbl.tblPr.append(borders)
