"""送教上门、随班就读、特校: special routes, each from its approval to its end."""

from __future__ import annotations

from uuid import UUID

from notoneless.core.ledger_terms import LineEnd
from notoneless.core.terms import RouteKind
from notoneless.records.models import SpecialRoute
from notoneless.services.ledgers.entry import Entries, Entry, View, Where, day_begins
from notoneless.services.ledgers.homes import places_within


def route_lines(*kinds: RouteKind) -> Entries:
    """The lines of routes of these kinds, each with its last known word."""

    def entries(view: View) -> list[Entry]:
        rows = SpecialRoute.objects.filter(recorded_at__lte=view.known_at, from_day__lte=view.as_of)
        found = list(rows.order_by("recorded_at"))
        after = {row.supersedes_id: row for row in found if row.supersedes_id}
        within = places_within(view.place)
        return [
            _entry(row, _last(row, after), view)
            for row in found
            if row.kind in kinds and row.school_id in within and not _goes_on(row, found)
        ]

    return entries


def _goes_on(row: SpecialRoute, rows: list[SpecialRoute]) -> bool:
    """Whether it is only a later word about a route of the same kind that has its line."""
    before = next((each for each in rows if each.pk == row.supersedes_id), None)
    return before is not None and before.kind is row.kind


def _last(row: SpecialRoute, after: dict[UUID, SpecialRoute]) -> SpecialRoute:
    """The last word about the route; another way of schooling is another line."""
    while row.pk in after and after[row.pk].kind is row.kind:
        row = after[row.pk]
    return row


def _entry(first: SpecialRoute, last: SpecialRoute, view: View) -> Entry:
    where = Where(last.school_id)
    line = Entry(f"route/{first.pk.hex}", first.from_day, first.recorded_at, where, first.child_id)
    line = line._replace(source=str(last.pk))
    if last.until is None or last.until > view.as_of:
        return line
    learned = max(last.recorded_at, day_begins(last.until))
    return line._replace(closed_on=last.until, close_learned_at=learned, why=LineEnd.RUN_OUT.value)
