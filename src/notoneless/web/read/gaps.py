"""Gaps in the chain of people: those one person owes, and all within a person's places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from notoneless.records.access import Thing
from notoneless.records.models import CoverageGap, Person
from notoneless.records.scopes import visible_places
from notoneless.services.permissions import Held


def owed_gaps(held: Iterable[Held]) -> list[CoverageGap]:
    """The open gaps that these posts have to mend, those first due first."""
    mine = Q(pk__in=[])
    for each in held:
        if each.path:
            mine |= Q(owed_by=each.post, owed_at__path=each.path)
    return list(open_gaps().filter(mine))


def gaps_within(person: Person, on: date) -> QuerySet[CoverageGap]:
    """The open gaps at and below the places where this person may see them."""
    return open_gaps().filter(place__in=visible_places(person, on, Thing.GAP))


def open_gaps() -> QuerySet[CoverageGap]:
    """All that are not mended, those first due first."""
    rows = CoverageGap.objects.filter(closed_on=None).select_related("place", "class_group", "owed_at")
    return rows.order_by("due_on", "place__path", "key")
