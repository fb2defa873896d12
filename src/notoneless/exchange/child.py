"""The child process that parses one handed-in file, so that a hostile file can only kill the child.

It reads the file from standard input and writes JSON lines to standard output: for each sheet an object
`{"sheet": …, "hidden": …}` and then arrays of some rows each, from the first row on; at the end
`{"end": true}`, or `{"refused": code, "sheet": …, "cell": …}` instead. A cell is null, a string, a number, or
an object with one key: d (day), t (day and time), h (time), e (a formula without a usable value; the value
says what it shows).
"""

from __future__ import annotations

import io
import json
import math
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, TextIO

from notoneless.exchange.limits import Limits
from notoneless.exchange.refusals import Refused
from notoneless.exchange.sniff import kind_of
from notoneless.exchange.texts import decoded, rows_of
from notoneless.exchange.zipscan import address, scan

Row = list[Any]
# Above this a number has more digits than a spreadsheet keeps (15): the rest of them is lost.
DIGITS_KEPT = 10**15
LONGEST_SHEET_NAME = 100  # spreadsheets allow 31 characters
CELLS_A_LINE = 500
ANSWER_TOO_LONG = 3  # exit status
_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def main(arguments: list[str]) -> int:
    """Parse standard input within the limits given as JSON in the first argument; gives the exit status."""
    limits = Limits(*json.loads(arguments[0]))
    restrain(limits)
    try:
        _answer(limits)
        sys.stdout.flush()
    except OSError:
        os._exit(ANSWER_TOO_LONG)  # an orderly exit would try to write the rest once more
    return 0


def _answer(limits: Limits) -> None:
    answer = Answer(sys.stdout, limits)
    try:
        parse(sys.stdin.buffer, answer, limits)
        answer.say({"end": True})
    except Refused as refusal:
        answer.say({"refused": refusal.code, "sheet": refusal.sheet, "cell": refusal.cell})
    except MemoryError:
        answer.say({"refused": "too_much", "sheet": "", "cell": ""})


def restrain(limits: Limits) -> None:
    """Bind this process to its memory, its time and the size of its answer, for good."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.answer_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


class Answer:
    """What the child says, sheet by sheet, counting as it goes."""

    def __init__(self, out: TextIO, limits: Limits) -> None:
        self.out = out
        self.limits = limits
        self.cells = 0
        self.sheets = 0

    def say(self, line: object) -> None:
        """Write one JSON line."""
        self.out.write(_ENCODE(line) + "\n")

    def sheet(self, name: str, rows: Iterable[Row], *, hidden: bool = False) -> None:
        """Write one sheet without its empty tails; raises Refused where it goes beyond the limits."""
        self.sheets += 1
        if self.sheets > self.limits.sheets:
            raise Refused("too_many_sheets")
        name = name[:LONGEST_SHEET_NAME]
        self.say({"sheet": name, "hidden": hidden})
        block: list[Row] = []
        said = size = 0  # how many rows are written or in the block, and the block's cells
        for number, row in enumerate(rows):
            used = without_tail(row)
            if not used:
                continue
            self._count(name, number, used)
            block += [[] for _ in range(number - said)]
            block.append(used)
            size += len(used) + number - said
            said = number + 1
            if size >= CELLS_A_LINE:
                self._write(name, said, block)
                block, size = [], 0
        self._write(name, said, block)

    def _count(self, name: str, number: int, row: Row) -> None:
        if number >= self.limits.rows:
            raise Refused("too_many_rows", name, address(number, len(row) - 1))
        if len(row) > self.limits.columns:
            raise Refused("too_many_columns", name, address(number, len(row) - 1))
        self.cells += len(row)
        if self.cells > self.limits.cells:
            raise Refused("too_many_cells", name)

    def _write(self, name: str, end: int, block: list[Row]) -> None:
        """Write the rows before `end` as one line; only a long line can hold a cell that is too long."""
        if not block:
            return
        line = _ENCODE(block)
        if len(line) > self.limits.cell_characters:
            for number, row in enumerate(block, end - len(block)):
                self._check_cells(name, number, row)
        self.out.write(line + "\n")

    def _check_cells(self, name: str, number: int, row: Row) -> None:
        for column, value in enumerate(row):
            if isinstance(value, str) and len(value) > self.limits.cell_characters:
                raise Refused("cell_too_long", name, address(number, column))


def without_tail(row: Row) -> Row:
    """The row up to its last cell that holds anything."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def parse(source: BinaryIO, answer: Answer, limits: Limits) -> None:
    """Find out what the file is and write its cells to the answer."""
    kind = kind_of(source.read(4096))
    source.seek(0)
    if kind == "text":
        rows = rows_of(decoded(source.read()))
        answer.sheet("", ([value if value.strip() else None for value in row] for row in rows))
        return
    faults = scan(source, limits) if kind == "xlsx" else {}
    source.seek(0)
    _workbook(io.BytesIO(source.read()), answer, faults)


def _workbook(source: BinaryIO, answer: Answer, faults: dict[str, dict[tuple[int, int], str]]) -> None:
    from python_calamine import (  # here, so that the limits bind before any of its code runs
        CalamineError,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
        load_workbook,
    )

    try:
        book = load_workbook(source)
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            if about.visible is not SheetVisibleEnum.Visible:
                answer.sheet(about.name, (), hidden=True)
                continue
            sheet = book.get_sheet_by_name(about.name)
            answer.sheet(about.name, _rows(sheet, faults.get(about.name, {})))
    except PasswordError:
        raise Refused("password") from None
    except (CalamineError, ValueError) as error:
        raise Refused("damaged") from error


def _rows(sheet: Any, faults: dict[tuple[int, int], str]) -> Iterator[Row]:
    """The sheet's rows from A1 on, faulty cells and cells merged downwards filled in."""
    left = [None] * (sheet.start[1] if sheet.start else 0)
    merged = _merged_downwards(sheet)
    held: dict[int, tuple[int, Any]] = {}  # column → last row of the merge, its value
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), what in faults.items():
        by_row.setdefault(row, []).append((column, what))
    for number, values in enumerate(sheet.iter_rows()):
        cells = left + [plain(value) for value in values]
        for column, what in by_row.get(number, ()):
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = {"e": what}
        for column, last in merged.get(number, ()):
            held[column] = (last, cells[column] if column < len(cells) else None)
        for column, (last, value) in list(held.items()):
            if number > last:
                del held[column]
            elif column < len(cells):
                cells[column] = value
        yield cells


def _merged_downwards(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """By first row, the column and last row of merges one column wide: what they say holds for each row."""
    merges: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and bottom > top:
            merges.setdefault(top, []).append((left, bottom))
    return merges


def plain(value: object) -> Any:
    """A cell's value as the answer carries it; whole numbers lose the ".0" a workbook stores them with."""
    if type(value) is str:  # nearly all cells
        return value or None
    match value:
        case "" | None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value)
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case time():
            return {"h": value.isoformat()}
        case timedelta():
            return _clock(value)
    return str(value)


def _number(value: float) -> int | float | str:
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= DIGITS_KEPT:
        return float(value)
    return int(value) if value == int(value) else value


def _clock(value: timedelta) -> Any:
    if timedelta(0) <= value < timedelta(days=1):
        return {"h": (datetime.min + value).time().isoformat()}  # noqa: DTZ901 - only the time is kept
    return str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
