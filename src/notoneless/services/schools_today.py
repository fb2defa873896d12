"""Which schools have called today and which are silent, for any number of schools in a few queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q

from notoneless.records.calendars import county_calendar
from notoneless.records.models import ClosureDeclared, Enrolment, Place, RollCall
from notoneless.records.packs import places_on
from notoneless.records.scopes import during


class SchoolToday(NamedTuple):
    """One school's morning: how many classes have pupils and how many have called."""

    place: int
    name: str
    path: str
    classes: int
    called: int
    pupils: int
    closed: str  # why there is no school there today; "" when there is

    @property
    def silent(self) -> bool:
        """Not one class has called although there is school."""
        return not self.closed and self.called == 0

    @property
    def partly(self) -> bool:
        """Some classes have called and some have not."""
        return not self.closed and 0 < self.called < self.classes


class Morning(NamedTuple):
    """The schools of a place at a moment."""

    schools: tuple[SchoolToday, ...]
    begun: bool  # whether a session with a roll call has begun
    why_no_school: tuple[str, str] | None

    @property
    def asks(self) -> bool:
        """Whether a roll call could be there by now."""
        return self.begun and self.why_no_school is None

    @property
    def silent(self) -> tuple[SchoolToday, ...]:
        """The schools of which nothing is heard; none before the first session."""
        return tuple(each for each in self.schools if each.silent) if self.asks else ()

    @property
    def partly(self) -> tuple[SchoolToday, ...]:
        """The schools of which some classes are not called."""
        return tuple(each for each in self.schools if each.partly) if self.asks else ()


def schools_today(place: Place, *, as_of: datetime) -> Morning:
    """The schools at and below a place; four queries."""
    day = as_of.date()
    calendar = county_calendar().as_known_at(as_of)
    begun = [calendar.session_start(day, each.code) for each in calendar.roll_call_sessions()]
    why = calendar.why_no_school(day)
    return Morning(
        _schools(place, day, as_of),
        any(starts <= as_of for starts in begun),
        (why[0], why[1]) if why else None,
    )


def _schools(place: Place, day: date, as_of: datetime) -> tuple[SchoolToday, ...]:
    sizes = _sizes(place, day)
    called: dict[int, int] = dict(
        RollCall.objects.filter(
            day=day, standing=True, class_group__school__path__startswith=place.path or "?"
        )
        .values_list("class_group__school")
        .annotate(Count("class_group", distinct=True))
    )
    closed = _closures(day, as_of)
    rows = Place.objects.filter(pk__in=sizes).order_by("path")
    return tuple(
        SchoolToday(
            each.pk, each.name, each.path or "?", *_of(each.pk, sizes, called), _why(each.path or "?", closed)
        )
        for each in rows
    )


def _sizes(place: Place, day: date) -> dict[int, tuple[int, int]]:
    """Classes with pupils and pupils of each school."""
    there = Enrolment.objects.filter(during(day), class_group__school__path__startswith=place.path or "?")
    classes = Count("class_group", distinct=True)
    counted = there.values_list("class_group__school").annotate(classes, Count("pk"))
    return {school: (classes, pupils) for school, classes, pupils in counted}


def _of(school: int, sizes: Mapping[int, tuple[int, int]], called: Mapping[int, int]) -> tuple[int, int, int]:
    classes, pupils = sizes[school]
    return classes, called.get(school, 0), pupils


def _closures(day: date, as_of: datetime) -> dict[int, str]:
    """Places closed as a whole today, as known by now, and why."""
    declared = ClosureDeclared.objects.filter(
        Q(from_day__lte=day, until__gt=day, declared_at__lte=as_of), grade=None, class_group=None
    )
    return dict(declared.values_list("place").annotate(Min("reason")))


def _why(path: str, closed: Mapping[int, str]) -> str:
    return next((closed[each] for each in places_on(path) if each in closed), "")
