"""Runs of absence: what counts, what pauses, what ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from builders import (
    CHINA,
    FRI,
    MON,
    THU,
    TUE,
    USUAL,
    WED,
    absences,
    assess,
    closed,
    day,
    fired,
    history,
    leave,
    lessons,
    mark,
    owed,
    runs,
)

from notoneless.core.calendar import SchoolCalendar, Session, UnknownSession
from notoneless.core.history import History
from notoneless.core.policy.pack import Counting, OfLeave, OfUnrecorded
from notoneless.core.spells import Spell, exceptional_days, lesson_runs
from notoneless.core.terms import AttendanceStatus, SessionKind

LATER = "12-01 12:00"
LEAVE_ENDS = Counting(leave=OfLeave.ENDS)
LEAVE_COUNTS = Counting(leave=OfLeave.COUNTS)
UNKNOWN_ENDS = Counting(unrecorded=OfUnrecorded.ENDS)


def absent_days(spells: list[Spell]) -> list[list[date]]:
    return [[each.day for each in spell.days] for spell in spells]


def lengths(letters: str, counting: Counting = USUAL, since: str = "2025-09-08") -> list[tuple[int, int]]:
    """The interval of every spell of a drawn child, seen from a later day."""
    return [(s.min_days, s.max_days) for s in runs(absences(letters, since), LATER, counting)]


# What a day does to a spell.


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("P P P", []),
        ("A", [(1, 1)]),
        ("? A ?", [(3, 3)]),
        ("A P A", [(1, 1), (1, 1)]),
        ("A T A", [(1, 1), (1, 1)]),
        ("S L S", []),
        ("U U", []),
    ],
)
def test_absent_days_in_a_row_are_a_spell_and_being_seen_ends_it(
    letters: str, expected: list[tuple[int, int]]
) -> None:
    assert lengths(letters) == expected


@pytest.mark.parametrize(
    ("counting", "expected"),
    [(USUAL, [(6, 6)]), (LEAVE_ENDS, [(2, 2), (4, 4)]), (LEAVE_COUNTS, [(7, 7)])],
)
def test_leave_pauses_a_spell_or_ends_it_or_counts(
    counting: Counting, expected: list[tuple[int, int]]
) -> None:
    assert lengths("A A L A A | A A", counting) == expected


def test_leave_alone_is_a_spell_only_where_it_counts() -> None:
    assert lengths("S S S") == []
    assert lengths("S S S", LEAVE_COUNTS) == [(3, 3)]


@pytest.mark.parametrize(
    ("letters", "bridged", "ended"),
    [
        ("A U A", [(2, 3)], [(1, 1), (1, 1)]),
        ("A U", [(1, 2)], [(1, 1)]),
        ("U A", [(1, 2)], [(1, 1)]),
        ("U A U U | A U P", [(2, 6)], [(1, 1), (1, 1)]),
        ("A P U A", [(1, 1), (1, 2)], [(1, 1), (1, 1)]),
    ],
)
def test_unknown_days_make_the_length_an_interval(
    letters: str, bridged: list[tuple[int, int]], ended: list[tuple[int, int]]
) -> None:
    assert lengths(letters) == bridged
    assert lengths(letters, UNKNOWN_ENDS) == ended


# Which days are neighbours.


def test_a_weekend_does_not_end_a_spell() -> None:
    assert absent_days(runs(absences("A | A", "09-12"), LATER)) == [[FRI, day("09-15")]]


def test_a_weekend_mark_counts_for_nothing() -> None:
    assert runs(history(mark("09-13 08:00", "ABSENT")), LATER) == []


def test_a_make_up_sunday_is_a_school_day() -> None:
    with_sunday = absences("A A | A", "09-26")
    assert absent_days(runs(with_sunday, LATER)) == [[day("09-26"), day("09-28"), day("09-29")]]


def test_being_seen_on_a_make_up_sunday_ends_a_spell() -> None:
    assert lengths("A P | A", since="2025-09-26") == [(1, 1), (1, 1)]


def test_the_national_day_week_does_not_end_a_spell() -> None:
    assert absent_days(runs(absences("A A", "09-30"), LATER)) == [[day("09-30"), day("10-09")]]


def test_the_vacation_between_terms_does_not_end_a_spell() -> None:
    across = absences("A A", "2026-01-15")
    assert absent_days(runs(across, "2026-03-02 12:00")) == [[date(2026, 1, 15), date(2026, 2, 24)]]


def test_silence_is_presence_and_ends_a_spell() -> None:
    two = history(mark("09-08 08:00", "ABSENT"), mark("09-10 08:00", "ABSENT"))
    assert absent_days(runs(two, LATER)) == [[MON], [WED]]


def test_a_closure_closes_the_gap_between_two_absences() -> None:
    snow = CHINA.with_closures([closed("09-09", "09-10", declared="09-09 06:00")])
    child = history(mark("09-08 08:00", "ABSENT"), mark("09-10 08:00", "ABSENT"))
    assert absent_days(runs(child, LATER, calendar=snow)) == [[MON, WED]]


def test_a_closure_declared_afterwards_takes_the_absent_day_away_only_from_then_on() -> None:
    child = absences("A A A")
    snow = CHINA.with_closures([closed("09-09", "09-10", declared="09-10 18:00")])
    assert absent_days(runs(child, "09-10 17:59", calendar=snow)) == [[MON, TUE, WED]]
    assert absent_days(runs(child, "09-10 18:00", calendar=snow)) == [[MON, WED]]


# When a spell goes on.


def test_a_spell_goes_on_until_a_roll_call_has_begun_without_the_child_missing() -> None:
    child = absences("A A")
    going_on = {
        moment: [spell.going_on for spell in assess(child, 'absence = "1 school day"', moment).spells]
        for moment in ("09-09 23:59", "09-10 07:59", "09-10 08:00")
    }
    assert going_on == {"09-09 23:59": [True], "09-10 07:59": [True], "09-10 08:00": [False]}


def test_a_spell_goes_on_through_leave_and_unknown_days_and_the_weekend() -> None:
    assert [spell.going_on for spell in runs(absences("A A L U A | L"), "09-15 12:00")] == [True]
    assert [spell.going_on for spell in runs(absences("A", "09-12"), "09-14 12:00")] == [True]


# Enrolment.


def test_only_days_of_the_enrolment_count() -> None:
    child = absences("A A A A A")._replace(enrolled_from=TUE, enrolled_until=FRI)
    assert absent_days(runs(child, LATER)) == [[TUE, WED, THU]]


def test_leaving_the_school_is_not_coming_back_to_it() -> None:
    rules = 'absence = "1 school day"'
    left = absences("A A")._replace(enrolled_until=WED)
    assert [spell.going_on for spell in assess(left, rules, LATER).spells] == [True]
    stayed = left._replace(enrolled_until=None)
    assert [spell.going_on for spell in assess(stayed, rules, LATER).spells] == [False]


# Leave granted, and leave that has run out.


def test_leave_granted_afterwards_excuses_the_absence() -> None:
    child = absences("A A A", facts=[leave("09-09", "09-10", granted="09-10 12:00")])
    assert absent_days(runs(child, "09-10 11:59")) == [[MON, TUE, WED]]
    assert absent_days(runs(child, "09-10 12:00")) == [[MON, WED]]


def test_a_mark_of_leave_after_the_leave_ran_out_is_absence() -> None:
    child = absences("S S S S", facts=[leave("09-08", "09-10")])
    assert absent_days(runs(child, LATER)) == [[WED, THU]]


def test_leave_that_ran_out_over_the_weekend_is_absence_on_monday() -> None:
    child = absences("S | S", "09-12", facts=[leave("09-12", "09-13")])
    assert absent_days(runs(child, LATER)) == [[day("09-15")]]


def test_a_new_leave_after_coming_back_is_leave() -> None:
    child = absences("S P S", facts=[leave("09-08", "09-09")])
    assert runs(child, LATER) == []


def test_ending_leave_early_makes_the_rest_absence() -> None:
    granted = leave("09-08", "09-12", id="granted")
    ended = leave("09-08", "09-10", granted="09-10 07:00", id="ended", supersedes="granted")
    child = absences("S S S", facts=[granted, ended])
    assert runs(child, "09-10 06:59") == []
    assert absent_days(runs(child, "09-10 08:00")) == [[WED]]


# Several roll calls a day.

BOARDING = replace(
    CHINA,
    sessions=(*CHINA.sessions, Session("EVENING", SessionKind.EVENING, time(19), time(20), True)),
)


def outcomes(child: History, as_of: str, calendar: SchoolCalendar = BOARDING) -> list[AttendanceStatus]:
    days = exceptional_days(child, calendar, as_of=mark(as_of, "PRESENT").at)
    return [each.outcome for each in days]


def test_a_child_missing_in_the_morning_is_absent_before_the_evening_comes() -> None:
    child = history(mark("09-08 08:05", "ABSENT"))
    assert outcomes(child, "09-08 08:05") == [AttendanceStatus.ABSENT]
    assert fired(child, 'absence = "1 session"', "09-08 08:05", BOARDING) == ["09-08 08:05"]


def test_a_child_seen_in_any_roll_call_of_the_day_was_there() -> None:
    morning = mark("09-08 08:05", "ABSENT")
    assert outcomes(history(morning), "09-08 19:00") == [AttendanceStatus.PRESENT]
    late = mark("09-08 19:10", "LATE", "EVENING")
    assert outcomes(history(morning, late), "09-08 19:10") == [AttendanceStatus.PRESENT]


@pytest.mark.parametrize(
    ("morning", "evening", "day_is"),
    [
        ("ABSENT", "ABSENT", "ABSENT"),
        ("ABSENT", "UNRECORDED", "ABSENT"),
        ("LEAVE", "ABSENT", "ABSENT"),
        ("LEAVE", "UNRECORDED", "LEAVE"),
        ("UNRECORDED", "UNRECORDED", "UNRECORDED"),
        ("UNRECORDED", "PRESENT", "PRESENT"),
    ],
)
def test_a_day_is_what_its_roll_calls_say_together(morning: str, evening: str, day_is: str) -> None:
    child = history(mark("09-08 08:05", morning), mark("09-08 19:05", evening, "EVENING"))
    assert outcomes(child, LATER) == [day_is]


def test_a_roll_call_not_taken_is_not_counted_as_a_session_missed() -> None:
    child = history(
        mark("09-08 08:05", "LEAVE"),
        mark("09-08 19:05", "LEAVE", "EVENING"),
        mark("09-09 08:05", "LEAVE"),
        mark("09-09 19:05", "UNRECORDED", "EVENING"),
        leave("09-08", "09-09"),
    )
    assert fired(child, 'absence = "1 session", each = true', calendar=BOARDING) == ["09-09 08:05"]


# Lessons.


def lesson_lengths(*days: str, calendar: SchoolCalendar = CHINA) -> list[int]:
    """The runs of missed lessons of a child seen each morning; "-" is a day without any mark."""
    dates = [f"09-{8 + i:02}" for i in range(5)]
    marks = [m for on, letters in zip(dates, days, strict=False) for m in lessons(letters, on)]
    found = exceptional_days(history(*marks), calendar)
    return [len(run) for run in lesson_runs(found, calendar)]


def test_lessons_missed_one_after_another_are_a_run() -> None:
    assert lesson_lengths("AAAPPAA") == [3, 2]


def test_a_run_of_lessons_goes_on_the_next_morning_but_not_over_a_day_at_school() -> None:
    assert lesson_lengths("PPPPPAA", "AAPPPPP") == [4]
    assert lesson_lengths("PPPPPAA", "", "AAPPPPP") == [2, 2]


def test_a_lesson_nobody_was_to_call_is_passed_over() -> None:
    assert lesson_lengths("A...A..") == [2]


def test_a_lesson_that_was_called_and_says_nothing_of_the_child_ends_the_run() -> None:
    called = [s._replace(roll_call=s.kind is SessionKind.LESSON) for s in CHINA.sessions]
    assert lesson_lengths("A...A..", calendar=replace(CHINA, sessions=tuple(called))) == [1, 1]


def test_lessons_missed_on_leave_are_not_missed() -> None:
    child = history(*lessons("PPAAAAA", "09-08"), leave("09-08", "09-09"))
    assert fired(child, 'absence = "2 lessons"') == []
    assert fired(child._replace(leaves=()), 'absence = "2 lessons"') == ["09-08 11:00"]


def test_two_runs_of_lessons_in_one_day_are_two_occasions() -> None:
    child = history(*lessons("AAPAAAP", "09-08"))
    found = owed(child, 'absence = "2 lessons"', LATER)
    assert [o.occasion for o in found] == ["2025-09-08/L1", "2025-09-08/L4"]


def test_a_session_the_timetable_does_not_have_is_refused() -> None:
    child = history(mark("09-08 08:00", "ABSENT", "L9"))
    with pytest.raises(UnknownSession, match="没有节次“L9”"):
        fired(child, 'absence = "2 lessons"')
