"""What a compliance pack is about: a county, a calendar year, and the people who have worked there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry, Person, Place, PostHeld


class _Spot(NamedTuple):
    """A post as it was held: from, until (exclusive, None: still), and the office it is held at."""

    from_day: date
    until: date | None
    post: Post
    office: int


class YearAsked:
    """One county's year up to a moment; rows that several tables need are read once."""

    def __init__(self, place: Place, year: int, at: datetime, language: str = "zh") -> None:
        self.place, self.year, self.at, self.language = place, year, at, language
        self.first, self.last = date(year, 1, 1), min(date(year, 12, 31), _day(at))
        self.begin = datetime.combine(self.first, time.min, CHINA_TIME)
        self.end = min(datetime.combine(date(year + 1, 1, 1), time.min, CHINA_TIME), at)

    @property
    def path(self) -> str:
        """What the paths of all places of the county begin with."""
        return self.place.path or "/"

    @cached_property
    def posts(self) -> list[PostHeld]:
        """Every post ever held there, with who and where."""
        there = Q(place__path__startswith=self.path) | Q(class_group__school__path__startswith=self.path)
        rows = PostHeld.objects.filter(there).select_related("person", "place", "class_group__school")
        return list(rows.order_by("held_from", "pk"))

    @cached_property
    def people(self) -> set[int]:
        """Whoever held a post there at any time."""
        return {row.person_id for row in self.posts}

    @cached_property
    def offices(self) -> Mapping[int, Place]:
        """The places at which they worked; a class's is its school."""
        return {office.pk: office for row in self.posts if (office := _office(row))}

    def entries(self, acts: Iterable[str]) -> QuerySet[JournalEntry]:
        """What the journal keeps of these acts in the year, by people of the county, or by nobody."""
        rows = JournalEntry.objects.filter(act__in=list(acts), at__gte=self.begin, at__lt=self.end)
        return rows.filter(Q(by__in=Person.objects.filter(pk__in=self.people)) | Q(by=None))

    def office_of(self, person: int | None, at: datetime) -> str:
        """The office somebody worked at on that day; "" for who held no post then."""
        on = _day(at)
        for spot in self._spots.get(person or 0, ()):
            if spot.from_day <= on and (spot.until is None or on < spot.until):
                return self.offices[spot.office].name
        return ""

    @cached_property
    def _spots(self) -> Mapping[int, list[_Spot]]:
        found: dict[int, list[_Spot]] = defaultdict(list)
        for row in self.posts:
            if (office := _office(row)) is not None:
                found[row.person_id].append(_Spot(row.held_from, row.held_until, row.post, office.pk))
        return found


def _office(row: PostHeld) -> Place | None:
    return row.class_group.school if row.class_group else row.place


def _day(at: datetime) -> date:
    return at.astimezone(CHINA_TIME).date()
