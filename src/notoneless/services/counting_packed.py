"""Many whole lists at once: the ids of each class's children packed together, as a report keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from notoneless.core.figure_terms import Tally
from notoneless.records.counting import COUNTED, packed_sql
from notoneless.services.counting_asked import Asked, Line, rows
from notoneless.services.counting_returns import returned

SIZE = 16  # bytes of an id


class Packed(NamedTuple):
    """The children of one tally in one class of one school, their ids one after the other."""

    class_group: int | None
    school: int | None
    children: bytes

    @property
    def number(self) -> int:
        """How many."""
        return len(self.children) // SIZE

    def ids(self) -> list[bytes]:
        """Each child's id."""
        return [self.children[i : i + SIZE] for i in range(0, len(self.children), SIZE)]


def packed(asked: Asked, tallies: Iterable[Tally]) -> dict[Tally, list[Packed]]:
    """These lists as they would be read one by one, by one statement; in no order."""
    wanted = list(tallies)
    found: dict[Tally, list[Packed]] = {tally: [] for tally in wanted}
    if by_statement := COUNTED.intersection(wanted):
        for tally, class_group, school, ids in rows(packed_sql(by_statement), asked):
            found[Tally[tally]].append(Packed(class_group, school, _bytes(ids)))
    if by_statement != set(wanted):
        for tally, those in returned(asked).items():
            if tally in found:
                found[tally] = [Packed(each.class_group, each.school, each.child.bytes) for each in those]
    return found


def lines_of(asked: Asked, tallies: Iterable[Tally]) -> dict[Tally, list[Line]]:
    """As `counting.lines` for many tallies at once, each list in the same order."""
    return {
        tally: [
            Line(UUID(bytes=child), each.class_group, each.school)
            for each in sorted(parts, key=lambda part: (part.school or 0, part.class_group or 0))
            for child in sorted(each.ids())
        ]
        for tally, parts in packed(asked, tallies).items()
    }


def _bytes(ids: bytes | memoryview | str) -> bytes:
    return bytes.fromhex(ids) if isinstance(ids, str) else bytes(ids)
