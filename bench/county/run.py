"""One run over a county: storm, pages, roster, signing in, the night; each on a copy of its own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.county import client, importing, made, many, pages, people
from bench.county.client import Sent
from bench.county.importing import Copied, Imported
from bench.county.loading import copy_of, loaded
from bench.county.made import Size
from bench.county.pages import Asked
from bench.county.people import Night, SignIns
from bench.county.site import Loaded
from bench.county.storm import RATE, Ran, Storm
from bench.measure import measure
from bench.postgresql import Durable
from bench.roll_call.product_site import Site
from bench.roll_call.server import Running, serving

PRODUCT = "notoneless.site.wsgi:application"
WARM = 24  # pages before those that count
HIGHEST = 667.0  # where the search for the breaking rate begins


class Plan(NamedTuple):
    """How much is done."""

    size: Size
    storm_s: float
    warm: int  # mornings before the storm: each class a few times, so that the processes know nearly all
    asks: int  # for each page


FULL, QUICK = Plan(made.FULL, 60, 3, 40), Plan(made.QUICK, 1, 1, 4)


class Result(NamedTuple):
    """All of one run."""

    known: Loaded
    plan: Plan
    closed: Ran
    storm: Ran
    breaks_above: float
    trials: list[Ran]
    open_obligations: int
    pages: list[Asked]
    imported: Imported
    copied: Copied
    others: client.Driven  # a page asked for again and again while the roster is taken in
    sign_ins: SignIns
    night: Night


def run(server: Durable, kept: Path, folder: Path, plan: Plan) -> Result:
    """Everything in its order."""
    template, known = loaded(server, plan.size, kept)
    bench = _Bench(server, kept, folder, plan, template, known)
    with bench.installed("storm") as (installation, web):
        closed, storm, breaks, trials, at = bench.storm(installation, web)
        many.fill(installation.url, plan.size.open_obligations, at)
        asked = pages.run(installation, web, server, at, plan.asks)
        _say(f"{len(asked)} pages were asked for")
    with bench.installed("import") as (installation, web), bench.installed("raw") as (other, _):
        imported, others = bench.import_while_others_look(installation, web)
        copied = measure(importing.copy_raw, installation, other).value
        _say(f"{imported}, {copied}")
    with bench.installed("night") as (installation, _):
        signed = measure(people.sign_ins, installation).value
        night = measure(people.night, installation, known.mornings[0][0].day).value
    return Result(
        known,
        plan,
        closed,
        storm,
        breaks,
        trials,
        plan.size.open_obligations,
        asked,
        imported,
        copied,
        others,
        signed,
        night,
    )


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


class _Bench(NamedTuple):
    server: Durable
    kept: Path
    folder: Path
    plan: Plan
    template: str
    known: Loaded

    @contextmanager
    def installed(self, name: str) -> Iterator[tuple[Site, Running]]:
        """A copy of the county with a web server in front of it, gone afterwards."""
        installation = copy_of(self.server, self.template, name, self.folder, self.kept)
        try:
            with serving(PRODUCT, installation.environment, self.folder / f"{name}.log") as web:
                yield installation, web
        finally:
            self.server.drop(name)

    def storm(self, installation: Site, web: Running) -> tuple[Ran, Ran, float, list[Ran], datetime]:
        """The storm, the rate that still holds, and the moment at which the county stands after it."""
        storm = Storm(installation, web, self.server, self.known.mornings)
        storm.warm_up(self.plan.warm)
        closed = storm.closed(len(self.known.mornings[0]))
        blown = storm.opened(min(RATE, storm.left / 2 / self.plan.storm_s), self.plan.storm_s)
        breaks, trials = storm.breaking_rate(min(HIGHEST, 1.5 * closed.done))
        storm.finish_day()
        storm.check_stored()
        return closed, blown, breaks, trials, storm.now + timedelta(minutes=25)

    def import_while_others_look(self, installation: Site, web: Running) -> tuple[Imported, client.Driven]:
        """The roster goes in while a teacher's page is asked for again and again."""
        roster = self.folder / "花名册.csv"
        measure(importing.write_roster, installation, roster, self.plan.size.imported)
        measure(importing.mark, installation)
        page = next(p for p in measure(pages.pages, installation).value if p.name == pages.TEACHER)
        stop, waits = threading.Event(), client.Driven(0.0, [], [], b"", 0.0)
        asked = [Sent(page.data, importing.AT)]
        # Several at a time, so that each process has been asked and knows all.
        client.closed_loop(web.port, asked * WARM, WARM // 2, installation.clock, b"200")

        def look() -> None:
            while not stop.wait(0.1):
                one = client.closed_loop(web.port, asked, 1, installation.clock, b"200")
                waits.waits.extend(one.waits)
                waits.errors.extend(one.errors)

        looking = threading.Thread(target=look)
        looking.start()
        try:
            imported = measure(importing.take_in, installation, roster).value
        finally:
            stop.set()
            looking.join()
        return imported, waits
