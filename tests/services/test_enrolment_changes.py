"""学籍异动: each step by whose turn it is; a child is never between two schools, and nothing wears off."""

from __future__ import annotations

from typing import Any

import pytest
from builders_db import a_class, a_person, a_pupil, a_school, at, day

from notoneless.core.enrolment import RULES
from notoneless.core.terms import Act, ActOutcome, ChangeKind, ChangeStep, EventKind, Paper, Post, Stage
from notoneless.records.models import (
    Child,
    Enrolment,
    EnrolmentChange,
    JournalEntry,
    Obligation,
    OnRoll,
    Place,
)
from notoneless.records.scopes import during
from notoneless.services import casework, due
from notoneless.services.change_standing import last_step, may_take_step
from notoneless.services.enrolment_changes import ask_change, refuse_change, take_step, withdraw_change
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
MON = "2025-09-08 10:00"


class Two:
    """Two schools of one county, each with an enrolment officer; Zhao's roll is the first one's."""

    def __init__(self) -> None:
        self.old = a_school(2)
        self.new = a_school(1, name="石桥完小", pack="")
        self.sender = a_person("学籍员甲", Post.ENROLMENT_OFFICER, self.old.place)
        self.receiver = a_person("学籍员乙", Post.ENROLMENT_OFFICER, self.new.place)
        self.child = self.old.pupils[0]
        OnRoll.objects.create(child=self.child, school=self.old.place, from_day=day("09-01"))

    def ask(
        self, kind: ChangeKind = ChangeKind.TRANSFER_OUT, moment: str = MON, **more: Any
    ) -> EnrolmentChange:
        given: dict[str, Any] = {"by": self.sender, "child": self.child, "from_day": day(moment[:10])}
        if RULES[kind].between_schools and "elsewhere" not in more:
            given["receiver"] = self.new.place
        given["papers"] = RULES[kind].papers
        return ask_change(kind=kind, at=at(moment), **{**given, **more})

    def owes(self) -> list[tuple[str, str, str]]:
        """(act, school, state) of what the transfer makes owed."""
        rows = Obligation.objects.filter(pack_id="national/2025-1").order_by("arose_at")
        return [(o.act.value, o.place.name, o.state.value) for o in rows.select_related("place")]


@pytest.fixture
def two(db: None) -> Two:
    return Two()


def roll(child: Child, on: str) -> Place | None:
    row = OnRoll.objects.filter(during(day(on)), child=child).first()
    return row.school if row else None


def classroom(child: Child, on: str) -> Place | None:
    row = Enrolment.objects.filter(during(day(on)), child=child).select_related("class_group__school").first()
    return row.class_group.school if row else None


# Transfers.


def test_a_transfer_takes_both_schools_and_then_the_child_is_the_new_ones(two: Two) -> None:
    change = two.ask()
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    take_step(by=two.receiver, change=change, at=at("2025-09-10 10:00"), class_group=two.new.class_group)
    assert last_step(change) is ChangeStep.DONE
    assert (roll(two.child, "09-10"), roll(two.child, "09-11")) == (two.old.place, two.new.place)
    assert (classroom(two.child, "09-10"), classroom(two.child, "09-11")) == (two.old.place, two.new.place)


def test_each_school_owes_its_own_turn_and_the_turns_leave_no_gap(two: Two) -> None:
    change = two.ask()
    assert two.owes() == [("ANSWER_TRANSFER", "云岭完小", "OPEN")]
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    assert two.owes() == [("ANSWER_TRANSFER", "云岭完小", "MET"), ("CONFIRM_TRANSFER", "石桥完小", "OPEN")]
    take_step(by=two.receiver, change=change, at=at("2025-09-10 10:00"), class_group=two.new.class_group)
    assert [state for _, _, state in two.owes()] == ["MET", "MET"]


def test_each_side_has_ten_working_days_under_a_clause(two: Two) -> None:
    change = two.ask()
    take_step(by=two.sender, change=change, at=at("2025-09-22 10:00"))
    first, second = Obligation.objects.filter(pack_id="national/2025-1").order_by("arose_at")
    # 28 September and 11 October are worked, 1 to 8 October is not.
    assert (first.due_at, second.due_at) == (at("2025-09-22 23:59"), at("2025-10-11 23:59"))
    assert (first.clause, second.clause, second.who) == (["N11"], ["N12"], Post.ENROLMENT_OFFICER)


@pytest.mark.parametrize("answered", [False, True])
def test_two_schools_that_both_do_nothing_cannot_be(two: Two, answered: bool) -> None:
    change = two.ask()
    if answered:
        take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    for on in ("09-30", "10-31", "11-28"):
        due.tick(now=at(f"{on} 09:00"))
        owed = Obligation.objects.filter(pack_id="national/2025-1", state="OVERDUE")
        assert [o.place for o in owed] == [two.new.place if answered else two.old.place]
        assert (roll(two.child, on), classroom(two.child, on)) == (two.old.place, two.old.place)
    assert owed[0].escalation_level == 3  # township and county have been told


def test_the_clocks_of_a_child_go_on_while_it_is_transferred(two: Two) -> None:
    two.old.calls("09-08 A")
    two.ask()
    two.old.calls("09-09 A", "09-10 A")
    live = Obligation.objects.filter(child=two.child, state__in=["OPEN", "OVERDUE"]).exclude(
        pack_id="national/2025-1"
    )
    assert {o.place for o in live} == {two.old.place}
    assert live.filter(arose_at__gt=at(MON)).exists()


def test_the_open_case_goes_with_the_child_and_is_not_begun_again(two: Two) -> None:
    two.old.calls("09-01 A", "09-02 A", "09-03 A", "09-04 A", "09-05 A", "09-08 A", "09-09 A")
    moment = at("2025-09-09 11:00")
    casework.record_visit(
        by=two.old.teacher,
        child=two.child,
        happened_at=moment,
        at=moment,
        outcome=ActOutcome.CONFIRMED_DROPOUT,
        note="家访",
    )
    number = two.child.case.number
    change = two.ask(moment="2025-09-09 12:00")
    take_step(by=two.sender, change=change, at=at("2025-09-09 13:00"))
    take_step(by=two.receiver, change=change, at=at("2025-09-09 14:00"), class_group=two.new.class_group)
    two.child.case.refresh_from_db()
    assert (two.child.case.number, two.child.case.stage) == (number, Stage.DROPOUT)


def test_only_whose_turn_it_is_may_answer(two: Two) -> None:
    change = two.ask()
    for outsider in (two.receiver, two.old.teacher, two.old.bureau):
        with pytest.raises(Refusal):
            take_step(by=outsider, change=change, at=at("2025-09-09 10:00"))
    assert may_take_step(two.sender, change, day("09-09")) is None


def test_a_school_outside_confirms_by_its_paper_and_the_old_one_sees_to_it(two: Two) -> None:
    change = two.ask(elsewhere="邻县三小")
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    assert two.owes()[-1] == ("CONFIRM_TRANSFER", "云岭完小", "OPEN")
    with pytest.raises(Refusal, match="接收学校接收证明"):
        take_step(by=two.sender, change=change, at=at("2025-09-10 10:00"))
    take_step(by=two.sender, change=change, at=at("2025-09-10 10:00"), papers=[Paper.RECEIVER_LETTER])
    row = OnRoll.objects.get(during(day("09-11")), child=two.child)
    assert (row.school, row.elsewhere, classroom(two.child, "09-11")) == (None, "邻县三小", None)


def test_a_transfer_in_is_asked_by_the_receiver_and_answered_by_the_old_school(two: Two) -> None:
    change = two.ask(ChangeKind.TRANSFER_IN, by=two.receiver)
    assert two.owes() == [("ANSWER_TRANSFER", "云岭完小", "OPEN")]
    with pytest.raises(Refusal):
        take_step(by=two.receiver, change=change, at=at("2025-09-09 10:00"))


def test_a_refused_transfer_meets_the_duty_and_moves_nobody(two: Two) -> None:
    change = two.ask()
    refuse_change(by=two.sender, change=change, at=at("2025-09-09 10:00"), note="材料不符")
    assert two.owes() == [("ANSWER_TRANSFER", "云岭完小", "MET")]
    assert classroom(two.child, "09-30") == two.old.place


def test_what_is_taken_back_is_owed_no_longer_and_says_why(two: Two) -> None:
    change = two.ask()
    withdraw_change(by=two.sender, change=change, at=at("2025-09-09 10:00"), note="家长改变主意")
    owed = Obligation.objects.get(pack_id="national/2025-1")
    assert (owed.state.value, owed.withdrawn_why) == ("WITHDRAWN", "家长改变主意")
    with pytest.raises(Refusal, match="已撤回"):
        take_step(by=two.sender, change=change, at=at("2025-09-09 11:00"))


def test_a_second_change_waits_for_the_first(two: Two) -> None:
    two.ask()
    with pytest.raises(Refusal, match="还没有办结"):
        two.ask(ChangeKind.DEATH)


def test_the_confirming_school_must_name_one_of_its_own_classes(two: Two) -> None:
    change = two.ask()
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    for group in (None, two.old.class_group):
        with pytest.raises(Refusal, match="请选定石桥完小的一个班"):
            take_step(by=two.receiver, change=change, at=at("2025-09-10 10:00"), class_group=group)
    assert last_step(change) is ChangeStep.SCHOOL_AGREED


def test_the_same_form_sent_twice_asks_once(two: Two) -> None:
    assert two.ask(key="k") == two.ask(key="k")
    assert EnrolmentChange.objects.count() == 1


def test_missing_papers_are_named(two: Two) -> None:
    with pytest.raises(Refusal, match="还缺材料：监护人书面申请、户籍或居住证明"):
        two.ask(papers=())


def test_an_answer_cannot_be_faked_by_recording_the_act(two: Two) -> None:
    two.ask()
    moment = at("2025-09-09 10:00")
    with pytest.raises(Refusal, match="请在学籍异动页办理"):
        casework.record_act(
            by=two.old.teacher, child=two.child, act=Act.ANSWER_TRANSFER, happened_at=moment, at=moment
        )
    with pytest.raises(Refusal, match="由学籍异动办理时记下"):
        casework.record_event(
            by=two.old.teacher, child=two.child, kind=EventKind.RESUMED, happened_at=moment, at=moment
        )


def test_every_step_is_one_entry_in_the_journal(two: Two) -> None:
    change = two.ask()
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    entries = JournalEntry.objects.filter(act="ENROLMENT_CHANGE").order_by("seq")
    assert [entry.body["step"] for entry in entries] == ["ASKED", "SCHOOL_AGREED"]
    assert two.child.name not in str([entry.body for entry in entries])


# Suspension and resumption.


def suspended(two: Two, until: str = "2025-11-03") -> EnrolmentChange:
    change = two.ask(ChangeKind.SUSPENSION, until=day(until))
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    return take_step(by=two.old.bureau, change=change, at=at("2025-09-10 10:00"))


def test_a_suspended_child_stays_on_the_roll_and_no_roll_call_asks_for_it(two: Two) -> None:
    suspended(two)
    assert (roll(two.child, "09-11"), classroom(two.child, "09-11")) == (two.old.place, None)
    receipt = two.old.roll_call("", "2025-09-11 08:05")
    assert receipt.expected == 1


def test_a_suspended_child_is_not_absent(two: Two) -> None:
    two.old.calls("09-08", "09-09")
    suspended(two)
    two.old.calls("09-11", "09-12")
    due.tick(now=at("2025-09-15 09:00"))
    assert not Obligation.objects.filter(child=two.child, act=Act.VERIFY).exists()


def test_the_end_of_a_suspension_is_announced_and_then_owed(two: Two) -> None:
    suspended(two)
    due.tick(now=at("2025-10-03 09:00"))
    assert not Obligation.objects.filter(child=two.child, rule="suspension-reminded").exists()
    due.tick(now=at("2025-10-05 09:00"))
    reminder = Obligation.objects.get(child=two.child, rule="suspension-reminded")
    assert (reminder.act, reminder.class_group) == (Act.CONTACT_GUARDIAN, two.old.class_group)
    due.tick(now=at("2025-11-03 09:00"))
    owed = Obligation.objects.get(child=two.child, rule="suspension-settled")
    assert (owed.place, owed.who, owed.due_at) == (
        two.old.place,
        Post.ENROLMENT_OFFICER,
        at("2025-11-17 23:59"),
    )


def resume(two: Two, moment: str, change: EnrolmentChange | None = None) -> EnrolmentChange:
    change = two.ask(ChangeKind.RESUMPTION, moment)
    return take_step(by=two.sender, change=change, at=at(moment), class_group=two.old.class_group)


def test_resuming_puts_the_child_into_a_class_and_meets_what_waited(two: Two) -> None:
    suspended(two)
    due.tick(now=at("2025-11-03 09:00"))
    resume(two, "2025-11-04 09:00")
    assert Obligation.objects.get(child=two.child, rule="suspension-settled").state.value == "MET"
    assert classroom(two.child, "11-05") == two.old.place


def test_resuming_early_takes_back_the_days_to_come(two: Two) -> None:
    suspended(two)
    resume(two, "2025-09-22 09:00")
    due.tick(now=at("2025-11-03 09:00"))
    assert not Obligation.objects.filter(rule__startswith="suspension").exists()


def test_days_of_suspension_are_neither_presence_nor_absence(two: Two) -> None:
    """A dropout who is suspended and resumes has not been back a single day."""
    two.old.calls("09-01 A", "09-02 A", "09-03 A", "09-04 A", "09-05 A", "09-08 A")
    moment = at("2025-09-08 11:00")
    casework.record_visit(
        by=two.old.teacher,
        child=two.child,
        happened_at=moment,
        at=moment,
        outcome=ActOutcome.CONFIRMED_DROPOUT,
        note="家访",
    )
    suspended(two)
    resume(two, "2025-10-20 09:00")
    due.tick(now=at("2025-10-20 20:00"))
    assert two.child.case.stage is Stage.DROPOUT


def test_a_renewed_suspension_ends_on_its_new_day(two: Two) -> None:
    suspended(two)
    change = two.ask(ChangeKind.SUSPENSION, "2025-10-30 09:00", until=day("2026-03-02"))
    take_step(by=two.sender, change=change, at=at("2025-10-30 10:00"))
    take_step(by=two.old.bureau, change=change, at=at("2025-10-31 10:00"))
    due.tick(now=at("2025-11-05 09:00"))
    assert not Obligation.objects.filter(rule="suspension-settled").exists()


@pytest.mark.parametrize("until", [None, "2025-09-08", "2026-10-01"])
def test_a_suspension_names_its_end_within_a_school_year(two: Two, until: str | None) -> None:
    with pytest.raises(Refusal, match="应复学的日子"):
        two.ask(ChangeKind.SUSPENSION, until=day(until) if until else None)


def test_whoever_is_suspended_resumes_before_moving(two: Two) -> None:
    suspended(two)
    with pytest.raises(Refusal, match="请先办复学"):
        two.ask(moment="2025-09-15 10:00")


def test_a_change_dated_back_takes_nothing_back_that_was_owed(two: Two) -> None:
    two.old.calls("09-01 A", "09-02 A", "09-03 A")
    before = set(
        Obligation.objects.filter(child=two.child, state__in=["OPEN", "OVERDUE"]).values_list(
            "key", flat=True
        )
    )
    change = two.ask(ChangeKind.SUSPENSION, until=day("2025-11-03"), from_day=day("09-01"))
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    take_step(by=two.old.bureau, change=change, at=at("2025-09-10 10:00"))
    after = set(
        Obligation.objects.filter(child=two.child, state__in=["OPEN", "OVERDUE"]).values_list(
            "key", flat=True
        )
    )
    assert before
    assert before <= after


# What the law does not know.


@pytest.mark.parametrize("word", ["退学", "自动离校", "开除", "取消学籍"])
def test_leaving_school_is_refused_with_the_law_and_what_to_do_instead(two: Two, word: str) -> None:
    with pytest.raises(Refusal, match="义务教育法第二十七条") as refused:
        two.ask(ChangeKind.MOVED_ABROAD, reason=f"家长要求{word}")
    assert "家访劝返" in refused.value.zh


def test_no_kind_of_change_is_leaving_school() -> None:
    assert not [kind for kind in ChangeKind if kind.zh in ("退学", "开除", "取消学籍")]


def test_graduation_before_the_school_year_is_over_is_refused(two: Two) -> None:
    two.old.class_group.grade = 9
    two.old.class_group.save()
    with pytest.raises(Refusal, match="春季学期结束"):
        two.ask(ChangeKind.GRADUATION, "2026-03-16 10:00")
    change = two.ask(ChangeKind.GRADUATION, "2026-08-03 10:00")
    take_step(by=two.sender, change=change, at=at("2026-08-03 11:00"))
    assert (roll(two.child, "2026-08-04"), classroom(two.child, "2026-08-04")) == (None, None)


def test_a_child_of_grade_three_does_not_graduate(two: Two) -> None:
    with pytest.raises(Refusal, match="只办给 9 年级"):
        two.ask(ChangeKind.GRADUATION, "2026-08-03 10:00")


@pytest.mark.parametrize(("kind", "grade"), [(ChangeKind.SKIP, 3), (ChangeKind.REPEAT, 4)])
def test_skipping_leads_up_and_repeating_does_not(two: Two, kind: ChangeKind, grade: int) -> None:
    change = two.ask(kind)
    group = a_class(two.old.place, f"{grade}年级9班")
    group.grade = grade
    group.save()
    with pytest.raises(Refusal, match="不能编入"):
        take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"), class_group=group)


def test_the_bureau_has_ten_working_days_for_what_schools_may_not_decide(two: Two) -> None:
    change = two.ask(ChangeKind.MOVED_ABROAD)
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    owed = Obligation.objects.get(rule="change-approved")
    assert (owed.place, owed.who, owed.due_at) == (two.old.county, Post.COUNTY_BUREAU, at("2025-09-23 23:59"))
    take_step(by=two.old.bureau, change=change, at=at("2025-09-10 10:00"))
    owed.refresh_from_db()
    assert owed.state.value == "MET"


def test_a_child_without_any_number_is_transferred_like_any_other(two: Two) -> None:
    child = a_pupil("无号小生", two.old.class_group)
    change = two.ask(child=child)
    take_step(by=two.sender, change=change, at=at("2025-09-09 10:00"))
    take_step(by=two.receiver, change=change, at=at("2025-09-10 10:00"), class_group=two.new.class_group)
    assert (roll(child, "09-11"), classroom(child, "09-11")) == (two.new.place, two.new.place)
