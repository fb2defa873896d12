"""The children behind a report's numbers: counted, frozen small, and sealed by one digest."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from uuid import UUID

from notoneless.core.figure_terms import Tally
from notoneless.records.models import ReportDrawn
from notoneless.services.counting import Asked, Line, lines_of

Rows = Mapping[Tally, Mapping[int, frozenset[UUID]]]  # by class, above schools by place; 0: in none
Counts = Mapping[Tally, Mapping[int, int]]
UUID_BYTES = 16


def counted(asked: Asked, tallies: Iterable[Tally], *, by_school: bool = False) -> dict[Tally, list[Line]]:
    """The children behind each tally, in the unit that the report shows."""
    found = lines_of(asked, tallies)
    if not by_school:
        return found
    return {tally: [line._replace(class_group=line.school) for line in rows] for tally, rows in found.items()}


def by_unit(found: Mapping[Tally, Iterable[Line]]) -> dict[Tally, dict[int, frozenset[UUID]]]:
    """The children of each tally by the unit that they count in."""
    rows: dict[Tally, defaultdict[int, set[UUID]]] = {tally: defaultdict(set) for tally in found}
    for tally, each in found.items():
        for line in each:
            rows[tally][line.class_group or 0].add(line.child)
    return {tally: {unit: frozenset(ids) for unit, ids in units.items()} for tally, units in rows.items()}


def counts_of(rows: Rows) -> dict[Tally, dict[int, int]]:
    """How many children each unit has in each tally."""
    return {tally: {unit: len(ids) for unit, ids in units.items()} for tally, units in rows.items()}


def packed(rows: Rows) -> bytes:
    """The rows small: each child's id once, the tallies as numbers of them, all compressed."""
    children = sorted({child for units in rows.values() for ids in units.values() for child in ids})
    number = {child: each for each, child in enumerate(children)}
    told = {
        tally.value: {str(unit): sorted(number[child] for child in ids) for unit, ids in units.items()}
        for tally, units in rows.items()
    }
    head = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    body = b"".join(child.bytes for child in children)
    return zlib.compress(len(head).to_bytes(4, "big") + head + body, 9)


def unpacked(content: bytes) -> dict[Tally, dict[int, frozenset[UUID]]]:
    """The rows as they were packed."""
    plain = zlib.decompress(content)
    begin = 4 + int.from_bytes(plain[:4], "big")
    ids = plain[begin:]
    children = [UUID(bytes=ids[i : i + UUID_BYTES]) for i in range(0, len(ids), UUID_BYTES)]
    said: dict[str, dict[str, list[int]]] = json.loads(plain[4:begin])
    return {
        _tally(tally): {int(unit): frozenset(children[n] for n in ns) for unit, ns in units.items()}
        for tally, units in said.items()
    }


def rows_in(report: ReportDrawn) -> dict[Tally, dict[int, frozenset[UUID]]]:
    """The children behind the report's own numbers, frozen when it was drawn up; empty for one that sums."""
    frozen = getattr(report, "frozen", None)
    return unpacked(bytes(frozen.rows)) if frozen is not None else {}


def counts_in(report: ReportDrawn) -> dict[Tally, dict[int, int]]:
    """The report's numbers."""
    return {
        _tally(tally): {int(unit): count for unit, count in units.items()}
        for tally, units in report.counts.items()
    }


def told(counts: Counts) -> dict[str, dict[str, int]]:
    """The numbers as the report's row keeps them."""
    return {tally.value: {str(unit): n for unit, n in units.items()} for tally, units in counts.items()}


def digest_of(
    report: ReportDrawn, rows: Rows, parts: Iterable[tuple[str, str]], *, first: date, last: date
) -> str:
    """SHA-256 over what the report is of, its numbers, and every child or part behind them."""
    said = {
        "kind": report.kind.value,
        "place": report.place_id,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "nil": report.nil,
        "counts": report.counts,
        "roll_calls": report.roll_calls,
        "rows": {
            tally.value: {str(unit): sorted(map(str, ids)) for unit, ids in units.items()}
            for tally, units in rows.items()
        },
        "parts": sorted(parts),
        "absent_parts": sorted(report.absent_parts),
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _tally(code: str) -> Tally:
    return Tally(code)  # type: ignore[call-arg]
