"""责任链: for each child, on each rung of the two lines, the one person who answers today, or the gap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import AnswersAs, EventKind, GapKind, PlaceKind, Post, ResponsibilityLine
from notoneless.records.models import Assigned, ClassGroup, Enrolment, EventRecord, Person, Place, Residence
from notoneless.records.packs import places_on
from notoneless.records.scopes import during
from notoneless.services.answering import Answer, Holders, is_active
from notoneless.services.rungs import RUNG_POSTS, RUNGS, Rung

WIDER = frozenset({PlaceKind.TOWNSHIP, PlaceKind.COUNTY})


class Link(NamedTuple):
    """One rung for one child: who answers, as what, or which gap there is and who is in question."""

    post: Post
    line: ResponsibilityLine
    person: Person | None
    answers_as: AnswersAs | None
    gap: GapKind | None
    people: tuple[Person, ...]


class Spot(NamedTuple):
    """Where a child stands: its class and the places around it, and those around its home; nearest first."""

    class_group: int | None
    around_class: tuple[int, ...]
    around_home: tuple[int, ...]

    def around(self, rung: Rung) -> tuple[int, ...]:
        """The places in which this rung is looked for."""
        return (
            self.around_home if rung.by_home and self.around_home else self.around_class or self.around_home
        )


def chain_of(children: Collection[UUID], on: date) -> dict[UUID, tuple[Link, ...]]:
    """The links of each child's chain on a day, from the class teacher up; five queries however many.

    Somebody assigned to the child comes before the post's holder, a deputy before whom it stands in for, the
    nearest place before farther ones.
    """
    spots = spots_of(children, on)
    kinds = kinds_of({place for spot in spots.values() for place in (*spot.around_class, *spot.around_home)})
    classes = {spot.class_group for spot in spots.values() if spot.class_group is not None}
    holders = Holders(on, RUNG_POSTS, classes, kinds.keys())
    assigned = _assigned(children, on)
    return {
        child: tuple(
            Link(rung.post, rung.line, *answer)
            for rung in RUNGS
            if (answer := assigned.get((child, rung.post)) or answer_on(rung, spot, holders, kinds))
        )
        for child, spot in spots.items()
    }


def spots_of(children: Collection[UUID], on: date) -> dict[UUID, Spot]:
    """Where each child stands on a day: in its class, the one it was in last, or where it is awaited."""
    classes = _classes(children, on)
    homes = _homes(children, on)
    waiting = awaited_at([child for child in children if child not in classes])
    return {
        child: spot_of(classes.get(child), homes.get(child, ""), waiting.get(child, "")) for child in children
    }


def spot_of(class_group: ClassGroup | None, home: str, awaited: str = "") -> Spot:
    """The spot of whoever is in this class and lives at the place with the path `home` ("" if unknown).

    Whoever was in no class stands around the school with the path `awaited` that is to take it in.
    """
    around_home = tuple(places_on(home))
    if class_group is None:
        return Spot(None, tuple(places_on(awaited)), around_home)
    inside = class_group.teaching_point or class_group.school
    return Spot(class_group.pk, tuple(places_on(inside.path or "")), around_home)


def kinds_of(places: Collection[int]) -> dict[int, PlaceKind]:
    """The kind of each of these places; one query."""
    return {place.pk: place.kind for place in Place.objects.filter(pk__in=places).only("kind")}


def seat(rung: Rung, around: Sequence[int], kinds: Mapping[int, PlaceKind]) -> int | None:
    """The place that a rung belongs to; None where the tree has no such place.

    A child whose village nobody knows is its township's to look for, and beyond that its county's.
    """
    here = [place for place in around if kinds.get(place) in rung.kinds]
    if not here and rung.always:
        here = [place for place in around if kinds.get(place) in WIDER]
    return here[0] if here else None


def answer_on(rung: Rung, spot: Spot, holders: Holders, kinds: Mapping[int, PlaceKind]) -> Answer | None:
    """Who answers on a rung by a post held there; None where there is no such rung."""
    if not rung.kinds:
        if spot.class_group is None:
            return Answer(None, None, GapKind.NO_CLASS)
        return holders.in_class(rung.post, spot.class_group)
    around = spot.around(rung)
    answer = holders.around(rung.post, around)
    if answer.gap is not GapKind.VACANT or seat(rung, around, kinds) is not None:
        return answer
    lies_nowhere = not any(kinds.get(place) == PlaceKind.COUNTY for place in around)
    return Answer(None, None, GapKind.NO_SCHOOL) if lies_nowhere else None


def _classes(children: Collection[UUID], on: date) -> dict[UUID, ClassGroup]:
    rows = Enrolment.objects.filter(child__in=children, from_day__lte=on)
    rows = rows.select_related("class_group__school", "class_group__teaching_point")
    # The enrolment that holds on the day comes last and so is the one that is kept.
    rows_in_order = sorted(rows, key=lambda row: (row.until is None or row.until > on, row.from_day))
    return {row.child_id: row.class_group for row in rows_in_order}


def awaited_at(children: Collection[UUID]) -> dict[UUID, str]:
    """The paths of the schools that are to take in children found never enrolled; none asked, no query."""
    if not children:
        return {}
    rows = EventRecord.objects.filter(child__in=children, kind=EventKind.NEVER_ENROLLED, place__isnull=False)
    found = rows.order_by("happened_at", "recorded_at").values_list("child_id", "place__path")
    return {child: path or "" for child, path in found}


def _homes(children: Collection[UUID], on: date) -> dict[UUID, str]:
    rows = Residence.objects.filter(during(on), child__in=children)
    return {child: path or "" for child, path in rows.values_list("child_id", "place__path")}


def _assigned(children: Collection[UUID], on: date) -> dict[tuple[UUID, Post], Answer]:
    rows = Assigned.objects.filter(during(on), child__in=children).select_related("person__user")
    return {
        (row.child_id, row.post): Answer(row.person, AnswersAs.ASSIGNED)
        for row in rows
        if is_active(row.person)
    }
