"""What a pack asks of each post, week by week, had it been in force for a term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.calendar import SchoolCalendar, SchoolTerm
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.recurring import duties_of_the_date, roll_calls_owed
from notoneless.core.terms import PlaceKind, Post
from notoneless.records import constants
from notoneless.records.calendars import county_calendar
from notoneless.records.constants import ClassConstants
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import Enrolment, Place
from notoneless.records.packs import (
    Adopted,
    Adoptions,
    adoptions_on,
    at_any_time,
    binding,
    in_order,
    packs_of,
)

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
NOON, LAST_MINUTE = time(12), time(23, 59)
LEVELS = {PlaceKind.SCHOOL: "school", PlaceKind.TOWNSHIP: "township", PlaceKind.COUNTY: "county"}

Counts = Counter[tuple[Post, int]]  # by post and number of the week


class Load(NamedTuple):
    """The obligations of one post, week by week, as things are and as they would be."""

    post: Post
    now: tuple[int, ...]
    then: tuple[int, ...]

    @property
    def a_week_now(self) -> float:
        """Obligations a week as things are, on average."""
        return sum(self.now) / len(self.now)

    @property
    def a_week_then(self) -> float:
        """Obligations a week with the pack adopted, on average."""
        return sum(self.then) / len(self.then)


class Stacks:
    """The packs of a day without and with the adoption, as if they had always been in force."""

    def __init__(self, new: Adopted) -> None:
        self.new = new

    def of(self, adopted: Adoptions, path: str) -> tuple[PacksInForce, PacksInForce]:
        """Without and with the adoption, for classes and places on this path."""
        one, other = (packs_of(each) for each in (adopted, in_order([*adopted, self.new], path)))
        day = self.new.from_day
        return at_any_time(binding(one, day)), at_any_time(binding(other, day))

    def of_class(self, home: ClassConstants) -> tuple[PacksInForce, PacksInForce]:
        """Without and with the adoption, for a class."""
        return self.of(home.adopted, home.school_path)


def children_here(
    place: Place, children: Collection[UUID], at: datetime
) -> dict[UUID, tuple[Subject, ClassConstants]]:
    """These children with their class as it binds everybody; those who have moved elsewhere are left out."""
    found = subjects(children, as_of=at)
    homes = constants.of_classes({subject.home.id for subject in found.values()})
    inside = ((child, s) for child, s in found.items() if s.home.school_path.startswith(place.path or "/"))
    return {child: (subject, homes[subject.home.id]) for child, subject in inside}


def children_of(place: Place, term: SchoolTerm) -> list[UUID]:
    """The children who were in a class of the place during the term."""
    return list(_enrolments(place, term).order_by("child").values_list("child", flat=True).distinct())


def _enrolments(place: Place, term: SchoolTerm) -> QuerySet[Enrolment]:
    during = Q(from_day__lte=term.last_day) & (Q(until__isnull=True) | Q(until__gt=term.first_day))
    return Enrolment.objects.filter(during, class_group__school__path__startswith=place.path or "/")


class Loads:
    """Obligations counted by post and week, without and with the adoption."""

    def __init__(self, term: SchoolTerm, stacks: Stacks, at: datetime) -> None:
        self.term, self.stacks, self.at = term, stacks, at
        first = term.first_day - timedelta(days=term.first_day.weekday())
        self.weeks = tuple(first + ONE_WEEK * i for i in range((term.last_day - first).days // 7 + 1))
        self.end = min(at, datetime.combine(term.last_day, LAST_MINUTE, CHINA_TIME))
        self.counts: tuple[Counts, Counts] = (Counter(), Counter())
        self._once: dict[tuple[object, ...], Counts] = {}

    def add_children(self, place: Place, children: list[UUID]) -> None:
        """What these children were or would have been the cause of."""
        for subject, home in children_here(place, children, self.at).values():
            for counts, packs in zip(self.counts, self.stacks.of_class(home), strict=True):
                found = evaluate(subject.history, home.calendar, packs, as_of=self.at).obligations
                counts.update(self._counted(found))

    def add_classes(self, place: Place) -> None:
        """The roll calls that the classes of the term owe."""
        ids = set(_enrolments(place, self.term).values_list("class_group", flat=True))
        for home in constants.of_classes(ids).values():
            for counts, packs in zip(self.counts, self.stacks.of_class(home), strict=True):
                counts.update(self._roll_calls(home.calendar, packs))
                counts.update(self._by_date(packs, "class"))

    def add_places(self, place: Place) -> None:
        """What dates bring for the place and the schools and townships in it."""
        for each in Place.objects.filter(path__startswith=place.path or "/", kind__in=list(LEVELS)):
            path = each.path or ""
            pair = self.stacks.of(adoptions_on(path), path)
            for counts, packs in zip(self.counts, pair, strict=True):
                counts.update(self._by_date(packs, LEVELS[each.kind]))

    def by_post(self) -> tuple[Load, ...]:
        """The loads, the post whose load changes most first."""
        posts = {post for counts in self.counts for post, _ in counts}
        now, then = self.counts
        weeks = range(len(self.weeks))
        loads = [
            Load(post, tuple(now[post, i] for i in weeks), tuple(then[post, i] for i in weeks))
            for post in posts
        ]
        return tuple(sorted(loads, key=lambda load: (sum(load.now) - sum(load.then), load.post.value)))

    def _roll_calls(self, calendar: SchoolCalendar, packs: PacksInForce) -> Counts:
        """The same for all classes with one calendar and the same packs."""
        key = (packs, calendar.closures)
        if key not in self._once:
            first = self.term.first_day
            owed = roll_calls_owed("class", {}, calendar, packs, from_day=first, as_of=self.end)
            self._once[key] = self._counted(owed)
        return self._once[key]

    def _by_date(self, packs: PacksInForce, level: str) -> Counts:
        key = (packs, level)
        if key not in self._once:
            calendar = county_calendar()
            found: dict[UUID, Obligation] = {}
            for i in range((self.end.date() - self.term.first_day).days + 1):
                noon = datetime.combine(self.term.first_day + ONE_DAY * i, NOON, CHINA_TIME)
                owed = duties_of_the_date("place", calendar, packs, level=level, as_of=noon)
                found.update({each.key: each for each in owed})
            self._once[key] = self._counted(found.values())
        return self._once[key]

    def _counted(self, owed: Iterable[Obligation]) -> Counts:
        days = ((each.duty.who, each.arose_at.date()) for each in owed)
        return Counter(
            (who, (day - self.weeks[0]).days // 7)
            for who, day in days
            if self.term.first_day <= day <= self.term.last_day
        )
