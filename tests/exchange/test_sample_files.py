"""The sample files say what their README promises, and every form of them says the same."""

from __future__ import annotations

import runpy
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AttendanceStatus
from notoneless.exchange.attendance import Attendance, read_attendance
from notoneless.exchange.rosters import Roster, read_roster
from notoneless.exchange.workbooks import read_workbook

EXAMPLES = Path(__file__).parents[2] / "examples"
FRIDAY_NINE = datetime(2026, 11, 20, 9, tzinfo=CHINA_TIME)


@pytest.fixture(scope="module")
def roster() -> Roster:
    return read_roster(EXAMPLES / "roster.xlsx", as_of=FRIDAY_NINE)


def attendance(name: str, roster: Roster) -> Attendance:
    return read_attendance(EXAMPLES / name, roster=roster, calendar=default_calendar(), as_of=FRIDAY_NINE)


def line_of(name: str, roster: Roster, read: Attendance) -> str:
    """One pupil's marks in order of day; "." is a covered day without a mark."""
    signs = {"PRESENT": "P", "ABSENT": "A", "LEAVE": "L", "LATE": "T", "UNRECORDED": "."}
    pupil = next(index for index, pupil in enumerate(roster.pupils) if pupil.name == name)
    marks = {mark.day: signs[mark.status] for mark in read.marks if mark.pupil == pupil}
    covered = {each.day: each for each in read.covered if each.class_name == roster.pupils[pupil].class_name}
    return "".join(marks.get(day) or ("P" if covered[day].rest_present else ".") for day in sorted(covered))


def test_the_three_rosters_hold_the_same_pupils(roster: Roster) -> None:
    assert len(roster.pupils) == 16
    assert roster.problems == ()
    for other in ("roster.xls", "roster-gbk.xls"):
        pupils = read_roster(EXAMPLES / other).pupils
        assert [pupil._replace(cell="", file="") for pupil in pupils] == [
            pupil._replace(cell="", file="") for pupil in roster.pupils
        ]


@pytest.mark.parametrize("name", ["attendance-2026-11.xlsx", "attendance-2026-11.csv"])
@pytest.mark.parametrize(
    ("pupil", "expected"),
    [
        ("石小满", "PPPPPPPPAAAAAAA"),
        ("江一舟", "PPPPPPPPPPPPAAA"),
        ("田小野", "PPPPPPPPPPPPPPA"),
        ("岳小岭", "PPPPPPPPPPPAALA"),
        ("罗小松", "PPPPPPPPPPAA.AA"),
        ("苏晚晴", "PPPPPPTPPPPPPPP"),
        ("温小暖", "PPPLLPPPPPPPPPP"),
        ("方小圆", "PPPPPPPPPLPPPPP"),
    ],
)
def test_each_story_of_the_readme_stands_in_both_shapes(
    name: str, pupil: str, expected: str, roster: Roster
) -> None:
    read = attendance(name, roster)
    assert read.problems == ()
    assert line_of(pupil, roster, read) == expected


def test_only_the_last_day_of_the_long_form_has_a_time(roster: Roster) -> None:
    read = attendance("attendance-2026-11.csv", roster)
    timed = {(mark.day, f"{mark.at:%H:%M}") for mark in read.marks if mark.timed}
    assert timed == {(date(2026, 11, 20), "08:05")}
    assert {f"{mark.at:%H:%M}" for mark in read.marks if not mark.timed} == {"08:00"}


def test_the_same_file_read_twice_gives_equal_values(roster: Roster) -> None:
    assert attendance("attendance-2026-11.xlsx", roster) == attendance("attendance-2026-11.xlsx", roster)


def test_presence_is_said_outright_in_a_grid(roster: Roster) -> None:
    read = attendance("attendance-2026-11.xlsx", roster)
    assert sum(mark.status is AttendanceStatus.PRESENT for mark in read.marks) == 16 * 15 - 24


@pytest.mark.papers
def test_a_grid_saved_as_xls_by_libreoffice_says_the_same(roster: Roster, tmp_path: Path) -> None:
    source = EXAMPLES / "attendance-2026-11.xlsx"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xls",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    made = read_attendance(
        tmp_path / "attendance-2026-11.xls", roster=roster, calendar=default_calendar(), as_of=FRIDAY_NINE
    )
    ours = attendance("attendance-2026-11.xlsx", roster)
    assert (made.marks, made.covered, made.problems) == (ours.marks, ours.covered, ())


@pytest.mark.papers
def test_making_the_examples_again_changes_nothing(tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLES / "make_examples.py"))["main"](tmp_path)
    for path in sorted(tmp_path.iterdir()):
        ours = EXAMPLES / path.name
        # LibreOffice writes the hour into its files, and openpyxl other bytes where lxml is installed.
        if path.name in ("roster.xls", "roster.xlsx", "attendance-2026-11.xlsx"):
            assert read_workbook(path) == read_workbook(ours)
        else:
            assert path.read_bytes() == ours.read_bytes(), path.name
