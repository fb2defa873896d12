"""Programs with a token see what the posts of its person see; the table and the oracle say what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Clock, Standing
from django.test import Client
from django.urls import reverse
from leaking import leaks
from programs import as_described, program
from targets import NOTHING, TARGETS
from test_access_matrix import ALL, ASKED, allowed
from world import LATER, NEAR, World, a_holder

from notoneless.api.openapi import OPERATIONS, description
from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, posts_that
from notoneless.records.models import JournalEntry, Person, RollCall

OF_ONE = {
    "api:roll_call": TARGETS["web:roll_call"],
    "api:child": TARGETS["web:child"],
    "api:silent": TARGETS["web:principal"],
}
LISTED = ("api:me", "api:classes", "api:owed")


@pytest.fixture
def world(standing_world: Standing, db: None, clock: Clock) -> World:
    clock(LATER)
    return standing_world.world


def programs(standing: Standing) -> Iterator[tuple[Post | None, Client]]:
    """A program of somebody in each post that the table tells apart, and of somebody without any."""
    for post, _ in standing.cookies:
        person = a_holder(standing.world, post) if post else Person.objects.create(name="没有任职的人")
        yield post, program(person, LATER)


def test_every_address_for_programs_is_described_and_every_described_one_is_there() -> None:
    named = {f"api:{each.name}" for each in OPERATIONS}
    assert named == {name for name in ALL if name.startswith("api:")} - {
        f"api:{each}" for each in ("docs", "openapi", "nothing")
    }
    assert set(OF_ONE) | set(LISTED) == named


def test_the_description_and_its_page_need_no_token(world: World) -> None:
    said = Client().get("/api/v1/openapi.json").json()
    assert said == description()
    assert said["openapi"].startswith("3.1")
    page = Client(headers={"accept-language": "en"}).get("/api/v1/").content.decode()
    assert all(each.en in page for each in OPERATIONS)
    assert "<script" not in page


# The table.


@pytest.mark.long
@pytest.mark.parametrize("name", OF_ONE)
def test_a_row_is_there_for_the_programs_of_whom_the_table_allows(
    name: str, world: World, standing_world: Standing
) -> None:
    asked = ASKED[name]
    for post, client in programs(standing_world):
        seen = allowed(post, asked.thing, asked.see)
        for target in world.targets:
            answer = client.get(reverse(name, kwargs=OF_ONE[name](target)))
            assert (answer.status_code != 404) == (target.no in seen), (name, post, target.no)
            assert leaks(answer, post, world) == [], (name, post, target.no)
            assert as_described(answer, name.removeprefix("api:"))


def test_lists_hold_what_the_table_allows_and_nothing_of_others(
    world: World, standing_world: Standing
) -> None:
    for post, client in programs(standing_world):
        for name in LISTED:
            answer, asked = client.get(reverse(name)), ADDRESSES[name]
            may = name == "api:me" or post in posts_that(asked.thing, asked.see)  # type: ignore[union-attr]
            assert (answer.status_code == 200) == may, (name, post, answer.status_code)
            assert leaks(answer, post, world) == [], (name, post)
            assert as_described(answer, name.removeprefix("api:"))


def test_out_of_reach_is_the_same_answer_as_not_there(world: World) -> None:
    client = program(a_holder(world, Post.CLASS_TEACHER), LATER)
    for name in ("api:roll_call", "api:child"):
        far = OF_ONE[name](world.targets[3])
        none = {key: NOTHING.get(key, value) for key, value in far.items()}
        answers = [client.get(reverse(name, kwargs=kwargs)) for kwargs in (far, none)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_whoever_may_not_call_a_class_keeps_nothing(world: World) -> None:
    before = RollCall.objects.count(), JournalEntry.objects.filter(act="TAKE_ROLL_CALL").count()
    target = world.targets[3]
    url = reverse("api:roll_call", kwargs=OF_ONE["api:roll_call"](target))
    body = {"key": "k", "rest_present": True}
    for post in (Post.CLASS_TEACHER, Post.VILLAGE_CADRE, Post.AUDIT_OFFICER):
        client = program(a_holder(world, post), LATER)
        assert client.post(url, body, content_type="application/json").status_code == 404
    after = RollCall.objects.count(), JournalEntry.objects.filter(act="TAKE_ROLL_CALL").count()
    assert after == before


def test_the_near_child_sings_by_field_set(world: World) -> None:
    child = world.targets[NEAR].child
    url = reverse("api:child", kwargs={"child_id": child.pk})
    own = program(a_holder(world, Post.CLASS_TEACHER), LATER).get(url).json()
    assert own["guardians"]
    assert own["groups"]
    far = program(a_holder(world, Post.REPORTING_OFFICER), LATER).get(url).json()
    assert (far["name"], far["groups"], "guardians" in far) == (child.name, [], False)
