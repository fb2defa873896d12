"""A calendar file overrides what it names, keeps the rest, and is refused in one sentence if it is wrong."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime, time

import pytest

from notoneless.core import calendar_file
from notoneless.core.calendar import SchoolCalendar, SchoolTerm, YearNotAnnounced, default_calendar
from notoneless.core.calendar_file import CalendarFileError, read_calendar
from notoneless.core.terms import SessionKind, SkipReason

BASE = default_calendar()
SNOW = """
    [[closure]]
    from = 2026-12-14
    until = 2026-12-16
    reason = "暴雪"
    declared_at = 2026-12-13T20:00:00
"""


def read(text: str, base: SchoolCalendar = BASE) -> SchoolCalendar:
    return read_calendar(textwrap.dedent(text), file="甲县.toml", base=base)


def refusal(text: str) -> str:
    with pytest.raises(CalendarFileError) as refused:
        read(text)
    return str(refused.value)


def test_the_example_in_the_documentation_is_a_calendar() -> None:
    example = textwrap.dedent((calendar_file.__doc__ or "").split("\n\n", 1)[1].rsplit("\n\nA term", 1)[0])
    county = read(example)
    assert county.name == "甲县2026-2027学年校历"
    assert county.session("L1").kind is SessionKind.LESSON
    assert county.is_school_day(date(2026, 11, 7))
    assert county.why_no_school(date(2026, 11, 5)) == (SkipReason.CLOSURE, "校运会")
    assert county.why_no_school(date(2027, 1, 1)) == (SkipReason.HOLIDAY, "元旦")
    assert county.is_school_day(date(2027, 1, 9))
    assert not county.for_class(school="甲镇中心小学").is_school_day(date(2026, 12, 14))


def test_an_empty_file_changes_nothing() -> None:
    same = read("")
    assert (same.name, same.terms, same.sessions, same.weekdays) == (
        BASE.name,
        BASE.terms,
        BASE.sessions,
        BASE.weekdays,
    )


def test_a_term_takes_the_place_of_those_it_overlaps_and_of_no_other() -> None:
    own = SchoolTerm("秋", date(2026, 8, 31), date(2027, 1, 22))
    county = read('[[term]]\nname = "秋"\nfirst_day = 2026-08-31\nlast_day = 2027-01-22')
    assert county.term_of(date(2026, 8, 31)) == county.term_of(date(2027, 1, 22)) == own
    assert len(county.terms) == len(BASE.terms)
    assert county.term_of(date(2026, 7, 15)) == BASE.term_of(date(2026, 7, 15))


def test_a_six_day_week_and_another_noon() -> None:
    county = read('weekdays = ["MON","TUE","WED","THU","FRI","SAT"]\nnoon = 11:50:00')
    assert county.is_school_day(date(2026, 11, 7))
    assert not county.is_working_day(date(2026, 11, 7))
    assert county.noon == time(11, 50)


def test_the_file_s_word_on_a_day_wins_over_its_base_s() -> None:
    off = read('days_off = [{ first_day = 2026-11-05, name = "校运会" }]')
    assert not off.is_school_day(date(2026, 11, 5))
    assert read("extra_school_days = [2026-11-05]", base=off).is_school_day(date(2026, 11, 5))


def test_a_year_that_the_file_adds_is_announced() -> None:
    with pytest.raises(YearNotAnnounced):
        BASE.is_working_day(date(2027, 1, 9))
    county = read(
        """
        [[year]]
        year = 2027
        holidays = [{ first_day = 2027-01-01, last_day = 2027-01-03, name = "元旦" }]
        make_up = [{ first_day = 2026-12-27, name = "元旦" }]
        """
    )
    assert not county.is_working_day(date(2027, 1, 1))
    assert county.is_working_day(date(2027, 1, 4))
    assert county.is_school_day(date(2026, 12, 27))  # a notice may name days of the December before
    assert county.is_working_day(date(2026, 10, 10))  # the other years stay


def test_a_year_that_the_file_repeats_replaces_the_notice() -> None:
    county = read('[[year]]\nyear = 2026\nholidays = [{ first_day = 2026-01-01, name = "元旦" }]')
    assert county.is_working_day(date(2026, 10, 1))
    assert not county.is_working_day(date(2026, 10, 10))


def test_a_moment_without_an_offset_is_beijing_time() -> None:
    assert read(SNOW).closures[0].declared_at == datetime(2026, 12, 13, 12, tzinfo=UTC)


def test_closures_are_added_to_those_of_the_base() -> None:
    assert len(read(SNOW, base=read(SNOW.replace("12-16", "12-15"))).closures) == 2


def test_a_file_saved_with_a_byte_order_mark_is_read() -> None:
    assert read('\ufeffname = "甲县校历"').name == "甲县校历"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "terms = []",
            "甲县.toml：terms 不是校历文件中的项目；可以写：name、noon、weekdays、extra_school_days、"
            "days_off、term、session、year、closure",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = 2026-09-01',
            "甲县.toml：term 第1项 的 last_day 没有写；应为日期，如 2026-09-01",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = "9月1日"\nlast_day = 2027-01-15',
            "甲县.toml：term 第1项 的 first_day 写成了 9月1日；应为日期，如 2026-09-01",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = 2026-09-01T00:00:00\nlast_day = 2027-01-15',
            "甲县.toml：term 第1项 的 first_day 写成了 2026-09-01 00:00:00+08:00；应为日期，如 2026-09-01",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = 2026-09-01\nlast_day = 2026-01-15',
            "甲县.toml：学期“秋”从 2026-09-01 到 2026-01-15，首尾颠倒；最后一天应不早于第一天",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = 2026-09-01\nlast_day = 2036-01-15',
            "甲县.toml：term 第1项 的 last_day 2036-01-15 离第一天超过一年；请检查年份",
        ),
        (
            '[[term]]\nname = "秋"\nfirst_day = 2026-09-01\nlast_day = 2027-01-15\n'
            '[[term]]\nname = "冬"\nfirst_day = 2027-01-15\nlast_day = 2027-01-20',
            "甲县.toml：学期“秋”和“冬”的日期重叠或次序颠倒；学期应先后相接，互不重叠",
        ),
        (
            '[[session]]\ncode = "L1"\nkind = "LESSON"\nstarts = "09:00"\nends = "08:20"',
            "甲县.toml：节次“L1”09:00 开始、08:20 结束；结束应晚于开始",
        ),
        (
            '[[session]]\ncode = "L1"\nkind = "NOON"\nstarts = "08:20"\nends = "09:00"',
            "甲县.toml：session 第1项 的 kind 写成了“NOON”；应为 MORNING、LESSON、EVENING 之一",
        ),
        (
            '[[session]]\ncode = "L1"\nkind = "LESSON"\nstarts = "8:20"\nends = "09:00"',
            '甲县.toml：session 第1项 的 starts 写成了 8:20；应为时间，如 "08:20"',
        ),
        (
            '[[session]]\ncode = "L1"\nkind = "LESSON"\nstarts = "08:20"\nends = "09:00"\nroll_call = 1',
            "甲县.toml：session 第1项 的 roll_call 写成了 1；应为true 或 false",
        ),
        (
            'weekdays = ["周一"]',
            "甲县.toml：weekdays 中的“周一”不是星期；可以写：MON、TUE、WED、THU、FRI、SAT、SUN",
        ),
        (
            "weekdays = []",
            '甲县.toml：weekdays 是空的；至少要有一天上课，如 ["MON", "TUE", "WED", "THU", "FRI"]',
        ),
        ("noon = true", '甲县.toml：noon 写成了 True；应为时间，如 "08:20"'),
        (
            'name = ""\n' + SNOW.replace('"暴雪"', '""'),
            '甲县.toml：closure 第1项 的 reason 是空的；应为带引号的文字，如 "暴雪"',
        ),
        (
            SNOW.replace("12-16", "12-14"),
            "甲县.toml：停课“暴雪”从 2026-12-14 起，却在 2026-12-14 恢复上课；恢复上课的日子应在其后",
        ),
        (
            SNOW + '    klass = "3班"',
            "甲县.toml：closure 第1项 的 klass 不是校历文件中的项目；可以写：from、until、reason、"
            "declared_at、school、grade、class",
        ),
        ("days_off = [2026-11-05]", "甲县.toml：days_off 第1项 写成了 2026-11-05；应为花括号括起来的项目"),
        (
            'days_off = [{ first_day = 2026-11-05, last_day = 2026-11-04, name = "校运会" }]',
            "甲县.toml：days_off 第1项 的 last_day 写成了 2026-11-04；应在 2026-11-05 当天或之后的一年内",
        ),
        (
            'days_off = [{ first_day = 2026-11-05, last_day = 2126-11-05, name = "校运会" }]',
            "甲县.toml：days_off 第1项 的 last_day 写成了 2126-11-05；应在 2026-11-05 当天或之后的一年内",
        ),
        (
            'extra_school_days = [2026-11-05]\ndays_off = [{ first_day = 2026-11-05, name = "校运会" }]',
            "甲县.toml：extra_school_days 中的 2026-11-05 在 days_off 中又写成放假；请只留一种",
        ),
        (
            '[[year]]\nyear = 2028\nholidays = [{ first_day = 2028-01-01, name = "元旦" }]',
            "甲县.toml：year 第1项 的 year 2028 接不上已载入的 2016–2026 年；请逐年补齐",
        ),
        ("[[year]]\nyear = 2027", "甲县.toml：year 第1项 的 holidays 没有写；应列出 2027 年全部放假日期"),
        (
            '[[year]]\nyear = 2027\nholidays = [{ first_day = 2028-01-01, name = "元旦" }]',
            "甲县.toml：year 第1项 的 holidays 中的 2028-01-01 不在 2027 年；"
            "请写到它自己那一年的 [[year]] 里",
        ),
        (
            '[[year]]\nyear = 2027\nholidays = [{ first_day = 2027-01-01, name = "元旦" }]\n'
            'make_up = [{ first_day = 2027-01-06, name = "元旦" }]',
            "甲县.toml：year 第1项 的 make_up 中的 2027-01-06 不是调休上班日；应为不放假的星期六或星期日",
        ),
        (
            '[[year]]\nyear = 2026\nholidays = [{ first_day = 2026-01-01, name = "元旦" }]\n'
            "[[year]]\nyear = 2026",
            "甲县.toml：year 第2项 的 year 2026 出现了不止一次；每年应只写一个 [[year]]",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_what_would_be_right(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


def test_what_is_not_toml_is_refused_with_the_line() -> None:
    assert "甲县.toml：不是正确的 TOML" in refusal("name = 甲县")
    assert "line 1" in refusal("name = 甲县")
