"""The stage counted at a moment is the one the evaluator reached, as known then."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from builders_db import School, a_school, at, day

from notoneless.core.evaluate import evaluate
from notoneless.core.figure_terms import Tally
from notoneless.core.terms import ActOutcome, AttendanceStatus, Stage
from notoneless.records.histories import subjects
from notoneless.services import casework
from notoneless.services.corrections import correct
from notoneless.services.counting import Asked, counts, lines, total
from notoneless.services.enrolment_facts import midnight

pytestmark = pytest.mark.django_db
STAGES = {
    Tally.AT_RISK: Stage.AT_RISK,
    Tally.SUSPECTED: Stage.SUSPECTED_DROPOUT,
    Tally.DROPOUTS: Stage.DROPOUT,
    Tally.BACK: Stage.BACK,
    Tally.HELD: Stage.HELD,
}
DAYS = [date(2025, 9, 5) + timedelta(days=n) for n in range(20)]


def stage_counted(school: School, on: date, known_at: datetime) -> Stage:
    asked = Asked(school.county, on, on, known_at)
    child = school.pupils[0].pk
    listed = [stage for tally, stage in STAGES.items() if child in {x.child for x in lines(asked, tally)}]
    return listed[0] if listed else Stage.ATTENDING


def stage_reached(school: School, on: date, known_at: datetime) -> Stage:
    child = school.pupils[0].pk
    subject = subjects([child], as_of=known_at)[child]
    path = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=known_at).path
    until = midnight(on + timedelta(days=1))
    return next((each.stage for each in reversed(path) if each.at < until), Stage.ATTENDING)


def put_right(school: School, on: str, moment: str) -> None:
    correct(
        by=school.teacher,
        child=school.pupils[0],
        day=day(on),
        session="MORNING",
        status=AttendanceStatus.PRESENT,
        happened_at=at(moment),
        at=at(moment),
    )


def dropout(school: School, moment: str) -> None:
    casework.record_visit(
        by=school.teacher,
        child=school.pupils[0],
        happened_at=at(moment),
        at=at(moment),
        outcome=ActOutcome.CONFIRMED_DROPOUT,
        note="家访",
    )


def agree(school: School, *moments: str) -> None:
    for moment in map(at, moments):
        for on in DAYS:
            if on <= moment.date():
                assert stage_counted(school, on, moment) is stage_reached(school, on, moment), (on, moment)


def test_a_case_that_goes_its_way() -> None:
    school = a_school(1)
    school.calls("09-08 A", "09-09 A")
    dropout(school, "2025-09-09 11:00")
    school.calls("09-10 A", "09-11", "09-12")
    agree(school, "2025-09-08 12:00", "2025-09-09 12:00", "2025-09-12 12:00")
    assert stage_counted(school, day("09-09"), at("2025-09-12 12:00")) is Stage.DROPOUT


def test_facts_that_were_put_right_leave_nothing_behind_but_what_was_known_then() -> None:
    school = a_school(1)
    school.calls("09-08 A", "09-09")
    agree(school, "2025-09-09 12:00")
    put_right(school, "09-08", "2025-09-10 09:00")
    agree(school, "2025-09-09 12:00", "2025-09-10 12:00")
    assert stage_counted(school, day("09-08"), at("2025-09-09 12:00")) is Stage.AT_RISK
    assert stage_counted(school, day("09-08"), at("2025-09-10 12:00")) is Stage.ATTENDING


def test_a_file_that_comes_late_is_known_from_then_on() -> None:
    school = a_school(1)
    for on, letters in (("09-08", "A"), ("09-09", "A"), ("09-10", ""), ("09-11", "")):
        school.roll_call(letters, f"2025-{on} 08:05", recorded="2025-09-12 10:00")
    agree(school, "2025-09-11 12:00", "2025-09-12 12:00")
    asked = Asked(school.county, day("09-08"), day("09-08"), at("2025-09-11 12:00"))
    assert total(counts(asked, [Tally.AT_RISK])[Tally.AT_RISK]) == 0
    assert total(counts(asked._replace(known_at=at("2025-09-12 12:00")), [Tally.AT_RISK])[Tally.AT_RISK]) == 1


def test_where_the_stage_stays_the_same_the_way_to_it_stays_as_it_was_written() -> None:
    school = a_school(1)
    school.calls("09-08 A", "09-09 A")
    dropout(school, "2025-09-09 11:00")
    put_right(school, "09-08", "2025-09-10 09:00")
    put_right(school, "09-09", "2025-09-10 09:01")
    now = at("2025-09-10 12:00")
    assert stage_counted(school, day("09-10"), now) is stage_reached(school, day("09-10"), now)
    # Nobody writes that the first sign was none, as long as it changes nothing about where the case stands.
    assert stage_counted(school, day("09-08"), now) is Stage.AT_RISK
    asked = Asked(school.county, day("09-01"), day("09-30"), at("2025-09-10 12:00"))
    then = asked._replace(known_at=at("2025-09-09 12:00"))
    assert [total(counts(each, [Tally.EVER_DROPPED])[Tally.EVER_DROPPED]) for each in (then, asked)] == [1, 1]
