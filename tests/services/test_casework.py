"""Acts meet obligations; a case is closed only when its evidence is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders_db import School, a_person, a_school, at

from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    CloseOutKind,
    EventKind,
    Evidence,
    Post,
    Stage,
)
from notoneless.records.models import (
    ActRecord,
    Case,
    CaseChange,
    EventRecord,
    JournalEntry,
    LeaveGranted,
    Obligation,
)
from notoneless.services import casework, roll_calls
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db


def absent() -> School:
    school = a_school()
    school.roll_call("A")
    return school


def owed(act: str) -> Obligation:
    return Obligation.objects.get(act=act)


def test_a_report_to_whom_it_is_owed_meets_the_obligation() -> None:
    school = absent()
    record = casework.record_act(
        by=school.teacher,
        child=school.pupils[0],
        act=Act.REPORT,
        to=Post.SCHOOL_OFFICE,
        happened_at=at("2025-09-08 08:30"),
        at=at("2025-09-08 08:31"),
    )
    report = owed("REPORT")
    assert (report.state, report.met_by, report.late) == ("MET", str(record.pk), False)


def test_met_after_its_moment_is_met_and_late() -> None:
    school = absent()
    moment = at("2025-09-08 09:06")
    casework.fulfil(by=school.teacher, obligation=owed("REPORT"), happened_at=moment, at=moment)
    assert (owed("REPORT").state, owed("REPORT").late) == ("MET", True)


def test_an_act_before_the_obligation_arose_does_not_meet_it() -> None:
    school = absent()
    casework.fulfil(
        by=school.teacher,
        obligation=owed("REPORT"),
        happened_at=at("2025-09-08 07:00"),
        at=at("2025-09-08 08:30"),
    )
    assert owed("REPORT").state == "OPEN"


def test_a_visit_with_a_note_carries_its_record_as_evidence() -> None:
    school = absent()
    moment = at("2025-09-08 19:00")
    visit = casework.record_visit(
        by=school.teacher, child=school.pupils[0], happened_at=moment, at=moment, note="奶奶在家，孩子发烧"
    )
    assert visit.evidence == [Evidence.VISIT_RECORD]
    bare = casework.record_visit(by=school.teacher, child=school.pupils[0], happened_at=moment, at=moment)
    assert bare.evidence == []


def test_a_contact_keeps_when_to_ask_again() -> None:
    school = absent()
    moment = at("2025-09-08 08:30")
    contact = casework.record_contact(
        by=school.teacher,
        child=school.pupils[0],
        happened_at=moment,
        at=moment,
        outcome=ActOutcome.PROMISED_RETURN,
        next_contact_on=at("2025-09-09 00:00").date(),
    )
    assert (contact.act, contact.outcome, contact.by_post) == (
        Act.CONTACT_GUARDIAN,
        ActOutcome.PROMISED_RETURN,
        Post.CLASS_TEACHER,
    )


def test_the_same_key_twice_is_one_record() -> None:
    school = absent()
    moment = at("2025-09-08 08:30")
    first, again = (
        casework.record_contact(
            by=school.teacher, child=school.pupils[0], happened_at=moment, at=moment, key="k"
        )
        for _ in range(2)
    )
    assert first == again
    assert ActRecord.objects.count() == 1


def test_an_act_from_the_future_is_refused() -> None:
    school = absent()
    with pytest.raises(Refusal) as caught:
        casework.record_contact(
            by=school.teacher,
            child=school.pupils[0],
            happened_at=at("2025-09-08 08:32"),
            at=at("2025-09-08 08:31"),
        )
    assert caught.value.code == "IN_FUTURE"


def test_a_post_that_is_not_held_is_refused() -> None:
    school = absent()
    moment = at("2025-09-08 08:30")
    with pytest.raises(Refusal) as caught:
        casework.record_contact(
            by=school.teacher, child=school.pupils[0], happened_at=moment, at=moment, by_post=Post.PRINCIPAL
        )
    assert caught.value.code == "POST_NOT_HELD"


def test_a_stranger_may_not_record() -> None:
    school = absent()
    moment = at("2025-09-08 08:30")
    stranger = a_person("石老师", Post.PRINCIPAL, a_school(name="云海完小").place)
    with pytest.raises(Refusal) as caught:
        casework.record_contact(by=stranger, child=school.pupils[0], happened_at=moment, at=moment)
    assert caught.value.code == "NOT_YOUR_CHILD"


def test_an_event_is_kept_and_the_child_assessed() -> None:
    school = a_school()
    moment = at("2025-09-08 08:30")
    event = casework.record_event(
        by=school.teacher,
        child=school.pupils[0],
        kind=EventKind.ASKED_TO_LEAVE,
        happened_at=moment,
        at=moment,
    )
    assert EventRecord.objects.get() == event
    assert JournalEntry.objects.get().body["kind"] == "ASKED_TO_LEAVE"


# Close-out.

DAYS = ["09-09", "09-10", "09-11", "09-12", "09-15"]  # the five school days after Monday 8 September


def returned(days: int) -> School:
    school = absent()
    school.calls(*DAYS[:days])
    return school


def close(school: School, moment: str, **more: object) -> Case:
    case = Case.objects.get(child=school.pupils[0])
    return casework.close_out(by=school.principal, case=case, at=at(moment), **more)  # type: ignore[arg-type]


def missing(school: School, moment: str) -> str:
    case = Case.objects.get(child=school.pupils[0])
    refusal = casework.may_close_out(school.principal, case, at=at(moment))
    return refusal.zh if refusal else ""


def test_the_greyed_button_says_how_many_days_are_missing() -> None:
    assert missing(returned(3), "2025-09-11 10:00").startswith("还差 2 个上课日到校")


def test_five_days_present_in_a_row_close_the_case() -> None:
    school = returned(5)
    case = close(school, "2025-09-15 10:00")
    assert (case.stage, case.closed_at) == (Stage.CLOSED, at("2025-09-15 10:00"))
    assert ActRecord.objects.get().evidence == ["ATTENDANCE"]
    assert [str(c.stage) for c in CaseChange.objects.order_by("pk")] == ["AT_RISK", "BACK", "HELD", "CLOSED"]


def test_a_day_without_a_roll_call_does_not_count_as_present() -> None:
    school = absent()
    school.calls("09-09", "09-10", "09-12", "09-15")
    assert missing(school, "2025-09-15 10:00").startswith("还差 1 个上课日到校")


def test_a_day_whose_roll_call_is_not_yet_taken_does_not_count() -> None:
    assert missing(returned(4), "2025-09-15 08:01").startswith("还差 1 个上课日到校")


def test_another_absence_begins_the_count_anew() -> None:
    school = returned(4)
    school.calls("09-15 A", "09-16")
    assert missing(school, "2025-09-16 10:00").startswith("还差 4 个上课日到校")


def test_an_unstable_return_is_refused_and_nothing_is_written() -> None:
    school = returned(4)
    with pytest.raises(Refusal) as caught:
        close(school, "2025-09-12 10:00")
    assert caught.value.code == "NOT_STABLE"
    assert ActRecord.objects.count() == 0


def test_a_kind_the_policy_does_not_know_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        close(returned(5), "2025-09-15 10:00", kind=CloseOutKind.DATA_ERROR)
    assert caught.value.code == "NO_SUCH_CLOSING"


def test_a_class_teacher_does_not_close_out() -> None:
    school = returned(5)
    school.principal = school.teacher
    with pytest.raises(Refusal) as caught:
        close(school, "2025-09-15 10:00")
    assert caught.value.code == "MAY_NOT_CLOSE_OUT"


def test_a_closed_case_is_not_closed_again() -> None:
    school = returned(5)
    close(school, "2025-09-15 10:00")
    with pytest.raises(Refusal) as caught:
        close(school, "2025-09-15 10:01")
    assert caught.value.code == "ALREADY_CLOSED"


def test_the_number_survives_reopening() -> None:
    school = returned(5)
    before = close(school, "2025-09-15 10:00")
    school.calls("09-16 A")
    after = Case.objects.get(child=school.pupils[0])
    assert (after.number, after.stage, after.times_reopened, after.closed_at) == (
        before.number,
        Stage.AT_RISK,
        1,
        None,
    )


def test_an_event_or_leave_sent_twice_is_one() -> None:
    school = a_school()
    child, moment = school.pupils[0], at("2025-09-08 09:00")
    given = {"by": school.teacher, "child": child, "happened_at": moment, "at": moment, "key": "form-1"}
    first = casework.record_event(kind=EventKind.WEARY_OF_SCHOOL, **given)
    assert casework.record_event(kind=EventKind.WEARY_OF_SCHOOL, **given) == first
    with pytest.raises(Refusal) as refused:
        casework.record_event(kind=EventKind.MISCONDUCT, **given)
    assert refused.value.code == "KEY_USED"
    span = {"from_day": moment.date(), "until": moment.date() + timedelta(days=1)}
    asked = {
        **span,
        "by": school.teacher,
        "child": child,
        "granted_at": moment,
        "at": moment,
        "key": "form-2",
    }
    leave = roll_calls.grant_leave(reason=AbsenceReason.SICK, **asked)
    assert roll_calls.grant_leave(reason=AbsenceReason.SICK, **asked) == leave
    assert LeaveGranted.objects.count() == 1
