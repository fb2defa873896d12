"""One run over a county of a term: each answer beside the plain SQL for the same numbers, in turns."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.county import site
from bench.county.loading import copy_of, loaded
from bench.county.made import Size
from bench.measure import measure
from bench.postgresql import Durable
from bench.roll_call.client import percentile
from bench.roll_call.product_site import Site


class Plan(NamedTuple):
    """How large the county is, and how often each question is asked."""

    size: Size
    rounds: int


FULL, QUICK = Plan(Size(135, 67_500, 2, 0, 0), 9), Plan(Size(4, 1_620, 2, 0, 0), 2)
LEDGER_LINES = 10_000
PAGE = 50  # children of a list that a page shows


class Asked(NamedTuple):
    """Milliseconds of the product and of plain SQL, medians; `wrong` says where their numbers differ."""

    product: float
    plain: float
    wrong: str


class Result(NamedTuple):
    """All of one run; seconds where not named otherwise."""

    children: int
    moved: int
    month: Asked
    summary: Asked
    lists_ms: dict[str, float]  # by tally: its first page
    lists_p95_ms: float
    difference_s: float
    differing: int  # lists of the report that came out otherwise
    ledger: tuple[int, float]  # lines, seconds
    checks: tuple[int, float, float]  # findings, seconds, MiB at most


def run(server: Durable, kept: Path, folder: Path, plan: Plan) -> Result:
    """Load, move children about, ask."""
    template, known = loaded(server, plan.size, kept)
    installation = copy_of(server, template, "figures", folder, kept)
    try:
        moved: int = measure(_stir, installation).value
        server.analyse("figures")
        _say(f"{moved} children moved")
        month, summary = measure(_month, installation, plan.rounds).value
        _say(f"month {month}, summary {summary}")
        lists, p95 = measure(_lists, installation, plan.rounds).value
        took, differing = measure(_difference, installation, plan.rounds).value
        _say(f"lists p95 {p95:.0f} ms, difference {took:.2f} s")
        ledger, checks = measure(_ledger, installation), measure(_checks, installation)
        found = (*checks.value, checks.peak)
        return Result(known.children, moved, month, summary, lists, p95, took, differing, ledger.value, found)
    finally:
        server.drop("figures")


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _stir(installation: Site) -> int:
    site.set_up(installation)
    from django.db import transaction

    from bench.figures.stirred import stir

    with transaction.atomic():
        return stir()


def _question(known_at: Any) -> Any:
    from bench.figures.stirred import FIRST, LAST
    from notoneless.core.terms import PlaceKind
    from notoneless.records.models import Place
    from notoneless.services.counting import Asked as Question

    return Question(Place.objects.get(kind=PlaceKind.COUNTY), FIRST, LAST, known_at)


def _tallies() -> list[Any]:
    from notoneless.core.figure_terms import Tally
    from notoneless.records.counting_sources import IN, OUT

    whole = list(Tally)
    first, last = whole.index(Tally.AT_RISK), whole.index(Tally.PERSUADED)
    stocks = whole[: whole.index(Tally.ENTERED)]
    return [*stocks, *IN, *OUT, *whole[first : last + 1]]


def _month(installation: Site, rounds: int) -> tuple[Asked, Asked]:
    """The month report by school and each child's line, product and plain SQL in turns."""
    site.set_up(installation)
    from bench.figures import plain
    from bench.figures.stirred import NOW
    from notoneless.services.counting import counts_by_school
    from notoneless.services.counting_asked import moment_param, parameters
    from notoneless.services.enrolment_facts import midnight
    from notoneless.services.month_summary import child_months

    asked, tallies = _question(NOW), _tallies()
    given = parameters(asked) | {"as_of": moment_param(midnight(asked.last)) + _a_day()}

    def by_school() -> Counter[tuple[str, int]]:
        found = counts_by_school(asked, tallies)
        return Counter({(t.value, school): n for t, by in found.items() for school, n in by.items()})

    def by_hand() -> Counter[tuple[str, int]]:
        rows = (row for sql in plain.MONTH for row in _fetched(sql, given))
        return Counter({(tally, school): number for tally, school, number in rows})

    def lines() -> list[Any]:
        return list(child_months(asked))

    def lines_by_hand() -> list[Any]:
        return _fetched(plain.CHILDREN, given)

    ours = Counter((tuple(each)[:8], each.overdue) for each in lines())
    theirs = Counter((row[:8], row[9]) for row in lines_by_hand())
    return (
        _in_turns(by_school, by_hand, rounds, _wrong(by_school(), by_hand())),
        _in_turns(lines, lines_by_hand, rounds, _wrong(ours, theirs)),
    )


def _a_day() -> Any:
    from datetime import timedelta

    return timedelta(days=1)


def _fetched(sql: str, given: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows: list[Any] = cursor.fetchall()
        return rows


def _wrong(ours: Counter[Any], theirs: Counter[Any]) -> str:
    """Where the numbers differ, in words; empty where nowhere."""
    differ = {key for key in ours.keys() | theirs.keys() if ours[key] != theirs[key]}
    return f"{len(differ)} differ: {sorted(map(str, differ))[:3]}" if differ else ""


def _in_turns(product: Callable[[], Any], plain: Callable[[], Any], rounds: int, wrong: str) -> Asked:
    times = [(_ms(product), _ms(plain)) for _ in range(rounds)]
    return Asked(median(t for t, _ in times), median(t for _, t in times), wrong)


def _ms(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _lists(installation: Site, rounds: int) -> tuple[dict[str, float], float]:
    """The first page of every figure's every list: how many children, and the first of them."""
    site.set_up(installation)
    from bench.figures.stirred import NOW
    from notoneless.core.figure_terms import Tally
    from notoneless.services.counting import page_of

    asked, waits = _question(NOW), list[float]()
    found: dict[str, float] = {}
    for tally in Tally:
        page_of(asked, tally, 0, PAGE)
        each = [_ms(partial(page_of, asked, tally, 0, PAGE)) for _ in range((rounds + 2) // 3)]
        waits += each
        found[tally.value] = median(each)
    return found, percentile(waits, 0.95)


def _difference(installation: Site, rounds: int) -> tuple[float, int]:
    """What became of the lists of the month's report since it was drawn up."""
    site.set_up(installation)
    from bench.figures.stirred import NOW, THEN
    from notoneless.services.counting import lines_of
    from notoneless.services.counting_difference import difference

    asked, tallies = _question(NOW), _tallies()
    reported = lines_of(_question(THEN), tallies)
    found = difference(reported, asked, known_before=THEN)
    for tally, what in found.items():
        assert what.before + sum(each.sign for each in what.moved) == what.now, tally
    times = [_ms(lambda: difference(reported, asked, known_before=THEN)) for _ in range(rounds)]
    return median(times) / 1000, sum(1 for what in found.values() if what.moved)


def _ledger(installation: Site) -> tuple[int, float]:
    """A ledger as a workbook."""
    site.set_up(installation)
    from bench.figures.others import ledger

    return ledger(LEDGER_LINES)


def _checks(installation: Site) -> tuple[int, float]:
    """All contradiction checks over the county."""
    site.set_up(installation)
    from bench.figures.others import checks

    return checks()


def slowest(lists: dict[str, float]) -> Iterator[tuple[str, float]]:
    """The lists that take longest."""
    yield from sorted(lists.items(), key=lambda each: -each[1])[:3]
