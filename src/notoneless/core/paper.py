"""A page as values: headings, lists, tables, rows of days; every format renders the same page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import NamedTuple

WEEKDAYS = "一二三四五六日"


class Heading(NamedTuple):
    """A heading: level 2 for a part of the page, 3 for a clause."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """Running text; `said` marks a clause in our words, which stands out from what we say about it."""

    text: str
    said: bool = False


class Items(NamedTuple):
    """A plain list."""

    rows: tuple[str, ...]


class Pairs(NamedTuple):
    """Lines of a label and what it says."""

    rows: tuple[tuple[str, str], ...]


class Table(NamedTuple):
    """A table; `shares` are the widths of its columns in parts of the whole."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]


class Tone(Enum):
    """The colour of a day, always beside its word and its shape."""

    SEEN = "seen"
    AWAY = "away"
    LEAVE = "leave"
    UNKNOWN = "unknown"
    OFF = "off"


class DayCell(NamedTuple):
    """One day, or a stretch of days without school: the date, the shape and the word."""

    first: date
    last: date
    shape: str
    word: str
    tone: Tone

    @property
    def when(self) -> str:
        """`11-20 五`, or a stretch: `11-21–22`, `09-30–10-07`."""
        if self.first == self.last:
            return f"{self.first:%m-%d} {WEEKDAYS[self.first.weekday()]}"
        return f"{self.first:%m-%d}–{self.last:{'%d' if self.first.month == self.last.month else '%m-%d'}}"

    @property
    def mark(self) -> str:
        """Shape and word: `■ 旷课`."""
        return f"{self.shape} {self.word}".strip()


class DayRow(NamedTuple):
    """Days in a row, drawn as a small calendar."""

    cells: tuple[DayCell, ...]


class Answer(NamedTuple):
    """A question to whoever signs, with boxes to tick and room to write after the last."""

    question: str
    choices: tuple[str, ...]


class Signing(NamedTuple):
    """The place for names, dates and seals."""

    labels: tuple[str, ...]


class Box(NamedTuple):
    """Blocks that belong together under a title, such as a worked example."""

    title: str
    blocks: tuple[Heading | Paragraph | Items | Pairs | Table | DayRow | Answer, ...]


Block = Heading | Paragraph | Items | Pairs | Table | DayRow | Answer | Signing | Box


class Page(NamedTuple):
    """A page: its title, what stands at the head of every sheet, and its blocks; a dense one lies across."""

    title: str
    running_head: str
    blocks: tuple[Block, ...]
    dense: bool = False  # small type on a sheet laid across, where much must be seen at once


BLANK = "________________"


def markdown(page: Page) -> str:
    """The page in Markdown, as it is kept beside the code."""
    lines = [f"# {_plain(page.title)}", ""]
    for block in page.blocks:
        lines += [*_lines(block), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(level, text):
            return [f"{'#' * level} {_plain(text)}"]
        case Paragraph(text, said):
            return [f"> {_plain(text)}" if said else _plain(text)]
        case Items(rows):
            return [f"- {_plain(row)}" for row in rows]
        case Pairs(pairs):
            return [f"- {label}：{_plain(text)}" for label, text in pairs]
        case Table(head, rows):
            return [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
        case DayRow(cells):
            return ["｜".join(f"{cell.when} {cell.mark}" for cell in cells)]
        case Answer(question, choices):
            return [f"{question}：{answer_text(choices)}"]
        case Signing(labels):
            return ["　　".join(f"{label}：________" for label in labels)]
        case Box(title, blocks):
            inner = (["", *_lines(each)] for each in blocks)
            return [f"**{_plain(title)}**", *(line for lines in inner for line in lines)]


def answer_text(choices: Iterable[str]) -> str:
    """`□ 同意　□ 应改为：____`: boxes to tick, and room to write after the last."""
    return "　".join(f"□ {choice}" for choice in choices) + BLANK


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_plain(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _plain(text: str) -> str:
    """The text with nothing in it that Markdown would take for markup, but for `code`."""
    return text.replace("\n", " ").replace("<", "&lt;").replace("*", chr(92) + "*")
