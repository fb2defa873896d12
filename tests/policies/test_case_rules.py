"""What packs say of close-outs, placement, teaching at home and pairing: counted, layered, compared."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec

import pytest
from builders import CHINA, pack
from hypothesis import given
from hypothesis import strategies as st
from spoiled_pack import GOOD, read

from notoneless.core.case_terms import PairingPurpose, PlacementKind
from notoneless.core.policy.case_rules import MAY_REVIEW, months_away
from notoneless.core.policy.compare import Part, compare
from notoneless.core.policy.in_force import in_force
from notoneless.core.policy.library import load, packs_in_force, run_examples
from notoneless.core.policy.pack import PARTS
from notoneless.core.terms import CloseOutKind, Evidence, Post
from notoneless.records.access import Thing, Verb, posts_that

NATION = packs_in_force("national/2024-15")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def problems(text: str) -> list[str]:
    found = read(text)
    results = run_examples(found, in_force(found, load))
    return [
        f"{r.example.rule} {r.example.about} {r.problem}" for r in results if "没有算例" not in r.problem
    ][0:9]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("present = 5, met = true", "present = 4, met = true", "应为 达到；算得 没有达到"),
        ("back = 2026-11-30", "back = 2026-12-01", "不在这一段"),
        ("lessons = 216, met = true", "lessons = 216, met = false", "应为 没有达到；算得 达到"),
        ("week = 6", "week = 5", "应为 5；算得 6"),
        ("until = 2026-11-25", "until = 2026-11-26", "应为 2026-11-26；算得 2026-11-25"),
    ],
)
def test_an_example_that_comes_out_otherwise_is_told(old: str, new: str, says: str) -> None:
    assert not any(says in each for each in problems(GOOD))
    assert any(says in each for each in problems(GOOD.replace(old, new)))


@pytest.mark.parametrize("heading", ["[[closing]]", "[[placement]]", "[[tuition]]", "[[pairing]]"])
def test_what_counts_something_needs_an_example(heading: str) -> None:
    start = GOOD.index("examples = ", GOOD.index(heading))
    bare = GOOD[:start] + GOOD[GOOD.index("\n", start) + 1 :]
    found = read(bare)
    told = [r.problem for r in run_examples(found, in_force(found, load))]
    assert "没有算例；请至少写一个 examples = [{ … }]" in told


# Months.


@pytest.mark.parametrize(
    ("left", "back", "months"),
    [
        ("2026-09-01", "2026-09-01", 0),
        ("2026-09-01", "2026-11-30", 2),
        ("2026-09-01", "2026-12-01", 3),
        ("2026-11-30", "2027-02-28", 3),
        ("2026-11-30", "2027-02-27", 2),
        ("2024-02-29", "2025-02-28", 12),
    ],
)
def test_months_are_calendar_months(left: str, back: str, months: int) -> None:
    assert months_away(date.fromisoformat(left), date.fromisoformat(back)) == months


@given(DAYS, DAYS, DAYS)
def test_staying_away_longer_never_counts_fewer_months(one: date, two: date, three: date) -> None:
    left, sooner, later = sorted((one, two, three))
    assert 0 <= months_away(left, sooner) <= months_away(left, later)


@given(st.integers(0, 200))
def test_every_length_of_absence_has_one_placement(months: int) -> None:
    fitting = [rule for rule in load("national/2024-15").placements if rule.fits(months)]
    assert fitting == [NATION.placement(months)]


def test_the_placements_that_ship() -> None:
    kinds = [NATION.placement(months) for months in (0, 2, 3, 11, 12, 40)]
    assert [rule.kind for rule in kinds if rule] == [
        *[PlacementKind.SAME_CLASS] * 2,
        *[PlacementKind.GRADE_BELOW] * 2,
        *[PlacementKind.BY_AGE] * 2,
    ]


# Close-outs.


def test_every_kind_of_close_out_has_its_evidence_and_its_reviewer_by_national_policy() -> None:
    for kind in CloseOutKind:
        closing = NATION.closing(kind)
        assert closing is not None
        assert closing.evidence
        assert closing.reviewers < MAY_REVIEW
        assert bool(closing.present_school_days) is (kind is CloseOutKind.STABLE_RETURN)
    death = NATION.closing(CloseOutKind.DEATH)
    assert death is not None
    assert (death.evidence, death.reviewers) == ({Evidence.DEATH_CERTIFICATE}, {Post.COUNTY_BUREAU})


def test_who_may_be_chosen_as_reviewer_may_review_by_the_access_table() -> None:
    assert posts_that(Thing.CASE, Verb.APPROVE) == MAY_REVIEW


def test_a_nearer_pack_that_speaks_of_one_kind_leaves_the_others_as_they_are() -> None:
    near = pack(
        '[[closing]]\nkind = "STABLE_RETURN"\npresent_school_days = 9\nclause = "C1"\nreading = "读"\n'
    )
    packs = in_force(near.__class__(**{**_fields(near), "extends": "national/2024-15"}), load)
    stable, abroad = packs.closing(CloseOutKind.STABLE_RETURN), packs.closing(CloseOutKind.ABROAD)
    assert stable is not None
    assert (stable.present_school_days, stable.reviewers) == (9, MAY_REVIEW)
    assert abroad == NATION.closing(CloseOutKind.ABROAD)
    assert packs.placement(4) == NATION.placement(4)


def _fields(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__class__.__dataclass_fields__}  # type: ignore[attr-defined]


# Teaching at home and pairing.


def test_the_nation_sets_no_number_of_lessons_and_a_county_takes_one_by_extending() -> None:
    assert NATION.tuition() is None
    minimum = packs_in_force("shandong/home-tuition").tuition()
    assert minimum is not None
    assert (minimum.lessons_a_year, minimum.lessons_a_week) == (216, 6)


def test_a_helper_after_return_is_in_touch_as_the_county_says() -> None:
    rule = packs_in_force("fujian/jianning-2024").pairing(PairingPurpose.RETURN_CARE)
    assert rule is not None
    assert rule.contact_days == 7
    assert NATION.pairing(PairingPurpose.RETURN_CARE) is None


def test_packs_that_treat_casework_otherwise_are_told_apart() -> None:
    a, b = packs_in_force("shandong/home-tuition"), packs_in_force("anhui/huaiyuan-home-tuition")
    lines = [each.sentence for each in compare(a, b, CHINA) if each.part is Part.TEXT]
    assert lines == [
        "送教上门：甲 每学年不少于 216 课时，每周 2 次，每次 3 课时；乙 每学年不少于 30 课时，每周 2 次"
    ]
    found = compare(packs_in_force("fujian/jianning-2024"), NATION, CHINA)
    assert "结对（返校后一对一）：甲 每 7 个日历日至少联系一次；乙 没有规定" in [d.sentence for d in found]


# Clauses that run in a part of the product.


def test_a_clause_that_runs_in_a_part_is_counted_as_running() -> None:
    ledger = {c.id: c for c in load("seeds/shandong-primary").other_clauses}["C045"]
    assert (ledger.state, PARTS[ledger.runs_in]) == ("runs", "减免缓助补")


WHERE = {
    "relief": "notoneless.services.relief",
    "pairing": "notoneless.services.pairings",
    "papers": "notoneless.services.paper_issuing",
    "enrolment": "notoneless.services.enrolment_changes",
    "routes": "notoneless.services.special_routes",
    "figures": "notoneless.services.figures",
    "ledgers": "notoneless.services.ledgers",
    "registers": "notoneless.services.registers",
    "checks": "notoneless.services.contradictions",
    "feedback": "notoneless.services.feedback",
    "supervision": "notoneless.services.supervision",
    "recognition": "notoneless.services.supervision.recognition",
}


def test_every_part_in_which_clauses_run_is_there() -> None:
    assert WHERE.keys() == PARTS.keys()
    assert [part for part, module in WHERE.items() if find_spec(module) is None] == []
