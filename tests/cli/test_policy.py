"""Policy packs at the command line: list, show, check, test, describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from notoneless.cli.main import main
from notoneless.core.policy.library import pack_text

FIRST_PACKS = ("national/2024-15", "seeds/shanshu-2014", "seeds/xxx-township", "fujian/jianning-2024")


def test_list_names_the_first_four_packs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "list"]) == 0
    out = capsys.readouterr().out
    assert all(pack in out for pack in FIRST_PACKS)


@pytest.mark.parametrize("pack", FIRST_PACKS)
def test_every_shipped_pack_can_be_applied_and_its_examples_come_out(pack: str) -> None:
    assert main(["policy", "check", pack]) == 0
    assert main(["policy", "test", pack]) == 0


@pytest.mark.parametrize("pack", FIRST_PACKS)
def test_describe_gives_every_clause_with_its_reading(capsys: pytest.CaptureFixture[str], pack: str) -> None:
    assert main(["policy", "describe", pack]) == 0
    page = capsys.readouterr().out
    assert page.count("- 怎样算：") == pack_text(pack).count("[[rule]]")


def test_a_changed_number_makes_an_example_fail(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    changed = tmp_path / "county.toml"
    changed.write_text(pack_text("seeds/xxx-township").replace('"2 school days"', '"4 school days"'), "utf-8")
    assert main(["policy", "test", str(changed)]) == 1
    assert "visited-on-day-2" in capsys.readouterr().out


def test_a_bare_number_of_days_is_refused_with_line_key_and_both_meanings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    changed = tmp_path / "county.toml"
    changed.write_text(
        pack_text("seeds/xxx-township").replace('by = "3 school days"', 'by = "3 days"'), "utf-8"
    )
    assert main(["policy", "check", str(changed)]) == 2
    refusal = capsys.readouterr().err
    for word in ("county.toml 第", "by", '"3 school days"', '"3 calendar days"'):
        assert word in refusal


def test_a_pack_that_does_not_exist_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["policy", "show", "nowhere/2020"]) == 2
    assert "seeds/xxx-township" in capsys.readouterr().err
