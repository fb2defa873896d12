"""Who owes what dates bring: classes with pupils, their schools, and the places around these."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.terms import PlaceKind
from notoneless.records import constants
from notoneless.records.calendars import calendar_at
from notoneless.records.models import ClassGroup, ClosureDeclared, Enrolment, PackAdopted, Place
from notoneless.records.packs import adopted_of, in_order, packs_of, places_on

CLASS = "class"
# The levels that packs name, by the kind of place; a city is none of ours, so what it owes has no row here.
LEVELS = {
    PlaceKind.SCHOOL: "school",
    PlaceKind.TOWNSHIP: "township",
    PlaceKind.COUNTY: "county",
    PlaceKind.PROVINCE: "province",
}


class Owing(NamedTuple):
    """A class (`id` is its number) or a place (`id` is None) with the calendar and packs that bind it."""

    id: int | None
    school_id: int  # the place: the class's school, or the place that owes
    level: str
    calendar: SchoolCalendar
    packs: PacksInForce

    @property
    def subject(self) -> str:
        """What names it in the keys of its obligations."""
        return f"place/{self.school_id}" if self.id is None else str(self.id)


def classes_on(day: date) -> list[int]:
    """The classes with pupils on a day."""
    there = Q(from_day__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))
    return list(
        Enrolment.objects.filter(there)
        .values_list("class_group_id", flat=True)
        .order_by("class_group_id")
        .distinct()
    )


def places_of(classes: Collection[int]) -> list[int]:
    """The schools of these classes and all places around them that have a level."""
    schools = ClassGroup.objects.filter(pk__in=classes).values_list("school__path", flat=True).distinct()
    around = {place for path in schools for place in places_on(path or "")}
    return list(
        Place.objects.filter(pk__in=around, kind__in=LEVELS).order_by("pk").values_list("pk", flat=True)
    )


def owing_classes(classes: Collection[int]) -> list[Owing]:
    """These classes, in order."""
    homes = constants.of_classes(classes)
    return [
        Owing(each, homes[each].school_id, CLASS, homes[each].calendar, homes[each].packs) for each in classes
    ]


def owing_places(places: Collection[int]) -> list[Owing]:
    """These places, in order; one of a kind that has no level is left out."""
    rows = Place.objects.in_bulk(places)
    ours = [rows[each] for each in places if rows[each].kind in LEVELS]
    around = {place for each in ours for place in places_on(each.path or "")}
    adopted = [adopted_of(row) for row in PackAdopted.objects.filter(place__in=around)]
    closures = list(ClosureDeclared.objects.filter(place__in=around))
    return [
        Owing(
            None,
            each.pk,
            LEVELS[each.kind],
            calendar_at(each, _around(each, closures)),
            packs_of(in_order(adopted, each.path or "")),
        )
        for each in ours
    ]


def _around(place: Place, closures: Iterable[ClosureDeclared]) -> list[ClosureDeclared]:
    ids = places_on(place.path or "")
    return [closure for closure in closures if closure.place_id in ids]
