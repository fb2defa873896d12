"""Ledgers of those to whom something applies on a day: nothing says when it ends, so a line ends unseen.

Which lines there were before is known from their numbers; a child who belongs again gets a new line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.report_terms import LedgerKind
from notoneless.records.models import LedgerLineClosed
from notoneless.services.ledgers.entry import Entries, Entry, View, Where
from notoneless.services.ledgers.homes import homes


class Since(NamedTuple):
    """Since when a child belongs to a ledger, when we learned it, and where it belongs."""

    day: date
    learned_at: datetime
    where: Where


There = Callable[[View], Mapping[UUID, Since]]


def standing(kind: LedgerKind, there: There) -> Entries:
    """The lines of whoever is there, and those that have ended, as they were numbered."""

    def entries(view: View) -> list[Entry]:
        past = _past(kind, view)
        times = Counter(entry.child for entry in past)
        where = homes(view, {entry.child for entry in past if entry.child}) if past else {}
        ended = [entry._replace(where=where[entry.child]) for entry in past if entry.child in where]
        now = (_entry(child, times[child], since) for child, since in there(view).items())
        return [*ended, *now]

    return entries


def _entry(child: UUID, before: int, since: Since) -> Entry:
    return Entry(f"{child.hex}/{before + 1}", since.day, since.learned_at, since.where, child)


def _past(kind: LedgerKind, view: View) -> list[Entry]:
    rows = LedgerLineClosed.objects.filter(
        line__ledger=kind, closed_on__lte=view.as_of, at__lte=view.known_at, line__child__isnull=False
    )
    columns = ("line__entry", "line__opened_on", "line__at", "line__child_id", "closed_on", "at", "why")
    nowhere = Where(0)
    return [
        Entry(entry, opened_on, learned_at, nowhere, child, closed_on, at, why)
        for entry, opened_on, learned_at, child, closed_on, at, why in rows.values_list(*columns)
    ]
