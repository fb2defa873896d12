"""One measured run of a function in a process of its own: CPU seconds and peak memory of that process."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple


class Measured(NamedTuple):
    """What a run took: CPU and wall in seconds, peak resident memory in MiB, and what it gave back."""

    cpu: float
    wall: float
    peak: float
    value: Any


def measure(work: Callable[..., Any], *args: Any) -> Measured:
    """Run `work(*args)` in a fresh process; start-up and imports count, as they do for a user."""
    parent, child = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(child, work, args))
    process.start()
    child.close()  # so that a run that dies ends the wait instead of lasting for ever
    try:
        return Measured(*parent.recv())
    finally:
        process.join()


def _run(pipe: Connection, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    start = time.perf_counter()
    value = work(*args)
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime
    pipe.send((cpu, wall, _peak(), value))


def _peak() -> float:
    """This process's own high-water mark in MiB; getrusage would carry over that of the one it came from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def best(work: Callable[..., Any], *args: Any, rounds: int = 3) -> Measured:
    """The run with the least CPU of a few; other people's load only ever adds."""
    return min((measure(work, *args) for _ in range(rounds)), key=lambda m: m.cpu)
