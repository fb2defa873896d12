"""The map of a county's townships: tiles in rows, or a county's own approved outlines, as inline SVG.

A township's shade says how many open cases it has for 1,000 children; the figures stand in it, so that nobody
needs the colour. Each township is a link to its list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil, sqrt
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from notoneless.web.map_file import Outlines

TILE, SPACE = 116, 4
FEWEST = 3  # columns, or two townships would fill a wall
FIRST_SHADES = (0.0, 1.0, 2.0, 4.0)  # for 1,000 children; a shade begins above each


class Area(NamedTuple):
    """A township on the map."""

    code: str
    name: str
    cases: int
    children: int
    says: str  # "12 人 · 3.1‰"
    url: str
    column: int | None = None  # where its tile lies, when the county has said so; from 1
    row: int | None = None

    @property
    def rate(self) -> float:
        """Open cases for 1,000 children; none where there are no children."""
        return 1000 * self.cases / self.children if self.children else 0.0

    @property
    def shade(self) -> str:
        """The class of its colour, the palest for none."""
        return f"heat-{sum(self.rate > step for step in FIRST_SHADES)}"


@lru_cache(maxsize=32)
def tiles(title: str, areas: tuple[Area, ...]) -> SafeString:
    """A tile each, where the county has put it, the others row by row in their order."""
    spots = _spots(areas)
    columns = max([FEWEST, *(column for column, _ in spots.values())])
    rows = max((row for _, row in spots.values()), default=1)
    drawn = format_html_join("", "{}", ((_tile(area, *spots[area.code]),) for area in areas))
    return _picture(title, columns * TILE, rows * TILE * 5 // 8, drawn)


@lru_cache(maxsize=32)
def outlines(title: str, areas: tuple[Area, ...], shapes: Outlines) -> SafeString:
    """The townships in their own shapes; one without a shape is left to the table beside the map."""
    drawn = format_html_join(
        "", "{}", ((_shape(area, shapes),) for area in areas if area.code in shapes.paths)
    )
    return _picture(title, shapes.width, shapes.height, drawn)


def _spots(areas: tuple[Area, ...]) -> Mapping[str, tuple[int, int]]:
    """Column and row of each tile; two that were put on one spot do not hide each other."""
    spots: dict[str, tuple[int, int]] = {}
    for area in areas:
        if area.column and area.row and (area.column, area.row) not in spots.values():
            spots[area.code] = (area.column, area.row)
    wide = max([ceil(sqrt(len(areas))), *(column for column, _ in spots.values())])
    free = _free(wide, set(spots.values()))
    return spots | {area.code: next(free) for area in areas if area.code not in spots}


def _free(wide: int, taken: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    spot = 0
    while True:
        column, row = spot % wide + 1, spot // wide + 1
        if (column, row) not in taken:
            yield column, row
        spot += 1


def _tile(area: Area, column: int, row: int) -> SafeString:
    high = TILE * 5 // 8
    left, top = (column - 1) * TILE, (row - 1) * high
    shape = format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="6"/>',
        area.shade,
        left + SPACE / 2,
        top + SPACE / 2,
        TILE - SPACE,
        high - SPACE,
    )
    return _linked(area, shape, left + TILE / 2, top + high / 2)


def _shape(area: Area, shapes: Outlines) -> SafeString:
    shape = format_html('<path class="{}" d="{}"/>', area.shade, shapes.paths[area.code])
    return _linked(area, shape, *shapes.middles[area.code])


def _linked(area: Area, shape: SafeString, x: float, y: float) -> SafeString:
    return format_html(
        '<a href="{}" aria-label="{} {}">{}<text class="{}" x="{}" y="{}">{}</text>'
        '<text class="{} figure" x="{}" y="{}">{}</text></a>',
        area.url,
        area.name,
        area.says,
        shape,
        area.shade,
        x,
        y - 5,
        area.name,
        area.shade,
        x,
        y + 14,
        area.says,
    )


def _picture(title: str, width: float, height: float, inner: SafeString) -> SafeString:
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        width,
        height,
        title,
        inner,
    )
