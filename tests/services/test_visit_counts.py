"""Person-times count themselves, and a visit counts once for each quota."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.core.case_terms import VisitKind
from notoneless.core.terms import Post
from notoneless.records.models import Enrolment, Person, Visit
from notoneless.services.permissions import held_by
from notoneless.services.took_part import TookPart
from notoneless.services.visit_counts import Period, VisitFigures, count_visits, visits_of
from notoneless.services.visits import record_group_visit, record_visit
from notoneless.web.read.quotas import quotas_of

pytestmark = pytest.mark.django_db
WEEK = Period(date(2025, 9, 8), date(2025, 9, 12))
TODAY = date(2025, 9, 12)


@pytest.fixture
def school(db: None) -> School:
    return a_school()


def visit(school: School, pupil: int = 0, moment: str = "2025-09-09 16:00", **more: Any) -> Visit:
    told: dict[str, Any] = {"by": school.teacher, "kind": VisitKind.HOME, "findings": "见到祖母"}
    child = school.pupils[pupil]
    return record_visit(child=child, happened_at=at(moment), at=at(moment), **told | more)


def counted(school: School, period: Period = WEEK) -> VisitFigures:
    return count_visits(school.county, period, school.bureau, TODAY).total


def test_visits_person_times_and_children_are_three_figures(school: School) -> None:
    visit(school, people=[TookPart(Post.PRINCIPAL), TookPart(name="祖母")])
    visit(school, kind=VisitKind.PHONE)
    visit(school, 1)
    assert counted(school) == (3, 5, 2)
    found = count_visits(school.county, WEEK, school.bureau, TODAY)
    assert found.kinds == {VisitKind.HOME: (2, 4, 2), VisitKind.PHONE: (1, 1, 1)}
    assert found.schools == {school.place.pk: (3, 5, 2)}
    assert found.both[school.place.pk, VisitKind.PHONE] == (1, 1, 1)


def test_a_group_visit_is_one_visit_of_so_many_people_to_so_many_children(school: School) -> None:
    moment = at("2025-09-09 16:00")
    record_group_visit(
        by=school.teacher,
        children=school.pupils[:3],
        happened_at=moment,
        at=moment,
        people=[TookPart(Post.PRINCIPAL)],
        findings="一起",
    )
    assert counted(school) == (1, 2, 3)


def test_days_at_both_ends_count_and_the_day_is_that_of_china(school: School) -> None:
    for moment in ("2025-09-07 23:59", "2025-09-08 00:00", "2025-09-12 23:59", "2025-09-13 00:00"):
        visit(school, moment=moment)
    assert counted(school).visits == 2


def test_a_visit_that_was_corrected_away_counts_no_more(school: School) -> None:
    first = visit(school)
    visit(school, supersedes=first.act)
    assert counted(school).visits == 1


def test_a_visit_counts_for_the_school_the_child_was_at_then(school: School) -> None:
    visit(school)
    other = a_school(name="石门完小")
    Enrolment.objects.filter(child=school.pupils[0]).update(until=date(2025, 9, 10))
    Enrolment.objects.create(
        child=school.pupils[0], class_group=other.class_group, from_day=date(2025, 9, 10)
    )
    visit(school, moment="2025-09-11 16:00", by=other.teacher)
    found = count_visits(school.county, WEEK, school.bureau, TODAY)
    assert {school: figures.visits for school, figures in found.schools.items()} == {
        school.place.pk: 1,
        other.place.pk: 1,
    }
    assert found.total == (2, 2, 1)


def test_another_county_sees_nothing_of_it(school: School) -> None:
    far = a_school(name="外县完小", county="外县")
    visit(school)
    assert count_visits(school.county, WEEK, far.bureau, TODAY).total == (0, 0, 0)
    assert not visits_of(school.county, WEEK, far.bureau, TODAY).exists()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(list(VisitKind)), st.integers(0, 2)), max_size=6
    )
)
def test_each_figure_is_as_long_as_its_list(school: School, made: list[tuple[int, VisitKind, int]]) -> None:
    for pupil, kind, others in made:
        visit(school, pupil, kind=kind, people=[TookPart(name=f"某{i}") for i in range(others)])
    found = count_visits(school.county, WEEK, school.bureau, TODAY)
    for kind, figures in found.kinds.items():
        rows = visits_of(school.county, WEEK, school.bureau, TODAY, kind, school.place.pk)
        assert rows.count() == figures.visits
        assert figures == found.both[school.place.pk, kind]
        assert sum(each.people.count() for each in rows) == figures.person_times
    assert found.total.visits == sum(each.visits for each in found.kinds.values())


def progress(school: School, who: Person) -> list[int]:
    """How far each quota of this person is."""
    return [each.progress.done for each in quotas_of(who, held_by(who, TODAY), as_of=at("2025-09-12 12:00"))]


def test_a_visit_counts_once_for_each_quota_whoever_came_along(db: None) -> None:
    school = a_school(pack="seeds/ten-rules-2020")
    colleague = a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group)
    before = progress(school, school.teacher)
    visit(school, by=colleague, people=[TookPart(Post.CLASS_TEACHER), TookPart(Post.PRINCIPAL)])
    once = [later - sooner for sooner, later in zip(before, progress(school, school.teacher), strict=True)]
    assert set(once) == {1}
    assert progress(school, colleague) == [1]
    moment = at("2025-09-10 16:00")
    record_group_visit(
        by=colleague,
        children=school.pupils[1:4],
        people=[TookPart(Post.CLASS_TEACHER)],
        happened_at=moment,
        at=moment,
        findings="一起",
    )
    assert set(progress(school, school.teacher)) == {4}  # children
    assert progress(school, colleague) == [2]  # times
