"""The main job at the command line, on the sample files that ship beside the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from notoneless.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"
ROSTER = str(EXAMPLES / "roster.xlsx")
GRID = str(EXAMPLES / "attendance-2026-11.xlsx")
LONG = str(EXAMPLES / "attendance-2026-11.csv")


def run(capsys: pytest.CaptureFixture[str], *more: str, sheet: str = GRID) -> tuple[int, str]:
    code = main(["check", "--roster", ROSTER, "--attendance", sheet, *more])
    return code, capsys.readouterr().out


def rows(
    capsys: pytest.CaptureFixture[str], policy: str, at: str = "2026-11-20T09:30", sheet: str = GRID
) -> dict[str, Any]:
    _, out = run(capsys, "--policy", policy, "--as-of", at, "--json", sheet=sheet)
    result: dict[str, Any] = json.loads(out)
    return result


def owed_by(result: dict[str, Any], name: str) -> list[tuple[str, str, str, str]]:
    return [
        (o["act"], o["who"], o["due_at"], o["state"])
        for o in result["obligations"]
        if o["child"]["name"] == name
    ]


def test_a_first_absence_is_told_within_the_hour_of_the_roll_call(capsys: pytest.CaptureFixture[str]) -> None:
    result = rows(capsys, "seeds/shanshu-2014", "2026-11-20T08:30", LONG)
    assert owed_by(result, "田小野") == [
        ("REPORT", "ROLL_CALL_TAKER", "2026-11-20T09:05", "OPEN"),
        ("HOME_VISIT", "SCHOOL_OFFICE", "2026-11-20T23:59", "OPEN"),
    ]


def test_a_grid_without_times_counts_from_the_morning_check(capsys: pytest.CaptureFixture[str]) -> None:
    result = rows(capsys, "seeds/shanshu-2014", "2026-11-20T08:30")
    assert owed_by(result, "田小野")[0] == ("REPORT", "ROLL_CALL_TAKER", "2026-11-20T09:00", "OPEN")


def test_the_township_ladder_reaches_day_3_and_day_7(capsys: pytest.CaptureFixture[str]) -> None:
    result = rows(capsys, "seeds/xxx-township")
    three = [o for o in owed_by(result, "江一舟") if o[1] in ("SCHOOL_OFFICE", "PRINCIPAL")]
    assert three == [
        ("REPORT", "SCHOOL_OFFICE", "2026-11-20T23:59", "OPEN"),
        ("REPORT", "PRINCIPAL", "2026-11-20T23:59", "OPEN"),
        ("REPORT", "PRINCIPAL", "2026-11-20T23:59", "OPEN"),
        ("PERSUADE", "PRINCIPAL", "2026-11-23T23:59", "OPEN"),
    ]
    seven = owed_by(result, "石小满")[-2:]
    assert seven == [
        ("MARK_IN_NATIONAL_SYSTEM", "ENROLMENT_OFFICER", "2026-11-20T23:59", "OPEN"),
        ("PERSUADE", "VILLAGE_CADRE", "2026-11-25T23:59", "OPEN"),
    ]


def test_a_blank_is_listed_as_not_recorded_and_never_as_present(capsys: pytest.CaptureFixture[str]) -> None:
    for sheet in (GRID, LONG):
        unrecorded = rows(capsys, "seeds/xxx-township", sheet=sheet)["unrecorded"]
        assert [(u["day"], [c["name"] for c in u["children"]]) for u in unrecorded] == [
            ("2026-11-18", ["罗小松"])
        ]


def test_every_fact_points_at_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    result = rows(capsys, "seeds/shanshu-2014")
    sources = {f["source"] for o in result["obligations"] for f in o["facts"]}
    assert all(source.startswith("attendance-2026-11.xlsx ") and "!" in source for source in sources)


def test_obligations_come_soonest_first_and_equal_input_gives_equal_bytes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    again = [
        run(capsys, "--policy", "seeds/xxx-township", "--as-of", "2026-11-20T09:30", "--json") for _ in "12"
    ]
    assert again[0] == again[1]
    owed = json.loads(again[0][1])["obligations"]
    keys = [(o["due_at"], o["child"]["enrolment_no"]) for o in owed]
    assert keys == sorted(keys)


def test_the_daily_report_and_log_in_of_jianning_are_the_school_s_duties(
    capsys: pytest.CaptureFixture[str],
) -> None:
    duties = rows(capsys, "fujian/jianning-2024")["duties"]
    acts = {(d["act"], d["due_at"]) for d in duties}
    assert ("DRAW_UP", "2026-11-20T23:59") in acts
    assert ("LOG_IN_NATIONAL_SYSTEM", "2026-11-20T23:59") in acts


ONE_MORNING = """日期,班级,学籍号,姓名,节次,状态,原因,点名时间
2026-11-20,三年级2班,,,晨检,全到,,08:05
2026-11-20,三年级2班,,田小野,晨检,旷课,,08:05
2026-11-20,六年级1班,,,晨检,全到,,08:05
"""


@pytest.mark.parametrize(("at", "code"), [("08:30", 0), ("09:05", 0), ("09:06", 1)])
def test_the_exit_code_says_whether_anything_is_overdue(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, at: str, code: int
) -> None:
    sheet = tmp_path / "morning.csv"
    sheet.write_text(ONE_MORNING, "utf-8")
    more = ["--policy", "seeds/shanshu-2014", "--as-of", f"2026-11-20T{at}"]
    assert run(capsys, *more, sheet=str(sheet))[0] == code


def test_a_class_nobody_called_is_overdue_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sheet = tmp_path / "morning.csv"
    sheet.write_text(ONE_MORNING.rsplit("2026", 1)[0], "utf-8")
    result = rows(capsys, "seeds/shanshu-2014", "2026-11-20T08:30", str(sheet))
    silent = [(u["class"], u["obligation"]["due_at"], u["obligation"]["state"]) for u in result["unrecorded"]]
    assert silent == [("六年级1班", "2026-11-20T08:20", "OVERDUE")]


def test_a_roll_call_after_the_moment_is_refused_cell_by_cell(capsys: pytest.CaptureFixture[str]) -> None:
    result = rows(capsys, "seeds/shanshu-2014", "2026-11-12T08:30", LONG)
    late = [p for p in result["problems"] if "2026-11-20 08:05" in p["message"]]
    assert late
    assert all(p["file"] == "attendance-2026-11.csv" and p["cell"] for p in late)
    assert all(o["due_at"] < "2026-11-13" for o in result["obligations"])


def test_an_unknown_policy_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["check", "--roster", ROSTER, "--attendance", GRID]
    code = main([*args, "--policy", "seeds/nowhere", "--as-of", "2026-11-20T09:30"])
    assert code == 2
    assert "seeds/shanshu-2014" in capsys.readouterr().err


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01T09:30", ""])
def test_a_moment_that_is_none_is_refused_with_the_right_form(
    capsys: pytest.CaptureFixture[str], at: str
) -> None:
    args = ["check", "--roster", ROSTER, "--attendance", GRID, "--policy", "seeds/shanshu-2014"]
    assert main([*args, "--as-of", at]) == 2
    assert "2026-11-20T09:30" in capsys.readouterr().err


def test_a_roster_that_is_no_workbook_is_unusable_and_says_so_in_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bad = tmp_path / "roster.xlsx"
    bad.write_bytes(b"PK\x03\x04 not really")
    args = ["check", "--roster", str(bad), "--attendance", GRID, "--policy", "seeds/shanshu-2014"]
    assert main([*args, "--as-of", "2026-11-20T09:30", "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert problems[0]["file"] == "roster.xlsx"


def test_explain_names_clause_reading_fact_and_limit(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = run(capsys, "--policy", "seeds/xxx-township", "--as-of", "2026-11-20T09:30", "--explain")
    for word in ("条款：", "计法：", "事实：", "时限：", "不计：2026-11-21 – 2026-11-22 周末"):
        assert word in out


def test_a_county_calendar_moves_the_morning_check(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(
        '[[session]]\ncode = "MORNING"\nkind = "MORNING"\nstarts = 07:30:00\nends = 07:50:00\n'
        "roll_call = true\n",
        "utf-8",
    )
    more = ["--calendar", str(calendar), "--policy", "seeds/shanshu-2014", "--as-of", "2026-11-20T09:30"]
    _, out = run(capsys, *more, "--json")
    first = next(o for o in json.loads(out)["obligations"] if o["child"]["name"] == "田小野")
    assert first["due_at"] == "2026-11-20T08:30"
