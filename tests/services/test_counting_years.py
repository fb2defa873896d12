"""学年统计: who was lost, who is due, cohorts, and children by household register and age, one by one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from builders_db import a_person, a_place, at

from notoneless.core.case_terms import Decision
from notoneless.core.figure_terms import Destination, SumOver, Tally
from notoneless.core.terms import (
    ChangeKind,
    ChangeStep,
    CloseOutKind,
    HouseholdRegister,
    KeyGroup,
    PlaceKind,
    Post,
    RouteKind,
    Stage,
    StageEvent,
)
from notoneless.records.models import (
    Case,
    CaseChange,
    ChangeStepTaken,
    Child,
    ClassGroup,
    CloseOutAsked,
    CloseOutReviewed,
    Enrolment,
    EnrolmentChange,
    InKeyGroup,
    OnRoll,
    Person,
    Place,
    Residence,
    SpecialRoute,
)
from notoneless.services.counting import Asked, children_of, counts, sums, total

pytestmark = pytest.mark.django_db
BEGAN, LAST, KNOWN = date(2025, 9, 1), date(2026, 1, 15), at("2026-01-16 08:00")
HERE = HouseholdRegister.HERE_HERE


class Year:
    """A county with a primary school of two grades; children by what becomes of them."""

    def __init__(self) -> None:
        self.county = a_place(PlaceKind.COUNTY, "示范县")
        self.township = a_place(PlaceKind.TOWNSHIP, "云岭镇", self.county)
        self.village = a_place(PlaceKind.VILLAGE, "云岭村", self.township)
        self.school = a_place(PlaceKind.SCHOOL, "云岭完小", self.township)
        self.other = a_place(PlaceKind.SCHOOL, "石桥完小", self.township)
        self.by: Person = a_person("学籍员", Post.ENROLMENT_OFFICER, self.county)
        self.asked = Asked(self.school, BEGAN, LAST, KNOWN)

    def group(self, grade: int, year: int = 2025, school: Place | None = None) -> ClassGroup:
        return ClassGroup.objects.get_or_create(
            school=school or self.school, grade=grade, name=f"{grade}年级", school_year=f"{year}-{year + 1}"
        )[0]

    def pupil(
        self, name: str, group: ClassGroup, since: date = BEGAN, until: date | None = None, **more: Any
    ) -> Child:
        child, _ = Child.objects.get_or_create(name=name, defaults=more)
        Enrolment.objects.create(child=child, class_group=group, from_day=since, until=until)
        if not child.on_roll.exists():
            OnRoll.objects.create(child=child, school=group.school, from_day=since)
        return child

    def change(self, child: Child, kind: ChangeKind, day: date, receiver: Place | None = None) -> None:
        change = EnrolmentChange.objects.create(
            child=child, kind=kind, school=self.school, receiver=receiver, from_day=day
        )
        moment = at(f"{day} 08:00")
        ChangeStepTaken.objects.create(
            change=change, step=ChangeStep.DONE, at=moment, by=self.by, by_post=Post.ENROLMENT_OFFICER
        )

    def stages(self, child: Child, *steps: tuple[Stage, StageEvent, str]) -> Case:
        case = Case.objects.create(
            child=child, number=child.name, opened_at=at(f"{steps[0][2]} 08:00"), stage=steps[-1][0]
        )
        for stage, event, day in steps:
            moment = at(f"{day} 08:00")
            CaseChange.objects.create(
                case=case, at=moment, recorded_at=moment, event=event, stage_before=stage, stage=stage
            )
        return case

    def closed(self, case: Case, kind: CloseOutKind, moment: datetime) -> None:
        asked = CloseOutAsked.objects.create(
            case=case, kind=kind, by=self.by, by_post=Post.PRINCIPAL, at=moment
        )
        CloseOutReviewed.objects.create(
            asked=asked, decision=Decision.AGREED, by=self.by, by_post=Post.COUNTY_BUREAU, at=moment
        )

    def names(self, tally: Tally, **asked: Any) -> list[str]:
        question = self.asked._replace(**asked)
        found = children_of(question, tally).order_by("pk").values_list("name", flat=True)
        assert len(found) == total(counts(question, [tally])[tally])
        return sorted(found)


@pytest.fixture
def year(db: None) -> Year:
    return Year()


DROPPED = (Stage.DROPOUT, StageEvent.CONFIRMED)
CLOSED = (Stage.CLOSED, StageEvent.CLOSED_OUT)


def test_who_was_a_dropout_in_the_year_and_of_whom_that_was_an_error(year: Year) -> None:
    group = year.group(3)
    year.pupil("一直在", group)
    year.stages(year.pupil("辍学", group), (*DROPPED, "2025-10-09"))
    year.stages(year.pupil("旧年辍学", group), (*DROPPED, "2025-05-06"), (*CLOSED, "2025-06-01"))
    year.stages(year.pupil("跨年辍学", group), (*DROPPED, "2025-05-07"), (*CLOSED, "2025-10-01"))
    wrong = year.stages(year.pupil("有误", group), (*DROPPED, "2025-10-10"), (*CLOSED, "2025-11-03"))
    year.closed(wrong, CloseOutKind.DATA_ERROR, at("2025-11-03 08:00"))
    steady = year.stages(
        year.pupil("稳定", group),
        (*DROPPED, "2025-10-13"),
        (Stage.BACK, StageEvent.CAME_BACK, "2025-10-20"),
        (Stage.HELD, StageEvent.HELD, "2025-12-01"),
    )
    assert steady.stage is Stage.HELD
    assert year.names(Tally.EVER_DROPPED) == ["有误", "稳定", "跨年辍学", "辍学"]
    assert year.names(Tally.DATA_ERRORS) == ["有误"]
    assert year.names(Tally.DROPPED_SO_FAR) == ["旧年辍学", "有误", "稳定", "跨年辍学", "辍学"]
    assert year.names(Tally.RETURNED_STEADY) == ["稳定"]
    assert year.names(Tally.EVER_DROPPED, known_at=at("2025-10-09 20:00")) == ["跨年辍学", "辍学"]
    assert len(year.names(Tally.BASELINE)) == 6


def test_who_was_lost_of_those_that_should_be_there_and_who_is_left_out_of_it(year: Year) -> None:
    group, there = year.group(3), date(2025, 11, 3)
    year.pupil("在校", group)
    year.pupil("外县户口", group, household=HouseholdRegister.ELSEWHERE_HERE)
    moved = year.pupil("转走", group, until=there)
    year.pupil("转走", year.group(3, school=year.other), since=there)
    year.change(moved, ChangeKind.TRANSFER_OUT, date(2025, 10, 31), year.other)
    year.pupil("不明", group, until=there)
    guest = year.pupil("借读", group, until=there)
    Enrolment.objects.create(child=guest, class_group=year.group(3, school=year.other), from_day=there)
    suspended = year.pupil("休学", group, until=there)
    year.change(suspended, ChangeKind.SUSPENSION, date(2025, 10, 31))
    year.stages(year.pupil("辍学", group), (*DROPPED, "2025-10-09"))
    assert len(year.names(Tally.DUE)) == 7
    assert year.names(Tally.EVER_LOST) == ["不明", "休学", "借读", "转走", "辍学"]
    assert year.names(Tally.NORMAL_CHANGES) == ["休学", "转走"]
    assert year.names(Tally.REGISTERED_ELSEWHERE) == ["外县户口"]
    assert "借读" in year.names(Tally.GUESTS_ELSEWHERE)
    without = [Tally.NORMAL_CHANGES, Tally.GUESTS_ELSEWHERE, Tally.REGISTERED_ELSEWHERE]
    left = counts(year.asked, [Tally.EVER_LOST, Tally.DUE], without=without)
    assert [total(left[tally]) for tally in (Tally.EVER_LOST, Tally.DUE)] == [2, 3]
    assert year.names(Tally.ORIGINAL_PRESENT) == ["在校", "外县户口"]
    where = sums(year.asked, Tally.EVER_LOST, SumOver.DESTINATION)
    assert where == {Destination.SUSPENDED: 1, Destination.UNKNOWN: 2, Destination.AT_SCHOOL: 2}


def test_a_cohort_goes_from_the_lowest_to_the_highest_grade_of_the_school(year: Year) -> None:
    first, final = year.group(1, 2020), year.group(6)
    year.group(1)
    began = date(2020, 9, 1)
    for name in ("读完", "离开"):
        year.pupil(name, first, began, date(2021, 7, 1))
    year.pupil("读完", final)
    left = Child.objects.get(name="离开")
    year.change(left, ChangeKind.TRANSFER_OUT, date(2021, 7, 1))
    come = year.pupil("来的", final)
    change = EnrolmentChange.objects.create(
        child=come, kind=ChangeKind.TRANSFER_IN, receiver=year.school, from_day=BEGAN
    )
    ChangeStepTaken.objects.create(
        change=change, step=ChangeStep.DONE, at=at("2025-08-30 08:00"), by=year.by, by_post=Post.PRINCIPAL
    )
    assert year.names(Tally.INTAKE) == ["离开", "读完"]
    assert year.names(Tally.FINAL_CLASS) == ["来的", "读完"]
    assert (year.names(Tally.COHORT_IN), year.names(Tally.COHORT_OUT)) == (["来的"], ["离开"])


def test_from_grade_to_grade_counts_who_was_there_a_year_before(year: Year) -> None:
    third, fourth = year.group(3, 2024), year.group(4)
    for name in ("升上来", "没升上来"):
        year.pupil(name, third, date(2024, 9, 1), date(2025, 7, 10))
    year.pupil("升上来", fourth)
    year.pupil("新来", fourth)
    assert year.names(Tally.YEAR_BEFORE) == ["升上来", "没升上来"]
    assert year.names(Tally.YEAR_AFTER) == ["升上来", "新来"]


def test_children_of_an_area_are_those_that_live_there(year: Year) -> None:
    group, elsewhere = year.group(3), a_place(PlaceKind.COUNTY, "邻县")
    away = a_place(PlaceKind.VILLAGE, "邻村", elsewhere)

    def lives(name: str, where: Place | None, born: str, **more: Any) -> Child:
        child = Child.objects.create(name=name, birth_on=date.fromisoformat(born), household=HERE, **more)
        if where is not None:
            Residence.objects.create(child=child, place=where, from_day=date(2020, 1, 1))
        return child

    for name, where in (("在校", year.village), ("无住址", None), ("住邻县", away)):
        Enrolment.objects.create(child=lives(name, where, "2016-09-01"), class_group=group, from_day=BEGAN)
    lives("没上学", year.village, "2019-09-01")
    lives("太小", year.village, "2019-09-02")
    taught = lives("送教", year.village, "2015-01-01")
    SpecialRoute.objects.create(
        child=taught,
        kind=RouteKind.HOME_TUITION,
        school=year.school,
        from_day=BEGAN,
        approved_by="县教育局",
        by=year.by,
        recorded_at=at("2025-08-25 08:00"),
    )
    InKeyGroup.objects.create(
        child=taught, group=KeyGroup.DISABLED, from_day=BEGAN, recorded_at=at("2025-09-01 08:00")
    )
    finished = lives("十五岁", year.village, "2010-09-01")
    Enrolment.objects.create(
        child=finished, class_group=year.group(7, 2022), from_day=date(2022, 9, 1), until=date(2025, 7, 1)
    )
    lives("十七岁", year.village, "2008-03-01")
    for place in (year.county, year.township):
        assert year.names(Tally.SCHOOL_AGE, place=place) == ["在校", "无住址", "没上学", "送教"]
        assert year.names(Tally.SCHOOL_AGE_IN_SCHOOL, place=place) == ["在校", "无住址", "送教"]
        assert (
            year.names(Tally.AGED_15_DONE, place=place)
            == year.names(Tally.AGED_15, place=place)
            == ["十五岁"]
        )
        assert year.names(Tally.AGED_17, place=place) == ["十七岁"]
        assert year.names(Tally.AGED_17_DONE, place=place) == []
        assert year.names(Tally.DISABLED_IN_SCHOOL, place=place) == ["送教"]
    assert year.names(Tally.SCHOOL_AGE, place=year.school) == ["住邻县", "在校", "无住址"]
    assert year.names(Tally.SCHOOL_AGE, place=year.village) == ["在校", "没上学", "送教"]
