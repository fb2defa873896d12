"""What could not simply be recorded waits for a person, who records it or sets it aside; nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import at
from builders_db import School, a_person, a_school
from records_sent import a_record, a_roll_call, a_visit, content

from notoneless.core.case_terms import RecordFlag
from notoneless.core.terms import Post
from notoneless.records.models import (
    ActRecord,
    Device,
    JournalEntry,
    OfflineReceived,
    OfflineVariant,
    PostHeld,
    RollCall,
    VisitParticipant,
)
from notoneless.services.flags import flags_of
from notoneless.services.offline import receive, register
from notoneless.services.offline_checking import record_it, set_aside, to_check, upload_for
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
MORNING = at("2025-09-08 08:05")
FRIDAY = at("2025-09-12 17:00")


@pytest.fixture
def school() -> School:
    return a_school()


@pytest.fixture
def phone(school: School) -> Device:
    return register(by=school.teacher, name="老师的手机", at=at("2025-09-08 07:00"))


def arrives(school: School, phone: Device, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    kind = "ROLL_CALL" if "class" in body else "VISIT"
    record = a_record(kind, body, device=phone.pk, **{"at": MORNING, **more})
    receive(by=school.teacher, content=content(record), at=FRIDAY)
    return record


def waiting(school: School) -> list[str]:
    return [str(each.row.pk) for each in to_check(school.office, FRIDAY.date())]


@pytest.fixture
def reassigned(school: School, phone: Device) -> Device:
    """The teacher's telephone, after another took over the class."""
    PostHeld.objects.filter(person=school.teacher).update(held_until=at("2025-09-10 00:00").date())
    return phone


def test_what_is_recorded_without_doubt_waits_for_nobody(school: School, phone: Device) -> None:
    arrives(school, phone, a_roll_call(school, MORNING))
    assert waiting(school) == []


def test_a_roll_call_of_a_reassigned_teacher_is_recorded_as_theirs_once_somebody_looked(
    school: School, reassigned: Device
) -> None:
    number = arrives(school, reassigned, a_roll_call(school, MORNING, away=1))["id"]
    assert waiting(school) == [number]
    row = OfflineReceived.objects.get()
    record_it(by=school.office, upload=row.pk, account=row.pk, reason="白老师当天确实点了名", at=FRIDAY)
    call = RollCall.objects.get()
    assert (call.taken_by_id, call.marks.get().child_id) == (school.teacher.pk, school.pupils[1].pk)
    assert flags_of("roll_call", [str(call.pk)])[str(call.pk)][0].flag is RecordFlag.NO_LONGER_THEIRS
    assert waiting(school) == []
    assert JournalEntry.objects.get(act="CHECK_OFFLINE").by_id == school.office.pk


def test_a_visit_of_a_reassigned_teacher_counts_nobody_who_was_not_there(
    school: School, reassigned: Device
) -> None:
    arrives(school, reassigned, a_visit(school, MORNING))
    row = OfflineReceived.objects.get()
    record_it(by=school.office, upload=row.pk, account=row.pk, reason="核实", at=FRIDAY)
    act = ActRecord.objects.get()
    people = VisitParticipant.objects.filter(visit__act=act).values_list("person", flat=True)
    assert (act.by_id, act.by_post, list(people)) == (
        school.teacher.pk,
        Post.CLASS_TEACHER,
        [school.teacher.pk],
    )


def test_what_was_written_by_somebody_without_the_post_is_entered_by_who_looked_and_names_the_writer(
    school: School, phone: Device
) -> None:
    PostHeld.objects.filter(person=school.teacher).update(held_from=at("2025-09-10 00:00").date())
    arrives(school, phone, a_visit(school, MORNING))
    row = OfflineReceived.objects.get()
    record_it(by=school.office, upload=row.pk, account=row.pk, reason="核实", at=FRIDAY)
    act = ActRecord.objects.get()
    people = VisitParticipant.objects.filter(visit__act=act).values_list("person", flat=True)
    assert act.by_id == school.office.pk
    assert set(people) == {school.office.pk, school.teacher.pk}


def test_either_of_two_versions_can_be_recorded(school: School, phone: Device) -> None:
    record = arrives(school, phone, a_visit(school, MORNING))
    other = {**record, "body": a_visit(school, MORNING, findings="家里没有人。")}
    receive(by=school.teacher, content=content(other), at=FRIDAY)
    found = upload_for(school.office, OfflineReceived.objects.get().pk, FRIDAY.date())
    assert [each.says.words["findings"] for each in found.accounts if each.says] == [  # type: ignore[union-attr]
        "家长答应明天送来。",
        "家里没有人。",
    ]
    with pytest.raises(Refusal) as refused:
        record_it(by=school.office, upload=found.row.pk, account=found.row.pk, reason="x", at=FRIDAY)
    assert refused.value.code == "RECORDED_ALREADY"
    second = OfflineVariant.objects.get().pk
    record_it(by=school.office, upload=found.row.pk, account=second, reason="两次走访都属实", at=FRIDAY)
    assert ActRecord.objects.count() == 2


def test_what_is_set_aside_stays_with_its_reason_and_is_checked_once(
    school: School, reassigned: Device
) -> None:
    arrives(school, reassigned, a_roll_call(school, MORNING))
    row = OfflineReceived.objects.get()
    set_aside(by=school.principal, upload=row.pk, reason="当天停课", at=FRIDAY)
    over = to_check(school.office, FRIDAY.date(), checked=True)
    assert [each.checked.note for each in over if each.checked] == ["当天停课"]
    assert (OfflineReceived.objects.count(), RollCall.objects.count()) == (1, 0)
    with pytest.raises(Refusal) as refused:
        record_it(by=school.office, upload=row.pk, account=row.pk, reason="x", at=FRIDAY)
    assert refused.value.code == "CHECKED_ALREADY"


def test_a_version_that_comes_after_somebody_looked_is_looked_at_again(
    school: School, reassigned: Device
) -> None:
    record = arrives(school, reassigned, a_visit(school, MORNING))
    row = OfflineReceived.objects.get()
    set_aside(by=school.office, upload=row.pk, reason="没有这次走访", at=FRIDAY)
    other = {**record, "body": a_visit(school, MORNING, findings="家里没有人。")}
    receive(by=school.teacher, content=content(other), at=FRIDAY + timedelta(days=3))
    assert waiting(school) == [record["id"]]
    set_aside(by=school.office, upload=row.pk, reason="同前", at=FRIDAY + timedelta(days=3))
    assert waiting(school) == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_settled_without_a_reason(school: School, reassigned: Device, reason: str) -> None:
    arrives(school, reassigned, a_roll_call(school, MORNING))
    row = OfflineReceived.objects.get()
    with pytest.raises(Refusal):
        set_aside(by=school.office, upload=row.pk, reason=reason, at=FRIDAY)
    with pytest.raises(Refusal):
        record_it(by=school.office, upload=row.pk, account=row.pk, reason=reason, at=FRIDAY)
    assert RollCall.objects.count() == 0


def test_what_the_desk_may_not_do_either_is_refused_and_still_waits(
    school: School, reassigned: Device
) -> None:
    number = arrives(school, reassigned, {**a_roll_call(school, MORNING), "session": "MIDNIGHT"})["id"]
    row = OfflineReceived.objects.get()
    with pytest.raises(Refusal) as refused:
        record_it(by=school.office, upload=row.pk, account=row.pk, reason="核实", at=FRIDAY)
    assert refused.value.code == "NO_SUCH_SESSION"
    assert waiting(school) == [number]


def test_another_school_sees_nothing_of_it_though_the_teacher_came_from_there(
    school: School, reassigned: Device
) -> None:
    other = a_school(name="石门完小")
    PostHeld.objects.create(
        person=school.teacher,
        post=Post.CLASS_TEACHER,
        class_group=other.class_group,
        held_from=MORNING.date(),
    )
    arrives(school, reassigned, a_roll_call(school, MORNING))
    assert len(waiting(school)) == 1
    assert waiting(other) == []
    with pytest.raises(OfflineReceived.DoesNotExist):
        upload_for(other.office, OfflineReceived.objects.get().pk, FRIDAY.date())


def test_what_cannot_be_read_is_for_the_office_of_whoever_wrote_it(school: School, phone: Device) -> None:
    number = arrives(school, phone, {"class": "?"})["id"]
    assert waiting(school) == [number]
    assert waiting(a_school(name="石门完小")) == []


def test_a_class_teacher_looks_at_nothing_that_waits(school: School, reassigned: Device) -> None:
    arrives(school, reassigned, a_roll_call(school, MORNING))
    teacher = a_person("高老师", Post.CLASS_TEACHER, school.class_group)
    assert to_check(teacher, FRIDAY.date()) == []


def test_the_second_under_a_repeated_number_waits_though_it_was_recorded(
    school: School, phone: Device
) -> None:
    arrives(school, phone, a_visit(school, MORNING))
    second = arrives(school, phone, a_visit(school, MORNING, 1))["id"]
    assert waiting(school) == [second]
