"""When moments pass: duties opened, obligations overdue, steps taken up once each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders_db import School, a_school, at

from notoneless.core.calendar import default_calendar
from notoneless.core.terms import Stage
from notoneless.records.models import Case, JournalEntry, Obligation, Outbox
from notoneless.services import casework
from notoneless.services.due import CLAIM_LASTS, act_on_due, open_roll_calls, tick
from notoneless.services.escalation import STEPS, next_look, steps_due

pytestmark = pytest.mark.django_db


def told(about: Obligation | None = None) -> list[tuple[int, list[str]]]:
    """Level and posts of each message that waits to be sent, in order; about one obligation or all."""
    messages = Outbox.objects.filter(kind="ESCALATE").order_by("pk")
    mine = [m for m in messages if about is None or m.body["obligation"] == str(about.key)]
    return [(m.body["level"], m.body["posts"]) for m in mine]


def absent() -> tuple[School, Obligation]:
    """A child absent on Monday at 08:05; the report that is due at 09:05."""
    school = a_school()
    school.roll_call("A")
    return school, Obligation.objects.get(act="REPORT")


def test_nothing_happens_in_the_last_minute_in_time() -> None:
    _, report = absent()
    tick(now=at("2025-09-08 09:05"))
    report.refresh_from_db()
    assert (report.state, told()) == ("OPEN", [])


def test_after_its_moment_an_obligation_is_overdue_and_the_office_is_told() -> None:
    _, report = absent()
    tick(now=at("2025-09-08 09:06"))
    report.refresh_from_db()
    assert (report.state, report.late, report.escalation_level) == ("OVERDUE", True, 1)
    assert told() == [(1, ["SCHOOL_OFFICE"])]


def test_a_step_is_taken_once_however_often_one_looks() -> None:
    absent()
    for minute in (6, 7, 30):
        tick(now=at(f"2025-09-08 09:{minute:02}"))
    assert told() == [(1, ["SCHOOL_OFFICE"])]


def test_the_principal_is_told_after_one_more_school_day_the_county_after_three() -> None:
    _, report = absent()
    seen = []
    for moment in ("08 09:06", "09 23:59", "10 00:00", "11 23:59", "12 00:00", "20 00:00"):
        act_on_due(now=at(f"2025-09-{moment}"))
        seen.append([level for level, _ in told(report)])
    assert seen == [[1], [1], [1, 2], [1, 2], [1, 2, 3], [1, 2, 3]]
    assert told(report)[1:] == [(2, ["PRINCIPAL"]), (3, ["TOWNSHIP", "COUNTY_BUREAU"])]


def test_two_days_of_downtime_are_caught_up_once() -> None:
    _, report = absent()
    for _ in range(2):
        act_on_due(now=at("2025-09-10 10:00"))
    assert [level for level, _ in told(report)] == [1, 2]


def test_one_that_was_met_meanwhile_is_met_and_nobody_is_told() -> None:
    school, report = absent()
    moment = at("2025-09-08 08:30")
    casework.fulfil(by=school.teacher, obligation=report, happened_at=moment, at=moment)
    # As if the act had come in between another act's reading and its writing.
    Obligation.objects.filter(pk=report.pk).update(state="OPEN", met_at=None, look_at=report.due_at)
    act_on_due(now=at("2025-09-08 09:06"))
    report.refresh_from_db()
    assert (report.state, told()) == ("MET", [])


def test_a_claim_is_respected_until_it_is_given_up_for_dead() -> None:
    _, report = absent()
    now = at("2025-09-08 09:06")
    Obligation.objects.filter(pk=report.pk).update(claimed_at=now, claim_token="another")
    assert act_on_due(now=now + CLAIM_LASTS) == 0
    assert act_on_due(now=now + CLAIM_LASTS + timedelta(seconds=1)) == 1
    assert len(told()) == 1


def test_many_are_claimed_a_few_at_a_time() -> None:
    school = a_school(pupils=8)
    school.roll_call("AAAAAAAA")
    assert [act_on_due(now=at("2025-09-08 09:06"), limit=3) for _ in range(4)] == [3, 3, 2, 0]
    assert len(told()) == 8


def test_a_missed_duty_sets_the_next_one_going() -> None:
    school, _ = absent()
    before = len(school.owed(0))
    tick(now=at("2025-09-09 00:01"))
    assert len(school.owed(0)) >= before
    assert {o.state for o in school.owed(0) if o.due_at and o.due_at < at("2025-09-09 00:01")} == {"OVERDUE"}


def test_once_a_day_open_cases_are_looked_at_again() -> None:
    absent()
    tick(now=at("2025-09-08 10:00"))
    tick(now=at("2025-09-08 11:00"))
    tick(now=at("2025-09-09 00:01"))
    assert list(JournalEntry.objects.filter(act="ONCE_A_DAY").values_list("body__cases", flat=True)) == [1, 1]


def test_a_case_that_lags_behind_the_facts_is_put_right_within_a_day() -> None:
    absent()
    Case.objects.update(stage=Stage.SUSPECTED_DROPOUT)
    tick(now=at("2025-09-08 10:00"))
    assert Case.objects.get().stage == Stage.AT_RISK


# Roll calls.


def duties(school: School) -> list[str]:
    owed = Obligation.objects.filter(class_group=school.class_group, child=None, act="TAKE_ROLL_CALL")
    owed = owed.order_by("occasion")
    return [f"{o.occasion} {o.state}" for o in owed]


def test_the_duty_to_call_opens_when_the_session_begins_and_is_met_by_calling() -> None:
    school = a_school()
    assert open_roll_calls(now=at("2025-09-08 07:59")) == 0
    assert open_roll_calls(now=at("2025-09-08 08:00")) == 1
    school.roll_call("")
    assert duties(school) == ["2025-09-08/MORNING MET"]


def test_a_roll_call_not_taken_is_overdue_when_the_session_ends_and_late_for_good() -> None:
    school = a_school()
    tick(now=at("2025-09-08 08:01"))
    tick(now=at("2025-09-08 08:21"))
    assert duties(school) == ["2025-09-08/MORNING OVERDUE"]
    assert told() == [(1, ["SCHOOL_OFFICE"])]
    school.roll_call("", "2025-09-08 08:30")
    assert duties(school) == ["2025-09-08/MORNING MET"]
    assert Obligation.objects.get(act="TAKE_ROLL_CALL").late


def test_a_class_that_called_in_time_owes_nothing() -> None:
    school = a_school()
    school.roll_call("")
    assert open_roll_calls(now=at("2025-09-08 08:30")) == 0


def test_days_that_passed_while_no_worker_ran_are_opened_afterwards() -> None:
    school = a_school()
    school.calls("09-08")
    open_roll_calls(now=at("2025-09-11 08:01"))
    assert duties(school) == [
        f"2025-09-{d}/MORNING {s}" for d, s in (("09", "OVERDUE"), ("10", "OVERDUE"), ("11", "OPEN"))
    ]


def test_an_old_duty_is_neither_forgotten_nor_withdrawn() -> None:
    school = a_school()
    school.calls("09-08")
    tick(now=at("2025-09-09 08:01"))
    tick(now=at("2025-10-30 09:00"))
    assert duties(school)[0] == "2025-09-09/MORNING OVERDUE"
    school.roll_call("", "2025-09-09 08:05", recorded="2025-10-30 10:00")
    tick(now=at("2025-10-30 10:01"))
    assert duties(school)[0] == "2025-09-09/MORNING MET"


def test_on_a_day_without_school_nothing_opens() -> None:
    a_school()
    assert open_roll_calls(now=at("2025-09-13 09:00")) == 0


def test_steps_are_counted_in_school_days() -> None:
    calendar = default_calendar()
    friday = at("2025-09-12 23:59")
    assert [s.level for s in steps_due(friday, 0, calendar, at("2025-09-15 23:59"))] == [1]
    assert [s.level for s in steps_due(friday, 0, calendar, at("2025-09-16 00:00"))] == [1, 2]
    assert next_look(friday, 1, calendar) == at("2025-09-15 23:59")
    assert next_look(friday, STEPS[-1].level, calendar) is None
