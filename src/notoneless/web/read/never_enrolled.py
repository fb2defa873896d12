"""应入学未入学: the children of a place whom no class has seen yet, who answers for each, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from notoneless.core.terms import EventKind, PlaceKind, Post, Stage
from notoneless.records.access import Scope, Thing, Verb
from notoneless.records.models import (
    LIVE,
    Case,
    CaseChange,
    Enrolment,
    EventRecord,
    Obligation,
    Person,
    Place,
    Residence,
)
from notoneless.records.packs import places_on
from notoneless.records.scopes import during, reaches, visible_children
from notoneless.services.responsibility import Link, chain_of

ANSWERS = (Post.TOWNSHIP, Post.VILLAGE_CADRE, Post.VILLAGE_COMMITTEE)  # the first that is there


class NotEnrolled(NamedTuple):
    """One child: its case, where it lives, which school is to take it in, who answers, what is owed first."""

    case: Case
    village: str
    school: str
    entered: bool  # put into a class, and not seen there yet
    answers: Link | None
    owed: tuple[Obligation, ...]


def not_enrolled(place: Place, on: date, since: datetime | None = None) -> QuerySet[Case]:
    """The open cases of children never enrolled who live in a place, or whom a school of it is to take in.

    With `since` only those of whom that was learned after it.
    """
    path = place.path or "/"
    home = Residence.objects.filter(during(on), child=OuterRef("child"), place__path__startswith=path)
    stated = EventRecord.objects.filter(
        child=OuterRef("child"), kind=EventKind.NEVER_ENROLLED, place__path__startswith=path
    )
    found = Case.objects.filter(Exists(home) | Exists(stated), stage=Stage.NEVER_ENROLLED)
    if since is None:
        return found
    learned = CaseChange.objects.filter(stage=Stage.NEVER_ENROLLED, recorded_at__gt=since)
    return found.filter(pk__in=learned.values("case"))


def around_each(place: Place, on: date, since: datetime | None = None) -> list[frozenset[int]]:
    """For each of these children the places around its home and around its school; one query.

    So a place's number of them is how many of these it stands in: as many as its list has.
    """
    home = Residence.objects.filter(during(on), child=OuterRef("child")).values("place__path")[:1]
    stated = EventRecord.objects.filter(child=OuterRef("child"), kind=EventKind.NEVER_ENROLLED)
    school = stated.order_by("-happened_at", "-recorded_at").values("place__path")[:1]
    rows = not_enrolled(place, on, since).values_list(Subquery(home), Subquery(school))
    return [frozenset((*places_on(lives or ""), *places_on(awaited or ""))) for lives, awaited in rows]


def listed(
    person: Person, place: Place, at: datetime, since: datetime | None = None, most: int = 200
) -> list[NotEnrolled]:
    """Those of them whom the person may see, the longest known first."""
    on = at.date()
    mine = visible_children(person, on).values("pk")
    cases = (
        not_enrolled(place, on, since)
        .filter(child__in=mine)
        .select_related("child")
        .order_by("opened_at", "pk")
    )
    return _told(list(cases[:most]), on)


def may_open(person: Person, place: Place, on: date, verb: Verb = Verb.SEE) -> bool:
    """Whether one of the person's posts lets it do this at the place: all below it, or just there."""
    return any(
        held.place_id == place.pk or (scope is Scope.PLACE and _within(place, held.place))
        for held, scope in reaches(person, on, Thing.NEVER_ENROLLED, verb)
    )


def _within(place: Place, around: Place | None) -> bool:
    return around is not None and (place.path or "").startswith(around.path or "/")


def villages_around(place: Place) -> QuerySet[Place]:
    """The villages of the township that a place lies in, else of its county; of a village, itself."""
    around = place.above(PlaceKind.TOWNSHIP) or place.above(PlaceKind.COUNTY) or place
    inside = place if place.kind == PlaceKind.VILLAGE else around
    rows = Place.objects.filter(kind=PlaceKind.VILLAGE, path__startswith=inside.path or "?")
    return rows.order_by("path")


def schools_around(place: Place) -> list[Place]:
    """The schools that may take a child of the place in: itself, else those of its township first."""
    if place.kind == PlaceKind.SCHOOL:
        return [place]
    county = place.above(PlaceKind.COUNTY) or place
    near = (place.above(PlaceKind.TOWNSHIP) or county).path or "/"
    rows = Place.objects.filter(kind=PlaceKind.SCHOOL, path__startswith=county.path or "?")
    return sorted(rows.order_by("path"), key=lambda each: not (each.path or "").startswith(near))


def _told(cases: Sequence[Case], on: date) -> list[NotEnrolled]:
    ids = [case.child_id for case in cases]
    lives = Residence.objects.filter(during(on), child__in=ids)
    homes = dict(lives.values_list("child", "place__name"))
    stated = EventRecord.objects.filter(child__in=ids, kind=EventKind.NEVER_ENROLLED).order_by("happened_at")
    schools = dict(stated.values_list("child", "place__name"))
    entered = set(Enrolment.objects.filter(child__in=ids).values_list("child", flat=True))
    chains = chain_of(ids, on) if ids else {}
    owed: dict[UUID, list[Obligation]] = {each: [] for each in ids}
    rows = Obligation.objects.filter(child__in=ids, state__in=LIVE).select_related("place")
    for row in rows.order_by(F("due_at").asc(nulls_last=True), "key"):
        owed[row.child_id].append(row)  # type: ignore[index]
    return [
        NotEnrolled(
            case,
            homes.get(case.child_id, ""),
            schools.get(case.child_id, "") or "",
            case.child_id in entered,
            _who(chains[case.child_id]),
            tuple(owed[case.child_id]),
        )
        for case in cases
    ]


def _who(chain: Sequence[Link]) -> Link | None:
    links = {link.post: link for link in chain}
    found = [links[post] for post in ANSWERS if post in links]
    return next((link for link in found if link.person is not None), next(iter(found), None))
