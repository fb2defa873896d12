"""The layout of each ledger: its short name, by which lines are numbered, and its columns in their order.

A layout is a TOML file called after the kind of ledger. A column's `mark` names what stands in it and what a
county's own workbook calls it, `{{台账.姓名}}`; `head` is what is printed above it where that differs.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from notoneless.core.report_terms import LedgerKind
from notoneless.exchange.papers.marks import NUMBER

LAYOUTS = files("notoneless.exchange.ledgers") / "layouts"
LIST = "台账"  # the list of a county's own workbook
# What may stand once in a county's own workbook.
ONCE = ("台账名称", "单位", "截至时间", "导出人", "导出时间", "行数")


class Column(NamedTuple):
    """A column: its mark, what is printed above it, and its width in characters of a spreadsheet."""

    mark: str
    head: str
    width: int


class LedgerLayout(NamedTuple):
    """A ledger as it is printed."""

    kind: LedgerKind
    short: str
    columns: tuple[Column, ...]

    def number(self, year: int, number: int) -> str:
        """疑似辍学〔2026〕0012号."""
        return f"{self.short}〔{year}〕{number:04}号"

    def closing_number(self, year: int, number: int) -> str:
        """疑似辍学销〔2026〕0003号."""
        return f"{self.short}销〔{year}〕{number:04}号"

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of a row of a county's own workbook."""
        return tuple(column.mark for column in self.columns if column.mark != NUMBER)

    @property
    def needed(self) -> frozenset[str]:
        """The marks without which a workbook is no ledger: what the line is about."""
        return frozenset({"姓名"} if "姓名" in self.marks else self.marks[:1])


@cache
def ledger_layout(kind: LedgerKind) -> LedgerLayout:
    """The layout of this ledger; raises ValueError when its file is not in order."""
    name = f"{kind.value}.toml"
    try:
        told = tomllib.loads((LAYOUTS / name).read_text("utf-8"))
        columns = tuple(
            Column(each["mark"], each.get("head", each["mark"]), each["width"]) for each in told["columns"]
        )
        return LedgerLayout(kind, told["short"], columns)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error
