"""Leave pauses what absence would open; ending it early or late is a new fact."""

from __future__ import annotations

import pytest
from builders_db import School, a_school, at, day

from notoneless.core.terms import AbsenceReason
from notoneless.records.models import LeaveGranted
from notoneless.services import roll_calls
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db


def grant(
    school: School, from_day: str = "2025-09-08", until: str = "2025-09-10", moment: str = "2025-09-08 07:00"
) -> LeaveGranted:
    return roll_calls.grant_leave(
        by=school.teacher,
        child=school.pupils[0],
        from_day=day(from_day),
        until=day(until),
        reason=AbsenceReason.SICK,
        granted_at=at(moment),
        at=at(moment),
    )


def live(school: School) -> list[str]:
    return [each for each in school.states(0) if not each.endswith("WITHDRAWN")]


def test_a_day_covered_by_leave_is_no_absence() -> None:
    school = a_school()
    grant(school)
    school.roll_call("A")
    assert not any(each.startswith("REPORT") for each in live(school))


def test_leave_granted_afterwards_withdraws_what_the_absence_had_opened() -> None:
    school = a_school()
    school.roll_call("A")
    before = {o.key for o in school.owed(0)}
    grant(school, moment="2025-09-08 10:00")
    gone = {o.key: o.withdrawn_why for o in school.owed(0) if o.state == "WITHDRAWN"}
    assert gone == dict.fromkeys(before, "9月8日起已准假")


def test_ending_leave_early_points_back_and_makes_the_next_absence_count() -> None:
    school = a_school()
    first = grant(school, until="2025-09-12")
    school.roll_call("A")
    ended = roll_calls.end_leave(
        by=school.teacher, leave=first, until=day("2025-09-09"), at=at("2025-09-08 18:00")
    )
    school.roll_call("A", "2025-09-09 08:05")
    assert ended.supersedes == first
    assert live(school) != []


def test_leave_is_changed_from_its_latest_state_only() -> None:
    school = a_school()
    first = grant(school)
    roll_calls.end_leave(by=school.teacher, leave=first, until=day("2025-09-09"), at=at("2025-09-08 18:00"))
    with pytest.raises(Refusal) as caught:
        roll_calls.end_leave(
            by=school.teacher, leave=first, until=day("2025-09-11"), at=at("2025-09-08 18:01")
        )
    assert caught.value.code == "LEAVE_CHANGED"


@pytest.mark.parametrize("until", ["2025-09-08", "2025-09-01", "2026-09-30"])
def test_a_span_that_is_none_is_refused(until: str) -> None:
    with pytest.raises(Refusal) as caught:
        grant(a_school(), until=until)
    assert caught.value.code == "BAD_SPAN"


def test_leave_is_granted_for_a_reason_of_leave() -> None:
    school = a_school()
    with pytest.raises(Refusal) as caught:
        roll_calls.grant_leave(
            by=school.teacher,
            child=school.pupils[0],
            from_day=day("2025-09-08"),
            until=day("2025-09-09"),
            reason=AbsenceReason.UNEXCUSED,
            granted_at=at("2025-09-08 07:00"),
            at=at("2025-09-08 07:00"),
        )
    assert caught.value.code == "NO_REASON_FOR_LEAVE"


def test_another_schools_office_may_not_grant_leave() -> None:
    school, other = a_school(), a_school(name="云海完小")
    school.teacher = other.office
    with pytest.raises(Refusal) as caught:
        grant(school)
    assert caught.value.code == "MAY_NOT_GRANT_LEAVE"
