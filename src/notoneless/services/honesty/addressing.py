"""Who is asked: a supervisor who is not the author; the principal for teachers, the county for schools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Place, PostHeld
from notoneless.records.packs import places_on
from notoneless.records.scopes import CLASS_POSTS, live
from notoneless.services.honesty.found import Found

ASKED = (Post.PRINCIPAL, Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE)


class Supervisors:
    """The places, who holds the posts that are asked, and where the authors work; three queries."""

    def __init__(self, authors: Collection[int], on: date) -> None:
        places = list(Place.objects.only("kind", "path"))
        self._kinds = {place.pk: place.kind for place in places}
        self._paths = {place.pk: place.path or "" for place in places}
        self._holders: dict[tuple[Post, int], set[int]] = defaultdict(set)
        asked = PostHeld.objects.filter(live(on), post__in=ASKED, place__isnull=False)
        for post, place, person in asked.values_list("post", "place_id", "person_id"):
            if place is not None:
                self._holders[post, place].add(person)
        self._staff = _works_at(authors, on)

    def for_(self, found: Found) -> tuple[Post, int]:
        """The post that is asked and where; the county's bureau where nobody else is there."""
        around = places_on(self._paths[found.place])
        county = next((place for place in around if self._kinds[place] is PlaceKind.COUNTY), around[-1])
        for post, place in self._candidates(found, around, county):
            if self._holders[post, place] - {found.about}:
                return post, place
        return Post.COUNTY_BUREAU, county

    def _candidates(self, found: Found, around: Iterable[int], county: int) -> Iterable[tuple[Post, int]]:
        """The principal only about somebody who teaches or works under the principal."""
        if found.about is not None:
            for place in around:
                theirs = found.about in self._staff[place]
                if theirs and found.about not in self._holders[Post.PRINCIPAL, place]:
                    yield Post.PRINCIPAL, place
        yield Post.COUNTY_BUREAU, county
        yield Post.SUPERVISION_OFFICE, county


def _works_at(authors: Collection[int], on: date) -> dict[int, set[int]]:
    """The authors by the school in which they hold a post, in a class or in the office."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = PostHeld.objects.filter(live(on), person__in=set(authors))
    for post, place, school, person in rows.values_list(
        "post", "place_id", "class_group__school", "person_id"
    ):
        where = school if post in CLASS_POSTS else place
        if where is not None:
            found[where].add(person)
    return found
