"""花名册: views of the facts; the reader's field sets decide the columns, and what is taken out is told."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from builders_db import School, a_person, a_pupil, a_school, at, day

from notoneless.core.terms import KeyGroup, Post
from notoneless.exchange.lists_out import ListFile, csv_file, guarded, word_file
from notoneless.records.models import Guardian, InKeyGroup, JournalEntry, OnRoll, Person, PostHeld
from notoneless.services.refusals import Refusal
from notoneless.services.registers import (
    REGISTERS,
    export_register,
    open_register,
    print_register,
    registers_for,
)

pytestmark = pytest.mark.django_db
ON = day("09-10")
NOW = at("2025-09-10 10:00")
WAN = "000000201603010024"


@pytest.fixture
def school(db: None) -> School:
    made = a_school(2)
    child = made.pupils[0]
    child.enrolment_no = f"G{WAN}"
    child.keep_identity_no(WAN)
    child.save()
    OnRoll.objects.create(child=child, school=made.place, from_day=day("09-01"))
    Guardian.objects.create(child=child, name="安祖母", relation="祖母", phone="00000000001")
    InKeyGroup.objects.create(
        child=child, group=KeyGroup.LOW_INCOME, from_day=day("09-01"), recorded_at=at("2025-09-01 08:00")
    )
    return made


@pytest.fixture
def officer(school: School) -> Person:
    return a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)


def listed(person: Person, name: str, school: School) -> list[str]:
    return [child.name for child in open_register(person, REGISTERS[name], school.place, ON).children]


def headings(person: Person, name: str, school: School) -> list[str]:
    return [column.zh for column in open_register(person, REGISTERS[name], school.place, ON).columns]


def test_guests_and_pupils_without_a_roll_stand_in_their_register(school: School, officer: Person) -> None:
    assert listed(officer, "guests", school) == [school.pupils[1].name]
    assert listed(officer, "attending", school) == [child.name for child in school.pupils]


def test_a_register_is_the_facts_of_its_day(school: School, officer: Person) -> None:
    OnRoll.objects.create(child=school.pupils[1], school=school.place, from_day=day("09-10"))
    assert listed(officer, "guests", school) == []


def test_what_a_post_may_not_see_is_no_column_and_no_register(school: School, officer: Person) -> None:
    assert "hardship" not in [register.id for register in registers_for(officer, ON)]
    with pytest.raises(Refusal):
        open_register(officer, REGISTERS["hardship"], school.place, ON)
    assert "困难类别" in headings(school.office, "hardship", school)


def test_a_page_shows_no_whole_identity_number_and_a_file_only_to_who_may_have_it(
    school: School, officer: Person
) -> None:
    assert "身份证件号" not in headings(officer, "attending", school)
    register = REGISTERS["attending"]

    def holds(by: Person, identity: bool) -> bool:
        given = export_register(
            by=by, register=register, place=school.place, form="csv", at=NOW, identity=identity
        )
        return WAN in given.content.decode().replace(f"G{WAN}", "")

    assert (holds(officer, False), holds(officer, True), holds(school.office, True)) == (False, True, False)
    kept = JournalEntry.objects.filter(act="EXPORT").order_by("seq")
    assert ["IDENTITY" in entry.body["fields"] for entry in kept] == [False, True, False]


def test_a_class_teacher_sees_the_class_and_takes_nothing_out(school: School) -> None:
    a_pupil("别班", a_school(0, name="云岭完小二部").class_group)
    assert listed(school.teacher, "attending", school) == [child.name for child in school.pupils]
    with pytest.raises(Refusal):
        export_register(
            by=school.teacher, register=REGISTERS["attending"], place=school.place, form="csv", at=NOW
        )


def test_who_holds_no_post_opens_no_register(school: School) -> None:
    PostHeld.objects.filter(person=school.office).update(held_until=day("09-02"))
    with pytest.raises(Refusal):
        open_register(school.office, REGISTERS["attending"], school.place, ON)


def test_what_is_taken_out_is_counted_marked_and_in_the_journal(school: School, officer: Person) -> None:
    given = export_register(
        by=officer, register=REGISTERS["contacts"], place=school.place, form="csv", at=NOW
    )
    rows = list(csv.reader(io.StringIO(given.content.decode("utf-8-sig"))))
    assert given.rows == len(rows) - 3 == 2
    assert "导出人：学籍员；导出时间：2025-09-10 10:00；人数：2" in rows[1][0]
    entry = JournalEntry.objects.get(act="EXPORT")
    assert (entry.by, entry.body["register"], entry.body["rows"]) == (officer, "contacts", 2)
    assert "安祖母" not in str(entry.body)


def test_what_is_printed_is_counted_marked_and_in_the_journal_too(school: School, officer: Person) -> None:
    printed = print_register(by=officer, register=REGISTERS["attending"], place=school.place, at=NOW)
    assert (len(printed.rows), dict(printed.marks)["人数"]) == (2, "2")
    assert "身份证件号" not in printed.head
    body = JournalEntry.objects.get(act="EXPORT").body
    assert (body["form"], body["rows"]) == ("print", 2)


def test_the_key_groups_stand_in_one_register_as_far_as_they_may_be_seen(school: School) -> None:
    for child, group in zip(school.pupils, (KeyGroup.ORPHAN, KeyGroup.DISABLED), strict=False):
        InKeyGroup.objects.create(child=child, group=group, from_day=ON, recorded_at=NOW)
    opened = open_register(school.bureau, REGISTERS["key-groups"], school.place, ON)
    assert [child.name for child in opened.children] == [school.pupils[0].name]
    assert "低保，孤儿" in opened.table(ON, "zh", list(opened.children))[0]


@pytest.mark.parametrize("name", REGISTERS)
def test_every_register_opens_and_is_a_file_in_both_languages(school: School, name: str) -> None:
    for form, language in (("csv", "zh"), ("docx", "en")):
        given = export_register(
            by=school.office,
            register=REGISTERS[name],
            place=school.place,
            form=form,
            at=NOW,
            language=language,
        )
        assert given.content


@pytest.mark.parametrize("bad", ["=1+1", "+86", "-2", "@x", "\t=1", "\r=1"])
def test_a_cell_is_never_a_formula(bad: str) -> None:
    text = csv_file(ListFile("题", (("单位", "某校"),), ("姓名",), [[bad]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[3][0][0] == "'"


def test_long_numbers_keep_their_last_digits() -> None:
    assert guarded("000000201603010024") == "000000201603010024\t"
    assert guarded("13800000000") == "13800000000"


def test_a_word_file_holds_the_rows() -> None:
    content = word_file(ListFile("题", (("单位", "某校"),), ("姓名", "班级"), [["安小一", "三年级2班"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert "安小一" in packed.read("word/document.xml").decode()
