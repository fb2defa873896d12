"""重点对象: how many children of each key group belong to a place, and how far they are looked after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from notoneless.core.terms import KeyGroup
from notoneless.records.access import GROUP_FIELDS, Fields, Scope, Thing, Verb, fields_of
from notoneless.records.models import Assigned, Case, Enrolment, InKeyGroup, Person, Place
from notoneless.records.scopes import during, reaches
from notoneless.web.read.rows import GRAVE_STAGES, children_of

SMALLEST = 5  # a smaller count would tell of single children to those who may not see who they are


class Coverage(NamedTuple):
    """One key group: its children, those with an assigned person, those suspected or out of school."""

    group: KeyGroup
    children: int
    assigned: int
    away: int
    may_list: bool

    def shown(self, count: int) -> int | None:
        """The count, or None where it would tell too much; none at all tells nothing."""
        return count if self.may_list or count == 0 or count >= SMALLEST else None


def coverage(place: Place, on: date, fields: Collection[Fields]) -> tuple[Coverage, ...]:
    """The key groups that have children there, in the order of their list; two queries."""
    all_of, helped, away = Counter[str](), Counter[str](), Counter[str]()
    for children in children_of(place, on):
        for group, *counts in _counted(on, children):
            for sums, count in zip((all_of, helped, away), counts, strict=True):
                sums[group] += count
    return tuple(
        Coverage(group, all_of[group], helped[group], away[group], GROUP_FIELDS[group] in fields)
        for group in KeyGroup
        if group in all_of
    )


def _counted(on: date, children: QuerySet[Enrolment, Any]) -> Iterable[tuple[str, int, int, int]]:
    helped = Assigned.objects.filter(during(on)).values("child")
    away = Case.objects.filter(stage__in=GRAVE_STAGES).values("child")
    rows = InKeyGroup.objects.filter(during(on), child__in=children).values_list("group")
    return rows.annotate(
        Count("pk"),
        helped=Count("pk", filter=Q(child__in=helped)),
        away=Count("pk", filter=Q(child__in=away)),
    )


def fields_at(person: Person, place: Place, on: date) -> frozenset[Fields]:
    """The parts of children's data that the person is shown of a whole place."""
    found = [
        each.held
        for each in reaches(person, on, Thing.CHILD, Verb.SEE)
        if each.scope is Scope.PLACE and each.held.place and each.held.place.contains(place)
    ]
    return frozenset(field for held in found for field in fields_of(held.post, Thing.CHILD, Scope.PLACE))
