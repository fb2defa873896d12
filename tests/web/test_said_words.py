"""Moments and time limits as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from notoneless.core.facts import CHINA_TIME
from notoneless.web.words import day_words, due_words, left_words, span_words

NOW = datetime(2026, 11, 20, 8, 23, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    ("due_at", "zh", "en"),
    [
        (NOW.replace(hour=9, minute=5), "今天 09:05 前", "by 09:05 today"),
        (NOW + timedelta(days=1), "明天 08:23 前", "by 08:23 tomorrow"),
        (NOW - timedelta(days=1), "昨天 08:23 前", "by 08:23 yesterday"),
        (NOW + timedelta(days=3), "11月23日 周一 08:23 前", "by 08:23 Mon 23 Nov"),
        (NOW + timedelta(days=45), "2027年1月4日 周一 08:23 前", "by 08:23 Mon 4 Jan 2027"),
    ],
)
def test_a_deadline_names_its_day_as_people_do(due_at: datetime, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert due_words(due_at, NOW) == zh
    with translation.override("en"):
        assert due_words(due_at, NOW) == en


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(minutes=42, seconds=59), "42 分", "42 min"),
        (timedelta(0), "0 分", "0 min"),
        (timedelta(hours=2), "2 小时", "2 h"),
        (timedelta(hours=1, minutes=5), "1 小时 5 分", "1 h 5 min"),
        (timedelta(hours=47, minutes=59), "47 小时 59 分", "47 h 59 min"),
        (timedelta(days=2, hours=5), "2 天", "2 days"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(span: timedelta, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert span_words(span) == zh
    with translation.override("en"):
        assert span_words(span) == en


def test_the_due_minute_itself_is_still_in_time() -> None:
    with translation.override("zh-hans"):
        assert left_words(NOW, NOW) == "还剩 0 分"
        assert left_words(NOW - timedelta(minutes=1), NOW) == "已过 1 分"


def test_a_moment_kept_in_another_zone_is_told_in_china_time() -> None:
    late_evening = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    with translation.override("zh-hans"):
        assert due_words(late_evening, NOW) == "明天 00:30 前"


def test_a_near_day_is_told_by_its_name_across_the_turn_of_the_year() -> None:
    with translation.override("zh-hans"):
        assert day_words(date(2027, 1, 1), date(2026, 12, 31)) == "明天"
