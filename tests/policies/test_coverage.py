"""Every clause of the 23 regimes is accounted for, once, with its reason."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from spoiled_pack import GOOD, read

from notoneless.cli.main import main
from notoneless.core.policy.coverage import coverage
from notoneless.core.policy.library import known_clauses, load, pack_ids, regimes


def test_the_regimes_hold_270_clauses_without_gap_or_overlap() -> None:
    ids = [clause for clauses in regimes().values() for clause in clauses]
    assert sorted(ids) == [f"C{n:03}" for n in range(1, 271)]
    assert sorted(regimes()) == [f"R{n:02}" for n in range(1, 24)]


def test_a_clause_nobody_claims_is_missing() -> None:
    found = coverage(
        [read(GOOD.replace('title = "题"', 'title = "题"\nregime = "RX"'))], {"RX": ("C1", "C2", "C3", "C4")}
    )
    assert found.missing == ("C4",)
    assert not found.complete


@pytest.mark.parametrize(("because", "twice"), [("", ("C1",)), ('because = "另有罚款一句"', ())])
def test_a_clause_claimed_twice_needs_its_reason(because: str, twice: tuple[str, ...]) -> None:
    again = f'\n[[clause]]\nid = "C1"\npointer = "一"\nkind = "conduct"\nsays = "说"\n{because}\n'
    pack = read(GOOD.replace('title = "题"', 'title = "题"\nregime = "RX"') + again)
    assert coverage([pack], {"RX": ("C1", "C2", "C3")}).twice == twice


@pytest.mark.parametrize("regime", ["R06", "R16", "R23"])
def test_the_first_regimes_are_complete(regime: str) -> None:
    found = coverage([load(pack_id) for pack_id in pack_ids()], {regime: regimes()[regime]})
    assert found.missing == ()
    assert found.twice == ()


def test_the_index_knows_every_clause_that_packs_cite() -> None:
    cited = {clause for pack_id in pack_ids() for rule in load(pack_id).rules for clause in rule.clause}
    assert cited <= set(known_clauses())


def test_all_270_clauses_are_accounted_for_at_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "coverage", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["clauses"], found["missing"], found["twice"]) == (270, [], [])
    assert sum(found["by_state"].values()) == 270
    assert all(found["regimes"][regime]["runs"] for regime in regimes())


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_what_the_reader_is_told_is_what_coverage_counts(page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    counts = coverage([load(pack_id) for pack_id in pack_ids()], regimes()).by_state()
    told = re.search(r"270[^0-9]+(\d+)[^0-9]+(\d+)[^0-9]+(\d+)", text)
    assert told is not None
    assert [int(each) for each in told.groups()] == list(counts.values())


def test_a_missing_clause_makes_the_command_fail_and_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "notoneless.cli.coverage.pack_ids", lambda: ("national/2024-15", "seeds/shanshu-2014")
    )
    assert main(["policy", "coverage"]) == 1
    assert "缺 C270：没有制度包说到它" in capsys.readouterr().out
