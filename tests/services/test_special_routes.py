"""特殊安置: who is taught elsewhere is asked for by no roll call, and what was put off comes due."""

from __future__ import annotations

from typing import Any

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.terms import Post, RouteKind
from notoneless.records.models import Child, Enrolment, Obligation, OnRoll, SpecialRoute
from notoneless.services import due
from notoneless.services.on_roll import live_routes
from notoneless.services.refusals import Refusal
from notoneless.services.special_routes import approve_route, end_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None) -> School:
    made = a_school(2)
    made.office = a_person("学籍员", Post.ENROLMENT_OFFICER, made.place)
    return made


def approve(school: School, child: Child, kind: RouteKind, **more: Any) -> SpecialRoute:
    given: dict[str, Any] = {
        "from_day": day("09-08"),
        "approved_by": "县教育局",
        "at": at("2025-09-08 10:00"),
    }
    return approve_route(by=school.office, child=child, kind=kind, school=school.place, **{**given, **more})


@pytest.mark.parametrize(
    "kind", [RouteKind.HOME_TUITION, RouteKind.SPECIALISED_SCHOOL, RouteKind.SPECIAL_SCHOOL]
)
def test_no_roll_call_asks_for_a_child_taught_elsewhere(school: School, kind: RouteKind) -> None:
    approve(school, school.pupils[0], kind)
    assert school.roll_call("", "2025-09-08 11:05", session="MORNING").expected == 2
    assert school.roll_call("", "2025-09-09 08:05").expected == 1


def test_a_child_placed_in_an_ordinary_class_is_called_like_the_others(school: School) -> None:
    approve(school, school.pupils[0], RouteKind.INCLUSIVE_PLACEMENT)
    assert school.roll_call("", "2025-09-09 08:05").expected == 2


def test_a_route_needs_whoever_approved_it(school: School) -> None:
    with pytest.raises(Refusal, match="批准的部门"):
        approve(school, school.pupils[0], RouteKind.HOME_TUITION, approved_by=" ")


def test_a_class_teacher_enters_no_route(school: School) -> None:
    school.office = school.teacher
    with pytest.raises(Refusal):
        approve(school, school.pupils[0], RouteKind.HOME_TUITION)


def test_home_tuition_ends_in_a_class(school: School) -> None:
    route = approve(school, school.pupils[0], RouteKind.HOME_TUITION)
    end_route(by=school.office, route=route, class_group=school.class_group, at=at("2025-10-20 10:00"))
    assert school.roll_call("", "2025-10-21 08:05").expected == 2
    assert not live_routes(day("10-21")).exists()
    with pytest.raises(Refusal, match="已经改过"):
        end_route(by=school.office, route=route, class_group=school.class_group, at=at("2025-10-20 11:00"))


# 延缓入学: a child who has never been in any class.


@pytest.fixture
def deferred(school: School) -> Child:
    child = Child.objects.create(name="缓小学")
    approve(school, child, RouteKind.DEFERRED_ENTRY, until=day("11-03"), approved_by="云岭镇人民政府")
    return child


def test_a_deferral_that_ends_is_owed_by_the_school_that_waits(school: School, deferred: Child) -> None:
    due.tick(now=at("2025-11-02 09:00"))
    assert not Obligation.objects.filter(child=deferred).exists()
    due.tick(now=at("2025-11-03 09:00"))
    owed = Obligation.objects.get(child=deferred)
    assert (owed.rule, owed.place, owed.class_group) == ("deferred-entry-ended", school.place, None)
    assert (owed.who, owed.due_at) == (Post.ENROLMENT_OFFICER, at("2025-11-17 23:59"))
    due.tick(now=at("2025-11-18 09:00"))
    owed.refresh_from_db()
    assert (owed.state.value, owed.escalation_level) == ("OVERDUE", 1)


def test_taking_the_child_in_meets_it(school: School, deferred: Child) -> None:
    due.tick(now=at("2025-11-03 09:00"))
    route = SpecialRoute.objects.get()
    end_route(by=school.office, route=route, class_group=school.class_group, at=at("2025-11-04 10:00"))
    assert Obligation.objects.get(child=deferred).state.value == "MET"
    assert OnRoll.objects.get(child=deferred).school == school.place
    assert Enrolment.objects.get(child=deferred).class_group == school.class_group


def test_a_deferral_put_off_comes_due_on_its_new_day(school: School, deferred: Child) -> None:
    later = {"from_day": day("11-03"), "until": day("2026-03-02"), "at": at("2025-10-30 10:00")}
    approve(school, deferred, RouteKind.DEFERRED_ENTRY, **later)
    due.tick(now=at("2025-11-05 09:00"))
    assert not Obligation.objects.filter(child=deferred).exists()


def test_a_deferral_without_an_end_is_refused(school: School) -> None:
    with pytest.raises(Refusal, match="批准到哪一天"):
        approve(school, Child.objects.create(name="缓小学"), RouteKind.DEFERRED_ENTRY)


def test_a_child_in_class_is_suspended_and_not_deferred(school: School) -> None:
    with pytest.raises(Refusal, match="办休学"):
        approve(school, school.pupils[0], RouteKind.DEFERRED_ENTRY, until=day("11-03"))
