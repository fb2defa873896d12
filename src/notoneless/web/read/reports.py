"""What the pages of reports show: the form as on paper with a link in every cell, balances, the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.balances import BALANCES, Broken
from notoneless.core.figure_terms import Tally
from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.reporting import COLUMNS, Column, cell, chain_of, still_there
from notoneless.records.models import ReportDrawn, ReportStepTaken
from notoneless.services.counting_difference import Difference

ALL = "all"
Counts = Mapping[Tally, Mapping[int, int]]
Link = Callable[[Column, str], str]


class Cell(NamedTuple):
    """A number and the list behind it."""

    number: int
    url: str


class Line(NamedTuple):
    """A row of the form; the last is the sum."""

    name: str
    cells: list[Cell]
    share: str  # per cent of those at the start who are still there
    whole: bool = False


class Form(NamedTuple):
    """The form: headings in two rows, and its lines."""

    groups: list[tuple[str, int]]
    heads: list[str]
    lines: list[Line]
    shares: bool


class Tick(NamedTuple):
    """A balance: ticked, or crossed with what either side came to."""

    says: str
    broken: list[str]


class StepLine(NamedTuple):
    """A line of the chain: taken, or still to come."""

    step: ReportStep
    post: Any
    taken: list[ReportStepTaken]


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "zh").startswith("en")


def form_of(kind: ReportKind, counts: Counts, named: Mapping[int, str], link: Link | None) -> Form:
    """The form of a report of this kind with these numbers; `link` leads to the list behind a cell."""
    columns = COLUMNS[kind]
    shares = kind is not ReportKind.DAILY
    lines = [_line(name, counts, columns, unit, link, shares) for unit, name in named.items()]
    lines.append(_line(_("合计"), counts, columns, None, link, shares))
    heads = [each.en if english() else each.zh for each in columns]
    return Form(list(_groups(columns)), heads, lines, shares)


def rows_link(report: ReportDrawn) -> Link:
    """The way from a cell of a report to the children behind it."""

    def link(column: Column, unit: str) -> str:
        return reverse("web:report_rows", args=(report.pk, column.code, unit))

    return link


def ticks(broken: Sequence[Broken], counts: Counts) -> list[Tick]:
    """Every balance that the report's numbers can be held against, once."""
    found: dict[str, list[str]] = {}
    for balance in BALANCES:
        if balance.tallies <= counts.keys():
            found.setdefault(balance.en if english() else balance.zh, [])
    for each in broken:
        says = each.balance.en if english() else each.balance.zh
        found.setdefault(says, []).append(f"{each.left} ≠ {each.right}")
    return [Tick(says, wrong) for says, wrong in found.items()]


def chain_lines(report: ReportDrawn, rule: ReportRule | None) -> list[StepLine]:
    """Every step in its order with who took it; a return stands last."""
    steps = sorted(report.steps.all(), key=lambda each: each.at)
    lines = [
        StepLine(step, post, [each for each in steps if each.step is step and each.post is post])
        for step, post in (chain_of(rule) if rule else ())
    ]
    shown = [each for line in lines for each in line.taken]
    others = [each for each in steps if each not in shown]
    return lines + [StepLine(each.step, each.post, [each]) for each in others]


class Moved(NamedTuple):
    """A number as reported and as known now, with what lies between."""

    name: str
    before: int
    now: int
    events: list[tuple[int, str]]


def differences(found: Mapping[Tally, Difference]) -> list[Moved]:
    """The numbers that are not the same any more."""
    return [
        Moved(tally.label(get_language() or "zh"), each.before, each.now, list(_events(each)))
        for tally, each in found.items()
        if each.moved
    ]


def _events(found: Difference) -> Iterator[tuple[int, str]]:
    for each in found.moved:
        said = [event.says_en if english() else event.says_zh for event in each.events]
        yield each.sign, ("; " if english() else "；").join(said)


def _line(
    name: str,
    counts: Counts,
    columns: Sequence[Column],
    unit: int | None,
    link: Link | None,
    shares: bool,
) -> Line:
    where = ALL if unit is None else str(unit)
    cells = [Cell(n := cell(counts, each, unit), link(each, where) if link and n else "") for each in columns]
    share = still_there(counts, unit) if shares else None
    return Line(name, cells, "" if share is None else f"{share}", unit is None)


def _groups(columns: Sequence[Column]) -> Iterator[tuple[str, int]]:
    last, span = "", 0
    for each in columns:
        group = each.group_en if english() else each.group
        if span and (group != last or not group):
            yield last, span
            span = 0
        last, span = group, span + 1
    yield last, span
