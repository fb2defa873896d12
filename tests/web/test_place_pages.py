"""Boards and their lists, for every post × every place near and far: there for whom the table allows.

A board may be one of a kind of place only, so that "allowed" does not mean "there"; "there" means allowed,
and what a page says is searched like any other.
"""

from __future__ import annotations

import pytest
from builders import at
from conftest import Clock, Standing
from django.urls import reverse
from test_access_matrix import leaks
from world import COUNTY, LATER, NEAR, SCHOOL, TOWNSHIP, World, spot_of

from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, TABLE, Asked, Scope, Thing, Verb, posts_that
from notoneless.records.models import JournalEntry, Place

PAGES = (
    "web:township",
    "web:county",
    "web:reviewed",
    "web:list_cases",
    "web:list_returns",
    "web:list_reasons",
    "web:list_absent",
    "web:list_group",
    "web:list_overdue",
    "web:list_schools",
    "web:season",
    "web:principal",
)
# Posts that reach beyond the place itself without reaching all below it open no page of a place.
WHOLE = (Scope.PLACE,)


@pytest.fixture
def world(standing_world: Standing, db: None, clock: Clock) -> World:
    clock(LATER)
    return standing_world.world


def places(world: World) -> list[Place]:
    """The places of the world that have pages, near and far."""
    return list(Place.objects.exclude(kind__in=("GRADE", "BOARDING_HOUSE")).order_by("path"))


def lies_in(place: Place, spot: Place) -> bool:
    """By walking up, not by paths."""
    here: Place | None = place
    while here is not None:
        if here.pk == spot.pk:
            return True
        here = here.parent
    return False


def allowed(world: World, post: Post | None, name: str, place: Place) -> bool:
    """Whether the table lets the post see the page of a place from where it is held."""
    asked = ADDRESSES[name]
    assert isinstance(asked, Asked)
    spot = spot_of(world, post).get("place") if post else None
    rows = [r for r in TABLE if r.thing is asked.thing and asked.see in r.verbs and post in r.posts]
    return any(row.scope in WHOLE and spot is not None and lies_in(place, spot) for row in rows)


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_place_is_there_only_for_whom_the_table_allows(
    name: str, world: World, standing_world: Standing
) -> None:
    opened = 0
    for post, client in standing_world.browsers():
        for place in places(world):
            url = reverse(name, kwargs={"place_id": place.pk})
            answer = client.get(url, {"group": "LOW_INCOME"} if name == "web:list_group" else {})
            # Where a page takes only a form, everybody is told so before anything is looked for.
            if answer.status_code not in (404, 405):
                assert allowed(world, post, name, place), (name, post, place.name, answer.status_code)
                opened += 1
            assert leaks(answer, post, world) == [], (name, post, place.name)
    assert opened or name == "web:reviewed", "nobody could open it anywhere"


def test_only_a_county_marks_what_it_has_reviewed(world: World, standing_world: Standing) -> None:
    for post, client in standing_world.browsers():
        before = JournalEntry.objects.count()
        url = reverse("web:reviewed", kwargs={"place_id": world.county.pk})
        answer = client.post(url, {"seen_at": at(LATER).isoformat()})
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
