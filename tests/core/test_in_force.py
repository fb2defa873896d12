"""Which rules bind when a document builds on another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import absences, assess, day, fired, owed, pack, rule

from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.terms import CloseOutKind

FIRST = 'absence = "1 school day"'
CLOSING = '[[closing]]\nkind = "STABLE_RETURN"\npresent_school_days = {}\nclause = ["C1"]\nreading = "读"\n'


def spans(packs: PacksInForce) -> list[str]:
    """`rule from–until` of each rule in force."""
    return [f"{b.ref} {b.from_day}–{b.until or ''}" for b in packs.rules]


def nation(top: str = "") -> PolicyPack:
    return pack(rule(FIRST), id="nation", top=top)


def county(top: str = "", *rules: str) -> PolicyPack:
    texts = rules or (rule(FIRST, id="finer", more='refines = "nation#rule"'),)
    return pack(*texts, id="county", top=f'extends = "nation"\n{top}')


def layered(near: PolicyPack, far: PolicyPack, adopted_on: date | None = None) -> PacksInForce:
    return in_force(near, {far.id: far}.__getitem__, adopted_on)


def test_a_pack_binds_together_with_the_one_it_extends() -> None:
    packs = layered(county("", rule(FIRST, id="more")), nation())
    assert spans(packs) == ["county#more 2020-01-01–", "nation#rule 2020-01-01–"]
    assert [o.bound.ref for o in owed(absences("A"), packs, "09-20 12:00")] == ["county#more", "nation#rule"]


def test_a_finer_rule_stands_in_for_the_one_it_refines() -> None:
    assert spans(layered(county(), nation())) == ["county#finer 2020-01-01–"]


def test_a_refined_rule_binds_until_the_finer_one_is_adopted() -> None:
    packs = layered(county(), nation(), adopted_on=day("2025-09-10"))
    assert spans(packs) == ["county#finer 2025-09-10–", "nation#rule 2020-01-01–2025-09-10"]
    rules = [o.bound.rule.id for o in owed(absences("A P P A"), packs, "09-20 12:00")]
    assert rules == ["rule", "finer"]


def test_a_refined_rule_binds_again_when_the_finer_one_ends() -> None:
    packs = layered(county("in_force_until = 2025-09-10"), nation())
    assert spans(packs) == ["county#finer 2020-01-01–2025-09-10", "nation#rule 2025-09-10–"]


def test_a_refined_rule_does_not_outlive_its_own_document() -> None:
    packs = layered(county(), nation("in_force_until = 2022-01-01"), adopted_on=day("2025-09-10"))
    assert spans(packs) == ["county#finer 2025-09-10–", "nation#rule 2020-01-01–2022-01-01"]


def test_a_rule_that_is_not_refined_is_left_as_it_is() -> None:
    packs = layered(county("", rule(FIRST, id="finer")), nation())
    assert spans(packs) == ["county#finer 2020-01-01–", "nation#rule 2020-01-01–"]


def test_refining_a_rule_that_is_not_there_is_refused_with_those_that_are() -> None:
    misspelt = county("", rule(FIRST, id="finer", more='refines = "nation#other"'))
    with pytest.raises(
        PackError, match=r"第\d+行，规则“finer” refines：上位制度里没有规则“nation#other”；可写：nation#rule"
    ):
        layered(misspelt, nation())


def test_extending_in_a_circle_or_into_nothing_is_refused_with_its_line() -> None:
    near = county()
    with pytest.raises(PackError, match=r"第\d+行，extends：上位制度绕成了圈：county → county"):
        in_force(replace(near, extends=near.id), {near.id: near}.__getitem__)

    def lost(pack_id: str) -> PolicyPack:
        raise PackError("policies", 0, pack_id, "没有这个制度包；现有：a/b")

    with pytest.raises(
        PackError, match=r"第\d+行，extends：上位制度“nation”用不了：.*没有这个制度包；现有：a/b"
    ):
        in_force(near, lost)


@pytest.mark.parametrize(("on", "moments"), [("2025-09-08", ["09-08 08:00"]), ("2025-09-09", [])])
def test_a_rule_binds_on_its_first_day_and_not_before(on: str, moments: list[str]) -> None:
    packs = in_force(pack(rule(FIRST)), {}.__getitem__, adopted_on=day(on))
    assert fired(absences("A"), packs) == moments


def test_a_rule_no_longer_binds_on_the_day_its_document_ends() -> None:
    packs = in_force(pack(rule(FIRST + ", each = true"), top="in_force_until = 2025-09-09"), {}.__getitem__)
    assert fired(absences("A A"), packs) == ["09-08 08:00"]


def test_each_document_counts_in_its_own_way() -> None:
    near = pack(
        rule('absence = "2 school days"'), id="county", top='extends = "nation"', counting='leave = "ends it"'
    )
    far = pack(rule('absence = "2 school days"'), id="nation")
    found = owed(absences("A L A"), layered(near, far), "09-20 12:00")
    assert [o.bound.ref for o in found] == ["nation#rule"]


def test_what_unknown_days_make_possible_is_shown_for_every_document() -> None:
    near = pack(
        rule('absence = "2 school days"'),
        id="county",
        top='extends = "nation"',
        counting='unrecorded = "ends it"',
    )
    far = pack(rule('absence = "2 school days"'), id="nation")
    answer = assess(absences("A U"), layered(near, far), "09-09 12:00")
    assert [ref for ref, _ in answer.possible] == ["nation#rule"]


def test_the_nearest_document_decides_what_closes_a_case() -> None:
    near = pack(rule(FIRST), CLOSING.format(9), id="county", top='extends = "nation"')
    far = pack(rule(FIRST), CLOSING.format(5), id="nation")
    closing = layered(near, far).closing(CloseOutKind.STABLE_RETURN)
    assert closing is not None
    assert closing.present_school_days == 9
    assert layered(county(), far).closing(CloseOutKind.STABLE_RETURN) == far.closings[0]
    assert layered(county(), far).closing(CloseOutKind.DATA_ERROR) is None


def test_the_version_names_every_document_nearest_first() -> None:
    packs = layered(county(), nation())
    assert [each.split("@")[0] for each in packs.version.split()] == ["county", "nation"]
