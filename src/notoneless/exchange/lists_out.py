"""A list as a file that offices open: CSV for spreadsheets, Word for paper; marked with who took it out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from notoneless.core.paper import Page, Pairs, Table
from notoneless.exchange.word import word

# A cell that begins so is a formula to a spreadsheet, whoever wrote it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS_UPRIGHT = 8  # what an upright sheet has room for
DIGITS_KEPT = 11  # a longer number in digits alone loses its last ones in a spreadsheet


class ListFile(NamedTuple):
    """A title, the marks that say whose copy it is, headings and rows."""

    title: str
    marks: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def csv_file(listed: ListFile) -> bytes:
    """UTF-8 with a byte order mark, for spreadsheets that would take it for GBK otherwise."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(listed.title)])
    writer.writerow([guarded("；".join(f"{name}：{said}" for name, said in listed.marks))])
    writer.writerow(listed.head)
    writer.writerows([guarded(cell) for cell in row] for row in listed.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def guarded(cell: str) -> str:
    """The text as a spreadsheet takes it for text: no formula, and no number that would lose digits."""
    if cell.startswith(FORMULA):
        return f"'{cell}"
    return f"{cell}\t" if cell.isdecimal() and len(cell) > DIGITS_KEPT else cell


def breadth(text: str) -> int:
    """How broad the text is in characters of a spreadsheet; a Chinese one takes two."""
    return len(text) + sum(character > "\u2e80" for character in text)


def word_file(listed: ListFile) -> bytes:
    """The same on A4, laid across where it has many columns."""
    widest = [max(map(breadth, column)) for column in zip(listed.head, *listed.rows, strict=True)]
    table = Table(listed.head, tuple(map(tuple, listed.rows)), tuple(min(max(w, 6), 26) for w in widest))
    dense = len(listed.head) > COLUMNS_UPRIGHT
    return word(Page(listed.title, listed.marks[0][1], (Pairs(listed.marks), table), dense))
