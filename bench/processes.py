"""CPU time of process trees, read from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_of_trees(*roots: int) -> float:
    """CPU seconds used so far by these processes and all below them.

    Children that ended are in the figures of the parent that waited for them.
    """
    children: dict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = _fields(path.read_text())
            used[pid] = _own(path.parent, fields) + _ended(fields)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children[int(fields[1])].append(pid)
    return sum(used.get(pid, 0.0) for root in roots for pid in _tree(root, children))


def _own(process: Path, fields: list[str]) -> float:
    """Its own CPU seconds: `stat` counts hundredths, rounded down in each process; `schedstat` nanoseconds.

    `schedstat` is of the threads that are there, so whichever is more is nearer to the truth.
    """
    exact = sum(int(each.read_text().split()[0]) for each in process.glob("task/*/schedstat"))
    return max(exact / 1e9, sum(map(int, fields[11:13])) / TICK)


def _ended(fields: list[str]) -> float:
    """CPU seconds of the children it waited for."""
    return sum(map(int, fields[13:15])) / TICK


def _fields(text: str) -> tuple[int, list[str]]:
    """The number of the process, and what follows its name, which may itself hold blanks and brackets."""
    pid, _, rest = text.partition(" ")
    return int(pid), rest.rpartition(")")[2].split()


def _tree(root: int, children: dict[int, list[int]]) -> list[int]:
    return [root, *(pid for child in children.get(root, ()) for pid in _tree(child, children))]
