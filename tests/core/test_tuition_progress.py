"""送教上门: the year's minimum in proportion to the days of term."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.calendar import default_calendar
from notoneless.core.tuition import Progress, begun_in, days_of, progress

TERMS = default_calendar().terms
SEPTEMBER = date(2025, 9, 1)
DAYS = st.integers(0, 364).map(lambda n: SEPTEMBER + timedelta(days=n))
LESSONS = st.lists(st.integers(1, 16).map(lambda n: Decimal(n) / 2), max_size=20)


def taught(
    lessons: list[Decimal], on: date, *, minimum: int | None = 216, begun: date = SEPTEMBER
) -> Progress:
    return progress(lessons, minimum, 2025, begun, None, TERMS, on=on)


def test_a_school_year_begins_in_september() -> None:
    assert [begun_in(date(2025, 8, 31)), begun_in(SEPTEMBER)] == [2024, 2025]
    assert days_of(2025) == (SEPTEMBER, date(2026, 9, 1))


def test_half_of_the_days_of_term_ask_for_half_of_the_lessons() -> None:
    at_half = taught([Decimal(100)], date(2026, 2, 15))  # the autumn term is over: 137 of 288 days
    assert (at_half.days_gone, at_half.days_asked) == (137, 288)
    assert (at_half.by_now, at_half.behind, at_half.missing) == (Decimal("102.5"), True, Decimal("2.5"))


def test_the_winter_vacation_asks_for_nothing() -> None:
    assert taught([], date(2026, 1, 16)).by_now == taught([], date(2026, 2, 14)).by_now


def test_whoever_begins_in_spring_owes_the_spring() -> None:
    late = taught([], date(2026, 2, 15), begun=date(2026, 2, 15))
    assert (late.needed, late.by_now, late.behind) == (Decimal("113.5"), Decimal(0), False)


def test_a_route_that_ends_asks_for_nothing_after_its_end() -> None:
    ended = progress([], 216, 2025, SEPTEMBER, date(2026, 2, 15), TERMS, on=date(2026, 7, 15))
    assert ended.needed == Decimal(103)
    assert ended.by_now == ended.needed


def test_without_a_minimum_nobody_is_behind() -> None:
    free = taught([], date(2026, 7, 15), minimum=None)
    assert (free.needed, free.by_now, free.behind) == (None, None, False)


def test_without_terms_nobody_is_behind() -> None:
    assert not progress([], 216, 2025, SEPTEMBER, None, (), on=date(2026, 7, 15)).behind


@given(lessons=LESSONS, begun=DAYS, on=DAYS)
def test_what_is_asked_grows_to_the_needed_and_never_beyond(
    lessons: list[Decimal], begun: date, on: date
) -> None:
    now, later = taught(lessons, on, begun=begun), taught(lessons, on + timedelta(days=1), begun=begun)
    end = taught(lessons, date(2026, 9, 1), begun=begun)
    assert now.by_now is None or (later.by_now or 0) >= now.by_now
    assert end.by_now == (end.needed if end.days_asked else None)
    assert now.behind == (now.missing > 0)


@given(lessons=LESSONS, on=DAYS, more=st.integers(1, 16))
def test_another_lesson_never_puts_anybody_behind(lessons: list[Decimal], on: date, more: int) -> None:
    before, after = taught(lessons, on), taught([*lessons, Decimal(more)], on)
    assert after.missing <= before.missing
