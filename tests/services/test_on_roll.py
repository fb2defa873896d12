"""四象限: two facts, four lists; the figure of each is the list itself."""

from __future__ import annotations

import pytest
from builders_db import School, a_pupil, a_school, at, day
from django.db.models import QuerySet

from notoneless.core.enrolment import quadrant
from notoneless.core.terms import ActOutcome, Quadrant
from notoneless.records.models import Child, Enrolment, OnRoll, Place
from notoneless.services import casework
from notoneless.services.on_roll import quadrants, why_away

pytestmark = pytest.mark.django_db
ON = day("09-10")


@pytest.fixture
def school(db: None) -> School:
    return a_school(0)


def listed(place: Place, name: str, on: str = "09-01", until: str | None = None) -> Child:
    """A child on the roll of a school and in no class."""
    child = Child.objects.create(name=name)
    OnRoll.objects.create(child=child, school=place, from_day=day(on), until=day(until) if until else None)
    return child


def names(school: School, *more: School) -> dict[str, list[str]]:
    found = quadrants(_places(school, *more), ON)
    return {which.zh: sorted(child.name for child in rows) for which, rows in found.items()}


def _places(*schools: School) -> QuerySet[Place]:
    return Place.objects.filter(pk__in=[each.place.pk for each in schools])


@pytest.mark.parametrize(
    ("on_roll", "attending", "which"),
    [
        (True, True, "在籍在校"),
        (True, False, "在籍不在校"),
        (False, True, "在校不在籍"),
        (False, False, "不在籍不在校"),
    ],
)
def test_two_facts_make_four_quadrants(on_roll: bool, attending: bool, which: str) -> None:
    assert quadrant(on_roll=on_roll, attending=attending).zh == which


def test_each_child_stands_in_one_list(school: School) -> None:
    both = a_pupil("都在", school.class_group)
    OnRoll.objects.create(child=both, school=school.place, from_day=day("09-01"))
    a_pupil("借读", school.class_group)
    listed(school.place, "空挂")
    gone = a_pupil("走了", school.class_group)
    Enrolment.objects.filter(child=gone).update(until=day("09-05"))
    assert names(school) == {
        "在籍在校": ["都在"],
        "在籍不在校": ["空挂"],
        "在校不在籍": ["借读"],
        "不在籍不在校": ["走了"],
    }


def test_of_a_county_a_guest_of_another_of_its_schools_is_on_roll_and_attending(school: School) -> None:
    other = a_school(0, name="石桥完小")
    guest = a_pupil("借读", other.class_group)
    OnRoll.objects.create(child=guest, school=school.place, from_day=day("09-01"))
    assert names(school)["在籍不在校"] == names(other)["在校不在籍"] == ["借读"]
    assert names(school, other)["在籍在校"] == ["借读"]


def test_a_dropout_does_not_attend_though_its_class_has_not_let_it_go(school: School) -> None:
    child = a_pupil("辍小学", school.class_group)
    OnRoll.objects.create(child=child, school=school.place, from_day=day("09-01"))
    school.pupils = [child]
    school.calls("09-08 A", "09-09 A")
    moment = at("2025-09-09 11:00")
    casework.record_visit(
        by=school.teacher,
        child=child,
        happened_at=moment,
        at=moment,
        outcome=ActOutcome.CONFIRMED_DROPOUT,
        note="家访",
    )
    assert names(school)["在籍不在校"] == ["辍小学"]
    assert why_away([child.pk], ON)[child.pk] == ("辍学", "dropout")


def test_whoever_is_schooled_elsewhere_is_not_neither(school: School) -> None:
    other = a_school(0, name="石桥完小")
    child = a_pupil("转走", school.class_group)
    Enrolment.objects.filter(child=child).update(until=day("09-05"))
    Enrolment.objects.create(child=child, class_group=other.class_group, from_day=day("09-05"))
    assert names(school)["不在籍不在校"] == []
    assert names(other)["在校不在籍"] == ["转走"]


def test_a_roll_that_has_ended_counts_no_more(school: School) -> None:
    listed(school.place, "过去", until="09-10")
    listed(school.place, "今天", until="09-11")
    assert names(school)["在籍不在校"] == ["今天"]


def test_children_without_any_number_stand_in_the_lists_like_the_others(school: School) -> None:
    child = a_pupil("无号小生", school.class_group)
    assert (child.enrolment_no, child.identity_index) == (None, None)
    assert names(school)[Quadrant.ATTENDING_OFF_ROLL.zh] == ["无号小生"]
