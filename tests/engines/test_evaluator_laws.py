"""The laws of the evaluator, on random children under every pack."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from builders import CHINA
from drawn_histories import PACKS, Drawn, drawn, pack_names
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notoneless.core.calendar import Closure, SchoolCalendar
from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.history import History
from notoneless.core.policy.in_force import PacksInForce

RUNS = settings(max_examples=500)


def assess(case: Drawn, name: str) -> Assessment:
    return evaluate(case.history, CHINA.with_closures(case.closures), PACKS[name], as_of=case.as_of)


def fresh(closures: tuple[Closure, ...]) -> SchoolCalendar:
    """An equal calendar that has remembered nothing."""
    return replace(CHINA, closures=closures)


@settings(max_examples=50)
@given(drawn(), pack_names)
def test_same_in_same_out(case: Drawn, name: str) -> None:
    rules = PacksInForce(PACKS[name].layers)
    again = evaluate(case.history, fresh(case.closures), rules, as_of=case.as_of)
    assert again == assess(case, name)
    assert repr(again.obligations) == repr(assess(case, name).obligations)


@RUNS
@given(drawn(), pack_names)
def test_no_hindsight(case: Drawn, name: str) -> None:
    assert assess(as_it_stood_then(case), name) == assess(case, name)


def as_it_stood_then(case: Drawn) -> Drawn:
    """The case with nothing in it that was recorded or declared after the moment of judgement."""
    child, closures, then = case
    child = child._replace(
        marks=tuple(f for f in child.marks if f.learned_at <= then),
        leaves=tuple(f for f in child.leaves if f.learned_at <= then),
        acts=tuple(f for f in child.acts if f.learned_at <= then),
        events=tuple(f for f in child.events if f.learned_at <= then),
    )
    return Drawn(child, tuple(c for c in closures if c.declared_at <= then), then)


@RUNS
@given(drawn(), pack_names, st.integers(0, 1 << 32))
def test_arrival_order_does_not_matter(case: Drawn, name: str, seed: int) -> None:
    assert assess(case._replace(history=shuffled(case.history, seed)), name) == assess(case, name)


def shuffled(child: History, seed: int) -> History:
    chance = random.Random(seed)
    return child._replace(
        marks=tuple(chance.sample(child.marks, len(child.marks))),
        leaves=tuple(chance.sample(child.leaves, len(child.leaves))),
        acts=tuple(chance.sample(child.acts, len(child.acts))),
        events=tuple(chance.sample(child.events, len(child.events))),
    )


@settings(max_examples=50)
@given(st.lists(drawn(), min_size=2, max_size=4), pack_names, st.data())
def test_children_are_independent(cases: list[Drawn], name: str, data: st.DataObject) -> None:
    _, closures, as_of = cases[0]
    children = [case.history._replace(child=f"child {i}") for i, case in enumerate(cases)]

    def together(some: list[History]) -> dict[str, Assessment]:
        here = fresh(closures)
        return {child.child: evaluate(child, here, PACKS[name], as_of=as_of) for child in some}

    order = data.draw(st.permutations(children))
    cut = data.draw(st.integers(0, len(order)))
    assert together(order[:cut]) | together(order[cut:]) == together(children)


@RUNS
@given(drawn(), pack_names)
def test_an_obligation_has_one_key_and_a_key_one_obligation(case: Drawn, name: str) -> None:
    keys = [obligation.key for obligation in assess(case, name).obligations]
    assert len(set(keys)) == len(keys)


@RUNS
@given(drawn(), pack_names)
def test_nothing_arises_from_what_was_not_known_or_not_in_force(case: Drawn, name: str) -> None:
    for obligation in assess(case, name).obligations:
        assert obligation.arose_at <= case.as_of
        assert all(fact.learned_at <= case.as_of for fact in obligation.facts)
        assert obligation.bound.binds_on(obligation.arose_at.date())
        assert obligation.met_by is None or obligation.met_by.at >= obligation.arose_at


@RUNS
@given(drawn(), pack_names, st.integers(1, 30))
def test_what_was_late_stays_late_while_the_facts_stand(case: Drawn, name: str, days: int) -> None:
    then = as_it_stood_then(case)
    afterwards = then._replace(as_of=then.as_of + timedelta(days=days))
    assume(afterwards.as_of.year <= CHINA.workdays.last_year)
    late = {o.key for o in assess(then, name).obligations if o.late}
    assert late <= {o.key for o in assess(afterwards, name).obligations if o.late}
