"""A roster beside what stands: new, moved, changed, gone, elsewhere; nobody vanishes in silence."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders_db import TERM_START, School, a_person, a_place, a_pupil, a_school, at, day
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from notoneless.core.terms import HouseholdRegister, PlaceKind, Post, RouteKind
from notoneless.records.models import (
    Child,
    Enrolment,
    FileImported,
    Guardian,
    Obligation,
    OnRoll,
    Person,
    Place,
    StayRetracted,
)
from notoneless.records.scopes import during
from notoneless.services import imports
from notoneless.services.refusals import Refusal
from notoneless.services.roster_import import RosterPreview
from notoneless.services.roster_writing import sound_of
from notoneless.services.special_routes import approve_route

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 17:00")
# Made up: area 000000, with right check digits.
WAN, SHI = "G000000201603010024", "G000000201603020016"


class Office:
    """A school with the two children An and Bai in class 3-2, and whoever takes its rosters in."""

    def __init__(self, folder: Path) -> None:
        self.school: School = a_school(0)
        self.an = a_pupil("安小一", self.school.class_group, enrolment_no=WAN, birth_on=day("2016-03-01"))
        self.bai = a_pupil("柏小二", self.school.class_group)
        Guardian.objects.create(child=self.an, name="安祖母", phone="00000000001")
        self.by = a_person("学籍员", Post.ENROLMENT_OFFICER, self.school.place)
        self.folder = folder

    def look(self, text: str, place: Place | None = None, **more: Any) -> RosterPreview:
        """The drawn roster, a row a line with "|" between cells."""
        path = self.folder / "花名册.csv"
        rows = [",".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
        path.write_text("\n".join(rows), "utf-8")
        return imports.preview_roster(path, place or self.school.place, NOW, **more)

    def take(
        self, text: str, by: Person | None = None, place: Place | None = None, **more: Any
    ) -> dict[str, int]:
        """What came of it, without the zeroes."""
        preview = self.look(text, place, **more)
        assert preview.usable, preview.problems
        told = imports.commit_roster(by=by or self.by, preview=preview, at=NOW)
        return {what: n for what, n in told.items() if n}


BOTH = f"姓名|班级|学籍号\n安小一|三年级2班|{WAN}\n柏小二|三年级2班|"


@pytest.fixture
def office(db: None, tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_roster_that_says_what_stands_changes_nothing(office: Office) -> None:
    assert office.take(BOTH) == {"known": 2}


def test_each_row_is_told_apart(office: Office) -> None:
    told = office.take(
        f"""姓名|班级|学籍号|监护人姓名|监护人电话
        安小一|三年级3班|{WAN}|安祖母|00000000002
        岑小三|三年级3班||岑父|00000000003"""
    )
    assert told == {"new": 1, "moved": 1, "classes": 1, "changed": 1}
    assert Guardian.objects.get(name="安祖母").phone == "00000000002"


def test_whoever_vanishes_from_the_roster_stays_and_has_to_be_explained(office: Office) -> None:
    assert office.take(f"姓名|班级|学籍号\n安小一|三年级2班|{WAN}") == {"known": 1, "gone": 1}
    owed = Obligation.objects.get(child=office.bai)
    assert (owed.rule, owed.who, owed.place) == (
        "missing-from-roster-explained",
        Post.ENROLMENT_OFFICER,
        office.school.place,
    )
    assert owed.due_at == at("2025-09-15 23:59")
    assert Enrolment.objects.get(child=office.bai).until is None


def test_a_child_already_asked_after_is_not_asked_after_twice(office: Office) -> None:
    office.take(f"姓名|班级|学籍号\n安小一|三年级2班|{WAN}")
    office.take(f"姓名|班级|学籍号|监护人姓名\n安小一|三年级2班|{WAN}|安父")
    assert Obligation.objects.filter(child=office.bai).count() == 1


def test_a_roster_of_one_class_says_nothing_of_the_others(office: Office) -> None:
    assert "gone" not in office.take("姓名|班级\n岑小三|四年级1班")
    assert office.look("姓名|班级\n丁小四|四年级1班", whole=True).count("GONE") == 3


def test_a_child_of_another_school_is_left_out_to_be_transferred_and_the_rest_comes_in(
    office: Office,
) -> None:
    other = a_place(PlaceKind.SCHOOL, "石桥完小", office.school.township)
    by = a_person("学籍员乙", Post.ENROLMENT_OFFICER, other)
    preview = office.look(f"姓名|班级|学籍号\n安小一|三年级1班|{WAN}\n岑小三|三年级1班|", other)
    assert [(row.what, row.held_by) for row in preview.rows] == [("ELSEWHERE", "云岭完小"), ("NEW", "")]
    imports.commit_roster(by=by, preview=preview, at=NOW)
    assert Enrolment.objects.get(child=office.an).class_group == office.school.class_group
    assert not OnRoll.objects.filter(child=office.an, school=other).exists()


def test_a_guest_is_in_class_here_and_on_no_roll_of_ours(office: Office) -> None:
    office.take(f"{BOTH}\n岑小三|三年级2班|".replace("学籍号", "学籍号|借读|学籍所在学校") + "|是|邻县三小")
    row = OnRoll.objects.get(child__name="岑小三")
    assert (row.school, row.elsewhere) == (None, "邻县三小")
    assert Enrolment.objects.get(child__name="岑小三").class_group == office.school.class_group


def test_a_number_puts_the_child_on_the_roll_and_none_does_not(office: Office) -> None:
    office.take(f"{BOTH}\n岑小三|三年级2班|{SHI}\n丁小四|三年级2班|")
    rolled = OnRoll.objects.filter(school=office.school.place).order_by("child__name")
    assert [row.child.name for row in rolled] == ["安小一", "岑小三"]


@pytest.mark.parametrize("said", ["无户籍", ""])
def test_children_without_any_number_or_register_come_in_like_the_others(office: Office, said: str) -> None:
    office.take(f"姓名|班级|户籍类型\n安小一|三年级2班|\n柏小二|三年级2班|\n无号小生|三年级2班|{said}")
    child = Child.objects.get(name="无号小生")
    assert child.household is (HouseholdRegister.NONE if said else HouseholdRegister.UNKNOWN)
    FileImported.objects.all().delete()
    assert office.take("姓名|班级\n安小一|三年级2班\n柏小二|三年级2班\n无号小生|三年级2班") == {"known": 3}


def test_a_number_learned_later_is_entered(office: Office) -> None:
    assert office.take(f"姓名|班级|学籍号\n安小一|三年级2班|{WAN}\n柏小二|三年级2班|{SHI}")["changed"] == 1
    office.bai.refresh_from_db()
    assert office.bai.enrolment_no == SHI


def test_a_name_put_right_is_pointed_at_and_another_childs_number_is_an_error(office: Office) -> None:
    right = office.look(f"姓名|班级|学籍号|出生日期\n安小壹|三年级2班|{WAN}|2016-03-01")
    assert [(p.cell, p.severity) for p in right.problems] == [("A2", "WARNING")]
    wrong = office.look(f"姓名|班级|学籍号\n丁小四|三年级2班|{WAN}")
    assert [(p.cell, p.severity) for p in wrong.problems] == [("A2", "ERROR")]


def test_two_rows_of_one_child_are_one_error_at_the_second(office: Office) -> None:
    found = office.look(f"姓名|班级|学籍号\n安小一|三年级2班|{WAN}\n安小一|三年级2班|")
    assert any("同一名学生" in problem.message or "相同" in problem.message for problem in found.problems)
    assert not found.usable


def test_a_child_taught_at_home_is_not_put_back_into_class_by_a_roster(office: Office) -> None:
    approve_route(
        by=office.by,
        child=office.bai,
        kind=RouteKind.HOME_TUITION,
        school=office.school.place,
        from_day=day("09-02"),
        approved_by="县教育局",
        at=at("2025-09-01 10:00"),
    )
    assert office.take(BOTH) == {"known": 1, "out": 1}
    assert not Enrolment.objects.filter(during(day("09-10")), child=office.bai).exists()


def test_somebody_with_an_error_in_the_file_takes_nothing_in(office: Office) -> None:
    preview = office.look("姓名|班级\n岑小三|三年级2班\n丁小四|没有这种班")
    before = Child.objects.count()
    with pytest.raises(Refusal, match="1 处错误"):
        imports.commit_roster(by=office.by, preview=preview, at=NOW)
    assert Child.objects.count() == before


def test_a_roster_that_was_looked_at_is_not_read_again_to_be_taken_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = office.look(BOTH + f"\n岑小三|三年级2班|{SHI}")
    path = office.folder / "花名册.csv"
    imports.keep_preview(seen, path)
    monkeypatch.setattr("notoneless.services.roster_import.read_roster", None)
    found = imports.read_to_commit(path, office.school.place, NOW)
    assert imports.commit_roster(by=office.by, preview=found, at=NOW)["new"] == 1


def test_what_the_roster_adds_to_a_child_is_told_and_filled_in(office: Office) -> None:
    rows = f"""姓名|班级|学籍号|性别|出生日期|户籍类型
        安小一|三年级2班|{WAN}|女|2016-03-01|本在本
        柏小二|三年级2班||男|2016-05-06|"""
    found = office.look(rows)
    assert [row.changed for row in found.rows] == [("性别", "户籍类型"), ("性别", "出生日期")]
    assert office.take(rows) == {"known": 2, "changed": 2}
    office.bai.refresh_from_db()
    assert office.bai.birth_on == day("2016-05-06")
    assert not any(row.changed for row in office.look(rows).rows)


def test_who_moves_left_one_class_today_unless_it_was_entered_today(office: Office) -> None:
    Enrolment.objects.filter(child=office.bai).update(from_day=NOW.date())
    Child.objects.filter(pk=office.bai.pk).update(enrolment_no=SHI)
    told = office.take(f"姓名|班级|学籍号\n安小一|三年级3班|{WAN}\n柏小二|三年级3班|{SHI}")
    assert told == {"moved": 2, "classes": 1}
    stays = Enrolment.objects.order_by("child__name", "from_day")
    assert [(e.child.name, e.class_group.name, e.from_day, e.until) for e in stays] == [
        ("安小一", "三年级2班", TERM_START, NOW.date()),
        ("安小一", "三年级3班", NOW.date(), None),
        ("柏小二", "三年级3班", NOW.date(), None),
    ]
    assert {e.end_recorded_at for e in stays} == {None, NOW}
    assert StayRetracted.objects.get(child=office.bai).class_group == office.school.class_group


@given(st.text("安柏岑单曾仇任行重长乐朝阳王强重庆都", min_size=1, max_size=4))
def test_a_name_sounds_as_when_it_is_read_as_a_whole(name: str) -> None:
    assert sound_of(name) == "".join(lazy_pinyin(name))


# A county's roster.


@pytest.fixture
def county(office: Office) -> str:
    a_place(PlaceKind.SCHOOL, "石桥完小", office.school.township)
    return f"""学校|姓名|班级|学籍号
        云岭完小|安小一|三年级2班|{WAN}
        云岭完小|柏小二|三年级2班|
        石桥完小|岑小三|五年级1班|{SHI}"""


def test_the_bureau_takes_all_schools_in_at_once(office: Office, county: str) -> None:
    bureau, place = office.school.bureau, office.school.county
    assert office.take(county, bureau, place) == {"new": 1, "known": 2, "classes": 1}
    assert Enrolment.objects.get(child__name="岑小三").class_group.school.name == "石桥完小"
    assert office.take(county, bureau, place) == {"new": 1, "known": 2, "classes": 1}
    assert FileImported.objects.count() == 3


def test_a_county_file_that_broke_off_goes_on_where_it_stopped(
    office: Office, county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notoneless.services.roster_parts.AT_ONCE", 1)

    class Broken(Exception):
        pass

    def breaks(done: int, of: int) -> None:
        if done == 1:
            raise Broken

    preview = office.look(county, office.school.county)
    with pytest.raises(Broken):
        imports.commit_roster(by=office.school.bureau, preview=preview, at=NOW, progress=breaks)
    assert FileImported.objects.count() == 1
    assert office.take(county, office.school.bureau, office.school.county)["new"] == 1
    assert Child.objects.filter(name="岑小三").count() == 1


def test_what_was_entered_while_a_county_file_came_in_is_seen(
    office: Office, county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[Child] = []

    def somebody_enters(done: int, of: int) -> None:
        came.append(a_pupil("岑小三", office.school.class_group, enrolment_no=SHI))

    # The test's own transaction is none that the act is part of.
    monkeypatch.setattr("notoneless.services.transactions.connection", SimpleNamespace(in_atomic_block=False))
    preview = office.look(county, office.school.county)
    told = imports.commit_roster(by=office.school.bureau, preview=preview, at=NOW, progress=somebody_enters)
    assert (told["known"], told["elsewhere"], told["new"]) == (2, 1, 0)
    assert Child.objects.get(enrolment_no=SHI) == came[0]


def test_a_school_that_the_county_does_not_have_is_named(office: Office, county: str) -> None:
    found = office.look(county.replace("石桥完小", "无名完小"), office.school.county)
    assert [(p.cell, "本县没有“无名完小”" in p.message) for p in found.problems] == [("B4", True)]


def test_a_school_may_not_take_in_the_countys_roster(office: Office, county: str) -> None:
    with pytest.raises(Refusal):
        office.take(county, office.by, office.school.county)
