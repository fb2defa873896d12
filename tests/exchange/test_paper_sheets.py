"""Papers in Excel: every value in its place as text, the sheet kept when a list makes it longer."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet
from paper_samples import KINDS, made, sheet_texts, signature, values, words

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import Filling, clean
from notoneless.exchange.papers.marks import named
from notoneless.exchange.papers.rendering import blank, render
from notoneless.exchange.papers.sheet_form import fill_sheet
from notoneless.exchange.papers.sheet_parts import HIGHEST

XLSX = PaperFormat.XLSX
CARD, VISIT, REGISTER = PaperKind.FAMILY_CARD, PaperKind.VISIT_RECORD, PaperKind.ABSENCE_REGISTER
NASTY = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@a",
    "#N/A",
    "{{学生姓名}}",
    "_x0041_",
    "'单引号",
    "007",
    "1e5",
    "‮مرحبا",
]
ANY_TEXT = st.one_of(st.text(max_size=40), st.sampled_from(NASTY))

ORDINARY = render(CARD, values(CARD, 1), XLSX)


def only_sheet(content: bytes) -> Worksheet:
    """The one sheet of the workbook."""
    return load_workbook(io.BytesIO(content)).worksheets[0]


def merges(content: bytes) -> set[str]:
    """The merged cells of the sheet."""
    return {each.coord for each in only_sheet(content).merged_cells.ranges}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_every_paper_is_in_its_workbook(kind: PaperKind) -> None:
    texts = "\n".join(sheet_texts(made(kind, XLSX)))
    assert [word for word in words(values(kind)) if word not in texts] == []
    assert named(texts) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_prints_on_a4_with_its_headings_on_every_page(kind: PaperKind) -> None:
    sheet = only_sheet(made(kind, XLSX))
    assert sheet.page_setup.paperSize == 9
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert int(str(sheet.print_area).rpartition("$")[2]) >= sheet.max_row
    if "名单" in values(kind):
        first, _, last = (sheet.print_title_rows or "").replace("$", "").partition(":")
        rows = sheet.iter_rows(min_row=int(first), max_row=int(last))
        heads = {cell.value for row in rows for cell in row}
        assert "序号" in heads


def test_the_same_values_give_the_same_workbook() -> None:
    assert made(VISIT, XLSX) == render(VISIT, values(VISIT), XLSX)


@settings(max_examples=10)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_comes_back_as_it_was_and_is_never_a_formula(once: str, row: str) -> None:
    given = values(CARD, 1, 班主任=once, 监护人=[{"姓名": row, "关系": "", "电话": "1"}])
    paper = render(CARD, given, XLSX)
    assert merges(paper) == merges(ORDINARY)
    cells = [cell for cells in only_sheet(paper).iter_rows() for cell in cells if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    texts = [str(cell.value).replace("_x005F_", "_") for cell in cells]  # as a spreadsheet reads it
    assert not clean(once) or clean(once) in texts
    assert not clean(row) or clean(row) in texts


def test_signatures_are_drawn_beside_their_labels() -> None:
    sheet = only_sheet(render(VISIT, values(VISIT, 家长签名=signature(), 走访人签名=""), XLSX))
    (image,) = sheet._images  # type: ignore[attr-defined]
    label = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "家长签字：")
    assert image.anchor._from.row == label.row  # counted from 0: the row below the label


def office_form() -> bytes:
    """A county's own sheet: a list between a merged heading and a merged foot."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A3"], sheet["B3"], sheet["D3"] = (
        "{{题目}}",
        "{{名单.序号}}",
        "{{名单.姓名}}",
        "{{名单.天数}}",
    )
    sheet["A2"], sheet["E2"], sheet["A4"], sheet["A6"] = "名单", "竖排", "合计 {{人数}} 人", "签字：{{签名}}"
    sheet["D3"].number_format, sheet["D3"].font = "0.0", Font(name="楷体", size=13)
    for cell in ("B3", "C3"):
        sheet[cell].border = Border(bottom=Side(style="double"))
    for merged in ("A1:E1", "B3:C3", "A4:E4", "E2:E3", "A6:B7"):
        sheet.merge_cells(merged)
    sheet.row_dimensions[3].height, sheet.row_dimensions[4].height = 33, 44
    sheet.print_area, sheet.print_title_rows = "A1:E7", "1:2"
    sheet.row_breaks.append(Break(id=5))
    sheet.add_image(Image(io.BytesIO(signature().png)), "C6")
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def filled_form(*days: str) -> Worksheet:
    """The county's sheet with a line for each of these days."""
    rows = [{"序号": str(n), "姓名": f"生{n}", "天数": day} for n, day in enumerate(days, 1)]
    once = {"题目": "台账", "人数": str(len(days)), "签名": "甲"}
    return only_sheet(fill_sheet(office_form(), Filling(once, {"名单": rows})))


def test_what_stands_below_a_list_moves_down_with_all_it_has() -> None:
    sheet = filled_form("1", "2.5", "三")
    assert [sheet[cell].value for cell in ("A1", "A6", "A8")] == ["台账", "合计 3 人", "签字：甲"]
    assert {each.coord for each in sheet.merged_cells.ranges} == {
        *("A1:E1", "B3:C3", "B4:C4", "B5:C5", "E2:E5", "A6:E6", "A8:B9"),
    }
    assert [sheet.row_dimensions[row].height for row in (3, 4, 5, 6)] == [33, 33, 33, 44]
    assert (sheet.print_area, sheet.print_title_rows) == ("'Sheet'!$A$1:$E$9", "$1:$2")
    assert [each.id for each in sheet.row_breaks.brk] == [7]
    (image,) = sheet._images  # type: ignore[attr-defined]
    assert image.anchor._from.row == 7


def test_a_repeated_row_looks_like_the_first() -> None:
    sheet = filled_form("1", "2.5", "三")
    assert {sheet.cell(row, 4).font.name for row in (3, 4, 5)} == {"楷体"}
    assert {sheet.cell(row, 3).border.bottom.style for row in (3, 4, 5)} == {"double"}


def test_a_cell_formatted_for_numbers_gets_a_number_where_the_value_is_one() -> None:
    sheet = filled_form("1", "2.5", "三")
    assert [sheet.cell(row, 4).value for row in (3, 4, 5)] == [1, 2.5, "三"]
    assert sheet["A3"].value == "1"


def test_one_line_leaves_the_sheet_as_long_as_it_was() -> None:
    sheet = filled_form("1")
    assert str(sheet.print_area) == "'Sheet'!$A$1:$E$7"
    assert "E2:E3" in {each.coord for each in sheet.merged_cells.ranges}


def test_a_row_grows_with_its_words_and_the_type_shrinks_when_it_can_grow_no_more() -> None:
    short, long, longer = (
        only_sheet(render(VISIT, values(VISIT, 了解到的情况="话" * length), XLSX))
        for length in (10, 400, 3000)
    )
    row = next(cell.row for cells in short.iter_rows() for cell in cells if cell.value == "话" * 10)
    heights = [sheet.row_dimensions[row].height or 0 for sheet in (short, long, longer)]
    assert heights[0] < heights[1] < heights[2] <= HIGHEST
    sizes = [sheet.cell(row, 2).font.size for sheet in (short, long, longer)]
    assert sizes[0] == sizes[1] > sizes[2]


def test_an_ampersand_in_the_foot_is_no_code() -> None:
    texts = sheet_texts(render(CARD, values(CARD, 截至时间="甲&乙 &P"), XLSX))
    assert any("甲&&乙 &&P" in text for text in texts)


def test_the_blank_is_what_an_office_starts_from() -> None:
    texts = sheet_texts(blank(CARD, XLSX))
    assert "{{学生姓名}}" in texts
    assert "{{监护人.姓名}}" in texts
    with pytest.raises(ValueError, match="PDF"):
        blank(CARD, PaperFormat.PDF)
