"""Acts meet obligations; a case is closed only when its evidence is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders_db import School, a_person, a_school, at

from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    EventKind,
    Evidence,
    Post,
)
from notoneless.records.models import (
    ActRecord,
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
