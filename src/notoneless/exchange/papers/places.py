"""Where a text stands in an office's file, in the words of who made it."""

from __future__ import annotations

from typing import NamedTuple


class MarkedText(NamedTuple):
    """A text of a template and its place; `row` tells the table rows apart, "" outside of tables."""

    text: str
    zh: str
    en: str
    row: str = ""
