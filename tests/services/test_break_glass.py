"""One child outside one's scope: for a written reason, for an hour, journalled, its owner told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders_db import School, a_person, a_school, at

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import BreakGlass, Child, JournalEntry, Outbox, Person
from notoneless.records.scopes import visible_children
from notoneless.services.break_glass import LASTS, MOST_MISSES, break_glass, looked_at, sight_of
from notoneless.services.reading_sensitive import read_identity_no, sensitive_reads
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = at("2025-09-08 12:00")
WHY = "孩子独自出现在本校门口，要通知家长"


@pytest.fixture
def school(db: None) -> School:
    """The school of the child; an audit officer watches over the county."""
    school = a_school()
    school.pupils[0].enrolment_no = "G000000"
    school.pupils[0].save()
    a_person("审计员", Post.AUDIT_OFFICER, school.county)
    return school


@pytest.fixture
def stranger(school: School) -> Person:
    """The office of another school of the county."""
    return a_school(name="石门完小").office


def ask(person: Person, number: str = "G000000", reason: str = WHY) -> BreakGlass:
    return break_glass(by=person, number=number, reason=reason, at=NOW)


def refused(person: Person, number: str = "G000000", reason: str = WHY) -> str:
    with pytest.raises(Refusal) as refusal:
        ask(person, number, reason)
    return refusal.value.zh


def told(school: School) -> set[int]:
    return {row.body["person"] for row in Outbox.objects.filter(kind="BREAK_GLASS")}


def test_an_exact_enrolment_number_opens_one_child_for_an_hour(school: School, stranger: Person) -> None:
    seen = ask(stranger)
    assert (seen.child, seen.until) == (school.pupils[0], NOW + timedelta(minutes=60))
    assert not visible_children(stranger, NOW.date()).filter(pk=seen.child.pk).exists()
    assert sight_of(stranger, NOW + LASTS - timedelta(minutes=1)).exists()
    assert not sight_of(stranger, NOW + LASTS).exists()


def test_a_case_number_does_too(school: School, stranger: Person) -> None:
    school.roll_call("A")
    assert ask(stranger, " 示范县-2025-0001 ").child == school.pupils[0]


def test_it_is_journalled_and_the_principal_and_the_audit_officer_are_told(
    school: School, stranger: Person
) -> None:
    ask(stranger)
    entry = JournalEntry.objects.get(act="READ_BREAK_GLASS")
    assert (entry.by, entry.subject_id, entry.reason) == (stranger, str(school.pupils[0].pk), WHY)
    assert told(school) == {school.principal.pk, Person.objects.get(name="审计员").pk}


def test_asked_again_within_the_hour_it_is_the_same_sight(school: School, stranger: Person) -> None:
    assert ask(stranger) == ask(stranger)
    assert Outbox.objects.filter(kind="BREAK_GLASS").count() == 2


def test_a_reason_is_asked_for(school: School, stranger: Person) -> None:
    assert "至少 10 个字" in refused(stranger, reason="  想  看 看  ")
    assert not JournalEntry.objects.filter(act="READ_BREAK_GLASS").exists()


def test_an_unknown_number_and_one_of_another_county_are_answered_alike(
    school: School, stranger: Person
) -> None:
    Child.objects.create(name="外县小一", enrolment_no="G999999")
    far = a_school(county="邻县", name="邻县完小")
    far.pupils[0].enrolment_no = "G111111"
    far.pupils[0].save()
    answers = {refused(stranger, number) for number in ("G123456", "G999999", "G111111", "")}
    assert len(answers) == 1
    assert JournalEntry.objects.filter(act="MISSED_BREAK_GLASS").count() == 4
    assert "G1" not in repr(JournalEntry.objects.values_list("body", "reason", "subject_id"))


def test_part_of_a_number_is_no_number(school: School, stranger: Person) -> None:
    assert "没有这个" in refused(stranger, "G00000")


def test_whoever_guesses_numbers_must_stop(school: School, stranger: Person) -> None:
    for n in range(MOST_MISSES):
        refused(stranger, f"G{n:06d}X")
    assert "太多" in refused(stranger)
    assert break_glass(by=stranger, number="G000000", reason=WHY, at=at("2025-09-09 08:00")).pk


def test_a_class_teacher_does_not_break_glass(school: School) -> None:
    assert "紧急查看" in refused(a_school(name="石门完小").teacher)


def test_the_audit_officer_sees_who_looked_within_the_county(school: School, stranger: Person) -> None:
    seen = ask(stranger)
    far = a_school(county="邻县", name="邻县完小")
    auditor = Person.objects.get(name="审计员")
    assert list(looked_at(auditor, NOW)) == [seen]
    assert not looked_at(a_person("邻县审计", Post.AUDIT_OFFICER, far.county), NOW).exists()
    assert not looked_at(school.principal, NOW).exists()
    assert [entry.act for entry in sensitive_reads(auditor, NOW)] == ["READ_BREAK_GLASS"]
    assert far.county.kind is PlaceKind.COUNTY


def test_the_whole_identity_number_is_read_only_with_an_entry_in_the_journal(school: School) -> None:
    officer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    child = school.pupils[0]
    child.keep_identity_no("000000201711110022")
    child.save()
    assert read_identity_no(by=officer, child=child, reason="核对学籍", at=NOW) == "000000201711110022"
    entry = JournalEntry.objects.get(act="READ_IDENTITY")
    assert (entry.by, entry.subject_id, entry.reason) == (officer, str(child.pk), "核对学籍")
    assert "000000" not in repr(entry.body)


def test_a_teacher_does_not_read_the_whole_identity_number(school: School) -> None:
    with pytest.raises(Refusal, match="学籍管理员"):
        read_identity_no(by=school.teacher, child=school.pupils[0], at=NOW)
    assert not JournalEntry.objects.filter(act="READ_IDENTITY").exists()
