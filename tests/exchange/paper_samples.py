"""Made-up words for every mark of a paper, told apart by the mark they stand for."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from PIL import Image, ImageDraw

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.filling import Picture
from notoneless.exchange.papers.layout import lists, marks, pictures
from notoneless.exchange.papers.rendering import render

KINDS = tuple(PaperKind)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def signature() -> Picture:
    """A drawn signature."""
    picture = Image.new("RGBA", (300, 100), (255, 255, 255, 0))
    ImageDraw.Draw(picture).line([(20, 80), (90, 20), (150, 85), (280, 30)], fill=(0, 0, 0, 255), width=4)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return Picture(file.getvalue())


def values(kind: PaperKind, rows: int = 2, **given: Any) -> dict[str, Any]:
    """A value for every mark of the kind, e.g. `姓名值`, `姓名2` in the second row of a list."""
    filled: dict[str, Any] = {name: f"{name}值" for name in marks(kind)}
    filled |= {name: signature() for name in pictures(kind)}
    for name, columns in lists(kind).items():
        filled[name] = [{column: f"{column}{row}" for column in columns} for row in range(1, rows + 1)]
    return filled | given


@cache
def made(kind: PaperKind, form: PaperFormat) -> bytes:
    """The paper with the values above, made once for all tests that look at it."""
    return render(kind, values(kind), form)


def words(filled: dict[str, Any]) -> list[str]:
    """Every text among the values."""
    rows = [row for value in filled.values() if isinstance(value, list) for row in value]
    return [*(value for value in filled.values() if isinstance(value, str)), *flat(rows)]


def flat(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    """The texts of the rows."""
    for row in rows:
        yield from row.values()


def word_texts(content: bytes) -> list[str]:
    """The text of every paragraph of a .docx file, its footers too, line ends and tabs as characters."""
    document = Document(io.BytesIO(content))
    roots = [document.element, *(section.footer._element for section in document.sections)]
    return [_text(paragraph) for root in roots for paragraph in root.iter(qn("w:p"))]


def _text(paragraph: Any) -> str:
    said = {f"{W}br": "\n", f"{W}tab": "\t"}
    within = (each for run in paragraph.iter(f"{W}r") for each in run)
    return "".join(each.text or "" if each.tag == f"{W}t" else said.get(each.tag, "") for each in within)


def sheet_texts(content: bytes) -> list[str]:
    """The text of every cell and foot of an .xlsx file."""
    texts = []
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        texts += [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        texts += [place.text for place in (sheet.oddFooter.left, sheet.oddFooter.right) if place.text]
    return texts
