"""Attendance sheets: the month grid and the long form, and every way they can be wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from drawings import FRIDAY_NINE, TWO_CLASSES, marks, pupil, read, roster, said, text_file, workbook
from openpyxl import Workbook

from notoneless.core.calendar import Closure, default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.attendance import Attendance, read_attendance
from notoneless.exchange.rosters import Roster

TITLE = "示范完小 2026年11月 三年级2班 考勤表"
HEAD = "日期 | 班级 | 姓名 | 节次 | 状态 | 原因 | 点名时间"


def grid(tmp_path: Path, drawing: str, known: Roster = TWO_CLASSES) -> Attendance:
    return read(text_file(tmp_path / "考勤.txt", drawing), known)


def long_form(tmp_path: Path, *lines: str, head: str = HEAD, known: Roster = TWO_CLASSES) -> Attendance:
    return read(text_file(tmp_path / "考勤.txt", "\n".join([head, *lines])), known)


def only_message(attendance: Attendance, cell: str, severity: str = "ERROR") -> str:
    (problem,) = attendance.problems
    assert (problem.file, problem.cell, problem.severity) == ("考勤.txt", cell, severity)
    return problem.message


# The month grid.


def test_a_grid_says_each_mark_outright_and_blanks_are_not_recorded(tmp_path: Path) -> None:
    attendance = grid(
        tmp_path,
        f"""
        {TITLE}
        序号 | 姓名 | 2 | 3 | 4 | 5 | 6
        1 | 云小朵 | √ | × | 缺勤 | | ◇
        2 | 石小满 | √ | △ | ○ | 公 | √
        3 | 江一舟 | √ | √ | √ | √ | √
        合计 | | 3 | 1 | 1 | 1 | 3
        """,
    )
    assert attendance.problems == ()
    assert marks(attendance)[:9] == [
        "云小朵 2 MORNING PRESENT",
        "云小朵 3 MORNING ABSENT UNEXCUSED",
        "云小朵 4 MORNING ABSENT UNKNOWN",
        "云小朵 6 MORNING LATE",
        "石小满 2 MORNING PRESENT",
        "石小满 3 MORNING LEAVE SICK",
        "石小满 4 MORNING LEAVE PERSONAL",
        "石小满 5 MORNING LEAVE OFFICIAL",
        "石小满 6 MORNING PRESENT",
    ]
    assert [(each.class_name, each.day.day, each.rest_present) for each in attendance.covered] == [
        ("三年级2班", day, False) for day in (2, 3, 4, 5, 6)
    ]


def test_a_grid_covers_every_school_day_up_to_now_and_no_other(tmp_path: Path) -> None:
    days = " | ".join(str(day) for day in range(1, 32))
    attendance = grid(tmp_path, f"{TITLE}\n姓名 | {days}\n云小朵\n石小满\n江一舟")
    assert attendance.problems == ()
    assert [each.day.day for each in attendance.covered] == [
        day for day in range(1, 21) if date(2026, 11, day).weekday() < 5
    ]


def test_today_is_covered_only_once_its_session_has_begun(tmp_path: Path) -> None:
    path = text_file(tmp_path / "考勤.txt", f"{TITLE}\n姓名 | 19 | 20\n云小朵 | √ |\n石小满 | √\n江一舟 | √")
    early = FRIDAY_NINE.replace(hour=7)
    assert [each.day.day for each in read(path, as_of=early).covered] == [19]
    assert [each.day.day for each in read(path, as_of=early + timedelta(hours=1)).covered] == [19, 20]


@pytest.mark.parametrize(
    "headings",
    [
        "2 | 3",
        "2日 | 3日",
        "2(一) | 3(二)",
        "11/2 | 11/3",
        "11月2日 | 11月3日",
        "2026-11-02 | 2026-11-03",
        "2周一 | 3周二",
    ],
)
def test_days_are_headed_in_many_ways(tmp_path: Path, headings: str) -> None:
    attendance = grid(tmp_path, f"{TITLE}\n姓名 | {headings}\n云小朵 | √ | ×\n石小满 |√\n江一舟 |√")
    assert marks(attendance)[:2] == ["云小朵 2 MORNING PRESENT", "云小朵 3 MORNING ABSENT UNEXCUSED"]


def test_whole_dates_need_no_title(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "三（2）班"
    book.worksheets[0].append(["姓名", date(2026, 10, 30), date(2026, 11, 2)])
    book.worksheets[0].append(["云小朵", "√", "×"])
    book.save(tmp_path / "a.xlsx")
    assert marks(read(tmp_path / "a.xlsx")) == [
        "云小朵 30 MORNING PRESENT",
        "云小朵 2 MORNING ABSENT UNEXCUSED",
    ]


def test_names_may_be_headed_above_the_days_and_weekdays_stand_below(tmp_path: Path) -> None:
    attendance = grid(
        tmp_path,
        f"""
        {TITLE}
        序号 | 姓名 | 日期
         | | 2 | 3
         | | 一 | 二
        1 | 云小朵 | √ | √
        2 | 石小满 | √ | √
        3 | 江一舟 | √ | √
        """,
    )
    assert attendance.problems == ()
    assert len(attendance.marks) == 6


def test_one_class_a_sheet_named_by_the_sheet(tmp_path: Path) -> None:
    sheets = {
        "三年级2班": "2026年11月考勤\n姓名 | 2\n云小朵 | ×\n石小满 | √\n江一舟 | √",
        "四（1）班": "2026年11月考勤\n姓名 | 2\n云小朵 | √\n叶知秋 | √",
    }
    attendance = read(workbook(tmp_path / "a.xlsx", **sheets))
    assert attendance.problems == ()
    assert [(mark.pupil, mark.status, mark.cell) for mark in attendance.marks] == [
        (0, "ABSENT", "三年级2班!B3"),
        (1, "PRESENT", "三年级2班!B4"),
        (2, "PRESENT", "三年级2班!B5"),
        (4, "PRESENT", "四（1）班!B3"),
        (3, "PRESENT", "四（1）班!B4"),
    ]


def test_the_legend_of_the_sheet_decides(tmp_path: Path) -> None:
    drawing = (
        f"{TITLE}\n姓名 | 2 | 3\n云小朵 | ○ | △\n石小满 | √ | √\n江一舟 | √ | √\n图例：√出勤 ○旷课 ×病假"
    )
    attendance = grid(tmp_path, drawing)
    message = only_message(attendance, "C3")
    assert "看不懂“△”" in message
    assert "√出勤○旷课×病假" in message
    assert marks(attendance)[0] == "云小朵 2 MORNING ABSENT UNEXCUSED"


def test_blank_means_present_if_the_legend_says_so_but_not_where_nobody_called_the_roll(
    tmp_path: Path,
) -> None:
    drawing = f"{TITLE}\n姓名 | 2 | 3 | 7\n云小朵 | × | |\n石小满\n江一舟\n图例：空白为到校 ×旷课"
    attendance = grid(tmp_path, drawing)
    assert attendance.problems == ()
    assert marks(attendance) == [
        "云小朵 2 MORNING ABSENT UNEXCUSED",
        "石小满 2 MORNING PRESENT",
        "江一舟 2 MORNING PRESENT",
    ]
    assert [each.day.day for each in attendance.covered] == [2, 3]


@pytest.mark.parametrize(
    ("drawing", "cell", "words"),
    [
        ("11月 三年级2班\n姓名 | 2\n云小朵 | √", "A1", "哪一年"),
        ("2026年13月 三年级2班\n姓名 | 2\n云小朵 | √", "A1", "13月"),
        ("2026年11月 2026年10月 三年级2班\n姓名 | 2\n云小朵 | √", "A1", "几个月份"),
        ("2026年11月 三年级2班\n姓名 | 10/2\n云小朵 | √", "A1", "10 月"),
        ("2026年11月 三年级2班 四年级1班\n姓名 | 2\n云小朵 | √", "A1", "几个班级"),
        ("2026年11月 五年级1班\n姓名 | 2\n云小朵 | √", "A1", "三年级2班、四年级1班"),
        ("2026年11月\n姓名 | 2\n云小朵 | √", "A3", "班级"),
        ("2026年11月 三年级2班\n姓名 | 2 | 2\n云小朵 | √ | √", "C2", "两次"),
        ("2026年11月 三年级2班\n姓名 | 2 | \n | 上午 | 下午\n云小朵 | √ | √", "B3", "每天"),
    ],
)
def test_a_grid_that_does_not_say_which_month_or_class_is_not_guessed(
    tmp_path: Path, drawing: str, cell: str, words: str
) -> None:
    attendance = grid(tmp_path, drawing)
    assert words in only_message(attendance, cell)
    assert attendance.marks == ()


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        ("云小朵 | √ | √ | √", "D3", "没有到时间"),  # 23 November, seen from the 20th
        ("云小朵 | √ | √ | | √", "E3", "11月31日"),
        ("云小朵 | ？ | √", "B3", "能用的是：√到校、×旷课"),
        ("云小多 | √ | √", "A3", "“云小多”不在三年级2班的花名册里"),
        ("叶知秋 | √ | √", "A3", "不在三年级2班的花名册里"),
        (" | √ | √", "A3", "没有姓名"),
        ("云小朵 | √\n云小朵 | √", "A4", "A3 是同一名学生"),
    ],
)
def test_what_is_wrong_in_a_grid_is_named_by_cell(tmp_path: Path, row: str, cell: str, words: str) -> None:
    attendance = grid(tmp_path, f"{TITLE}\n姓名 | 2 | 3 | 23 | 31\n{row}")
    errors = [problem for problem in attendance.problems if problem.severity == "ERROR"]
    assert errors[0].cell == cell
    assert words in errors[0].message
    assert not attendance.usable


def test_a_mark_on_a_day_without_school_is_left_out_with_a_warning(tmp_path: Path) -> None:
    drawing = f"{TITLE}\n姓名 | 6 | 7\n云小朵 | √ | √\n石小满 | √ | √\n江一舟 | √ | √"
    attendance = grid(tmp_path, drawing)
    message = only_message(attendance, "C3", "WARNING")
    assert "2026-11-07（星期六）不上课：周末" in message
    assert {mark.day.day for mark in attendance.marks} == {6}


def test_a_closure_of_one_class_is_no_school_day_for_that_class_alone(tmp_path: Path) -> None:
    declared = datetime(2026, 11, 1, tzinfo=CHINA_TIME)
    closure = Closure(date(2026, 11, 2), date(2026, 11, 3), "水痘", declared, class_group="三年级2班")
    calendar = default_calendar().with_closures([closure])
    sheets = dict.fromkeys(("三年级2班", "四年级1班"), "2026年11月\n姓名 | 2\n云小朵 | √")
    path = workbook(tmp_path / "a.xlsx", **sheets)
    attendance = read_attendance(path, roster=TWO_CLASSES, calendar=calendar, as_of=FRIDAY_NINE)
    assert [mark.cell for mark in attendance.marks] == ["四年级1班!B3"]
    assert [each.class_name for each in attendance.covered] == ["四年级1班"]


def test_a_closure_declared_later_does_not_count_yet(tmp_path: Path) -> None:
    closure = Closure(date(2026, 11, 2), date(2026, 11, 3), "台风", FRIDAY_NINE + timedelta(days=1))
    path = text_file(tmp_path / "考勤.txt", f"{TITLE}\n姓名 | 2\n云小朵 | √\n石小满\n江一舟")
    calendar = default_calendar().with_closures([closure])
    for as_of, count in ((FRIDAY_NINE, 1), (FRIDAY_NINE + timedelta(days=2), 0)):
        read_then = read_attendance(path, roster=TWO_CLASSES, calendar=calendar, as_of=as_of)
        assert len(read_then.marks) == count


def test_a_year_whose_holidays_nobody_has_loaded_is_an_error(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "考勤.txt", "2029年11月 三年级2班\n姓名 | 5 | 6\n云小朵 | √ | √\n石小满\n江一舟"
    )
    attendance = read(path, as_of=FRIDAY_NINE.replace(year=2029, day=30))
    assert "2029 年的放假安排还没有载入" in only_message(attendance, "B3")


def test_a_pupil_of_the_class_without_a_row_is_mentioned(tmp_path: Path) -> None:
    attendance = grid(tmp_path, f"{TITLE}\n姓名 | 2\n云小朵 | √\n石小满 | √")
    assert "江一舟" in only_message(attendance, "", "WARNING")


def test_two_pupils_of_one_name_in_a_class_need_their_numbers(tmp_path: Path) -> None:
    known = roster(三年级2班="云小朵=2018030601 云小朵=2018030602")
    attendance = grid(tmp_path, f"{TITLE}\n姓名 | 2\n云小朵 | ×", known)
    assert [problem.cell for problem in attendance.problems if problem.severity == "ERROR"] == ["A3"]
    numbered = f"{TITLE}\n学籍号 | 姓名 | 2\n2018030602 | 云小朵 | ×\n2018030601 | 云小朵 | √"
    assert [mark.pupil for mark in grid(tmp_path, numbered, known).marks] == [1, 0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("G000000201803060025 | 叶小秋 | √", "改成一致"),
        ("G000000201803060026 | 叶知秋 | √", "不在花名册里"),
        ("G00000020180306 | 叶知秋 | √", "18 位"),
        ("3.30102E+17 | 叶知秋 | √", "已经丢失"),
    ],
)
def test_a_number_and_a_name_have_to_agree(tmp_path: Path, row: str, words: str) -> None:
    attendance = grid(tmp_path, f"2026年11月 四年级1班\n学籍号 | 姓名 | 2\n{row}")
    (problem,) = attendance.problems
    assert (problem.cell, words in problem.message) == ("A3", True)
    assert "201803060" not in problem.message


def test_a_class_several_schools_have_needs_the_school_in_the_title(tmp_path: Path) -> None:
    schools = ("示范完小", "云岭完小")
    known = Roster("", tuple(pupil("云小朵", "三年级2班", school=school) for school in schools), ())
    drawing = "{}2026年11月 三年级2班\n姓名 | 2\n云小朵 | √"
    assert [mark.pupil for mark in grid(tmp_path, drawing.format("云岭完小"), known).marks] == [1]
    assert "写明学校" in only_message(grid(tmp_path, drawing.format(""), known), "A1")


def test_a_formula_in_a_mark_is_not_a_blank(tmp_path: Path) -> None:
    book = Workbook()
    for row in ([TITLE], ["姓名", 2], ["云小朵", '=IF(1,"√","×")']):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    errors = [problem for problem in read(tmp_path / "a.xlsx").problems if problem.severity == "ERROR"]
    assert [(problem.sheet, problem.cell) for problem in errors] == [("Sheet", "B3")]


# The long form.


def test_the_long_form_says_a_mark_a_row(tmp_path: Path) -> None:
    attendance = long_form(
        tmp_path,
        "2026-11-02 | 三（2）班 | 云小朵 | | 缺勤 | |",
        "2026-11-02 | 三（2）班 | 石小满 | 第3节 | 旷课 | | 10:15",
        "2026/11/3 | 三（2）班 | 云小朵 | 晨检 | 病假 | |",
        "20261104 | 三（2）班 | 云小朵 | 晨检 | 请假 | 事假 |",
        "2026-11-05 | 三（2）班 | 云小朵 | 晨检 | 缺勤 | 公假 |",
        "2026-11-06 | 三（2）班 | 云小朵 | 晨检 | 未点名 | |",
    )
    assert attendance.problems == ()
    assert marks(attendance) == [
        "云小朵 2 MORNING ABSENT UNKNOWN",
        "石小满 2 L3 ABSENT UNEXCUSED",
        "云小朵 3 MORNING LEAVE SICK",
        "云小朵 4 MORNING LEAVE PERSONAL",
        "云小朵 5 MORNING LEAVE OFFICIAL",
        "云小朵 6 MORNING UNRECORDED",
    ]
    assert [(f"{mark.at:%H:%M}", mark.timed) for mark in attendance.marks[:2]] == [
        ("08:00", False),
        ("10:15", True),
    ]
    assert {(each.day.day, each.session, each.rest_present) for each in attendance.covered} >= {
        (2, "MORNING", False),
        (2, "L3", False),
    }


@pytest.mark.parametrize("words", [" | 其余到校", " | 全到", "全班 | 全部到校", "其余 | 其余出勤"])
def test_one_row_may_speak_of_everybody_else(tmp_path: Path, words: str) -> None:
    lines = ["2026-11-02 | 三年级2班 | 云小朵 | 旷课", f"2026-11-02 | 三年级2班 | {words}"]
    attendance = long_form(tmp_path, *lines, head="日期 | 班级 | 姓名 | 状态")
    assert attendance.problems == ()
    assert len(attendance.marks) == 1
    (covered,) = attendance.covered
    assert (covered.class_name, covered.school, covered.rest_present) == ("三年级2班", "示范完小", True)


def test_the_class_may_stand_in_the_title_and_the_number_may_stand_alone(tmp_path: Path) -> None:
    titled = "四年级1班\n日期 | 姓名 | 状态\n2026-11-02 | 叶知秋 | ×"
    numbered = "日期 | 学籍号 | 状态\n2026-11-02 | G000000201803060025 | ×"
    for drawing in (titled, numbered):
        attendance = grid(tmp_path, drawing)
        assert marks(attendance) == ["叶知秋 2 MORNING ABSENT UNEXCUSED"]
        assert [each.class_name for each in attendance.covered] == ["四年级1班"]


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("2026-11-31 | 三年级2班 | 云小朵 | | 旷课", "A2", "不存在"),
        (" | 三年级2班 | 云小朵 | | 旷课", "A2", "日期是空的"),
        ("2026-11-23 | 三年级2班 | 云小朵 | | 旷课", "A2", "没有到时间"),
        ("2026-11-20 | 三年级2班 | 云小朵 | 第3节 | 旷课", "A2", "没有到时间"),
        ("2026-11-02 | 五年级1班 | 云小朵 | | 旷课", "B2", "花名册里没有“五年级1班”"),
        ("2026-11-02 | 三年级2班 | 叶知秋 | | 旷课", "C2", "不在三年级2班的花名册里"),
        ("2026-11-02 | | 云小朵 | | 旷课", "C2", "写明班级"),
        ("2026-11-02 | | | | 全到", "B2", "哪个班"),
        ("2026-11-02 | 三年级2班 | | | 旷课", "C2", "全到"),
        ("2026-11-02 | 三年级2班 | 云小朵 | 第9节 | 旷课", "D2", "第1节"),
        ("2026-11-02 | 三年级2班 | 云小朵 | | ", "E2", "状态是空的"),
        ("2026-11-02 | 三年级2班 | 云小朵 | | 早退", "E2", "看不懂"),
        ("2026-11-02 | 三年级2班 | 云小朵 | | 旷课 | 病假", "F2", "改成一致"),
        ("2026-11-02 | 三年级2班 | 云小朵 | | 旷课 | | 2026-11-03 08:00", "G2", "同一天"),
        ("2026-11-02 | 三年级2班 | 云小朵 | | 旷课 | | 八点", "G2", "08:05"),
    ],
)
def test_what_is_wrong_in_a_long_form_is_named_by_cell(
    tmp_path: Path, line: str, cell: str, words: str
) -> None:
    attendance = long_form(tmp_path, line)
    assert words in only_message(attendance, cell)
    assert attendance.marks == ()
    assert attendance.covered == ()


def test_two_rows_that_contradict_each_other_are_both_named(tmp_path: Path) -> None:
    lines = ["2026-11-02 | 三年级2班 | 云小朵 | | 旷课", "2026-11-02 | 三年级2班 | 云小朵 | 晨检 | 到校"]
    attendance = long_form(tmp_path, *lines)
    assert "与 E2 说的是同一名学生的同一节" in only_message(attendance, "E3")


def test_a_row_said_twice_counts_once(tmp_path: Path) -> None:
    attendance = long_form(tmp_path, *["2026-11-02 | 三年级2班 | 云小朵 | | 旷课"] * 2)
    assert "只算一次" in only_message(attendance, "E3", "WARNING")
    assert len(attendance.marks) == 1


def test_a_reason_in_free_words_is_mentioned_and_not_interpreted(tmp_path: Path) -> None:
    attendance = long_form(tmp_path, "2026-11-02 | 三年级2班 | 云小朵 | | 缺勤 | 家里盖房子")
    assert "记为“不明”" in only_message(attendance, "F2", "WARNING")
    assert marks(attendance) == ["云小朵 2 MORNING ABSENT UNKNOWN"]


def test_the_earliest_time_of_a_roll_call_stands_for_it(tmp_path: Path) -> None:
    lines = [
        f"2026-11-02 | 三年级2班 | {name} | | 旷课 | | {at}"
        for name, at in (("云小朵", "08:09"), ("石小满", "08:05"))
    ]
    (covered,) = long_form(tmp_path, *lines, "2026-11-02 | 三年级2班 | 江一舟 | | 到校").covered
    assert (f"{covered.at:%H:%M}", covered.timed) == ("08:05", True)


def test_half_of_a_bad_file_is_never_usable(tmp_path: Path) -> None:
    lines = ["2026-11-02 | 三年级2班 | 云小朵 | | 旷课", "2026-11-31 | 三年级2班 | 石小满 | | 旷课"]
    attendance = long_form(tmp_path, *lines)
    assert len(attendance.marks) == 1
    assert not attendance.usable


def test_a_file_without_attendance_says_what_it_looked_for(tmp_path: Path) -> None:
    attendance = grid(tmp_path, "姓名 | 班级\n云小朵 | 三年级2班")
    message = only_message(attendance, "")
    assert "月表" in message
    assert "长表" in message


def test_sheets_of_notes_are_passed_over(tmp_path: Path) -> None:
    sheets = {
        "填表说明": "请每天填写",
        "三年级2班": "2026年11月\n姓名 | 2\n云小朵 | √\n石小满 | √\n江一舟 | √",
    }
    assert said(read(workbook(tmp_path / "a.xlsx", **sheets)).problems) == [("填表说明", "", "WARNING")]


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.txt", TITLE)
    with pytest.raises(ValueError, match="time zone"):
        read(path, as_of=FRIDAY_NINE.replace(tzinfo=None))
