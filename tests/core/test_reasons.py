"""The advice for each reason."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from notoneless.core.case_terms import CaseReason
from notoneless.core.reasons import advice, sensitive


def test_every_reason_has_advice_and_the_file_names_no_other() -> None:
    text = files("notoneless.core").joinpath("data/reasons.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {reason.value for reason in CaseReason}
    for each in advice().values():
        assert each.measures
        assert each.posts
        assert all(both.zh and both.en for both in (*each.measures, *each.offices, each.source))


def test_religion_early_marriage_and_bullying_are_for_whoever_must_know() -> None:
    assert sensitive() == {CaseReason.RELIGION, CaseReason.EARLY_MARRIAGE, CaseReason.BULLYING}


def test_the_four_hard_causes_have_those_who_share_the_work() -> None:
    offices = {reason: {each.zh for each in advice()[reason].offices} for reason in CaseReason}
    assert {"公安机关", "人力资源社会保障部门"} <= offices[CaseReason.WORKING]
    assert "妇联" in offices[CaseReason.EARLY_MARRIAGE]
    assert "民族宗教事务部门" in offices[CaseReason.RELIGION]
    assert advice()[CaseReason.LEARNING].source.zh.startswith("教基〔2020〕5号")
