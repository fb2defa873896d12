"""The stages of a case: the table, its diagram, and the ways a child goes through it."""

from __future__ import annotations

from itertools import product

import pytest
from builders import absences, assess, at, done, history, in_a_pack, leave, rule

from notoneless.core.history import History
from notoneless.core.stages import EVENT_OF, TABLE, diagram, stages
from notoneless.core.terms import Stage, StageEvent

# How each stage can be reached from the start.
WAYS: dict[Stage, tuple[StageEvent, ...]] = {
    Stage.ATTENDING: (),
    Stage.AT_RISK: (StageEvent.AT_RISK,),
    Stage.SUSPECTED_DROPOUT: (StageEvent.SUSPECTED,),
    Stage.DROPOUT: (StageEvent.CONFIRMED,),
    Stage.BACK: (StageEvent.AT_RISK, StageEvent.CAME_BACK),
    Stage.CLOSED: (StageEvent.AT_RISK, StageEvent.CLOSED_OUT),
}
# Written out once more, so that a slip in the table does not go unseen.
MOVES = """
ATTENDING         AT_RISK → AT_RISK,  SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT
AT_RISK           SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT, CAME_BACK → BACK, CLOSED_OUT → CLOSED
SUSPECTED_DROPOUT CONFIRMED → DROPOUT, CAME_BACK → BACK, CLOSED_OUT → CLOSED
DROPOUT           CAME_BACK → BACK, CLOSED_OUT → CLOSED
BACK              AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT, CLOSED_OUT → CLOSED
CLOSED            AT_RISK → AT_RISK, SUSPECTED → SUSPECTED_DROPOUT, CONFIRMED → DROPOUT
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
