"""The board of a county: what is silent, new, overdue and standing, in a constant number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min

from notoneless.core.hold import Held
from notoneless.core.terms import PlaceKind, Post, Stage
from notoneless.records.access import Fields
from notoneless.records.models import CoverageGap, Place
from notoneless.records.packs import places_on
from notoneless.services.counting_asked import Line
from notoneless.services.reviewing import LastReview, last_review
from notoneless.services.schools_today import Morning, schools_today
from notoneless.web.read.holds import holds
from notoneless.web.read.key_groups import Coverage, coverage
from notoneless.web.read.never_enrolled import around_each, not_enrolled
from notoneless.web.read.rows import (
    GRAVE_STAGES,
    Rows,
    absent_within,
    in_cases,
    overdue,
    path_of,
    rows_of,
    turned_since,
)
from notoneless.web.read.seasons import Season, turned_by_week


class Part(NamedTuple):
    """A township of a county with its figures."""

    place: Place
    children: int
    stages: Counter[Stage]
    new: int
    silent: int

    @property
    def cases(self) -> int:
        """Open cases of every stage."""
        return self.stages.total()


class OverdueBy(NamedTuple):
    """What one post is late with."""

    post: Post
    steps: int
    since: datetime


class CountyBoard(NamedTuple):
    """A county at a moment."""

    place: Place
    morning: Morning
    review: LastReview | None
    new: Counter[Stage]
    overdue: tuple[OverdueBy, ...]
    stock: Counter[Stage]
    holds: tuple[Held[Line], ...]
    groups: tuple[Coverage, ...]
    season: Season
    parts: tuple[Part, ...]
    gaps: int
    absent: int  # children marked absent without leave today
    never: tuple[frozenset[int], ...]  # for each child never enrolled the places around it
    never_new: int  # of them since the last review


def county_board(place: Place, fields: Collection[Fields], *, as_of: datetime) -> CountyBoard:
    """The board of a county."""
    day = as_of.date()
    rows, morning, review = rows_of(place, day), schools_today(place, as_of=as_of), last_review(place)
    stock = by_school(in_cases(rows))
    new = by_school(turned_since(rows, GRAVE_STAGES, review.seen_at if review else None))
    never = around_each(place, day)
    return CountyBoard(
        place,
        morning,
        review,
        sum(new.values(), Counter()),
        overdue_by_post(place, as_of),
        sum(stock.values(), Counter()),
        holds(place, as_of=as_of),
        coverage(place, day, fields),
        turned_by_week(place, as_of=as_of),
        _parts(place, morning, stock, new),
        open_gaps(place),
        absent_within(rows, day, day + timedelta(days=1)).count(),
        tuple(never),
        not_enrolled(place, day, review.seen_at).count() if never and review else len(never),
    )


def parts_of(place: Place, *, as_of: datetime) -> tuple[Part, ...]:
    """The county's townships with their figures, for a map without the board around it."""
    rows, morning = rows_of(place, as_of.date()), schools_today(place, as_of=as_of)
    return _parts(place, morning, by_school(in_cases(rows)), {})


def by_school(rows: Rows) -> dict[int, Counter[Stage]]:
    """Cases of each school by stage; one query."""
    counted = rows.order_by().values_list("class_group__school", "child__case__stage").annotate(Count("pk"))
    found: dict[int, Counter[Stage]] = defaultdict(Counter)
    for school, stage, count in counted:
        found[school][stage] += count
    return found


def overdue_by_post(place: Place, at: datetime) -> tuple[OverdueBy, ...]:
    """Who is late with how much, most first; one query."""
    counted = overdue(place, at).order_by().values_list("who").annotate(Count("pk"), Min("due_at"))
    found = [OverdueBy(post, count, since) for post, count, since in counted]
    return tuple(sorted(found, key=lambda each: (-each.steps, each.post)))


def open_gaps(place: Place) -> int:
    """How many rungs at and below the place have not their one person."""
    return CoverageGap.objects.filter(place__path__startswith=path_of(place), closed_on=None).count()


def _parts(
    place: Place, morning: Morning, stock: dict[int, Counter[Stage]], new: dict[int, Counter[Stage]]
) -> tuple[Part, ...]:
    """The townships in the order of the tree; the schools of none stand with the county itself."""
    below = Place.objects.filter(kind=PlaceKind.TOWNSHIP, path__startswith=path_of(place)).order_by("code")
    townships = {each.pk: each for each in below}
    schools: dict[int, list[int]] = defaultdict(list)
    silent, children = Counter[int](), Counter[int]()
    for school in morning.schools:
        part = next((each for each in places_on(school.path) if each in townships), place.pk)
        schools[part].append(school.place)
        children[part] += school.pupils
    for school in morning.silent:
        silent[next((each for each in places_on(school.path) if each in townships), place.pk)] += 1
    known = townships | ({place.pk: place} if place.pk in schools else {})
    return tuple(
        Part(
            each,
            children[pk],
            _sum(stock, schools[pk]),
            _sum(new, schools[pk]).total(),
            silent[pk],
        )
        for pk, each in known.items()
    )


def _sum(counts: dict[int, Counter[Stage]], schools: Iterable[int]) -> Counter[Stage]:
    return sum((counts[school] for school in schools if school in counts), Counter())
