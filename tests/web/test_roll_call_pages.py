"""The roll call as a form: what it shows, what it refuses, what it never loses."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from builders_db import School, a_class, a_person, a_pupil, a_school, at
from conftest import Clock, signed_in
from django.db import connection
from django.test import Client

from notoneless.core.terms import AbsenceReason, Post
from notoneless.records.models import AttendanceMark, ClosureDeclared, RollCall, RollCallSettled
from notoneless.services import roll_calls

DAY = "2025-09-08"


def address(school: School, day: str = DAY, session: str = "MORNING") -> str:
    return f"/roll-call/{school.class_group.pk}/{day}/{session}/"


def sheet(school: School, letters: str = "", *, rest: bool = True, key: str = "k1") -> dict[str, str]:
    """The form as filled in: a letter a pupil, "." for one that was not touched."""
    codes = {"A": "ABSENT", "L": "LEAVE", "T": "LATE", "P": "PRESENT", "U": "UNRECORDED"}
    fields = {"key": key} | ({"rest_present": "1"} if rest else {})
    for child, letter in zip(school.pupils, letters, strict=False):
        if letter != ".":
            fields[f"status-{child.pk}"] = codes[letter]
            fields[f"reason-{child.pk}"] = {"A": "UNKNOWN", "L": "SICK"}.get(letter, "")
    return fields


def said(client: Client, school: School, letters: str = "", **more: object) -> str:
    """The page that answers a sheet which is refused."""
    answer = client.post(address(school), sheet(school, letters, **more))  # type: ignore[arg-type]
    assert answer.status_code == 422
    return answer.content.decode()


def test_nobody_is_marked_before_somebody_marks(school: School, teacher: Client) -> None:
    page = teacher.get(address(school)).content.decode()
    assert all(child.name in page for child in school.pupils)
    assert "checked" not in page


def test_leave_that_covers_the_day_is_already_filled_in(school: School, teacher: Client) -> None:
    roll_calls.grant_leave(
        by=school.teacher,
        child=school.pupils[0],
        from_day=date(2025, 9, 8),
        until=date(2025, 9, 10),
        reason=AbsenceReason.SICK,
        granted_at=at("2025-09-08 07:50"),
        at=at("2025-09-08 07:50"),
    )
    page = teacher.get(address(school)).content.decode()
    assert "请假中（病假）" in page
    assert f'name="status-{school.pupils[0].pk}" value="LEAVE" checked' in page
    assert page.count(" checked") == 1


def test_a_sheet_becomes_a_roll_call_and_a_receipt(school: School, teacher: Client) -> None:
    answer = teacher.post(address(school), sheet(school, "A.T"))
    receipt = teacher.get(answer.headers["Location"]).content.decode()
    assert "已收到" in receipt
    assert "报告教导处" in receipt
    call = RollCall.objects.get()
    assert (call.expected, call.absent, call.late) == (4, 1, 1)


def test_silence_is_not_presence(school: School, teacher: Client) -> None:
    page = said(teacher, school, "A.P.", rest=False)
    assert "还有 2 名学生没有记录" in page
    assert 'value="ABSENT" checked' in page  # what was filled in stays
    assert not RollCall.objects.exists()


def test_everybody_marked_one_by_one_needs_no_rest(school: School, teacher: Client) -> None:
    assert teacher.post(address(school), sheet(school, "APUL", rest=False)).status_code == 302
    assert AttendanceMark.objects.count() == 3


def test_the_same_sheet_twice_is_one_roll_call_with_one_receipt(school: School, teacher: Client) -> None:
    first = teacher.post(address(school), sheet(school, "A"))
    second = teacher.post(address(school), sheet(school, "A"))
    assert first.headers["Location"] == second.headers["Location"]
    assert RollCall.objects.count() == 1
    assert AttendanceMark.objects.count() == 1


def test_a_second_teachers_account_is_kept_and_the_office_settles(
    school: School, teacher: Client, office: Client
) -> None:
    colleague = signed_in(a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group))
    teacher.post(address(school), sheet(school, "A"))
    answer = colleague.post(address(school), sheet(school, ".A", key="k2"))
    receipt = colleague.get(answer.headers["Location"]).content.decode()
    assert "白老师 已在 08:05 点过这一节" in receipt
    assert "两份都保留" in teacher.get(address(school)).content.decode()
    standing, other = RollCall.objects.order_by("-standing")
    board = office.get("/board/").content.decode()
    settle = f"/roll-call/{standing.pk}/{other.pk}/"
    assert settle in board
    assert "以 黎老师 的为准" in office.get(settle).content.decode()
    assert office.post(settle, {"chosen": str(other.pk), "reason": "看了教室"}).status_code == 302
    assert RollCallSettled.objects.get().chosen == other
    assert settle not in office.get("/board/").content.decode()
    now = teacher.get(address(school)).content.decode()
    assert now.index(school.pupils[1].name) < now.index("其余到校的学生")


def test_a_teacher_sees_that_the_office_settles(school: School, teacher: Client) -> None:
    colleague = signed_in(a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group))
    teacher.post(address(school), sheet(school))
    colleague.post(address(school), sheet(school, "A", key="k2"))
    standing, other = RollCall.objects.order_by("-standing")
    settle = f"/roll-call/{standing.pk}/{other.pk}/"
    assert "由学校教导处核实后选定一份" in teacher.get(settle).content.decode()
    assert teacher.post(settle, {"chosen": str(other.pk)}).status_code == 422
    assert not RollCallSettled.objects.exists()


def test_once_called_the_page_shows_it_and_offers_to_correct(school: School, teacher: Client) -> None:
    teacher.post(address(school), sheet(school, "A"))
    page = teacher.get(address(school)).content.decode()
    assert f"/child/{school.pupils[0].pk}/correct/{DAY}/MORNING/" in page
    assert "其余全到" not in page
    again = teacher.get(address(school) + "?again").content.decode()
    assert "已在 08:05 点过名" in again
    assert "其余全到" in again


def test_somebody_elses_class_is_not_there(school: School, teacher: Client) -> None:
    other = a_class(school.place, "三年级1班")
    a_pupil("外班", other)
    url = f"/roll-call/{other.pk}/{DAY}/MORNING/"
    assert teacher.get(url).status_code == 404
    assert teacher.post(url, sheet(school)).status_code == 404
    assert teacher.get(f"/roll-call/987654/{DAY}/MORNING/").status_code == 404
    assert teacher.post(f"/roll-call/987654/{DAY}/MORNING/", sheet(school)).status_code == 404


def test_a_receipt_of_somebody_elses_class_is_not_there(school: School, teacher: Client) -> None:
    token = teacher.post(address(school), sheet(school)).headers["Location"]
    elsewhere = a_school(name="石门完小", county="另一个县")
    assert signed_in(elsewhere.teacher).get(token).status_code == 404
    assert teacher.get("/receipt/forged:signature/").status_code == 404


@pytest.mark.parametrize("path", ["2025-02-30/MORNING", "2025-09-08/L99", "yesterday/MORNING"])
def test_a_day_or_session_that_does_not_exist_is_not_there(
    school: School, teacher: Client, path: str
) -> None:
    assert teacher.get(f"/roll-call/{school.class_group.pk}/{path}/").status_code == 404


@pytest.mark.parametrize(
    ("day", "sentence"), [("2025-09-07", "周末"), ("2025-09-09", "08:00 才开始"), ("2025-10-01", "才开始")]
)
def test_a_day_that_cannot_be_called_says_why(
    school: School, teacher: Client, day: str, sentence: str
) -> None:
    assert sentence in teacher.get(address(school, day)).content.decode()
    sent = teacher.post(address(school, day), sheet(school, "A"))
    assert sent.status_code == 422
    assert 'id="problem"' in sent.content.decode()
    assert not RollCall.objects.exists()


def test_a_closed_day_is_named_on_every_page(school: School, teacher: Client, office: Client) -> None:
    ClosureDeclared.objects.create(
        place=school.place,
        from_day=date(2025, 9, 8),
        until=date(2025, 9, 9),
        reason="台风",
        declared_at=at("2025-09-08 06:00"),
        by=school.office,
    )
    for client, url in ((teacher, address(school)), (teacher, "/"), (office, "/board/")):
        assert "台风" in client.get(url).content.decode()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"key": ""},
        {"key": "k" * 81},
        {"status-nobody": "ABSENT"},
        {f"status-{uuid4()}": "GONE"},
        {f"status-{uuid4()}": "ABSENT"},  # a child of another class, or of none
        {"taken_at": "soon"},
        {"taken_at": "2025-09-08T08:05"},  # without a zone nobody knows when that was
        {"taken_at": "2025-09-08T09:05:00+08:00"},
        {f"status-{uuid4()}": "ABSENT" for _ in range(201)},
    ],
)
def test_a_spoilt_sheet_is_answered_with_a_sentence_and_keeps_nothing(
    school: School, teacher: Client, spoilt: dict[str, str]
) -> None:
    answer = teacher.post(address(school), sheet(school, "A") | spoilt)
    assert answer.status_code == 422
    assert 'id="problem"' in answer.content.decode()
    assert f'name="status-{school.pupils[0].pk}" value="ABSENT" checked' in answer.content.decode()
    assert not RollCall.objects.exists()


def test_the_time_of_the_phone_is_kept_to_the_minute(school: School, teacher: Client, clock: Clock) -> None:
    clock("2025-09-08 08:12")
    teacher.post(address(school), sheet(school) | {"taken_at": "2025-09-08T00:06:41.503Z"})
    assert RollCall.objects.get().taken_at == at("2025-09-08 08:06")


def test_a_roll_call_reads_once_and_nothing_before_it(school: School, teacher: Client) -> None:
    teacher.get(address(school))  # what hardly ever changes is now in memory
    made: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        made.append(sql.strip())
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert teacher.post(address(school), sheet(school, "A.L")).status_code == 302
    work = [sql for sql in made if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))]
    assert work[0].startswith("WITH pupils"), "the person is signed in by the same reading"
    assert not [sql for sql in work if sql.startswith("SELECT")]
    assert connection.vendor != "postgresql" or len(work) == 2
