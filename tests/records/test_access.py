"""The access table and the door to rows agree with an oracle that knows neither."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import GRADE, NEAR, TOWNSHIP, World, a_holder, assign, reached, spot_of, the_world

from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, TABLE, Asked, Fields, Thing, Verb, posts_that
from notoneless.records.models import Person, PostHeld
from notoneless.records.scopes import (
    fields_for,
    visible_cases,
    visible_children,
    visible_classes,
    visible_obligations,
)

pytestmark = pytest.mark.django_db
TODAY = date(2025, 9, 8)
BEFORE, AFTER = date(2025, 9, 7), date(2025, 9, 9)


@pytest.fixture
def world(db: None) -> World:
    return the_world()


def expected(post: Post, thing: Thing, verb: Verb) -> set[int]:
    """The targets that the table lets a post reach."""
    rows = (r for r in TABLE if r.thing is thing and verb in r.verbs and post in r.posts)
    return {no for row in rows for no in reached(post, row.scope)}


def seen(world: World, person: Person, thing: Thing, on: date, verb: Verb = Verb.SEE) -> set[int]:
    """The targets that the door shows."""
    if thing is Thing.CHILD:
        rows = set(visible_children(person, on, verb).values_list("pk", flat=True))
        return {t.no for t in world.targets if t.child.pk in rows}
    if thing is Thing.CASE:
        numbers = set(visible_cases(person, on, verb).values_list("number", flat=True))
        return {t.no for t in world.targets if t.case.number in numbers}
    if thing is Thing.OBLIGATION:
        keys = set(visible_obligations(person, on).values_list("pk", flat=True))
        return {t.no for t in world.targets if t.obligation.pk in keys}
    classes = set(visible_classes(person, on, thing, verb).values_list("pk", flat=True))
    return {t.no for t in world.targets if t.class_group.pk in classes}


THINGS = (Thing.CHILD, Thing.CASE, Thing.OBLIGATION, Thing.CLASS, Thing.ROLL_CALL)


def test_every_post_reaches_what_the_table_says_and_nothing_else(world: World) -> None:
    for post in Post:
        person = a_holder(world, post)
        for thing in THINGS:
            assert seen(world, person, thing, TODAY) == expected(post, thing, Verb.SEE), (post, thing)


def test_whoever_may_only_look_may_not_do(world: World) -> None:
    for post in Post:
        person = a_holder(world, post)
        for verb in (Verb.RECORD, Verb.GRANT_LEAVE, Verb.CHANGE, Verb.EXPORT):
            assert seen(world, person, Thing.CHILD, TODAY, verb) == expected(post, Thing.CHILD, verb), verb
        for verb in (Verb.TAKE, Verb.CORRECT, Verb.SETTLE):
            ours = seen(world, person, Thing.ROLL_CALL, TODAY, verb)
            assert ours == expected(post, Thing.ROLL_CALL, verb), (post, verb)


def test_a_post_that_has_ended_or_not_begun_reaches_nothing(world: World) -> None:
    person = a_holder(world, Post.PRINCIPAL)
    PostHeld.objects.filter(person=person).update(held_until=TODAY)
    assert seen(world, person, Thing.CHILD, BEFORE) == {NEAR, GRADE}
    assert seen(world, person, Thing.CHILD, TODAY) == set()
    PostHeld.objects.filter(person=person).update(held_from=AFTER, held_until=None)
    assert seen(world, person, Thing.CHILD, TODAY) == set()


def test_whoever_is_assigned_a_child_reaches_that_one_too(world: World) -> None:
    cadre = a_holder(world, Post.VILLAGE_CADRE)
    assign(world, cadre, TOWNSHIP)
    for thing in (Thing.CHILD, Thing.CASE, Thing.OBLIGATION):
        assert seen(world, cadre, thing, TODAY) == {NEAR, TOWNSHIP}
    stranger = Person.objects.create(name="没有任职的人")
    assign(world, stranger, GRADE)
    assert seen(world, stranger, Thing.CHILD, TODAY) == set(), "an assignment without a post opens nothing"


def test_fields_come_from_the_scope_through_which_the_child_is_reached(world: World) -> None:
    near, other = world.targets[NEAR].child, world.targets[GRADE].child
    teacher = a_holder(world, Post.CLASS_TEACHER)
    PostHeld.objects.create(
        person=teacher,
        post=Post.SUBJECT_TEACHER,
        class_group=world.targets[GRADE].class_group,
        held_from=BEFORE,
    )
    assert Fields.NOTES in fields_for(teacher, near, TODAY)
    assert fields_for(teacher, other, TODAY) == {Fields.BASIC, Fields.CONTACT}
    assert fields_for(teacher, world.targets[TOWNSHIP].child, TODAY) == frozenset()


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_mixture_of_posts_reaches_what_its_posts_reach(world: World, data: st.DataObject) -> None:
    # The world stays the same from draw to draw; only this person is new.
    person = Person.objects.create(name="兼任的人")
    live: set[Post] = set()
    for post in data.draw(st.lists(st.sampled_from(list(Post)), max_size=4)):
        starts = data.draw(st.sampled_from((BEFORE, TODAY, AFTER)))
        ends = data.draw(st.sampled_from((None, AFTER, date(2025, 9, 10))))
        if ends is None or ends > starts:
            spot = spot_of(world, post)
            PostHeld.objects.create(person=person, post=post, held_from=starts, held_until=ends, **spot)
            live |= {post} if starts <= TODAY else set()
    for thing in THINGS:
        reach = {no for post in live for no in expected(post, thing, Verb.SEE)}
        assert seen(world, person, thing, TODAY) == reach, (live, thing)
    PostHeld.objects.filter(person=person).delete()


def test_the_three_officers_see_no_child() -> None:
    for officer in (Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER):
        for thing in (Thing.CHILD, Thing.CASE, Thing.OBLIGATION, Thing.REGISTER, Thing.ROLL_CALL):
            assert not any(officer in row.posts for row in TABLE if row.thing is thing)


def test_who_gave_a_tip_is_hidden_from_schools_and_townships() -> None:
    told = {post for row in TABLE if Fields.REPORTER in row.fields for post in row.posts}
    assert told == {Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE}


def test_what_an_address_asks_for_somebody_may_do() -> None:
    for name, asked in ADDRESSES.items():
        if isinstance(asked, Asked):
            assert posts_that(asked.thing, asked.see), name
            assert asked.do is None or posts_that(asked.thing, asked.do), name
