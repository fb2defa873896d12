"""Measures of a sheet, and workbooks that do not say when they were written."""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile

from notoneless.exchange.word_parts import timeless

HIGHEST = 409.0  # points; no row of a spreadsheet is higher
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def points(mm: float) -> float:
    """A height in mm as a spreadsheet counts it."""
    return round(mm * 72 / 25.4, 1)


def column_units(mm: float) -> float:
    """A width in mm in digits of the standard font, 7 pixels each and 5 for the rules."""
    return max(0.2, round((mm / 25.4 * 96 - 5) / 7, 2))


def column_points(units: float) -> float:
    """How wide a column is in points: the digits of the standard font and its rules."""
    return units * 5.25 + 3.75


def lines_needed(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a cell of this width, in a type of this size, both in points."""
    room = max(size, (width - 6) * 0.97)
    return sum(max(1, math.ceil(_width(line) * size / room)) for line in text.split("\n"))


def height_needed(text: str, width: float, size: float) -> float:
    """The height in points that the text takes, at most what a row can have."""
    return min(HIGHEST, lines_needed(text, width, size) * size * 1.32 + 6)


def _width(line: str) -> float:
    """The width of a line in heights of its type."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.56 for character in line)


def packed(file: io.BytesIO) -> bytes:
    """The same workbook without the moment it was written."""
    kept = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(name, content)
    return timeless(kept)
