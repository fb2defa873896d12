"""Whose turn it is hears of it, as long as it is; nothing of a child is in what is queued."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.case_terms import Decision, ReliefKind
from notoneless.core.report_terms import (
    InspectionKind,
    QuestionKind,
    QuestionOutcome,
    ReportKind,
    ReportStep,
)
from notoneless.core.terms import Post, TellKind
from notoneless.delivery.settings import DeliverySettings
from notoneless.delivery.texts import Told
from notoneless.records.models import Message, Outbox, Person, Question, ReportDrawn
from notoneless.services.honesty import asking
from notoneless.services.honesty.found import Found
from notoneless.services.relief import ask_relief, decide_relief
from notoneless.services.reports.chain import give_back, take_step
from notoneless.services.reports.drawing import draw_up
from notoneless.services.supervision.inspections import (
    add_finding,
    record_inspection,
    reinspect,
    report_rectified,
)
from notoneless.services.telling_counts import told_by
from notoneless.services.telling_preparing import prepare
from notoneless.services.telling_still import late_findings, late_questions

pytestmark = pytest.mark.django_db
NOW = at("2025-09-30 16:00")


@pytest.fixture
def school(db: None) -> School:
    made = a_school(2, pack="", name="云岭完小")
    made.calls("09-29", "09-30")
    return made


def told(person: Person, moment: Any = NOW) -> Told:
    """What the waiting message of a person would say at a moment."""
    prepare(now=moment, settings=DeliverySettings())
    message = Message.objects.filter(person=person).last()
    return told_by(message, now=moment) if message else Told()


def people_told(kind: TellKind, people: Iterable[Person]) -> list[Person]:
    """Those of the people whose messages tell something of the kind."""
    prepare(now=NOW, settings=DeliverySettings())
    return [each for each in people if Message.objects.filter(person=each, tells__kind=kind).exists()]


def a_question(school: School, monkeypatch: pytest.MonkeyPatch) -> Question:
    facts = (("child", str(school.pupils[0].pk), {"child": str(school.pupils[0].pk)}),)
    kind, author = QuestionKind.BACK_DATED, school.teacher.pk
    found = Found(kind, "one", school.place.pk, {"n": 3}, facts, about=author)
    monkeypatch.setattr(asking, "patterns", lambda now: [found])
    asking.ask_questions(now=NOW)
    return Question.objects.get()


def test_a_question_is_told_to_the_supervisor_and_not_to_the_author_until_it_is_answered(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = a_question(school, monkeypatch)
    assert people_told(TellKind.QUESTION, [school.teacher, school.principal]) == [school.principal]
    assert told(school.principal).questions == 1
    assert not list(late_questions(NOW))
    late = at(f"{question.due_on} 07:30")
    assert [row.body["question"] for row in late_questions(late)] == [str(question.pk)]
    asking.answer_question(
        by=school.principal, question=question, outcome=QuestionOutcome.LATE_ENTRY, note="网络不通", at=NOW
    )
    assert (told(school.principal).questions, list(late_questions(late))) == (0, [])


def test_an_order_is_told_to_who_must_mend_it_and_the_report_to_who_inspected(school: School) -> None:
    kind, about = InspectionKind.SEASON, {"inspectors": "督学两人", "subject": "开学点名"}
    made = record_inspection(
        by=school.bureau, kind=kind, place=school.place, day=day("09-29"), at=NOW, **about
    )
    given = {"what": "两天没有点名", "ground": "制度第三条", "responsible": Post.PRINCIPAL}
    due = date(2025, 10, 10)
    finding = add_finding(by=school.bureau, inspection=made, due_on=due, at=NOW, **given)
    assert told(school.principal).inspections == 1
    assert [len(list(late_findings(at(f"2025-10-{n} 07:30")))) for n in ("09", "10", "13")] == [0, 1, 1]
    report_rectified(by=school.principal, finding=finding, note="已补", at=NOW)
    assert (told(school.principal).inspections, told(school.bureau).inspections) == (0, 1)
    assert not list(late_findings(at("2025-10-13 07:30")))
    reinspect(by=school.bureau, finding=finding, enough=True, note="", at=NOW + timedelta(hours=1))
    assert told(school.bureau).inspections == 0


def a_report(school: School) -> tuple[Person, ReportDrawn]:
    drawer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    place, kind = school.place, ReportKind.MONTHLY
    return drawer, draw_up(by=drawer, place=place, kind=kind, day=day("09-30"), at=NOW)


def test_each_step_of_a_report_tells_whoever_takes_the_next(school: School) -> None:
    vice = a_person("副校长", Post.VICE_PRINCIPAL, school.place)
    _, report = a_report(school)
    assert told(school.teacher).report_turns == 1
    checked = {"step": ReportStep.CHECKED, "class_group": school.class_group}
    take_step(by=school.teacher, report=report, digest=report.digest, at=NOW, **checked)
    assert (told(school.teacher).report_turns, told(vice).report_turns) == (0, 1)


def test_a_returned_report_is_told_to_who_draws_it_up_until_that_is_done(school: School) -> None:
    drawer, report = a_report(school)
    give_back(by=school.teacher, report=report, digest=report.digest, comment="少一人", at=NOW)
    assert (told(school.teacher).report_turns, told(drawer).report_turns) == (0, 1)
    draw_up(by=drawer, place=school.place, kind=ReportKind.MONTHLY, day=day("09-30"), at=NOW)
    assert told(drawer).report_turns == 0


def test_a_request_is_told_to_who_decides_and_the_decision_to_who_asked(school: School) -> None:
    about = {"child": school.pupils[0], "kind": ReliefKind.REDUCE, "of": "寄宿生活费", "reason": "父亲住院"}
    asked = ask_relief(by=school.teacher, fen=60_000, school_year=2025, at=NOW, **about)
    assert (told(school.principal).asked, told(school.teacher).decided) == (1, 0)
    decide_relief(by=school.principal, asked=asked, decision=Decision.REFUSED, note="已享受", at=NOW)
    assert (told(school.principal).asked, told(school.teacher).decided) == (0, 1)


def test_nothing_queued_names_a_child(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    a_question(school, monkeypatch)
    a_report(school)
    rows = str(list(Outbox.objects.values_list("key", "body")))
    assert not any(str(pupil.pk) in rows or pupil.name in rows for pupil in school.pupils)
