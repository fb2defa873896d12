"""Who is asked: a supervisor who is not the author; the principal for teachers, the county for schools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Place, PostHeld
from notoneless.records.packs import places_on
from notoneless.records.scopes import live
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
        for held in asked:
            if held.place_id is not None:
                self._holders[held.post, held.place_id].add(held.person_id)
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
    rows = PostHeld.objects.filter(live(on), person__in=set(authors)).select_related("class_group")
    for held in rows:
        group = held.class_group
        where = group.school_id if group is not None else held.place_id
        if where is not None:
            found[where].add(held.person_id)
    return found
