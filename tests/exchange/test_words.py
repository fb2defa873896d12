"""Words as offices write them: classes, days, times, sessions, headings, symbols."""

from __future__ import annotations

from datetime import date, time

import pytest

from notoneless.core.calendar import default_calendar
from notoneless.exchange.cells import Wrong, clean, day_in, lost_digits, name_in, time_in
from notoneless.exchange.classes import classes_in, normal_class
from notoneless.exchange.columns import Column, meaning
from notoneless.exchange.legend import (
    LATE,
    OFFICIAL,
    PERSONAL,
    PRESENT,
    SICK,
    SOME_LEAVE,
    UNEXCUSED,
    UNKNOWN,
    UNRECORDED,
    Meaning,
    legend_of,
)
from notoneless.exchange.session_words import session_in
from notoneless.exchange.zipscan import address, position


@pytest.mark.parametrize(
    ("grade", "written"),
    [
        ("", "三年级(2)班"),
        ("", "三年级（２）班"),
        ("", "三（2）班"),
        ("", "三(2)"),
        ("", "三年级二班"),
        ("", "3年级2班"),
        ("", "302班"),
        ("", "302"),
        ("三年级", "2班"),
        ("三年级", "（2）班"),
        ("小学三年级", "02"),
        ("3", "二班"),
        ("三年级", "三年级2班"),
    ],
)
def test_a_class_has_one_name(grade: str, written: str) -> None:
    assert normal_class(grade, written) == "三年级2班"


@pytest.mark.parametrize(
    ("grade", "written", "kept"),
    [
        ("", "32班", "32班"),  # the second class of grade three, or the thirty-second class?
        ("", "阳光班", "阳光班"),
        ("", "初一(2)班", "初一2班"),  # grade six or seven, depending on the county
        ("2024级", "2班", "2024级2班"),
        ("三年级", "阳光班", "三年级阳光班"),
        ("三年级", "十二班", "三年级12班"),
        ("三年级", "", ""),
    ],
)
def test_a_class_that_may_be_read_two_ways_stays_as_written(grade: str, written: str, kept: str) -> None:
    assert normal_class(grade, written) == kept


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("示范县云岭完小2026年11月三年级2班考勤表", {"三年级2班"}),
        ("示范县第二小学 三（2）班 11月考勤", {"三年级2班"}),
        ("2026年11月3年级2班", {"三年级2班"}),
        ("初一（2）班", {"初一2班"}),
        ("11月32班考勤", set()),
        ("阳光班2026年11月", {"阳光班"}),
        ("2026年11月考勤表", set()),
    ],
)
def test_classes_are_found_in_titles(title: str, named: set[str]) -> None:
    assert classes_in(title, ["阳光班", "四年级1班"]) == named


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-02",
        "2026/11/2",
        "2026.11.2",
        "2026年11月2日",
        "20261102",
        20261102,
        "２０２６－１１－０２",
        "2026-11-02 00:00:00",
    ],
)
def test_a_day_is_a_day_in_every_hand(written: str | int) -> None:
    assert day_in(written) == date(2026, 11, 2)


@pytest.mark.parametrize("written", ["2026-11-31", "20261301", "11-2", "46328", 46328, "2026-11", "明天"])
def test_what_is_no_day_is_not_guessed(written: str | int) -> None:
    with pytest.raises(Wrong):
        day_in(written)


@pytest.mark.parametrize(
    "written", ["08:05", "8:05", "８：０５", "8时5分", "2026-11-02 08:05", "2026年11月2日8:05", time(8, 5)]
)
def test_a_time_is_a_time_in_every_hand(written: str | time) -> None:
    assert time_in(written, date(2026, 11, 2)) == time(8, 5)


@pytest.mark.parametrize("written", ["25:00", "8点多", "2026-11-03 08:05", "805"])
def test_what_is_no_time_of_that_day_is_not_guessed(written: str) -> None:
    with pytest.raises(Wrong):
        time_in(written, date(2026, 11, 2))


def test_names_lose_what_nobody_sees() -> None:
    assert name_in(" 云　朵\u200b ") == "云朵"
    assert name_in("阿依•古丽") == name_in("阿依．古丽") == "阿依·古丽"
    assert name_in("Anna Li") == "Anna Li"
    assert clean("'0123\u202e") == "0123"


@pytest.mark.parametrize("cell", [3.301022015030744e17, "3.30102E+17", "3.30102e+17"])
def test_digits_a_sheet_has_rounded_away_are_noticed(cell: str | float) -> None:
    assert lost_digits(cell)


@pytest.mark.parametrize("cell", [20180306, "000000201803060025", 1.5, None, "G1"])
def test_whole_numbers_are_not_suspected(cell: str | float | None) -> None:
    assert not lost_digits(cell)


@pytest.mark.parametrize(
    ("written", "code"),
    [("", "MORNING"), ("晨检", "MORNING"), ("早读", "MORNING"), ("上午", "MORNING")]
    + [(written, "L3") for written in ("第3节", "3", "第三节课", "三", "L3", "l3", "３", "第3课", "3节")],
)
def test_sessions_go_by_many_names(written: str, code: str) -> None:
    assert session_in(written, default_calendar()) == code


@pytest.mark.parametrize("written", ["第9节", "下午", "晚自习", "1-2节"])
def test_an_unknown_session_is_answered_with_those_there_are(written: str) -> None:
    with pytest.raises(Wrong, match=r"晨检、第1节、第2节"):
        session_in(written, default_calendar())


@pytest.mark.parametrize(
    ("heading", "group", "column"),
    [
        ("姓 名", "", Column.NAME),
        ("*学生姓名（必填）", "", Column.NAME),
        ("全国学籍号", "", Column.ENROLMENT_NO),
        ("身份\n证件号*", "", Column.IDENTITY_NO),
        ("成员1姓名", "", Column.GUARDIAN_NAME),
        ("姓名", "家庭成员1", Column.GUARDIAN_NAME),
        ("姓名", "基本信息", Column.NAME),
        ("身份证件号", "成员2", None),
        ("学籍辅号", "", None),
        ("不认识的列", "", None),
    ],
)
def test_headings_mean_what_offices_mean_by_them(heading: str, group: str, column: Column | None) -> None:
    assert meaning(heading, group) is column


@pytest.mark.parametrize(
    ("signs", "meant"),
    [
        ("√ ✓ ✔ 到校 出勤 到", PRESENT),
        ("× x X ✗ 旷课 旷 无故缺勤", UNEXCUSED),
        ("缺勤 缺课 未到校", UNKNOWN),
        ("△ 病 病假", SICK),
        ("○ 〇 事 事假", PERSONAL),
        ("公 公假", OFFICIAL),
        ("请假", SOME_LEAVE),
        ("◇ 迟 迟到", LATE),
        ("未点名 未记录", UNRECORDED),
    ],
)
def test_symbols_and_words_mean_what_offices_mean_by_them(signs: str, meant: Meaning) -> None:
    assert {legend_of([]).meaning(sign) for sign in signs.split()} == {meant}


@pytest.mark.parametrize(
    "line",
    [
        "图例：○旷课 ×病假 ☆迟到",
        "图例:○-旷课、×-病假、☆-迟到",
        "符号说明：旷课○ 病假× 迟到☆",
        "图例 ○ 旷 × 病 ☆ 迟",
        "说明：“○”表示旷课，“×”表示病假，“☆”表示迟到。",
    ],
)
def test_the_sheet_s_own_legend_overrides_the_usual_one(line: str) -> None:
    legend = legend_of(["2026年11月", line])
    assert [legend.meaning(sign) for sign in "○×☆√"] == [UNEXCUSED, SICK, LATE, PRESENT]
    with pytest.raises(Wrong, match="本表图例是"):
        legend.meaning("△")  # sick leave has another sign here, so this one may mean anything
    assert legend.meaning("旷课") == UNEXCUSED


def test_a_legend_may_say_that_blank_means_present() -> None:
    assert legend_of(["图例：空白表示到校 ×旷课"]).blank == PRESENT
    assert legend_of(["图例：√到校 ×旷课 空白未记录"]).blank is None


def test_a_symbol_for_what_a_roll_call_does_not_record_is_refused() -> None:
    with pytest.raises(Wrong, match="不是点名能记的"):
        legend_of(["图例：√到校 ☆早退"]).meaning("☆")


@pytest.mark.parametrize(
    ("cell", "place"), [("A1", (0, 0)), ("B7", (6, 1)), ("XFD1048576", (1048575, 16383))]
)
def test_cells_have_the_names_people_know(cell: str, place: tuple[int, int]) -> None:
    assert position(cell) == place
    assert address(*place) == cell
