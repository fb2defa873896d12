"""卷 and 件: what one piece of the pack is, and what was made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from notoneless.core.explain import stamp
from notoneless.core.terms import Term
from notoneless.exchange.bundle import File, bundle, unbundled
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.pack_sections import Marks, Section, Words, book_of, said


class Volume(Term):
    """卷: a part of the pack."""

    POLICY = "POLICY", "制度与责任", "policy and responsibility"
    LEDGERS = "LEDGERS", "台账", "ledgers"
    FIGURES = "FIGURES", "指标与报表", "figures and reports"
    RECORDS = "RECORDS", "过程记录与佐证", "records and evidence"
    CHECKS = "CHECKS", "自查与督导", "checks and supervision"


class Made(NamedTuple):
    """The files of a piece, how many rows they have, and which children they name."""

    files: tuple[File, ...]
    rows: int
    children: frozenset[UUID] = frozenset()
    note: Words = ("", "")  # why there is no file


class Piece(NamedTuple):
    """One numbered piece: where it stands, what it is called, and how it is made."""

    volume: Volume
    title: Words
    make: Callable[[PackAsked, str], Made]  # the second is what the names of its files begin with


def number_of(piece: Piece, pieces: Sequence[Piece]) -> str:
    """2-03: the volume, and the piece within it."""
    volume = list(Volume).index(piece.volume) + 1
    within = [each for each in pieces if each.volume is piece.volume].index(piece) + 1
    return f"{volume}-{within:02}"


def stem_of(piece: Piece, pieces: Sequence[Piece], language: str) -> str:
    """2 台账/2-03 辍学台账: what the names of its files begin with."""
    number = number_of(piece, pieces)
    folder = f"{number[0]} {piece.volume.label(language)}"
    return f"{folder}/{number} {plain(said(piece.title, language))}"


def plain(name: str) -> str:
    """The name without what a file's name cannot have."""
    return "".join("-" if letter in '/\\:*?"<>|\n' else letter for letter in name)[:80].strip()


def marks_of(asked: PackAsked) -> Marks:
    """Whose copy it is, of what, as of when."""
    use = ("仅限控辍保学检查使用，不得公开", "for inspection only, not to be published")
    words: tuple[tuple[Words, str], ...] = (
        (("单位", "place"), asked.place.name),
        (("学年", "school year"), asked.year_name),
        (("导出人", "taken out by"), asked.person.name),
        (("截至", "as of"), stamp(asked.at)),
        (("用途", "use"), said(use, asked.language)),
    )
    return tuple((said(name, asked.language), value) for name, value in words)


def tables(*sections: Callable[[PackAsked], Section]) -> Callable[[PackAsked, str], Made]:
    """A piece that is one workbook of these tables."""

    def make(asked: PackAsked, stem: str) -> Made:
        found = [section(asked) for section in sections]
        content = book_of(found, marks_of(asked), asked.language)
        children = frozenset(child for each in found for child in each.children)
        return Made((File(f"{stem}.xlsx", content),), sum(len(each.rows) for each in found), children)

    return make


def kept(made: Made) -> bytes:
    """What was made as one file, to go on with later."""
    told = json.dumps({"rows": made.rows, "children": sorted(map(str, made.children)), "note": [*made.note]})
    return bundle((File("made.json", told.encode()), *made.files))


def opened(content: bytes) -> Made:
    """What `kept` was given."""
    first, *files = unbundled(content)
    told = json.loads(first.content)
    children = frozenset(map(UUID, told["children"]))
    return Made(tuple(files), told["rows"], children, tuple(told["note"]))


def children_in(made: Iterable[Made]) -> frozenset[UUID]:
    """All children whom the pieces name, each once."""
    return frozenset(child for each in made for child in each.children)
