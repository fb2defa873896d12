"""Charts drawn on the server: plain inline SVG whose bars are links and whose colours come from boards.css.

pygal lays the bars out; the scripts, styles and tooltips it would bring along stay behind, so that the
pages' security policy needs no exception, and dark mode and print follow the page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import pygal
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from pygal.config import Config

WIDTH = 360  # about a phone's; a wider column only scales it
THICK = 0.7  # of its row; the rest is space
ROW = 34  # height of a horizontal bar with its space
TALL = 190  # height of a chart of columns
FONT = 14  # of labels and figures, in the units of the drawing
GAP = 6


class Bar(NamedTuple):
    """One bar: how long it is, what stands at its end, and the list it opens."""

    label: str
    value: float
    says: str  # the figure as people read it: "12 人", "18/20"
    url: str = ""
    tone: str = ""  # a class in boards.css; the words say the same


class Box(NamedTuple):
    """Where pygal put a bar."""

    x: float
    y: float
    width: float
    height: float


@lru_cache(maxsize=256)
def bars(title: str, rows: tuple[Bar, ...], full: float = 0) -> SafeString:
    """Horizontal bars from zero, the first on top; `full` is the end of the scale, else the longest bar."""
    left = GAP + max((text_width(row.label) for row in rows), default=0)
    right = GAP + max((text_width(row.says) for row in rows), default=0)
    height = ROW * len(rows)
    chart = pygal.HorizontalBar(_config(left, right, 0, 0, height, _scale(rows, full)))
    # The library begins at the bottom.
    boxes = _boxes(chart, rows[::-1])[::-1]
    drawn = format_html_join(
        "",
        "{}",
        ((_bar_across(row, box._replace(x=box.x + left)),) for row, box in zip(rows, boxes, strict=True)),
    )
    return _picture(title, "across", height, drawn)


@lru_cache(maxsize=256)
def columns(title: str, rows: tuple[Bar, ...], full: float = 0) -> SafeString:
    """Upright bars from zero, from left to right; for ten or so weeks, not more than a phone can show."""
    top, bottom = FONT + GAP, FONT + 2 * GAP
    chart = pygal.Bar(_config(0, 0, top, bottom, TALL, _scale(rows, full)))
    boxes = _boxes(chart, rows)
    drawn = format_html_join(
        "",
        "{}",
        ((_bar_up(row, box._replace(y=box.y + top)),) for row, box in zip(rows, boxes, strict=True)),
    )
    base = format_html('<path class="base" d="M0 {y}H{x}"/>', y=TALL - bottom, x=WIDTH)
    return _picture(title, "up", TALL, drawn + base)


def _config(left: float, right: float, top: float, bottom: float, height: int, scale: float) -> Any:
    return Config(
        css=[],
        js=[],
        width=WIDTH,
        height=height,
        margin=0,
        margin_left=left,
        margin_right=right,
        margin_top=top,
        margin_bottom=bottom,
        range=(0, scale),
        zero=0,
        spacing=0,
        show_legend=False,
        show_x_labels=False,
        show_y_labels=False,
        show_x_guides=False,
        show_y_guides=False,
    )


def _scale(rows: tuple[Bar, ...], full: float) -> float:
    return full or max((row.value for row in rows), default=0) or 1


def _boxes(chart: Any, rows: tuple[Bar, ...]) -> list[Box]:
    """Where the bars stand, in the order of `rows`, measured from the plot's corner."""
    if not rows:
        return []
    chart.add("", [row.value for row in rows])
    found = []
    for each in chart.render_tree().iter():
        if "reactive" in each.attrib.get("class", ""):
            x, y, width, height = (float(each.attrib.get(name, 0)) for name in ("x", "y", "width", "height"))
            found.append(Box(x, y, width, height))
    return found


def _bar_across(row: Bar, box: Box) -> SafeString:
    middle = box.y + box.height / 2 + FONT * 0.35
    box = box._replace(y=box.y + box.height * (1 - THICK) / 2, height=box.height * THICK)
    inner = _drawn(
        '<rect class="hit" x="0" y="{top}" width="{full}" height="{row}"/>'
        '<text class="label" x="{label}" y="{middle}">{text}</text>'
        '<rect class="beam {tone}" x="{x}" y="{y}" width="{w}" height="{h}"/>'
        '<text class="figure" x="{end}" y="{middle}">{says}</text>',
        top=box.y + box.height / 2 - ROW / 2,
        full=WIDTH,
        row=ROW,
        label=box.x - GAP,
        middle=middle,
        text=row.label,
        tone=row.tone,
        x=box.x,
        y=box.y,
        w=box.width,
        h=box.height,
        end=box.x + box.width + GAP,
        says=row.says,
    )
    return _linked(row, inner)


def _bar_up(row: Bar, box: Box) -> SafeString:
    middle = box.x + box.width / 2
    inner = _drawn(
        '<rect class="hit" x="{x}" y="0" width="{w}" height="{tall}"/>'
        '<rect class="beam {tone}" x="{x}" y="{y}" width="{w}" height="{h}"/>'
        '<text class="figure" x="{middle}" y="{above}">{says}</text>'
        '<text class="label" x="{middle}" y="{below}">{text}</text>',
        tone=row.tone,
        x=box.x,
        y=box.y,
        w=box.width,
        h=box.height,
        tall=TALL,
        middle=middle,
        above=box.y - GAP,
        below=TALL - GAP,
        says=row.says,
        text=row.label,
    )
    return _linked(row, inner)


def _drawn(template: str, **values: object) -> SafeString:
    """A piece of the drawing; what is a text is escaped, what is a measure is rounded."""
    said = {name: f"{value:.1f}" if isinstance(value, float) else value for name, value in values.items()}
    return format_html(template, **said)


def _linked(row: Bar, inner: SafeString) -> SafeString:
    name = f"{row.label} {row.says}"
    if not row.url:
        return format_html('<g role="img" aria-label="{}">{}</g>', name, inner)
    return format_html('<a href="{}" aria-label="{}">{}</a>', row.url, name, inner)


def _picture(title: str, kind: str, height: float, inner: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart {}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        kind,
        WIDTH,
        round(height),
        title,
        inner,
    )


def text_width(text: str) -> float:
    """About how wide a text is: an ideograph is as wide as high, a letter or digit about half that."""
    return sum(FONT if ord(letter) > 0x2E7F else FONT * 0.58 for letter in escape(text))
