"""The chain of one child: exactly one current person on each rung of the two lines, or the gap."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_place, a_school, at, day
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notoneless.core.terms import AnswersAs, GapKind, PlaceKind, Post, ResponsibilityLine
from notoneless.records.models import Assigned, Child, Enrolment, Person, PostHeld, Residence
from notoneless.services.appointing import appoint_deputy
from notoneless.services.responsibility import Link, chain_of

pytestmark = pytest.mark.django_db
TODAY = day("2025-09-08")
NOW = at("2025-09-08 10:00")


@pytest.fixture
def school(db: None) -> School:
    return a_school()


def link(child: Child, post: Post) -> Link | None:
    chain = chain_of([child.pk], TODAY)[child.pk]
    return next((each for each in chain if each.post is post), None)


def who(child: Child, post: Post) -> str:
    found = link(child, post)
    return found.person.name if found and found.person else str(found.gap if found else None)


def switched_off(person: Person) -> None:
    person.user = User.objects.create(username=f"off-{person.pk}", is_active=False)
    person.save()


def test_the_chain_runs_from_the_class_teacher_to_the_county(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    a_person("中心校长", Post.CENTRAL_SCHOOL, school.township)
    a_person("包保人", Post.VILLAGE_CADRE, village)
    a_person("村主任", Post.VILLAGE_COMMITTEE, village)
    a_person("副乡长", Post.TOWNSHIP, school.township)
    child = school.pupils[0]
    Residence.objects.create(child=child, place=village, from_day=day("2025-09-01"))
    chain = chain_of([child.pk], TODAY)[child.pk]
    assert [each.person.name for each in chain if each.person] == [
        *("白老师", "教导主任", "校长", "中心校长"),
        *("包保人", "村主任", "副乡长", "县局"),
    ]
    assert {each.post for each in chain if each.line is ResponsibilityLine.ADMINISTRATION} == {
        *(Post.VILLAGE_CADRE, Post.VILLAGE_COMMITTEE, Post.TOWNSHIP),
    }


def test_a_rung_that_nobody_holds_is_a_gap(school: School) -> None:
    assert who(school.pupils[0], Post.TOWNSHIP) == GapKind.VACANT
    assert who(school.pupils[0], Post.VILLAGE_CADRE) == GapKind.VACANT


def test_the_township_of_the_home_answers_not_that_of_the_school(school: School) -> None:
    other = a_place(PlaceKind.TOWNSHIP, "石门乡", school.county)
    a_person("本乡", Post.TOWNSHIP, school.township)
    a_person("外乡", Post.TOWNSHIP, other)
    village = a_place(PlaceKind.VILLAGE, "石门村", other)
    Residence.objects.create(child=school.pupils[0], place=village, from_day=day("2025-09-01"))
    assert who(school.pupils[0], Post.TOWNSHIP) == "外乡"
    assert who(school.pupils[1], Post.TOWNSHIP) == "本乡"


def test_whoever_is_assigned_to_the_child_comes_before_the_holder(school: School) -> None:
    a_person("村干部", Post.VILLAGE_CADRE, school.township)
    cadre = Person.objects.create(name="包保人")
    child = school.pupils[0]
    row = {"child": child, "person": cadre, "post": Post.VILLAGE_CADRE, "from_day": TODAY}
    Assigned.objects.create(recorded_at=NOW, **row)
    found = link(child, Post.VILLAGE_CADRE)
    assert found is not None
    assert (found.person, found.answers_as) == (cadre, AnswersAs.ASSIGNED)
    assert who(school.pupils[1], Post.VILLAGE_CADRE) == "村干部"
    switched_off(cadre)
    assert who(child, Post.VILLAGE_CADRE) == "村干部"


def test_a_deputy_answers_in_the_holders_stead(school: School) -> None:
    deputy = Person.objects.create(name="代课老师")
    held = PostHeld.objects.get(person=school.teacher)
    asked = {"held": held, "person": deputy, "from_day": TODAY, "until": day("2025-09-09")}
    appoint_deputy(by=school.office, at=NOW, **asked)  # type: ignore[arg-type]
    found = link(school.pupils[0], Post.CLASS_TEACHER)
    assert found is not None
    assert (found.person, found.answers_as) == (deputy, AnswersAs.DEPUTY)
    switched_off(deputy)
    assert who(school.pupils[0], Post.CLASS_TEACHER) == "白老师"


def test_two_class_teachers_are_both_named(school: School) -> None:
    a_person("黑老师", Post.CLASS_TEACHER, school.class_group)
    found = link(school.pupils[0], Post.CLASS_TEACHER)
    assert found is not None
    assert (found.gap, [each.name for each in found.people]) == (GapKind.TWO_HOLDERS, ["白老师", "黑老师"])


def test_a_holder_who_is_switched_off_does_not_answer(school: School) -> None:
    switched_off(school.principal)
    found = link(school.pupils[0], Post.PRINCIPAL)
    assert found is not None
    assert (found.gap, found.people) == (GapKind.DEACTIVATED, (school.principal,))


def test_a_child_in_no_class_has_a_gap_there_and_its_village_still_answers(school: School) -> None:
    child = Child.objects.create(name="无班小一")
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    a_person("包保人", Post.VILLAGE_CADRE, village)
    Residence.objects.create(child=child, place=village, from_day=TODAY)
    assert who(child, Post.CLASS_TEACHER) == GapKind.NO_CLASS
    assert who(child, Post.VILLAGE_CADRE) == "包保人"
    assert who(child, Post.COUNTY_BUREAU) == "县局"


def test_a_child_that_left_is_its_last_classes_until_another_takes_it(school: School) -> None:
    child = school.pupils[0]
    Enrolment.objects.filter(child=child).update(until=day("2025-09-05"))
    assert who(child, Post.CLASS_TEACHER) == "白老师"


def test_a_school_that_lies_nowhere_says_so(school: School) -> None:
    school.place.parent = None
    school.place.save()
    assert who(school.pupils[0], Post.COUNTY_BUREAU) == GapKind.NO_SCHOOL
    assert who(school.pupils[0], Post.PRINCIPAL) == "校长"


def test_a_school_that_the_county_runs_itself_has_no_central_school(school: School) -> None:
    school.place.parent = school.county
    school.place.save()
    assert link(school.pupils[0], Post.CENTRAL_SCHOOL) is None
    assert who(school.pupils[0], Post.COUNTY_BUREAU) == "县局"


def test_many_children_cost_as_many_queries_as_one(school: School) -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        chain_of([school.pupils[0].pk], TODAY)
    with CaptureQueriesContext(connection) as all_of_them:
        assert len(chain_of([child.pk for child in school.pupils], TODAY)) == 4
    assert len(one) == len(all_of_them) == 5
