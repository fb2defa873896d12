"""The children behind every figure of a place: one query set a figure, counted on a board, listed behind it.

A row is the enrolment by which a child belongs to the place, so that its class and school come with it. What
is decided here was decided before: stages, obligations and marks are read as they stand.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.stages import GRAVE, OUT
from notoneless.core.terms import AttendanceStatus, KeyGroup, PlaceKind, Stage
from notoneless.records.models import (
    LIVE,
    Assigned,
    AttendanceMark,
    CaseChange,
    Enrolment,
    InKeyGroup,
    Obligation,
    Place,
    Residence,
)
from notoneless.records.scopes import belongs, during, has_left

OPEN_STAGES, GRAVE_STAGES = OUT, GRAVE
WEEK = timedelta(days=7)

Rows = QuerySet[Enrolment]


def rows_of(place: Place, on: date) -> Rows:
    """The children of a place's classes; of a village, those of its township's classes who live there."""
    return _in(place, on, Enrolment.objects.filter(belongs(on)))


def children_of(place: Place, on: date) -> tuple[QuerySet[Enrolment, Any], QuerySet[Enrolment, Any]]:
    """The ids of the children of `rows_of` in two lists, for counting what most of them have.

    Those in a class, and those who left and are in none: asked as one, each enrolment of a county seems to
    need a look for another.
    """
    there, left = (_in(place, on, Enrolment.objects.filter(each(on))) for each in (during, has_left))
    return there.values("child"), left.values("child")


def _in(place: Place, on: date, rows: Rows) -> Rows:
    path = path_of(place)
    if place.kind == PlaceKind.VILLAGE:
        path = path.removesuffix(f"{place.pk}/")
        rows = rows.filter(child__in=Residence.objects.filter(during(on), place=place).values("child"))
    return rows.filter(class_group__school__path__startswith=path)


def in_order(rows: Rows) -> Rows:
    """In the order of schools, classes and names."""
    # Plus nothing: an order that an index of places gives makes PostgreSQL walk through all of them a child.
    return rows.order_by(
        F("class_group__school") + 0, "class_group__grade", "class_group__name", "child__name", "pk"
    )


def in_cases(rows: Rows, stages: Collection[Stage] = OPEN_STAGES) -> Rows:
    """Those whose case stands at one of these stages."""
    return rows.filter(child__case__stage__in=stages)


def turned_since(rows: Rows, stages: Collection[Stage], since: datetime | None) -> Rows:
    """Those whose case stands at one of these stages and of whom that was learned after `since`."""
    turned = CaseChange.objects.filter(stage__in=stages)
    if since is not None:
        turned = turned.filter(recorded_at__gt=since)
    return in_cases(rows, stages).filter(child__in=turned.values("case__child"))


def turned_within(rows: Rows, stages: Collection[Stage], from_day: date, until: date) -> Rows:
    """Those whose case reached one of the stages in these days, whatever became of it since."""
    begin, end = midnight(from_day), midnight(until)
    turned = CaseChange.objects.filter(stage__in=stages, at__gte=begin, at__lt=end)
    return rows.filter(child__in=turned.values("case__child"))


def absent_within(rows: Rows, from_day: date, until: date) -> Rows:
    """Those marked absent without leave on one of these days, corrections applied."""
    return rows.filter(child__in=absences(from_day, until).values("child"))


def absences(from_day: date, until: date) -> QuerySet[AttendanceMark]:
    """Marks of absence without leave of these days that speak and that nobody has corrected."""
    days = Q(day=from_day) if until - from_day == timedelta(days=1) else Q(day__gte=from_day, day__lt=until)
    marks = AttendanceMark.objects.filter(days)
    corrected = marks.filter(supersedes__isnull=False).values("supersedes")
    return marks.filter(status=AttendanceStatus.ABSENT, speaks=True).exclude(pk__in=corrected)


def in_group(rows: Rows, group: KeyGroup, on: date) -> Rows:
    """Those who belong to the key group on a day."""
    return rows.filter(child__in=InKeyGroup.objects.filter(during(on), group=group).values("child"))


def with_helper(rows: Rows, on: date) -> Rows:
    """Those for whom one person has been named on some rung."""
    return rows.filter(child__in=Assigned.objects.filter(during(on)).values("child"))


def living_elsewhere(rows: Rows, place: Place, on: date) -> Rows:
    """Those who live in none of the place's villages, as far as is known."""
    here = Residence.objects.filter(
        during(on), place__kind=PlaceKind.VILLAGE, place__path__startswith=path_of(place)
    )
    return rows.exclude(child__in=here.values("child"))


def overdue(place: Place, at: datetime) -> QuerySet[Obligation]:
    """What is owed at and below the place and past its moment, the longest overdue first."""
    rows = Obligation.objects.filter(state__in=LIVE, due_at__lt=at, place__path__startswith=path_of(place))
    return rows.order_by("due_at", "key")


def first_of(rows: QuerySet[Obligation], many: int) -> tuple[tuple[Obligation, ...], int]:
    """So many of what is owed, and how much it is in all; one query unless there is more."""
    shown = tuple(rows[:many])
    return shown, len(shown) if len(shown) < many else rows.count()


def path_of(place: Place) -> str:
    """What the paths of all that lies in a place begin with."""
    assert place.path is not None, "a saved place has a path"
    return place.path


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, CHINA_TIME)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())
