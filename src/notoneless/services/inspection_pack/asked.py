"""What an inspection pack is about: a place, a school year up to a moment, and who will carry it away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.records.access import Fields
from notoneless.records.models import Child, Enrolment, OnRoll, Person, Place
from notoneless.records.scopes import visible_children
from notoneless.services.paper_authority import fields_at

ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2000


class Wish(NamedTuple):
    """What the exporter may leave out, and does unless asked for."""

    identity: bool = False  # whole identity numbers, for who may have them
    pictures: bool = False  # the pictures themselves beside their list


PLAIN = Wish()


class PackAsked:
    """One place's school year as known at one moment; what several pieces need is read once."""

    def __init__(
        self, person: Person, place: Place, year: int, at: datetime, language: str = "zh", wish: Wish = PLAIN
    ) -> None:
        self.person, self.place, self.year, self.at = person, place, year, at.astimezone(CHINA_TIME)
        self.language, self.wish = language, wish
        self.first = date(year, 9, 1)
        self.last = min(date(year + 1, 8, 31), self.at.date())
        self.begin = datetime.combine(self.first, time.min, CHINA_TIME)
        self.end = min(datetime.combine(date(year + 1, 9, 1), time.min, CHINA_TIME), self.at)

    @property
    def path(self) -> str:
        """What the paths of the place and of all that lies in it begin with."""
        return self.place.path or "/"

    @property
    def year_name(self) -> str:
        """2025-2026."""
        return f"{self.year}-{self.year + 1}"

    def theirs(self) -> QuerySet[Child]:
        """The children who were in a class, or on a roll, of the place on any day of the year."""
        over = Q(until__isnull=True) | Q(until__gt=self.first)
        there = Enrolment.objects.filter(over, class_group__school__path__startswith=self.path)
        on_roll = OnRoll.objects.filter(over, school__path__startswith=self.path)
        until = {"from_day__lte": self.last}
        return Child.objects.filter(
            pk__in=there.filter(**until).values("child").union(on_roll.filter(**until).values("child"))
        )

    @cached_property
    def names(self) -> dict[UUID, str]:
        """The names of the children that the exporter may see; the others stay without one."""
        return dict(visible_children(self.person, self.at.date()).values_list("pk", "name"))

    @cached_property
    def classes(self) -> dict[UUID, str]:
        """School and class of each child, the last one of the year."""
        rows = Enrolment.objects.filter(
            Q(until__isnull=True) | Q(until__gt=self.first),
            class_group__school__path__startswith=self.path,
            from_day__lte=self.last,
        ).order_by("from_day", "pk")
        said = rows.values_list("child", "class_group__school__name", "class_group__name")
        return {child: f"{school} {group}" for child, school, group in said}

    def name(self, child: UUID | None) -> str:
        """The child's name, or the first letters of its id where the exporter may not see it."""
        return self.names.get(child, f"（{str(child)[:8]}）") if child else ""

    def class_of(self, child: UUID | None) -> str:
        """The child's school and class, where it was in one of the place."""
        return self.classes.get(child, "") if child else ""

    def named(self, children: Iterable[UUID | None]) -> frozenset[UUID]:
        """Those of the children whose names the exporter's files bear."""
        return frozenset(child for child in children if child is not None and child in self.names)

    @cached_property
    def fields(self) -> frozenset[Fields]:
        """The parts of a child's data that the exporter sees of the whole place."""
        return fields_at(self.person, self.place, self.at.date())
