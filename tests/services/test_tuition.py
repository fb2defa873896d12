"""送教上门: planned, given, corrected, reviewed, and counted against the yearly minimum."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.terms import Post, RouteKind
from notoneless.records.models import (
    JournalEntry,
    PackAdopted,
    PostHeld,
    SpecialRoute,
    TuitionGiven,
    TuitionPlan,
)
from notoneless.services.refusals import Refusal
from notoneless.services.special_routes import approve_route
from notoneless.services.support_lists import by_school, my_teaching, routes_at, taught_at_home
from notoneless.services.tuition import given_in, plan_tuition, record_tuition, review_tuition

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 10:00")
LATER = at("2025-09-30 10:00")


@pytest.fixture
def school(db: None) -> School:
    made = a_school(2)
    made.visitor = a_person("送老师", Post.VISITING_TEACHER, made.class_group)  # type: ignore[attr-defined]
    routed(made)
    return made


def routed(school: School, pupil: int = 0, **more: Any) -> SpecialRoute:
    officer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    given: dict[str, Any] = {
        "from_day": day("09-08"),
        "approved_by": "县教育局",
        "at": at("2025-09-08 10:00"),
    }
    child = school.pupils[pupil]
    return approve_route(
        by=officer, child=child, kind=RouteKind.HOME_TUITION, school=school.place, **{**given, **more}
    )


def planned(school: School, pupil: int = 0, **more: Any) -> TuitionPlan:
    given: dict[str, Any] = {
        "by": school.office,
        "child": school.pupils[pupil],
        "school_year": 2025,
        "goals": "认读常用字",
        "content": "语文、康复训练",
        "times_a_week": Decimal(2),
        "lessons_each": Decimal(3),
        "teachers": [school.visitor],  # type: ignore[attr-defined]
        "at": NOW,
    }
    return plan_tuition(**{**given, **more})


def taught(school: School, plan: TuitionPlan, on: str, lessons: str = "3", **more: Any) -> TuitionGiven:
    given: dict[str, Any] = {
        "by": school.visitor,  # type: ignore[attr-defined]
        "content": "认字十个",
        "at": LATER,
    }
    return record_tuition(plan=plan, day=day(on), lessons=Decimal(lessons), **{**given, **more})


def lessons_of(school: School) -> Decimal:
    return sum((row.lessons for row in given_in(school.pupils[0], 2025)), Decimal(0))


def test_lessons_add_up_over_the_plans_of_a_year(school: School) -> None:
    taught(school, planned(school), "09-12")
    taught(school, planned(school, at=at("2025-09-20 10:00")), "09-22", "2.5")
    assert lessons_of(school) == Decimal("5.5")


def test_a_correction_stands_in_for_what_it_corrects(school: School) -> None:
    plan = planned(school)
    wrong = taught(school, plan, "09-12", "6")
    taught(school, plan, "09-13", "2", supersedes=wrong)
    assert [(row.day, row.lessons) for row in given_in(school.pupils[0], 2025)] == [(day("09-13"), 2)]
    with pytest.raises(Refusal, match="已经更正过"):
        taught(school, plan, "09-14", "2", supersedes=wrong)


def test_the_same_form_twice_is_one_lesson(school: School) -> None:
    plan = planned(school, key="p")
    assert planned(school, key="p") == plan
    assert taught(school, plan, "09-12", key="k") == taught(school, plan, "09-12", key="k")
    assert lessons_of(school) == 3


@pytest.mark.parametrize(
    ("on", "words"), [("10-01", "晚于今天"), ("09-09", "先有方案"), ("2024-09-12", "先有方案")]
)
def test_a_day_that_cannot_be_is_refused(school: School, on: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        taught(school, planned(school), on)


def test_after_the_route_has_ended_nothing_was_taught_at_home(school: School) -> None:
    plan = planned(school)
    routed(school, from_day=day("09-08"), until=day("09-20"), at=at("2025-09-15 10:00"))
    with pytest.raises(Refusal, match="没有批准送教"):
        taught(school, plan, "09-20")
    taught(school, plan, "09-19")


@pytest.mark.parametrize("lessons", ["0", "-1", "8.5", "1.3"])
def test_lessons_that_cannot_be_are_refused(school: School, lessons: str) -> None:
    with pytest.raises(Refusal, match="8 课时"):
        taught(school, planned(school), "09-12", lessons)


def test_a_day_has_eight_lessons_in_all(school: School) -> None:
    plan = planned(school)
    first = taught(school, plan, "09-12", "5")
    with pytest.raises(Refusal, match="8 课时"):
        taught(school, plan, "09-12", "3.5")
    taught(school, plan, "09-12", "8", supersedes=first)


def test_no_plan_without_an_approved_route(school: School) -> None:
    with pytest.raises(Refusal, match="没有经批准的送教上门"):
        planned(school, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"times_a_week": Decimal(0)},
        {"times_a_week": Decimal(8)},
        {"lessons_each": Decimal(9)},
        {"lessons_each": Decimal("1.2")},
        {"teachers": []},
        {"school_year": 2023},
        {"goals": " "},
    ],
)
def test_a_plan_that_cannot_be_is_refused(school: School, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        planned(school, **wrong)


def test_the_teachers_are_the_schools_own(school: School) -> None:
    far = a_school(0, name="石门完小")
    with pytest.raises(Refusal, match="任职的送教教师"):
        planned(school, teachers=[far.teacher])


def test_only_its_teachers_and_those_who_support_the_child_record(school: School) -> None:
    plan = planned(school)
    other = a_person("外人", Post.VISITING_TEACHER, school.class_group)
    with pytest.raises(Refusal, match="送教教师填写"):
        taught(school, plan, "09-12", by=other)
    assert taught(school, plan, "09-12", by=school.teacher).by == school.teacher


def test_a_teacher_of_an_earlier_plan_records_no_more(school: School) -> None:
    plan = planned(school)
    planned(school, teachers=[school.teacher], at=at("2025-09-20 10:00"))
    with pytest.raises(Refusal, match="送教教师填写"):
        taught(school, plan, "09-22")
    assert my_teaching(school.visitor, day("09-22")) == []  # type: ignore[attr-defined]
    assert len(my_teaching(school.teacher, day("09-22"))) == 1


def test_a_teacher_who_left_records_no_more(school: School) -> None:
    plan, visitor = planned(school), school.visitor  # type: ignore[attr-defined]
    PostHeld.objects.filter(person=visitor).update(held_until=day("09-20"))
    with pytest.raises(Refusal, match="送教教师填写"):
        taught(school, plan, "09-22")


def test_a_review_is_written_by_those_who_support_the_child(school: School) -> None:
    plan = planned(school)
    review_tuition(by=school.teacher, plan=plan, words="已能认读五十字，下学期加算术。", at=LATER)
    with pytest.raises(Refusal):
        review_tuition(by=school.visitor, plan=plan, words="好", at=LATER)  # type: ignore[attr-defined]


def test_a_renewed_route_counts_from_its_first_day(school: School) -> None:
    routed(school, from_day=day("2026-02-15"), at=at("2026-02-10 10:00"))
    [only] = taught_at_home(routes_at(school.place, day("2026-03-02")), day("2026-03-02"))
    assert only.progress.days_asked == 281  # from 8 September, of 288 days of term


def test_who_is_taught_without_a_plan_shows_at_the_school(school: School) -> None:
    [before] = by_school(school.county, [school.place], NOW.date())
    planned(school)
    [after] = by_school(school.county, [school.place], NOW.date())
    assert (before.unplanned, after.unplanned) == (1, 0)


def test_what_the_policy_asks_is_counted_in_proportion(school: School) -> None:
    PackAdopted.objects.create(
        place=school.county,
        pack_id="shandong/home-tuition",
        pack_version="",
        from_day=day("09-01"),
        adopted_at=at("2025-09-01 00:00"),
    )
    taught(school, planned(school), "09-12", "3")
    [only] = taught_at_home(routes_at(school.place, LATER.date()), LATER.date())
    assert (only.progress.minimum, only.progress.given) == (216, 3)
    assert only.progress.by_now == Decimal("16.5")  # 22 of 288 days
    assert [each.behind for each in by_school(school.county, [school.place], LATER.date())] == [1]


def test_the_journal_says_nothing_of_what_was_taught(school: School) -> None:
    taught(school, planned(school), "09-12", content="大小便自理训练")
    assert "自理" not in str(list(JournalEntry.objects.values_list("body", "reason")))
