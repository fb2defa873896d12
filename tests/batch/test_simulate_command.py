"""`notoneless simulate`: files, totals, and refusals that say what would be right."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from notoneless.cli import simulate


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    args = parser.parse_args(["simulate", *words])
    return int(args.run(args))


def test_it_writes_every_table_and_names_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--until", "2026-09-30", "--pupils", "90", "--out", str(tmp_path)) == 0
    named = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    assert named == {path.name for path in tmp_path.iterdir()}
    assert {"children.csv", "marks.csv", "roll_calls.csv", "acts.csv"} <= named


def test_a_file_opens_as_chinese_in_an_office_program(tmp_path: Path) -> None:
    command("--until", "2026-09-30", "--pupils", "90", "--out", str(tmp_path))
    assert (tmp_path / "places.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "云岭完小" in (tmp_path / "places.csv").read_text("utf-8-sig")


def test_totals_stand_beside_those_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--until", "2026-09-30", "--pupils", "300", "--check-totals") == 0
    said = capsys.readouterr().out
    assert "日均缺勤" in said
    assert "应约 1.80%" in said
    assert "只生成了学年的一部分" in said


def test_a_whole_year_is_not_called_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    command("--until", "2026-07-15", "--pupils", "300", "--check-totals")
    assert "193 个上课日" in (said := capsys.readouterr().out)
    assert "只生成了" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "请写 --out 文件夹"),
        (("--check-totals", "--schools", "999"), "学校应为 1–300 所"),
        (("--check-totals", "--scenario", "rich"), "没有“rich”这种情形"),
    ],
)
def test_what_cannot_be_made_is_refused(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--until", "2026-11-20", *words) == 2
    assert said in capsys.readouterr().err


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command("--until", "tomorrow", "--check-totals")
    assert "日期应写作 2026-11-20" in capsys.readouterr().err
