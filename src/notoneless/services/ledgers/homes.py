"""Stays in classes and on rolls as known at a moment, and where each child belongs by them.

The same rule by which figures are counted (`records.counting_facts`), said once more in Python: the lines of
a ledger and the figure with which it must agree are found in two ways.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import EventKind, PlaceKind
from notoneless.records.models import Enrolment, EventRecord, OnRoll, Place, Residence, StayRetracted
from notoneless.records.scopes import during
from notoneless.services.ledgers.entry import View, Where, day_begins

AT_ONCE = 5_000  # numbers in one condition
T = TypeVar("T")
Children = QuerySet[Any, Any] | Collection[UUID] | None


class Stay(NamedTuple):
    """A child in a class, or on a roll (without one), of a school; `until` as far as its end was known."""

    child: UUID
    class_group: int | None
    school: int
    from_day: date
    until: date | None
    learned_at: datetime | None
    end_learned_at: datetime | None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.from_day <= day and (self.until is None or self.until > day)

    @property
    def known_since(self) -> datetime:
        """When we learned of it; at its beginning where nobody wrote down when."""
        return self.learned_at or day_begins(self.from_day)


def class_stays(view: View, children: Children = None) -> list[Stay]:
    """The stays in classes begun by the day of the view, the earliest first."""
    rows = _of(Enrolment.objects.filter(_known(view), from_day__lte=view.as_of), children)
    columns = ("class_group_id", "class_group__school_id")
    found = [_as_known(stay, view) for stay in _stays(rows, columns)]
    taken = _of(_taken_back(view).filter(class_group__isnull=False), children)
    return _in_order([*found, *_retracted(taken, columns)])


def roll_stays(view: View, children: Children = None) -> list[Stay]:
    """The stays on rolls of schools begun by the day of the view, the earliest first."""
    rows = OnRoll.objects.filter(_known(view), from_day__lte=view.as_of, school__isnull=False)
    found = [_as_known(stay, view) for stay in _stays(_of(rows, children), ("school_id",))]
    taken = _of(_taken_back(view).filter(school__isnull=False), children)
    return _in_order([*found, *_retracted(taken, ("school_id",))])


def homes(view: View, children: Children = None, classes: list[Stay] | None = None) -> dict[UUID, Where]:
    """The children (all, when left out) that belong within the place of the view, each with where.

    By the class of the day; else the roll, the class it was in last, the school that awaits it, the village.
    `classes` are their stays in classes, where they were read already.
    """
    found = _by_place(_villages(view), children) | _by_place(_awaited(view), children)
    classes = class_stays(view, children) if classes is None else classes
    found |= {stay.child: Where(stay.school) for stay in classes}
    rolls = roll_stays(view, children)
    found |= {stay.child: Where(stay.school) for stay in rolls if stay.holds_on(view.as_of)}
    seated = (stay for stay in classes if stay.holds_on(view.as_of))
    found |= {stay.child: Where(stay.school, stay.class_group) for stay in seated}
    within = places_within(view.place)
    return {child: where for child, where in found.items() if where.place in within}


def near(view: View) -> Children:
    """The children that may belong within the place of the view; None for a whole county: all."""
    if view.place.kind == PlaceKind.COUNTY:
        return None
    inside = Place.objects.filter(path__startswith=view.path).values("pk")
    return (
        Enrolment.objects.filter(class_group__school__in=inside)
        .values("child_id")
        .union(
            OnRoll.objects.filter(school__in=inside).values("child_id"),
            StayRetracted.objects.filter(Q(school__in=inside) | Q(class_group__school__in=inside)).values(
                "child_id"
            ),
            Residence.objects.filter(place__in=inside).values("child_id"),
            _awaited(view).order_by().filter(place__in=inside).values("child_id"),
        )
    )


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


def _known(view: View) -> Q:
    return Q(recorded_at=None) | Q(recorded_at__lte=view.known_at)


def _stays(rows: QuerySet[Any, Any], columns: tuple[str, ...]) -> Iterator[Stay]:
    more = ("from_day", "until", "recorded_at", "end_recorded_at")
    for child, *of, from_day, until, learned, ended in rows.values_list("child_id", *columns, *more):
        group, school = of if len(of) == 2 else (None, of[0])
        yield Stay(child, group, school, from_day, until, learned, ended)


def _as_known(stay: Stay, view: View) -> Stay:
    unknown = stay.end_learned_at is not None and stay.end_learned_at > view.known_at
    return stay._replace(until=None, end_learned_at=None) if unknown else stay


def _taken_back(view: View) -> QuerySet[StayRetracted]:
    """What was known at the moment of the view and later found never to have been."""
    return StayRetracted.objects.filter(
        _known(view), from_day__lte=view.as_of, retracted_at__gt=view.known_at
    )


def _retracted(rows: QuerySet[Any, Any], columns: tuple[str, ...]) -> Iterator[Stay]:
    for child, *of, from_day, learned in rows.values_list("child_id", *columns, "from_day", "recorded_at"):
        group, school = of if len(of) == 2 else (None, of[0])
        yield Stay(child, group, school, from_day, None, learned, None)


def _in_order(stays: list[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda stay: stay.from_day)


def _by_place(rows: QuerySet[Any, Any], children: Children) -> dict[UUID, Where]:
    return {child: Where(place) for child, place in _of(rows, children).values_list("child_id", "place_id")}


def _awaited(view: View) -> QuerySet[EventRecord]:
    return EventRecord.objects.filter(
        kind=EventKind.NEVER_ENROLLED, place__isnull=False, recorded_at__lte=view.known_at
    ).order_by("recorded_at")


def _villages(view: View) -> QuerySet[Residence]:
    return Residence.objects.filter(during(view.as_of))
