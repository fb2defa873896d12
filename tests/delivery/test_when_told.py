"""Quiet hours, waiting before the next try, and the words people read."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from builders import at
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.calendar import default_calendar
from notoneless.core.terms import SkipReason
from notoneless.delivery.again import FIRST, LONGEST, wait
from notoneless.delivery.quiet import QuietHours, is_quiet, loud_from, told_ahead
from notoneless.delivery.texts import Told, text

CALENDAR = default_calendar()
USUAL = QuietHours()
NO_DAYS = QuietHours(days=frozenset())
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2025-09-08 06:29", True),
        ("2025-09-08 06:30", False),
        ("2025-09-08 21:29", False),
        ("2025-09-08 21:30", True),
        ("2025-09-09 00:00", True),
        ("2025-10-01 12:00", True),
        ("2025-09-13 12:00", False),
        ("2025-07-30 12:00", False),
    ],
)
def test_nights_and_public_holidays_are_quiet_and_nothing_else(moment: str, quiet: bool) -> None:
    assert is_quiet(at(moment), USUAL, CALENDAR) is quiet


def test_a_county_may_make_vacations_and_weekends_quiet() -> None:
    more = QuietHours(days=frozenset({SkipReason.VACATION, SkipReason.WEEKEND}))
    assert is_quiet(at("2025-07-30 12:00"), more, CALENDAR)
    assert is_quiet(at("2025-09-13 12:00"), more, CALENDAR)


def test_equal_times_make_no_night_quiet() -> None:
    always = QuietHours(time(0), time(0), frozenset({SkipReason.HOLIDAY}))
    assert not is_quiet(at("2025-09-08 03:00"), always, CALENDAR)
    assert loud_from(at("2025-10-01 12:00"), always, CALENDAR) == at("2025-10-09 00:00")


def test_a_year_whose_holidays_are_not_announced_is_told_in() -> None:
    assert not is_quiet(at("2041-10-01 12:00"), USUAL, CALENDAR)


@pytest.mark.parametrize(
    ("moment", "loud"),
    [
        ("2025-09-08 12:00", "2025-09-08 12:00"),
        ("2025-09-08 05:00", "2025-09-08 06:30"),
        ("2025-09-08 22:00", "2025-09-09 06:30"),
        ("2025-09-30 22:00", "2025-10-09 06:30"),
    ],
)
def test_people_are_told_when_the_quiet_ends(moment: str, loud: str) -> None:
    assert loud_from(at(moment), USUAL, CALENDAR) == at(loud)


@given(st.datetimes(at("2025-08-01 00:00").replace(tzinfo=None), at("2026-01-31 00:00").replace(tzinfo=None)))
def test_the_first_loud_moment_is_loud_and_none_before_it_is(naive: object) -> None:
    moment = at(str(naive)[:16])
    loud = loud_from(moment, USUAL, CALENDAR)
    assert not is_quiet(loud, USUAL, CALENDAR)
    assert loud == moment or is_quiet(loud - timedelta(minutes=1), USUAL, CALENDAR)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-09-08 12:00", "2025-09-08 13:00"),
        ("2025-09-08 20:29", "2025-09-08 21:29"),
        ("2025-09-08 20:30", "2025-09-09 07:30"),
    ],
)
def test_what_runs_out_in_the_quiet_is_told_before_it_begins(now: str, until: str) -> None:
    assert told_ahead(at(now), HOUR, NO_DAYS, CALENDAR) == at(until)


@given(st.integers(0, 23), st.integers(0, 59))
def test_no_due_moment_passes_without_a_loud_moment_at_which_it_was_ahead(hour: int, minute: int) -> None:
    due = at(f"2025-09-10 {hour:02}:{minute:02}")
    looked = [due - timedelta(minutes=10 * n) for n in range(1, 100)]
    loud = [m for m in looked if not is_quiet(m, USUAL, CALENDAR)]
    assert any(told_ahead(m, HOUR, USUAL, CALENDAR) >= due for m in loud)


# The next try.


@given(st.text(max_size=40), st.integers(1, 40))
def test_a_try_waits_its_turn_always_the_same_within_half_and_half_as_much_again(key: str, n: int) -> None:
    turn = min(FIRST * 2 ** (n - 1), LONGEST)
    assert turn * 0.5 <= wait(key, n) <= turn * 1.5
    assert wait(key, n) == wait(key, n)


def test_many_messages_do_not_come_back_at_one_moment() -> None:
    assert len({wait(str(n), 1) for n in range(100)}) > 90


def test_nobody_comes_back_before_the_other_side_asked() -> None:
    assert wait("k", 1, timedelta(minutes=30)) == timedelta(minutes=30)


# The words.

NOW = at("2025-09-08 07:30")
FIVE, NINE = at("2025-09-08 17:00"), at("2025-09-08 09:05")


@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        (
            Told(due=(FIVE, FIVE)),
            "您有 2 条今日 17:00 前的待办，请登录查看。",
            "You have 2 things to do by 17:00 today. Please sign in to see them.",
        ),
        (
            Told(due=(FIVE, NINE), overdue=1),
            "您有 2 条待办，最早今日 09:05 到期，1 条逾期未办，请登录查看。",
            "You have 2 things to do, the first by 09:05 today, 1 overdue. Please sign in to see them.",
        ),
        (
            Told(due=(at("2025-09-10 12:00"),)),
            "您有 1 条09月10日 12:00 前的待办，请登录查看。",
            "You have 1 thing to do by 12:00 on 10 September. Please sign in to see them.",
        ),
        (
            Told(below=3, hand_overs=1, gaps=2, close_outs=1, undelivered=4),
            "您有 3 条下级逾期事项需督办，1 项移交待接收，2 处岗位空缺待补，1 件销号待办，"
            "4 条提醒未送达，请登录查看。",
            "You have 3 overdue with others to see to, 1 hand-over to receive, 2 gaps among posts to fill, "
            "1 close-out to see to, 4 messages not delivered. Please sign in to see them.",
        ),
    ],
)
def test_a_text_says_counts_and_moments(told: Told, zh: str, en: str) -> None:
    assert (text(told, "zh", now=NOW), text(told, "en", now=NOW)) == (zh, en)


def test_a_text_leads_to_the_first_page_and_no_further() -> None:
    said = text(Told(overdue=1), "zh", now=NOW, site="https://kcbx.example/")
    assert said.endswith("请登录查看。 https://kcbx.example/")


def test_nothing_to_tell_is_nothing() -> None:
    assert not Told().anything
    assert Told(gaps=1).anything
