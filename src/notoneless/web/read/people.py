"""Who holds which post at a place and in what lies in it, which posts are vacant, and what may be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import APPOINTS, Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, PostHeld, not_closed
from notoneless.services.permissions import posts_in
from notoneless.services.roster_import import school_year_of
from notoneless.services.rungs import RUNG_POSTS
from notoneless.services.spots import posts_at

_K = PlaceKind
# What is shown on the page of the place around it, instead of on a page of its own.
PARTS = (_K.VILLAGE, _K.TEACHING_POINT, _K.GRADE, _K.BOARDING_HOUSE)
# Posts whose vacancy shows, beside those of the rungs.
EXPECTED = RUNG_POSTS | {
    Post.ENROLMENT_OFFICER,
    Post.DUTY_OFFICER,
    Post.GRADE_HEAD,
    Post.HOUSE_PARENT,
    Post.SUPERVISION_OFFICE,
    Post.SYSTEM_OFFICER,
    Post.SECURITY_OFFICER,
    Post.AUDIT_OFFICER,
}
# Held at a township too, but expected in the villages and in the central school.
_NOT_EXPECTED = {
    _K.TOWNSHIP: {Post.VILLAGE_CADRE},
    _K.TEACHING_POINT: {Post.SCHOOL_OFFICE, Post.DUTY_OFFICER},
}


class Holding(NamedTuple):
    """What one person holds in a spot for the same time, with those who deputise in it."""

    posts: tuple[PostHeld, ...]
    deputies: tuple[PostHeld, ...]
    changeable: tuple[PostHeld, ...]  # those of them about which the reader decides

    @property
    def held(self) -> PostHeld:
        """The first of the posts: whose, from when and until when."""
        return self.posts[0]


class Spot(NamedTuple):
    """One place or class with those who hold its posts and the posts that nobody holds."""

    place: Place | None
    class_group: ClassGroup | None
    holdings: tuple[Holding, ...]
    vacant: tuple[Post, ...]
    may_appoint: bool

    @property
    def name(self) -> str:
        """What the heading says."""
        return str(self.class_group or self.place)


class PlacePeople(NamedTuple):
    """The page of one place."""

    place: Place
    spots: tuple[Spot, ...]  # the place itself first, then what lies in it, then its classes
    below: tuple[Place, ...]  # places with a page of their own


def people_at(place: Place, person: Person, on: date) -> PlacePeople:
    """Everybody at a place and in its parts; the same number of queries whatever its size."""
    inside = Place.objects.filter(not_closed(on), parent=place)
    children = list(inside.order_by("kind", "grade", "name"))
    parts = [place, *(each for each in children if each.kind in PARTS)]
    classes = list(classes_of(place, on))
    held = _held(parts, classes, on)
    allowed = appointable(person, place, on)
    spots = [*(_spot(each, held, allowed, on) for each in parts)]
    spots += (_spot(each, held, allowed, on) for each in classes)
    if any(each.kind == _K.CENTRAL_SCHOOL for each in children):
        spots[0] = spots[0]._replace(vacant=tuple(p for p in spots[0].vacant if p is not Post.CENTRAL_SCHOOL))
    return PlacePeople(place, tuple(spots), tuple(each for each in children if each.kind not in PARTS))


def classes_of(place: Place, on: date) -> QuerySet[ClassGroup]:
    """The classes of a school in the school year of a day."""
    rows = ClassGroup.objects.filter(school=place, school_year=school_year_of(on))
    return rows.select_related("school").order_by("grade", "name")


def appointable(person: Person, place: Place, on: date) -> frozenset[Post]:
    """The posts at and below a place of which this person decides who holds them."""
    own = posts_in(person, Thing.PEOPLE, Verb.APPOINT, place, on)
    return frozenset(post for each in own for post in APPOINTS.get(each, ()))


def colleagues(place: Place) -> QuerySet[Person]:
    """People who hold or held a post around there, to choose from: of the school, or of the township."""
    school, town = place.above(_K.SCHOOL), place.above(_K.TOWNSHIP)
    if school is not None:
        there = Q(place__path__startswith=school.path or "/") | Q(class_group__school=school)
    elif town is not None:
        there = Q(place__path__startswith=town.path or "/")
    else:
        there = Q(place=place)
    return Person.objects.filter(pk__in=PostHeld.objects.filter(there).values("person")).order_by("name")


def posts_of(person: Person) -> list[PostHeld]:
    """All posts a person holds or held, the latest first."""
    rows = PostHeld.objects.filter(person=person).select_related(
        "place", "class_group__school", "deputising_for__person"
    )
    return list(rows.order_by("-held_from", "pk"))


_Held = dict[tuple[str, int], list[PostHeld]]


def _held(places: Iterable[Place], classes: Iterable[ClassGroup], on: date) -> _Held:
    """The posts held there today or from a day to come."""
    there = Q(place__in=[each.pk for each in places]) | Q(class_group__in=[each.pk for each in classes])
    not_over = Q(held_until__isnull=True) | Q(held_until__gt=on)
    rows = PostHeld.objects.filter(there, not_over).select_related("person__user", "place", "class_group")
    found: _Held = defaultdict(list)
    for row in rows.order_by("held_from", "pk"):
        spot = ("class", row.class_group_id) if row.class_group_id else ("place", row.place_id or 0)
        found[spot].append(row)
    return found


def _spot(spot: Place | ClassGroup, held: _Held, allowed: frozenset[Post], on: date) -> Spot:
    is_place = isinstance(spot, Place)
    rows = held[("place" if is_place else "class"), spot.pk]
    posts = posts_at(spot)
    now = {row.post for row in rows if row.held_from <= on}
    skipped = _NOT_EXPECTED.get(spot.kind, set()) if isinstance(spot, Place) else set()
    return Spot(
        spot if isinstance(spot, Place) else None,
        spot if isinstance(spot, ClassGroup) else None,
        tuple(_holdings(rows, posts, allowed)),
        tuple(post for post in posts if post in EXPECTED - now - skipped),
        bool(allowed & set(posts)),
    )


def _holdings(rows: list[PostHeld], posts: tuple[Post, ...], allowed: frozenset[Post]) -> Iterator[Holding]:
    order = {post: i for i, post in enumerate(posts)}
    deputies: dict[int | None, list[PostHeld]] = defaultdict(list)
    for row in rows:
        deputies[row.deputising_for_id].append(row)
    holders = deputies.pop(None, [])
    known = {row.pk for row in holders}
    # The deputy of a post that has ended stands alone.
    holders += [row for of, others in deputies.items() if of not in known for row in others]
    together: dict[object, list[PostHeld]] = defaultdict(list)
    for row in sorted(holders, key=lambda each: order.get(each.post, len(order))):
        together[row.person_id, row.held_from, row.held_until, row.deputising_for_id].append(row)
    for group in together.values():
        standing_in = tuple(each for row in group for each in deputies.get(row.pk, ()))
        yield Holding(tuple(group), standing_in, tuple(row for row in group if row.post in allowed))
