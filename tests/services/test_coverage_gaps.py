"""The nightly check: each gap once, owed by the live post above, closed when it is mended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from builders_db import School, a_class, a_person, a_place, a_pupil, a_school, at, day
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notoneless.core.terms import GapKind, PlaceKind, Post
from notoneless.records.models import Assigned, CoverageGap, Enrolment, Outbox, Person, PostHeld, Residence
from notoneless.services.appointing import end_post
from notoneless.services.coverage import Checked, check_coverage
from notoneless.services.due import tick
from notoneless.services.hand_over import hand_over, receive

pytestmark = pytest.mark.django_db
NIGHT = at("2025-09-08 00:30")
MONDAY = day("2025-09-08")


@pytest.fixture
def school(db: None) -> School:
    """A school with somebody on every rung of its four pupils."""
    school = a_school()
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    for name, post, where in (
        ("中心校长", Post.CENTRAL_SCHOOL, school.township),
        ("副乡长", Post.TOWNSHIP, school.township),
        ("包保人", Post.VILLAGE_CADRE, village),
        ("村主任", Post.VILLAGE_COMMITTEE, village),
    ):
        a_person(name, post, where)
    for child in school.pupils:
        Residence.objects.create(child=child, place=village, from_day=day("2025-09-01"))
    return school


def checked() -> Checked:
    return check_coverage(now=NIGHT)


def gaps() -> list[str]:
    """ "VACANT CLASS_TEACHER → PRINCIPAL" for each open gap."""
    rows = CoverageGap.objects.filter(closed_on=None).order_by("key")
    return [f"{row.kind} {row.post} → {row.owed_by}" for row in rows]


def leaves(person: Person, on: date = MONDAY) -> None:
    PostHeld.objects.filter(person=person).update(held_until=on)


def switched_off(person: Person) -> None:
    person.user = User.objects.create(username=f"off-{person.pk}", is_active=False)
    person.save()


def named(name: str) -> Person:
    return Person.objects.get(name=name)


def test_a_county_with_somebody_everywhere_has_no_gap(school: School) -> None:
    assert checked() == Checked(0, 0, 0)


def test_a_class_without_a_teacher_is_the_principals_to_mend_in_three_school_days(school: School) -> None:
    leaves(school.teacher)
    assert checked() == Checked(1, 0, 1)
    gap = CoverageGap.objects.get()
    assert (gap.kind, gap.post, gap.class_group) == (GapKind.VACANT, Post.CLASS_TEACHER, school.class_group)
    assert (gap.owed_by, gap.owed_at) == (Post.PRINCIPAL, school.place)
    assert (gap.found_on, gap.due_on) == (MONDAY, day("2025-09-11"))
    assert Outbox.objects.get(kind="COVERAGE").body["person"] == school.principal.pk


def test_checking_again_changes_nothing(school: School) -> None:
    leaves(school.teacher)
    checked()
    assert checked() == Checked(0, 0, 1)
    assert CoverageGap.objects.count() == Outbox.objects.filter(kind="COVERAGE").count() == 1


def test_a_mended_gap_is_closed_and_stays_on_record(school: School) -> None:
    leaves(school.teacher)
    checked()
    a_person("新老师", Post.CLASS_TEACHER, school.class_group)
    assert checked() == Checked(0, 1, 0)
    assert CoverageGap.objects.get().closed_on == MONDAY


@pytest.mark.parametrize(
    ("gone", "owed"),
    [
        (["教导主任"], "SCHOOL_OFFICE → PRINCIPAL"),
        (["校长"], "PRINCIPAL → CENTRAL_SCHOOL"),
        (["中心校长"], "CENTRAL_SCHOOL → COUNTY_BUREAU"),
        (["包保人"], "VILLAGE_CADRE → TOWNSHIP"),
        (["村主任"], "VILLAGE_COMMITTEE → TOWNSHIP"),
        (["副乡长"], "TOWNSHIP → COUNTY_BUREAU"),
    ],
)
def test_a_vacant_rung_is_owed_by_the_post_above(school: School, gone: list[str], owed: str) -> None:
    for name in gone:
        leaves(named(name))
    checked()
    assert gaps() == [f"VACANT {owed}"]


def test_when_the_post_above_is_vacant_too_the_next_live_one_owes_it(school: School) -> None:
    leaves(school.teacher)
    checked()
    leaves(school.principal)
    checked()
    assert gaps() == ["VACANT CLASS_TEACHER → CENTRAL_SCHOOL", "VACANT PRINCIPAL → CENTRAL_SCHOOL"]
    leaves(named("中心校长"))
    checked()
    assert set(gaps()) == {
        "VACANT CLASS_TEACHER → COUNTY_BUREAU",
        "VACANT PRINCIPAL → TOWNSHIP",
        "VACANT CENTRAL_SCHOOL → COUNTY_BUREAU",
    }


def test_nobody_at_all_in_the_county_is_still_listed(school: School) -> None:
    PostHeld.objects.update(held_until=MONDAY)
    assert checked().open == 8


def test_two_class_teachers_are_a_gap(school: School) -> None:
    a_person("黑老师", Post.CLASS_TEACHER, school.class_group)
    checked()
    assert gaps() == ["TWO_HOLDERS CLASS_TEACHER → PRINCIPAL"]


def test_a_teacher_whose_account_is_switched_off_is_a_gap(school: School) -> None:
    switched_off(school.teacher)
    checked()
    assert gaps() == ["DEACTIVATED CLASS_TEACHER → PRINCIPAL"]


def test_many_children_without_a_cadre_are_one_gap_for_the_village(school: School) -> None:
    leaves(named("包保人"))
    a_pupil("新来小一", a_class(school.place, "四年级1班"))
    a_person("丁老师", Post.CLASS_TEACHER, school.place.class_groups.get(name="四年级1班"))
    checked()
    # The new child's village nobody knows: its township has to find out.
    assert gaps() == [
        "VACANT VILLAGE_CADRE → TOWNSHIP",
        "VACANT VILLAGE_CADRE → TOWNSHIP",
        "VACANT VILLAGE_COMMITTEE → TOWNSHIP",
    ]
    assert set(CoverageGap.objects.values_list("place__name", flat=True)) == {"云岭村", "云岭完小镇"}


def test_a_village_whose_children_all_have_somebody_assigned_has_no_gap(school: School) -> None:
    leaves(named("包保人"))
    for child in school.pupils:
        row = {"child": child, "person": school.office, "post": Post.VILLAGE_CADRE, "from_day": MONDAY}
        Assigned.objects.create(recorded_at=NIGHT, **row)
    assert checked().open == 0
    Assigned.objects.filter(child=school.pupils[0]).update(until=MONDAY)
    assert checked().open == 1


def test_an_open_case_in_no_class_is_the_principals_to_place(school: School) -> None:
    school.roll_call("A", "2025-09-05 08:05")
    Enrolment.objects.filter(child=school.pupils[0]).update(until=MONDAY)
    checked()
    assert gaps() == ["NO_CLASS  → PRINCIPAL"]


def test_a_class_that_lies_in_no_county_is_one_gap(school: School) -> None:
    school.place.parent = None
    school.place.save()
    checked()
    assert gaps() == ["NO_SCHOOL  → PRINCIPAL"]


def test_a_hand_over_that_nobody_receives_is_a_gap_on_the_fourth_school_day(school: School) -> None:
    new = Person.objects.create(name="新老师")
    made = hand_over(
        by=school.principal,
        held=PostHeld.objects.get(person=school.teacher),
        to=new,
        from_day=MONDAY,
        at=at("2025-09-08 10:00"),
    )
    assert check_coverage(now=at("2025-09-11 00:30")).open == 0
    check_coverage(now=at("2025-09-12 00:30"))
    assert gaps() == ["NOT_RECEIVED CLASS_TEACHER → PRINCIPAL"]
    receive(by=new, hand_over=made, at=at("2025-09-12 08:00"))
    assert check_coverage(now=at("2025-09-13 00:30")) == Checked(0, 1, 0)


def test_the_worker_checks_once_a_day(school: School) -> None:
    held = PostHeld.objects.get(person=school.teacher)
    end_post(by=school.principal, held=held, until=MONDAY, at=at("2025-09-08 07:00"))
    tick(now=at("2025-09-08 07:10"))
    assert gaps() == ["VACANT CLASS_TEACHER → PRINCIPAL"]
    CoverageGap.objects.all().delete()
    tick(now=at("2025-09-08 07:20"))
    assert gaps() == []


def test_the_check_costs_as_many_queries_for_many_classes_as_for_one(school: School) -> None:
    checked()
    with CaptureQueriesContext(connection) as few:
        checked()
    for n in range(1, 6):
        group = a_class(school.place, f"五年级{n}班")
        a_person(f"老师{n}", Post.CLASS_TEACHER, group)
        child = a_pupil(f"小{n}", group)
        home = Residence.objects.first()
        assert home is not None
        Residence.objects.create(child=child, place=home.place, from_day=MONDAY - timedelta(days=1))
    with CaptureQueriesContext(connection) as many:
        assert checked().open == 0
    assert len(many) == len(few)
