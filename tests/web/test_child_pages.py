"""A child's file and the forms that write into it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from builders_db import School, a_school
from conftest import Clock, signed_in
from django.test import Client
from django.urls import reverse

from notoneless.core.terms import Act, ActOutcome, ObligationState, Post
from notoneless.records.models import ActRecord, AttendanceMark, Case, EventRecord, LeaveGranted, Obligation
from notoneless.web.views.child import form_address

NOON = "2025-09-08T12:00"


@pytest.fixture
def absent(school: School, clock: Clock) -> School:
    """The first pupil was absent this morning; it is noon."""
    school.roll_call("A")
    clock("2025-09-08 12:00")
    return school


def file_of(school: School, which: int = 0) -> str:
    return f"/child/{school.pupils[which].pk}/"


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def visit(**more: str) -> dict[str, str]:
    told = {"key": "v1", "happened_at": NOON, "outcome": "PROMISED_RETURN", "note": "见到祖母"}
    return told | {"kind": "HOME", "trigger": "SPELL"} | more


def test_the_file_names_the_stage_the_clock_and_who_is_responsible(absent: School, teacher: Client) -> None:
    page = text(teacher, file_of(absent))
    for words in ("临界", "1 个上课日", "白老师", "教导主任", "示范县-2025-0001", "晨检 旷课"):
        assert words in page, words


def test_the_next_act_is_the_one_primary_button_of_whoever_owes_it(
    absent: School, teacher: Client, office: Client
) -> None:
    assert text(teacher, file_of(absent)).count("button primary") == 1
    assert "act=REPORT&amp;to=SCHOOL_OFFICE" in text(teacher, file_of(absent))
    visit_owed = Obligation.objects.get(child=absent.pupils[0], act=Act.HOME_VISIT)
    assert f"visit/?ordered={visit_owed.pk}" in text(office, file_of(absent))
    bureau = signed_in(absent.bureau)
    assert "button primary" not in text(bureau, file_of(absent))


def test_a_child_who_is_always_there_has_a_short_file(school: School, teacher: Client) -> None:
    page = text(teacher, file_of(school, 1))
    assert "在校" in page
    assert "现在没有待办事项" in page
    assert "还没有任何记录" in page


def test_the_reason_of_an_obligation_shows_clause_reading_facts_and_count(
    absent: School, teacher: Client
) -> None:
    owed = Obligation.objects.get(child=absent.pupils[0], act=Act.REPORT)
    page = text(teacher, f"{file_of(absent)}obligation/{owed.pk}/")
    for words in ("杉树完小控辍保学劝返制度 第一条", "C072", "一小时内报学校", "1小时内", "2025-09-08 09:05"):
        assert words in page, words


def test_a_time_limit_over_a_weekend_names_the_days_it_skipped(
    school: School, teacher: Client, clock: Clock
) -> None:
    clock("2025-09-12 16:30")
    school.roll_call("A", "2025-09-12 08:05")
    fields = visit(happened_at="2025-09-12T16:00", outcome="CONFIRMED_DROPOUT")
    assert teacher.post(f"{file_of(school)}visit/", fields).status_code == 302
    owed = Obligation.objects.get(child=school.pupils[0], act=Act.PERSUADE, pack_id="seeds/shanshu-2014")
    page = text(teacher, f"{file_of(school)}obligation/{owed.pk}/")
    assert "2025-09-13 – 2025-09-14 周末" in page
    assert "2025-09-17 23:59" in page


def test_an_obligation_of_a_rule_that_is_no_more_still_opens(absent: School, teacher: Client) -> None:
    owed = Obligation.objects.filter(child=absent.pupils[0])
    owed.update(rule="a-rule-of-an-older-edition")
    for url in (file_of(absent), f"{file_of(absent)}obligation/{owed[0].pk}/", "/"):
        assert "seeds/shanshu-2014 a-rule-of-an-older-edition" in text(teacher, url)


def test_a_withdrawn_obligation_stays_and_says_why(absent: School, teacher: Client) -> None:
    owed = Obligation.objects.get(child=absent.pupils[0], act=Act.REPORT)
    teacher.post(
        f"{file_of(absent)}correct/2025-09-08/MORNING/",
        {"key": "c1", "status": "LATE", "reason": "", "happened_at": "2025-09-08T08:31", "note": "校车晚到"},
    )
    owed.refresh_from_db()
    assert owed.state == ObligationState.WITHDRAWN
    assert owed.withdrawn_why in text(teacher, f"{file_of(absent)}obligation/{owed.pk}/")
    page = text(teacher, file_of(absent))
    assert "撤回：报告教导处" in page
    assert "更正为 晨检 迟到" in page
    assert "后来更正" in page  # the first mark is still there


@pytest.mark.parametrize("kind", ["visit", "report", "event", "leave"])
def test_every_form_opens_and_refuses_to_be_empty(absent: School, teacher: Client, kind: str) -> None:
    url = f"{file_of(absent)}{kind}/"
    assert "<form" in text(teacher, url)
    answer = teacher.post(url, {"key": "e1"})
    assert answer.status_code == 422
    assert "还没有记下" in answer.content.decode()
    assert 'class="wrong"' in answer.content.decode()
    assert not ActRecord.objects.exists()


def test_a_contact_is_recorded_with_its_evidence(absent: School, teacher: Client) -> None:
    fields = visit(kind="PHONE", trigger="SICK_ABSENCE", outcome="REACHED", note="发烧")
    assert teacher.post(f"{file_of(absent)}visit/", fields).status_code == 302
    act = ActRecord.objects.get()
    assert (act.act, act.outcome, act.evidence) == (
        Act.CONTACT_GUARDIAN,
        ActOutcome.REACHED,
        ["CONTACT_RECORD"],
    )
    assert "发烧" in text(teacher, file_of(absent))


def test_a_visit_meets_what_the_office_owes(absent: School, office: Client) -> None:
    assert (
        office.post(
            f"{file_of(absent)}visit/", visit(people=f"CLASS_TEACHER:{absent.teacher.pk}")
        ).status_code
        == 302
    )
    owed = Obligation.objects.get(child=absent.pupils[0], act=Act.HOME_VISIT)
    assert owed.state == ObligationState.MET
    assert "参加：班主任" in text(office, file_of(absent))


def test_the_same_visit_sent_twice_is_one_visit(absent: School, teacher: Client) -> None:
    for _again in range(2):
        assert teacher.post(f"{file_of(absent)}visit/", visit()).status_code == 302
    assert ActRecord.objects.count() == 1


def test_the_key_of_one_act_does_for_no_other(absent: School, teacher: Client) -> None:
    teacher.post(f"{file_of(absent)}visit/", visit())
    answer = teacher.post(f"{file_of(absent, 1)}visit/", visit())
    assert answer.status_code == 422
    assert "提交编号已用于另一条记录" in answer.content.decode()


def test_a_visit_in_the_future_is_refused_and_its_words_stay(absent: School, teacher: Client) -> None:
    answer = teacher.post(f"{file_of(absent)}visit/", visit(happened_at="2025-09-08T16:00"))
    assert answer.status_code == 422
    assert "晚于现在" in answer.content.decode()
    assert "见到祖母" in answer.content.decode()


def test_a_visit_of_yesterday_shows_when_it_was_written_down(
    absent: School, teacher: Client, clock: Clock
) -> None:
    clock("2025-09-09 10:00")
    teacher.post(f"{file_of(absent)}visit/", visit())
    assert "（2025-09-09 10:00 补记）" in text(teacher, file_of(absent))


def test_a_report_from_its_button_asks_for_little_and_meets_the_obligation(
    absent: School, teacher: Client, clock: Clock
) -> None:
    clock("2025-09-08 08:40")
    url = f"{file_of(absent)}report/?act=REPORT&to=SCHOOL_OFFICE"
    page = text(teacher, url)
    assert "<h1>报告教导处</h1>" in page
    assert "<select" not in page
    fields = {"key": "r", "named": "REPORT", "act": "REPORT", "to": "SCHOOL_OFFICE", "note": ""}
    answer = teacher.post(url, fields | {"happened_at": "2025-09-08T08:40"})
    assert answer.status_code == 302
    owed = Obligation.objects.get(child=absent.pupils[0], act=Act.REPORT)
    assert (owed.state, owed.late) == (ObligationState.MET, False)


def test_the_back_button_does_not_report_twice(absent: School, teacher: Client, clock: Clock) -> None:
    clock("2025-09-08 08:40")
    url = f"{file_of(absent)}report/?act=REPORT&to=SCHOOL_OFFICE"
    fields = {"named": "REPORT", "act": "REPORT", "to": "SCHOOL_OFFICE", "happened_at": "2025-09-08T08:40"}
    teacher.post(url, fields | {"key": "first"})
    clock("2025-09-08 08:42")
    for answer in (teacher.get(url, follow=True), teacher.post(url, fields | {"key": "anew"}, follow=True)):
        assert "08:40 已记下，不再重复记录。" in answer.content.decode()
    assert ActRecord.objects.count() == 1


def test_another_person_may_report_what_somebody_else_has_reported(
    absent: School, teacher: Client, office: Client
) -> None:
    url = f"{file_of(absent)}report/?act=REPORT&to=SCHOOL_OFFICE"
    fields = {"named": "REPORT", "act": "REPORT", "to": "SCHOOL_OFFICE", "happened_at": NOON}
    teacher.post(url, fields | {"key": "first"})
    office.post(url, fields | {"key": "second"})
    assert ActRecord.objects.count() == 2


def test_a_paper_needs_its_words(absent: School, teacher: Client) -> None:
    fields = {"key": "p", "act": "PLAN", "to": "", "happened_at": NOON, "note": " "}
    answer = teacher.post(f"{file_of(absent)}report/", fields)
    assert answer.status_code == 422
    assert "没有记录不算办结" in answer.content.decode()


def test_a_visit_to_the_hospital_is_no_visit_to_the_home(absent: School, teacher: Client) -> None:
    teacher.post(f"{file_of(absent)}visit/", visit(kind="HOSPITAL"))
    assert ActRecord.objects.get().act == Act.HOSPITAL_VISIT


def test_what_was_noticed_is_noted(absent: School, teacher: Client) -> None:
    fields = {"key": "e", "kind": "WEARY_OF_SCHOOL", "happened_at": NOON, "note": ""}
    assert teacher.post(f"{file_of(absent)}event/", fields).status_code == 302
    assert EventRecord.objects.get().child == absent.pupils[0]
    assert "厌学" in text(teacher, file_of(absent))


def test_the_same_form_sent_again_in_one_session_notes_it_once(absent: School, teacher: Client) -> None:
    fields = {"key": "e", "kind": "WEARY_OF_SCHOOL", "happened_at": NOON, "note": ""}
    for _again in range(2):
        assert teacher.post(f"{file_of(absent)}event/", fields).headers["Location"] == file_of(absent)
    assert EventRecord.objects.count() == 1


def test_leave_is_granted_shown_and_ended(absent: School, teacher: Client) -> None:
    fields = {"key": "l", "reason": "SICK", "from_day": "2025-09-09", "last_day": "2025-09-10", "note": ""}
    assert teacher.post(f"{file_of(absent)}leave/", fields).status_code == 302
    leave = LeaveGranted.objects.get()
    end = f"{file_of(absent)}leave/{leave.pk}/end/"
    assert end in text(teacher, file_of(absent))
    assert teacher.post(end, {"key": "x", "until": "2025-09-10", "note": ""}).status_code == 302
    assert "改到 9月10日" in text(teacher, file_of(absent))
    assert end not in text(teacher, file_of(absent))
    assert teacher.get(f"{file_of(absent, 1)}leave/{leave.pk}/end/").status_code == 404


def test_leave_that_ends_before_it_begins_is_refused(absent: School, teacher: Client) -> None:
    fields = {"key": "l", "reason": "SICK", "from_day": "2025-09-09", "last_day": "2025-09-01", "note": ""}
    answer = teacher.post(f"{file_of(absent)}leave/", fields)
    assert answer.status_code == 422
    assert "应在其后" in answer.content.decode()


def test_today_lists_leave_that_ends_today(absent: School, teacher: Client) -> None:
    fields = {
        "key": "l",
        "reason": "PERSONAL",
        "from_day": "2025-09-08",
        "last_day": "2025-09-08",
        "note": "",
    }
    teacher.post(f"{file_of(absent, 2)}leave/", fields)
    page = text(teacher, "/")
    assert absent.pupils[2].name in page
    assert "9月9日 周二起应到校" in page


def test_another_schools_child_is_not_there_on_any_page(absent: School) -> None:
    stranger = signed_in(a_school(name="石门完小").teacher)
    owed = Obligation.objects.filter(child=absent.pupils[0]).first()
    case = Case.objects.get()
    assert owed is not None
    pages = ["", "visit/", "leave/", f"obligation/{owed.pk}/", "correct/2025-09-08/MORNING/"]
    for url in [*(file_of(absent) + page for page in pages), f"/case/{case.number}/close/"]:
        assert stranger.get(url).status_code == 404, url
        assert stranger.post(url, visit()).status_code in (404, 405), url
    assert not ActRecord.objects.exists()


def test_what_is_not_there_is_not_there(absent: School, teacher: Client) -> None:
    for url in (
        f"/child/{uuid4()}/",
        f"{file_of(absent)}obligation/{uuid4()}/",
        f"{file_of(absent)}dismiss/",
        f"{file_of(absent)}leave/{uuid4()}/end/",
        "/case/示范县-2025-9999/close/",
        "/nowhere/",
    ):
        answer = teacher.get(url)
        assert answer.status_code == 404, url
        assert "没有这一页" in answer.content.decode()


def test_an_identity_number_is_masked_and_in_no_address(absent: School, teacher: Client) -> None:
    child = absent.pupils[0]
    child.keep_identity_no("000000201711110022")
    child.save()
    page = text(teacher, file_of(absent))
    assert "0000**********0022" in page
    assert "000000201711110022" not in page


def test_a_late_arrival_is_a_correction_of_the_morning(absent: School, teacher: Client) -> None:
    url = f"{file_of(absent)}correct/2025-09-08/MORNING/"
    fields = {"key": "c", "status": "LATE", "reason": "", "happened_at": "2025-09-08T08:31", "note": ""}
    assert teacher.post(url, fields).status_code == 302
    assert AttendanceMark.objects.count() == 2
    again = teacher.post(url, fields | {"key": "d"})
    assert again.status_code == 422
    assert "不需要更正" in again.content.decode()


def test_a_close_out_is_asked_for_when_nothing_is_missing(
    school: School, office: Client, clock: Clock
) -> None:
    school.calls("09-08 A", "09-09", "09-10", "09-11", "09-12")
    clock("2025-09-12 12:00")
    url = f"/case/{Case.objects.get().number}/close/"
    page = text(office, url)
    assert "还差 1 个上课日到校" in page
    assert "textarea" not in page
    refused = office.post(url, {"kind": "STABLE_RETURN"})
    assert refused.status_code == 422
    school.calls("09-15")
    clock("2025-09-15 12:00")
    assert "还差" not in text(office, url)
    assert "请按一种销号方式的按钮" in office.post(url, {"kind": "NO_SUCH_KIND"}).content.decode()
    assert office.post(url, {"kind": "STABLE_RETURN", "note": "稳定"}).status_code == 302
    assert "等复核" in text(office, url)


def test_a_teacher_sees_who_may_close_a_case(absent: School, teacher: Client) -> None:
    page = text(teacher, f"/case/{Case.objects.get().number}/close/")
    assert "销号由校长、分管副校长、教导处或县教育局办理" in page


def test_a_duty_to_plan_leads_to_the_plan(absent: School) -> None:
    case = Case.objects.get(child=absent.pupils[0])
    owed = Obligation(child=absent.pupils[0], act=Act.PLAN, who=Post.PRINCIPAL)
    assert form_address(owed) == reverse("web:case_plan", args=(case.number,))
