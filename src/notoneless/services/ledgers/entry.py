"""What stands in a line before anything is said about it: when it opened, when and why it closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from notoneless.core.facts import CHINA_TIME
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Post
from notoneless.records.access import Fields, Thing
from notoneless.records.models import Place


class View(NamedTuple):
    """Which part of a ledger is asked for: where, as of which day (all of it), as known at which moment."""

    place: Place
    as_of: date
    known_at: datetime

    @property
    def path(self) -> str:
        """What the paths of the places within begin with."""
        return self.place.path or "/"


class Where(NamedTuple):
    """Where a line belongs: the school or other place, and the class if it is of one."""

    place: int
    class_group: int | None = None


class Entry(NamedTuple):
    """One line: `key` names what opened it for good, so that a number is given once."""

    key: str
    opened_on: date
    learned_at: datetime  # when we learned that it opened
    where: Where
    child: UUID | None = None
    closed_on: date | None = None
    close_learned_at: datetime | None = None
    why: str = ""  # a LineEnd or a CloseOutKind; "" while it is open
    source: str = ""  # the row that it tells of, where that is not a child

    @property
    def is_open(self) -> bool:
        """Whether the line still stands."""
        return self.closed_on is None


Entries = Callable[[View], list[Entry]]


class Ledger(NamedTuple):
    """A ledger: its lines as a view over the facts, who keeps it, and which data nobody sees it without."""

    kind: LedgerKind
    entries: Entries
    keeper: Post
    needs: frozenset[Fields] = frozenset()
    also: Thing | None = None  # what its reader must be allowed to see besides ledgers
    stands: bool = False  # whether nothing says when a line ends: it is over when it is there no more
    about_children: bool = True
    numbered: Entries | None = None  # what gets numbers in a county, where that is more than its own lines


def day_in_china(moment: datetime) -> date:
    """The day of a moment."""
    return moment.astimezone(CHINA_TIME).date()


def day_begins(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, time.min, CHINA_TIME)


def day_ends(day: date) -> datetime:
    """The moment at which a day is over."""
    return day_begins(day + timedelta(days=1))
