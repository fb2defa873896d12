"""Who is told: whoever holds the post there on the day, a deputy before whom it stands in for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.terms import Post
from notoneless.records.models import Assigned, Outbox, Place, PostHeld, Residence
from notoneless.records.packs import places_on
from notoneless.records.scopes import during, live
from notoneless.services.posts import ABOVE

# These answer for where a child lives before they answer for where its school is.
BY_HOME = frozenset({Post.VILLAGE_CADRE, Post.VILLAGE_COMMITTEE, Post.TOWNSHIP})
Spot = tuple[str, int]


class Aim(NamedTuple):
    """Whom something to tell is meant for, as its row says."""

    posts: tuple[Post, ...]
    place: int | None
    class_group: int | None
    child: UUID | None
    person: int | None


def aim_of(row: Outbox) -> Aim:
    """The aim of one row; what it does not say is nothing."""
    body = row.body
    return Aim(
        tuple(Post(code) for code in body.get("posts") or ()),  # type: ignore[call-arg]
        body.get("place"),
        body.get("class_group"),
        UUID(body["child"]) if body.get("child") else None,
        body.get("person"),
    )


class Recipients:
    """The people whom some things to tell concern on a day; four queries however many."""

    def __init__(self, aims: Collection[Aim], on: date) -> None:
        children = {aim.child for aim in aims if aim.child}
        places = Place.objects.filter(pk__in={aim.place for aim in aims if aim.place})
        self._around = {place.pk: places_on(place.path or "") for place in places}
        self._home = _homes(children, on)
        self._assigned = _assigned(children, on)
        spots = {spot for aim in aims for post in aim.posts for spot in self._spots(post, aim)}
        asked = {post for aim in aims for post in aim.posts}
        self._held = _held(asked.union(*(ABOVE.get(post, frozenset()) for post in asked)), spots, on)

    def of(self, aim: Aim) -> set[int]:
        """The people one thing concerns; where a post is vacant, the lowest above it that anybody holds."""
        if aim.person is not None:
            return {aim.person}
        found: set[int] = set()
        for post in aim.posts:
            found |= next((people for each in _upward(post) if (people := self._people(each, aim))), set())
        return found

    def _people(self, post: Post, aim: Aim) -> set[int]:
        if aim.child is not None and (aim.child, post) in self._assigned:
            return {self._assigned[aim.child, post]}
        held = (_speaking(self._held.get((post, spot), ())) for spot in self._spots(post, aim))
        return next((people for people in held if people), set())

    def _spots(self, post: Post, aim: Aim) -> Iterator[Spot]:
        """Where the post is looked for, nearest first."""
        if aim.class_group is not None:
            yield "class", aim.class_group
        if aim.child is not None and post in BY_HOME:
            yield from (("place", place) for place in self._home.get(aim.child, ()))
        if aim.place is not None:
            yield from (("place", place) for place in self._around.get(aim.place, ()))


def _upward(post: Post) -> list[Post]:
    above = ABOVE.get(post, frozenset())
    return [post, *sorted(above, key=lambda each: (-len(ABOVE.get(each, ())), each.value))]


def _speaking(rows: Collection[PostHeld]) -> set[int]:
    """Those of the holders who answer today: not switched off, and not stood in for by a deputy."""
    active = [row for row in rows if row.person.user is None or row.person.user.is_active]
    stood_in_for = {row.deputising_for_id for row in active}
    return {row.person_id for row in active if row.pk not in stood_in_for}


def _held(
    posts: Collection[Post], spots: Collection[Spot], on: date
) -> dict[tuple[Post, Spot], list[PostHeld]]:
    classes = [number for kind, number in spots if kind == "class"]
    places = [number for kind, number in spots if kind == "place"]
    there = Q(class_group__in=classes) | Q(place__in=places)
    held: dict[tuple[Post, Spot], list[PostHeld]] = defaultdict(list)
    for row in PostHeld.objects.filter(live(on), there, post__in=posts).select_related("person__user"):
        spot = ("class", row.class_group_id) if row.class_group_id else ("place", row.place_id or 0)
        held[row.post, spot].append(row)
    return held


def _homes(children: Collection[UUID], on: date) -> dict[UUID, list[int]]:
    rows = Residence.objects.filter(during(on), child__in=children)
    return {child: places_on(path or "") for child, path in rows.values_list("child_id", "place__path")}


def _assigned(children: Collection[UUID], on: date) -> dict[tuple[UUID, Post], int]:
    rows = Assigned.objects.filter(during(on), child__in=children)
    return {(row.child_id, row.post): row.person_id for row in rows}
