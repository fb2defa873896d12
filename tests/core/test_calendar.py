"""The school calendar: what is a school day, why not, and as whom and when somebody asks."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.calendar import (
    CalendarError,
    Closure,
    SchoolCalendar,
    SchoolTerm,
    Session,
    TermsNotPlanned,
    UnknownSession,
    YearNotAnnounced,
    default_calendar,
    national_workdays,
)
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SessionKind, SkipReason

CHINA = default_calendar()
DECLARED = datetime(2026, 11, 9, 7, tzinfo=CHINA_TIME)


def day(text: str) -> date:
    """A date of 2026, or of the year given."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def closed(from_day: str, until: str, *, school: str = "", grade: str = "", class_group: str = "") -> Closure:
    return Closure(day(from_day), day(until), "暴雪", DECLARED, school, grade, class_group)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


# School days and working days.


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("09-01", None),
        ("08-31", (SkipReason.VACATION, "")),
        ("09-05", (SkipReason.WEEKEND, "")),
        ("09-20", None),  # a Sunday worked for National Day
        ("10-01", (SkipReason.HOLIDAY, "国庆节")),
        ("10-04", (SkipReason.HOLIDAY, "国庆节")),  # a Sunday, and part of the holiday
        ("10-10", None),  # a Saturday worked
        ("02-20", (SkipReason.HOLIDAY, "春节")),
        ("2030-08-01", (SkipReason.VACATION, "")),  # outside the terms no notice is needed
    ],
)
def test_a_day_is_a_school_day_or_says_why_not(text: str, why: tuple[SkipReason, str] | None) -> None:
    assert CHINA.why_no_school(day(text)) == why
    assert CHINA.is_school_day(day(text)) == (why is None)


def test_offices_work_through_vacations_and_closures_and_rest_on_saturdays_with_lessons() -> None:
    busy = replace(CHINA, weekdays=frozenset(range(6)), closures=(closed("11-10", "11-11"),))
    assert busy.is_working_day(day("08-03"))
    assert busy.is_working_day(day("11-10"))
    assert busy.is_school_day(day("11-07"))
    assert busy.why_no_work(day("11-07")) == (SkipReason.WEEKEND, "")
    assert busy.why_no_work(day("10-07")) == (SkipReason.HOLIDAY, "国庆节")


def test_the_shipped_notices_have_the_right_number_of_working_days() -> None:
    counted = {year: len(working_days(year)) for year in range(2016, 2027)}
    assert counted == {
        2016: 250, 2017: 249, 2018: 250, 2019: 250, 2020: 249, 2021: 250,
        2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248,
    }  # fmt: skip


def working_days(year: int) -> list[date]:
    return [each for each in days(date(year, 1, 1), date(year, 12, 31)) if CHINA.is_working_day(each)]


def test_every_shipped_exception_is_an_exception() -> None:
    workdays = national_workdays()
    assert not workdays.holidays.keys() & workdays.make_up_days.keys()
    assert all(each.weekday() >= 5 for each in workdays.make_up_days)
    assert {*workdays.holidays.values()} == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


def test_a_year_that_is_not_announced_is_named() -> None:
    with pytest.raises(YearNotAnnounced) as unknown:
        CHINA.is_school_day(date(2027, 3, 1))
    assert unknown.value.year == 2027
    assert str(unknown.value) == (
        "2027 年的放假调休安排尚未载入，无法推算工作日和上课日；请在校历文件中补充 2027 年的放假和调休日期。"
    )
    with pytest.raises(YearNotAnnounced, match="2027 年"):
        CHINA.is_working_day(date(2027, 3, 1))
    with pytest.raises(YearNotAnnounced, match="2027 年"):
        CHINA.school_day_number(date(2027, 8, 1))
    with pytest.raises(YearNotAnnounced, match="2027 年"):
        CHINA.school_day_number(date(2027, 1, 1))
    with pytest.raises(YearNotAnnounced, match="2027 年"):
        CHINA.school_days(date(2026, 12, 1), date(2027, 2, 1))


def test_an_unannounced_year_before_the_announced_ones_is_named_too() -> None:
    old = SchoolTerm("旧", date(2015, 9, 1), date(2016, 1, 15))
    calendar = replace(CHINA, terms=(old, *CHINA.terms))
    assert calendar.school_day_number(date(2016, 1, 4)) == 1
    odd = replace(calendar, extra_school_days=frozenset({date(2015, 8, 30)}))
    assert odd.school_day_number(date(2016, 1, 4)) == 1  # not 2: how many lie between is not known
    with pytest.raises(YearNotAnnounced, match="2015 年"):
        calendar.school_day_number(date(2015, 10, 1))


def test_past_the_last_term_the_calendar_says_where_it_ends() -> None:
    short = replace(CHINA, terms=CHINA.terms[:21])
    with pytest.raises(TermsNotPlanned, match="只排到 2026-07-15"):
        short.next_school_day(day("07-16"))
    with pytest.raises(TermsNotPlanned, match="还没有学期"):
        replace(CHINA, terms=()).next_school_day(day("07-16"))


@pytest.mark.parametrize("error", [YearNotAnnounced(2027), TermsNotPlanned(date(2027, 7, 15))])
def test_what_a_calendar_cannot_say_survives_the_way_back_from_another_process(error: ValueError) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# The nearest word wins.


def test_a_county_s_own_days_win_over_weekends_holidays_and_terms() -> None:
    own = replace(
        CHINA,
        extra_school_days=frozenset({day("10-04"), day("08-30")}),
        days_off={day("11-05"): "校运会"},
    )
    assert own.is_school_day(day("10-04"))
    assert own.is_school_day(day("08-30"))
    assert own.why_no_school(day("11-05")) == (SkipReason.CLOSURE, "校运会")


def test_a_closure_wins_over_a_county_s_extra_day() -> None:
    own = replace(CHINA, extra_school_days=frozenset({day("10-04")}), closures=(closed("10-04", "10-05"),))
    assert own.why_no_school(day("10-04")) == (SkipReason.CLOSURE, "暴雪")


def test_a_closure_names_the_school_days_it_takes_and_leaves_weekends_weekends() -> None:
    snow = CHINA.with_closures([closed("11-06", "11-10")])
    assert [snow.why_no_school(day(text)) for text in ("11-06", "11-07", "11-09", "11-10")] == [
        (SkipReason.CLOSURE, "暴雪"),
        (SkipReason.WEEKEND, ""),
        (SkipReason.CLOSURE, "暴雪"),
        None,
    ]


def test_own_days_of_an_unannounced_year_are_known() -> None:
    own = replace(CHINA, extra_school_days=frozenset({day("2027-03-01")}))
    assert own.is_school_day(day("2027-03-01"))


# Who asks, and when.


def test_a_closure_is_not_known_before_it_is_declared() -> None:
    snow = CHINA.with_closures([closed("11-09", "11-10")])
    assert snow.as_known_at(DECLARED - timedelta(minutes=1)).is_school_day(day("11-09"))
    assert not snow.as_known_at(DECLARED).is_school_day(day("11-09"))
    assert snow.as_known_at(DECLARED) is snow
    assert CHINA.as_known_at(DECLARED) is CHINA


@pytest.mark.parametrize(
    ("closure", "classes"),
    [
        (closed("11-09", "11-10"), "A71 A72 A81 B71"),
        (closed("11-09", "11-10", school="A"), "A71 A72 A81"),
        (closed("11-09", "11-10", school="A", grade="7"), "A71 A72"),
        (closed("11-09", "11-10", school="A", grade="7", class_group="1"), "A71"),
        (closed("11-09", "11-10", grade="7"), "A71 A72 B71"),
    ],
)
def test_a_closure_concerns_its_school_grade_and_class(closure: Closure, classes: str) -> None:
    county = CHINA.with_closures([closure])
    shut = [
        school + grade + class_group
        for school, grade, class_group in ("A71", "A72", "A81", "B71")
        if not county.for_class(school, grade, class_group).is_school_day(day("11-09"))
    ]
    assert " ".join(shut) == classes


def test_a_closure_of_one_school_concerns_nobody_before_the_calendar_is_narrowed() -> None:
    assert CHINA.with_closures([closed("11-09", "11-10", school="A")]).is_school_day(day("11-09"))


def test_classes_with_the_same_closures_share_one_calendar() -> None:
    county = CHINA.with_closures([closed("11-09", "11-10", school="A"), closed("12-01", "12-02", school="C")])
    assert county.for_class("A", "7", "1") is county.for_class("A", "8", "2")
    assert county.for_class("A").as_known_at(DECLARED) is county.for_class("A")
    assert county.for_class("B") is CHINA


def test_a_calendar_changed_otherwise_does_not_share_the_tables() -> None:
    CHINA.school_day_number(day("11-09"))
    assert not replace(CHINA, weekdays=frozenset({1})).is_school_day(day("11-09"))


def test_a_calendar_sent_to_another_process_gives_the_same_answers() -> None:
    snow = CHINA.with_closures([closed("11-09", "11-10")])
    snow.nth_working_day_after(snow.next_school_day(day("11-09")), 1)  # fills every table
    arrived = pickle.loads(pickle.dumps(snow))
    assert arrived.school_day_number(day("12-01")) == snow.school_day_number(day("12-01"))
    assert len(pickle.dumps(snow)) < 40_000


# Numbers.

some_days = st.integers(0, 3950).map(lambda offset: date(2016, 2, 15) + timedelta(days=offset))
some_closures = st.lists(
    st.builds(
        lambda first, length: Closure(first, first + timedelta(days=length), "停水", DECLARED),
        some_days,
        st.integers(1, 40),
    ),
    max_size=4,
)


@given(some_closures, some_days, st.integers(0, 250))
def test_numbers_count_the_school_days_between(closures: list[Closure], first: date, length: int) -> None:
    calendar = CHINA.with_closures(closures)
    until = min(first + timedelta(days=length), date(2027, 1, 1))
    school_days = [
        each for each in days(first, until - timedelta(days=1)) if calendar.why_no_school(each) is None
    ]
    before, last = first - timedelta(days=1), until - timedelta(days=1)
    assert calendar.school_day_number(last) - calendar.school_day_number(before) == len(school_days)
    assert list(calendar.school_days(first, until)) == school_days
    assert [each for each in days(first, last) if calendar.is_school_day(each)] == school_days


@given(some_closures, some_days)
def test_the_next_school_day_is_the_first_one_on_or_after(closures: list[Closure], start: date) -> None:
    calendar = CHINA.with_closures(closures)
    if not calendar.school_days(start, date(2027, 1, 1)):
        with pytest.raises(YearNotAnnounced):
            calendar.next_school_day(start)
        return
    found = calendar.next_school_day(start)
    assert [each for each in days(start, found) if calendar.is_school_day(each)] == [found]


def test_neighbouring_school_days_differ_by_one_across_a_vacation() -> None:
    numbers = [CHINA.school_day_number(day(text)) for text in ("07-15", "08-01", "09-01", "09-02")]
    assert [number - numbers[0] for number in numbers] == [0, 0, 1, 2]


def test_before_the_first_term_no_school_day_has_been() -> None:
    assert CHINA.school_day_number(date(2016, 2, 14)) == 0


# Terms and sessions.


def test_a_term_is_found_from_inside_and_from_before() -> None:
    spring = SchoolTerm("2025-2026学年春季学期", day("02-15"), day("07-15"))
    assert CHINA.term_of(day("02-15")) == CHINA.term_of(day("07-15")) == spring
    assert CHINA.term_of(day("07-16")) is None
    assert CHINA.term_at_or_after(day("01-16")) == spring
    assert CHINA.term_at_or_after(date(2032, 1, 1)) is None


def test_the_usual_terms_run_from_spring_2016_to_the_school_year_of_2030() -> None:
    assert (CHINA.terms[0].name, CHINA.terms[-1].name) == ("2015-2016学年春季学期", "2030-2031学年春季学期")


def test_sessions_are_found_by_code_and_an_unknown_code_lists_them() -> None:
    assert CHINA.session("L2").starts == time(9, 10)
    assert [session.code for session in CHINA.roll_call_sessions()] == ["MORNING"]
    assert CHINA.session_start(day("11-09"), "L1") == datetime(2026, 11, 9, 8, 20, tzinfo=CHINA_TIME)
    with pytest.raises(UnknownSession, match="没有节次“L9”；已有的节次是：MORNING、L1、L2"):
        CHINA.session("L9")


# Built valid or not at all.


def lesson(code: str, starts: time, ends: time) -> Session:
    return Session(code, SessionKind.LESSON, starts, ends, True)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda: replace(CHINA, terms=CHINA.terms[::-1]), "次序颠倒"),
        (lambda: replace(CHINA, terms=(SchoolTerm("秋", day("09-02"), day("09-01")),)), "学期“秋”.*首尾颠倒"),
        (
            lambda: replace(CHINA, sessions=(lesson("L1", time(9), time(8)),)),
            "节次“L1”09:00 开始、08:00 结束",
        ),
        (lambda: replace(CHINA, sessions=(lesson("L1", time(9), time(9, 0, 30)),)), "只写到分"),
        (
            lambda: replace(
                CHINA, sessions=(lesson("L1", time(8), time(9)), lesson("L1", time(9), time(10)))
            ),
            "“L1”出现了不止一次",
        ),
        (
            lambda: replace(
                CHINA, sessions=(lesson("L1", time(8), time(9)), lesson("L2", time(8, 59), time(10)))
            ),
            "“L1”和“L2”的时间重叠",
        ),
        (lambda: CHINA.with_closures([closed("11-10", "11-10")]), "停课“暴雪”.*恢复上课"),
        (
            lambda: replace(CHINA, days_off={day("11-05"): "a"}, extra_school_days=frozenset({day("11-05")})),
            "2026-11-05 既写成放假又写成上课",
        ),
    ],
)
def test_a_calendar_that_contradicts_itself_does_not_exist(
    spoil: Callable[[], SchoolCalendar], sentence: str
) -> None:
    with pytest.raises(CalendarError, match=sentence):
        spoil()
