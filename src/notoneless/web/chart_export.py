"""A chart as a file of its own: SVG that any office opens, PNG for a letter, CSV of the same figures."""

from __future__ import annotations

import re

from django.utils.html import escape

from notoneless.exchange.drawing_png import png
from notoneless.exchange.lists_out import ListFile, csv_file
from notoneless.web.drawings import Drawing

# The page's colours on paper; the file stands alone and cannot ask the page for them.
STYLE = (
    "text{fill:#1c2430}.soft{fill:#566273}.hit{fill:none}.beam{fill:#1d3f72}.beam.good{fill:#1b6b3a}"
    ".base{stroke:#8793a3;fill:none}.run{fill:none;stroke:#1d3f72;stroke-width:2.5}.run.pale{stroke:#4a73b0}"
    ".run.good{stroke:#1b6b3a}.run.dashed{stroke-dasharray:4 3;stroke-width:1.5}.dot{fill:#1d3f72}"
    ".dot.pale{fill:#4a73b0}.dot.good{fill:#1b6b3a}.across .label{text-anchor:end}"
    ".up text{text-anchor:middle}.lines .label{text-anchor:middle}.map text{text-anchor:middle}"
    ".map rect{fill:#f3f6fa;stroke:#8793a3}.map path{fill:#f3f6fa;stroke:#8793a3}"
    ".map .heat-1{fill:#e3ebf7}.map .heat-2{fill:#b9cdea}.map .heat-3{fill:#4a73b0}.map .heat-4{fill:#1d3f72}"
    ".map text.heat-0{fill:#1c2430}.map text.heat-1{fill:#1c2430}.map text.heat-2{fill:#1c2430}"
    ".map text.heat-3{fill:#fff}.map text.heat-4{fill:#fff}"
)
HEAD, FOOT, MARGIN = 34, 26, 12
TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}
_OPENING = re.compile(r'<svg class="([^"]*)" viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*)</svg>', re.DOTALL)
_LINK = re.compile(r'<a [^>]*aria-label="([^"]*)"[^>]*>')


def svg_file(drawing: Drawing, whose: str) -> bytes:
    """The chart with its title, whose it is and as of when, and no links into the system."""
    found = _OPENING.search(drawing.svg)
    assert found is not None, "every chart of ours is one <svg>"
    kind, width, height = found[1], float(found[2]), float(found[3])
    inner = _LINK.sub(r'<g aria-label="\1">', found[4]).replace("</a>", "</g>")
    across, high = width + 2 * MARGIN, height + HEAD + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {high:g}" width="{across * 2:g}"'
        f' height="{high * 2:g}" font-family="Noto Sans SC, Microsoft YaHei, sans-serif" font-size="14">'
        f"<style>{STYLE}</style><title>{escape(drawing.title)}</title>"
        f'<rect width="{across:g}" height="{high:g}" style="fill:#fff;stroke:none"/>'
        f'<text x="{MARGIN}" y="22" font-size="15">{escape(drawing.title)}</text>'
        f'<g class="{kind}" transform="translate({MARGIN} {HEAD})">{inner}</g>'
        f'<text x="{MARGIN}" y="{high - 9:g}" font-size="9">{escape(whose)}</text></svg>'
    ).encode()


def png_file(drawing: Drawing, whose: str) -> bytes:
    """The same as a picture, sharp enough for A4."""
    return png(svg_file(drawing, whose).decode())


def csv_of(drawing: Drawing, marks: tuple[tuple[str, str], ...]) -> bytes:
    """The figures of the chart as a table."""
    rows = [[cell.says for cell in row] for row in drawing.rows]
    return csv_file(ListFile(drawing.title, marks, drawing.head, rows))
