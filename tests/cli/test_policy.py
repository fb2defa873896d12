"""Policy packs at the command line: list, show, check, test, describe, diff."""

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
    written = pack_text(pack)
    parts = ("rule", "quota", "placement", "tuition", "pairing", "report", "target", "excludes")
    assert page.count("- 怎样算：") == sum(written.count(f"[[{part}]]") for part in parts)


def test_describe_writes_a_page_to_print_and_one_to_send_back(tmp_path: Path) -> None:
    for format_, begins in (("md", b"# "), ("html", b"<!doctype html>"), ("docx", b"PK")):
        out = tmp_path / f"page.{format_}"
        assert main(["policy", "describe", FIRST_PACKS[0], "--format", format_, "--out", str(out)]) == 0
        assert out.read_bytes().startswith(begins)


def test_a_word_file_needs_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "describe", FIRST_PACKS[0], "--format", "docx"]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["policy", "describe", FIRST_PACKS[0], "--out", str(tmp_path / "no" / "page.md")]) == 2
    assert "写不进去" in capsys.readouterr().err


def test_diff_tells_two_packs_apart_and_a_pack_not_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "diff", "seeds/xxx-township", "seeds/shanshu-2014"]) == 1
    told = capsys.readouterr().out
    assert "甲：seeds/xxx-township" in told
    assert "甲 要班主任家访（挂包教师参加，当日 23:59 前，须有家访记录）；乙 不要求" in told
    assert main(["policy", "diff", "seeds/xxx-township", "seeds/xxx-township"]) == 0
    assert "条文：没有不同" in capsys.readouterr().out


def test_diff_with_a_changed_file_names_the_changed_day(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    changed = tmp_path / "county.toml"
    changed.write_text(pack_text("seeds/xxx-township").replace('"2 school days"', '"4 school days"'), "utf-8")
    assert main(["policy", "diff", "seeds/xxx-township", str(changed)]) == 1
    told = capsys.readouterr().out
    assert "连续旷课，第 2 个上课日" in told
    assert "连续旷课，第 4 个上课日" in told


def test_diff_with_a_pack_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "diff", "seeds/xxx-township", "nowhere/2020"]) == 2
    assert "没有这个制度包" in capsys.readouterr().err


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
        pack_text("seeds/xxx-township").replace('by = "3 working days"', 'by = "3 days"'), "utf-8"
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
