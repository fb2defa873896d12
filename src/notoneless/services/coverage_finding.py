"""Where a rung has no one person, found in sets: what many children share is one gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from notoneless.core.calendar import BeyondCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import GapKind, PlaceKind, Post, Stage
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    Assigned,
    Case,
    ClassGroup,
    Enrolment,
    HandOver,
    Place,
    Residence,
)
from notoneless.records.packs import places_on
from notoneless.records.scopes import during
from notoneless.services.answering import Holders
from notoneless.services.responsibility import Spot, answer_on, seat, spot_of
from notoneless.services.rungs import RUNG_POSTS, RUNGS, Rung, fillers

SCHOOL_DAYS = 3  # to mend a gap, and to receive a hand-over
NO_LONGER_OPEN = (Stage.ATTENDING.value, Stage.CLOSED.value)


class Found(NamedTuple):
    """A gap as it is found; `place` is where it is, `class_group` the class if it is one's."""

    kind: GapKind
    post: Post | None
    place: int
    class_group: int | None = None
    about: str = ""  # what else tells it from its like: the number of a hand-over

    @property
    def key(self) -> str:
        """What names the same gap on another night."""
        where = f"class/{self.class_group}" if self.class_group else f"place/{self.place}"
        return "/".join(part for part in (self.kind.value, self.post or "", where, self.about) if part)


class Tree:
    """The places, and who holds the posts of all rungs and of those who fill them."""

    def __init__(self, on: date) -> None:
        places = list(Place.objects.only("kind", "path"))
        self.kinds: Mapping[int, PlaceKind] = {place.pk: place.kind for place in places}
        self.paths = {place.pk: place.path or "" for place in places}
        asked = RUNG_POSTS | {post for rung in RUNGS for post in fillers(rung.post)}
        self.holders = Holders(on, asked, None, None)

    def owed(self, post: Post | None, place: int) -> tuple[Post, int]:
        """Which live post sees to it, and where; the first that should, at the top, when nobody is there."""
        around = places_on(self.paths[place])
        asked = fillers(post or Post.CLASS_TEACHER)
        for filler in asked:
            for here in around:
                if self.holders.people_at(filler, here):
                    return filler, here
        return asked[0], around[-1]


def gaps_on(tree: Tree, on: date) -> dict[str, Found]:
    """Every gap of a day by its key; a constant number of queries."""
    left = _left_with_open_case(on)
    gaps = [*_on_rungs(tree, on, left), *_without_class(left), *_never_in_class(tree, on), *_unreceived(on)]
    return {gap.key: gap for gap in gaps}


def due_on(found_on: date) -> date:
    """The third school day after; the third day where the calendar ends before that."""
    try:
        return county_calendar().nth_school_day_after(found_on, SCHOOL_DAYS)
    except BeyondCalendar:
        return found_on + timedelta(days=SCHOOL_DAYS)


# The rungs.


class _Group(NamedTuple):
    """The children of one class who live in one village (None: nobody knows), however many."""

    class_group: int
    home: int | None


def _on_rungs(tree: Tree, on: date, left: Mapping[object, Enrolment]) -> Iterator[Found]:
    enrolled = Enrolment.objects.filter(during(on) | Q(pk__in=[row.pk for row in left.values()]))
    groups = _groups(enrolled, on)
    classes = ClassGroup.objects.filter(pk__in={group.class_group for group in groups})
    spots = {
        group.pk: (group.school_id, spot_of(group, ""))
        for group in classes.select_related("school", "teaching_point")
    }
    for number, (school, spot) in spots.items():
        if not any(tree.kinds[place] == PlaceKind.COUNTY for place in spot.around_class):
            yield Found(GapKind.NO_SCHOOL, None, school, number)
    homes = {home: tuple(places_on(tree.paths[home])) for _, home in groups if home is not None}
    for rung in RUNGS:
        left_out = _groups(_not_assigned(enrolled, rung, on), on) if _is_assigned(rung, on) else groups
        if rung.kinds:
            asked = {_around(rung, group, spots, homes) for group in left_out}
            yield from _around_places(rung, asked, tree)
        else:
            yield from _in_classes(rung, {group.class_group for group in left_out}, spots, tree)


def _in_classes(
    rung: Rung, classes: Iterable[int], spots: Mapping[int, tuple[int, Spot]], tree: Tree
) -> Iterator[Found]:
    for number in sorted(classes):
        gap = tree.holders.in_class(rung.post, number).gap
        if gap is not None:
            yield Found(gap, rung.post, spots[number][0], number)


def _around_places(rung: Rung, asked: Iterable[tuple[int, ...]], tree: Tree) -> Iterator[Found]:
    for around in sorted(asked):
        answer = answer_on(rung, Spot(None, around, ()), tree.holders, tree.kinds)
        place = seat(rung, around, tree.kinds)
        # A class that lies nowhere has a gap of its own kind, once for all its rungs.
        if answer is not None and answer.gap is not None and place is not None:
            yield Found(answer.gap, rung.post, place)


def _around(
    rung: Rung, group: _Group, spots: Mapping[int, tuple[int, Spot]], homes: Mapping[int, tuple[int, ...]]
) -> tuple[int, ...]:
    if rung.by_home and group.home is not None:
        return homes[group.home]
    return spots[group.class_group][1].around_class


def _groups(enrolled: QuerySet[Enrolment], on: date) -> set[_Group]:
    home = Subquery(Residence.objects.filter(during(on), child=OuterRef("child")).values("place")[:1])
    rows = enrolled.order_by().values_list("class_group", home).distinct()
    return {_Group(*row) for row in rows}


def _is_assigned(rung: Rung, on: date) -> bool:
    return Assigned.objects.filter(during(on), post=rung.post).exists()


def _not_assigned(enrolled: QuerySet[Enrolment], rung: Rung, on: date) -> QuerySet[Enrolment]:
    """Those of children to whom nobody active is assigned on this rung."""
    gone = Q(person__user__is_active=False)
    theirs = Assigned.objects.filter(during(on), ~gone, post=rung.post, child=OuterRef("child"))
    return enrolled.filter(~Exists(theirs))


# Children without a class, and hand-overs without a receipt.


def _open_cases() -> QuerySet[Case]:
    return Case.objects.exclude(stage__in=NO_LONGER_OPEN)


def _left_with_open_case(on: date) -> dict[object, Enrolment]:
    """The last enrolment of each child that has an open case and is in no class any more."""
    still = Enrolment.objects.filter(during(on), child=OuterRef("child"))
    rows = Enrolment.objects.filter(~Exists(still), child__case__in=_open_cases(), from_day__lte=on)
    return {row.child_id: row for row in rows.select_related("class_group").order_by("from_day")}


def _without_class(left: Mapping[object, Enrolment]) -> Iterator[Found]:
    for school in sorted({row.class_group.school_id for row in left.values()}):
        yield Found(GapKind.NO_CLASS, None, school)


def _never_in_class(tree: Tree, on: date) -> Iterator[Found]:
    """By the village the child lives in, else by the top of the tree."""
    ever = Enrolment.objects.filter(child=OuterRef("child"), from_day__lte=on)
    home = Subquery(Residence.objects.filter(during(on), child=OuterRef("child")).values("place")[:1])
    homes = set(_open_cases().filter(~Exists(ever)).values_list(home, flat=True))
    top = next((place for place, kind in tree.kinds.items() if kind == PlaceKind.COUNTY), None)
    for place in sorted({each or top for each in homes} - {None}, key=str):
        yield Found(GapKind.NO_CLASS, None, place or 0)


def _unreceived(on: date) -> Iterator[Found]:
    """Hand-overs that nobody has received on the third school day after, while the post is still held."""
    rows = HandOver.objects.filter(receipt__isnull=True, taken__held_from__lte=on)
    rows = rows.exclude(taken__held_until__lte=on).select_related("taken__class_group")
    for row in rows:
        held = row.taken
        place = held.class_group.school_id if held.class_group else held.place_id
        if due_on(row.at.astimezone(CHINA_TIME).date()) < on and place is not None:
            yield Found(GapKind.NOT_RECEIVED, held.post, place, held.class_group_id, row.pk.hex)
