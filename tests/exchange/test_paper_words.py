"""Papers in Word: every value in its place, word for word, and the file otherwise as it was."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_samples import KINDS, made, signature, values, word_texts, words

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import clean, filling
from notoneless.exchange.papers.layout import layout
from notoneless.exchange.papers.marks import named
from notoneless.exchange.papers.rendering import blank, render
from notoneless.exchange.papers.word_form import fill_word

DOCX = PaperFormat.DOCX
CARD, VISIT, REGISTER, LETTER = (
    PaperKind.FAMILY_CARD,
    PaperKind.VISIT_RECORD,
    PaperKind.ABSENCE_REGISTER,
    PaperKind.NOTICE_TO_RETURN,
)
NASTY = [
    "{{学生姓名}}",
    "{{''.__class__}}",
    "{% for x in y %}",
    "#let x = 1",
    "a\\b]c",
    "<w:t>&amp;</w:t>",
    "‮مرحبا",
    "=1+1",
]
ANY_TEXT = st.one_of(st.text(max_size=40), st.sampled_from(NASTY))

ORDINARY = render(CARD, values(CARD, 1), DOCX)


def tables(content: bytes) -> list[Any]:
    """The tables of the file."""
    return list(Document(io.BytesIO(content)).tables)


def shape(content: bytes) -> list[list[int]]:
    """How many cells each row of each table has."""
    return [[len(row._tr.tc_lst) for row in table.rows] for table in tables(content)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_every_paper_is_in_its_word_file(kind: PaperKind) -> None:
    texts = "\n".join(word_texts(made(kind, DOCX)))
    assert [word for word in words(values(kind)) if word not in texts] == []
    assert named(texts) == ()
    assert layout(kind).title in texts


@pytest.mark.parametrize("kind", [CARD, VISIT, LETTER])
def test_the_same_values_give_the_same_word_file(kind: PaperKind) -> None:
    assert made(kind, DOCX) == render(kind, values(kind), DOCX)
    parts = zipfile.ZipFile(io.BytesIO(made(kind, DOCX))).infolist()
    assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}


@settings(max_examples=15)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_comes_back_as_it_was_and_changes_nothing_around_it(once: str, row: str) -> None:
    given = values(CARD, 1, 班主任=once, 监护人=[{"姓名": row, "关系": "", "电话": "1"}])
    paper = render(CARD, given, DOCX)
    assert shape(paper) == shape(ORDINARY)
    texts = word_texts(paper)
    assert clean(once) in texts
    assert clean(row) in texts


def test_a_list_has_a_row_for_each_of_its_lines_and_repeats_its_headings() -> None:
    (table,) = [
        each for each in tables(render(REGISTER, values(REGISTER, 200), DOCX)) if len(each.rows) > 100
    ]
    assert len(table.rows) == 202
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, True] + [False] * 200
    assert [table.cell(2, 0).text, table.cell(201, 0).text] == ["1", "200"]


def test_a_mark_that_word_cut_into_pieces_is_still_filled() -> None:
    document = Document(io.BytesIO(blank(CARD, DOCX)))
    paragraph = document.add_paragraph()
    for piece in ("兹有{", "{学生", "姓", "名}", "}同学"):
        paragraph.add_run(piece).bold = piece == "姓"
    file = io.BytesIO()
    document.save(file)
    texts = word_texts(fill_word(file.getvalue(), filling(CARD, values(CARD, 学生姓名="林小禾"))))
    assert "兹有林小禾同学" in texts


def test_line_ends_and_tabs_stay_what_they_are() -> None:
    texts = word_texts(render(VISIT, values(VISIT, 达成措施="一、补课\n二、\t每周通话\n"), DOCX))
    assert "一、补课\n二、\t每周通话\n" in texts


def test_signatures_are_drawn_into_their_boxes() -> None:
    document = Document(io.BytesIO(render(VISIT, values(VISIT, 家长签名=signature()), DOCX)))
    cells = [cell for cell in document.tables[-1].rows[0].cells if cell._tc.findall(f".//{qn('w:drawing')}")]
    assert [cell.paragraphs[0].text for cell in cells] == ["家长签字：", "走访人签字："]


def test_a_letter_has_the_margins_of_an_official_letter() -> None:
    section = Document(io.BytesIO(render(LETTER, values(LETTER), DOCX))).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]


def test_the_properties_of_a_table_stand_in_the_order_the_format_asks_for() -> None:
    order = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
    for table in tables(render(REGISTER, values(REGISTER), DOCX)):
        names = [element.tag.rpartition("}")[2] for element in table._tbl.tblPr]
        assert names == sorted(names, key=order.index)
