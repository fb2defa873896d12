"""A Word file with marks, ours or an office's own: its marks read, its marks filled, all else left alone."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from notoneless.exchange.papers.filling import Filling, Lookup, Picture, Row
from notoneless.exchange.papers.marks import Found, found, named
from notoneless.exchange.papers.places import MarkedText
from notoneless.exchange.word_parts import timeless

P, R, T, TR, TC, TBL, BR, TAB = (qn(f"w:{tag}") for tag in ("p", "r", "t", "tr", "tc", "tbl", "br", "tab"))
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
SIGNATURE_HEIGHT = Mm(13)
_STORIES = {RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER}
# Identities that must not stand twice in one file.
_IDENTITIES = tuple(
    f"{{http://schemas.microsoft.com/office/word/2010/wordml}}{name}" for name in ("paraId", "textId")
)


class Story(NamedTuple):
    """A run of text of its own: the body, a header or a footer."""

    part: Any
    root: Any
    name: str  # "" for the body


def fill_word(content: bytes, filling: Filling) -> bytes:
    """The file with every mark filled; rows with a list's marks stand once for each of its lines."""
    document = Document(io.BytesIO(content))
    for story in _stories(document):
        rows = _repeat_rows(story.root, filling)
        for paragraph in list(story.root.iter(P)):
            _fill(paragraph, filling.lookup(_row_of(paragraph, rows)), story.part)
    file = io.BytesIO()
    document.save(file)
    return timeless(file)


def marked_texts(content: bytes) -> Iterator[MarkedText]:
    """Every paragraph of the file with its place in words."""
    for story in _stories(Document(io.BytesIO(content))):
        tables = {table: number for number, table in enumerate(story.root.iter(TBL), 1)}
        body = [p for p in story.root.iter(P) if _nearest(p, TC) is None]
        numbers = {paragraph: number for number, paragraph in enumerate(body, 1)}
        for paragraph in story.root.iter(P):
            yield _marked(paragraph, story, tables, numbers)


def _marked(paragraph: Any, story: Story, tables: dict[Any, int], numbers: dict[Any, int]) -> MarkedText:
    text = "".join(each.text or "" for each in _texts(paragraph))
    cell = _nearest(paragraph, TC)
    if cell is None:
        zh, en = story.name or f"第 {numbers[paragraph]} 段", f"paragraph {numbers[paragraph]}"
        return MarkedText(text, zh, "header or footer" if story.name else en)
    row = _nearest(cell, TR)
    table = _nearest(row, TBL)
    at = tables[table], list(table.iter(TR)).index(row) + 1, list(row.iter(TC)).index(cell) + 1
    zh, en = "第 {} 个表格第 {} 行第 {} 格".format(*at), "table {}, row {}, cell {}".format(*at)
    return MarkedText(text, f"{story.name}{zh}", en, f"{story.name}/{at[0]}/{at[1]}")


def _stories(document: WordDocument) -> Iterator[Story]:
    yield Story(document.part, document.element, "")
    for relation in document.part.rels.values():
        if relation.reltype in _STORIES:
            name = "页眉" if relation.reltype == RELATIONSHIP_TYPE.HEADER else "页脚"
            yield Story(relation.target_part, relation.target_part.element, name)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _texts(paragraph: Any) -> list[Any]:
    """The text elements of this paragraph, without those of a text box that hangs on it."""
    return [text for text in paragraph.iter(T) if _nearest(text, P) is paragraph]


# Rows.


def _repeat_rows(root: Any, filling: Filling) -> dict[Any, Row]:
    """Copy each row with a list's marks for every line of it; which row then stands for which line."""
    lines: dict[Any, Row] = {}
    for row in list(root.iter(TR)):
        if name := _list_of(row):
            for line in filling.lists[name]:
                lines[_copied(row)] = line
            row.getparent().remove(row)
    return lines


def _list_of(row: Any) -> str:
    own = [paragraph for paragraph in row.iter(P) if _nearest(paragraph, TR) is row]
    texts = ("".join(text.text or "" for text in _texts(paragraph)) for paragraph in own)
    return next((mark.list for text in texts for mark in named(text) if mark.list), "")


def _copied(row: Any) -> Any:
    """A copy of the row, standing before it."""
    twin = copy.deepcopy(row)
    for element in twin.iter():
        for name in _IDENTITIES:
            element.attrib.pop(name, None)
    for name in ("bookmarkStart", "bookmarkEnd"):
        for bookmark in list(twin.iter(qn(f"w:{name}"))):
            bookmark.getparent().remove(bookmark)
    row.addprevious(twin)
    return twin


def _row_of(paragraph: Any, lines: dict[Any, Row]) -> Row | None:
    return next((lines[row] for row in paragraph.iterancestors(TR) if row in lines), None)


# Paragraphs.


def _fill(paragraph: Any, lookup: Lookup, part: Any) -> None:
    """Put the values where the marks are; a mark may lie across several runs, as Word likes to cut them."""
    texts = _texts(paragraph)
    for each in reversed(found("".join(text.text or "" for text in texts))):
        value = lookup(each.mark)
        if isinstance(value, Picture):
            _draw(_replace(texts, each, ""), value, part)
        else:
            _replace(texts, each, value)
    for text in texts:
        _break_lines(text)


def _replace(texts: list[Any], each: Found, value: str) -> Any:
    """Write the value into the text the mark begins in, take the mark out of the others; gives that text."""
    home, start = None, 0
    for text in texts:
        words = text.text or ""
        end = start + len(words)
        if start < each.end and each.start < end:
            before, after = words[: max(0, each.start - start)], words[max(0, each.end - start) :]
            text.text = before + (value if home is None else "") + after
            home = text if home is None else home
        start = end
    return home


def _draw(text: Any, picture: Picture, part: Any) -> None:
    inline = part.new_pic_inline(io.BytesIO(picture.png), None, SIGNATURE_HEIGHT)
    drawing = OxmlElement("w:drawing")
    drawing.append(inline)
    text.addnext(drawing)


def _break_lines(text: Any) -> None:
    """Line ends and tabs are elements of their own in Word."""
    words = text.text or ""
    text.set(SPACE, "preserve")
    if "\n" not in words and "\t" not in words:
        return
    last, kept = text, ""
    pieces = _pieces(words)
    text.text = next(pieces)
    for kept in pieces:
        new = OxmlElement({"\n": "w:br", "\t": "w:tab"}.get(kept, "w:t"))
        if new.tag == T:
            new.text = kept
            new.set(SPACE, "preserve")
        last.addnext(new)
        last = new


def _pieces(words: str) -> Iterator[str]:
    """The words before the first line end or tab, then these and the words between them one by one."""
    kept = ""
    for character in words:
        if character in "\n\t":
            yield kept
            yield character
            kept = ""
        else:
            kept += character
    yield kept
