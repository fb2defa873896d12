"""Boards of a place: which there are, and whose they are; `test_access_whole` asks each as every post.

A board may be one of a kind of place only, so that "allowed" does not mean "there"; "there" means allowed.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import at
from conftest import Clock, Standing
from django.urls import reverse
from world import COUNTY, LATER, MORNING, NEAR, SCHOOL, TOWNSHIP, World

from notoneless.core.terms import Post
from notoneless.records.access import Scope, Thing, Verb, posts_that
from notoneless.records.models import JournalEntry, Place

# Posts that reach beyond the place itself without reaching all below it open no page of a place.
WHOLE = (Scope.PLACE,)


@pytest.fixture
def world(standing_world: Standing, db: None, clock: Clock) -> World:
    clock(LATER)
    return standing_world.world


def lies_in(place: Place, spot: Place) -> bool:
    """By walking up, not by paths."""
    here: Place | None = place
    while here is not None:
        if here.pk == spot.pk:
            return True
        here = here.parent
    return False


def test_only_a_county_marks_what_it_has_reviewed(world: World, standing_world: Standing) -> None:
    for n, (post, client) in enumerate(standing_world.browsers()):
        before = JournalEntry.objects.count()
        url = reverse("web:reviewed", kwargs={"place_id": world.county.pk})
        seen = at(MORNING) + timedelta(minutes=n)  # a page no newer than the last review is not reviewed anew
        answer = client.post(url, {"seen_at": seen.isoformat()})
        may = post in posts_that(Thing.COUNTY_BOARD, Verb.REVIEW)
        assert answer.status_code == 302 if may else answer.status_code in (302, 404), post
        assert (JournalEntry.objects.count() > before) == may, post


def test_a_principal_opens_the_own_school_and_no_other(world: World, standing_world: Standing) -> None:
    own, other = world.targets[NEAR].school, world.targets[SCHOOL].school
    client = next(client for post, client in standing_world.browsers() if post is Post.PRINCIPAL)
    answers = [client.get(reverse("web:principal", kwargs={"place_id": p.pk})) for p in (own, other)]
    assert [answer.status_code for answer in answers] == [200, 404]


def test_a_county_opens_its_own_board_and_no_other_countys(world: World, standing_world: Standing) -> None:
    far = world.targets[COUNTY].school.parent
    assert far is not None
    assert far.parent is not None
    client = next(client for post, client in standing_world.browsers() if post is Post.COUNTY_BUREAU)
    answers = [
        client.get(reverse("web:county", kwargs={"place_id": p.pk})) for p in (world.county, far.parent)
    ]
    assert [answer.status_code for answer in answers] == [200, 404]
    names = answers[0].content.decode()
    assert world.targets[COUNTY].school.name not in names
    assert (
        world.targets[TOWNSHIP].school.name
        in client.get(reverse("web:list_schools", kwargs={"place_id": world.county.pk})).content.decode()
    )
