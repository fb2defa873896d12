"""One table of a pack that is handed out: what it shows, how it was counted, whom it names; and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from notoneless.core.explain import stamp
from notoneless.core.facts import CHINA_TIME
from notoneless.core.paper import Block, Heading, Paragraph, Table
from notoneless.core.terms import Term
from notoneless.exchange.lists_out import ListFile, csv_file
from notoneless.exchange.table_book import Sheet, Value, table_book

Words = tuple[str, str]  # Chinese, English


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title and the way its numbers were counted; `children` are those it names."""

    id: str
    title: Words
    how: Words
    head: tuple[Words, ...]
    rows: Sequence[Sequence[Value]]
    children: frozenset[UUID] = field(default_factory=frozenset)


Marks = tuple[tuple[str, str], ...]


def sheet_of(section: Section, language: str) -> Sheet:
    """The table as a sheet in one language."""
    head = tuple(said(words, language) for words in section.head)
    return Sheet(said(section.title, language), (said(section.how, language),), head, section.rows)


def book_of(sections: Sequence[Section], marks: Marks, language: str) -> bytes:
    """The tables as one workbook."""
    return table_book([sheet_of(section, language) for section in sections], marks)


def csv_of(section: Section, marks: Marks, language: str) -> bytes:
    """The table as CSV."""
    sheet = sheet_of(section, language)
    rows = [[str(value) for value in row] for row in sheet.rows]
    return csv_file(ListFile(sheet.title, (*marks, *_how(sheet.notes, language)), sheet.head, rows))


def blocks_of(section: Section, language: str, shown: int | None = None) -> list[Block]:
    """The table as parts of a page; of a long one the first `shown` rows, and where the others are."""
    sheet = sheet_of(section, language)
    rows = tuple(tuple(str(value) for value in row) for row in sheet.rows[:shown])
    blocks: list[Block] = [Heading(2, sheet.title), Paragraph(sheet.notes[0])]
    if rows:
        blocks.append(Table(sheet.head, rows, _shares(sheet.head, rows)))
    else:
        blocks.append(Paragraph(said(("没有。", "None."), language)))
    if len(sheet.rows) > len(rows):
        more = ("共 {n} 行，其余见表格文件。", "{n} rows in all; the others are in the workbook.")
        blocks.append(Paragraph(said(more, language).format(n=len(sheet.rows))))
    return blocks


def said(words: Words, language: str) -> str:
    """The words in one language, Chinese unless it begins with "en"."""
    return words[1] if language.startswith("en") else words[0]


def label(term: Term | str | None, language: str) -> str:
    """A code's label; nothing for none."""
    return term.label(language) if isinstance(term, Term) else ""


def day(value: date | None) -> str:
    """2026-11-20, or nothing."""
    return value.isoformat() if value else ""


def moment(value: datetime | None) -> str:
    """2026-11-20 08:05, or nothing."""
    return stamp(value.astimezone(CHINA_TIME)) if value else ""


def _how(notes: tuple[str, ...], language: str) -> Marks:
    return ((said(("口径", "how counted"), language), notes[0]),)


def _shares(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    widest = (max(len(cell) for cell in column) for column in zip(head, *rows[:100], strict=True))
    return tuple(min(max(width, 3), 18) for width in widest)
