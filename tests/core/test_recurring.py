"""What dates bring: roll calls, reports and reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from builders import CHINA, at, closed, day, done, in_a_pack, pack, rule, states

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import ActDone
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.recurring import duties_of_dates, duties_of_the_date, roll_calls_owed
from notoneless.core.terms import ObligationState

OPEN, MET, OVERDUE = ObligationState.OPEN, ObligationState.MET, ObligationState.OVERDUE
ROLL_CALL = in_a_pack(
    rule(
        'roll_call = "MORNING"', obliges='{ act = "take_roll_call", who = "roll_call_taker", by = "1 hour" }'
    )
)


def called(
    as_of: str,
    *taken: str,
    since: str = "09-08",
    calendar: SchoolCalendar = CHINA,
    rules: PacksInForce = ROLL_CALL,
) -> list[Obligation]:
    """The roll calls owed by a class that took those of these moments."""
    moments: dict[tuple[date, str], datetime] = {(at(each).date(), "MORNING"): at(each) for each in taken}
    return roll_calls_owed("class", moments, calendar, rules, from_day=day(since), as_of=at(as_of))


def test_a_roll_call_is_owed_from_the_bell() -> None:
    assert called("09-08 07:59") == []
    (owed,) = called("09-08 08:00")
    assert (owed.state, owed.due.at) == (OPEN, at("09-08 09:00"))


def test_a_roll_call_not_taken_is_overdue_after_its_minute() -> None:
    assert states(called("09-08 09:00")) == [OPEN]
    assert states(called("09-08 09:01")) == [OVERDUE]


def test_every_school_day_owes_a_roll_call_and_no_other_day() -> None:
    owed = called("10-13 12:00", since="09-26")
    assert [o.occasion for o in owed] == [
        f"2025-{text}/MORNING"
        for text in ("09-26", "09-28", "09-29", "09-30", "10-09", "10-10", "10-11", "10-13")
    ]


def test_a_roll_call_taken_meets_it_and_stays_late_if_it_was() -> None:
    in_time, late = called("09-20 12:00", "09-08 08:20", "09-09 09:01")[:2]
    assert (in_time.state, in_time.late) == (MET, False)
    assert (late.state, late.late) == (MET, True)


def test_a_roll_call_taken_before_the_bell_counts() -> None:
    assert states(called("09-08 12:00", "09-08 07:55")) == [MET]


def test_a_roll_call_is_not_met_by_one_taken_later_than_the_moment_asked_about() -> None:
    assert states(called("09-08 08:10", "09-08 08:20")) == [OPEN]


def test_a_day_closed_owes_no_roll_call_once_that_is_declared() -> None:
    snow = CHINA.with_closures([closed("09-08", "09-09", declared="09-08 10:00")])
    assert states(called("09-08 09:59", calendar=snow)) == [OVERDUE]
    assert called("09-08 10:00", calendar=snow) == []


def test_a_roll_call_is_owed_only_while_the_rule_is_in_force() -> None:
    ending = in_a_pack(rule('roll_call = "MORNING"'), top="in_force_until = 2025-09-10")
    assert [o.occasion[:10] for o in called("09-12 12:00", rules=ending)] == ["2025-09-08", "2025-09-09"]


# Duties of the date.


def duties(
    every: str, as_of: str, *acts: ActDone, by: str = "same day", level: str = "school", more: str = ""
) -> list[Obligation]:
    duty = f'{{ act = "draw_up", who = "principal", by = "{by}"{more} }}'
    rules = in_a_pack(rule(f'every = "{every}", owed_by = "{level}"', obliges=duty))
    return duties_of_the_date("place", CHINA, rules, level="school", as_of=at(as_of), acts=acts)


@pytest.mark.parametrize(
    ("every", "as_of", "begins"),
    [
        ("school day", "09-08 12:00", "09-08"),
        ("school day", "09-28 12:00", "09-28"),  # a make-up Sunday
        ("school day", "10-01 12:00", None),
        ("school day", "08-20 12:00", None),
        ("working day", "08-20 12:00", "08-20"),
        ("working day", "09-13 12:00", None),
        ("week", "09-14 12:00", "09-08"),
        ("month", "09-30 12:00", "09-01"),
        ("quarter", "09-30 12:00", "07-01"),
        ("quarter", "10-01 12:00", "10-01"),
        ("term", "09-30 12:00", "09-01"),
        ("term start", "2026-03-05 12:00", "2026-02-15"),
        ("term", "08-20 12:00", None),
        ("school year", "08-31 12:00", "2024-09-01"),
        ("school year", "09-01 12:00", "2025-09-01"),
    ],
)
def test_a_period_begins_on_its_first_day(every: str, as_of: str, begins: str | None) -> None:
    found = duties(every, as_of, by="999 calendar days")
    assert [o.arose_at for o in found] == ([at(f"{begins} 00:00")] if begins else [])


def test_a_monthly_duty_is_due_at_the_end_of_its_month() -> None:
    assert [o.due.at for o in duties("month", "09-10 12:00", by="month end")] == [at("09-30 23:59")]


def test_a_duty_of_another_level_is_not_this_place_s() -> None:
    assert duties("month", "09-10 12:00", level="county") == []


def test_an_act_within_the_period_meets_the_duty_and_an_earlier_one_does_not() -> None:
    report, earlier = done("DRAW_UP", "09-05 10:00"), done("DRAW_UP", "08-31 10:00")
    assert states(duties("month", "09-10 12:00", report, by="month end")) == [MET]
    assert states(duties("month", "09-10 12:00", earlier, by="month end")) == [OPEN]


def test_an_act_not_yet_known_or_taken_back_does_not_meet_the_duty() -> None:
    later = done("DRAW_UP", "09-05 10:00", learned="09-11 10:00")
    assert states(duties("month", "09-10 12:00", later, by="month end")) == [OPEN]
    wrong = done("DRAW_UP", "09-05 10:00", id="wrong")
    right = done("MEET", "09-05 10:00", learned="09-06 10:00", supersedes="wrong")
    assert states(duties("month", "09-10 12:00", wrong, right, by="month end")) == [OPEN]


def test_the_first_fitting_act_meets_the_duty_in_whatever_order_they_arrive() -> None:
    acts = [done("DRAW_UP", "09-05 10:00"), done("DRAW_UP", "09-03 10:00")]
    for order in (acts, acts[::-1]):
        (owed,) = duties("month", "09-10 12:00", *order, by="month end")
        assert owed.met_by == acts[1]


def test_a_duty_keeps_its_key_through_its_period_and_changes_it_with_the_next() -> None:
    first, same, following = (duties("month", f"{day} 12:00")[0].key for day in ("09-01", "09-30", "10-01"))
    assert first == same != following


def test_a_kind_of_session_is_every_session_of_that_kind_and_a_timetable_without_it_owes_nothing() -> None:
    duty = '{ act = "take_roll_call", who = "roll_call_taker", by = "1 lesson" }'
    packs = in_a_pack(rule('roll_call = "LESSON"', obliges=duty))
    short = replace(CHINA, sessions=CHINA.sessions[:3])
    bare = replace(CHINA, sessions=CHINA.sessions[:1])
    counts = [len(called("09-08 17:00", calendar=each, rules=packs)) for each in (CHINA, short, bare)]
    assert counts == [7, 2, 0]


def monthly(*, as_of: str, adopted: str = "01-01", top: str = "") -> list[Obligation]:
    """A report due on the 10th of each month, asked about on two days of September."""
    duty = '{ act = "draw_up", who = "principal", by = "by the 10th" }'
    one = pack(rule('every = "month", owed_by = "school"', obliges=duty), top=top)
    rules = in_force(one, {}.__getitem__, day(adopted))
    days = [day("09-01"), day("09-20")]
    return duties_of_dates("place", CHINA, rules, level="school", days=days, as_of=at(as_of))


def test_a_rule_that_came_into_force_later_asks_for_nothing_that_was_due_before_it() -> None:
    assert states(monthly(as_of="09-20 12:00", adopted="09-10")) == [OVERDUE]
    assert monthly(as_of="09-20 12:00", adopted="09-11") == []


def test_a_rule_that_went_out_of_force_takes_back_what_is_to_come_and_nothing_late() -> None:
    assert states(monthly(as_of="09-20 12:00", top="in_force_until = 2025-09-11")) == [OVERDUE]
    assert monthly(as_of="09-20 12:00", top="in_force_until = 2025-09-10") == []


def test_several_days_ask_for_each_of_their_periods_once() -> None:
    rules = in_a_pack(rule('every = "week", owed_by = "school"'))
    days = [day("09-08"), day("09-10"), day("09-15")]
    found = duties_of_dates("place", CHINA, rules, level="school", days=days, as_of=at("09-15 12:00"))
    assert [o.occasion for o in found] == ["2025-09-08", "2025-09-15"]


def test_an_act_done_for_one_duty_meets_no_other() -> None:
    month = 'every = "month", owed_by = "school"'
    rules = in_a_pack(rule(month, id="one"), rule(month, id="two"))
    report = done("VERIFY", "09-02 10:00", id="report")

    def found(meant: dict[str, UUID]) -> list[Obligation]:
        days, now = [day("09-01")], at("09-02 12:00")
        return duties_of_dates(
            "place", CHINA, rules, level="school", days=days, as_of=now, acts=[report], meant=meant
        )

    both = found({})
    assert states(both) == [MET, MET]
    meant_for_the_second = found({"report": both[1].key})
    assert [o.met_by for o in meant_for_the_second] == [None, report]


def test_before_a_year_whose_holidays_are_not_announced_the_calendar_brings_nothing_and_does_not_fail() -> (
    None
):
    last = CHINA.workdays.last_year
    assert duties("holiday", f"{last}-12-28 12:00") == []
    assert duties("working day", f"{last + 1}-01-04 12:00") == []
