"""外来表: counts by place in whatever table another office sent, found where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import NamedTuple

from notoneless.core.figure_terms import Tally
from notoneless.exchange.cells import compact, text_in
from notoneless.exchange.workbooks import Cell, Sheet, Workbook, read_workbook

HEADINGS_WITHIN = 12  # rows in which the headings must stand
TOTALS = frozenset({"合计", "总计", "共计", "全县", "全区", "全市", "全镇", "全乡"})
_TAIL = re.compile(r"(学生|儿童少年|儿童|少年)?(总)?(人数|人|数|名)?([(（].*[)）])?$")
_T = Tally
# What offices call our counts; each count's own name is known too.
CALLED: Mapping[Tally, str] = {
    _T.CLOSING: "在校 在校生 在校学生 本月末在校 期末在校 现在校",
    _T.OPENING: "上月末在校 期初在校 月初在校 原在校",
    _T.ON_ROLL: "在籍 学籍 在册 在籍生",
    _T.ON_ROLL_AWAY: "在籍不在校 人籍分离",
    _T.ATTENDING_OFF_ROLL: "在校不在籍 借读 借读生",
    _T.SUSPECTED: "疑似辍学 疑辍",
    _T.DROPOUTS: "辍学 已辍学 确认辍学",
    _T.NEVER_ENROLLED: "失学 未入学 从未入学",
    _T.AT_RISK: "临界 临界辍学 临辍",
    _T.BACK: "已返校 返校 劝返复学 已劝返",
    _T.TRANSFERRED_IN: "转入",
    _T.TRANSFERRED_OUT: "转出",
    _T.SUSPENDED: "休学",
    _T.RESUMED: "复学",
    _T.DIED: "死亡",
    _T.ENTERED: "新生 招生",
    _T.GRADUATED: "毕业 毕结业",
    _T.SCHOOL_AGE: "适龄 适龄人口 适龄儿童",
    _T.SCHOOL_AGE_IN_SCHOOL: "适龄在校 适龄入学",
    _T.DISABLED: "残疾 适龄残疾 残疾适龄",
    _T.DISABLED_IN_SCHOOL: "残疾入学 残疾在校 残疾安置 已安置残疾",
}


class Column(NamedTuple):
    """A column with numbers: its place, what stands over it, and what we take it for."""

    at: int
    heading: str
    tally: Tally | None


class Found(NamedTuple):
    """A table in a sheet: which rows are of which place, which columns of what."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: Mapping[int, int]  # row → id of the place
    unknown: tuple[str, ...]  # names in the column of places that are none of ours


class Count(NamedTuple):
    """One number of the table: the sheet and cell it stands in, the place, what is counted."""

    sheet: str
    cell: str
    place: int
    tally: Tally
    number: int


def read_outside(
    path: str | PathLike[str], places: Mapping[str, int], *, file: str = "", whole: int | None = None
) -> list[Found]:
    """The tables of a file, read in a child process. Raises Unreadable.

    `places` are ids by name; the row of totals is `whole`'s, if that is given.
    """
    return tables_in(read_workbook(path, file=file), places, whole=whole)


def tables_in(book: Workbook, places: Mapping[str, int], *, whole: int | None = None) -> list[Found]:
    """The tables of a workbook that name at least one of the places and one count of ours."""
    known = {_plain(name): number for name, number in places.items()}
    if whole is not None:
        known |= dict.fromkeys(TOTALS, whole)
    return [found for sheet in book.sheets if (found := _table(sheet, known)) is not None]


def _table(sheet: Sheet, known: Mapping[str, int]) -> Found | None:
    at = _column_of_places(sheet, known)
    if at is None:
        return None
    names = {row: _plain(text_in(cells[at])) for row, cells in enumerate(sheet.rows) if at < len(cells)}
    rows = {row: known[name] for row, name in names.items() if name in known}
    first = min(rows)
    headings = range(min(first, HEADINGS_WITHIN))
    columns = tuple(_columns(sheet, headings, at, first))
    if not any(column.tally for column in columns):
        return None
    below = [name for row, name in names.items() if row > first and name and name not in known]
    return Found(sheet, columns, rows, tuple(dict.fromkeys(below)))


def _column_of_places(sheet: Sheet, known: Mapping[str, int]) -> int | None:
    """The column in which most places stand."""
    hits: dict[int, int] = {}
    for cells in sheet.rows:
        for at, cell in enumerate(cells):
            if _plain(text_in(cell)) in known:
                hits[at] = hits.get(at, 0) + 1
    return max(hits, key=lambda at: (hits[at], -at)) if hits else None


def _columns(sheet: Sheet, headings: range, names_at: int, first: int) -> Iterator[Column]:
    """The columns that hold a number in the first row of a place or anywhere below it."""
    width = max(len(cells) for cells in sheet.rows)
    for at in range(width):
        if at == names_at or not any(number_in(_at(cells, at)) is not None for cells in sheet.rows[first:]):
            continue
        over = [text for row in headings if (text := compact(text_in(_at(sheet.rows[row], at))))]
        heading = over[-1] if over else ""
        if heading:
            yield Column(at, heading, tally_of(heading))


def _at(cells: list[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def number_in(cell: Cell) -> int | None:
    """The whole number in a cell, also one that was typed as text; None where there is none.

    >>> number_in(12.0), number_in(" 7人"), number_in("-"), number_in(2.5)
    (12, 7, None, None)
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return int(cell) if cell == int(cell) and cell >= 0 else None
    plain = compact(text_in(cell)).removesuffix("人").removesuffix("名")
    return int(plain) if plain.isascii() and plain.isdigit() else None


def tally_of(heading: str) -> Tally | None:
    """What a heading counts, as far as we know it.

    >>> tally_of("疑似辍学学生人数（人）").value, tally_of("在校生数").value, tally_of("备注")
    ('SUSPECTED', 'CLOSING', None)
    """
    whole = compact(heading)
    return _CALLED.get(whole) or _CALLED.get(_TAIL.sub("", whole))


def counts_in(found: Found, chosen: Mapping[int, Tally | None] | None = None) -> Iterator[Count]:
    """The numbers of a table; `chosen` says for columns otherwise than they were taken."""
    for column in found.columns:
        tally = column.tally if chosen is None else chosen.get(column.at, column.tally)
        if tally is None:
            continue
        for row, place in found.rows.items():
            number = number_in(_at(found.sheet.rows[row], column.at))
            if number is not None:
                yield Count(found.sheet.name, found.sheet.address(row, column.at), place, tally, number)


def _plain(name: str) -> str:
    return compact(name)


_CALLED: Mapping[str, Tally] = {
    **{compact(tally.zh): tally for tally in Tally},
    **{name: tally for tally, names in CALLED.items() for name in names.split()},
}
