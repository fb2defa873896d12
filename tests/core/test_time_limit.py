"""Time limits: worked cases from real calendars, and the laws that hold for every calendar."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from clock_oracle import SlowClock
from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.core.calendar import Closure, SchoolCalendar, SchoolTerm, Session, Workdays, default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import DayKind, SessionKind
from notoneless.core.time_limit import Due, LimitError, TimeLimit, add_school_days, due, label, parse_limit

CHINA = default_calendar()


def at(day: str, moment: str = "10:00") -> datetime:
    """A moment of China time; the year is 2026 unless `day` gives one."""
    return datetime.fromisoformat(f"{day if len(day) > 5 else '2026-' + day}T{moment}+08:00")


def up(start: datetime, limit: str, calendar: SchoolCalendar = CHINA) -> str:
    moment = due(start, parse_limit(limit), calendar).at
    return "never" if moment is None else f"{moment:%m-%d %H:%M}"


def proof(start: datetime, limit: str, calendar: SchoolCalendar = CHINA) -> list[str]:
    """What was skipped, as "from–until why name"."""
    return [
        f"{skip.from_at:%m-%d %H:%M}–{skip.until_at:%m-%d %H:%M} {skip.why} {skip.name}".strip()
        for skip in due(start, parse_limit(limit), calendar).skipped
    ]


def closed(from_day: str, until: str, declared: datetime) -> Closure:
    return Closure(
        date.fromisoformat(f"2026-{from_day}"), date.fromisoformat(f"2026-{until}"), "暴雪", declared
    )


# Worked cases.


def test_a_friday_and_two_school_days_is_tuesday_and_the_weekend_is_the_proof() -> None:
    assert up(at("11-06"), "2 school days") == "11-10 23:59"
    assert proof(at("11-06"), "2 school days") == ["11-07 00:00–11-09 00:00 WEEKEND"]


def test_the_national_day_week_is_one_stretch_with_its_name() -> None:
    assert up(at("09-30"), "2 school days") == "10-09 23:59"
    assert proof(at("09-30"), "2 school days") == ["10-01 00:00–10-08 00:00 HOLIDAY 国庆节"]


def test_two_days_off_for_different_reasons_are_two_stretches() -> None:
    own = replace(CHINA, days_off={date(2026, 11, 10): "校运会", date(2026, 11, 11): "秋游"})
    assert proof(at("11-09"), "1 school day", own) == [
        "11-10 00:00–11-11 00:00 CLOSURE 校运会",
        "11-11 00:00–11-12 00:00 CLOSURE 秋游",
    ]


def test_a_make_up_saturday_and_a_make_up_sunday_count() -> None:
    assert up(at("10-09"), "1 school day") == "10-10 23:59"  # the Saturday after National Day
    assert up(at("09-18"), "1 working day") == "09-20 23:59"  # the Sunday before it
    assert proof(at("09-18"), "1 working day") == ["09-19 00:00–09-20 00:00 WEEKEND"]


def test_working_days_run_through_the_holidays_that_school_days_sit_out() -> None:
    assert up(at("07-15"), "1 working day") == "07-16 23:59"
    assert up(at("07-15"), "1 school day") == "09-01 23:59"
    assert proof(at("07-15"), "1 school day") == ["07-16 00:00–09-01 00:00 VACATION"]


def test_calendar_days_skip_nothing() -> None:
    assert due(at("09-30"), parse_limit("15 calendar days"), CHINA) == Due(at("10-15", "23:59"))


def test_a_year_that_is_not_announced_gives_no_moment_but_says_what_to_load() -> None:
    answer = due(at("12-31"), parse_limit("3 school days"), CHINA)
    assert answer.at is None
    assert answer.unknown == (
        "2027 年的放假调休安排尚未载入，无法推算工作日和上课日；请在校历文件中补充 2027 年的放假和调休日期。"
    )
    assert up(at("12-31"), "3 working days") == "never"
    assert up(at("12-31"), "2 lessons") == "12-31 11:40"  # the lessons of the day itself are known
    assert up(at("12-31"), "3 calendar days") == "01-03 23:59"


def test_beyond_the_last_term_the_answer_is_where_the_calendar_ends() -> None:
    answer = due(at("07-15"), parse_limit("1 school day"), replace(CHINA, terms=CHINA.terms[:21]))
    assert answer == Due(None, unknown=answer.unknown)
    assert "只排到 2026-07-15" in answer.unknown


def test_a_closure_declared_afterwards_moves_the_due_moment_and_is_the_proof() -> None:
    snow = CHINA.with_closures([closed("11-10", "11-12", declared=at("11-10", "06:30"))])
    assert up(at("11-09"), "2 school days", snow.as_known_at(at("11-09"))) == "11-11 23:59"
    assert up(at("11-09"), "2 school days", snow.as_known_at(at("11-10"))) == "11-13 23:59"
    assert proof(at("11-09"), "2 school days", snow) == ["11-10 00:00–11-12 00:00 CLOSURE 暴雪"]


def test_week_1_of_term_from_august_is_the_week_of_the_first_school_day() -> None:
    assert up(at("08-20"), "week 1 of term") == "09-06 23:59"


def test_week_1_of_term_from_inside_it_is_this_week() -> None:
    assert up(at("09-03"), "week 1 of term") == "09-06 23:59"


def test_week_1_of_term_from_october_is_the_next_term_s() -> None:
    assert up(at("10-12"), "week 1 of term") == "never"  # spring 2027 is not announced
    assert up(at("2025-10-13"), "week 1 of term") == "03-01 23:59"  # 春节 lasts until 23 February 2026
    assert up(at("2025-10-13"), "week 2 of term") == "03-08 23:59"


def test_a_closure_in_the_first_week_puts_week_1_off() -> None:
    flood = CHINA.with_closures([closed("09-01", "09-07", declared=at("08-31"))])
    assert up(at("08-20"), "week 1 of term", flood) == "09-13 23:59"


def test_a_week_that_was_over_by_the_plan_is_not_brought_back_by_a_closure() -> None:
    flood = CHINA.with_closures(
        [closed("03-02", "03-09", declared=at("03-02")), closed("02-24", "03-02", at("02-24"))]
    )
    assert up(at("03-01"), "week 1 of term", flood) == "03-15 23:59"
    assert up(at("03-02"), "week 1 of term", flood) == up(at("03-02"), "week 1 of term") == "09-06 23:59"


def test_a_limit_of_lessons_ends_with_the_last_of_them() -> None:
    assert up(at("11-09", "08:20"), "4 lessons") == "11-09 11:40"
    assert up(at("11-06", "15:00"), "2 lessons") == "11-09 09:00"
    assert proof(at("11-06", "15:00"), "2 lessons") == [
        "11-06 15:00–11-06 15:30 UNDER_WAY",
        "11-06 15:30–11-06 15:40 OUT_OF_HOURS",
        "11-06 16:20–11-07 00:00 OUT_OF_HOURS",
        "11-07 00:00–11-09 00:00 WEEKEND",
        "11-09 00:00–11-09 08:20 OUT_OF_HOURS",
    ]


def test_a_limit_of_sessions_counts_the_one_under_way_and_any_kind() -> None:
    assert up(at("11-09", "08:10"), "1 session") == "11-09 08:20"
    assert up(at("11-06", "16:20"), "2 sessions") == "11-09 09:00"


def test_an_hour_runs_on_the_clock_and_a_school_hour_waits_for_school() -> None:
    assert up(at("11-06", "16:00"), "1 hour") == "11-06 17:00"
    assert up(at("11-06", "16:00"), "1 school hour") == "11-09 08:40"
    assert up(at("11-06", "11:20"), "1 school hour") == "11-06 14:40"  # lunch does not count


def test_half_a_day_is_up_at_noon_or_when_school_is_out() -> None:
    assert up(at("11-06", "08:05"), "half day") == "11-06 12:00"
    assert up(at("11-06", "12:00"), "half day") == "11-06 16:20"
    assert up(at("11-06", "17:00"), "half day") == "11-09 12:00"


def test_same_day_is_the_last_minute_of_the_day_even_at_midnight() -> None:
    assert up(at("11-07", "00:00"), "same day") == "11-07 23:59"
    assert up(at("11-07", "23:59"), "same day") == "11-07 23:59"


def test_the_next_morning_check_is_never_that_of_the_day_itself() -> None:
    assert up(at("11-06", "07:00"), "before morning check") == "11-09 08:00"
    assert proof(at("11-06", "07:00"), "before morning check") == ["11-07 00:00–11-09 00:00 WEEKEND"]


def test_a_calendar_without_morning_checks_says_so() -> None:
    answer = due(
        at("11-06"), parse_limit("before morning check"), replace(CHINA, sessions=CHINA.sessions[1:])
    )
    assert (answer.at, "没有晨检" in answer.unknown) == (None, True)


def test_places_in_the_calendar_are_found_from_before_and_on_the_day_itself() -> None:
    assert [up(at(day), "by the 20th") for day in ("11-20", "11-21")] == ["11-20 23:59", "12-20 23:59"]
    assert [up(at(day), "by the 31st") for day in ("02-03", "12-31")] == ["02-28 23:59", "12-31 23:59"]
    assert up(at("11-06"), "month end") == "11-30 23:59"
    assert [up(at(day), "term end") for day in ("02-01", "07-15", "07-16")] == [
        "07-15 23:59",
        "07-15 23:59",
        "01-15 23:59",
    ]
    assert [up(at(day), "school year end") for day in ("08-31", "09-01")] == ["08-31 23:59", "08-31 23:59"]
    assert due(at("09-01"), parse_limit("school year end"), CHINA).at == at("2027-08-31", "23:59")


def test_a_start_in_another_zone_is_the_same_moment() -> None:
    abroad = datetime(2026, 11, 6, 17, 30, tzinfo=UTC)  # already Saturday in China
    assert up(abroad, "same day") == "11-07 23:59"


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="没有时区"):
        due(datetime(2026, 11, 6), parse_limit("same day"), CHINA)  # noqa: DTZ001


def test_school_days_added_to_a_date_are_the_ones_a_limit_counts() -> None:
    assert add_school_days(date(2026, 9, 30), 2, CHINA) == date(2026, 10, 9)


# Words.


@pytest.mark.parametrize(
    ("text", "limit", "zh", "en"),
    [
        ("1 hour", (1, DayKind.HOUR), "1小时内", "within 1 hour"),
        ("2 hours", (2, DayKind.HOUR), "2小时内", "within 2 hours"),
        ("1 school hour", (1, DayKind.SCHOOL_HOUR), "1个在校小时内", "within 1 school hour"),
        ("2 lessons", (2, DayKind.LESSON), "2节课内", "within 2 lessons"),
        ("1 session", (1, DayKind.SESSION), "1个节次内", "within 1 session"),
        ("half day", (1, DayKind.HALF_DAY), "半天（上课日）内", "within half a school day"),
        ("same day", (1, DayKind.SAME_DAY), "当日", "the same day"),
        (
            "before morning check",
            (1, DayKind.MORNING_CHECK),
            "下一个上课日晨检前",
            "before the next morning check",
        ),
        ("3 school days", (3, DayKind.SCHOOL_DAY), "3个上课日内", "within 3 school days"),
        ("10 working days", (10, DayKind.WORKING_DAY), "10个工作日内", "within 10 working days"),
        ("15 calendar days", (15, DayKind.CALENDAR_DAY), "15个日历日内", "within 15 calendar days"),
        ("week 1 of term", (1, DayKind.WEEK_OF_TERM), "开学第1周内", "by the end of week 1 of term"),
        ("by the 22nd", (22, DayKind.BY_THE_NTH), "每月22日前", "by the 22nd of the month"),
        ("by the 11th", (11, DayKind.BY_THE_NTH), "每月11日前", "by the 11th of the month"),
        ("month end", (1, DayKind.MONTH_END), "月底前", "by the end of the month"),
        ("term end", (1, DayKind.TERM_END), "学期末前", "by the end of term"),
        ("school year end", (1, DayKind.SCHOOL_YEAR_END), "学年末前", "by the end of the school year"),
    ],
)
def test_every_wording_is_one_limit_with_one_label_a_language(
    text: str, limit: tuple[int, DayKind], zh: str, en: str
) -> None:
    assert parse_limit(text) == limit
    assert (label(parse_limit(text)), label(parse_limit(text), "en")) == (zh, en)


def test_bare_days_are_refused_with_the_two_likely_meanings() -> None:
    with pytest.raises(LimitError) as refused:
        parse_limit("3 days")
    assert str(refused.value) == (
        '“3 days”没有写明是哪一种日子；请写成 "3 school days"（上课日）或 "3 calendar days"（日历日）'
    )


@pytest.mark.parametrize(
    "text", ["", "soon", "3 schooldays", "三天", "1 week", "3  school days", "by the 20"]
)
def test_any_other_wording_is_refused_with_what_may_be_written(text: str) -> None:
    with pytest.raises(LimitError, match=r'可以写：.*"3 school days".*"school year end"'):
        parse_limit(text)


@pytest.mark.parametrize(
    "text", ["0 school days", "0 hours", "by the 32nd", "week 0 of term", "1000 lessons"]
)
def test_a_count_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(LimitError, match="应在 1 到"):
        parse_limit(text)


def test_a_negative_count_is_no_wording_at_all() -> None:
    with pytest.raises(LimitError):
        parse_limit("-1 school days")


# Laws, for calendars that nobody would plan.

FIRST_DAY = date(2026, 1, 1)
TRACKED_DAYS = 800
CASES_A_CALENDAR = 520
CALENDARS = 200

KINDS = list(DayKind)
ADDITIVE = [
    DayKind.HOUR,
    DayKind.SCHOOL_HOUR,
    DayKind.LESSON,
    DayKind.SESSION,
    DayKind.HALF_DAY,
    DayKind.SCHOOL_DAY,
    DayKind.WORKING_DAY,
    DayKind.CALENDAR_DAY,
]
LARGEST = {DayKind.BY_THE_NTH: 31, DayKind.WEEK_OF_TERM: 6, DayKind.SCHOOL_HOUR: 9}
NEVER = datetime.max.replace(tzinfo=CHINA_TIME)

days = st.integers(0, 430).map(lambda offset: FIRST_DAY + timedelta(days=offset))
named_days = st.dictionaries(days, st.sampled_from(["元旦", "春节", "国庆节"]), max_size=12)
noons = st.integers(9 * 60, 15 * 60).map(lambda noon: time(*divmod(noon, 60)))
closures = st.builds(
    lambda day, length, hour: Closure(
        day, day + timedelta(days=length), "停电", datetime(2026, 1, 1, hour, tzinfo=CHINA_TIME)
    ),
    days,
    st.integers(1, 9),
    st.integers(0, 23),
)


@st.composite
def timetables(draw: st.DrawFn) -> tuple[Session, ...]:
    """Up to seven sessions one after another, some of them without a break between."""
    edges = draw(st.lists(st.integers(0, 24 * 60 - 1), unique=True, min_size=2, max_size=14).map(sorted))
    pairs = (
        list(zip(edges[::2], edges[1::2], strict=False)) if draw(st.booleans()) else list(pairwise(edges))[:7]
    )
    kinds = draw(st.lists(st.sampled_from(SessionKind), min_size=len(pairs), max_size=len(pairs)))
    return tuple(
        Session(f"S{number}", kind, time(*divmod(starts, 60)), time(*divmod(ends, 60)), False)
        for number, (kind, (starts, ends)) in enumerate(zip(kinds, pairs, strict=True))
    )


@st.composite
def school_calendars(draw: st.DrawFn) -> SchoolCalendar:
    """Any calendar of about fourteen months; in half of them the second year is not announced."""
    edges = draw(st.lists(days, unique=True, max_size=6).map(sorted))
    holidays = draw(named_days)
    days_off = draw(named_days)
    sessions = draw(st.one_of(st.just(CHINA.sessions), timetables()))
    return SchoolCalendar(
        name="任意校历",
        terms=tuple(SchoolTerm(f"学期{a}", a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        sessions=sessions,
        closures=tuple(draw(st.lists(closures, max_size=3))),
        workdays=Workdays(2026, draw(st.sampled_from([2026, 2028])), holidays, draw(named_days)),
        noon=draw(st.one_of(st.sampled_from([each.starts for each in sessions]), noons)),
        days_off=days_off,
        extra_school_days=draw(st.frozensets(days, max_size=4)) - days_off.keys(),
    )


limits = st.sampled_from(KINDS).flatmap(
    lambda kind: st.builds(TimeLimit, st.integers(1, LARGEST.get(kind, 40)), st.just(kind))
)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 31), timezones=st.just(CHINA_TIME))  # noqa: DTZ001


def moment_of(answer: Due) -> datetime:
    """The due moment, an unknown one being later than all others."""
    assert (answer.at is None) == bool(answer.unknown)
    return answer.at or NEVER


@given(school_calendars(), limits, starts, starts)
def test_who_starts_later_is_never_due_earlier(
    calendar: SchoolCalendar, limit: TimeLimit, one: datetime, other: datetime
) -> None:
    first, second = sorted((one, other))
    assert moment_of(due(first, limit, calendar)) <= moment_of(due(second, limit, calendar))


@given(school_calendars(), st.sampled_from(ADDITIVE), starts, st.integers(1, 12), st.integers(1, 12))
def test_a_limit_and_then_another_is_the_two_together(
    calendar: SchoolCalendar, kind: DayKind, start: datetime, a: int, b: int
) -> None:
    halfway = due(start, TimeLimit(a, kind), calendar).at
    together = due(start, TimeLimit(a + b, kind), calendar)
    if halfway is None:
        assert together.at is None
    else:
        assert due(halfway, TimeLimit(b, kind), calendar).at == together.at


@given(school_calendars(), limits, starts, closures)
def test_a_closure_declared_later_never_brings_a_due_moment_forward(
    calendar: SchoolCalendar, limit: TimeLimit, start: datetime, closure: Closure
) -> None:
    declared = calendar.with_closures([*calendar.closures, closure])
    assert moment_of(due(start, limit, calendar)) <= moment_of(due(start, limit, declared))


def any_case(chance: random.Random, calendar: SchoolCalendar) -> tuple[datetime, TimeLimit]:
    """A start and a limit; every other start lies on an edge of the timetable or of the day."""
    kind = chance.choice(KINDS)
    edges = [moment for session in calendar.sessions for moment in (session.starts, session.ends)]
    edges += [calendar.noon, time(0), time(23, 59)]
    minute = time(chance.randrange(24), chance.randrange(60), chance.choice((0, 59)))
    moment = chance.choice(edges) if chance.random() < 0.5 else minute
    day = FIRST_DAY + timedelta(days=chance.randrange(440))
    count = chance.randint(1, chance.choice((2, LARGEST.get(kind, 40))))
    return datetime.combine(day, moment, CHINA_TIME), TimeLimit(count, kind)


@pytest.mark.long
@settings(max_examples=CALENDARS)
@given(school_calendars(), st.integers(0, 1 << 32))
def test_a_hundred_thousand_due_moments_and_proofs_equal_the_slow_clock_s(
    calendar: SchoolCalendar, seed: int
) -> None:
    clock = SlowClock(calendar, FIRST_DAY, TRACKED_DAYS)
    chance = random.Random(seed)
    for _ in range(CASES_A_CALENDAR):
        start, limit = any_case(chance, calendar)
        answer = due(start, limit, calendar)
        assert answer.at == clock.due(limit.kind, limit.count, start), (start, limit)
        if limit.kind in ADDITIVE and answer.at is not None:
            assert_proof_tiles(clock, start, limit.kind, answer)


def assert_proof_tiles(clock: SlowClock, start: datetime, kind: DayKind, answer: Due) -> None:
    """Skipped stretches hold no minute that counts, lie in order, and with those that count fill the time."""
    assert answer.at is not None
    begin, end = start.replace(second=0), answer.at
    if kind in (DayKind.SCHOOL_DAY, DayKind.WORKING_DAY, DayKind.CALENDAR_DAY):
        begin = datetime.combine(start.date() + timedelta(days=1), time(0), CHINA_TIME)
        end = answer.at + timedelta(minutes=1)
    edges = [begin, *(edge for skip in answer.skipped for edge in skip[:2]), end]
    assert edges == sorted(edges)
    skipped = sum((skip.until_at - skip.from_at for skip in answer.skipped), timedelta())
    counted = timedelta(minutes=clock.counted(kind, start, begin, end))
    assert skipped + counted == end - begin, (start, kind, answer)
    for skip in answer.skipped:
        assert clock.counted(kind, start, skip.from_at, skip.until_at) == 0, (start, kind, skip)
    for skip, following in pairwise(answer.skipped):
        assert (skip.until_at, *skip[2:]) != (following.from_at, *following[2:])
