"""What a telephone sends is kept, done once, and answered with a receipt; nothing is thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import at
from builders_db import School, a_class, a_person, a_school
from records_sent import a_record, a_roll_call, a_visit, content, digest, verifies

from notoneless.core.case_terms import OfflineState, RecordFlag
from notoneless.core.terms import Post
from notoneless.records.models import (
    ActRecord,
    Device,
    Flagged,
    JournalEntry,
    OfflineReceived,
    OfflineVariant,
    Person,
    PostHeld,
    RollCall,
)
from notoneless.services.offline import Received, receive, register, revoke
from notoneless.services.offline_receipts import canonical, public_key
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
RECORDED, TO_CHECK = OfflineState.RECORDED, OfflineState.TO_CHECK
MORNING = at("2025-09-08 08:05")
EVENING = at("2025-09-08 18:30")
FRIDAY = at("2025-09-12 17:00")


@pytest.fixture
def school() -> School:
    return a_school()


@pytest.fixture
def phone(school: School) -> Device:
    return register(by=school.teacher, name="老师的手机", at=at("2025-09-08 07:00"))


def sent(school: School, phone: Device, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    kind = "ROLL_CALL" if "class" in body else "VISIT"
    return a_record(kind, body, device=phone.pk, **{"at": MORNING, **more})


def arrives(record: dict[str, Any], by: Person, when: datetime = EVENING) -> Received:
    return receive(by=by, content=content(record), at=when)


def flags(subject: str) -> set[RecordFlag]:
    return {row.flag for row in Flagged.objects.filter(subject_id=subject)}


def test_a_roll_call_written_without_signal_is_recorded_when_it_arrives(
    school: School, phone: Device
) -> None:
    record = sent(school, phone, a_roll_call(school, MORNING, away=1))
    answer = arrives(record, school.teacher)
    call = RollCall.objects.get()
    assert (answer.receipt.state, call.taken_at, call.recorded_at) == (RECORDED, MORNING, EVENING)
    assert [str(mark.child_id) for mark in call.marks.all()] == [str(school.pupils[1].pk)]
    assert OfflineReceived.objects.get().made_id == str(call.pk)
    assert flags(str(call.pk)) == set()


def test_a_visit_written_without_signal_is_the_same_record_as_one_from_the_desk(
    school: School, phone: Device
) -> None:
    record = sent(school, phone, a_visit(school, MORNING, items={"AT_HOME": "跟奶奶住"}))
    answer = arrives(record, school.teacher)
    act = ActRecord.objects.get()
    assert answer.receipt.state is RECORDED
    assert (act.happened_at, act.by_id, act.visit.items) == (
        MORNING,
        school.teacher.pk,
        {"AT_HOME": "跟奶奶住"},
    )


def test_the_receipt_is_signed_for_these_bytes_and_no_others(school: School, phone: Device) -> None:
    record = sent(school, phone, a_roll_call(school, MORNING))
    answer = arrives(record, school.teacher)
    said = answer.receipt.said()
    assert said["digest"] == digest(content(record))
    assert verifies(public_key(), said, answer.signature)
    assert not verifies(public_key(), {**said, "digest": "0" * 64}, answer.signature)
    assert said["journal_seq"] == JournalEntry.objects.get(act="RECEIVE_OFFLINE").seq


def test_the_same_bytes_again_give_the_same_receipt_and_no_second_record(
    school: School, phone: Device
) -> None:
    record = sent(school, phone, a_roll_call(school, MORNING, away=0))
    first = arrives(record, school.teacher)
    entries = JournalEntry.objects.count()
    again = arrives(record, school.teacher, FRIDAY)
    assert again.receipt == first.receipt
    assert verifies(public_key(), again.receipt.said(), again.signature)
    assert (RollCall.objects.count(), JournalEntry.objects.count()) == (1, entries)


def test_other_bytes_under_the_same_id_are_both_kept_and_shown(school: School, phone: Device) -> None:
    one = sent(school, phone, a_roll_call(school, MORNING, away=0))
    other = {**one, "body": a_roll_call(school, MORNING, away=1)}
    first = arrives(one, school.teacher)
    second, again = (arrives(other, school.teacher, when) for when in (EVENING, FRIDAY))
    row = OfflineReceived.objects.get()
    assert (first.receipt.state, second.receipt.state) == (RECORDED, TO_CHECK)
    assert second.receipt.digest == digest(content(other)) == OfflineVariant.objects.get().digest
    assert again.receipt == second.receipt
    assert flags(str(row.pk)) == flags(row.made_id) == {RecordFlag.OTHER_ACCOUNT}
    assert [row.body(), row.variants.get().body()] == [canonical(one), canonical(other)]


def test_two_records_under_one_number_of_a_copied_phone_are_both_recorded_and_told(
    school: School, phone: Device
) -> None:
    visits = [sent(school, phone, a_visit(school, MORNING, pupil)) for pupil in (0, 1)]
    first, second = (arrives(visit, school.teacher) for visit in visits)
    assert (first.receipt.state, second.receipt.state) == (RECORDED, RECORDED)
    assert "复制" in second.receipt.problem
    for row in OfflineReceived.objects.all():
        assert flags(str(row.pk)) == flags(row.made_id) == {RecordFlag.REPEATED_NUMBER}


@pytest.mark.parametrize("token", ["", "12.2025-09-08T08:00:00+08:00:forged", "v0", "null"])
def test_a_checkpoint_that_we_did_not_sign_is_kept_to_be_checked(
    school: School, phone: Device, token: str
) -> None:
    record = {**sent(school, phone, a_roll_call(school, MORNING)), "checkpoint": token}
    answer = arrives(record, school.teacher)
    assert (answer.receipt.state, RollCall.objects.count()) == (TO_CHECK, 0)
    assert OfflineReceived.objects.get().body() == canonical(record)


def test_what_comes_from_a_reassigned_teacher_is_kept_to_be_checked(school: School, phone: Device) -> None:
    records = [
        sent(school, phone, a_roll_call(school, MORNING)),
        sent(school, phone, a_visit(school, MORNING), sequence=2),
    ]
    PostHeld.objects.filter(person=school.teacher).update(held_until=at("2025-09-10 00:00").date())
    answers = [arrives(record, school.teacher, FRIDAY) for record in records]
    assert [answer.receipt.state for answer in answers] == [TO_CHECK, TO_CHECK]
    assert (RollCall.objects.count(), ActRecord.objects.count()) == (0, 0)
    assert all(flags(record["id"]) == {RecordFlag.NO_LONGER_THEIRS} for record in records)


def test_a_class_of_others_looks_like_one_that_is_not_there(school: School, phone: Device) -> None:
    other = a_class(school.place, "四年级1班")
    bodies = [{**a_roll_call(school, MORNING), "class": number} for number in (other.pk, 987654)]
    said = [
        arrives(sent(school, phone, body, sequence=number), school.teacher).receipt.problem
        for number, body in enumerate(bodies, 1)
    ]
    assert said[0] == said[1] != ""


def test_a_phone_that_was_taken_off_still_gets_rid_of_what_it_holds(school: School, phone: Device) -> None:
    revoke(by=school.teacher, device=phone.pk, at=EVENING)
    answer = arrives(sent(school, phone, a_roll_call(school, MORNING)), school.teacher, FRIDAY)
    assert (answer.receipt.state, RollCall.objects.count()) == (TO_CHECK, 0)
    assert "停用" in answer.receipt.problem


def test_a_phone_that_we_do_not_know_loses_nothing(school: School) -> None:
    record = a_record("ROLL_CALL", a_roll_call(school, MORNING), device=uuid4(), at=MORNING)
    assert arrives(record, school.teacher).receipt.state is TO_CHECK
    assert str(OfflineReceived.objects.get().device_id) == record["device"]


def test_what_another_person_sends_from_a_phone_is_nobodys_act(school: School, phone: Device) -> None:
    other = a_person("高老师", Post.SUBJECT_TEACHER, school.class_group)
    answer = arrives(sent(school, phone, a_roll_call(school, MORNING)), other)
    assert (answer.receipt.state, RollCall.objects.count()) == (TO_CHECK, 0)
    assert "白老师" in answer.receipt.problem
    assert "高老师" in answer.receipt.problem


def test_two_accounts_of_one_session_are_both_recorded_and_one_stands(school: School, phone: Device) -> None:
    other = a_person("高老师", Post.SUBJECT_TEACHER, school.class_group)
    theirs = register(by=other, name="", at=MORNING)
    arrives(sent(school, phone, a_roll_call(school, MORNING, away=0)), school.teacher)
    arrives(sent(school, theirs, a_roll_call(school, MORNING)), other)
    assert sorted(RollCall.objects.values_list("standing", flat=True)) == [False, True]


def test_what_was_written_on_a_later_day_shows_after_which_moment(school: School, phone: Device) -> None:
    seen = at("2025-09-10 12:00")
    record = sent(school, phone, a_roll_call(school, MORNING), at=at("2025-09-10 12:30"), seen=seen)
    arrives(record, school.teacher, FRIDAY)
    flag = Flagged.objects.get()
    assert (flag.subject_kind, flag.flag) == ("roll_call", RecordFlag.BACK_DATED)
    assert "2025-09-10 12:00" in flag.note


def test_a_visit_that_was_written_at_once_is_not_late_because_the_signal_was(
    school: School, phone: Device
) -> None:
    arrives(sent(school, phone, a_visit(school, MORNING)), school.teacher, at("2025-09-19 17:00"))
    assert flags(str(ActRecord.objects.get().pk)) == set()


def test_a_visit_that_was_written_days_later_shows_it(school: School, phone: Device) -> None:
    seen = at("2025-09-11 12:00")
    record = sent(school, phone, a_visit(school, MORNING), at=seen, seen=seen)
    arrives(record, school.teacher, FRIDAY)
    assert flags(str(ActRecord.objects.get().pk)) == {RecordFlag.BACK_DATED}


def test_a_clock_that_was_turned_back_shows(school: School, phone: Device) -> None:
    seen = at("2025-09-08 09:00")
    arrives(sent(school, phone, a_roll_call(school, MORNING), seen=seen), school.teacher)
    assert {row.flag for row in Flagged.objects.all()} == {RecordFlag.BACK_DATED}


@pytest.mark.parametrize("kind", ["roll call", "visit"])
def test_a_clock_that_is_ahead_shows_and_the_record_is_no_later_than_its_arrival(
    school: School, phone: Device, kind: str
) -> None:
    ahead = MORNING + timedelta(hours=6)
    body = a_roll_call(school, ahead) if kind == "roll call" else a_visit(school, ahead)
    answer = arrives(sent(school, phone, body, at=ahead, seen=MORNING), school.teacher, MORNING)
    made = OfflineReceived.objects.get().made_id
    assert answer.receipt.state is RECORDED
    assert flags(made) == {RecordFlag.CLOCK_AHEAD}
    times = [*RollCall.objects.values_list("taken_at", flat=True)]
    times += ActRecord.objects.values_list("happened_at", flat=True)
    assert times == [MORNING]


def test_the_session_that_the_calendar_does_not_have_is_kept_with_the_words_why(
    school: School, phone: Device
) -> None:
    body = {**a_roll_call(school, MORNING), "session": "MIDNIGHT"}
    answer = arrives(sent(school, phone, body), school.teacher)
    assert answer.receipt.state is TO_CHECK
    assert "MIDNIGHT" in answer.receipt.problem
    assert answer.problem is not None
    assert answer.problem.text("en") == "There is no session MIDNIGHT."


WRONG: list[tuple[str, object]] = [
    ("class", None),
    ("class", "1"),
    ("class", 2**40),
    ("class", True),
    ("day", "2025-02-31"),
    ("day", "9999-01-01"),
    ("taken_at", "2025-09-08 08:05"),
    ("taken_at", "1890-09-08T08:05:00+08:00"),
    ("session", ["MORNING"]),
    ("session", "M" * 21),
    ("marks", "none"),
    ("marks", [1]),
    ("marks", [{"child": "x", "status": "ABSENT"}]),
    ("marks", [{"child": str(UUID(int=1)), "status": "GONE"}]),
    ("marks", [{"child": str(UUID(int=1)), "status": "ABSENT", "note": "a" * 301}]),
    ("note", "\x00"),
    ("note", "\ud800"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_body_that_cannot_be_read_is_kept_with_the_words_why(
    school: School, phone: Device, name: str, value: object
) -> None:
    record = sent(school, phone, {**a_roll_call(school, MORNING), name: value})
    bytes_sent = canonical(record).encode() if value != "\ud800" else _escaped(record)
    answer = receive(by=school.teacher, content=bytes_sent, at=EVENING)
    row = OfflineReceived.objects.get()
    assert (answer.receipt.state, RollCall.objects.count()) == (TO_CHECK, 0)
    assert answer.receipt.problem
    assert row.body().encode() == bytes_sent


def _escaped(record: dict[str, Any]) -> bytes:
    import json

    return json.dumps(record).encode()


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_kept(school: School, phone: Device, body: object) -> None:
    record = {**sent(school, phone, a_roll_call(school, MORNING)), "body": body}
    assert arrives(record, school.teacher).receipt.state is TO_CHECK


def test_people_who_are_not_there_do_not_break_a_visit(school: School, phone: Device) -> None:
    body = a_visit(school, MORNING, people=[{"post": "PRINCIPAL", "person": 987654}])
    assert arrives(sent(school, phone, body), school.teacher).receipt.state is TO_CHECK


def test_a_post_that_was_not_held_does_not_count_and_shows(school: School, phone: Device) -> None:
    body = a_visit(school, MORNING, people=[{"post": "PRINCIPAL", "person": school.office.pk}])
    arrives(sent(school, phone, body), school.teacher)
    act = ActRecord.objects.get()
    assert "PRINCIPAL" not in act.taking_part
    assert flags(str(act.pk)) == {RecordFlag.POST_NOT_HELD}


def test_a_picture_that_is_none_takes_nothing_from_the_visit(school: School, phone: Device) -> None:
    body = a_visit(school, MORNING, photos=[{"kind": "DOOR", "name": "门.jpg", "content": "bm90aGluZw=="}])
    answer = arrives(sent(school, phone, body), school.teacher)
    assert (answer.receipt.state, ActRecord.objects.count()) == (RECORDED, 1)
    assert answer.receipt.problem


def test_only_what_is_no_record_is_refused(school: School, phone: Device) -> None:
    whole = content(sent(school, phone, a_roll_call(school, MORNING)))
    for bad in (b"", whole[:-1], whole[: len(whole) // 2], b"[]", b'{"id": 1}', b"[" * 100_000, b"\xff"):
        with pytest.raises(Refusal) as refused:
            receive(by=school.teacher, content=bad, at=EVENING)
        assert refused.value.code == "NOT_A_RECORD"
    assert OfflineReceived.objects.count() == 0


def test_the_same_registration_twice_is_one_and_anothers_number_is_not_taken(school: School) -> None:
    number = uuid4()
    rows = [register(by=school.teacher, name="手机", device=number, at=MORNING) for _ in range(2)]
    other = register(by=school.office, name="手机", device=number, at=MORNING)
    assert rows[0].pk == rows[1].pk == number != other.pk
    revoke(by=school.teacher, device=number, at=MORNING)
    assert register(by=school.teacher, name="手机", device=number, at=EVENING).pk != number
    with pytest.raises(Refusal):
        revoke(by=school.teacher, device=other.pk, at=EVENING)
