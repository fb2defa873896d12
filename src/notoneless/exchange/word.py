"""A page as a Word document on A4, in the fonts every Chinese office has."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from notoneless.core.paper import (
    Answer,
    Block,
    Box,
    DayCell,
    DayRow,
    Heading,
    Items,
    Page,
    Pairs,
    Paragraph,
    Signing,
    Table,
    Tone,
    answer_text,
)
from notoneless.exchange.word_parts import add_field, indent_to_margin, set_font, shade, timeless

SONG, HEI, MONO = "宋体", "黑体", "Consolas"
WIDE = 265  # mm of tables on a sheet laid across
WIDTH = 154  # mm of tables; 156 lie between the margins, as GB/T 9704 sets an official page
DAYS_A_ROW = 8
_CODE = re.compile(r"(`[^`]+`)")
_SHADES = {
    Tone.SEEN: ("EAF6EE", "1B6B3A"),
    Tone.AWAY: ("FDF0EE", "9C1F19"),
    Tone.LEAVE: ("F3F6FA", "1D3F72"),
    Tone.UNKNOWN: ("FFFFFF", "566273"),
    Tone.OFF: ("FFFFFF", "566273"),
}
_SOFT = RGBColor(0x56, 0x62, 0x73)


def word(page: Page) -> bytes:
    """The page as a .docx file; the same page gives the same bytes."""
    document = Document()
    _set_up(document, page)
    title = document.add_paragraph(style="Title")
    _write(title, page.title)
    for block in page.blocks:
        _add(document, block)
    file = io.BytesIO()
    document.save(file)
    return timeless(file)


# The sheet and its styles.


def _set_up(document: WordDocument, page: Page) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(27)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    if page.dense:
        _lay_across(section)
    document.core_properties.title = page.running_head
    document.core_properties.author = "一个都不能少"
    document.core_properties.comments = ""
    document.core_properties.language = "zh-CN"
    _style(document, "Normal", SONG, 11)
    _style(document, "Title", HEI, 18)
    _style(document, "Heading 1", HEI, 14)
    _style(document, "Heading 2", HEI, 11.5)
    _style(document, "List Bullet", SONG, 11)
    _style(document, "Header", SONG, 9)
    _style(document, "Footer", SONG, 9)
    _head_and_foot(document, page)


def _lay_across(section: Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("top_margin", "bottom_margin", "left_margin", "right_margin"):
        setattr(section, side, Mm(15))


def _is_dense(document: WordDocument) -> bool:
    return document.sections[0].orientation == WD_ORIENT.LANDSCAPE


def _width(document: WordDocument) -> float:
    """How wide tables are, in mm."""
    return WIDE if _is_dense(document) else WIDTH


def _style(document: WordDocument, name: str, font: str, size: float) -> None:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), False, RGBColor(0, 0, 0)
    set_font(style.element.get_or_add_rPr(), font)
    spacing = style.paragraph_format
    heading = name.startswith("Heading")
    spacing.space_before = Pt(14 if heading else 0)
    spacing.space_after = Pt(12 if name == "Title" else 4)
    spacing.line_spacing = 1.25
    spacing.keep_with_next = heading
    if name == "Title":
        spacing.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def _head_and_foot(document: WordDocument, page: Page) -> None:
    section = document.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.alignment = foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run(page.running_head)
    for text, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES")):
        foot.add_run(text)
        add_field(foot.add_run(), field)
    foot.add_run(" 页")


# Blocks.


def _add(document: WordDocument, block: Block) -> None:
    match block:
        case Heading(level, text):
            _write(document.add_paragraph(style=f"Heading {level - 1}"), text)
        case Paragraph(text, said):
            _paragraph(document, text, said)
        case Items(rows):
            for row in rows:
                _write(document.add_paragraph(style="List Bullet"), row)
        case Pairs(pairs):
            for name, text in pairs:
                _pair(document, name, text)
        case Table(head, rows, shares):
            _table(document, [head, *rows], shares)
        case DayRow(cells):
            for start in range(0, len(cells), DAYS_A_ROW):
                _days(document, cells[start : start + DAYS_A_ROW])
        case Answer(question, choices):
            document.paragraphs[-1].paragraph_format.keep_with_next = True
            line = document.add_paragraph()
            _write(line, f"{question}：{answer_text(choices)}")
            line.paragraph_format.space_before = Pt(6)
        case Signing(labels):
            _signing(document, labels)
        case Box(title, blocks):
            _box(document, title, blocks)


def _write(paragraph: WordParagraph, text: str) -> None:
    """The text, what stands between backquotes in a narrow grey font."""
    for part in filter(None, _CODE.split(text)):
        run = paragraph.add_run(part.strip("`"))
        if part.startswith("`"):
            set_font(run._r.get_or_add_rPr(), MONO)
            run.font.size, run.font.color.rgb = Pt(9), _SOFT


def _paragraph(document: WordDocument, text: str, said: bool) -> None:
    paragraph = document.add_paragraph()
    _write(paragraph, text)
    if said:
        paragraph.paragraph_format.left_indent = Mm(6)
        paragraph.paragraph_format.keep_with_next = True


def _pair(document: WordDocument, name: str, text: str) -> None:
    paragraph = document.add_paragraph()
    label = paragraph.add_run(f"{name}：\t")
    set_font(label._r.get_or_add_rPr(), HEI)
    _write(paragraph, text)
    paragraph.paragraph_format.left_indent = Mm(22)
    paragraph.paragraph_format.first_line_indent = Mm(-22)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(22))


def _box(document: WordDocument, title: str, blocks: Sequence[Block]) -> None:
    line = document.add_paragraph()
    _write(line, title)
    set_font(line.runs[0]._r.get_or_add_rPr(), HEI)
    line.paragraph_format.space_before = Pt(6)
    line.paragraph_format.keep_with_next = True
    start = len(document.paragraphs)
    for block in blocks:
        _add(document, block)
    for paragraph in document.paragraphs[start:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _grid(document: WordDocument, rows: int, widths: Sequence[float]) -> WordTable:
    """An empty ruled table with columns of these widths in mm, whose rows never break over a page."""
    table: WordTable = document.add_table(rows=rows, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    indent_to_margin(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _table(document: WordDocument, rows: Sequence[Sequence[str]], shares: Sequence[int]) -> None:
    table = _grid(document, len(rows), [_width(document) * share / sum(shares) for share in shares])
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text in zip(row.cells, texts, strict=True):
            _fill(cell, text, HEI if number == 0 else SONG, 7.5 if _is_dense(document) else 9)
            if number == 0:
                shade(cell, "F3F6FA")
    _gap(document)


def _fill(cell: _Cell, text: str, font: str, size: float = 9) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    _write(paragraph, text)
    for run in paragraph.runs:
        run.font.size = Pt(size)
        set_font(run._r.get_or_add_rPr(), font)


def _days(document: WordDocument, cells: Sequence[DayCell]) -> None:
    table = _grid(document, 1, [_width(document) / DAYS_A_ROW] * len(cells))
    for place, cell in zip(table.rows[0].cells, cells, strict=True):
        ground, ink = _SHADES[cell.tone]
        for text, paragraph in ((cell.when, place.paragraphs[0]), (cell.mark, place.add_paragraph())):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.keep_with_next = True
            run = paragraph.add_run(text)
            run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(ink)
        shade(place, ground)
    _gap(document)


def _signing(document: WordDocument, labels: Sequence[str]) -> None:
    _gap(document)
    table = _grid(document, 1, [_width(document) / len(labels)] * len(labels))
    table.rows[0].height = Mm(22)
    for cell, label in zip(table.rows[0].cells, labels, strict=True):
        _fill(cell, f"{label}：", SONG)
    _gap(document)


def _gap(document: WordDocument) -> None:
    """A little room after a table, which has no spacing of its own."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(6)
