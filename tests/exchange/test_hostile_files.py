"""No file, however made, hurts more than the child that reads it; every refusal is a sentence."""

from __future__ import annotations

import os
import resource
import zipfile
from pathlib import Path

import pytest
from drawings import workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from notoneless.exchange.limits import Limits
from notoneless.exchange.problems import Problem, Unreadable
from notoneless.exchange.refusals import SENTENCES
from notoneless.exchange.workbooks import Fault, read_workbook

CONTENT_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="{target}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>"""
BOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="考勤" sheetId="1" r:id="rId1"/></sheets></workbook>"""
SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""


def handmade(path: Path, rows: str, **more: bytes) -> Path:
    """An .xlsx put together by hand around these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(target="xl/workbook.xml", kind="officeDocument"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", RELATIONS.format(target="worksheets/sheet1.xml", kind="worksheet")
        )
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows=rows))
        for name, content in more.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, limits: Limits = Limits()) -> Problem:  # noqa: B008 - a constant
    """The one problem the file is refused with."""
    with pytest.raises(Unreadable) as caught:
        read_workbook(path, limits=limits)
    (problem,) = caught.value.problems
    return problem


def refused_with(code: str, problem: Problem) -> bool:
    """Whether the sentence is that of this code, whatever numbers it was filled with."""
    return problem.message == SENTENCES[code].format(**Limits()._asdict(), file_megabytes=30)


def a_cell(name: str, text: str = "1") -> str:
    return f'<row r="{name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{name}"><v>{text}</v></c></row>'


def test_a_cell_at_the_far_corner_is_named_and_the_parent_does_not_grow(tmp_path: Path) -> None:
    path = handmade(tmp_path / "far.xlsx", a_cell("A1") + a_cell("XFD1048576"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    problem = refusal(path)
    assert (problem.file, problem.sheet, problem.cell) == ("far.xlsx", "考勤", "XFD1048576")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_a_far_corner_the_first_look_misses_kills_only_the_child(tmp_path: Path) -> None:
    far = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"  # the look expects double quotes
    assert refused_with("too_much", refusal(handmade(tmp_path / "far.xlsx", a_cell("A1") + far)))


def test_columns_formatted_to_the_last_row_do_no_harm(tmp_path: Path) -> None:
    path = handmade(
        tmp_path / "formatted.xlsx", a_cell("A1") + '<row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    assert read_workbook(path).sheets[0].rows == [[1]]


@pytest.mark.parametrize(("cell", "code"), [("A200001", "too_many_rows"), ("OK1", "too_many_columns")])
def test_a_cell_beyond_the_limits_is_named(tmp_path: Path, cell: str, code: str) -> None:
    problem = refusal(handmade(tmp_path / "wide.xlsx", a_cell(cell)))
    assert problem.cell == cell
    assert refused_with(code, problem)


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = handmade(tmp_path / "bomb.xlsx", "", **{"xl/worksheets/sheet2.xml": bytes(50_000_000)})
    assert path.stat().st_size < 100_000
    assert refused_with("unpacks_too_big", refusal(path))


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    rows = a_cell("A1") + " " * 30_000_000
    path = handmade(tmp_path / "lie.xlsx", rows)
    true, told = (size.to_bytes(4, "little") for size in (len(SHEET.format(rows=rows)), 300))
    whole = path.read_bytes()
    assert whole.count(true) == 2  # before the content and in the directory
    path.write_bytes(whole.replace(true, told))
    assert refused_with("damaged", refusal(path))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = handmade(tmp_path / "lol.xlsx", "")
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(target="s.xml", kind="worksheet"))
        archive.writestr("xl/workbook.xml", f"<?xml version='1.0'?>{lol}]><workbook>&i;</workbook>")
    assert refused_with("damaged", refusal(path))


def test_a_child_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 一="1 | 2")
    assert refused_with("too_slow", refusal(path, Limits(wall_seconds=0)))


def test_an_answer_that_grows_too_long_is_cut_off(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 一="\n".join(["云小朵 | 石小满"] * 900))
    assert refused_with("too_much", refusal(path, Limits(answer_bytes=4096)))


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 一="1 | 2\n3 | 4", 二="5 | 6")
    assert refusal(path, Limits(cells=5)).sheet == "二"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + bytes(range(256)) * 2, "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(range(256)) * 8, "damaged"),
        (b"%PDF-1.7 \xe4\xbb\xb6", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not_a_table"),
        (b"\xff\xfe\x00\xd8", "not_text"),
        (b"\x81", "not_text"),
        (b"a,\x07", "not_text"),
        (b"\xef\xbb\xbf  <HTML><table><tr><td>1</td></tr></table>", "html"),
        (b"<table border=1>", "html"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "xml"),
        (b'a,"b', "bad_quotes"),
    ],
)
def test_what_is_no_table_is_refused_with_its_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(content)
    problem = refusal(path)
    assert problem.file == "名单.xls"
    assert refused_with(code, problem)


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", 一="1 | 2")
    path.write_bytes(path.read_bytes()[:-300])
    assert refused_with("damaged", refusal(path))


def test_a_word_document_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused_with("not_a_table", refusal(tmp_path / "a.xlsx"))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "missing.xlsx", tmp_path / ("长" * 300), tmp_path / "a\0b"):
        assert refused_with("missing", refusal(path))


def test_a_formula_without_a_value_says_so(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"], sheet["C1"] = "姓名", "=1+1", "尾"
    book.save(tmp_path / "formula.xlsx")
    assert read_workbook(tmp_path / "formula.xlsx").sheets[0].rows == [["姓名", Fault(""), "尾"]]


def test_an_error_value_says_which(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="e"><f>NA()</f><v>#N/A</v></c><c r="B1"><v>2</v></c></row>'
    path = handmade(tmp_path / "error.xlsx", rows)
    assert read_workbook(path).sheets[0].rows == [[Fault("#N/A"), 2]]


@settings(max_examples=30)
@given(content=st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("random") / "x.xls"
    path.write_bytes(content)
    read_or_refused(path)


@settings(max_examples=30)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray((Path(__file__).parents[2] / "examples" / data.draw(SAMPLES)).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=20)):
        whole[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "x.xlsx"
    path.write_bytes(bytes(whole))
    read_or_refused(path)


SAMPLES = st.sampled_from(["roster.xls", "roster.xlsx", "attendance-2026-11.xlsx", "roster-gbk.xls"])


def read_or_refused(path: Path) -> None:
    """Read the file; any exception but Unreadable, and an Unreadable without a place, fails the test."""
    named = {path.name}
    try:
        named.add(read_workbook(path).file)
    except Unreadable as unreadable:
        named |= {problem.file for problem in unreadable.problems}
    assert named == {path.name}
