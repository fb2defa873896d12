"""The clients: a process of its own with a few connections, in a closed loop or at Poisson arrivals."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.roll_call.calls import Request
from notoneless.clock import set_demo_clock

PATIENCE = 30  # seconds for one answer
WAITING = 64  # connections of the open loop: who finds all of them busy waits, and the wait is counted


class Driven(NamedTuple):
    """How a run went: seconds from first to last, the wait for each answer, what went wrong."""

    seconds: float
    waits: list[float]
    errors: list[str]


class Planned(NamedTuple):
    """A request and the second of the run at which it is to be sent; None: as soon as a client is free."""

    at: float | None
    request: Request


def closed_loop(port: int, requests: Sequence[Request], clients: int, clock: Path | None) -> Driven:
    """Each client sends its next request as soon as it has the answer to the last."""
    return _drive(port, [Planned(None, request) for request in requests], clients, clock)


def open_loop(port: int, requests: Sequence[Request], rate: float, seed: int, clock: Path | None) -> Driven:
    """`rate` requests a second at random moments; a wait counts from the moment a request was due."""
    rng = Random(seed)
    moments = itertools.accumulate(rng.expovariate(rate) for _ in requests)
    planned = [Planned(at, request) for at, request in zip(moments, requests, strict=True)]
    return _drive(port, planned, WAITING, clock)


def percentile(waits: Iterable[float], share: float) -> float:
    """The wait that `share` of all do not exceed."""
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _drive(port: int, planned: list[Planned], clients: int, clock: Path | None) -> Driven:
    run = _Run(iter(planned), _clock_setter(clock))
    threads = [threading.Thread(target=run.client, args=(port,)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Driven(time.perf_counter() - run.began, run.waits, run.errors)


def _clock_setter(file: Path | None) -> Callable[[datetime], None]:
    if file is None:
        return lambda moment: None
    return lambda moment: set_demo_clock(file, moment)


class _Run:
    """What the clients of one run share."""

    def __init__(self, planned: Iterator[Planned], set_clock: Callable[[datetime], None]) -> None:
        self.began = time.perf_counter()
        self.waits: list[float] = []
        self.errors: list[str] = []
        self._planned = planned
        self._set_clock = set_clock
        self._shows: datetime | None = None
        self._lock = threading.Lock()

    def client(self, port: int) -> None:
        """One client, until nothing is left to send."""
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while (planned := self._next()) is not None:
            start = self._wait_for(planned.at)
            problem = _post(connection, planned.request)
            self.waits.append(time.perf_counter() - start)
            if problem:
                self.errors.append(problem)
        connection.close()

    def _next(self) -> Planned | None:
        with self._lock:
            planned = next(self._planned, None)
            if planned is not None and planned.request.clock != self._shows:
                self._shows = planned.request.clock
                self._set_clock(self._shows)
            return planned

    def _wait_for(self, at: float | None) -> float:
        """Wait until the planned moment; gives the moment from which the wait is counted."""
        if at is None:
            return time.perf_counter()
        due = self.began + at
        time.sleep(max(0.0, due - time.perf_counter()))
        return due


def _post(connection: HTTPConnection, request: Request) -> str:
    """What was wrong with the answer, or nothing."""
    try:
        answer = _answer(connection, request)
    except (OSError, HTTPException) as problem:
        connection.close()
        return f"{type(problem).__name__}: {problem}"
    body = answer.read()
    if answer.status in (200, 302):
        return ""
    return f"{answer.status}: {body[:2000].decode('utf-8', 'replace')}"


def _answer(connection: HTTPConnection, request: Request) -> HTTPResponse:
    """The answer; once more on a new connection when the server had closed the idle one."""
    for again in (True, False):
        idle = connection.sock is not None
        try:
            connection.request("POST", request.path, request.body, request.headers)
            return connection.getresponse()
        except (ConnectionError, HTTPException):
            connection.close()
            if not (idle and again):
                raise
    raise AssertionError("the loop returns or raises")
