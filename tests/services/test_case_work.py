"""Reasons are stated, plans made and done step by step by each post that owes a part."""

from __future__ import annotations

from datetime import date

import pytest
from builders_db import School, a_person, a_place, a_school, at, day

from notoneless.core.case_terms import CaseReason
from notoneless.core.terms import EventKind, PlaceKind, Post, Stage
from notoneless.records.models import (
    ActRecord,
    Case,
    Child,
    JournalEntry,
    Outbox,
    Person,
    PlanMade,
    PlanStepDone,
    ReasonStated,
)
from notoneless.records.scopes import visible_cases
from notoneless.services.case_never_enrolled import state_never_enrolled
from notoneless.services.case_work import Step, do_step, make_plan, posts_missing, state_reasons
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 12:00")


@pytest.fixture
def school() -> School:
    found = a_school()
    found.calls("09-08 A", "09-09 A", "09-10 A")
    return found


def the_case() -> Case:
    return Case.objects.get()


def planned(school: School, *, posts: tuple[Post, ...] = (Post.CLASS_TEACHER,), key: str = "p1") -> PlanMade:
    step = Step("每天晚上打一次电话", posts, day("2025-09-12"))
    return make_plan(by=school.principal, case=the_case(), goal="两周内返校", steps=[step], at=NOW, key=key)


def test_the_last_statement_of_reasons_stands_with_the_chief_one_first(school: School) -> None:
    for reasons in ([CaseReason.UNKNOWN], [CaseReason.LEARNING, CaseReason.FAMILY]):
        state_reasons(by=school.teacher, case=the_case(), reasons=reasons, at=NOW)
    assert ReasonStated.objects.order_by("at", "pk").count() == 2
    entry = JournalEntry.objects.filter(act="STATE_REASONS").last()
    assert entry is not None
    assert "LEARNING" not in str(entry.body)


def test_reasons_are_stated_only_where_there_is_one_and_a_case_that_is_open(school: School) -> None:
    with pytest.raises(Refusal, match="至少选一个"):
        state_reasons(by=school.teacher, case=the_case(), reasons=[], at=NOW)
    Case.objects.update(stage=Stage.CLOSED)
    with pytest.raises(Refusal, match="没有在办"):
        state_reasons(by=school.teacher, case=the_case(), reasons=[CaseReason.MOVED], at=NOW)


def test_that_the_school_sent_a_child_away_is_told_to_the_supervision_office_once(school: School) -> None:
    for _ in range(2):
        state_reasons(by=school.principal, case=the_case(), reasons=[CaseReason.SENT_AWAY], at=NOW)
    told = Outbox.objects.get(kind="CASE")
    assert told.body["posts"] == ["SUPERVISION_OFFICE"]
    assert school.pupils[0].name not in str(told.body)


def test_a_plan_has_its_steps_and_is_the_act_that_plans(school: School) -> None:
    plan = planned(school)
    assert [step.what for step in plan.steps.all()] == ["每天晚上打一次电话"]
    act = ActRecord.objects.get(act="PLAN")
    assert (act.by_post, act.evidence) == (Post.PRINCIPAL, ["PLAN_DOCUMENT"])


def test_the_same_key_again_gives_the_first_plan(school: School) -> None:
    assert planned(school) == planned(school)
    assert ActRecord.objects.filter(act="PLAN").count() == 1


def test_who_takes_part_in_a_plan_holds_the_post(school: School) -> None:
    steps = [Step("家访", [Post.CLASS_TEACHER], day("2025-09-12"))]
    more = {"by": school.principal, "case": the_case(), "goal": "返校", "steps": steps, "at": NOW}
    with pytest.raises(Refusal):
        make_plan(**more, taking_part=[Post.CENTRAL_SCHOOL])
    make_plan(**more, taking_part=[Post.CLASS_TEACHER])
    assert ActRecord.objects.get(act="PLAN").taking_part == ["CLASS_TEACHER"]


@pytest.mark.parametrize(
    ("goal", "what", "posts", "due", "word"),
    [
        ("", "家访", [Post.CLASS_TEACHER], "2025-09-12", "目标"),
        ("返校", " ", [Post.CLASS_TEACHER], "2025-09-12", "第 1 步"),
        ("返校", "家访", [], "2025-09-12", "哪个岗位"),
        ("返校", "家访", [Post.CLASS_TEACHER], "2025-09-09", "期限已经过去"),
    ],
)
def test_a_plan_that_says_too_little_is_refused(
    school: School, goal: str, what: str, posts: list[Post], due: str, word: str
) -> None:
    steps = [Step(what, posts, day(due))]
    with pytest.raises(Refusal, match=word):
        make_plan(by=school.principal, case=the_case(), goal=goal, steps=steps, at=NOW)
    assert not PlanMade.objects.exists()


def test_a_step_of_two_posts_is_done_when_each_did_its_part(school: School) -> None:
    step = planned(school, posts=(Post.CLASS_TEACHER, Post.PRINCIPAL)).steps.get()
    do_step(by=school.teacher, step=step, post=Post.CLASS_TEACHER, at=NOW)
    assert posts_missing(step) == (Post.PRINCIPAL,)
    do_step(by=school.principal, step=step, post=Post.PRINCIPAL, at=NOW)
    step.refresh_from_db()
    assert posts_missing(step) == ()


def test_a_part_done_twice_is_one(school: School) -> None:
    step = planned(school).steps.get()
    first = do_step(by=school.teacher, step=step, post=Post.CLASS_TEACHER, note="通了话", at=NOW)
    assert do_step(by=school.teacher, step=step, post=Post.CLASS_TEACHER, at=NOW) == first
    assert PlanStepDone.objects.count() == 1


def test_nobody_does_the_part_of_a_post_they_do_not_hold(school: School) -> None:
    step = planned(school, posts=(Post.PRINCIPAL,)).steps.get()
    with pytest.raises(Refusal, match="没有“班主任”的份"):
        do_step(by=school.teacher, step=step, post=Post.CLASS_TEACHER, at=NOW)
    with pytest.raises(Refusal, match="由校长办"):
        do_step(by=school.teacher, step=step, post=Post.PRINCIPAL, at=NOW)


def test_another_school_neither_plans_nor_states_reasons(school: School) -> None:
    stranger = a_person("外校校长", Post.PRINCIPAL, a_place(PlaceKind.SCHOOL, "外校", school.township))
    with pytest.raises(Refusal):
        state_reasons(by=stranger, case=the_case(), reasons=[CaseReason.MOVED], at=NOW)


# A child who never went to school.


def stated(school: School, by: Person, child: Child) -> Case:
    state_never_enrolled(by=by, child=child, school=school.place, found_at=NOW, at=NOW, key="n1")
    return Case.objects.get(child=child)


def test_a_child_never_enrolled_has_a_case_that_its_school_and_county_see() -> None:
    school, child = a_school(), Child.objects.create(name="未小学")
    case = stated(school, school.office, child)
    assert (case.stage, case.number[:4]) == (Stage.NEVER_ENROLLED, "示范县-")
    for person, sees in ((school.office, True), (school.bureau, True), (school.teacher, False)):
        assert visible_cases(person, date(2025, 9, 10)).filter(pk=case.pk).exists() is sees
    assert child.events.get().kind is EventKind.NEVER_ENROLLED
    assert stated(school, school.office, child) == case


def test_a_pupil_is_no_child_never_enrolled(school: School) -> None:
    with pytest.raises(Refusal, match="编入过班级"):
        stated(school, school.office, school.pupils[1])
