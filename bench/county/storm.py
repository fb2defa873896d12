"""Eight o'clock: roll calls at random moments, and the rate at which people begin to wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from bench.county import client, site
from bench.county.client import Driven, Sent
from bench.county.site import Said
from bench.measure import measure
from bench.postgresql import Durable
from bench.processes import cpu_of_trees
from bench.roll_call.calls import CALLED_AT
from bench.roll_call.product_site import Site
from bench.roll_call.server import Running
from notoneless.core.facts import CHINA_TIME

RATE, SECONDS = 667, 60  # a province at ten times its average
P99_MS = 250
TRIAL_SECONDS, CLOSE_ENOUGH = 10, 0.05
TRIALS = 7
CLIENTS = 8  # of a closed loop


class Ran(NamedTuple):
    """One run of roll calls: how long people waited, and the CPU-ms a roll call of each part."""

    rate: float  # asked for a second; 0: as fast as it goes
    done: float  # answered a second
    requests: int
    errors: list[str]
    p50_ms: float
    p99_ms: float
    web_ms: float
    database_ms: float
    client_ms: float
    server_cores: float

    @property
    def server_ms(self) -> float:
        """Web and database together."""
        return self.web_ms + self.database_ms

    @property
    def holds(self) -> bool:
        """Nobody waits too long and nothing fails."""
        return not self.errors and self.p99_ms <= P99_MS


class Storm:
    """The mornings after the load, used up one after the other."""

    def __init__(
        self, installation: Site, server: Running, database: Durable, mornings: Sequence[Sequence[Said]]
    ) -> None:
        self._site, self._server, self._database = installation, server, database
        self._mornings = mornings
        data = measure(site.requests, installation, mornings).value
        self._left = [
            Sent(one, _clock(said))
            for morning, ones in zip(mornings, data, strict=True)
            for said, one in zip(morning, ones, strict=True)
        ]
        self._said = list(chain(*mornings))
        self._used = self._opened = 0

    @property
    def left(self) -> int:
        """Roll calls that nobody has sent yet."""
        return len(self._left) - self._used

    def warm_up(self, mornings: int) -> Ran:
        """Each class a few times: the calendar and packs of a school are read once for weeks."""
        return self.closed(mornings * len(self._mornings[0]))

    def closed(self, calls: int) -> Ran:
        """So many roll calls as fast as they are answered."""
        ran = self._measured(0, self._take(calls), client.closed_loop, CLIENTS)
        if ran.errors:
            sys.exit(f"bench: {len(ran.errors)} of {calls} roll calls failed: {ran.errors[0]}")
        return ran

    def opened(self, rate: float, seconds: float) -> Ran:
        """Poisson arrivals at `rate` a second."""
        requests = self._take(int(rate * seconds))
        return self._measured(rate, requests, client.open_loop, rate, 1)

    def breaking_rate(self, highest: float) -> tuple[float, list[Ran]]:
        """The highest rate found at which the 99th percentile holds, 0 if none; the trials with it."""
        low, high = 0.0, highest
        trials: list[Ran] = []
        while high - low > CLOSE_ENOUGH * high and len(trials) < TRIALS:
            rate = (low + high) / 2
            if int(rate * TRIAL_SECONDS) > self.left:
                break
            trials.append(self.opened(rate, TRIAL_SECONDS))
            low, high = (rate, high) if trials[-1].holds else (low, rate)
        return low, trials

    def finish_day(self) -> None:
        """Call the classes that are left of the day that was begun."""
        day = self._said[self._used - 1].day
        self.closed(sum(said.day == day for said in self._said[self._used :]) or 1)

    @property
    def now(self) -> datetime:
        """The moment of the last roll call."""
        return _clock(self._said[self._used - 1])

    def check_stored(self) -> None:
        """Every roll call and every mark that was sent is there, once."""
        sent, stored = site.sent([self._said[: self._used]]), measure(site.stored, self._site).value
        if sent != stored:
            sys.exit(f"bench: {stored} roll calls and marks are stored, {sent} were sent")

    def _take(self, calls: int) -> list[Sent]:
        first, self._used = self._used, self._used + calls
        if self._used > len(self._left):
            sys.exit(f"bench: {len(self._left)} roll calls are made up, {self._used} are needed")
        days = sorted({said.day for said in self._said[self._opened : self._used]})
        if days:
            measure(site.open_duties, self._site, days)
            self._opened = sum(said.day <= days[-1] for said in self._said)
        return self._left[first : self._used]

    def _measured(self, rate: float, requests: list[Sent], drive: Callable[..., Driven], *how: object) -> Ran:
        web, database = self._server.pid, self._database.pid
        before = cpu_of_trees(web), cpu_of_trees(database)
        driven: Driven = measure(drive, self._server.port, requests, *how, self._site.clock).value
        web_s, database_s = cpu_of_trees(web) - before[0], cpu_of_trees(database) - before[1]
        calls = len(requests)
        ran = Ran(
            rate,
            calls / driven.seconds,
            calls,
            driven.errors,
            driven.wait_ms(0.5),
            driven.wait_ms(0.99),
            1000 * web_s / calls,
            1000 * database_s / calls,
            1000 * driven.cpu / calls,
            (web_s + database_s) / driven.seconds,
        )
        print(f"bench: storm: {_told(ran)}", file=sys.stderr, flush=True)
        return ran


def _told(ran: Ran) -> str:
    asked = f"{ran.rate:.0f}/s asked, " if ran.rate else ""
    waits = f"p50 / p99 {ran.p50_ms:.0f} / {ran.p99_ms:.0f} ms"
    cpu = f"web {ran.web_ms:.2f}, database {ran.database_ms:.2f}, load {ran.client_ms:.2f} CPU-ms"
    return f"{asked}{ran.done:.0f}/s answered, {len(ran.errors)} errors, {waits}, {cpu}"


def _clock(said: Said) -> datetime:
    return datetime.combine(said.day, CALLED_AT, CHINA_TIME) + timedelta(minutes=1)
