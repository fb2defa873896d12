"""What an enrolment officer must look at: exceptions only, each figure the list it counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, QuerySet

from notoneless.core.terms import Act, ChangeStep, PlaceKind, Quadrant
from notoneless.records.models import (
    LIVE,
    Child,
    EnrolmentChange,
    Obligation,
    OnRoll,
    Person,
    Place,
    SpecialRoute,
)
from notoneless.records.scopes import visible_changes
from notoneless.services.change_standing import last_step, may_take_step, next_step
from notoneless.services.on_roll import (
    Standing,
    live_routes,
    quadrant_of,
    quadrants,
    standings,
    why_away,
)

MOST = 50  # lines of one section; its figure counts all


class Section(NamedTuple):
    """One kind of exception: what is owed about it, soonest first, and how many there are."""

    id: str
    rows: tuple[Obligation, ...]
    total: int


class Exceptions(NamedTuple):
    """A place's exceptions at a moment."""

    counts: dict[Quadrant, int]
    sections: tuple[Section, ...]


# In the order of worry.
SECTIONS: tuple[tuple[str, frozenset[Act]], ...] = (
    ("roster", frozenset({Act.EXPLAIN})),
    ("transfers", frozenset({Act.ANSWER_TRANSFER, Act.CONFIRM_TRANSFER, Act.APPROVE_CHANGE})),
    ("suspensions", frozenset({Act.RESUME_OR_RENEW, Act.TAKE_IN})),
    ("marks", frozenset({Act.MARK_IN_NATIONAL_SYSTEM})),
)


def exceptions(place: Place, as_of: datetime) -> Exceptions:
    """What is out of order in the enrolments of a place."""
    counts = {which: rows.count() for which, rows in quadrants(schools_in(place), as_of.date()).items()}
    owed = Obligation.objects.filter(
        place__path__startswith=place.path or "/", state__in=LIVE, child__isnull=False
    )
    soonest = owed.select_related("child", "place", "class_group").order_by(
        F("due_at").asc(nulls_last=True), "key"
    )
    return Exceptions(counts, tuple(_section(name, soonest.filter(act__in=acts)) for name, acts in SECTIONS))


ABOUT_ENROLMENT = frozenset(act for _, acts in SECTIONS for act in acts)


def _section(name: str, rows: QuerySet[Obligation]) -> Section:
    found = tuple(rows[: MOST + 1])
    return Section(name, found[:MOST], len(found) if len(found) <= MOST else rows.count())


def schools_in(place: Place) -> QuerySet[Place]:
    """The schools of a place, itself included."""
    return Place.objects.filter(path__startswith=place.path or "/", kind=PlaceKind.SCHOOL)


class InQuadrant(NamedTuple):
    """A child in one of the four lists."""

    child: Child
    standing: Standing
    why: tuple[str, str] | None  # None: nothing explains it


def in_quadrant(
    place: Place, which: Quadrant, on: date, page: int, size: int
) -> tuple[list[InQuadrant], int]:
    """One page of a list and the number of all."""
    rows = quadrants(schools_in(place), on)[which]
    children = list(rows.order_by("name_pinyin", "name", "pk")[(page - 1) * size : page * size])
    stands, why = standings([c.pk for c in children], on), why_away([c.pk for c in children], on)
    return [InQuadrant(c, stands[c.pk], why.get(c.pk)) for c in children], rows.count()


# Changes.


class Going(NamedTuple):
    """A change with how far it came and whether it is this person's turn."""

    change: EnrolmentChange
    last: ChangeStep
    turn: ChangeStep | None
    mine: bool


def changes_of(person: Person, on: date, most: int = 200) -> list[Going]:
    """The changes this person may see: those whose turn is theirs, those under way, the latest others."""
    rows = visible_changes(person, on).select_related("child", "school", "receiver").prefetch_related("steps")
    found = [_going(person, change, on) for change in rows.order_by("-from_day", "pk")[:most]]
    return sorted(found, key=lambda each: (not each.mine, each.turn is None))


def _going(person: Person, change: EnrolmentChange, on: date) -> Going:
    turn = next_step(change)
    mine = turn is not None and may_take_step(person, change, on) is None
    return Going(change, last_step(change), turn, mine)


class OnPaper(NamedTuple):
    """One child's enrolment: roll, class, routes, changes and what is owed about them."""

    child: Child
    standing: Standing
    quadrant: Quadrant
    rolls: tuple[OnRoll, ...]
    routes: tuple[SpecialRoute, ...]
    route: SpecialRoute | None
    changes: tuple[Going, ...]
    owed: tuple[Obligation, ...]


def on_paper(person: Person, child: Child, as_of: datetime) -> OnPaper:
    """The enrolment of one child."""
    on = as_of.date()
    changes = EnrolmentChange.objects.filter(child=child).select_related("child", "school", "receiver")
    owed = Obligation.objects.filter(child=child, state__in=LIVE, act__in=ABOUT_ENROLMENT)
    stands = standings([child.pk], on)[child.pk]
    return OnPaper(
        child,
        stands,
        quadrant_of(child, stands),
        tuple(OnRoll.objects.filter(child=child).select_related("school").order_by("from_day")),
        tuple(SpecialRoute.objects.filter(child=child).select_related("school").order_by("recorded_at")),
        live_routes(on).filter(child=child).first(),
        tuple(_going(person, each, on) for each in changes.prefetch_related("steps").order_by("-from_day")),
        tuple(owed.select_related("place").order_by(F("due_at").asc(nulls_last=True))),
    )
