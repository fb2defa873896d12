"""Rows become histories: in one statement, silence included, equal to a plain slow builder."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from builders_db import School, a_class, a_place, a_school, at, day
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.core.facts import ActDone, Event, Leave, Mark
from notoneless.core.history import History
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    EventKind,
    Evidence,
    PlaceKind,
    Post,
)
from notoneless.records.constants import of_classes
from notoneless.records.histories import for_children
from notoneless.records.models import ActRecord, Child, Enrolment, EventRecord, RollCall
from notoneless.services import casework, roll_calls

pytestmark = pytest.mark.django_db


def plain(child: Child, as_of: datetime) -> History:
    """The history as one would build it by hand: row by row, day by day."""
    china = at("2025-01-01 00:00").tzinfo
    enrolments = list(child.enrolments.order_by("from_day"))
    marks = [
        Mark(
            row.day,
            row.session,
            AttendanceStatus(row.status.value),
            row.at.astimezone(china),
            row.recorded_at.astimezone(china),
            AbsenceReason(row.reason.value) if row.reason else None,
            str(row.pk),
            str(row.supersedes_id or ""),
        )
        for row in child.marks.all()
        if row.speaks
    ]
    for enrolled in enrolments:
        marks += silence(enrolled, as_of)
    ends = [e.until for e in enrolments]
    return History(
        str(child.pk),
        tuple(marks),
        tuple(
            Leave(
                row.from_day,
                row.until,
                AbsenceReason(row.reason.value),
                row.granted_at.astimezone(china),
                row.recorded_at.astimezone(china),
                str(row.pk),
                str(row.supersedes_id or ""),
            )
            for row in child.leaves.all()
        ),
        tuple(act_of(row) for row in child.acts.all()),
        tuple(event_of(row) for row in child.events.all()),
        enrolments[0].from_day,
        None if None in ends else max(e for e in ends if e),
    )


def act_of(row: ActRecord) -> ActDone:
    china = at("2025-01-01 00:00").tzinfo
    return ActDone(
        Act(row.act.value),
        row.happened_at.astimezone(china),
        row.recorded_at.astimezone(china),
        Post(row.by_post.value),
        frozenset(Post(code) for code in row.taking_part),
        Post(row.to_post.value) if row.to_post else None,
        ActOutcome(row.outcome.value),
        frozenset(Evidence(code) for code in row.evidence),
        str(row.pk),
        str(row.supersedes_id or ""),
    )


def event_of(row: EventRecord) -> Event:
    china = at("2025-01-01 00:00").tzinfo
    moments = row.happened_at.astimezone(china), row.recorded_at.astimezone(china)
    return Event(EventKind(row.kind.value), *moments, str(row.pk), str(row.supersedes_id or ""))


def silence(enrolled: Enrolment, as_of: datetime) -> list[Mark]:
    """Every session called nowhere, walked day by day from the class's first roll call."""
    calendar = of_classes([enrolled.class_group_id])[enrolled.class_group_id].calendar
    calls = [
        c
        for c in RollCall.objects.filter(class_group=enrolled.class_group, standing=True)
        if c.recorded_at <= as_of
    ]
    if not calls:
        return []
    taken = {(c.day, c.session) for c in calls}
    found, each = [], max(min(c.day for c in calls), enrolled.from_day)
    while each <= as_of.date() and (enrolled.until is None or each < enrolled.until):
        starts = calendar.session_start(each, "MORNING")
        if calendar.is_school_day(each) and starts <= as_of and (each, "MORNING") not in taken:
            found.append(
                Mark(
                    each, "MORNING", AttendanceStatus.UNRECORDED, starts, starts, id=f"silence/{each}/MORNING"
                )
            )
        each += timedelta(days=1)
    return found


def same(one: History, other: History) -> None:
    for kind in ("marks", "leaves", "acts", "events"):
        assert sorted(getattr(one, kind), key=repr) == sorted(getattr(other, kind), key=repr)
    assert one[5:] == other[5:]
    assert one.child == other.child


def drawn(school: School, days: list[str | None], moment: str = "08:05") -> None:
    """A roll call a school day of September from the 8th on; None is a day nobody called."""
    dates = ["09-08", "09-09", "09-10", "09-11", "09-12", "09-15", "09-16"]
    for on, letters in zip(dates, days, strict=False):
        if letters is not None:
            school.roll_call(letters, f"2025-{on} {moment}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.none() | st.text("A.LTU", max_size=2), min_size=1, max_size=7),
    corrected=st.booleans(),
    left=st.booleans(),
    as_of=st.sampled_from(["2025-09-09 07:00", "2025-09-10 08:00", "2025-09-12 12:00", "2025-09-17 08:30"]),
)
def test_the_loader_equals_a_plain_slow_builder(
    days: list[str | None], corrected: bool, left: bool, as_of: str
) -> None:
    name = f"校{Child.objects.count()}"
    school = a_school(pupils=2, name=name)
    drawn(school, days)
    child = school.pupils[0]
    moment = at("2025-09-16 10:00")
    casework.record_contact(by=school.teacher, child=child, happened_at=moment, at=moment, note="问过")
    casework.record_event(
        by=school.teacher, child=child, kind=EventKind.PROGRESS, happened_at=moment, at=moment
    )
    leave = roll_calls.grant_leave(
        by=school.teacher,
        child=child,
        from_day=day("2025-09-10"),
        until=day("2025-09-12"),
        reason=AbsenceReason.SICK,
        granted_at=moment,
        at=moment,
    )
    roll_calls.end_leave(by=school.teacher, leave=leave, until=day("2025-09-11"), at=moment)
    if corrected:
        roll_calls.correct(
            by=school.teacher,
            child=child,
            day=day("2025-09-08"),
            session="L1",
            status=AttendanceStatus.ABSENT,
            happened_at=moment,
            at=moment,
        )
    if left:
        child.enrolments.update(until=day("2025-09-15"))
    known = at(as_of)
    loaded = for_children([p.pk for p in school.pupils], as_of=known)
    for pupil in school.pupils:
        same(loaded[pupil.pk], plain(pupil, known))


def test_a_day_nobody_called_is_unrecorded_and_not_present() -> None:
    school = a_school()
    school.calls("09-08 A", "09-10")
    marks = load(school.pupils[0], "2025-09-10 09:00").marks
    assert [(m.day.day, str(m.status)) for m in marks] == [(8, "ABSENT"), (9, "UNRECORDED")]


def test_a_record_begins_with_the_first_roll_call_of_the_class() -> None:
    school = a_school()
    school.calls("09-10")
    assert load(school.pupils[0], "2025-09-10 09:00").marks == ()


def test_today_is_silent_from_the_moment_its_session_begins() -> None:
    school = a_school()
    school.calls("09-08")
    assert load(school.pupils[0], "2025-09-09 07:59").marks == ()
    assert len(load(school.pupils[0], "2025-09-09 08:00").marks) == 1


def test_a_roll_call_learned_later_was_silence_then() -> None:
    school = a_school()
    school.calls("09-08")
    school.roll_call("", "2025-09-09 08:05", recorded="2025-09-10 12:00")
    assert len(load(school.pupils[0], "2025-09-09 18:00").marks) == 1
    assert load(school.pupils[0], "2025-09-10 07:00").marks != ()
    assert len(load(school.pupils[0], "2025-09-10 12:00").marks) == 1


def test_the_marks_of_an_account_that_does_not_stand_are_not_heard() -> None:
    school = a_school()
    school.roll_call("")
    school.roll_call("A", "2025-09-08 08:10", by=school.office)
    assert load(school.pupils[0], "2025-09-08 09:00").marks == ()


def test_a_child_that_changed_class_has_the_silence_of_both() -> None:
    school = a_school()
    other = a_class(school.place, "四年级1班")
    school.calls("09-08", "09-10")
    child = school.pupils[0]
    child.enrolments.update(until=day("2025-09-10"))
    Enrolment.objects.create(child=child, class_group=other, from_day=day("2025-09-10"))
    assert [m.day.day for m in load(child, "2025-09-12 09:00").marks] == [9]


def test_any_number_of_children_takes_as_many_statements() -> None:
    school = a_school(pupils=12)
    school.calls("09-08 AAAAAAAA", "09-09 AAA")
    for_children([school.pupils[0].pk], as_of=at("2025-09-09 09:00"))
    counts = []
    for many in (1, 12):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for_children([p.pk for p in school.pupils[:many]], as_of=at("2025-09-09 09:00"))
        counts.append(len(queries))
    assert counts == [1, 1]


def test_a_child_in_no_class_is_left_out() -> None:
    a_place(PlaceKind.SCHOOL, "云岭完小")
    child = Child.objects.create(name="安小一")
    assert for_children([child.pk], as_of=at("2025-09-08 09:00")) == {}


def load(child: Child, as_of: str) -> History:
    number: UUID = child.pk
    return for_children([number], as_of=at(as_of))[number]
