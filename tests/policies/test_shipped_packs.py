"""The packs that ship: they load, their examples come out as written, and nothing in them is left hanging."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from spoiled_pack import GOOD, read

from notoneless.core.policy import library
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import in_force
from notoneless.core.policy.library import (
    load,
    pack_ids,
    pack_text,
    packs_in_force,
    run_examples,
)

each_pack = pytest.mark.parametrize("pack_id", pack_ids())


def problems(text: str) -> list[str]:
    """What the examples of a pack find wrong with it."""
    pack = read(text)
    return [result.problem for result in run_examples(pack, in_force(pack, load)) if result.problem]


@each_pack
def test_every_example_of_every_pack_comes_out_as_written(pack_id: str) -> None:
    results = run_examples(load(pack_id), packs_in_force(pack_id))
    assert [f"{result.example.about}: {result.problem}" for result in results if result.problem] == []
    pack = load(pack_id)
    named = {each.id for each in pack.rules} | {each.id for each in pack.quotas}
    tried = {result.example.rule for result in results}
    assert {name for name in tried if "：" not in name and name != "送教"} == named


def with_an_example(text: str) -> str:
    return text + (
        '[[example]]\nrule = "second"\nabout = "办结，不升级"\nfrom = 2025-09-08\nmarks = "A"\n'
        'at = "2025-09-09 17:00"\nexpect = []\n'
    )


def test_an_example_that_comes_out_otherwise_is_told_with_both_answers() -> None:
    wrong = with_an_example(GOOD).replace("2025-09-10 23:59", "2025-09-11 23:59")
    assert problems(with_an_example(GOOD)) == []
    (problem,) = problems(wrong)
    assert problem == ("应为 核实（校长）2025-09-11 23:59 已办；算得 核实（校长）2025-09-10 23:59 已办")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('state = "met"', 'state = "open"'),
        ('who = "principal", due', 'who = "township", due'),
        ('due = "2025-09-10 23:59", state = "met"', 'due = "2025-09-10 23:59", to = "township"'),
        (
            'expect = [{ act = "verify", who = "principal", due = "2025-09-10 23:59", state = "met" }]',
            "expect = []",
        ),
    ],
)
def test_an_example_is_compared_in_full(old: str, new: str) -> None:
    assert old in GOOD
    assert len(problems(with_an_example(GOOD).replace(old, new, 1))) == 1


def test_a_rule_without_an_example_is_told() -> None:
    assert problems(GOOD) == ["规则“second”没有算例；请至少写一个 [[example]]"]


@each_pack
def test_a_refined_rule_is_a_rule_of_a_document_that_the_pack_extends(pack_id: str) -> None:
    rules = {
        f"{pack.id}#{rule.id}" for pack, _, _ in packs_in_force(pack_id).layers[1:] for rule in pack.rules
    }
    assert {rule.refines for rule in load(pack_id).rules if rule.refines} <= rules


def test_the_version_of_a_pack_follows_its_text() -> None:
    assert read(GOOD).version == read(GOOD).version != read(GOOD + "\n").version


def test_a_pack_that_does_not_ship_is_refused_with_those_that_do() -> None:
    with pytest.raises(PackError, match=r"没有这个制度包；现有：.*national/2024-15"):
        load("county/nowhere")


def test_a_pack_in_the_wrong_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = pack_text("national/2024-15")
    monkeypatch.setattr(library, "pack_text", lambda pack_id: elsewhere)
    with pytest.raises(PackError, match="id 应当与文件位置一致，写作 seeds/shanshu-2014"):
        load.__wrapped__("seeds/shanshu-2014")


# Slips of the pen.


@pytest.fixture(scope="module")
def mutate_packs() -> Iterator[ModuleType]:
    """The tool that writes every number and kind of day wrong in turn."""
    path = Path(__file__).parents[2] / "tools" / "mutate_packs.py"
    spec = importlib.util.spec_from_file_location("mutate_packs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate_packs"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutate_packs"]


def test_slips_touch_amounts_limits_and_kinds_of_day_and_nothing_else(mutate_packs: ModuleType) -> None:
    found = {(slip.rule, slip.said, slip.says) for slip in mutate_packs.slips(GOOD)}
    assert found == {
        ("first", '"2 school days"', '"3 school days"'),
        ("first", '"2 school days"', '"1 school days"'),
        ("first", '"2 school days"', '"2 working days"'),
        ("first", '"1 working day"', '"2 working day"'),
        ("first", '"1 working day"', '"1 school day"'),
        ("second", '"same day"', '"1 school day"'),
        ("second", '"same day"', '"1 working day"'),
        ("second", '"same day"', '"before morning check"'),
        ("[[closing]]", "5", "6"),
        ("[[closing]]", "5", "4"),
        ("[[placement]]", "3", "4"),
        ("[[placement]]", "3", "2"),
        ("[[placement]]", "0", "1"),
        ("[[tuition]]", "216", "217"),
        ("[[tuition]]", "216", "215"),
        ("[[tuition]]", "2", "3"),
        ("[[tuition]]", "2", "1"),
        ("[[tuition]]", "3", "4"),
        ("[[tuition]]", "3", "2"),
        ("[[pairing]]", '"7 calendar days"', '"8 calendar days"'),
        ("[[pairing]]", '"7 calendar days"', '"6 calendar days"'),
        ("[[report]]", "20", "21"),
        ("[[report]]", "20", "19"),
        ("[[report]]", '"2 calendar days"', '"3 calendar days"'),
        ("[[report]]", '"2 calendar days"', '"1 calendar days"'),
        ("[[report]]", "[3]", "[4]"),
        ("[[report]]", "[3]", "[2]"),
        ("[[report]]", '"month end"', '"term end"'),
        ("[[report]]", '"month end"', '"by the 20th"'),
        ("[[target]]", '"primary"', '"junior"'),
        ("[[target]]", "0.6", "1.6"),
        ("[[target]]", "0.6", "0.7"),
        ("[[target]]", "0.6", "0.5"),
        ("[[target]]", "[7]", "[8]"),
        ("[[target]]", "[7]", "[6]"),
        ("[[target]]", "2", "3"),
        ("[[target]]", "2", "1"),
        ("[[target]]", "true", "false"),
    }


def test_a_slip_is_one_place_written_otherwise(mutate_packs: ModuleType) -> None:
    for slip in mutate_packs.slips(GOOD):
        changed = [
            number
            for number, (old, new) in enumerate(
                zip(GOOD.splitlines(), slip.text.splitlines(), strict=True), 1
            )
            if old != new
        ]
        assert changed == [slip.line]


@each_pack
def test_no_wrong_number_goes_unnoticed_in_a_pack_that_ships(pack_id: str, mutate_packs: ModuleType) -> None:
    tried, unnoticed = mutate_packs.unnoticed(pack_id)
    assert tried > 0
    wrong_numbers = [
        slip for slip in unnoticed if re.findall(r"\d+", slip.said) != re.findall(r"\d+", slip.says)
    ]
    assert [f"line {slip.line}: {slip.said} → {slip.says}" for slip in wrong_numbers] == []
