"""The load: one thread, raw sockets and epoll, so that it takes little of the cores it shares."""

from __future__ import annotations

import itertools
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.roll_call.client import percentile
from notoneless.clock import set_demo_clock

CONNECTIONS = 64  # kept alive, as a reverse proxy does; who finds all busy waits, and the wait is counted
PATIENCE = 60  # seconds without any answer after which the run ends
HEAD_END = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length: "


class Sent(NamedTuple):
    """One request as bytes, and what the product's clock must show by then; None: leave it."""

    data: bytes
    clock: datetime | None = None


class Driven(NamedTuple):
    """How a run went: seconds from first to last, the wait for each answer, what went wrong."""

    seconds: float
    waits: list[float]
    errors: list[str]
    answer: bytes  # the last one
    cpu: float  # seconds that sending and listening took

    def wait_ms(self, share: float) -> float:
        """The wait in milliseconds that `share` of all do not exceed."""
        return 1000 * percentile(self.waits, share)


def closed_loop(
    port: int, requests: Sequence[Sent], clients: int, clock: Path | None, expect: bytes = b"302"
) -> Driven:
    """Each client sends its next request as soon as it has the answer to the last."""
    return _Run(port, requests, [0.0] * len(requests), clients, clock, expect).go()


def open_loop(
    port: int, requests: Sequence[Sent], rate: float, seed: int, clock: Path | None, expect: bytes = b"302"
) -> Driven:
    """`rate` requests a second at random moments; a wait counts from the moment a request was due."""
    rng = Random(seed)
    moments = list(itertools.accumulate(rng.expovariate(rate) for _ in requests))
    return _Run(port, requests, moments, CONNECTIONS, clock, expect).go()


class _Busy:
    """A connection and what it is about."""

    __slots__ = ("due", "got", "number", "socket", "tried")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = -1  # of the request under way; none
        self.due = 0.0
        self.got = b""
        self.tried = False


class _Run:
    """What one run keeps while it goes on."""

    def __init__(
        self,
        port: int,
        requests: Sequence[Sent],
        moments: Sequence[float],
        connections: int,
        clock: Path | None,
        expect: bytes,
    ) -> None:
        self._port, self._requests, self._moments, self._expect = port, requests, moments, expect
        self._clock = clock
        self._shows: datetime | None = None
        self._poll = select.epoll()
        self._open: dict[int, _Busy] = {}
        self._free: deque[_Busy] = deque()  # connected and idle
        self._more = connections  # that may be opened yet
        self._at_once = all(moment == 0.0 for moment in moments)
        self.waits: list[float] = []
        self.errors: list[str] = []
        self.answer = b""

    def go(self) -> Driven:
        """Send everything and wait for every answer."""
        spent = time.process_time()
        began, sent, total = time.perf_counter(), 0, len(self._requests)
        while len(self.waits) < total:
            now = time.perf_counter()
            while sent < total and (self._free or self._more) and began + self._moments[sent] <= now:
                self._start(sent, now if self._at_once else began + self._moments[sent])
                sent += 1
            if sent < total and (self._free or self._more):
                pause = max(0.0, began + self._moments[sent] - time.perf_counter())
            else:
                pause = PATIENCE
            events = self._poll.poll(pause)
            if not events and pause == PATIENCE:
                raise TimeoutError(f"no answer for {PATIENCE} s after {len(self.waits)} of {total}")
            for number, _ in events:
                self._hear(self._open[number])
        seconds = time.perf_counter() - began
        for each in self._open.values():
            each.socket.close()
        return Driven(seconds, self.waits, self.errors, self.answer, time.process_time() - spent)

    def _connect(self) -> _Busy:
        made = _Busy(self._port)
        self._more -= 1
        self._open[made.socket.fileno()] = made
        self._poll.register(made.socket, select.EPOLLIN)
        return made

    def _reconnect(self, old: _Busy) -> _Busy:
        self._drop(old)
        return self._connect()

    def _drop(self, old: _Busy) -> None:
        self._poll.unregister(old.socket)
        del self._open[old.socket.fileno()]
        old.socket.close()
        self._more += 1

    def _start(self, number: int, due: float) -> None:
        request = self._requests[number]
        if request.clock is not None and self._clock and request.clock != self._shows:
            self._shows = request.clock
            set_demo_clock(self._clock, request.clock)
        # The last one used is the last the server closes for having been idle.
        self._send(self._free.pop() if self._free else self._connect(), number, due)

    def _send(self, busy: _Busy, number: int, due: float) -> None:
        busy.number, busy.due, busy.got = number, due, b""
        try:
            busy.socket.sendall(self._requests[number].data)
        except (BrokenPipeError, ConnectionResetError):
            again = self._reconnect(busy)
            again.tried = True
            self._send(again, number, due)

    def _hear(self, busy: _Busy) -> None:
        try:
            got = busy.socket.recv(1 << 18)
        except ConnectionResetError:
            got = b""
        if busy.number < 0:  # an idle connection that the server closed
            self._free.remove(busy)
            self._drop(busy)
        elif got:
            busy.got += got
            if is_whole(busy.got):
                self._done(busy, "" if busy.got[9:12] == self._expect else _problem(busy.got))
        elif busy.tried or busy.got:
            self._done(self._taking_over(busy), "the connection was closed")
        else:  # closed while our request was on its way: once more, the key makes it the same roll call
            again = self._reconnect(busy)
            again.tried = True
            self._send(again, busy.number, busy.due)

    def _taking_over(self, old: _Busy) -> _Busy:
        new = self._reconnect(old)
        new.number, new.due = old.number, old.due
        return new

    def _done(self, busy: _Busy, problem: str) -> None:
        self.waits.append(time.perf_counter() - busy.due)
        if problem:
            self.errors.append(problem)
        self.answer = busy.got
        busy.number, busy.tried = -1, False
        self._free.append(busy)


def is_whole(got: bytes) -> bool:
    """Whether an answer is there to its last byte."""
    end = got.find(HEAD_END)
    if end < 0:
        return False
    head = got[: end + 2].lower()
    at = head.find(LENGTH)
    if at < 0:
        return got.endswith(b"0\r\n\r\n")  # in chunks
    start = at + len(LENGTH)
    stop = head.find(b"\r\n", start)
    return len(got) >= end + len(HEAD_END) + int(head[start:stop])


def _problem(got: bytes) -> str:
    return got[:2000].decode("utf-8", "replace")
