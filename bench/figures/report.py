"""A county's month as lines of the table, with the targets they are held to."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figures.run import LEDGER_LINES, Asked, Result, slowest
from bench.table import Line, at_most, bounded

TO_PLAIN, LIST_MS, DIFFERENCE_S = 1.5, 200, 1
LEDGER_S, CHECKS_S, CHECKS_MIB = 3, 10, 1024


def figures_lines(result: Result) -> Iterator[Line]:
    """The month report, each child's line, the lists, then and now, the ledger and the checks."""
    of = f"{result.children:,} children"
    yield from _beside(f"month report by school, {of}", result.month)
    yield from _beside(f"a line a child and month, {of}", result.summary)
    worst = ", ".join(f"{tally} {took:.0f}" for tally, took in slowest(result.lists_ms))
    lists = bounded(
        f"a list's first page, {len(result.lists_ms)} lists: p95", result.lists_p95_ms, "ms", LIST_MS
    )
    yield lists._replace(beside=f"slowest in ms: {worst}")
    then = bounded("as reported, as known now: a month", result.difference_s, "s", DIFFERENCE_S)
    yield then._replace(beside=f"{result.differing} lists differ; {result.moved:,} children had moved")
    lines, took = result.ledger
    limit = LEDGER_S * max(1.0, lines / LEDGER_LINES)
    yield bounded(f"ledger of {lines:,} lines as a workbook", took, "s", limit)
    found, took, peak = result.checks
    yield bounded(f"all contradiction checks, {found:,} findings", took, "s", CHECKS_S)
    yield bounded("all contradiction checks: memory at most", peak, "MiB", CHECKS_MIB)


def _beside(what: str, asked: Asked) -> Iterator[Line]:
    yield at_most(what, asked.product, asked.plain, "ms", TO_PLAIN, "plain SQL")
    yield Line(
        f"{what}: other numbers than plain SQL", asked.wrong or "none", "", "", "none", not asked.wrong
    )
