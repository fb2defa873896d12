"""The layout of each paper: the one description that Word, Excel and PDF are all drawn from.

A layout is a TOML file called after the kind of paper. Its parts follow one another down the page; a part is
a `head` line, an addressee (`to`), paragraphs (`text`), small print (`note`), a `grid` of cells, a `list`
with a row for each of its lines, boxes for signing (`signing`) or the place for the seal (`seal`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import PlaceKind
from notoneless.exchange.papers.marks import NUMBER, Mark, named

AS_OF = Mark("截至时间")  # at the foot of every paper
NUMBERED = Mark("文号")  # under the title of papers that bear a number
FOOT = "记录截至 {{截至时间}}，由系统填写；有误须更正记录后重新出具，涂改无效。"
LAYOUTS = files("notoneless.exchange.papers") / "layouts"
_SCHOOLS = (PlaceKind.SCHOOL, PlaceKind.CENTRAL_SCHOOL, PlaceKind.TEACHING_POINT)


class Cell(NamedTuple):
    """A cell of a grid: a label or a text with marks; `tall` is its least height in mm."""

    text: str
    span: int = 1
    tall: int = 8

    @property
    def is_label(self) -> bool:
        """Whether it names what stands beside it."""
        return bool(self.text) and not named(self.text)


class Grid(NamedTuple):
    """Rows of labels and marked cells; `widths` are its columns' parts of the whole."""

    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


class Column(NamedTuple):
    """A column of a list; neighbours of one `group` share a heading above theirs."""

    head: str
    mark: str
    width: int
    group: str = ""
    prose: bool = False  # sentences begin at the left; a word or a date stands in the middle


class Listing(NamedTuple):
    """A table with a row for each line of the list `name`; `empty` is what it says without any."""

    name: str
    columns: tuple[Column, ...]
    empty: str = ""
    caption: str = ""

    @property
    def grouped(self) -> bool:
        """Whether its headings take two rows."""
        return any(column.group for column in self.columns)

    def groups(self) -> Iterator[tuple[str, int]]:
        """The upper headings, each with how many columns it spans; "" over a column of its own."""
        last, span = "", 0
        for column in self.columns:
            if span and (column.group != last or not column.group):
                yield last, span
                span = 0
            last, span = column.group, span + 1
        yield last, span


class Head(NamedTuple):
    """Texts side by side above a table, the first at the left edge, the last at the right."""

    texts: tuple[str, ...]


class To(NamedTuple):
    """The line that says to whom a letter goes."""

    text: str


class Text(NamedTuple):
    """Paragraphs, the first line of each two characters in."""

    paragraphs: tuple[str, ...]


class Note(NamedTuple):
    """Small print."""

    texts: tuple[str, ...]


class Box(NamedTuple):
    """A box to sign in: who signs, and the mark of a signature that was given on a screen."""

    label: str
    mark: str = ""


class Signing(NamedTuple):
    """Boxes to sign in, side by side, each with room for a date."""

    boxes: tuple[Box, ...]


class Seal(NamedTuple):
    """The place for the seal: dashed, with the office and the day in it."""

    lines: tuple[str, ...]


Part = Head | To | Text | Note | Grid | Listing | Signing | Seal


class Layout(NamedTuple):
    """One paper: what it is called, who may issue it, how it is numbered, and its parts."""

    kind: PaperKind
    title: str
    authority: frozenset[PlaceKind]
    parts: tuple[Part, ...]
    number: str = ""
    landscape: bool = False
    letter: bool = False  # running text in the type and margins of an official letter

    def texts(self) -> Iterator[str]:
        """Every text of the paper that may hold a mark, in the order of the page."""
        for part in self.parts:
            yield from _texts(part)


@cache
def layout(kind: PaperKind) -> Layout:
    """The layout of this kind of paper; raises ValueError when its file is not in order."""
    name = f"{kind.value}.toml"
    try:
        return _layout(kind, tomllib.loads((LAYOUTS / name).read_text("utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


@cache
def marks(kind: PaperKind) -> frozenset[str]:
    """The names a value must be given for, signatures among them, lists not."""
    paper = layout(kind)
    once = {mark.name for text in paper.texts() for mark in named(text) if not mark.list}
    return frozenset(once | {AS_OF.name} | ({NUMBERED.name} if paper.number else set()))


@cache
def lists(kind: PaperKind) -> Mapping[str, tuple[str, ...]]:
    """The lists a paper has, each with the names every one of its rows must give."""
    found = (part for part in layout(kind).parts if isinstance(part, Listing))
    return {
        part.name: tuple(column.mark for column in part.columns if column.mark != NUMBER) for part in found
    }


@cache
def pictures(kind: PaperKind) -> frozenset[str]:
    """The marks that may hold a signature drawn on a screen; "" leaves the box to the pen."""
    signing = (part for part in layout(kind).parts if isinstance(part, Signing))
    return frozenset(box.mark for part in signing for box in part.boxes if box.mark)


def may_issue(kind: PaperKind, place: PlaceKind) -> bool:
    """Whether a place of this kind may issue the paper in its own name."""
    return place in layout(kind).authority


def number_text(kind: PaperKind, *, place: str, year: int, number: int) -> str:
    """The number as it is printed, 义限通字〔2026〕12号; "" where papers of the kind bear none."""
    return layout(kind).number.format(place=place, year=year, number=number)


def _texts(part: Part) -> Iterator[str]:
    match part:
        case Head(texts) | Text(texts) | Note(texts) | Seal(texts):
            yield from texts
        case To(text):
            yield text
        case Grid(rows=rows):
            yield from (cell.text for row in rows for cell in row)
        case Listing(name, columns):
            yield from (f"{{{{{name}.{column.mark}}}}}" for column in columns)
        case Signing(boxes):
            yield from (f"{{{{{box.mark}}}}}" for box in boxes if box.mark)


# From the file.


def _layout(kind: PaperKind, told: dict[str, Any]) -> Layout:
    places = (PlaceKind[code] for code in told.pop("authority"))
    authority = frozenset(
        each for place in places for each in (_SCHOOLS if place is PlaceKind.SCHOOL else (place,))
    )
    parts = tuple(_part(part) for part in told.pop("part"))
    paper = Layout(kind, told.pop("title"), authority, parts, **told)
    names = [part.name for part in parts if isinstance(part, Listing)]
    if taken := {mark.name for text in paper.texts() for mark in named(text) if not mark.list} & {*names}:
        raise ValueError(f"both a mark and a list: {min(taken)}")
    return paper


def _part(told: dict[str, Any]) -> Part:
    match told:
        case {"head": texts}:
            return Head(tuple(texts))
        case {"to": text}:
            return To(text)
        case {"text": texts}:
            return Text(tuple(texts))
        case {"note": texts}:
            return Note(tuple(texts))
        case {"seal": lines}:
            return Seal(tuple(lines))
        case {"signing": boxes}:
            return Signing(tuple(Box(box) if isinstance(box, str) else Box(**box) for box in boxes))
        case {"grid": rows, **rest}:
            return _grid(rows, **rest)
        case {"list": name, "columns": columns, **rest}:
            return Listing(name, tuple(Column(**column) for column in columns), **rest)
    raise ValueError(f"a part that is none of the kinds: {', '.join(told)}")


def _grid(rows: list[list[Any]], *, widths: list[int], caption: str = "") -> Grid:
    grid = Grid(tuple(widths), tuple(tuple(_cell(cell) for cell in row) for row in rows), caption)
    for row in grid.rows:
        if sum(cell.span for cell in row) != len(widths):
            raise ValueError(f"a row that does not fill its {len(widths)} columns: {row[0].text}")
    return grid


def _cell(told: Any) -> Cell:
    return Cell(told) if isinstance(told, str) else Cell(told["t"], told.get("span", 1), told.get("tall", 8))
