"""Files taken in: whole or not at all, and once however often."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_db import a_person, a_place, at

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import (
    AttendanceMark,
    Case,
    Child,
    ClassGroup,
    Enrolment,
    FileImported,
    JournalEntry,
    Obligation,
    PackAdopted,
    Person,
    Place,
    RollCall,
)
from notoneless.services import imports, roll_calls
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = at("2026-11-20 17:00")


@pytest.fixture
def school() -> Place:
    """The school of the sample files, empty."""
    county = a_place(PlaceKind.COUNTY, "示范县")
    place = a_place(PlaceKind.SCHOOL, "示范县云岭完小", county)
    PackAdopted.objects.create(
        place=place,
        pack_id="seeds/xxx-township",
        pack_version="",
        from_day=NOW.date().replace(month=9, day=1),
        adopted_at=at("2026-09-01 00:00"),
    )
    return place


@pytest.fixture
def office(school: Place) -> Person:
    """Somebody of the school's office."""
    return a_person("教导主任", Post.SCHOOL_OFFICE, school)


def take_roster(school: Place, office: Person, name: str = "roster.xlsx") -> dict[str, int]:
    preview = imports.preview_roster(EXAMPLES / name, school, NOW)
    assert preview.problems == ()
    return imports.commit_roster(by=office, preview=preview, at=NOW)


def take_sheet(school: Place, office: Person, name: str = "attendance-2026-11.xlsx") -> dict[str, int]:
    preview = imports.preview_attendance(EXAMPLES / name, school, NOW)
    assert preview.usable, preview.problems
    return imports.commit_attendance(by=office, preview=preview, at=NOW)


def rows() -> tuple[int, ...]:
    kinds = (Child, ClassGroup, Enrolment, RollCall, AttendanceMark, Obligation, Case, JournalEntry)
    return tuple(kind.objects.count() for kind in kinds)


def test_looking_at_a_file_writes_nothing(school: Place) -> None:
    before = rows()
    preview = imports.preview_roster(EXAMPLES / "roster.xlsx", school, NOW)
    assert preview.count("NEW") == 16
    assert rows() == before


def test_a_roster_makes_classes_children_and_enrolments(school: Place, office: Person) -> None:
    told = take_roster(school, office)
    assert {what: n for what, n in told.items() if n} == {"new": 16, "classes": 2}
    child = Child.objects.get(name="石小满")
    assert child.enrolments.get().class_group.grade in range(1, 10)
    assert child.identity_no().startswith("000000")
    assert child.name_pinyin == "shixiaoman"


def test_the_same_roster_again_changes_nothing(school: Place, office: Person) -> None:
    first = take_roster(school, office)
    before = rows()
    assert take_roster(school, office) == first
    assert rows() == before


@pytest.mark.parametrize("name", ["roster.xls", "roster-gbk.xls"])
def test_the_same_children_in_another_kind_of_file_are_the_same_children(
    school: Place, office: Person, name: str
) -> None:
    take_roster(school, office)
    FileImported.objects.all().delete()
    assert take_roster(school, office, name)["known"] == 16
    assert Child.objects.count() == 16


def test_somebody_elses_child_keeps_the_whole_file_out(school: Place, office: Person) -> None:
    take_roster(school, office)
    other = a_place(PlaceKind.SCHOOL, "云海完小", school.parent)
    other_office = a_person("教导主任", Post.SCHOOL_OFFICE, other)
    before = rows()
    preview = imports.preview_roster(EXAMPLES / "roster.xlsx", other, NOW)
    assert {p.cell for p in preview.problems} >= {preview.roster.pupils[0].cell.rpartition("!")[2]}
    with pytest.raises(Refusal) as caught:
        imports.commit_roster(by=other_office, preview=preview, at=NOW)
    assert caught.value.code == "FILE_HAS_ERRORS"
    assert rows() == before


def test_a_pupil_in_another_class_is_moved_from_today(school: Place, office: Person) -> None:
    take_roster(school, office)
    child = Child.objects.get(name="石小满")
    home = child.enrolments.get().class_group
    elsewhere = ClassGroup.objects.exclude(pk=home.pk).get()
    child.enrolments.update(class_group=elsewhere)
    FileImported.objects.all().delete()
    assert take_roster(school, office)["moved"] == 1
    assert [e.class_group for e in child.enrolments.order_by("from_day")] == [elsewhere, home]
    assert child.enrolments.get(until__isnull=True).from_day == NOW.date()


def test_a_stranger_may_not_import(school: Place) -> None:
    preview = imports.preview_roster(EXAMPLES / "roster.xlsx", school, NOW)
    with pytest.raises(Refusal) as caught:
        imports.commit_roster(by=Person.objects.create(name="路人"), preview=preview, at=NOW)
    assert caught.value.code == "MAY_NOT_IMPORT"


def test_a_sheet_becomes_roll_calls_and_what_follows_from_them(school: Place, office: Person) -> None:
    take_roster(school, office)
    result = take_sheet(school, office)
    assert result["competing"] == result["same"] == 0
    assert RollCall.objects.count() == result["roll_calls"] == 2 * 15  # two classes, 2 to 20 November
    assert AttendanceMark.objects.count() == result["marks"]
    away = Child.objects.get(name="石小满")
    assert away.case.stage == "SUSPECTED_DROPOUT"  # seven school days by Friday the 20th
    assert away.obligations.filter(rule="marked-suspected-on-day-7").exists()


def test_a_blank_in_a_sheet_is_not_recorded_and_not_present(school: Place, office: Person) -> None:
    take_roster(school, office)
    take_sheet(school, office)
    marks = Child.objects.get(name="罗小松").marks.order_by("day")
    assert "UNRECORDED" in {str(mark.status) for mark in marks}


def test_the_same_sheet_again_changes_nothing(school: Place, office: Person) -> None:
    take_roster(school, office)
    first = take_sheet(school, office)
    before = rows()
    assert take_sheet(school, office) == first
    assert rows() == before


def test_the_same_sessions_in_another_file_are_the_same_roll_calls(school: Place, office: Person) -> None:
    take_roster(school, office)
    take_sheet(school, office)
    result = take_sheet(school, office, "attendance-2026-11.csv")
    assert (result["roll_calls"], result["competing"]) == (0, 0)


def test_a_sheet_that_contradicts_the_teacher_is_kept_beside_the_roll_call(
    school: Place, office: Person
) -> None:
    take_roster(school, office)
    child = Child.objects.get(name="石小满")
    roll_calls.take(
        by=office,
        class_group=child.enrolments.get().class_group,
        day=at("2026-11-12 08:05").date(),
        session="MORNING",
        marks=[],
        taken_at=at("2026-11-12 08:05"),
        at=at("2026-11-12 08:05"),
        key="teacher",
    )
    result = take_sheet(school, office)
    assert result["competing"] == 1
    assert RollCall.objects.get(key="teacher").standing


def test_what_a_sheet_brings_is_told_in_the_journal(school: Place, office: Person) -> None:
    take_roster(school, office)
    result = take_sheet(school, office)
    entry = JournalEntry.objects.get(act="IMPORT_ATTENDANCE")
    assert entry.body["roll_calls"] == result["roll_calls"]
    assert entry.by == office
