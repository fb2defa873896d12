"""What dates bring: each period once, owed until done, late for good, taken back in the open."""

from __future__ import annotations

from datetime import date

import pytest
from builders_db import School, a_class, a_place, a_school, at, day

from notoneless.core.terms import PlaceKind
from notoneless.records.models import (
    ClosureDeclared,
    JournalEntry,
    Obligation,
    Outbox,
    PackAdopted,
    PostHeld,
)
from notoneless.services import casework
from notoneless.services.due import tick
from notoneless.services.place_acts import holders

pytestmark = pytest.mark.django_db
FUJIAN, NATION = "fujian/jianning-2024", "national/2024-15"
DAILY = "school-daily-report"
LONG_AGO = date(2025, 2, 16)


def look(*moments: str) -> set[str]:
    """The worker looks at these moments; "rule occasion" of every duty of the date there is then."""
    for moment in moments:
        tick(now=at(moment))
    return {f"{o.rule} {o.occasion[5:]}" for o in Obligation.objects.all() if o.of_the_date}


def states(rule: str) -> list[str]:
    rows = Obligation.objects.filter(rule=rule).order_by("occasion")
    return [f"{row.occasion[5:]} {row.state}" for row in rows]


def the(rule: str) -> Obligation:
    return Obligation.objects.get(rule=rule)


@pytest.mark.parametrize(
    ("pack", "moment", "brought"),
    [
        (FUJIAN, "2025-09-08 08:00", f"{DAILY} 09-08"),
        (FUJIAN, "2025-09-28 08:00", f"{DAILY} 09-28"),  # a make-up Sunday
        (FUJIAN, "2025-09-08 08:00", "enrolment-system-daily 09-08"),
        ("guangxi/bobai", "2025-09-10 08:00", "weekly-check-kept-at-school 09-08"),
        (NATION, "2025-09-10 08:00", "school-monthly-report 09-01"),
        (NATION, "2025-09-10 08:00", "county-quarterly-review 07-01"),
        (FUJIAN, "2025-09-10 08:00", "enrolment-cleared-at-term-end 09-01"),
        (NATION, "2025-09-10 08:00", "county-visits-at-the-start-of-term 09-01"),
        ("seeds/eight-rules", "2025-09-10 08:00", "care-statements-signed 09-01"),
        ("seeds/county-two-percent", "2026-03-05 08:00", "march-drive 03-01"),
        ("seeds/county-two-percent", "2026-03-05 08:00", "march-drive-in-class 03-01"),
        (FUJIAN, "2025-09-25 08:00", "holiday-visits 09-24"),
    ],
)
def test_each_kind_of_period_brings_its_duty(pack: str, moment: str, brought: str) -> None:
    a_school(pack=pack)
    assert brought in look(moment)


@pytest.mark.parametrize("moment", ["2025-09-14 08:00", "2025-10-01 08:00", "2025-08-20 08:00"])
def test_a_day_without_school_brings_no_school_day_duty(moment: str) -> None:
    a_school(pack=FUJIAN, since=LONG_AGO)
    assert not any(each.startswith(DAILY) for each in look(moment))


def test_vacation_leaves_what_offices_owe_on_working_days() -> None:
    a_school(pack=FUJIAN, since=LONG_AGO)
    found = look("2025-08-20 08:00")
    assert "enrolment-system-daily 08-20" in found
    assert not any(each.startswith(("holiday-visits", "enrolment-cleared")) for each in found)


def test_a_duty_is_opened_once_however_often_one_looks() -> None:
    school = a_school(pack=FUJIAN)
    first = look("2025-09-08 08:00")
    told = JournalEntry.objects.filter(act__in=["OPEN_DATE_DUTIES", "DATE_DUTIES"])
    written = told.count()
    assert look("2025-09-08 08:01", "2025-09-08 12:00", "2025-09-08 23:00") == first
    assert told.count() == written
    assert states(DAILY) == ["09-08 OPEN"]
    assert the(DAILY).place == school.place


def test_two_days_of_downtime_are_caught_up() -> None:
    a_school(pack=FUJIAN)
    look("2025-09-08 08:00", "2025-09-11 08:00", "2025-09-11 08:01")
    assert states(DAILY) == ["09-08 OVERDUE", "09-09 OVERDUE", "09-10 OVERDUE", "09-11 OPEN"]


def test_a_month_that_passed_while_no_worker_ran_is_still_owed() -> None:
    a_school(pack=NATION)
    look("2025-09-30 08:00", "2025-11-03 08:00")
    assert states("school-monthly-report") == ["09-01 OVERDUE", "10-01 OVERDUE", "11-01 OPEN"]


def test_what_was_due_before_anybody_first_looked_is_not_opened() -> None:
    a_school()
    assert "monitoring-report-first-week 09-01" not in look("2025-09-08 08:00")


def test_what_was_due_before_a_pack_was_adopted_is_not_opened() -> None:
    school = a_school(pack="")
    look("2025-09-01 08:00", "2025-10-09 08:00")
    PackAdopted.objects.create(
        place=school.place, pack_id=FUJIAN, from_day=day("10-09"), adopted_at=at("2025-10-09 09:00")
    )
    found = look("2025-10-09 09:01")
    assert {f"{DAILY} 10-09", "enrolment-cleared-at-term-end 09-01"} <= found
    assert "enrolment-checked-at-term-start 09-01" not in found


def test_a_duty_stays_after_its_period_until_it_is_done_and_late_stays_late() -> None:
    school = a_school(pack=NATION)
    look("2025-09-08 08:00", "2025-10-13 08:00")
    assert states("school-monthly-report") == ["09-01 OVERDUE", "10-01 OPEN"]
    september = Obligation.objects.get(rule="school-monthly-report", occasion="2025-09-01")
    moment = at("2025-10-13 09:00")
    casework.fulfil(by=school.principal, obligation=september, happened_at=moment, at=moment)
    look("2025-10-20 08:00")
    assert states("school-monthly-report") == ["09-01 MET", "10-01 OPEN"]
    september.refresh_from_db()
    assert (september.late, september.met_at) == (True, moment)


def test_a_duty_done_in_time_is_met_and_nobody_is_told() -> None:
    school = a_school(pack=FUJIAN)
    look("2025-09-08 08:00")
    moment = at("2025-09-08 15:00")
    casework.fulfil(by=school.office, obligation=the(DAILY), happened_at=moment, at=moment)
    done = the(DAILY)
    look("2025-09-09 08:00")
    assert states(DAILY) == ["09-08 MET", "09-09 OPEN"]
    assert not done.late
    assert not Outbox.objects.filter(body__obligation=str(done.key)).exists()


def test_a_duty_not_done_is_taken_up_once_a_step() -> None:
    a_school(pack=FUJIAN)
    look("2025-09-08 08:00", "2025-09-08 23:59")
    about = Outbox.objects.filter(body__obligation=str(the(DAILY).key))
    assert not about.exists()
    look("2025-09-09 00:00", "2025-09-09 00:01", "2025-09-09 12:00")
    assert [message.body["level"] for message in about] == [1]
    look("2025-09-10 00:00", "2025-09-13 00:00")
    assert [message.body["level"] for message in about.order_by("pk")] == [1, 2, 3]


def test_a_county_s_duty_is_overdue_and_taken_up_too() -> None:
    school = a_school(pack=NATION)
    look("2025-09-08 08:00", "2025-10-13 08:00")
    review = Obligation.objects.get(rule="county-quarterly-review", occasion="2025-07-01")
    assert (review.place, review.class_group, review.state) == (school.county, None, "OVERDUE")
    assert Outbox.objects.filter(key__startswith=f"escalate/{review.key}/").count() == 3


def test_a_closure_takes_the_day_s_duty_back_in_the_open() -> None:
    school = a_school(pack=FUJIAN)
    look("2025-09-08 00:01")
    ClosureDeclared.objects.create(
        place=school.place,
        from_day=day("09-08"),
        until=day("09-09"),
        reason="台风",
        declared_at=at("2025-09-08 05:00"),
    )
    look("2025-09-08 05:01")
    assert states(DAILY) == ["09-08 WITHDRAWN"]
    assert the(DAILY).withdrawn_why
    assert states("enrolment-system-daily") == ["09-08 OPEN"]


def test_a_pack_given_up_takes_back_what_is_to_come_and_nothing_late() -> None:
    school = a_school(pack=FUJIAN)
    look("2025-09-08 08:00", "2025-09-09 08:00")
    PackAdopted.objects.create(
        place=school.place, pack_id=NATION, from_day=day("09-09"), adopted_at=at("2025-09-09 09:00")
    )
    look("2025-09-09 09:01")
    assert states(DAILY) == ["09-08 OVERDUE", "09-09 WITHDRAWN"]


def test_a_class_owes_its_own_and_a_class_without_pupils_owes_nothing() -> None:
    school = a_school(pack="seeds/eight-rules")
    a_class(school.place, "四年级1班")
    look("2025-09-08 08:00")
    rows = Obligation.objects.filter(rule="care-statements-signed")
    assert {(o.class_group, o.who) for o in rows} == {
        (school.class_group, "CLASS_TEACHER"),
        (school.class_group, "SUBJECT_TEACHER"),
    }


def test_what_a_city_owes_has_no_row_and_what_a_county_owes_only_one() -> None:
    a_school(pack=NATION)
    a_school(pack=NATION, name="青石完小")
    found = look("2025-09-08 08:00")
    assert not any("city" in each for each in found)
    assert Obligation.objects.filter(rule="county-quarterly-review").count() == 1
    assert Obligation.objects.filter(rule="school-monthly-report").count() == 2


def test_a_school_s_pack_obliges_nobody_above_the_school() -> None:
    a_school(pack="seeds/jintang")
    look("2025-09-08 08:00")
    assert not Obligation.objects.filter(rule="county-group-meets").exists()
    assert Obligation.objects.filter(rule="school-group-meets").count() == 1


def test_a_post_that_nobody_holds_still_owes() -> None:
    school = a_school(pack=FUJIAN)
    look("2025-09-08 08:00")
    login, report = the("enrolment-system-daily"), the(DAILY)
    assert holders([login, report], day("09-08")) == {login.key: [], report.key: [school.office]}
    PostHeld.objects.filter(person=school.office).update(held_until=day("09-08"))
    assert holders([report], day("09-08")) == {report.key: []}


def test_a_place_without_a_level_owes_nothing() -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村")
    a_school(pack=FUJIAN)
    look("2025-09-08 08:00")
    assert not Obligation.objects.filter(place=village).exists()


def test_roll_calls_and_dates_leave_each_other_s_duties_alone() -> None:
    school: School = a_school(pack=FUJIAN)
    look("2025-09-08 08:05", "2025-09-08 09:30", "2025-09-25 08:05")
    withdrawn = Obligation.objects.filter(state="WITHDRAWN", class_group=school.class_group)
    assert not withdrawn.exists()
    assert {o.act for o in Obligation.objects.filter(class_group=school.class_group)} == {
        "TAKE_ROLL_CALL",
        "HOME_VISIT",
    }
