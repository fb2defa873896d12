"""易地搬迁、重点关注: children in key groups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.ledger_terms import LineEnd
from notoneless.core.terms import KeyGroup
from notoneless.records.models import InKeyGroup
from notoneless.records.scopes import during
from notoneless.services.ledgers.entry import Entry, View, day_begins
from notoneless.services.ledgers.homes import homes
from notoneless.services.ledgers.standing import Since

# Looked after with particular care; how a child learns is its teachers' matter and no office's list.
KEY = frozenset(KeyGroup) - {KeyGroup.RELOCATED, KeyGroup.STUDY_DIFFICULTY}


def relocated(view: View) -> list[Entry]:
    """Children of relocated families, each for the time it is noted as one."""
    rows = _in(view, (KeyGroup.RELOCATED,)).filter(from_day__lte=view.as_of)
    where = homes(view, rows.values("child"))
    columns = ("pk", "child_id", "from_day", "until", "recorded_at")
    return [
        _line(Entry(f"group/{pk}", day, learned, where[child], child), until, view)
        for pk, child, day, until, learned in rows.order_by("pk").values_list(*columns)
        if child in where
    ]


def _line(entry: Entry, until: date | None, view: View) -> Entry:
    if until is None or until > view.as_of:
        return entry
    learned = max(entry.learned_at, day_begins(until))
    return entry._replace(closed_on=until, close_learned_at=learned, why=LineEnd.RUN_OUT.value)


def key_children(view: View) -> dict[UUID, Since]:
    """Children in a key group on the day, once each; since the first of those that hold."""
    rows = _in(view, KEY).filter(during(view.as_of))
    where = homes(view, rows.values("child"))
    first: dict[UUID, tuple[date, datetime]] = {}
    for child, day, learned in rows.values_list("child_id", "from_day", "recorded_at"):
        first[child] = min(first.get(child, (day, learned)), (day, learned))
    return {child: Since(*first[child], where[child]) for child in first if child in where}


def _in(view: View, groups: Collection[KeyGroup]) -> QuerySet[InKeyGroup]:
    return InKeyGroup.objects.filter(group__in=groups, recorded_at__lte=view.known_at)
