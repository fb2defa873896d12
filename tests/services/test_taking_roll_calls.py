"""Taking a roll call: what is kept, what follows, what is refused."""

from __future__ import annotations

import pytest
from builders_db import a_class, a_person, a_pupil, a_school, at, day

from notoneless.core.terms import Post, Stage
from notoneless.records.models import AttendanceMark, Case, JournalEntry, Obligation, RollCall
from notoneless.services import roll_calls, taking
from notoneless.services.receipts import roll_call_of
from notoneless.services.refusals import Refusal
from notoneless.services.roll_calls import MarkGiven

pytestmark = pytest.mark.django_db


def test_only_those_who_were_not_simply_there_are_kept() -> None:
    school = a_school(pupils=4)
    school.roll_call("A.T")
    kept = {(m.child_id, str(m.status)) for m in AttendanceMark.objects.all()}
    assert kept == {(school.pupils[0].pk, "ABSENT"), (school.pupils[2].pk, "LATE")}


def test_the_receipt_counts_the_class() -> None:
    receipt = a_school(pupils=4).roll_call("ALT")
    assert (receipt.expected, receipt.present, receipt.absent, receipt.leave, receipt.late) == (4, 2, 1, 1, 1)
    assert receipt.opened == 2
    assert roll_call_of(receipt.token) == receipt.roll_call


def test_an_absence_opens_its_obligation_and_the_childs_case() -> None:
    school = a_school()
    school.roll_call("A")
    report, visit = school.owed(0)
    assert (report.act, report.who, report.due_at) == ("REPORT", "ROLL_CALL_TAKER", at("2025-09-08 09:05"))
    assert (visit.act, visit.due_at) == ("HOME_VISIT", at("2025-09-08 23:59"))
    case = Case.objects.get()
    assert (case.number, case.stage) == ("示范县-2025-0001", Stage.AT_RISK)


def test_the_journal_tells_the_roll_call_and_what_it_opened() -> None:
    school = a_school()
    receipt = school.roll_call("A")
    entry = JournalEntry.objects.get()
    assert entry.body["roll_call"] == str(receipt.roll_call)
    assert entry.body["opened"] == [str(o.key) for o in school.owed()]


def test_the_same_key_twice_gives_the_first_receipt_and_writes_nothing() -> None:
    school = a_school()
    first = school.roll_call("A", key="phone-1")
    again = school.roll_call("A", key="phone-1", recorded="2025-09-08 11:00")
    assert again == first
    assert (RollCall.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_another_account_of_the_session_is_kept_but_does_not_speak() -> None:
    school = a_school()
    school.roll_call("")
    other = school.roll_call("A", "2025-09-08 08:10", by=school.office)
    assert other.competing
    assert school.owed(0) == []
    assert RollCall.objects.filter(standing=True).count() == 1


def test_a_child_who_is_there_again_is_back() -> None:
    school = a_school()
    school.calls("09-08 A", "09-09")
    assert Case.objects.get().stage == Stage.BACK


def test_a_second_day_opens_the_next_obligations_and_keeps_the_case() -> None:
    school = a_school()
    school.calls("09-08 A", "09-09 A")
    assert len(school.owed(0)) > 1
    assert Case.objects.count() == 1


def test_a_roll_call_not_taken_is_no_presence() -> None:
    school = a_school(pack="seeds/xxx-township")
    school.calls("09-08 A", "09-10 A")
    bridged = len(school.owed(0))
    school.roll_call("", "2025-09-09 08:05", recorded="2025-09-10 12:00")
    assert len([o for o in school.owed(0) if o.state != "WITHDRAWN"]) <= bridged


def refused(school: object, *args: object, **more: object) -> str:
    with pytest.raises(Refusal) as caught:
        school.roll_call(*args, **more)  # type: ignore[attr-defined]
    assert RollCall.objects.count() == 0
    return caught.value.code


def test_a_session_that_has_not_begun_is_refused() -> None:
    assert refused(a_school(), "", "2025-09-08 07:59") == "NOT_BEGUN"


def test_a_day_without_school_is_refused_with_the_reason() -> None:
    school = a_school()
    with pytest.raises(Refusal, match="国庆") as caught:
        school.roll_call("", "2025-10-01 08:05")
    assert caught.value.code == "NO_SCHOOL"


def test_a_session_the_calendar_lacks_is_refused() -> None:
    assert refused(a_school(), session="L9") == "NO_SUCH_SESSION"


def test_a_moment_after_now_is_refused() -> None:
    assert refused(a_school(), "", "2025-09-08 08:10", recorded="2025-09-08 08:05") == "TAKEN_IN_FUTURE"


def test_a_child_of_another_class_is_refused_by_name() -> None:
    school = a_school()
    stranger = a_pupil("石小一", a_class(school.place, "四年级1班"))
    with pytest.raises(Refusal, match="石小一") as caught:
        take(school, [MarkGiven(stranger.pk, taking.ABSENT)])
    assert caught.value.code == "NOT_IN_CLASS"


def test_a_child_of_another_school_is_refused_without_its_name() -> None:
    school = a_school()
    stranger = a_school(name="云海完小").pupils[0]
    with pytest.raises(Refusal) as caught:
        take(school, [MarkGiven(stranger.pk, taking.ABSENT)])
    assert stranger.name not in caught.value.zh


def test_a_child_marked_twice_is_refused() -> None:
    school = a_school()
    with pytest.raises(Refusal) as caught:
        take(school, school.marks("A") * 2)
    assert caught.value.code == "MARKED_TWICE"


def test_a_teacher_of_another_class_is_refused() -> None:
    school = a_school()
    other = a_person("石老师", Post.CLASS_TEACHER, a_class(school.place, "四年级1班"))
    assert refused(school, by=other) == "NOT_YOUR_CLASS"


def test_a_post_that_ended_no_longer_counts() -> None:
    school = a_school()
    school.teacher.posts_held.update(held_until=day("2025-09-08"))
    assert refused(school) == "NOT_YOUR_CLASS"


def test_an_old_cookie_is_refused_after_signing_out_everywhere() -> None:
    school = a_school()
    school.teacher.session_version = 2
    school.teacher.save()
    with pytest.raises(Refusal) as caught:
        take(school, [], session_version=1)
    assert caught.value.code == "SIGNED_OUT"


def test_somebody_elses_key_is_refused() -> None:
    school = a_school()
    school.roll_call("", key="mine")
    with pytest.raises(Refusal) as caught:
        school.roll_call("", key="mine", by=school.office)
    assert caught.value.code == "KEY_USED"


def take(school: object, marks: list[MarkGiven], session_version: int | None = None) -> object:
    return roll_calls.take(
        by=school.teacher,  # type: ignore[attr-defined]
        class_group=school.class_group,  # type: ignore[attr-defined]
        day=day("2025-09-08"),
        session="MORNING",
        marks=marks,
        taken_at=at("2025-09-08 08:05"),
        at=at("2025-09-08 08:05"),
        key="one",
        session_version=session_version,
    )


def test_case_numbers_run_on_within_a_county_and_year() -> None:
    first, second = a_school(), a_school(name="云海完小")
    first.roll_call("AA")
    second.roll_call("A")
    assert sorted(Case.objects.values_list("number", flat=True)) == [
        "示范县-2025-0001",
        "示范县-2025-0002",
        "示范县-2025-0003",
    ]


def test_an_obligation_says_its_clause_and_the_facts_behind_it() -> None:
    school = a_school()
    school.roll_call("A")
    owed = Obligation.objects.get(act="REPORT")
    assert owed.clause == ["C072"]
    assert "旷课" in owed.facts[0][1]
