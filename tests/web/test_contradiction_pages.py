"""What contradicts, on the pages: told in a sentence, answered, and compared with tables from outside."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from builders_db import School, a_person, a_school
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from notoneless.core.terms import KeyGroup, Post
from notoneless.records.models import Child, Contradiction, InKeyGroup, OutsideTable, Person
from notoneless.services.contradictions import keep_findings

pytestmark = pytest.mark.django_db
NOW = "2025-09-22 10:00"
COMPLETE = {"sex": "FEMALE", "birth_on": date(2016, 10, 1)}


@pytest.fixture
def school(clock: Clock) -> School:
    """A school of four children with complete records, but for the first one's sex."""
    at = clock(NOW)
    made = a_school(4)
    a_person("学籍员", Post.ENROLMENT_OFFICER, made.place)
    Child.objects.update(**COMPLETE)
    Child.objects.filter(pk=made.pupils[0].pk).update(sex="")
    keep_findings(now=at)
    return made


@pytest.fixture
def officer(school: School) -> Client:
    return signed_in(Person.objects.get(name="学籍员"))


def test_the_officer_who_must_mend_it_sees_it_today_and_in_the_list(school: School, officer: Client) -> None:
    name = school.pupils[0].name
    assert name in officer.get("/").content.decode()
    listed = officer.get(f"/in/{school.place.pk}/contradictions/").content.decode()
    assert "在班学生没有性别" in listed
    assert name in listed


def test_one_said_to_be_mended_stays_until_the_facts_agree(school: School, officer: Client) -> None:
    row = Contradiction.objects.get()
    said = {"answer": "MENDED", "note": "已补填", "key": "first"}
    refused = officer.post(f"/contradiction/{row.pk}/", said)
    assert refused.status_code == 422
    assert "记录仍然矛盾" in refused.content.decode()
    Child.objects.filter(pk=row.child_id).update(sex="MALE")
    assert officer.post(f"/contradiction/{row.pk}/", said | {"key": "second"}).status_code == 302
    row.refresh_from_db()
    assert row.closed_at is not None


def test_one_that_is_explained_does_not_come_back_until_its_rows_change(
    school: School, officer: Client, clock: Clock
) -> None:
    row = Contradiction.objects.get()
    said = {"answer": "EXPLAINED", "note": "出生医学证明在补办", "key": "k"}
    assert officer.post(f"/contradiction/{row.pk}/", said).status_code == 302
    assert keep_findings(now=clock("2025-09-23 01:00")).open == 0
    Child.objects.filter(pk=row.child_id).update(birth_on=date(2016, 11, 2))
    assert keep_findings(now=clock("2025-09-24 01:00")).open == 1


def test_what_gives_away_a_hardship_is_for_those_who_are_shown_hardship(
    school: School, officer: Client, clock: Clock
) -> None:
    at = clock(NOW)
    for group in (KeyGroup.LEFT_BEHIND_ONE, KeyGroup.LEFT_BEHIND_BOTH):
        InKeyGroup.objects.create(child=school.pupils[1], group=group, from_day=at.date(), recorded_at=at)
    keep_findings(now=at)
    row = Contradiction.objects.get(check_id="LEFT_BEHIND_TWICE")
    place = f"/in/{school.place.pk}/contradictions/"
    assert "双亲留守" in signed_in(school.teacher).get("/contradictions/").content.decode()
    assert "双亲留守" not in officer.get(place).content.decode()
    assert officer.get(f"/contradiction/{row.pk}/").status_code == 404


def test_a_place_as_a_whole_is_for_posts_of_the_place_and_a_class_teacher_sees_the_class(
    school: School,
) -> None:
    address = f"/in/{school.place.pk}/contradictions/"
    other = a_school(1, name="石桥完小")
    assert signed_in(school.office).get(address).status_code == 200
    assert signed_in(other.office).get(address).status_code == 404
    assert signed_in(school.teacher).get(address).status_code == 404
    assert school.pupils[0].name in signed_in(school.teacher).get("/contradictions/").content.decode()


def a_table(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("残联统计表.xlsx", content.getvalue())


def test_a_table_from_outside_is_compared_cell_by_cell(school: School) -> None:
    bureau = signed_in(school.bureau)
    address = f"/in/{school.county.pk}/outside-tables/"
    file = a_table(
        ("示范县控辍保学统计表",),
        ("学校", "在校生数", "疑似辍学（人）", "备注"),
        (school.place.name, 4, 2, ""),
        ("另一所学校", 9, 0, ""),
    )
    seen = bureau.post(address, {"office": "县残联", "day": "2025-09-20", "file": file})
    page = seen.content.decode()
    assert "另一所学校" in page
    token, about = (seen.context[name] for name in ("token", "about"))
    done = bureau.post(
        address,
        {"token": token, "about": about, "column-0-1": "CLOSING", "column-0-2": "SUSPECTED"},
        follow=True,
    )
    assert [cell[1] for cell in OutsideTable.objects.get().cells] == ["B3", "C3"]
    [found] = Contradiction.objects.filter(check_id="OUTSIDE_DIFFERS")
    assert (found.rows[0][2]["left"], found.rows[0][2]["right"]) == ("2", "0")
    assert "C3" in done.content.decode()


def test_a_table_that_names_nothing_of_ours_is_refused_with_what_would_be_right(school: School) -> None:
    bureau = signed_in(school.bureau)
    file = a_table(("姓名", "电话"), ("甲", "000"))
    answer = bureau.post(
        f"/in/{school.county.pk}/outside-tables/", {"office": "乡镇", "day": "2025-09-20", "file": file}
    )
    assert answer.status_code == 422
    assert "没有在表里认出" in answer.content.decode()
    assert not OutsideTable.objects.exists()
