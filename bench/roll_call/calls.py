"""The roll calls of some mornings as plain values, and the HTTP requests made of them."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from notoneless.core.facts import CHINA_TIME

SESSION = "MORNING"
CALLED_AT = time(8, 5)


class Call(NamedTuple):
    """What the teacher of one class says on one day; `away` maps those not present to status and reason."""

    number: int  # of the class, from 0
    class_group: int
    teacher: int
    day: date
    pupils: tuple[UUID, ...]
    away: dict[UUID, tuple[str, str]]

    @property
    def taken_at(self) -> datetime:
        """Five minutes into the morning check."""
        return datetime.combine(self.day, CALLED_AT, CHINA_TIME)

    @property
    def key(self) -> str:
        """The same for the same class and day, in the form that a page's own key has."""
        return str(UUID(int=self.class_group << 64 | self.day.toordinal()))


class Request(NamedTuple):
    """One POST, ready to be sent; `clock` is what the product's clock must show by then."""

    path: str
    headers: dict[str, str]
    body: bytes
    clock: datetime


Morning = Sequence[Call]


def keep(path: Path, value: object) -> None:
    """Write plain values for another process of this run."""
    path.write_bytes(pickle.dumps(value))


def kept(path: Path) -> list[list[Call]]:
    """The mornings that `keep` wrote."""
    mornings: list[list[Call]] = pickle.loads(path.read_bytes())
    return mornings
