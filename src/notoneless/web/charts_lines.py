"""Lines over months: from zero, named at their ends, every point a link to its list.

What was reported then is drawn dashed beside what is known now, in the same scale.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from notoneless.web.charts import FONT, GAP, TALL, WIDTH, text_width

RADIUS, REACH = 3.5, 14.0  # of a point as seen, and as a finger finds it
LINE = FONT + 2  # between two names at the end of lines


class Point(NamedTuple):
    """One month of a line: where it stands, what it says, and the list it opens; None: nothing known."""

    label: str
    value: float | None
    says: str
    url: str = ""


class Series(NamedTuple):
    """One line with its name and the shorter one at its end; `dashed` for what was reported at the time."""

    name: str
    short: str
    points: tuple[Point, ...]
    tone: str = ""  # a class in boards.css
    dashed: bool = False


@lru_cache(maxsize=256)
def lines(title: str, series: tuple[Series, ...]) -> SafeString:
    """The lines in one picture, the months from left to right; the last value stands beside each name."""
    plot = _Plot(series)
    labels = format_html_join(
        "",
        '<text class="label" x="{}" y="{}">{}</text>',
        ((_n(plot.x(n)), TALL - GAP, point.label) for n, point in plot.labelled()),
    )
    drawn = format_html_join("", "{}", ((_line(each, plot),) for each in series))
    names = format_html_join("", "{}", ((_name(each, y, plot),) for each, y in plot.names()))
    base = format_html('<path class="base" d="M0 {y}H{x}"/>', y=_n(plot.bottom), x=_n(plot.right))
    return format_html(
        '<svg class="chart lines" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}{}</svg>',
        WIDTH,
        TALL,
        title,
        base,
        labels,
        drawn,
        names,
    )


class _Plot:
    """Where months and values lie in the picture."""

    def __init__(self, series: tuple[Series, ...]) -> None:
        self.series = series
        words = (text_width(_end(each)) for each in series)
        self.right = WIDTH - GAP - max(words, default=0)
        self.left, self.top, self.bottom = REACH, FONT + GAP, TALL - FONT - 2 * GAP
        values = (point.value for each in series for point in each.points if point.value is not None)
        self.most = max(values, default=0) or 1
        self.steps = max(len(_longest(series)) - 1, 1)

    def x(self, number: int) -> float:
        return self.left + (self.right - self.left - REACH) * number / self.steps

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.most

    def labelled(self) -> list[tuple[int, Point]]:
        """The months that are named below: all of them, or every second or third counted from the last."""
        points = list(enumerate(_longest(self.series)))
        widest = max((text_width(point.label) for _, point in points), default=0)
        every = max(1, ceil((widest + GAP) / (self.x(1) - self.x(0))))
        return points[::-1][::every]

    def names(self) -> list[tuple[Series, float]]:
        """Each line's name beside its end, moved down where it would cover the one above."""
        wanted = sorted((self.y(_last(each)), n) for n, each in enumerate(self.series))
        room = self.bottom - LINE * (len(wanted) - 1)
        found: list[tuple[Series, float]] = []
        below = 0.0
        for number, (y, index) in enumerate(wanted):
            below = max(min(y, room + LINE * number), below)
            found.append((self.series[index], below + FONT * 0.35))
            below += LINE
        return found


def _longest(series: tuple[Series, ...]) -> tuple[Point, ...]:
    return max((each.points for each in series), key=len, default=())


def _last(series: Series) -> float:
    return next((p.value for p in reversed(series.points) if p.value is not None), 0.0)


def _end(series: Series) -> str:
    """What stands at the end of a line: its name and its last figure."""
    last = next((p.says for p in reversed(series.points) if p.value is not None), "—")
    return f"{series.short} {last}"


def _line(series: Series, plot: _Plot) -> SafeString:
    known = [(plot.x(n), plot.y(p.value), p) for n, p in enumerate(series.points) if p.value is not None]
    path = " ".join(f"{'L' if n else 'M'}{_n(x)} {_n(y)}" for n, (x, y, _) in enumerate(known))
    kind = f"run {series.tone}{' dashed' if series.dashed else ''}".strip()
    drawn = format_html('<path class="{}" d="{}"/>', kind, path) if known else SafeString()
    return drawn + format_html_join("", "{}", ((_point(series, x, y, p),) for x, y, p in known))


def _point(series: Series, x: float, y: float, point: Point) -> SafeString:
    inner = format_html(
        '<circle class="hit" cx="{x}" cy="{y}" r="{reach}"/><circle class="dot {tone}" cx="{x}" cy="{y}" '
        'r="{r}"/>',
        x=_n(x),
        y=_n(y),
        reach=REACH,
        r=RADIUS,
        tone=series.tone,
    )
    name = f"{series.name} {point.label} {point.says}"
    if not point.url:
        return format_html('<g role="img" aria-label="{}">{}</g>', name, inner)
    return format_html('<a href="{}" aria-label="{}">{}</a>', point.url, name, inner)


def _name(series: Series, y: float, plot: _Plot) -> SafeString:
    x, kind = _n(plot.right + GAP / 2), "soft" if series.dashed else "figure"
    return format_html('<text class="{} end" x="{}" y="{}">{}</text>', kind, x, _n(y), _end(series))


def _n(value: float) -> str:
    return f"{value:.1f}"
