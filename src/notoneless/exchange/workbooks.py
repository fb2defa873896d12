"""Cells of a handed-in file, read by a child process that may die of it while we do not."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from os import PathLike, fstat
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, NoReturn

from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.limits import Limits
from notoneless.exchange.problems import Problem, Unreadable
from notoneless.exchange.refusals import SENTENCES, Refused
from notoneless.exchange.zipscan import address

LIMITS = Limits()
LONGEST_LINE = 64_000_000
# How a child ends that went beyond its limits: its own word, SIGABRT, SIGKILL, SIGXCPU, SIGXFSZ.
DEATHS = {3: "too_much", -6: "too_much", -9: "too_slow", -24: "too_slow", -25: "too_much"}


class Fault(NamedTuple):
    """A cell whose formula has no usable value; `shows` is "#N/A" or the like, "" if never calculated."""

    shows: str


Cell = str | int | float | date | datetime | time | Fault | None


class Sheet(NamedTuple):
    """One sheet from its cell A1 on, without empty tails; rows may differ in length."""

    name: str
    rows: list[list[Cell]]
    origin: tuple[int, int] = (0, 0)  # row and column, from 0, of the first cell in `rows`

    def address(self, row: int, column: int) -> str:
        """What people call the cell at this place of `rows`, e.g. "B7"."""
        return address(self.origin[0] + row, self.origin[1] + column)


class Workbook(NamedTuple):
    """A file's visible sheets in their order; `hidden` names those that were left unread."""

    file: str
    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()


def read_workbook(path: str | PathLike[str], *, file: str = "", limits: Limits = LIMITS) -> Workbook:
    """Every visible cell of an .xlsx, .xls, .csv or .txt, whatever its name says; raises Unreadable.

    `file` is the name people know it by, if that differs from the path's.
    """
    file = file or Path(path).name
    try:
        with TemporaryFile() as answer:
            _ask_child(path, answer, limits)
            answer.seek(0)
            return _heard(file, answer)
    except Refused as refusal:
        _explain(file, refusal, limits)


def _explain(file: str, refusal: Refused, limits: Limits) -> NoReturn:
    known = limits._asdict() | {"file_megabytes": limits.file_megabytes}
    message = SENTENCES[refusal.code].format(**known)
    raise Unreadable([Problem(file, refusal.sheet, refusal.cell, message)]) from refusal


def _ask_child(path: str | PathLike[str], answer: IO[bytes], limits: Limits) -> None:
    """Have the child write what it finds to `answer`; raises Refused when it does not come back well."""
    try:
        with open(path, "rb") as source:
            _check_size(fstat(source.fileno()), limits)
            died = _run(source, answer, limits)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise Refused("missing") from error
    if died:
        raise Refused(DEATHS.get(died, "damaged"))


def _check_size(about: Any, limits: Limits) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise Refused("missing")
    if about.st_size == 0:
        raise Refused("empty")
    if about.st_size > limits.file_bytes:
        raise Refused("file_too_big")


def _run(source: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    """The child's exit status; no environment, and a file for its output so that no pipe can block."""
    command = [sys.executable, "-I", "-m", "notoneless.exchange.child", json.dumps(limits)]
    child = subprocess.Popen(
        command, stdin=source, stdout=answer, stderr=subprocess.DEVNULL, env={}, cwd="/", close_fds=True
    )
    try:
        return child.wait(timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired:
        raise Refused("too_slow") from None
    finally:
        child.kill()
        child.wait()


def _heard(file: str, answer: IO[bytes]) -> Workbook:
    """The child's answer, checked: it may have been taken over by the file it read."""
    try:
        return _collected(file, _lines(answer))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Refused("damaged") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODE = json.JSONDecoder(parse_constant=_no_constant).decode


def _lines(answer: IO[bytes]) -> Iterator[Any]:
    while line := answer.readline(LONGEST_LINE):
        yield _DECODE(line.decode())


def _collected(file: str, lines: Iterator[Any]) -> Workbook:
    sheets: list[Sheet] = []
    hidden: list[str] = []
    texts: dict[str, str] = {}  # sheets repeat themselves; one copy of each text saves most of the memory
    for line in lines:
        match line:
            case list():
                sheets[-1].rows.extend(_row(row, texts) for row in line)
            case {"refused": str(code), "sheet": str(sheet), "cell": str(cell)}:
                raise Refused(code if code in SENTENCES else "damaged", sheet, cell)
            case {"sheet": str(name), "hidden": True}:
                hidden.append(name)
            case {"sheet": str(name)}:
                sheets.append(Sheet(name, []))
            case {"end": True}:
                return Workbook(file, tuple(sheets), tuple(hidden))
            case _:
                raise ValueError("an answer in another form")
    raise ValueError("an answer without an end")


def _row(row: Any, texts: dict[str, str]) -> list[Cell]:
    if not isinstance(row, list):
        raise TypeError("a row in another form")
    known = texts.setdefault
    # Nearly all cells are texts or empty, and a file may hold millions.
    return [known(v, v) if type(v) is str else None if v is None else _cell(v) for v in row]


def _cell(value: Any) -> Cell:
    match value:
        case int() | float():
            return value
        case {"d": str(day)}:
            return date.fromisoformat(day)
        case {"t": str(moment)}:
            return datetime.fromisoformat(moment).replace(tzinfo=CHINA_TIME)
        case {"h": str(clock)}:
            return time.fromisoformat(clock)
        case {"e": str(shows)}:
            return Fault(shows)
    raise ValueError("a cell in another form")
