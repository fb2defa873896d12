"""What is done about a class or a place: who may, what it meets, and that it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from builders_db import School, a_class, a_person, a_place, a_school, at

from notoneless.core.terms import Act, Evidence, PlaceKind, Post
from notoneless.records.models import JournalEntry, Obligation, Person, PlaceAct
from notoneless.services import casework
from notoneless.services.due import tick
from notoneless.services.place_acts import fulfil_duty, may_fulfil_duty, record_place_act
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
FUJIAN, XIPANLOU = "fujian/jianning-2024", "seeds/xipanlou"
NOW = at("2025-09-08 10:00")


def a_school_with(pack: str) -> School:
    """A school that has adopted `pack`, and the worker has looked."""
    school = a_school(pack=pack)
    tick(now=at("2025-09-08 08:00"))
    return school


def the(rule: str) -> Obligation:
    return Obligation.objects.filter(rule=rule).order_by("occasion")[0]


def do(rule: str, by: Person, when: datetime = NOW, **more: Any) -> PlaceAct:
    return fulfil_duty(by=by, obligation=the(rule), happened_at=more.pop("happened", when), at=when, **more)


def refused(rule: str, by: Person, **more: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        do(rule, by, **more)
    assert refusal.value.zh
    assert refusal.value.en
    return refusal.value.code


def test_the_post_that_owes_it_does_it_and_the_journal_says_so() -> None:
    school = a_school_with(FUJIAN)
    act = do("school-daily-report", school.office, note="无异动")
    row = the("school-daily-report")
    assert (row.state, row.late, row.met_by, row.met_at) == ("MET", False, str(act.pk), NOW)
    assert (act.by_post, act.to_post, act.note) == (Post.SCHOOL_OFFICE, Post.PRINCIPAL, "无异动")
    entry = JournalEntry.objects.get(act="RECORD_PLACE_ACT")
    assert (entry.by, entry.subject_kind, entry.subject_id) == (
        school.office,
        "place",
        str(school.place.pk),
    )
    assert (entry.body["act"], entry.body["met"]) == (str(act.pk), [str(row.key)])
    assert "无异动" not in str(entry.body)


def test_who_stands_above_in_the_same_place_may_do_it_and_nobody_else() -> None:
    school = a_school_with(FUJIAN)
    elsewhere = a_school(pack=FUJIAN, name="青石完小")
    owed, day = the("school-daily-report"), NOW.date()
    assert may_fulfil_duty(school.principal, owed, day) is None
    for stranger in (school.teacher, school.bureau, elsewhere.office, elsewhere.principal):
        assert refused("school-daily-report", stranger) == "NOT_YOUR_DUTY"
    assert do("school-daily-report", school.principal).by_post == Post.PRINCIPAL


def test_a_class_s_duty_is_its_own_teacher_s_or_the_office_s() -> None:
    school = a_school_with("seeds/eight-rules")
    other = a_person("邻班老师", Post.CLASS_TEACHER, a_class(school.place, "四年级1班"))
    assert refused("class-reports-monthly", other) == "NOT_YOUR_DUTY"
    act = do("class-reports-monthly", school.teacher)
    assert (act.class_group, act.place) == (school.class_group, school.place)
    assert the("class-reports-monthly").state == "MET"
    entry = JournalEntry.objects.get(act="RECORD_PLACE_ACT")
    assert (entry.subject_kind, entry.subject_id) == ("class_group", str(school.class_group.pk))


def test_a_county_s_duty_is_the_bureau_s_and_its_supervisors_may_be_stood_in_for() -> None:
    school = a_school_with(FUJIAN)
    assert refused("county-quarterly-review", school.principal) == "NOT_YOUR_DUTY"
    do("county-quarterly-review", school.bureau)
    assert the("county-quarterly-review").state == "MET"


def test_the_same_submission_twice_is_one_act() -> None:
    school = a_school_with(FUJIAN)
    first = do("school-daily-report", school.office, key="k1")
    again = do("school-daily-report", school.office, at("2025-09-08 10:05"), key="k1")
    assert (again, PlaceAct.objects.count()) == (first, 1)
    assert refused("enrolment-system-daily", school.principal, key="k1") == "KEY_USED"


def test_what_is_done_is_done() -> None:
    school = a_school_with(FUJIAN)
    do("school-daily-report", school.office)
    assert refused("school-daily-report", school.office) == "ALREADY_DONE"


def test_a_moment_to_come_or_before_the_period_is_refused() -> None:
    school = a_school_with(FUJIAN)
    later, before = at("2025-09-08 10:01"), at("2025-09-07 23:59")
    assert refused("school-daily-report", school.office, happened=later) == "IN_FUTURE"
    assert refused("school-daily-report", school.office, happened=before) == "BEFORE_ITS_PERIOD"
    assert not PlaceAct.objects.exists()


def test_evidence_that_a_rule_asks_for_is_written_down_or_it_is_not_done() -> None:
    school = a_school_with("seeds/xiamiao-2018")
    assert refused("summed-up-before-term-end", school.principal, note=" ") == "NO_EVIDENCE"
    act = do("summed-up-before-term-end", school.principal, note="总结如下")
    assert act.evidence == [Evidence.WRITTEN_REPORT]
    assert the("summed-up-before-term-end").state == "MET"


def test_an_act_meets_the_duty_it_was_done_for_and_no_other_of_its_kind() -> None:
    school = a_school_with("seeds/xiamiao-2018")
    do("parents-meeting-each-term", school.principal)
    assert the("parents-meeting-each-term").state == "MET"
    assert the("summed-up-before-term-end").state == "OPEN"


def test_two_seminars_are_two() -> None:
    school = a_school_with(XIPANLOU)
    do("two-seminars-each-term", school.principal)
    assert the("two-seminars-each-term").state == "OPEN"
    do("two-seminars-each-term", school.principal, at("2025-10-10 10:00"))
    assert the("two-seminars-each-term").state == "MET"


def test_an_act_that_was_wrong_is_superseded_and_the_duty_is_owed_again() -> None:
    school = a_school_with(FUJIAN)
    wrong = do("school-daily-report", school.office)
    record_place_act(
        by=school.office,
        about=school.place,
        act=Act.MEET,
        happened_at=NOW,
        at=at("2025-09-08 11:00"),
        supersedes=wrong,
    )
    assert the("school-daily-report").state == "OPEN"


def test_an_act_recorded_for_nothing_in_particular_meets_what_it_fits() -> None:
    school = a_school_with(FUJIAN)
    made = {"by": school.principal, "about": school.place, "act": Act.DRAW_UP, "happened_at": NOW, "at": NOW}
    record_place_act(**made, to=Post.COUNTY_BUREAU)  # type: ignore[arg-type]
    assert (the("school-daily-report").state, the("school-monthly-report").state) == ("OPEN", "MET")


def test_who_looks_after_the_place_records_what_was_done_there() -> None:
    school = a_school_with(FUJIAN)
    elsewhere = a_school(pack=FUJIAN, name="青石完小")
    made: dict[str, Any] = {"act": Act.MEET, "happened_at": NOW, "at": NOW}
    for person in (school.principal, school.bureau):
        record_place_act(by=person, about=school.place, **made)
    record_place_act(by=school.teacher, about=school.class_group, **made)
    for person, about in (
        (school.teacher, school.place),
        (elsewhere.principal, school.place),
        (elsewhere.teacher, school.class_group),
    ):
        with pytest.raises(Refusal, match="本单位"):
            record_place_act(by=person, about=about, **made)


def test_a_roll_call_is_taken_on_its_own_page() -> None:
    school = a_school_with(FUJIAN)
    with pytest.raises(Refusal, match="点名"):
        record_place_act(
            by=school.office, about=school.class_group, act=Act.TAKE_ROLL_CALL, happened_at=NOW, at=NOW
        )
    owed = Obligation.objects.get(act=Act.TAKE_ROLL_CALL)
    with pytest.raises(Refusal, match="点名"):
        casework.fulfil(by=school.office, obligation=owed, happened_at=NOW, at=NOW)


def test_the_central_school_of_the_township_does_what_a_school_owes_through_it() -> None:
    school = a_school(pack="guangxi/bobai")
    head = a_person("中心校长", Post.CENTRAL_SCHOOL, school.township)
    other = a_person("邻镇", Post.CENTRAL_SCHOOL, a_place(PlaceKind.TOWNSHIP, "邻镇", school.county))
    tick(now=at("2026-06-02 08:00"))
    june = at("2026-06-03 10:00")
    assert refused("leavers-roster-to-the-junior-school", other, when=june) == "NOT_YOUR_DUTY"
    assert do("leavers-roster-to-the-junior-school", head, june).by_post == Post.CENTRAL_SCHOOL
