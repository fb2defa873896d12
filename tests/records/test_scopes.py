"""Who sees whom: Alice teaches a class, Bob runs her school, Charlie another, Dora the county."""

from __future__ import annotations

import pytest
from builders_db import School, a_class, a_person, a_pupil, a_school, day

from notoneless.core.terms import Post
from notoneless.records import scopes
from notoneless.records.models import Child, Enrolment, Person

pytestmark = pytest.mark.django_db
TODAY = day("2025-09-08")


def seen(person: Person, on: str = "2025-09-08") -> set[str]:
    return set(scopes.visible_children(person, day(on)).values_list("name", flat=True))


@pytest.fixture
def two() -> tuple[School, School]:
    """Two schools in one county; the first has a second class with one child."""
    one, other = a_school(pupils=2), a_school(pupils=1, name="云海完小")
    other.pupils[0].name = "远小一"
    other.pupils[0].save()
    a_pupil("邻小一", a_class(one.place, "四年级1班"))
    return one, other


MINE = {"安小1", "柏小2"}


def test_a_class_teacher_sees_the_class(two: tuple[School, School]) -> None:
    assert seen(two[0].teacher) == MINE


@pytest.mark.parametrize("post", [Post.SCHOOL_OFFICE, Post.PRINCIPAL, Post.ENROLMENT_OFFICER])
def test_a_school_post_sees_the_school(two: tuple[School, School], post: Post) -> None:
    assert seen(a_person("某人", post, two[0].place)) == MINE | {"邻小一"}


def test_the_township_sees_its_schools(two: tuple[School, School]) -> None:
    assert seen(a_person("某人", Post.TOWNSHIP, two[0].township)) == MINE | {"邻小一"}


@pytest.mark.parametrize("post", [Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE])
def test_the_county_sees_every_school(two: tuple[School, School], post: Post) -> None:
    assert seen(a_person("某人", post, two[0].county)) == MINE | {"邻小一", "远小一"}


def test_a_subject_teacher_of_the_school_sees_no_class_that_is_not_theirs(two: tuple[School, School]) -> None:
    assert seen(a_person("某人", Post.SUBJECT_TEACHER, two[0].place)) == set()


def test_nobody_sees_anybody_without_a_post(two: tuple[School, School]) -> None:
    assert seen(Person.objects.create(name="路人")) == set()


def test_a_post_counts_from_its_first_day_until_its_last(two: tuple[School, School]) -> None:
    teacher = two[0].teacher
    teacher.posts_held.update(held_from=day("2025-09-05"), held_until=day("2025-09-08"))
    assert [bool(seen(teacher, on)) for on in ("2025-09-04", "2025-09-05", "2025-09-07", "2025-09-08")] == [
        False,
        True,
        True,
        False,
    ]


def test_out_of_scope_is_as_good_as_not_there(two: tuple[School, School]) -> None:
    with pytest.raises(Child.DoesNotExist):
        scopes.child_for(two[0].teacher, two[1].pupils[0].pk, TODAY)


def test_a_child_that_changed_class_is_seen_by_its_new_teacher_only(two: tuple[School, School]) -> None:
    one, other = two
    child = one.pupils[0]
    child.enrolments.update(until=day("2025-09-08"))
    Enrolment.objects.create(child=child, class_group=other.class_group, from_day=day("2025-09-08"))
    assert "安小1" not in seen(one.teacher)
    assert "安小1" in seen(other.teacher)


def test_a_child_that_left_stays_with_the_class_it_left(two: tuple[School, School]) -> None:
    child = two[0].pupils[0]
    child.enrolments.update(until=day("2025-09-05"))
    assert "安小1" in seen(two[0].teacher)


def test_obligations_and_cases_follow_the_child(two: tuple[School, School]) -> None:
    one, other = two
    one.roll_call("A")
    for person, many in ((one.teacher, 1), (one.bureau, 1), (other.teacher, 0), (other.principal, 0)):
        assert scopes.visible_cases(person, TODAY).count() == many
        assert scopes.visible_obligations(person, TODAY).exists() == bool(many)


def test_schools_are_seen_from_the_place_that_holds_them(two: tuple[School, School]) -> None:
    one, _ = two
    assert set(scopes.visible_schools(one.bureau, TODAY).values_list("name", flat=True)) == {
        "云岭完小",
        "云海完小",
    }
    assert list(scopes.visible_schools(one.teacher, TODAY)) == []
