"""Papers as PDF and as LibreOffice prints them: all the words, the fonts, the pages they should take."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from paper_samples import KINDS, made, values, words

from notoneless.core.paper import (
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
)
from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.page_pdf import pdf
from notoneless.exchange.papers.rendering import render

PDF = PaperFormat.PDF
CARD, REGISTER, LETTER = PaperKind.FAMILY_CARD, PaperKind.ABSENCE_REGISTER, PaperKind.NOTICE_TO_RETURN
# In the office's type these take a second sheet when a table stands between their paragraphs.
# Two tables and the chain of signatures: with words as long as these they take a second page.
FORMS_OF_REPORTS = {PaperKind.WEEKLY_CHECK, PaperKind.MONTHLY_REPORT, PaperKind.PERIOD_REPORT}
LONG_LETTERS = {PaperKind.REPORT_TO_TOWNSHIP, PaperKind.REPORT_TO_BUREAU, PaperKind.RESPONSIBILITY_STATEMENT}


def run(*command: str) -> str:
    """What a program of the system prints."""
    return subprocess.run(command, check=True, capture_output=True, timeout=400, text=True).stdout


def text_of(path: Path, order: str = "-raw") -> str:
    """The words of a PDF without spaces and line ends, which a narrow cell adds."""
    return "".join(run("pdftotext", order, str(path), "-").replace("\u200b", "").split())


def pages_of(path: Path) -> int:
    """How many pages a PDF has."""
    return int(
        next(line.split()[1] for line in run("pdfinfo", str(path)).splitlines() if line.startswith("Pages"))
    )


def kept(content: bytes, path: Path) -> Path:
    """The content as a file."""
    path.write_bytes(content)
    return path


@pytest.mark.papers
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_prints_on_the_pages_it_should_take_with_every_word(
    kind: PaperKind, tmp_path: Path
) -> None:
    path = kept(made(kind, PDF), tmp_path / "paper.pdf")
    text = text_of(path)
    assert [word for word in words(values(kind)) if word not in text] == []
    pages = pages_of(path)
    assert pages == (2 if kind in FORMS_OF_REPORTS else 1)
    assert f"第{pages}页共{pages}页" in text


@pytest.mark.papers
def test_the_fonts_of_a_pdf_are_in_it_and_are_ours(tmp_path: Path) -> None:
    fonts = run("pdffonts", str(kept(render(CARD, values(CARD), PDF), tmp_path / "paper.pdf"))).splitlines()[
        2:
    ]
    assert {line.split()[0].partition("+")[2].partition("-")[0] for line in fonts} == {
        "NotoSerifSC",
        "NotoSansSC",
    }
    embedded = {tuple(line.split()[-5:-2]) for line in fonts}
    assert embedded == {("yes", "yes", "yes")}  # embedded, a subset, with a table of its characters


def test_the_same_values_give_the_same_pdf() -> None:
    paper = made(CARD, PDF)
    assert paper == render(CARD, values(CARD), PDF)
    assert paper.startswith(b"%PDF-")
    assert b"/CreationDate" not in paper


@pytest.mark.papers
def test_two_hundred_rows_flow_over_pages_with_their_headings_on_each(tmp_path: Path) -> None:
    path = kept(render(REGISTER, values(REGISTER, 200), PDF), tmp_path / "paper.pdf")
    text, pages = text_of(path), pages_of(path)
    assert pages > 5
    assert text.count("缺席学生") == text.count("联系情况") >= pages - 1
    assert f"第{pages}页共{pages}页" in text
    assert all(f"姓名{number}" in text for number in range(1, 201))


@pytest.mark.papers
@pytest.mark.parametrize("name", ["长" * 300, "A" * 300])
def test_a_name_of_three_hundred_characters_stays_on_the_page(name: str, tmp_path: Path) -> None:
    rows = values(REGISTER, 1)["名单"]
    path = kept(
        render(REGISTER, values(REGISTER, 名单=[rows[0] | {"姓名": name}]), PDF), tmp_path / "paper.pdf"
    )
    boxes = run("pdftotext", "-bbox", str(path), "-")
    right = [float(line.split('xMax="')[1].split('"')[0]) for line in boxes.splitlines() if "<word" in line]
    assert max(right) <= 297 / 25.4 * 72 - 50
    assert text_of(path).count(name[0]) >= 300


@pytest.mark.papers
def test_words_that_look_like_markup_are_only_words(tmp_path: Path) -> None:
    nasty = '#set text(red) *b* _u_ $x$ \\ ] [ {{学生姓名}} @ref // <l> "q"'
    path = kept(render(LETTER, values(LETTER, 现住址=nasty), PDF), tmp_path / "paper.pdf")
    assert "".join(nasty.split()) in text_of(path)


@pytest.mark.long
@pytest.mark.papers
def test_libreoffice_opens_and_prints_every_word_file_and_workbook(tmp_path: Path) -> None:
    """All in one call, as the office takes its time to start."""
    sources = []
    for kind in KINDS:
        for form in (PaperFormat.DOCX, PaperFormat.XLSX):
            folder = tmp_path / form.value
            folder.mkdir(exist_ok=True)
            path = folder / f"{form.value}-{kind.value}.{form.value.lower()}"
            sources.append(kept(made(kind, form), path))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    run(
        "soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, sources)
    )
    for source in sources:
        kind = PaperKind[source.stem.partition("-")[2]]
        printed = tmp_path / f"{source.stem}.pdf"
        text = text_of(printed) + text_of(printed, "-layout")  # neither order alone keeps every line whole
        assert [word for word in words(values(kind)) if word not in text] == [], source.name
        allowed = {1, 2} if kind in LONG_LETTERS | FORMS_OF_REPORTS else {1}
        assert pages_of(printed) in allowed, source.name


def page() -> Page:
    """A page with one of everything."""
    day = date(2026, 11, 20)
    return Page(
        "题目",
        "页眉 #x",
        (
            Heading(2, "第一部分"),
            Paragraph("他说 <b>3 & 4</b> `act-1`", said=True),
            Items(("第一", "第二")),
            Pairs((("怎样算", "当日"),)),
            Table(("条款", "内容"), (("C1", "甲|乙"),), (1, 3)),
            DayRow((DayCell(day, day, "■", "旷课", Tone.AWAY),)),
            Box("算例 1", (Paragraph("截至"),)),
            Signing(("审核人", "盖章")),
        ),
    )


@pytest.mark.papers
def test_a_page_prints_all_its_blocks(tmp_path: Path) -> None:
    text = text_of(kept(pdf(page()), tmp_path / "page.pdf"))
    said = "题目 页眉#x 第一部分 他说<b>3&4</b>act-1 第二 怎样算：当日 甲|乙 11-20五■旷课 盖章： 第1页共1页"
    assert [word for word in said.split() if word not in text] == []


def test_the_same_page_gives_the_same_pdf() -> None:
    assert pdf(page()) == pdf(page())
