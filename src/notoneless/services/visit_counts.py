"""走访统计: how many visits, person-times and children, by kind and by school; each figure is a list.

A group visit is one visit, however many children it was to; a person-time is one person on one visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from notoneless.core.case_terms import VisitKind
from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import ActRecord, Enrolment, Person, Place, Visit, VisitParticipant
from notoneless.records.scopes import visible_children


class Period(NamedTuple):
    """Days from the first up to the last, both counted."""

    first: date
    last: date


class VisitFigures(NamedTuple):
    """次, 人次, 人."""

    visits: int
    person_times: int
    children: int


class _Row(NamedTuple):
    """One child's part in one visit."""

    act: UUID
    number: UUID  # of the visit: the group's, or the act's own
    kind: VisitKind
    school: int | None
    child: UUID


class Counted(NamedTuple):
    """The figures of a place in a period: by kind, by school, by both, and altogether."""

    total: VisitFigures
    kinds: dict[VisitKind, VisitFigures]
    schools: dict[int, VisitFigures]
    both: dict[tuple[int, VisitKind], VisitFigures]


def count_visits(place: Place, period: Period, person: Person, on: date) -> Counted:
    """The figures over the children of a place whom this person sees; three queries."""
    rows = list(_rows(visits_of(place, period, person, on)))
    people = _people(rows)
    kinds, schools, both = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
        if row.school is not None:
            schools[row.school].append(row)
            both[row.school, row.kind].append(row)
    return Counted(
        _figures(rows, people),
        {kind: _figures(kinds[kind], people) for kind in VisitKind if kind in kinds},
        {school: _figures(found, people) for school, found in schools.items()},
        {key: _figures(found, people) for key, found in both.items()},
    )


def visits_of(
    place: Place,
    period: Period,
    person: Person,
    on: date,
    kind: VisitKind | None = None,
    school: int | None = None,
) -> QuerySet[Visit]:
    """The visits behind a figure, the latest first; none that was corrected away.

    A visit belongs to the school whose class the child was in on the day.
    """
    enrolled = Enrolment.objects.filter(child=OuterRef("act__child"), from_day__lte=OuterRef("day"))
    then = enrolled.order_by("-from_day").values("class_group__school")[:1]
    corrected = ActRecord.objects.filter(supersedes__isnull=False).values("supersedes")
    begin = datetime.combine(period.first, time.min, CHINA_TIME)
    end = datetime.combine(period.last, time.max, CHINA_TIME)
    rows = Visit.objects.filter(act__happened_at__gte=begin, act__happened_at__lte=end)
    rows = rows.filter(act__child__in=visible_children(person, on)).exclude(act__in=corrected)
    rows = rows.annotate(day=TruncDate("act__happened_at")).annotate(school=Subquery(then))
    inside = Place.objects.filter(path__startswith=place.path or "?").values("pk")
    rows = rows.filter(Q(school__in=inside) if school is None else Q(school=school) & Q(school__in=inside))
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.order_by("-act__happened_at", "act_id")


def figures_of(visits: QuerySet[Visit]) -> VisitFigures:
    """The figures of a list of visits; two queries."""
    rows = list(_rows(visits))
    return _figures(rows, _people(rows))


def _rows(visits: Any) -> Iterator[_Row]:
    """`visits` as `visits_of` gives them, each with its school."""
    for act, group, kind, school, child in visits.values_list(
        "act_id", "group", "kind", "school", "act__child"
    ):
        yield _Row(act, group or act, kind, school, child)


def _people(rows: Sequence[_Row]) -> dict[UUID, set[tuple[object, ...]]]:
    """By visit, who took part: by person, or by name and unit."""
    number_of = {row.act: row.number for row in rows}
    found: dict[UUID, set[tuple[object, ...]]] = defaultdict(set)
    acts = list(number_of)
    for first in range(0, len(acts), 500):
        there = VisitParticipant.objects.filter(visit__in=acts[first : first + 500])
        for act, person, post, name, unit in there.values_list("visit", "person", "post", "name", "unit"):
            found[number_of[act]].add((person,) if person else (post, name, unit))
    return found


def _figures(rows: Iterable[_Row], people: dict[UUID, set[tuple[object, ...]]]) -> VisitFigures:
    rows = list(rows)
    numbers = {row.number for row in rows}
    return VisitFigures(
        len(numbers), sum(len(people.get(each, ())) for each in numbers), len({row.child for row in rows})
    )
