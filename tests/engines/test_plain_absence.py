"""Spells and totals against the plain reference, on random mornings."""

from __future__ import annotations

from datetime import datetime

from builders import CHINA, USUAL, in_a_pack, rule
from drawn_histories import Drawn, drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_absence import PlainAbsence

from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.policy.pack import Counting, OfLeave, OfUnrecorded

RUNS = settings(max_examples=400)
countings = st.builds(Counting, st.sampled_from(OfLeave), st.sampled_from(OfUnrecorded))


@st.composite
def mornings(draw: st.DrawFn) -> Drawn:
    """A drawn child with its morning roll calls and leave alone, every fact named."""
    child, closures, as_of = draw(drawn())
    marks = [mark for mark in child.marks if mark.session == "MORNING"]
    child = child._replace(
        marks=tuple(mark._replace(id=mark.id or f"m{i}") for i, mark in enumerate(marks)),
        leaves=tuple(leave._replace(id=leave.id or f"l{i}") for i, leave in enumerate(child.leaves)),
        acts=(),
        events=(),
        enrolled_until=draw(st.sampled_from((None, child.enrolled_until))),
    )
    return Drawn(child, closures, as_of)


def plain(case: Drawn) -> PlainAbsence:
    return PlainAbsence(case.history, CHINA, case.closures, case.as_of)


def counts(counting: Counting) -> str:
    return f'leave = "{counting.leave.value}"\nunrecorded = "{counting.unrecorded.value}"'


def assess(case: Drawn, when: str, counting: Counting = USUAL) -> Assessment:
    rules = in_a_pack(rule(when), counting=counts(counting))
    return evaluate(case.history, CHINA.with_closures(case.closures), rules, as_of=case.as_of)


def fired(answer: Assessment) -> list[datetime]:
    return sorted(obligation.arose_at for obligation in answer.obligations)


def up_to(case: Drawn, moments: list[datetime]) -> list[datetime]:
    return sorted(moment for moment in moments if moment <= case.as_of)


@RUNS
@given(mornings(), countings)
def test_spells_are_those_of_the_calendar_walked_day_by_day(case: Drawn, counting: Counting) -> None:
    found = assess(case, 'absence = "1 school day"', counting).spells
    walked = plain(case).runs(counting)
    assert [[day.day for day in spell.days] for spell in found] == [[w.day for w in r.absent] for r in walked]
    assert [spell.unknown for spell in found] == [run.unknown for run in walked]
    if case.history.enrolled_until is None:
        assert [spell.going_on for spell in found] == [run.going_on for run in walked]


@RUNS
@given(mornings(), countings, st.integers(1, 8))
def test_the_nth_absent_day_fires_when_it_is_found(case: Drawn, counting: Counting, n: int) -> None:
    answer = assess(case, f'absence = "{n} school days"', counting)
    assert fired(answer) == up_to(case, plain(case).nth_absence(n, counting))


@RUNS
@given(mornings(), st.integers(1, 5), st.integers(1, 8))
def test_absences_add_up_over_a_moving_window(case: Drawn, n: int, window: int) -> None:
    answer = assess(case, f'absence = "{n} school days", of = "{window} school days"')
    assert fired(answer) == up_to(case, plain(case).adds_up(n, window))


@RUNS
@given(mornings(), st.integers(1, 6))
def test_absences_add_up_over_a_term(case: Drawn, n: int) -> None:
    answer = assess(case, f'absence = "{n} school days", of = "term"')
    assert fired(answer) == up_to(case, plain(case).adds_up_in_a_term(n))
