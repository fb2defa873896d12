"""What a pack says of figures and reports: targets, exclusions, which report is due when and who signs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.terms import Post
from notoneless.core.time_limit import TimeLimit

ALL_GRADES = frozenset(range(1, 10))
ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """The days of a report, both within it."""

    first: date
    last: date


class TargetExample(NamedTuple):
    """A worked example: a share in per cent, whether it meets the target, and whose where grades differ."""

    value: Decimal
    met: bool
    grade: int = 0  # 0: any grade


@dataclass(frozen=True, slots=True)
class TargetRule:
    """A bound for a figure, in per cent, for some grades; a figure without a formula id has none."""

    figure: Figure
    at_most: Decimal | None
    at_least: Decimal | None
    grades: frozenset[int]
    per: str  # "class", "grade", "school", "township", "county": where it is measured
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    below: bool = False  # at_most itself does not meet it any more: "below 2 %"
    examples: tuple[TargetExample, ...] = ()

    def met_by(self, value: Decimal) -> bool:
        """Whether a share in per cent is within the bound."""
        if self.at_most is not None and (value >= self.at_most if self.below else value > self.at_most):
            return False
        return self.at_least is None or value >= self.at_least


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """Which lists a figure leaves out of numerator and denominator, by the document."""

    figure: Figure
    excludes: frozenset[Tally]
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str


class ReportExample(NamedTuple):
    """A worked example: a day, the report's days around it, and when it is due."""

    day: date
    first: date
    last: date
    due: str  # "2026-11-23 23:59"


@dataclass(frozen=True, slots=True)
class ReportRule:
    """A report that a kind of place owes: its days, when it is due, who checks, signs and receives it."""

    kind: ReportKind
    level: str  # who draws it up: "school", "township", "county"
    day: int  # of a monthly report, the last day it counts; 0: the month's last day
    by: TimeLimit  # from the end of its last day
    drawer: Post
    checks: tuple[Post, ...]  # in their order; a class teacher checks the own class
    signer: Post
    to: Post | None  # None: kept by the place itself
    nil: bool  # whether "nothing to report" is a report that must be signed
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
    months: tuple[int, ...] = ()  # of spring and autumn reports, the months in which they are due
    also_to: tuple[Post, ...] = ()  # who gets the same report and need not accept it
    examples: tuple[ReportExample, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerRule:
    """A ledger that a kind of place keeps."""

    kind: LedgerKind
    level: str
    keeper: Post
    clause: tuple[str, ...]
    pointer: str
    says: str
    reading: str
