"""Who answers in a spot of the tree: a deputy before the holder, one active person or a gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from notoneless.core.terms import AnswersAs, GapKind, Post
from notoneless.records.models import Person, PostHeld
from notoneless.records.scopes import live


class Answer(NamedTuple):
    """Who answers: `person` with no gap, or the gap with whoever is in question."""

    person: Person | None
    answers_as: AnswersAs | None
    gap: GapKind | None = None
    people: tuple[Person, ...] = ()


VACANT = Answer(None, None, GapKind.VACANT)


def is_active(person: Person) -> bool:
    """Whether the person's account, if there is one, is not switched off."""
    return person.user is None or person.user.is_active


def answering(rows: Collection[PostHeld]) -> Answer:
    """Who of those who hold one post in one spot answers; rows with `person` and its user read."""
    active = [row for row in rows if is_active(row.person)]
    stood_in_for = {row.deputising_for_id for row in active if row.deputising_for_id}
    speaking = [row for row in active if row.pk not in stood_in_for]
    people = {row.person_id: row.person for row in speaking}
    if len(people) == 1:
        deputy = speaking[0].deputising_for_id is not None
        return Answer(speaking[0].person, AnswersAs.DEPUTY if deputy else AnswersAs.HOLDER)
    if people:
        return Answer(None, None, GapKind.TWO_HOLDERS, tuple(people.values()))
    if rows:
        return Answer(None, None, GapKind.DEACTIVATED, tuple(row.person for row in rows))
    return VACANT


class Holders:
    """Who holds these posts in these spots on a day; one query."""

    def __init__(
        self, on: date, posts: Iterable[Post], classes: Collection[int] | None, places: Collection[int] | None
    ) -> None:
        """With None for either, every class or place is read."""
        self._rows: dict[tuple[Post, str, int], list[PostHeld]] = defaultdict(list)
        in_class = Q(class_group__isnull=False) if classes is None else Q(class_group__in=classes)
        at_place = Q(place__isnull=False) if places is None else Q(place__in=places)
        found = PostHeld.objects.filter(live(on), in_class | at_place, post__in=set(posts))
        for row in found.select_related("person__user").order_by("pk"):
            spot = ("class", row.class_group_id) if row.class_group_id else ("place", row.place_id or 0)
            self._rows[row.post, *spot].append(row)

    def in_class(self, post: Post, class_group: int) -> Answer:
        """Who answers by a post held in a class."""
        return answering(self._rows.get((post, "class", class_group), ()))

    def around(self, post: Post, places: Sequence[int]) -> Answer:
        """Who answers by a post at the first of these places where anybody holds it."""
        rows = (self._rows.get((post, "place", place)) for place in places)
        return answering(next((found for found in rows if found), ()))

    def people_at(self, post: Post, place: int) -> tuple[Person, ...]:
        """The active people who hold the post at just this place, deputies among them."""
        rows = self._rows.get((post, "place", place), ())
        return tuple({row.person_id: row.person for row in rows if is_active(row.person)}.values())
