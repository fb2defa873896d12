"""Finding a child among one's own, and a guardian's number that two people change."""

from __future__ import annotations

import pytest
from builders_db import School
from conftest import Clock, signed_in
from django.test import Client
from world import LATER, NAMES, World, a_holder, reached, the_world

from notoneless.core.terms import Post
from notoneless.records.access import TABLE, Fields, Thing, Verb
from notoneless.records.models import Child, Guardian, JournalEntry


@pytest.fixture
def world(db: None, clock: Clock) -> World:
    made = the_world()
    for target in made.targets:
        Child.objects.filter(pk=target.child.pk).update(name_pinyin=f"canary{target.no}")
    clock(LATER)
    return made


def reachable(post: Post) -> set[int]:
    rows = (r for r in TABLE if r.thing is Thing.CHILD and Verb.SEE in r.verbs and post in r.posts)
    return {no for row in rows if Fields.BASIC in row.fields for no in reached(post, row.scope)}


@pytest.mark.parametrize("words", ["儿", "canary", " CANARY "])
def test_a_search_finds_the_children_in_scope_and_no_others(words: str, world: World) -> None:
    for post in Post:
        client = signed_in(a_holder(world, post))
        answer = client.post("/search/", {"q": words})
        said = answer.content.decode()
        assert {no for no, name in enumerate(NAMES) if name in said} == reachable(post), post
        assert (answer.status_code == 404) == (not reachable(post)), post


def test_a_whole_enrolment_number_finds_one_and_a_part_none(world: World) -> None:
    office = signed_in(a_holder(world, Post.SCHOOL_OFFICE))
    number = world.targets[0].child.enrolment_no or ""
    assert NAMES[0] in office.post("/search/", {"q": number}).content.decode()
    assert NAMES[0] not in office.post("/search/", {"q": number[:-1]}).content.decode()
    far = world.targets[3].child.enrolment_no or ""
    assert "没有找到" in office.post("/search/", {"q": far}).content.decode()


@pytest.mark.parametrize("words", ["", "a", "%", "_", "'; --", "九" * 900])
def test_too_little_or_nonsense_finds_nobody(words: str, world: World) -> None:
    office = signed_in(a_holder(world, Post.SCHOOL_OFFICE))
    answer = office.post("/search/", {"q": words})
    assert answer.status_code == 200
    assert not any(name in answer.content.decode() for name in NAMES)


def the_guardian(school: School) -> Guardian:
    return Guardian.objects.create(
        child=school.pupils[0], name="安祖母", relation="祖母", phone="000-1000001"
    )


def test_two_who_change_one_number_see_both(school: School, teacher: Client, office: Client) -> None:
    guardian = the_guardian(school)
    url = f"/child/{school.pupils[0].pk}/guardian/{guardian.pk}/"
    assert 'value="000-1000001"' in teacher.get(url).content.decode()
    assert office.post(url, {"phone": "000-2", "before": "000-1000001", "key": "a"}).status_code == 302
    clash = teacher.post(url, {"phone": "000-3", "before": "000-1000001", "key": "b"})
    assert clash.status_code == 409
    assert "000-2" in clash.content.decode()
    assert "000-3" in clash.content.decode()
    guardian.refresh_from_db()
    assert guardian.phone == "000-2"
    assert teacher.post(url, {"phone": "000-3", "before": "000-2", "key": "c"}).status_code == 302
    guardian.refresh_from_db()
    assert guardian.phone == "000-3"
    entries = JournalEntry.objects.filter(act="CHANGE_GUARDIAN_PHONE")
    assert entries.count() == 2
    assert "000-" not in str([entry.body for entry in entries])


def test_a_guardian_added_twice_is_one(school: School, teacher: Client) -> None:
    url = f"/child/{school.pupils[0].pk}/guardian/"
    for key in ("a", "b"):
        given = {"name": " 安 父 ", "relation": "父亲", "phone": "000-5", "key": key}
        assert teacher.post(url, given).status_code == 302
    assert [(g.name, g.phone) for g in Guardian.objects.all()] == [("安 父", "000-5")]
    assert teacher.post(url, {"name": "", "key": "c"}).status_code == 422


def test_another_childs_guardian_is_not_there(school: School, teacher: Client) -> None:
    guardian = the_guardian(school)
    assert teacher.get(f"/child/{school.pupils[1].pk}/guardian/{guardian.pk}/").status_code == 404
