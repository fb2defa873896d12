"""The two clocks of a case, and what does not set the statutory one back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from builders import CHINA, absences, assess, at, day, happened, history, in_a_pack, leave, rule
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.case_clocks import CaseClocks, case_clocks
from notoneless.core.history import History
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import load
from notoneless.core.terms import Stage


def lasting(days: int) -> PacksInForce:
    (law, *_) = load("national/2024-15").closings
    nearest = in_a_pack(rule('absence = "2 school days"', more='stage = "AT_RISK"')).layers[0][0]
    return PacksInForce(
        [(replace(nearest, closings=(replace(law, present_school_days=days),)), date.min, None)]
    )


HOLDS = lasting(3)


def clocks(child: History, as_of: str) -> CaseClocks | None:
    return case_clocks(assess(child, HOLDS, as_of), child, CHINA, as_of=at(as_of))


def statutory(child: History, as_of: str) -> tuple[str, int, int]:
    found = clocks(child, as_of)
    assert found is not None
    return f"{found.statutory.since:%m-%d}", found.statutory.calendar_days, found.statutory.school_days


def test_a_child_without_a_case_has_no_clocks() -> None:
    assert clocks(absences("A"), "09-20 12:00") is None


def test_the_statutory_clock_counts_from_the_first_absent_day_and_the_other_from_the_stage() -> None:
    found = clocks(absences("A A A"), "09-10 12:00")
    assert found is not None
    assert (found.statutory.since, found.statutory.until) == (day("09-08"), None)
    assert (found.statutory.calendar_days, found.statutory.school_days) == (3, 3)
    assert (found.state.since, found.state.school_days, found.stage) == (day("09-09"), 2, Stage.AT_RISK)


def test_a_weekend_counts_as_calendar_days_alone() -> None:
    assert statutory(absences("A A A A A A"), "09-15 12:00") == ("09-08", 8, 6)


def test_a_short_return_sets_nothing_back() -> None:
    child = absences("A A P P A A A")
    assert statutory(child, "09-11 12:00") == ("09-08", 4, 4)
    assert statutory(child, "09-16 12:00") == ("09-08", 9, 7)


def test_a_return_that_held_stops_it_and_a_relapse_starts_it_anew() -> None:
    child = absences("A A P P P P A A A")
    held = clocks(child, "09-15 12:00")
    assert held is not None
    assert (held.statutory.since, held.statutory.until) == (day("09-08"), day("09-12"))
    assert held.statutory.school_days == 5
    assert statutory(child, "09-18 12:00") == ("09-16", 3, 3)


def test_leave_that_is_granted_for_days_already_missed_sets_nothing_back() -> None:
    late = leave("09-08", "09-10")._replace(granted_at=at("09-12 09:00"), learned_at=at("09-12 09:00"))
    child = absences("A A A A A A", facts=[late])
    assert statutory(child, "09-11 12:00")[0] == "09-08"
    assert statutory(child, "09-15 12:00") == ("09-08", 8, 6)


def test_leave_granted_beforehand_is_not_absence() -> None:
    child = absences("L L A A A")
    assert statutory(child, "09-12 12:00")[0] == "09-10"


def test_a_child_never_enrolled_is_counted_from_the_day_it_was_found() -> None:
    child = history(happened("NEVER_ENROLLED", "09-09 10:00"))
    assert statutory(child, "09-12 12:00") == ("09-09", 4, 4)


letters = st.text("APLU", min_size=1, max_size=25).map(" ".join)


@given(letters, st.integers(0, 40))
def test_while_it_runs_it_only_grows(text: str, start: int) -> None:
    child, before = absences(text), None
    for number in range(start, start + 12):
        moment = at("09-01 12:00") + timedelta(days=number)
        found = case_clocks(assess(child, HOLDS, f"{moment:%m-%d %H:%M}"), child, CHINA, as_of=moment)
        now = found.statutory if found else None
        if before and now and before.until is None:
            assert now.since == before.since
            assert (now.calendar_days, now.school_days) >= (before.calendar_days, before.school_days)
        before = now
