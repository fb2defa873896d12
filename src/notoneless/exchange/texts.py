"""Comma- and tab-separated text in the encodings Chinese offices use."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from notoneless.exchange.refusals import Refused

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with a mark, or GB18030 (which contains GBK and GB2312)."""
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROL.search(text):
            break
        return text
    raise Refused("not_text")


def _candidates(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    # UTF-8 first: its rules are so strict that GBK text of any length hardly ever passes for it.
    return ("utf-8-sig", "gb18030")


def separator(text: str) -> str:
    """Tab, comma or semicolon: the one the first lines use most; a tab wins a draw."""
    head = text[:20_000]
    return max("\t,;", key=head.count)


def rows_of(text: str) -> Iterator[list[str]]:
    """The rows; raises Refused with the cell where a quotation does not close."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    try:
        yield from lines
    except csv.Error:
        raise Refused("bad_quotes", cell=f"A{lines.line_num}") from None
