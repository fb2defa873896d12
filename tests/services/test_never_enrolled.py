"""应入学未入学: found by whoever is near, known to whoever answers, in the end seen in a class."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders_db import School, a_class, a_person, a_place, a_pupil, a_school, at, day

from notoneless.core.terms import Act, ActOutcome, PlaceKind, Post, Quadrant, RouteKind, Stage
from notoneless.exchange.identity import check_digit
from notoneless.exchange.rosters import read_roster
from notoneless.records.models import Case, Child, Enrolment, Obligation, OnRoll, Place, Residence
from notoneless.records.scopes import visible_children
from notoneless.services import casework
from notoneless.services.case_never_enrolled import find_never_enrolled, state_never_enrolled
from notoneless.services.child_record import Known
from notoneless.services.entering import take_in
from notoneless.services.never_enrolled_list import (
    ALIKE,
    CASE_OPEN,
    IN_SCHOOL,
    NEW,
    UNFIT,
    compare_list,
    state_from_list,
)
from notoneless.services.on_roll import quadrants
from notoneless.services.refusals import Refusal
from notoneless.services.registers import REGISTERS, open_register
from notoneless.services.responsibility import chain_of
from notoneless.services.special_routes import approve_route
from notoneless.web.read.never_enrolled import listed, not_enrolled

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 12:00")
ON = day("09-10")
LITTLE = Known("石小满")


def number(born: str = "20160304", order: str = "001") -> str:
    first = f"000000{born}{order}"
    return first + check_digit(first)


class Found:
    """A township with a village and a school, whose officers are all there."""

    def __init__(self) -> None:
        self.school: School = a_school(2)
        self.village = a_place(PlaceKind.VILLAGE, "云岭村", self.school.township)
        self.far = a_school(1, name="石桥完小", pack="")
        self.town_is = a_person("乡镇干部", Post.TOWNSHIP, self.school.township)
        self.cadre = a_person("村干部", Post.VILLAGE_CADRE, self.village)
        self.officer = a_person("学籍员", Post.ENROLMENT_OFFICER, self.school.place)
        self.stranger = a_person("外镇干部", Post.TOWNSHIP, self.far.township)

    def find(self, by: Any = None, known: Known = LITTLE, **more: Any) -> Child:
        given = {"school": self.school.place, "village": self.village, "found_at": NOW, "at": NOW, **more}
        return find_never_enrolled(by=by or self.town_is, known=known, **given)


@pytest.fixture
def found(db: None) -> Found:
    return Found()


def owed(child: Child) -> set[tuple[str, str, str, int | None]]:
    rows = Obligation.objects.filter(child=child).select_related("place")
    return {(o.act.value, o.who.value, o.state.value, o.class_group_id) for o in rows}


def test_a_name_is_enough_and_somebody_answers_at_once(found: Found) -> None:
    child = found.find()
    case = Case.objects.get(child=child)
    assert case.stage is Stage.NEVER_ENROLLED
    assert owed(child) == {
        ("HOME_VISIT", "TOWNSHIP", "OPEN", None),
        ("TAKE_IN", "ENROLMENT_OFFICER", "OPEN", None),
    }
    answers = {link.post: link.person for link in chain_of([child.pk], ON)[child.pk] if link.person}
    assert (answers[Post.TOWNSHIP], answers[Post.VILLAGE_CADRE]) == (found.town_is, found.cadre)


def test_the_child_is_neither_on_a_roll_nor_attending_and_no_pupil_lost(found: Found) -> None:
    child = found.find()
    schools = Place.objects.filter(pk=found.school.place.pk)
    assert child in quadrants(schools, ON)[Quadrant.NEITHER]
    lost = open_register(found.school.office, REGISTERS["lost"], found.school.place, ON)
    assert child not in lost.children


def test_whoever_is_near_sees_the_child_and_others_do_not(found: Found) -> None:
    child = found.find()
    near = (found.town_is, found.cadre, found.officer, found.school.principal, found.school.bureau)
    for person in near:
        assert visible_children(person, ON).filter(pk=child.pk).exists(), person.name
    for person in (found.stranger, found.school.teacher, found.far.principal):
        assert not visible_children(person, ON).filter(pk=child.pk).exists(), person.name


def test_a_child_awaited_elsewhere_is_still_its_own_townships(found: Found) -> None:
    child = found.find(by=found.school.bureau, school=found.far.place)
    for person in (found.town_is, found.cadre, found.far.principal):
        assert visible_children(person, ON).filter(pk=child.pk).exists(), person.name
    for place in (found.village, found.school.township, found.far.place):
        assert list(not_enrolled(place, ON).values_list("child", flat=True)) == [child.pk], place.name
    row = listed(found.town_is, found.school.township, NOW)[0]
    assert (row.village, row.school, row.answers and row.answers.person) == (
        "云岭村",
        "石桥完小",
        found.town_is,
    )


def test_the_village_writes_down_only_who_lives_there(found: Found) -> None:
    assert found.find(by=found.cadre)
    with pytest.raises(Refusal, match="由"):
        found.find(by=found.cadre, known=Known("别村儿"), village=None)
    with pytest.raises(Refusal, match="由"):
        found.find(by=found.stranger, known=Known("别镇儿"))


def test_visits_and_persuasion_are_recorded_of_a_child_in_no_class(found: Found) -> None:
    child = found.find()
    casework.record_visit(
        by=found.town_is, child=child, happened_at=NOW, at=NOW, note="家里没人送", outcome=ActOutcome.REACHED
    )
    casework.record_persuasion(by=found.officer, child=child, happened_at=NOW, at=NOW, note="愿意来")
    assert ("HOME_VISIT", "TOWNSHIP", "MET", None) in owed(child)


def test_taken_into_a_class_and_seen_there_the_child_is_back(found: Found) -> None:
    child, group = found.find(), found.school.class_group
    take_in(by=found.officer, child=child, class_group=group, at=NOW)
    assert ("TAKE_IN", "ENROLMENT_OFFICER", "MET", None) in owed(child)
    assert Case.objects.get(child=child).stage is Stage.NEVER_ENROLLED
    assert OnRoll.objects.get(child=child).school == found.school.place
    found.school.calls("09-11 P")
    casework.record_contact(
        by=found.officer, child=child, happened_at=at("2025-09-11 16:00"), at=at("2025-09-11 16:00")
    )
    assert Case.objects.get(child=child).stage is Stage.BACK
    assert not_enrolled(found.school.township, day("09-12")).count() == 0


def test_taken_in_twice_it_is_one_and_another_school_may_not(found: Found) -> None:
    child, group = found.find(), found.school.class_group
    other = a_class(found.school.place, "三年级3班")
    first = take_in(by=found.officer, child=child, class_group=group, at=NOW)
    assert take_in(by=found.officer, child=child, class_group=group, at=NOW) == first
    assert Enrolment.objects.filter(child=child).count() == 1
    with pytest.raises(Refusal, match="编过班"):
        take_in(by=found.officer, child=found.school.pupils[0], class_group=other, at=NOW)
    with pytest.raises(Refusal):
        take_in(
            by=found.officer,
            child=found.find(known=Known("又一名")),
            class_group=found.far.class_group,
            at=NOW,
        )


@pytest.mark.parametrize("kind", [RouteKind.HOME_TUITION, RouteKind.DEFERRED_ENTRY])
def test_an_approved_way_of_schooling_is_what_was_owed(found: Found, kind: RouteKind) -> None:
    child = found.find()
    approve_route(
        by=found.officer,
        child=child,
        kind=kind,
        school=found.school.place,
        from_day=ON,
        until=day("2026-08-31") if kind is RouteKind.DEFERRED_ENTRY else None,
        approved_by="县教育局",
        at=NOW,
    )
    assert ("TAKE_IN", "ENROLMENT_OFFICER", "MET", None) in owed(child)
    assert OnRoll.objects.filter(child=child).exists() is (kind is RouteKind.HOME_TUITION)
    with pytest.raises(Refusal, match="安置"):
        take_in(by=found.officer, child=child, class_group=found.school.class_group, at=NOW)


# Doubles.


def test_the_same_form_twice_is_one_child(found: Found) -> None:
    assert found.find(key="k") == found.find(key="k")
    assert Child.objects.filter(name=LITTLE.name).count() == 1


def test_a_known_number_is_never_written_down_again(found: Found) -> None:
    there = a_pupil("在校儿", found.far.class_group)
    there.keep_identity_no(number())
    there.save()
    with pytest.raises(Refusal, match="石桥完小") as refused:
        found.find(known=Known("写错名", identity_no=number().lower()))
    assert number() not in str(refused.value)
    assert not Child.objects.filter(name="写错名").exists()


def test_a_name_alone_tells_nothing_of_children_out_of_reach(found: Found) -> None:
    a_pupil("石小满", found.far.class_group, birth_on=date(2016, 3, 4))
    assert found.find().name == "石小满"
    with pytest.raises(Refusal, match="姓名相同"):
        found.find(known=Known("石小满", birth_on=date(2016, 3, 4)))


def test_a_child_of_the_same_name_is_looked_at_and_then_entered(found: Found) -> None:
    a_pupil("石小满", found.school.class_group)
    with pytest.raises(Refusal, match="姓名相同"):
        found.find()
    child = found.find(anyway=True)
    assert Child.objects.filter(name="石小满").count() == 2
    assert Residence.objects.get(child=child).place == found.village


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (Known(""), "姓名"),
        (Known("太小", birth_on=date(2019, 9, 1)), "不满 6 周岁"),
        (Known("将来", birth_on=date(2026, 1, 1)), "晚于今天"),
        (Known("错号", identity_no="12345"), "18 位"),
        (Known("不合", birth_on=date(2016, 3, 5), identity_no=number()), "不一样"),
    ],
)
def test_what_cannot_be_is_not_written_down(found: Found, known: Known, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        found.find(known=known)
    assert not Child.objects.filter(name=known.name).exists()


def test_the_youngest_who_must_be_in_school_is_written_down(found: Found) -> None:
    assert found.find(known=Known("刚满", birth_on=date(2019, 8, 31)))


def test_an_identity_number_fills_in_birth_and_sex_and_is_sealed(found: Found) -> None:
    child = found.find(known=Known("有号", identity_no=number(order="002")))
    child.refresh_from_db()
    assert (child.birth_on, child.sex) == (date(2016, 3, 4), "FEMALE")
    assert child.identity_no() == number(order="002")
    assert number(order="002").encode() not in bytes(child.identity_no_sealed or b"")


# A list.


@pytest.fixture
def rows(found: Found, tmp_path: Path) -> list[Any]:
    in_class = a_pupil("在校儿", found.far.class_group, birth_on=date(2015, 5, 1))
    in_class.keep_identity_no(number("20150501"))
    in_class.save()
    a_pupil("同名儿", found.school.class_group)
    found.find(known=Known("已知儿", birth_on=date(2016, 1, 1)))
    lines = [
        "姓名,出生日期,身份证件号,监护人",
        f"在校儿,,{number('20150501')},",
        "同名儿,2016-02-02,,祖母甲",
        "已知儿,2016-01-01,,",
        "新见儿,2016-06-06,,祖父乙",
        "太小儿,2021-01-01,,",
    ]
    file = tmp_path / "名单.csv"
    file.write_text("\n".join(lines), "utf-8-sig")
    return compare_list(found.town_is, read_roster(file), ON)


def test_a_list_is_told_apart_row_by_row(rows: list[Any]) -> None:
    assert {row.known.name: row.what for row in rows} == {
        "在校儿": IN_SCHOOL,
        "同名儿": ALIKE,
        "已知儿": CASE_OPEN,
        "新见儿": NEW,
        "太小儿": UNFIT,
    }


def test_only_the_chosen_rows_are_stated_and_only_once(found: Found, rows: list[Any]) -> None:
    def state() -> int:
        return state_from_list(
            by=found.town_is,
            rows=rows,
            chosen={row.number for row in rows},
            school=found.school.place,
            village=found.village,
            at=NOW,
            key="upload",
        )

    assert (state(), state()) == (2, 2)
    names = sorted(Case.objects.filter(stage=Stage.NEVER_ENROLLED).values_list("child__name", flat=True))
    assert names == sorted(["已知儿", "新见儿", "同名儿"])
    assert Child.objects.filter(name="同名儿").count() == 2


def test_one_row_that_cannot_be_keeps_the_whole_list_out(found: Found, rows: list[Any]) -> None:
    with pytest.raises(Refusal):
        state_from_list(
            by=found.stranger,
            rows=rows,
            chosen={row.number for row in rows},
            school=found.school.place,
            village=None,
            at=NOW,
            key="upload",
        )
    assert not Child.objects.filter(name="新见儿").exists()


def test_a_record_without_a_class_is_stated_and_not_made_anew(found: Found) -> None:
    child = Child.objects.create(name="无班儿")
    state_never_enrolled(by=found.officer, child=child, school=found.school.place, found_at=NOW, at=NOW)
    assert Case.objects.get(child=child).stage is Stage.NEVER_ENROLLED
    assert Act.TAKE_IN in {o.act for o in Obligation.objects.filter(child=child)}
