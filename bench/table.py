"""The lines of the report, and how they are printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

HEADINGS = ("what", "product", "beside it", "ratio", "target", "met")


class Line(NamedTuple):
    """One figure, what was measured beside it in the same run, and what was promised; "" for none."""

    what: str
    product: str
    beside: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return (self.what, self.product, self.beside, self.ratio, self.target, met)


def at_most(what: str, product: float, beside: float, unit: str, limit: float | None, name: str) -> Line:
    """A line whose target is that `product` is at most `limit` times what `name` took."""
    ratio = product / beside
    target = "" if limit is None else f"≤ {limit:g}×"
    met = None if limit is None else ratio <= limit
    return Line(what, amount(product, unit), f"{name} {amount(beside, unit)}", f"{ratio:.2f}×", target, met)


def bounded(what: str, product: float, unit: str, limit: float) -> Line:
    """A line whose target is a plain number in the same unit."""
    return Line(what, amount(product, unit), "", "", f"≤ {amount(limit, unit)}", product <= limit)


def amount(value: float, unit: str) -> str:
    """A number with as many digits as it deserves."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def as_table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table, its columns aligned for those who read it in a terminal."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(HEADINGS))]
    texts = [_row(row, widths) for row in rows]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
