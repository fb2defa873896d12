"""A page as HTML and as Word: everything on it, nothing from elsewhere, fit for A4."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from notoneless.core.calendar import default_calendar
from notoneless.core.paper import Answer, Box, Heading, Items, Page, Pairs, Paragraph, Signing, Table
from notoneless.core.policy.describe import page_of
from notoneless.core.policy.library import load, packs_in_force
from notoneless.exchange.pages import html
from notoneless.exchange.word import word

EVERYTHING = Page(
    "题目",
    '页眉 "引号" </style>',
    (
        Heading(2, "计算口径"),
        Paragraph("他说 <b>3 & 4</b>"),
        Items(("第一", "第二 `code-1`")),
        Pairs((("怎样算", "当日"),)),
        Table(("条款", "内容"), (("C1", "甲|乙"),), (1, 3)),
        Box("算例 1", (Paragraph("截至"),)),
        Answer("审核", ("同意", "应改为：")),
        Signing(("审核人", "盖章")),
    ),
)
WORDS = (
    "题目",
    "计算口径",
    "他说 <b>3 & 4</b>",
    "第一",
    "code-1",
    "怎样算",
    "甲|乙",
    "算例 1",
    "□ 同意",
    "盖章",
)


def real(pack_id: str = "seeds/xxx-township") -> Page:
    """The page of a shipped pack."""
    return page_of(load(pack_id), packs_in_force(pack_id), default_calendar())


class Reader(HTMLParser):
    """What a browser would see of a document: its tags, their attributes, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_says_everything_and_closes_what_it_opens() -> None:
    seen = Reader(html(EVERYTHING))
    assert [each for each in WORDS if each not in seen.text] == []
    assert seen.open == []


@pytest.mark.parametrize("page", [EVERYTHING, real()], ids=["everything", "pack"])
def test_html_needs_nothing_from_elsewhere(page: Page) -> None:
    text = html(page)
    names = {name for name, _ in Reader(text).attributes}
    assert not names & {"src", "href", "onclick"}
    assert re.search(r"url\(|@import|https?://|<script", text) is None


def test_html_is_set_for_a4_and_its_days_are_words_shapes_and_colours() -> None:
    text = html(real())
    assert "size: A4" in text
    assert '<li class="away"><span>11-20 五</span><b>■ 旷课</b></li>' in text
    assert '<li class="off"><span>11-14–15</span><b>— 周末</b></li>' in text


def word_texts(file: bytes) -> str:
    """All text of a document, tables too."""
    body = Document(io.BytesIO(file)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))


def test_word_says_everything() -> None:
    texts = word_texts(word(EVERYTHING))
    assert [each for each in WORDS if each not in texts] == []


def test_word_says_what_the_pack_says() -> None:
    texts = word_texts(word(real()))
    for rule in load("seeds/xxx-township").rules:
        assert rule.says in texts
        assert rule.reading in texts
    assert "■ 旷课" in texts


def test_word_is_a4_with_a_header_page_numbers_and_chinese_fonts() -> None:
    document = Document(io.BytesIO(word(real())))
    section = document.sections[0]
    assert abs(section.page_width - Mm(210)) < Mm(1)
    assert abs(section.page_height - Mm(297)) < Mm(1)
    assert load("seeds/xxx-township").version in section.header.paragraphs[0].text
    assert "NUMPAGES" in section.footer._element.xml
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1", "Heading 2")
    }
    assert fonts == {"Normal": "宋体", "Title": "黑体", "Heading 1": "黑体", "Heading 2": "黑体"}


def test_a_word_file_does_not_say_when_it_was_packed() -> None:
    with zipfile.ZipFile(io.BytesIO(word(EVERYTHING))) as packed:
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.testzip() is None
    assert word(EVERYTHING) == word(EVERYTHING)


@pytest.mark.papers
def test_libreoffice_opens_the_word_file_and_prints_it(tmp_path: Path) -> None:
    source = tmp_path / "page.docx"
    source.write_bytes(word(real("national/2024-15")))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    printed = (tmp_path / "page.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 1
