"""说明去向: an answer is found out, not ticked; and it moves nobody."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.terms import Act, ChangeKind, EventKind, Paper, Post, Whereabouts
from notoneless.records.models import Child, Enrolment, EventRecord, Obligation, Person
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.enrolment_changes import ask_change
from notoneless.services.enrolment_facts import stated
from notoneless.services.refusals import Refusal
from notoneless.services.whereabouts import explain

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 17:00")


@pytest.fixture
def school(db: None) -> School:
    return a_school(2)


@pytest.fixture
def officer(school: School) -> Person:
    return a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)


@pytest.fixture
def missing(school: School, officer: Person) -> Child:
    """A child whom the last roster did not have."""
    child = school.pupils[0]
    stated(
        child, EventKind.NOT_ON_ROSTER, school.place, at("2025-09-10 09:00"), officer, at("2025-09-10 09:00")
    )
    follow_up([child.pk], as_of=at("2025-09-10 09:00"), entry=Entry("TEST", "child", str(child.pk), {}))
    return child


def test_a_child_that_is_still_here_is_said_to_be_and_stays(officer: Person, missing: Child) -> None:
    explain(by=officer, child=missing, found=Whereabouts.STILL_HERE, note="班主任核实在班", at=NOW)
    assert Obligation.objects.get(child=missing, act=Act.EXPLAIN).state.value == "MET"
    assert Enrolment.objects.get(child=missing).until is None


def test_a_child_that_does_not_attend_is_stated_so(officer: Person, missing: Child) -> None:
    explain(by=officer, child=missing, found=Whereabouts.NOT_ATTENDING, note="电话打不通", at=NOW)
    assert EventRecord.objects.filter(child=missing, kind=EventKind.ON_ROLL_NOT_ATTENDING).exists()


def test_who_left_must_have_a_change_asked_for(officer: Person, missing: Child) -> None:
    with pytest.raises(Refusal, match="还没有申请异动"):
        explain(by=officer, child=missing, found=Whereabouts.CHANGING, note="听说转走了", at=NOW)
    ask_change(
        by=officer,
        child=missing,
        kind=ChangeKind.TRANSFER_OUT,
        elsewhere="邻县三小",
        from_day=day("09-11"),
        papers=[Paper.GUARDIAN_REQUEST, Paper.RESIDENCE_PROOF],
        at=NOW,
    )
    explain(by=officer, child=missing, found=Whereabouts.CHANGING, note="已申请转出", at=NOW)
    assert Obligation.objects.get(child=missing, act=Act.EXPLAIN).state.value == "MET"


@pytest.mark.parametrize("note", ["", "  "])
def test_an_answer_says_how_it_was_found_out(officer: Person, missing: Child, note: str) -> None:
    with pytest.raises(Refusal, match="怎样核实"):
        explain(by=officer, child=missing, found=Whereabouts.STILL_HERE, note=note, at=NOW)


def test_nobody_explains_what_was_not_asked(school: School, officer: Person) -> None:
    with pytest.raises(Refusal, match="没有待说明"):
        explain(by=officer, child=school.pupils[1], found=Whereabouts.STILL_HERE, note="在", at=NOW)


def test_the_class_teacher_does_not_answer_for_the_enrolment_officer(school: School, missing: Child) -> None:
    with pytest.raises(Refusal):
        explain(by=school.teacher, child=missing, found=Whereabouts.STILL_HERE, note="在", at=NOW)
