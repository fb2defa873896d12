"""Correcting by adding: what was said stays, what follows from it is withdrawn in the open."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.terms import AbsenceReason, AttendanceStatus, Post, Stage
from notoneless.records.models import AttendanceMark, Case, CaseChange, JournalEntry, Obligation, RollCall
from notoneless.services import roll_calls
from notoneless.services.queries import conflicts
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
MONDAY = day("2025-09-08")


def correct(
    school: School, status: str, moment: str = "2025-09-08 09:30", pupil: int = 0, **more: object
) -> AttendanceMark:
    given = {"by": school.teacher, "session": "MORNING", "day": MONDAY, "happened_at": at(moment)} | more
    return roll_calls.correct(
        child=school.pupils[pupil],
        status=AttendanceStatus(status),  # type: ignore[call-arg]
        at=at("2025-09-08 10:00"),
        **given,  # type: ignore[arg-type]
    )


def test_a_late_arrival_withdraws_what_the_absence_had_opened_and_says_why() -> None:
    school = a_school()
    school.roll_call("A")
    mark = correct(school, "LATE")
    assert {(o.state, o.withdrawn_why) for o in school.owed(0)} == {("WITHDRAWN", "更正：9月8日晨检改为迟到")}
    assert mark.supersedes is not None
    assert AttendanceMark.objects.count() == 2


def test_the_case_falls_back_and_keeps_its_number() -> None:
    school = a_school()
    school.roll_call("A")
    correct(school, "PRESENT")
    case = Case.objects.get()
    assert (case.number, case.stage) == ("示范县-2025-0001", Stage.ATTENDING)
    assert [str(c.stage) for c in CaseChange.objects.order_by("pk")] == ["AT_RISK", "ATTENDING"]


def test_facts_that_come_again_open_the_same_obligation_again() -> None:
    school = a_school()
    school.roll_call("A")
    keys = {o.key for o in school.owed(0)}
    correct(school, "PRESENT")
    roll_calls.correct(
        by=school.teacher,
        child=school.pupils[0],
        day=MONDAY,
        session="MORNING",
        status=AttendanceStatus.ABSENT,
        happened_at=at("2025-09-08 08:05"),
        at=at("2025-09-08 10:30"),
    )
    assert {o.key for o in school.owed(0)} == keys
    assert {o.state for o in school.owed(0)} <= {"OPEN", "OVERDUE"}
    assert Case.objects.get().number == "示范县-2025-0001"


def test_what_was_done_stays_done() -> None:
    from notoneless.services import casework

    school = a_school()
    school.roll_call("A")
    report = Obligation.objects.get(act="REPORT")
    casework.fulfil(
        by=school.teacher, obligation=report, happened_at=at("2025-09-08 08:30"), at=at("2025-09-08 08:30")
    )
    correct(school, "PRESENT")
    assert set(school.states(0)) == {"REPORT MET", "HOME_VISIT WITHDRAWN"}


def test_a_child_taken_for_present_can_be_marked_absent_afterwards() -> None:
    school = a_school()
    school.roll_call("")
    mark = correct(school, "ABSENT", "2025-09-08 08:05", reason=AbsenceReason.UNEXCUSED)
    assert mark.supersedes is None
    assert "REPORT OVERDUE" in school.states(0)


def test_saying_what_is_already_so_is_refused() -> None:
    school = a_school()
    school.roll_call("A")
    for status, pupil in (("ABSENT", 0), ("PRESENT", 1)):
        with pytest.raises(Refusal) as caught:
            correct(school, status, pupil=pupil, reason=AbsenceReason.UNEXCUSED)
        assert caught.value.code == "ALREADY_SO"


def test_a_correction_from_the_future_is_refused() -> None:
    school = a_school()
    school.roll_call("A")
    with pytest.raises(Refusal) as caught:
        correct(school, "LATE", "2025-09-08 10:01")
    assert caught.value.code == "IN_FUTURE"


def test_a_subject_teacher_may_not_correct() -> None:
    school = a_school()
    school.roll_call("A")
    with pytest.raises(Refusal) as caught:
        correct(school, "LATE", by=a_person("丁老师", Post.SUBJECT_TEACHER, school.class_group))
    assert caught.value.code == "MAY_NOT_CORRECT"


def test_the_journal_points_from_the_new_mark_to_the_old() -> None:
    school = a_school()
    school.roll_call("A")
    mark = correct(school, "LATE")
    entry = JournalEntry.objects.get(act="CORRECT_MARK")
    assert entry.body["mark"] == str(mark.pk)
    assert entry.body["supersedes"] == str(mark.supersedes_id)
    assert len(entry.body["withdrawn"]) == 2


# Two accounts of one session.


def two_accounts(school: School, first: str, second: str) -> tuple[RollCall, RollCall]:
    school.roll_call(first)
    school.roll_call(second, "2025-09-08 08:10", by=school.office)
    return RollCall.objects.get(standing=True), RollCall.objects.get(standing=False)


def test_the_board_sees_whom_two_accounts_disagree_about() -> None:
    school = a_school()
    two_accounts(school, "A.", "AA")
    (found,) = conflicts([school.class_group], MONDAY)
    assert [(d.child, d.standing, d.competing) for d in found.differences] == [
        (school.pupils[1], "PRESENT", "ABSENT")
    ]


def test_choosing_the_second_account_corrects_what_the_first_said() -> None:
    school = a_school()
    first, second = two_accounts(school, "A.", ".A")
    roll_calls.settle(
        by=school.office, chosen=second, other=first, reason="看过监控", at=at("2025-09-08 08:40")
    )
    assert {o.state for o in school.owed(0)} == {"WITHDRAWN"}
    assert school.states(1) == ["REPORT OPEN", "HOME_VISIT OPEN"]
    assert conflicts([school.class_group], MONDAY) == []


def test_choosing_the_first_account_changes_no_mark() -> None:
    school = a_school()
    first, second = two_accounts(school, "A.", ".A")
    roll_calls.settle(
        by=school.office, chosen=first, other=second, reason="看过监控", at=at("2025-09-08 08:40")
    )
    assert school.states(1) == []
    assert conflicts([school.class_group], MONDAY) == []


def test_accounts_are_settled_once_and_not_by_a_teacher() -> None:
    school = a_school()
    first, second = two_accounts(school, "A.", ".A")
    moment = at("2025-09-08 08:40")
    with pytest.raises(Refusal) as caught:
        roll_calls.settle(by=school.teacher, chosen=first, other=second, reason="", at=moment)
    assert caught.value.code == "MAY_NOT_SETTLE"
    roll_calls.settle(by=school.office, chosen=first, other=second, reason="", at=moment)
    with pytest.raises(Refusal) as caught:
        roll_calls.settle(by=school.office, chosen=second, other=first, reason="", at=moment)
    assert caught.value.code == "NOTHING_TO_SETTLE"
