"""Files of a pack: workbooks without formulas, bundles without moments, and LibreOffice opens them."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from builders import at
from openpyxl import load_workbook
from world import a_holder, the_world

from notoneless.core.terms import Post
from notoneless.exchange.bundle import File, bundle, unbundled
from notoneless.exchange.table_book import Sheet, table_book
from notoneless.services.inspection_pack import inspection_pack

MARKS = (("单位", "示范县"), ("导出人", "安"))


def test_whatever_a_text_begins_with_it_stays_a_text() -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\x07响铃", "01234567890123456"]
    content = table_book([Sheet("表", (), ("甲",), [(text,) for text in texts])], MARKS)
    page = load_workbook(BytesIO(content)).active
    assert page is not None
    read = [page.cell(row, 1) for row in range(4, 10)]
    assert [cell.data_type for cell in read] == ["s"] * 6
    assert [cell.value for cell in read] == [*texts[:4], "响铃", texts[5]]


def test_sheets_of_one_name_and_of_a_long_one_both_open() -> None:
    title = "一/张[名字]很长很长很长很长很长很长很长很长很长很长很长很长的表"
    book = load_workbook(BytesIO(table_book([Sheet(title, ("口径",), ("甲",), [])] * 3, MARKS)))
    assert len(set(book.sheetnames)) == 3


def test_a_bundle_is_the_same_whenever_it_is_packed_and_comes_apart_again() -> None:
    files = [File("1 制度/1-01 现行.docx", b"x"), File("说明.md", "每个数".encode())]
    assert bundle(files) == bundle(files)
    assert unbundled(bundle(files)) == files
    with zipfile.ZipFile(BytesIO(bundle(files))) as archive:
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o600}


@pytest.mark.papers
@pytest.mark.django_db
def test_libreoffice_opens_the_index_and_a_workbook(tmp_path: Path) -> None:
    world = the_world()
    pack = inspection_pack(
        by=a_holder(world, Post.COUNTY_BUREAU), place=world.county, year=2025, at=at("2025-09-19 16:00")
    )
    wanted = ("0 目录.docx", "适龄儿童少年台账.xlsx", "3-01 指标.xlsx")
    paths = []
    for file in unbundled(pack.content):
        if file.name.endswith(wanted):
            paths.append(tmp_path / file.name.rsplit("/", 1)[-1])
            paths[-1].write_bytes(file.content)
    assert len(paths) == len(wanted)
    run = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*run, "--outdir", str(tmp_path), *map(str, paths)], check=True, capture_output=True)
    index, ledger, figures = (_text(path.with_suffix(".pdf")) for path in sorted(paths))
    assert "示范县控辍保学迎检材料" in index
    assert "甲近儿" in ledger
    assert "F-DR-MOE" in figures


def _text(path: Path) -> str:
    printed = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, text=True
    )
    return "".join(printed.stdout.split())
