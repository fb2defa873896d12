"""月汇总: a line a child and class, with the days, the roll calls, the stage and what is overdue."""

from __future__ import annotations

import pytest
from builders_db import a_class, a_pupil, a_school, at, day

from notoneless.core.terms import AttendanceStatus, Stage
from notoneless.services.corrections import correct
from notoneless.services.counting import Asked, roll_calls
from notoneless.services.month_summary import child_months
from notoneless.services.on_roll import join_class

pytestmark = pytest.mark.django_db


def test_each_child_has_its_days_its_roll_calls_and_its_stage() -> None:
    school = a_school(3)
    school.calls("09-08 AL", "09-09 AT", "09-10 A", "10-09 A")
    asked = Asked(school.county, day("09-01"), day("09-30"), at("2025-10-08 08:00"))
    found = {line.child: line for line in child_months(asked)}
    absent, second, there = (found[child.pk] for child in school.pupils)
    assert (absent.absent, absent.leave, absent.late, absent.sessions) == (3, 0, 0, 3)
    assert (second.leave, second.late, second.absent) == (1, 1, 0)
    assert (there.absent, there.stage, there.overdue, there.sessions) == (0, Stage.ATTENDING, 0, 3)
    assert absent.stage is not Stage.ATTENDING
    assert absent.overdue > 0


def test_a_correction_counts_from_when_it_was_learned() -> None:
    school = a_school(2)
    school.calls("09-08 A", "09-09 A")
    moment = at("2025-09-20 10:00")
    correct(
        by=school.teacher,
        child=school.pupils[0],
        day=day("09-08"),
        session="MORNING",
        status=AttendanceStatus.PRESENT,
        happened_at=moment,
        at=moment,
    )
    before = Asked(school.county, day("09-01"), day("09-30"), at("2025-09-19 10:00"))
    after = before._replace(known_at=at("2025-09-21 10:00"))
    assert [max(line.absent for line in child_months(each)) for each in (before, after)] == [2, 1]


def test_a_child_that_changed_its_class_has_a_line_for_each() -> None:
    school = a_school(1)
    school.calls("09-08 A")
    other = a_class(school.place, "三年级3班")
    join_class(school.pupils[0], other, day("09-09"), "调班", at("2025-09-08 18:00"))
    a_pupil("岑小九", school.class_group)
    school.calls("09-10")
    asked = Asked(school.place, day("09-01"), day("09-30"), at("2025-10-01 08:00"))
    mine = [line for line in child_months(asked) if line.child == school.pupils[0].pk]
    assert {line.class_group: (line.absent, line.sessions) for line in mine} == {
        school.class_group.pk: (1, 1),
        other.pk: (0, 0),
    }


def test_roll_calls_are_due_from_each_class_with_pupils_and_absences_wait_for_an_explanation() -> None:
    school = a_school(2)
    a_class(school.place, "三年级4班")  # without pupils, so without roll calls
    school.calls("09-08", "09-09 A")
    asked = Asked(school.county, day("09-08"), day("09-09"), at("2025-09-09 18:00"))
    found = roll_calls(asked)
    assert (found.due, found.taken, found.unexplained) == (2, 2, (school.pupils[0].pk,))
    assert roll_calls(asked._replace(last=day("09-30"))).due == 2  # what is not yet due is not asked for
    assert roll_calls(asked._replace(known_at=at("2025-09-09 07:00")))[:2] == (1, 1)
