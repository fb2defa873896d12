"""The stages of a case: the table, its diagram, and the ways a child goes through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from builders import absences, assess, at, done, happened, history, in_a_pack, leave, rule
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.history import History
from notoneless.core.hold import held_on
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import load
from notoneless.core.stages import (
    EVENT_OF,
    EVENT_TO,
    GRAVE,
    OUT,
    RETURNED,
    SETTLED,
    TABLE,
    diagram,
    stages,
)
from notoneless.core.terms import Stage, StageEvent

# How each stage can be reached from the start.
WAYS: dict[Stage, tuple[StageEvent, ...]] = {
    Stage.ATTENDING: (),
    Stage.AT_RISK: (StageEvent.AT_RISK,),
    Stage.SUSPECTED_DROPOUT: (StageEvent.SUSPECTED,),
    Stage.DROPOUT: (StageEvent.CONFIRMED,),
    Stage.NEVER_ENROLLED: (StageEvent.NEVER_ENROLLED,),
    Stage.ENROLLED_ELSEWHERE: (StageEvent.AT_RISK, StageEvent.FOUND_ELSEWHERE),
    Stage.BACK: (StageEvent.AT_RISK, StageEvent.CAME_BACK),
    Stage.HELD: (StageEvent.AT_RISK, StageEvent.CAME_BACK, StageEvent.HELD),
    Stage.CLOSED: (StageEvent.AT_RISK, StageEvent.CLOSED_OUT),
}
# Written out once more, so that a slip in the table does not go unseen.
MOVES = """
ATTENDING         AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT
ATTENDING         NEVER_ENROLLED → NEVER_ENROLLED
AT_RISK           SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT, FOUND_ELSEWHERE → ENROLLED_ELSEWHERE
AT_RISK           CAME_BACK → BACK, CLOSED_OUT → CLOSED
SUSPECTED_DROPOUT CONFIRMED → DROPOUT, FOUND_ELSEWHERE → ENROLLED_ELSEWHERE
SUSPECTED_DROPOUT CAME_BACK → BACK, CLOSED_OUT → CLOSED
DROPOUT           FOUND_ELSEWHERE → ENROLLED_ELSEWHERE, CAME_BACK → BACK, CLOSED_OUT → CLOSED
NEVER_ENROLLED    FOUND_ELSEWHERE → ENROLLED_ELSEWHERE, CAME_BACK → BACK, CLOSED_OUT → CLOSED
ENROLLED_ELSEWHERE SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT, NEVER_ENROLLED → NEVER_ENROLLED
ENROLLED_ELSEWHERE CAME_BACK → BACK, CLOSED_OUT → CLOSED
BACK              HELD → HELD, AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT
BACK              CLOSED_OUT → CLOSED
HELD              AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT, CLOSED_OUT → CLOSED
CLOSED            AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT
CLOSED            NEVER_ENROLLED → NEVER_ENROLLED
"""


def moves() -> dict[tuple[str, str], str]:
    found = {}
    for line in MOVES.strip().splitlines():
        stage, _, rest = line.partition(" ")
        for move in rest.split(","):
            event, following = move.split("→")
            found[stage, event.strip()] = following.strip()
    return found


@pytest.mark.parametrize(("stage", "event"), list(product(Stage, StageEvent)))
def test_every_pair_of_stage_and_event(stage: Stage, event: StageEvent) -> None:
    way = [(at(f"09-{8 + i:02} 08:00"), each) for i, each in enumerate(WAYS[stage])]
    before = stages(way)
    after = stages([*way, (at("09-20 08:00"), event)])
    following = moves().get((stage, event))
    assert [each.stage for each in after[len(before) :]] == ([following] if following else [])
    assert after[: len(before)] == before


def test_the_diagram_has_every_edge_and_no_other() -> None:
    edges = {line.split(":")[0].strip() for line in diagram().splitlines() if "-->" in line}
    assert edges == {"[*] --> ATTENDING"} | {f"{a} --> {b}" for (a, _), b in TABLE.items()}


def test_the_diagram_names_each_event_in_chinese() -> None:
    for (start, event), end in TABLE.items():
        assert f"{start} --> {end}: {event.zh}\n" in diagram()


def test_events_are_taken_in_order_of_time() -> None:
    back, risk = (at("09-10 08:00"), StageEvent.CAME_BACK), (at("09-08 08:00"), StageEvent.AT_RISK)
    assert [each.stage for each in stages([back, risk])] == [Stage.AT_RISK, Stage.BACK]


def test_only_stages_that_an_event_leads_to_can_stand_in_a_rule() -> None:
    for stage, event in EVENT_OF.items():
        assert TABLE[Stage.ATTENDING, event] is stage


# Through the evaluator.

RULES = in_a_pack(
    rule('absence = "2 school days"', id="risk", more='stage = "AT_RISK"'),
    rule('absence = "4 school days"', id="suspect", more='stage = "SUSPECTED_DROPOUT"'),
    rule('after = { act = "home_visit", outcome = "CONFIRMED_DROPOUT" }', more='stage = "DROPOUT"'),
)


def path(child: History, as_of: str, counting: str = "") -> list[str]:
    rules = RULES
    if counting:
        rules = in_a_pack(rule('absence = "2 school days"', more='stage = "AT_RISK"'), counting=counting)
    return [f"{each.stage} {each.at:%m-%d %H:%M}" for each in assess(child, rules, as_of).path]


def test_a_child_goes_from_risk_to_suspicion_to_return() -> None:
    assert path(absences("A A A A P"), "09-20 12:00") == [
        "AT_RISK 09-09 08:00",
        "SUSPECTED_DROPOUT 09-11 08:00",
        "BACK 09-12 08:00",
    ]


def test_a_child_never_absent_long_is_attending() -> None:
    assert path(absences("A P A"), "09-20 12:00") == []
    assert assess(absences("A P A"), RULES, "09-20 12:00").stage is Stage.ATTENDING


def test_a_visit_confirms_and_closing_out_settles() -> None:
    visit = done("HOME_VISIT", "09-09 16:00", outcome="CONFIRMED_DROPOUT")
    closing = done("CLOSE_OUT", "09-20 10:00")
    child = absences("A A", facts=[visit, closing])._replace(enrolled_until=at("09-10 00:00").date())
    assert path(child, "09-20 12:00") == [
        "AT_RISK 09-09 08:00",
        "DROPOUT 09-09 16:00",
        "CLOSED 09-20 10:00",
    ]


def test_leaving_the_school_does_not_settle_a_suspicion() -> None:
    child = absences("A A A A")._replace(enrolled_until=at("09-12 00:00").date())
    assert assess(child, RULES, "11-20 12:00").stage is Stage.SUSPECTED_DROPOUT


@pytest.mark.parametrize("after", ["L L P", "U U P", "A U P", "L A P"])
def test_a_day_on_leave_or_unknown_is_no_return(after: str) -> None:
    child = absences(f"A A {after}")
    for counting in ("", 'leave = "ends it"\nunrecorded = "ends it"'):
        assert path(child, "09-11 12:00", counting) == ["AT_RISK 09-09 08:00"]
        assert path(child, "09-12 08:00", counting) == ["AT_RISK 09-09 08:00", "BACK 09-12 08:00"]


def test_a_weekend_is_no_return() -> None:
    child = absences("A A", "09-11")
    assert path(child, "09-14 12:00") == ["AT_RISK 09-12 08:00"]
    assert path(child, "09-15 08:00") == ["AT_RISK 09-12 08:00", "BACK 09-15 08:00"]


def test_the_last_known_school_day_of_the_year_can_be_an_absence() -> None:
    child = absences("A A U", "2026-12-29")
    assert path(child, "2026-12-31 12:00", 'unrecorded = "ends it"') == ["AT_RISK 12-30 08:00"]


def test_a_child_back_can_be_at_risk_again() -> None:
    assert path(absences("A A P A A P"), "09-20 12:00") == [
        "AT_RISK 09-09 08:00",
        "BACK 09-10 08:00",
        "AT_RISK 09-12 08:00",
        "BACK 09-15 08:00",
    ]


def test_a_child_without_marks_is_attending() -> None:
    answer = assess(history(leave("09-08", "09-10")), RULES, "09-20 12:00")
    assert (answer.stage, answer.obligations) == (Stage.ATTENDING, ())


# How long a return must last comes from the pack.


def lasting(days: int) -> PacksInForce:
    (law, *_), nearest = load("national/2024-15").closings, RULES.layers[0][0]
    closing = replace(law, present_school_days=days)
    return PacksInForce([(replace(nearest, closings=(closing,)), date.min, None)])


HOLDS = lasting(3)


def held(text: str, as_of: str) -> list[str]:
    return [f"{each.stage} {each.at:%m-%d %H:%M}" for each in assess(absences(text), HOLDS, as_of).path]


def test_a_return_holds_on_the_third_school_day_that_saw_the_child() -> None:
    assert held("A A", "09-11 12:00") == ["AT_RISK 09-09 08:00", "BACK 09-10 08:00"]
    assert held("A A", "09-12 07:00")[2:] == []
    assert held("A A", "09-12 08:00")[2:] == ["HELD 09-12 08:00"]


def test_leave_and_unknown_days_neither_count_for_a_return_nor_break_it() -> None:
    assert held("A A P L U P P", "09-30 12:00")[1:] == ["BACK 09-10 08:00", "HELD 09-16 08:00"]


def test_one_day_absent_begins_the_count_anew() -> None:
    assert held("A A P P A P P P", "09-30 12:00")[1:] == ["BACK 09-10 08:00", "HELD 09-17 08:00"]


def test_who_was_held_can_be_at_risk_again() -> None:
    found = held("A A P P P A A P", "09-30 12:00")
    assert [each.split()[0] for each in found] == ["AT_RISK", "BACK", "HELD", "AT_RISK", "BACK", "HELD"]


def test_without_a_number_of_days_no_return_is_called_held() -> None:
    assert path(absences("A A"), "11-20 12:00")[1:] == ["BACK 09-10 08:00"]


def test_a_word_that_the_child_learns_elsewhere_does_not_hold_up_the_count() -> None:
    call = done("VERIFY", "09-10 16:00", outcome="ELSEWHERE")
    assert path(absences("A A A A", facts=[call]), "09-11 12:00") == [
        "AT_RISK 09-09 08:00",
        "ENROLLED_ELSEWHERE 09-10 16:00",
        "SUSPECTED_DROPOUT 09-11 08:00",
    ]


def test_a_child_never_enrolled_comes_to_school_when_a_class_has_it() -> None:
    stated = happened("NEVER_ENROLLED", "09-09 10:00")
    waiting = history(stated)
    assert [each.stage for each in assess(waiting, HOLDS, "09-20 12:00").path] == [Stage.NEVER_ENROLLED]
    child = waiting._replace(enrolled_from=at("09-15 00:00").date())
    assert [f"{each.stage} {each.at:%m-%d}" for each in assess(child, HOLDS, "09-20 12:00").path] == [
        "NEVER_ENROLLED 09-09",
        "BACK 09-15",
        "HELD 09-17",
    ]


events = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(StageEvent)), max_size=25)


@given(events)
def test_every_path_goes_by_the_table(drawn: list[tuple[int, StageEvent]]) -> None:
    found = stages([(at("09-01 08:00") + timedelta(hours=n), event) for n, event in drawn])
    path_ = [Stage.ATTENDING, *(each.stage for each in found)]
    assert all(b in {TABLE.get((a, event)) for event in StageEvent} for a, b in pairwise(path_))
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(a is Stage.BACK for a, b in pairwise(path_) if b is Stage.HELD)


def test_each_stage_is_in_one_of_the_groups_that_lists_go_by() -> None:
    assert sorted([*OUT, *RETURNED, *SETTLED]) == sorted(Stage)
    assert set(GRAVE) < set(OUT)
    assert set(EVENT_TO) == set(Stage)


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)), st.integers(1, 6), st.integers(1, 40))
def test_a_return_holds_as_if_the_days_were_counted_one_by_one(
    absent: set[int], away: set[int], wanted: int, now: int
) -> None:
    absent, away = {n for n in absent if n <= now}, {n for n in away if n <= now}
    counted, broken, seen = [], 0, 0
    for number in range(1, now + 1):
        if number in absent:
            broken, seen = number, 0
        elif number not in away and broken:
            seen += 1
            if seen == wanted:
                counted.append((broken, number))
    assert list(held_on(absent, away, wanted, now)) == counted
