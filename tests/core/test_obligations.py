"""What meets an obligation, when it is late, and what names it."""

from __future__ import annotations

import pytest
from builders import absences, at, correction_of, done, in_a_pack, owed, rule, states

from notoneless.core.facts import ActDone
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.terms import ObligationState

OPEN, MET, OVERDUE = ObligationState.OPEN, ObligationState.MET, ObligationState.OVERDUE
VISIT = (
    '{ act = "home_visit", who = "class_teacher", to = "township", by = "same day",'
    ' with = ["class_teacher", "assigned_teacher"], needs = ["VISIT_RECORD"] }'
)


def one(duty: str) -> PacksInForce:
    return in_a_pack(rule('absence = "1 school day"', obliges=duty))


def state(duty: str, *acts: ActDone, as_of: str = "09-08 20:00") -> ObligationState:
    (only,) = states(owed(absences("A", facts=acts), one(duty), as_of))
    return only


def visit(moment: str = "09-08 16:00", by: str = "CLASS_TEACHER", **more: object) -> ActDone:
    """A visit that meets VISIT, but for what `more` says."""
    complete: dict[str, object] = {
        "with_": ["ASSIGNED_TEACHER"],
        "to": "TOWNSHIP",
        "evidence": ["VISIT_RECORD", "ATTENDANCE"],
    }
    return done("HOME_VISIT", moment, by, **complete | more)  # type: ignore[arg-type]


def test_the_act_as_asked_meets_the_duty() -> None:
    assert state(VISIT, visit()) is MET


def test_whoever_did_the_act_took_part_in_it() -> None:
    assert state(VISIT, visit(by="ASSIGNED_TEACHER", with_=["CLASS_TEACHER"])) is MET


@pytest.mark.parametrize(
    "act",
    [
        visit(with_=[]),
        visit(by="PRINCIPAL"),
        visit(to=""),
        visit(to="COUNTY_BUREAU"),
        visit(evidence=[]),
        visit(evidence=["CONTACT_RECORD"]),
        visit("09-08 07:59"),
        done("CONTACT_GUARDIAN", "09-08 16:00", with_=["ASSIGNED_TEACHER"], to="TOWNSHIP"),
    ],
    ids=[
        "without a participant",
        "by somebody else alone",
        "to nobody",
        "to somebody else",
        "without evidence",
        "with other evidence",
        "before it arose",
        "another act",
    ],
)
def test_an_act_that_is_not_as_asked_leaves_the_duty_open(act: ActDone) -> None:
    assert state(VISIT, act) is OPEN


def test_an_act_with_more_than_was_asked_meets_a_duty_that_asks_little() -> None:
    assert state('{ act = "home_visit", who = "principal", by = "same day" }', visit()) is MET


def test_an_act_at_the_very_moment_it_arose_counts() -> None:
    assert state(VISIT, visit("09-08 08:00")) is MET


def test_an_act_taken_back_does_not_count() -> None:
    wrong = visit(id="wrong")
    right = visit(id="right", evidence=[], supersedes="wrong", learned="09-08 17:00")
    assert state(VISIT, wrong, right, as_of="09-08 16:59") is MET
    assert state(VISIT, wrong, right, as_of="09-08 17:00") is OPEN


def test_a_duty_that_asks_three_times_is_met_by_the_third() -> None:
    duty = '{ act = "persuade", who = "principal", by = "5 school days", times = 3 }'
    tries = [done("PERSUADE", f"09-{day:02} 16:00") for day in (8, 9, 10)]
    assert state(duty, *tries[:2], as_of="09-10 20:00") is OPEN
    (obligation,) = owed(absences("A", facts=tries), one(duty), "09-10 20:00")
    assert (obligation.state, obligation.met_by) == (MET, tries[2])


def obligation(as_of: str, *acts: ActDone) -> Obligation:
    (only,) = owed(absences("A", facts=acts), 'absence = "1 school day"', as_of)
    return only


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("09-08 08:00", OPEN), ("09-08 23:59", OPEN), ("09-08 23:59:59", OPEN), ("09-09 00:00", OVERDUE)],
)
def test_an_obligation_is_overdue_when_its_last_minute_is_over(as_of: str, expected: str) -> None:
    assert obligation(as_of).state is expected
    assert obligation(as_of).late is (expected is OVERDUE)


@pytest.mark.parametrize(
    ("moment", "late"), [("09-08 23:59", False), ("09-08 23:59:59", False), ("09-09 00:00", True)]
)
def test_what_is_done_within_the_last_minute_is_in_time(moment: str, late: bool) -> None:
    met = obligation("09-20 12:00", done("VERIFY", moment))
    assert (met.state, met.late) == (MET, late)


def test_late_stays_late() -> None:
    act = done("VERIFY", "09-10 10:00")
    assert all(obligation(f"{day} 12:00", act).late for day in ("09-10", "09-20", "2026-03-20"))


def test_an_act_recorded_late_but_done_in_time_takes_the_lateness_away() -> None:
    act = done("VERIFY", "09-08 10:00", learned="09-09 10:00")
    assert obligation("09-09 09:00", act).late
    assert not obligation("09-09 10:00", act).late


def test_a_due_moment_that_cannot_be_named_is_still_owed() -> None:
    duty = '{ act = "verify", who = "principal", by = "3 school days" }'
    before, last_day = absences("A", "2026-12-28"), absences("A", "2026-12-31")
    assert [o.due.at for o in owed(before, one(duty), "2026-12-31 12:00")] == [at("2026-12-31 23:59")]
    (unknown,) = owed(last_day, one(duty), "2026-12-31 12:00")
    assert (unknown.due.at, unknown.state, unknown.late) == (None, OPEN, False)
    assert "请在校历文件中补充 2027 年" in unknown.due.unknown


def test_a_due_moment_that_cannot_be_named_comes_last() -> None:
    duties = (
        '{ act = "verify", who = "principal", by = "3 school days" },'
        '{ act = "report", who = "principal", by = "90 calendar days" }'
    )
    found = owed(absences("A", "2026-12-31"), one(duties), "2026-12-31 12:00")
    assert [o.due.at is None for o in found] == [False, True]


# Keys.


def keys(child_letters: str, as_of: str = "09-20 12:00", since: str = "2025-09-08") -> list[str]:
    duties = (
        '{ act = "verify", who = "principal", by = "same day" },'
        '{ act = "report", who = "principal", by = "same day" }'
    )
    found = owed(absences(child_letters, since), one(duties), as_of)
    return [str(o.key) for o in found]


def test_keys_do_not_change_as_time_goes_on_or_the_spell_does() -> None:
    assert keys("A", "09-08 09:00") == keys("A A A", "09-20 12:00")


def test_each_duty_of_each_spell_has_its_own_key() -> None:
    found = keys("A P A")
    assert len(found) == len(set(found)) == 4


def test_children_and_packs_have_keys_of_their_own() -> None:
    rules = 'absence = "1 school day"'
    child = absences("A")
    (mine,) = owed(child, rules, "09-20 12:00")
    (yours,) = owed(child._replace(child="other"), rules, "09-20 12:00")
    (elsewhere,) = owed(child, in_a_pack(rule(rules), id="test/other"), "09-20 12:00")
    assert len({mine.key, yours.key, elsewhere.key}) == 3


def test_a_key_is_the_same_on_every_machine() -> None:
    (only,) = owed(absences("A"), 'absence = "1 school day"', "09-20 12:00")
    assert str(only.key) == "63820881-963e-5bf3-aabc-2c7c7178f847"


def test_a_correction_withdraws_what_the_wrong_mark_had_raised() -> None:
    child = absences("A")
    corrected = child._replace(marks=(*child.marks, correction_of(child.marks[0], "LATE", "09-08 09:30")))
    assert states(owed(corrected, 'absence = "1 school day"', "09-08 09:29")) == [OPEN]
    assert owed(corrected, 'absence = "1 school day"', "09-08 09:30") == ()
