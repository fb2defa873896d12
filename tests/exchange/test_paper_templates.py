"""An office's own files: filled where they fit, told what to put right where not, harmless in any case."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from paper_samples import sheet_texts, values, word_texts

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers import templates
from notoneless.exchange.papers.filling import PaperProblem
from notoneless.exchange.papers.rendering import blank, render
from notoneless.exchange.papers.template_check import problems
from notoneless.exchange.papers.template_limits import LIMITS, Unfit, look_into
from notoneless.exchange.papers.templates import TemplateProblem, check_template
from notoneless.exchange.papers.wanted import of_paper

CARD, TUITION = PaperKind.FAMILY_CARD, PaperKind.HOME_TUITION_FILE
DOCX, XLSX, PDF = PaperFormat.DOCX, PaperFormat.XLSX, PaperFormat.PDF
BOTH = pytest.mark.parametrize("form", [DOCX, XLSX])


def own_word(change: Callable[[WordDocument], object], kind: PaperKind = CARD) -> bytes:
    """Our blank as an office changed it in Word."""
    document = Document(io.BytesIO(blank(kind, DOCX)))
    change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def own_sheet(change: Callable[[Worksheet], object], kind: PaperKind = CARD) -> bytes:
    """Our blank as an office changed it in Excel."""
    book = load_workbook(io.BytesIO(blank(kind, XLSX)))
    change(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def set_cell(cell: str, value: str) -> Callable[[Worksheet], None]:
    """Write into a cell."""

    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return change


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The file with one more part in its archive, or another one under this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, part)
    return file.getvalue()


def found(form: PaperFormat, content: bytes, kind: PaperKind = CARD) -> list[tuple[str, str]]:
    """What is wrong with a template, as code and mark."""
    return [(problem.code, problem.mark) for problem in problems(of_paper(kind), form, content)]


def refused(form: PaperFormat, content: bytes) -> str:
    """Why the file is not even looked at."""
    with pytest.raises(Unfit) as raised:
        look_into(content, form)
    return raised.value.code


@BOTH
def test_our_own_blank_is_a_fit_template_and_gives_our_own_paper(form: PaperFormat) -> None:
    template = blank(TUITION, form)
    assert check_template(TUITION, form, template) == ()
    assert render(TUITION, values(TUITION), form, template=template) == render(TUITION, values(TUITION), form)


def test_an_offices_words_and_pictures_stay_in_its_paper() -> None:
    template = own_word(lambda document: document.add_paragraph("本县另行规定：{{学校}}存档"))
    assert "本县另行规定：学校值存档" in word_texts(render(CARD, values(CARD), DOCX, template=template))
    sheet = own_sheet(set_cell("A30", "本县另行规定：{{学校}}存档"))
    assert "本县另行规定：学校值存档" in sheet_texts(render(CARD, values(CARD), XLSX, template=sheet))


def test_a_mark_that_is_gone_is_missed_by_name() -> None:
    def lose(document: WordDocument) -> None:
        cell = next(c for c in document.tables[1]._cells if "{{班主任}}" in c.text)
        cell.paragraphs[0].runs[0].text = ""

    (problem,) = check_template(CARD, DOCX, own_word(lose))
    assert problem == TemplateProblem("missing", "{{班主任}}")
    assert "{{班主任}}" in problem.zh
    assert "{{班主任}}" in problem.en


def test_a_lists_column_that_is_gone_is_missed_but_its_number_is_not() -> None:
    def lose(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in ("{{监护人.序号}}", "{{监护人.电话}}"):
                    cell.value = None  # type: ignore[union-attr]

    assert found(XLSX, own_sheet(lose)) == [("missing", "{{监护人.电话}}")]


@pytest.mark.parametrize(
    "mark", ["{{家长}}", "{{''.__class__}}", "{{监护人.星座}}", "{{学生姓名|upper}}", "{{7*7}}"]
)
def test_a_mark_nobody_knows_is_shown_with_its_place(mark: str) -> None:
    (problem,) = problems(of_paper(CARD), XLSX, own_sheet(set_cell("A30", f"写上{mark}")))
    assert problem.code == "unknown"
    assert "A30" in problem.zh
    assert "A30" in problem.en
    (problem,) = problems(
        of_paper(CARD), DOCX, own_word(lambda document: document.add_paragraph(f"写上{mark}"))
    )
    assert problem.code == "unknown"
    assert problem.where_zh.startswith("第 ")
    assert problem.where_zh.endswith(" 段")


@pytest.mark.parametrize(
    "text", ["{{学生姓名", "学生姓名}}", "{% for x in 监护人 %}", "{# x #}", "{{ {{学生姓名}} }}", "{{}}"]
)
@BOTH
def test_braces_that_hold_no_mark_are_shown(form: PaperFormat, text: str) -> None:
    word = own_word(lambda document: document.add_paragraph(text))
    content = word if form is DOCX else own_sheet(set_cell("A30", text))
    assert [code for code, _ in found(form, content)] == ["broken"]


def test_a_lists_mark_outside_of_a_table_is_shown() -> None:
    content = own_word(lambda document: document.add_paragraph("家长{{监护人.姓名}}"))
    assert found(DOCX, content) == [("not_in_row", "{{监护人.姓名}}")]


def test_marks_of_two_lists_in_one_row_are_shown() -> None:
    def mix(sheet: Worksheet) -> None:
        row = next(c.row for cells in sheet.iter_rows() for c in cells if c.value == "{{送教.日期}}")
        sheet.cell(row or 0, 30).value = "{{评估记录.日期}}"

    assert ("two_lists", "{{评估记录.日期}}") in found(XLSX, own_sheet(mix, TUITION), TUITION)


def test_a_list_row_that_is_merged_downwards_cannot_repeat() -> None:
    def merge(sheet: Worksheet) -> None:
        row = next(c.row for cells in sheet.iter_rows() for c in cells if c.value == "{{监护人.姓名}}")
        sheet.merge_cells(f"Z{row}:Z{(row or 0) + 1}")

    assert [code for code, _ in found(XLSX, own_sheet(merge))] == ["tall_row"]


def test_a_formula_is_shown_with_its_cell() -> None:
    (problem,) = problems(of_paper(CARD), XLSX, own_sheet(set_cell("B31", '=WEBSERVICE("http://x")')))
    assert problem.code == "formula"
    assert "B31" in problem.zh


@BOTH
def test_a_template_that_is_not_fit_fills_nothing(form: PaperFormat) -> None:
    with pytest.raises(PaperProblem) as raised:
        render(CARD, values(CARD), form, template=blank(TUITION, form))
    assert raised.value.code == "template"
    assert "模板" in raised.value.zh


def test_a_pdf_is_no_template() -> None:
    assert [problem.code for problem in check_template(CARD, PDF, b"%PDF-")] == ["no_template"]


# Files made to hurt.


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 100, b"not a file", b"%PDF-1.7"])
@BOTH
def test_what_is_no_office_file_is_damaged(form: PaperFormat, content: bytes) -> None:
    assert [problem.code for problem in check_template(CARD, form, content)] == ["damaged"]


def test_a_workbook_is_no_word_file() -> None:
    assert refused(DOCX, blank(CARD, XLSX)) == "not_docx"
    assert refused(XLSX, blank(CARD, DOCX)) == "not_xlsx"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
@BOTH
def test_a_file_cut_short_is_damaged(form: PaperFormat, cut: float) -> None:
    whole = blank(CARD, form)
    assert refused(form, whole[: int(len(whole) * cut)]) == "damaged"


@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "word/embeddings/oleObject1.bin",
        "word/activeX/activeX1.xml",
        "word/afchunk1.mht",
    ],
)
def test_macros_and_embedded_files_are_refused(name: str) -> None:
    assert refused(DOCX, with_part(blank(CARD, DOCX), name, b"x")) == "active"


def test_a_macro_file_that_was_renamed_is_refused() -> None:
    types = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    assert refused(DOCX, with_part(blank(CARD, DOCX), "[Content_Types].xml", types)) == "active"


def test_what_would_be_fetched_from_elsewhere_is_refused() -> None:
    relation = (
        b"<Relationships><Relationship Target=\"http://x/y.dotm\" TargetMode = 'External'/></Relationships>"
    )
    content = with_part(blank(CARD, DOCX), "word/_rels/settings.xml.rels", relation)
    assert refused(DOCX, content) == "outside"


@pytest.mark.parametrize("part", [b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<x/>".encode("utf-16")])
def test_xml_that_could_grow_or_hide_is_refused(part: bytes) -> None:
    assert refused(DOCX, with_part(blank(CARD, DOCX), "word/styles.xml", part)) in {"active", "damaged"}


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(blank(CARD, DOCX), "word/media/a.xml", b"<x>" + b" " * 25_000_000)
    assert len(bomb) < 100_000
    assert refused(DOCX, bomb) == "too_big"


def test_a_file_that_is_too_large_is_not_even_handed_to_the_child() -> None:
    assert [p.code for p in check_template(CARD, DOCX, b"x" * (LIMITS.file_bytes + 1))] == ["too_big"]


def test_the_child_is_stopped_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "LIMITS", LIMITS._replace(wall_seconds=0))
    assert [problem.code for problem in check_template(CARD, DOCX, blank(CARD, DOCX))] == ["too_slow"]


@pytest.mark.parametrize("answer", [b"", b"[]", b"nonsense", b'{"problems": [["no such code"]]}'])
def test_an_answer_in_another_form_counts_as_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    def run(question: Any, out: Any) -> int:
        out.write(answer)
        return 0

    monkeypatch.setattr(templates, "_run", run)
    with pytest.raises(PaperProblem) as raised:
        render(CARD, values(CARD), DOCX, template=blank(CARD, DOCX))
    assert "损坏" in raised.value.zh
