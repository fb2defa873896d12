"""Where children belong on a day, as known at a moment: the class they are in or were in last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import EventKind
from notoneless.records.models import Enrolment, EventRecord, OnRoll, Place, Residence
from notoneless.records.scopes import during
from notoneless.services.ledgers.entry import View, Where

AT_ONCE = 5_000  # numbers in one condition
T = TypeVar("T")
Children = QuerySet[Any, Any] | Collection[UUID] | None


def homes(view: View, children: Children = None) -> dict[UUID, Where]:
    """The children (all, when left out) that belong within the place of the view, each with where.

    By the class of the day or the last one before; else the roll, the school that awaits it, the village.
    """
    found: dict[UUID, Where] = {}
    without_class = ((_villages(view), "place_id"), (_awaited(view), "place_id"), (_rolls(view), "school_id"))
    for rows, column in without_class:
        for child, place in _of(rows, children).values_list("child_id", column):
            found[child] = Where(place)
    classes = _of(_classes(view), children).order_by("from_day", "pk")
    for child, place, group in classes.values_list("child_id", "class_group__school_id", "class_group_id"):
        found[child] = Where(place, group)
    within = places_within(view.place)
    return {child: where for child, where in found.items() if where.place in within}


def known(view: View) -> Q:
    """Stays that were known at the moment of the view."""
    return Q(recorded_at=None) | Q(recorded_at__lte=view.known_at)


def places_within(place: Place) -> frozenset[int]:
    """The place and all that lie in it."""
    return frozenset(Place.objects.filter(path__startswith=place.path or "/").values_list("pk", flat=True))


def some(ids: Iterable[T]) -> Iterator[list[T]]:
    """The numbers a few thousand at a time, as many as one condition may hold."""
    listed = list(ids)
    for first in range(0, len(listed), AT_ONCE):
        yield listed[first : first + AT_ONCE]


def _of(rows: QuerySet[Any, Any], children: Children) -> QuerySet[Any, Any]:
    return rows if children is None else rows.filter(child__in=children)


def _classes(view: View) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(known(view), from_day__lte=view.as_of)


def _rolls(view: View) -> QuerySet[OnRoll]:
    return OnRoll.objects.filter(known(view), during(view.as_of), school__isnull=False)


def _awaited(view: View) -> QuerySet[EventRecord]:
    return EventRecord.objects.filter(
        kind=EventKind.NEVER_ENROLLED, place__isnull=False, recorded_at__lte=view.known_at
    ).order_by("recorded_at")


def _villages(view: View) -> QuerySet[Residence]:
    return Residence.objects.filter(during(view.as_of))
