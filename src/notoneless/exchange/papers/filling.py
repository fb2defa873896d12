"""What a paper is filled with: a text for every mark, rows for every list, signatures as pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import Listing, layout, lists, marks, pictures
from notoneless.exchange.papers.marks import NUMBER, Mark

PNG = b"\x89PNG\r\n\x1a\n"
LONGEST = 32_000  # characters; a spreadsheet's cell holds no more than 32,767
# What no XML file can hold, and with it no Word or Excel file.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Picture(NamedTuple):
    """A signature as it was drawn on a screen, a PNG file."""

    png: bytes


Value = str | Picture
Row = Mapping[str, str]
Values = Mapping[str, str | Sequence[Row] | Picture]
Lookup = Callable[[Mark], Value]

_SENTENCES = {
    "missing": ("《{paper}》缺少“{mark}”的内容。", "“{mark}” of {paper} has no value."),
    "unknown": ("《{paper}》没有“{mark}”这一栏。", "{paper} has no mark “{mark}”."),
    "kind": ("《{paper}》的“{mark}”内容类型不对。", "“{mark}” of {paper} has a value of the wrong kind."),
    "too_long": (
        f"《{{paper}}》的“{{mark}}”超过 {LONGEST} 字，请缩短。",
        f"“{{mark}}” of {{paper}} is longer than {LONGEST} characters; please shorten it.",
    ),
    "template": (
        "《{paper}》的模板已不能用：{mark}",
        "The template of {paper} can no longer be used: {mark}",
    ),
}


class PaperProblem(Exception):
    """A paper that cannot be made; `mark` names the place, `zh` and `en` say what is wrong."""

    def __init__(self, kind: PaperKind, mark: str, code: str) -> None:
        self.kind, self.mark, self.code = kind, mark, code
        zh, en = _SENTENCES[code]
        self.zh = zh.format(paper=kind.zh, mark=mark)
        self.en = en.format(paper=kind.en, mark=mark)
        super().__init__(self.zh)


class Filling(NamedTuple):
    """Values that fit a layout, cleaned, rows counted, and a row that says 无 where a list is empty."""

    once: Mapping[str, Value]
    lists: Mapping[str, Sequence[Row]]

    def lookup(self, row: Row | None = None) -> Lookup:
        """What stands for a mark, those of a list by the row of it."""
        line = row or {}
        return lambda mark: line[mark.name] if mark.list else self.once[mark.name]


def filling(kind: PaperKind, values: Values) -> Filling:
    """The values as a paper of this kind takes them; PaperProblem for one missing, strange or wrong."""
    _compare(kind, values.keys(), marks(kind) | lists(kind).keys(), "")
    once = {name: _value(kind, name, values[name]) for name in sorted(marks(kind))}
    listings = [part for part in layout(kind).parts if isinstance(part, Listing)]
    return Filling(once, {each.name: _rows(kind, each, values[each.name]) for each in listings})


def _compare(kind: PaperKind, given: Iterable[str], wanted: Iterable[str], of: str) -> None:
    there, needed = set(given), set(wanted)
    for code, names in (("missing", needed - there), ("unknown", there - needed)):
        if names:
            raise PaperProblem(kind, of + min(names), code)


def _value(kind: PaperKind, name: str, value: object) -> Value:
    if isinstance(value, Picture) and name in pictures(kind) and value.png.startswith(PNG):
        return value
    return _text(kind, name, value)


def _text(kind: PaperKind, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise PaperProblem(kind, name, "kind")
    if len(value) > LONGEST:
        raise PaperProblem(kind, name, "too_long")
    return clean(value)


def clean(text: str) -> str:
    """The text with its line ends as \\n and � for every character that no office file can hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def _rows(kind: PaperKind, listing: Listing, rows: object) -> tuple[Row, ...]:
    names = lists(kind)[listing.name]
    if isinstance(rows, str | Picture) or not isinstance(rows, Sequence):
        raise PaperProblem(kind, listing.name, "kind")
    for row in rows:
        _compare(kind, row.keys(), names, f"{listing.name}.")
    if not rows:
        return ({NUMBER: "", **dict.fromkeys(names, ""), names[0]: listing.empty},)
    return tuple(
        {NUMBER: str(number), **{name: _text(kind, f"{listing.name}.{name}", row[name]) for name in names}}
        for number, row in enumerate(rows, 1)
    )
