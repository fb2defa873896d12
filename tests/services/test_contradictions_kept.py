"""What was found becomes somebody's, stays one row, passes on with its post, and goes when it is mended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from builders import at
from builders_db import School, a_person, a_school

from notoneless.core.terms import Post, TellKind
from notoneless.records.models import Child, Contradiction, JournalEntry, Outbox
from notoneless.services.contradictions import keep_findings, keep_once_a_day, run_checks
from notoneless.services.contradictions.rolls import grade_named

pytestmark = pytest.mark.django_db
NIGHT = at("2025-09-08 01:00")


@pytest.fixture
def school() -> School:
    """Complete records, but for the sex of the first child."""
    made = a_school(3)
    Child.objects.update(sex="FEMALE", birth_on=date(2016, 10, 1))
    Child.objects.filter(pk=made.pupils[0].pk).update(sex="")
    return made


def test_it_falls_to_its_post_at_the_school_and_is_due_in_school_days(school: School) -> None:
    a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    keep_findings(now=NIGHT)
    row = Contradiction.objects.get()
    assert (row.check_id, row.child_id, row.class_group) == (
        "NO_SEX",
        school.pupils[0].pk,
        school.class_group,
    )
    assert (row.owed_by, row.owed_at, row.due_on) == (
        Post.ENROLMENT_OFFICER,
        school.place,
        date(2025, 9, 15),
    )


def test_without_that_post_it_falls_to_the_next_one_and_passes_on_when_the_post_is_filled(
    school: School,
) -> None:
    keep_findings(now=NIGHT)
    assert Contradiction.objects.get().owed_by is Post.SCHOOL_OFFICE
    a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    keep_findings(now=NIGHT + timedelta(days=1))
    assert Contradiction.objects.get().owed_by is Post.ENROLMENT_OFFICER


def test_another_night_opens_nothing_twice_and_tells_nobody_again(school: School) -> None:
    assert keep_findings(now=NIGHT).opened == 1
    assert keep_findings(now=NIGHT).opened == 0
    assert Outbox.objects.filter(kind=TellKind.CONTRADICTION.value).count() == 1


def test_mended_rows_close_it_and_the_same_slip_later_is_a_new_one(school: School) -> None:
    keep_findings(now=NIGHT)
    Child.objects.update(sex="MALE")
    assert keep_findings(now=NIGHT + timedelta(days=1)).closed == 1
    Child.objects.filter(pk=school.pupils[0].pk).update(sex="")
    assert keep_findings(now=NIGHT + timedelta(days=2)).opened == 1
    assert Contradiction.objects.count() == 2


def test_the_worker_looks_once_a_day(school: School) -> None:
    assert keep_once_a_day(now=NIGHT)
    assert not keep_once_a_day(now=NIGHT + timedelta(hours=5))
    assert JournalEntry.objects.filter(act="CONTRADICTIONS_KEPT").count() == 1


def test_what_is_asked_of_one_place_is_what_lies_in_it(school: School) -> None:
    other = a_school(1, name="石桥完小")
    here = run_checks(school.place, now=NIGHT)
    assert {each.child for each in here} == {school.pupils[0].pk}
    assert {each.child for each in run_checks(other.place, now=NIGHT)} == {other.pupils[0].pk}


@pytest.mark.parametrize(
    ("name", "grade"), [("三年级2班", 3), ("初二1班", 8), ("9年级3班", 9), ("红领巾班", None)]
)
def test_the_grade_is_read_from_the_name_of_a_class(name: str, grade: int | None) -> None:
    assert grade_named(name) == grade
