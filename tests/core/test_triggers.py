"""When a rule fires: one trigger word after another."""

from __future__ import annotations

import pytest
from builders import (
    CHINA,
    absences,
    assess,
    at,
    closed,
    done,
    fired,
    happened,
    history,
    in_a_pack,
    leave,
    mark,
    owed,
    rule,
    states,
)

from notoneless.core.facts import Mark
from notoneless.core.triggers import months_later

# Absence in one spell.


def test_a_rule_fires_once_a_spell_at_the_roll_call_that_found_the_day() -> None:
    child = absences("A A A A | P A A A", taken="08:05")
    assert fired(child, 'absence = "3 school days"') == ["09-10 08:05", "09-17 08:05"]


def test_each_fires_for_every_further_day() -> None:
    child = absences("A A A A | P A")
    rules = 'absence = "2 school days", each = true'
    assert fired(child, rules) == ["09-09 08:00", "09-10 08:00", "09-11 08:00"]
    assert [o.occasion for o in owed(child, rules, "12-01 12:00")] == [
        f"2025-09-{day:02}/MORNING" for day in (9, 10, 11)
    ]


def test_a_rule_does_not_fire_before_the_roll_call_was_known() -> None:
    late_news = history(mark("09-08 08:00", "ABSENT", learned="09-08 17:00"))
    assert fired(late_news, 'absence = "1 school day"', "09-08 16:59") == []
    assert fired(late_news, 'absence = "1 school day"', "09-08 17:00") == ["09-08 08:00"]


def test_days_on_leave_do_not_count_towards_the_nth_day() -> None:
    assert fired(absences("A L L A U A"), 'absence = "3 school days"') == ["09-15 08:00"]


def test_unknown_days_do_not_fire_a_rule_but_show_what_is_possible() -> None:
    answer = assess(absences("A U U"), 'absence = "3 school days"', "09-10 12:00")
    assert answer.obligations == ()
    assert [(ref, spell.min_days, spell.max_days) for ref, spell in answer.possible] == [
        ("test/pack#rule", 1, 3)
    ]


@pytest.mark.parametrize("letters", ["A U", "A A A U", "A A A"])
def test_what_cannot_be_reached_or_has_been_reached_is_not_just_possible(letters: str) -> None:
    answer = assess(absences(letters), 'absence = "3 school days"', "09-11 07:00")
    assert answer.possible == ()


def test_only_absences_for_the_reasons_named_count() -> None:
    child = absences("A ? A ? A")
    assert fired(child, 'absence = "2 school days", kind = "unknown"') == ["09-11 08:00"]
    assert fired(child, 'absence = "3 school days", kind = ["unexcused"]') == ["09-12 08:00"]
    assert fired(child, 'absence = "4 school days", kind = ["unexcused"]') == []


def test_the_facts_of_an_obligation_are_the_marks_it_was_counted_from() -> None:
    (obligation,) = owed(absences("A L A A"), 'absence = "2 school days"', "09-20 12:00")
    assert [fact.day.day for fact in obligation.facts if isinstance(fact, Mark)] == [8, 10]


# Calendar days.


def test_calendar_days_run_over_the_weekend_but_are_found_at_a_roll_call() -> None:
    child = absences("A A A A A | A")
    assert fired(child, 'absence = "5 calendar days"') == ["09-12 08:00"]
    assert fired(child, 'absence = "6 calendar days"') == ["09-15 08:00"]
    assert fired(child, 'absence = "8 calendar days"') == ["09-15 08:00"]
    assert fired(child, 'absence = "9 calendar days"') == []


@pytest.mark.parametrize("between", ["L L L L", "U U U U"])
def test_calendar_days_leave_out_school_days_on_leave_or_unknown(between: str) -> None:
    child = absences(f"A {between} | A")
    assert fired(child, 'absence = "4 calendar days"') == ["09-15 08:00"]
    assert fired(child, 'absence = "5 calendar days"') == []


def test_calendar_days_on_leave_count_where_leave_counts() -> None:
    rules = in_a_pack(rule('absence = "8 calendar days"'), counting='leave = "counts"')
    assert fired(absences("A L L L L | A"), rules) == ["09-15 08:00"]


# Added up.


def test_absences_add_up_over_a_window_of_school_days() -> None:
    child = absences("A P P A P | P A")
    assert fired(child, 'absence = "3 school days", of = "7 school days"') == ["09-16 08:00"]
    assert fired(child, 'absence = "3 school days", of = "6 school days"') == []


def test_a_window_fires_again_only_after_the_sum_fell_below() -> None:
    rules = 'absence = "3 school days", of = "5 school days"'
    assert fired(absences("A A A A A | A A"), rules) == ["09-10 08:00"]
    # On the Monday the first absence leaves the window, and the sum is two until Tuesday's roll call.
    assert fired(absences("A P A A P | P A"), rules) == ["09-11 08:00", "09-16 08:00"]
    assert fired(absences("A P A A P | A"), rules) == ["09-11 08:00"]


def test_one_day_of_a_window_fires_every_time_the_window_was_empty() -> None:
    rules = 'absence = "1 school day", of = "3 school days"'
    assert fired(absences("A P P P A | P A"), rules) == ["09-08 08:00", "09-12 08:00"]


def test_absences_add_up_over_a_term_and_begin_anew_in_the_next() -> None:
    child = absences("A P A", "2026-01-13", facts=absences("A A A", "2026-02-24").marks)
    rules = 'absence = "2 school days", of = "term"'
    assert fired(child, rules, "2026-03-10 12:00") == ["01-15 08:00", "02-25 08:00"]
    assert fired(child, 'absence = "1 school day", of = "term"', "2026-03-10 12:00") == [
        "01-13 08:00",
        "02-24 08:00",
    ]


def test_totals_too_count_only_the_reasons_named() -> None:
    child = absences("A ? A P ?")
    assert fired(child, 'absence = "2 school days", of = "term", kind = "unknown"') == ["09-12 08:00"]
    assert fired(child, 'absence = "3 school days", of = "term", kind = "unknown"') == []


# Leave.


def test_leave_fires_when_it_has_lasted() -> None:
    child = absences("S S S P S")
    assert fired(child, 'leave = { lasts = "3 school days" }') == ["09-10 08:00"]
    assert fired(child, "leave = { }") == ["09-08 08:00", "09-12 08:00"]


def test_leave_goes_on_over_the_weekend() -> None:
    assert fired(absences("S | S", "09-12"), 'leave = { lasts = "2 school days" }') == ["09-15 08:00"]


def test_leave_of_other_kinds_is_left_alone() -> None:
    child = absences("S S L L")
    assert fired(child, 'leave = { lasts = "2 school days", kind = "sick" }') == ["09-09 08:00"]
    assert fired(child, 'leave = { lasts = "2 school days", kind = "personal" }') == ["09-11 08:00"]
    assert fired(child, 'leave = { lasts = "2 school days", kind = "official" }') == []


def test_the_reason_of_a_leave_may_stand_in_the_grant() -> None:
    child = absences("A A", facts=[leave("09-08", "09-10", "OFFICIAL")])
    assert fired(child, 'leave = { lasts = "2 school days", kind = "official" }') == ["09-09 08:00"]


@pytest.mark.parametrize("letters", ["S S S S S", "S S A A A"])
def test_leave_that_was_not_ended_becomes_absence_and_is_asked_after(letters: str) -> None:
    child = absences(letters, facts=[leave("09-08", "09-10")])
    assert fired(child, 'leave_overrun = "1 school day"') == ["09-10 08:00"]
    assert fired(child, 'leave_overrun = "2 school days"') == ["09-11 08:00"]
    assert fired(child, 'absence = "3 school days"') == ["09-12 08:00"]


def test_leave_that_ran_out_shows_the_grant_among_its_facts() -> None:
    granted = leave("09-08", "09-10")
    (obligation,) = owed(absences("S S S", facts=[granted]), 'leave_overrun = "1 school day"', "09-11 07:00")
    assert obligation.facts[0] == granted


def test_coming_back_when_leave_ends_is_no_overrun() -> None:
    child = absences("S S P A", facts=[leave("09-08", "09-10")])
    assert fired(child, 'leave_overrun = "1 school day"') == []


def test_leave_extended_in_time_is_no_overrun() -> None:
    first, more = leave("09-08", "09-10"), leave("09-10", "09-12", granted="09-09 16:00")
    child = absences("S S S S P", facts=[first, more])
    assert fired(child, 'leave_overrun = "1 school day"') == []


# Events and acts.


def test_an_event_fires_each_time_it_is_stated() -> None:
    child = history(
        happened("WEARY_OF_SCHOOL", "09-08 10:00"),
        happened("MARKS_FELL", "09-09 10:00"),
        happened("WEARY_OF_SCHOOL", "09-10 10:00"),
    )
    assert fired(child, 'event = "WEARY_OF_SCHOOL"') == ["09-08 10:00", "09-10 10:00"]


def test_the_same_thing_stated_twice_for_one_moment_is_owed_once() -> None:
    twice = [happened("WEARY_OF_SCHOOL", "09-08 10:00", id=teller) for teller in ("one", "other")]
    assert fired(history(*twice), 'event = "WEARY_OF_SCHOOL"') == ["09-08 10:00"]


def test_an_event_taken_back_is_not_owed() -> None:
    said = happened("WEARY_OF_SCHOOL", "09-08 10:00", id="said")
    instead = happened("MARKS_FELL", "09-08 11:00", supersedes="said")
    assert fired(history(said, instead), 'event = "WEARY_OF_SCHOOL"') == []


def test_acts_are_counted_spell_by_spell() -> None:
    visits = [done("HOME_VISIT", f"09-{day:02} 16:00") for day in (8, 9, 10, 15)]
    child = absences("A A A P P | A", facts=visits)
    assert fired(child, 'after = { act = "home_visit" }') == ["09-08 16:00", "09-15 16:00"]
    assert fired(child, 'after = { act = "home_visit", times = 2 }') == ["09-09 16:00"]
    assert fired(child, 'after = { act = "home_visit", times = 4 }') == []


def test_acts_without_any_absence_are_counted_day_by_day() -> None:
    moments = ("09-08 10:00", "09-08 16:00", "09-09 16:00")
    child = history(*(done("VERIFY", moment, outcome="UNREACHABLE") for moment in moments))
    assert fired(child, 'after = { act = "verify" }') == ["09-08 10:00", "09-09 16:00"]


def test_only_the_outcomes_named_count() -> None:
    refused, promised = (
        done("PERSUADE", "09-08 16:00", outcome="REFUSED"),
        done("PERSUADE", "09-09 16:00", outcome="PROMISED_RETURN"),
    )
    child = absences("A A", facts=[refused, promised])
    assert fired(child, 'after = { act = "persuade", outcome = "PROMISED_RETURN" }') == ["09-09 16:00"]
    assert fired(child, 'after = { act = "persuade", outcome = ["REFUSED"], times = 2 }') == []


# Chains.


def chain(*, missed: bool) -> str:
    word = "missed" if missed else "done"
    return rule(f'{word} = "first"', id="then")


FIRST = rule('absence = "1 school day"', id="first")
REPORT = '{ act = "report", who = "class_teacher", to = "school_office", by = "1 hour" }'


def of_rule(name: str, rules: object, child: object, as_of: str) -> list[str]:
    found = owed(child, rules, as_of)  # type: ignore[arg-type]
    return sorted(f"{o.arose_at:%m-%d %H:%M}" for o in found if o.bound.rule.id == name)


def test_a_missed_rule_escalates_from_its_due_moment_once_that_is_over() -> None:
    rules = in_a_pack(chain(missed=True), FIRST)
    assert of_rule("then", rules, absences("A"), "09-08 23:59") == []
    assert of_rule("then", rules, absences("A"), "09-09 00:00") == ["09-08 23:59"]


def test_a_rule_met_in_time_does_not_escalate_and_one_met_late_still_does() -> None:
    rules = in_a_pack(chain(missed=True), FIRST)
    in_time = absences("A", facts=[done("VERIFY", "09-08 23:59")])
    late = absences("A", facts=[done("VERIFY", "09-09 08:00")])
    assert of_rule("then", rules, in_time, "09-20 12:00") == []
    assert of_rule("then", rules, late, "09-20 12:00") == ["09-08 23:59"]


def test_a_rule_done_leads_on_from_the_act() -> None:
    rules = in_a_pack(chain(missed=False), FIRST)
    child = absences("A P A", facts=[done("VERIFY", "09-08 10:00")])
    assert of_rule("then", rules, child, "09-20 12:00") == ["09-08 10:00"]


def test_a_chain_may_be_long_and_stand_in_any_order() -> None:
    last = rule('missed = "then"', id="last")
    rules = in_a_pack(last, chain(missed=True), FIRST)
    assert of_rule("last", rules, absences("A"), "09-11 12:00") == ["09-08 23:59"]


def test_each_missed_duty_escalates_by_itself() -> None:
    two = rule('absence = "1 school day"', id="first", obliges=f"{DUTY_A}, {REPORT}")
    rules = in_a_pack(two, chain(missed=True))
    assert of_rule("then", rules, absences("A"), "09-10 12:00") == ["09-08 09:00", "09-08 23:59"]


DUTY_A = '{ act = "verify", who = "class_teacher", by = "same day" }'


# Stages.

SUSPECTED = rule('absence = "2 school days"', id="first", more='stage = "SUSPECTED_DROPOUT"')


def test_a_stage_fires_when_it_is_reached() -> None:
    rules = in_a_pack(rule('stage = "SUSPECTED_DROPOUT"', id="then"), SUSPECTED)
    assert of_rule("then", rules, absences("A A A"), "09-20 12:00") == ["09-09 08:00"]


def test_a_stage_held_for_months_fires_after_them() -> None:
    rules = in_a_pack(rule('stage = "SUSPECTED_DROPOUT", for = "1 month"', id="then"), SUSPECTED)
    away = absences("A " * 30)
    assert of_rule("then", rules, away, "10-09 07:59") == []
    assert of_rule("then", rules, away, "10-09 08:00") == ["10-09 08:00"]


def test_a_stage_left_before_the_months_are_over_does_not_fire() -> None:
    rules = in_a_pack(rule('stage = "SUSPECTED_DROPOUT", for = "1 month"', id="then"), SUSPECTED)
    assert of_rule("then", rules, absences("A A P"), "11-20 12:00") == []


def test_a_chain_may_follow_a_rule_about_a_stage() -> None:
    at_stage = rule('stage = "SUSPECTED_DROPOUT"', id="first-at-stage")
    chained = rule('missed = "first-at-stage"', id="then")
    rules = in_a_pack(chained, at_stage, SUSPECTED)
    assert of_rule("then", rules, absences("A A"), "09-20 12:00") == ["09-09 23:59"]


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ("2026-01-31 08:00", 1, "2026-02-28 08:00"),
        ("2024-01-31 08:00", 1, "2024-02-29 08:00"),
        ("2025-11-30 08:00", 3, "2026-02-28 08:00"),
        ("2025-12-15 08:00", 1, "2026-01-15 08:00"),
        ("2025-05-31 08:00", 13, "2026-06-30 08:00"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    moment: str, months: int, expected: str
) -> None:
    assert months_later(at(moment), months) == at(expected)


# Where time limits start.


def due_of(child: object, duty: str) -> list[str]:
    rules = in_a_pack(rule('absence = "3 school days"', obliges=duty))
    return [f"{o.due.at:%m-%d %H:%M}" for o in owed(child, rules, "12-01 12:00")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [("trigger", "09-22 23:59"), ("spell start", "09-18 23:59"), ("term start", "09-08 23:59")],
)
def test_a_limit_runs_from_the_moment_its_rule_names(anchor: str, expected: str) -> None:
    duty = f'{{ act = "verify", who = "principal", by = "5 school days", from = "{anchor}" }}'
    assert due_of(absences("A A A", "09-11"), duty) == [expected]


def test_a_closure_declared_late_moves_the_due_moment() -> None:
    duty = '{ act = "verify", who = "principal", by = "2 school days" }'
    rules = in_a_pack(rule('absence = "1 school day"', obliges=duty))
    snow = CHINA.with_closures([closed("09-09", "09-10", declared="09-09 12:00")])
    before, after = (owed(absences("A"), rules, f"09-09 {hour}", snow) for hour in ("11:59", "12:00"))
    assert [o.due.at for o in before] == [at("09-10 23:59")]
    assert [o.due.at for o in after] == [at("09-11 23:59")]
    assert [o.key for o in before] == [o.key for o in after]
    assert states(before) == states(after)
