"""大小节点: the weeks of a term by grade, where absences and dropouts gather."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.db.models import Count, FilteredRelation, Q
from django.db.models.functions import TruncWeek

from notoneless.core.facts import CHINA_TIME
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Place
from notoneless.web.read.rows import GRAVE_STAGES, WEEK, absences, midnight, monday_of, path_of, rows_of

SHADES = 4  # the darkest is that of the fullest cell, and of as many children as there are shades at least


class Cell(NamedTuple):
    """How many children in one week of one grade."""

    week: date
    grade: int
    children: int


class Season(NamedTuple):
    """A term's weeks, latest first, each with a cell a grade."""

    term: str
    grades: tuple[int, ...]
    weeks: tuple[tuple[int, date, tuple[Cell, ...]], ...]  # its number in the term, its Monday, its cells

    @property
    def most(self) -> int:
        """How many children the fullest cell has."""
        return max((cell.children for _, _, cells in self.weeks for cell in cells), default=0)

    def total(self, week: date) -> int:
        """How many children in one week."""
        return sum(cell.children for _, monday, cells in self.weeks if monday == week for cell in cells)


def shade(children: int, most: int) -> str:
    """The class of a cell's colour where the fullest has `most`, the palest for none."""
    return f"heat-{ceil(SHADES * children / max(most, SHADES))}"


def turned_by_week(place: Place, *, as_of: datetime) -> Season:
    """Children who became suspected or confirmed dropouts; one query."""
    first = _first_day(as_of)
    turned = Q(
        child__case__changes__stage__in=GRAVE_STAGES,
        child__case__changes__at__gte=midnight(first),
        child__case__changes__at__lte=as_of,
    )
    counted = (
        rows_of(place, as_of.date())
        .annotate(turned=FilteredRelation("child__case__changes", condition=turned))
        .filter(turned__isnull=False)
        .annotate(week=TruncWeek("turned__at"))
        .values_list("week", "class_group__grade")
        .annotate(Count("child", distinct=True))
    )
    return _season(((week.date(), grade, count) for week, grade, count in counted), place, as_of)


def absent_by_week(place: Place, weeks: int, *, as_of: datetime) -> Season:
    """Children marked absent without leave in the last so many weeks of the term; one query."""
    first = max(monday_of(_first_day(as_of)), monday_of(as_of.date()) - (weeks - 1) * WEEK)
    marks = absences(first, as_of.date() + timedelta(days=1))
    counted = (
        marks.filter(roll_call__class_group__school__path__startswith=path_of(place))
        .annotate(week=TruncWeek("day"))
        .values_list("week", "roll_call__class_group__grade")
        .annotate(Count("child", distinct=True))
    )
    found = _season(counted, place, as_of)
    return found._replace(weeks=tuple(each for each in found.weeks if each[1] >= first))


def _first_day(as_of: datetime) -> date:
    """The first day of the term, of the last one between two."""
    calendar = county_calendar()
    terms = [term for term in calendar.terms if term.first_day <= as_of.date()]
    return terms[-1].first_day if terms else as_of.date()


def _season(counted: Iterable[tuple[date, int, int]], place: Place, as_of: datetime) -> Season:
    counts = {(week, grade): count for week, grade, count in counted}
    grades = tuple(sorted({grade for _, grade in counts} | set(range(1, 10))))
    first = monday_of(_first_day(as_of))
    weeks = []
    monday, number = first, 1
    while monday <= as_of.date():
        weeks.append((number, monday, _cells(counts, monday, grades)))
        monday, number = monday + WEEK, number + 1
    return Season(_term(as_of), grades, tuple(reversed(weeks)))


def _cells(counts: Mapping[tuple[date, int], int], monday: date, grades: Iterable[int]) -> tuple[Cell, ...]:
    return tuple(Cell(monday, grade, counts.get((monday, grade), 0)) for grade in grades)


def _term(as_of: datetime) -> str:
    term = county_calendar().term_of(as_of.astimezone(CHINA_TIME).date())
    return term.name if term else ""
