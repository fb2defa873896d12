"""One run: the product, the floor and the ordinary view by turns, on one kind of database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import chain
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.measure import measure
from bench.processes import cpu_of_trees
from bench.roll_call import client, floor, ordinary_site, product_site, raw
from bench.roll_call.calls import Call, Request
from bench.roll_call.client import Driven
from bench.roll_call.databases import Databases
from bench.roll_call.product_site import Site, Size
from bench.roll_call.server import Running, serving

CLIENTS = 8
PROVINCE, PEAK = 67, 333  # roll calls a second: a province's average in the half hour, and five times that
# Each web process reads the calendar and rules of a class when it first meets it, once for weeks. After four
# mornings nearly all have met nearly all; only the product needs the first three of them.
ALONE = 3
PRODUCT, FLOOR, ORDINARY, EXCEPTIONS = "product", "floor", "ordinary", "ordinary, those away only"


class Plan(NamedTuple):
    """How much is done; the numbers of days are mornings on which every class is called once."""

    size: Size
    rounds: int
    days_a_round: int
    days_at_province: int
    days_at_peak: int

    @property
    def days(self) -> int:
        """All of them; the last two are for counting statements."""
        return ALONE + 1 + 2 + self.rounds * self.days_a_round + self.days_at_province + self.days_at_peak


FULL = Plan(product_site.FULL, rounds=3, days_a_round=1, days_at_province=2, days_at_peak=4)
QUICK = Plan(product_site.QUICK, rounds=1, days_a_round=2, days_at_province=2, days_at_peak=4)


class Round(NamedTuple):
    """What one application did with some mornings."""

    calls_a_second: float
    server_ms: float  # CPU of web and database processes a roll call
    database_ms: float  # of it the database's; 0 where it lives in the web processes
    client_ms: float
    median_wait_ms: float


class Raw(NamedTuple):
    """The bare rows of some mornings."""

    calls_a_second: float
    cpu_ms: float  # of the writing process and the database a roll call


class Opened(NamedTuple):
    """An open loop."""

    rate: float
    requests: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int
    server_cores: float


class Result(NamedTuple):
    """All of one run."""

    database: str
    classes: int
    away: float  # the share of pupils not present
    rounds: dict[str, list[Round]]
    raw: list[Raw]
    province: Opened
    peak: Opened
    statements: int  # the most that one of the counted roll calls took

    def middle(self, application: str, figure: str) -> float:
        """The median over the rounds."""
        return float(median(getattr(each, figure) for each in self.rounds[application]))

    def raw_middle(self, figure: str) -> float:
        """The median over the rounds of the bare rows."""
        return float(median(getattr(each, figure) for each in self.raw))


class _Application(NamedTuple):
    server: Running
    mornings: list[list[Request]]
    clock: Path | None


def run(databases: Databases, folder: Path, plan: Plan) -> Result:
    """Build, warm up, take turns, and check that every roll call sent is stored. Exits when one is not."""
    return _Run(databases, folder, plan).result()


class _Run:
    """A run while it goes on; mornings are used up from the first to the last, by all applications alike."""

    def __init__(self, databases: Databases, folder: Path, plan: Plan) -> None:
        self._databases, self._plan, self._folder = databases, plan, folder
        self._site = Site(folder, databases.create("product"))
        self._mornings, requests = measure(product_site.build, self._site, plan.size, plan.days).value
        databases.settle("product")
        self._copy = databases.copy("product", "bare")
        self._requests: dict[str, list[list[Request]]] = {PRODUCT: requests}
        self._floor = databases.create("floor").removeprefix("sqlite://")
        floor.create(self._floor)
        self._requests[FLOOR] = [list(floor.requests(morning)) for morning in self._mornings]
        self._ordinary = databases.create("ordinary")
        whole, away = measure(ordinary_site.build, self._ordinary, self._mornings).value
        databases.settle("ordinary")
        self._requests |= {ORDINARY: whole, EXCEPTIONS: away}
        self._used = 0
        self._by_all: list[int] = []  # mornings that every application was given

    def result(self) -> Result:
        """Everything in its order."""
        with ExitStack() as stack:
            applications = dict(self._start(stack))
            rounds, bare = self._rounds(applications)
            province = self._open_loop(applications[PRODUCT], PROVINCE, self._plan.days_at_province)
            peak = self._open_loop(applications[PRODUCT], PEAK, self._plan.days_at_peak)
        self._check_stored()
        calls = list(chain(*self._mornings))
        away = sum(len(call.away) for call in calls) / sum(len(call.pupils) for call in calls)
        return Result(
            self._databases.name,
            len(self._mornings[0]),
            away,
            rounds,
            bare,
            province,
            peak,
            self._statements(),
        )

    def _start(self, stack: ExitStack) -> Iterator[tuple[str, _Application]]:
        def serve(name: str, module: str, environment: dict[str, str]) -> Running:
            return stack.enter_context(serving(module, environment, self._folder / f"{name}.log"))

        product = serve(PRODUCT, "notoneless.site.wsgi:application", self._site.environment)
        yield PRODUCT, _Application(product, self._requests[PRODUCT], self._site.clock)
        least = serve(FLOOR, "bench.roll_call.floor:application", {floor.DATABASE: self._floor})
        yield FLOOR, _Application(least, self._requests[FLOOR], None)
        environment = ordinary_site.environment(self._ordinary)
        usual = serve(ORDINARY, "bench.ordinary.wsgi:application", environment)
        yield ORDINARY, _Application(usual, self._requests[ORDINARY], None)
        yield EXCEPTIONS, _Application(usual, self._requests[EXCEPTIONS], None)

    def _rounds(self, applications: dict[str, _Application]) -> tuple[dict[str, list[Round]], list[Raw]]:
        self._closed(applications[PRODUCT], self._next_days(ALONE))
        first = self._used
        warm = self._next_days(1)
        for app in applications.values():
            self._closed(app, warm)
        rounds: dict[str, list[Round]] = {name: [] for name in applications}
        bare: list[Raw] = []
        for _ in range(self._plan.rounds):
            days = self._next_days(self._plan.days_a_round)
            for name, app in applications.items():
                rounds[name].append(self._closed(app, days))
            bare.append(self._raw(days))
        self._by_all = list(range(first, self._used))
        return rounds, bare

    def _next_days(self, count: int) -> list[int]:
        """The next unused mornings; their duties are opened as the worker would at eight o'clock."""
        numbers = list(range(self._used, self._used + count))
        self._used += count
        measure(product_site.open_duties, self._site, self._dates(numbers))
        return numbers

    def _dates(self, numbers: Sequence[int]) -> list[date]:
        return [self._mornings[number][0].day for number in numbers]

    def _closed(self, app: _Application, numbers: list[int]) -> Round:
        requests = [request for number in numbers for request in app.mornings[number]]
        web, database = app.server.pid, self._databases.trees
        before = cpu_of_trees(web), cpu_of_trees(*database)
        measured = measure(client.closed_loop, app.server.port, requests, CLIENTS, app.clock)
        web_ms = 1000 * (cpu_of_trees(web) - before[0]) / len(requests)
        database_ms = 1000 * (cpu_of_trees(*database) - before[1]) / len(requests)
        driven: Driven = measured.value
        if driven.errors:
            sys.exit(f"bench: {len(driven.errors)} of {len(requests)} roll calls failed: {driven.errors[0]}")
        return Round(
            len(requests) / driven.seconds,
            web_ms + database_ms,
            database_ms,
            1000 * measured.cpu / len(requests),
            1000 * client.percentile(driven.waits, 0.5),
        )

    def _raw(self, numbers: list[int]) -> Raw:
        bundles = measure(raw.read, self._site.url, self._dates(numbers)).value
        before = cpu_of_trees(*self._databases.trees)
        measured = measure(raw.write, self._copy, bundles, CLIENTS)
        cpu = measured.cpu + cpu_of_trees(*self._databases.trees) - before
        return Raw(len(bundles) / measured.value, 1000 * cpu / len(bundles))

    def _open_loop(self, app: _Application, rate: float, days: int) -> Opened:
        requests = [request for number in self._next_days(days) for request in app.mornings[number]]
        trees = (app.server.pid, *self._databases.trees)
        before = cpu_of_trees(*trees)
        driven: Driven = measure(client.open_loop, app.server.port, requests, rate, 1, app.clock).value
        cores = (cpu_of_trees(*trees) - before) / driven.seconds
        p50, p95, p99 = (1000 * client.percentile(driven.waits, share) for share in (0.5, 0.95, 0.99))
        return Opened(rate, len(requests), p50, p95, p99, len(driven.errors), cores)

    def _check_stored(self) -> None:
        """Every roll call and every mark that was sent is there, in all three databases."""
        everything = [call for morning in self._mornings[: self._used] for call in morning]
        by_all = [call for number in self._by_all for call in self._mornings[number]]
        _agree(PRODUCT, measure(product_site.stored, self._site).value, _sent(everything))
        _agree(FLOOR, floor.stored(self._floor), _sent(by_all))
        calls, away = _sent(by_all)
        pupils = sum(len(call.pupils) for call in by_all)
        # The ordinary view was given each roll call twice: with all pupils, and with those away alone.
        _agree(ORDINARY, measure(ordinary_site.stored, self._ordinary).value, (2 * calls, pupils + away))

    def _statements(self) -> int:
        """The classes' first morning fills what a process keeps; the second is counted."""
        first, second = self._next_days(2)
        some = slice(0, 50)
        requests = [*self._requests[PRODUCT][first][some], *self._requests[PRODUCT][second][some]]
        counts = measure(product_site.statements, self._site, requests).value
        return int(max(counts[len(counts) // 2 :]))


def _sent(calls: Sequence[Call]) -> tuple[int, int]:
    return len(calls), sum(len(call.away) for call in calls)


def _agree(name: str, stored: tuple[int, int], sent: tuple[int, int]) -> None:
    if stored != sent:
        sys.exit(f"bench: {name} stored {stored} roll calls and marks, {sent} were sent")
