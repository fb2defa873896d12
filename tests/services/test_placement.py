"""Where a returned child sits: advised by the days away, departed from with a reason, never in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders_db import School, a_class, a_school, at

from notoneless.core.case_terms import PlacementKind
from notoneless.core.terms import ChangeKind, Paper
from notoneless.records.models import Case, ClassGroup, Enrolment, EnrolmentChange, Placement
from notoneless.services.placement import advice, may_place, place_on_return
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db

BACK = "2025-09-10 10:00"
PAPERS = (Paper.GUARDIAN_REQUEST, Paper.SCHOOL_ASSESSMENT)


def returned() -> School:
    """The first pupil was away on the 8th and the 9th and is back on the 10th."""
    school = a_school()
    school.calls("09-08 A", "09-09 A", "09-10")
    return school


def long_away(*days: str) -> School:
    """Absent on each of these days of 2025, and back on the last."""
    school = a_school()
    school.calls(*(f"{day} A" for day in days[:-1]), days[-1])
    return school


def the_case() -> Case:
    return Case.objects.select_related("child").get()


def place(school: School, kind: PlacementKind = PlacementKind.SAME_CLASS, **more: Any) -> Placement:
    given: dict[str, Any] = {"by": school.office, "case": the_case(), "at": at(BACK)}
    return place_on_return(kind=kind, from_day=more.pop("from_day", date(2025, 9, 11)), **given | more)


def refused(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as caught:
        place(*args, **kwargs)
    assert caught.value.en
    return caught.value.code


def another(school: School, grade: int, name: str) -> ClassGroup:
    group = a_class(school.place, name)
    ClassGroup.objects.filter(pk=group.pk).update(grade=grade)
    group.refresh_from_db()
    return group


def test_the_advice_counts_from_the_first_absent_day_to_the_day_back() -> None:
    returned()
    known = advice(the_case(), at=at(BACK))
    assert known is not None
    assert (known.left, known.back, known.days, known.months) == (date(2025, 9, 8), date(2025, 9, 10), 2, 0)
    assert known.kind is PlacementKind.SAME_CLASS


def test_three_months_away_brings_other_advice() -> None:
    school = long_away("09-08", "10-09", "11-10", "12-08")
    known = advice(the_case(), at=at("2025-12-08 10:00"))
    assert known is not None
    assert (known.months, known.kind) == (3, PlacementKind.GRADE_BELOW)
    assert may_place(school.office, the_case(), at=at("2025-12-08 10:00")) is None


def test_back_to_its_class_needs_no_reason_and_moves_nobody() -> None:
    school = returned()
    placed = place(school)
    assert (placed.advised, placed.days_away, placed.class_group) == (
        PlacementKind.SAME_CLASS,
        2,
        school.class_group,
    )
    assert Enrolment.objects.filter(child=school.pupils[0]).count() == 1


def test_who_departs_from_the_advice_says_why() -> None:
    school = returned()
    assert refused(school, PlacementKind.SEPARATE_CLASS) == "NOT_WRITTEN"
    placed = place(school, PlacementKind.SEPARATE_CLASS, why="先单独补课两周")
    assert (placed.kind, placed.advised) == (PlacementKind.SEPARATE_CLASS, PlacementKind.SAME_CLASS)


def test_another_class_of_the_grade_holds_from_tomorrow_at_the_earliest() -> None:
    school = returned()
    beside = another(school, 3, "三年级补习班")
    place(
        school,
        PlacementKind.SEPARATE_CLASS,
        class_group=beside,
        from_day=date(2025, 9, 1),
        why="单独编班补课",
    )
    now_in = Enrolment.objects.get(child=school.pupils[0], until=None)
    assert (now_in.class_group, now_in.from_day) == (beside, date(2025, 9, 11))


def test_another_grade_is_asked_for_with_the_guardians_word_and_moves_nobody_yet() -> None:
    school = returned()
    below = another(school, 2, "二年级1班")
    given: dict[str, Any] = {"class_group": below, "why": "家长要求，跟不上"}
    assert refused(school, PlacementKind.GRADE_BELOW, **given) == "GUARDIAN_NOT_ASKED"
    assert refused(school, PlacementKind.GRADE_BELOW, papers=PAPERS[:1], **given) == "GUARDIAN_NOT_ASKED"
    assert not Placement.objects.exists()
    place(school, PlacementKind.GRADE_BELOW, papers=PAPERS, **given)
    change = EnrolmentChange.objects.get()
    assert (change.kind, change.child) == (ChangeKind.REPEAT, school.pupils[0])
    assert Enrolment.objects.get(child=school.pupils[0], until=None).class_group == school.class_group


def test_a_grade_above_is_a_skip() -> None:
    school = returned()
    above = another(school, 4, "四年级1班")
    place(school, PlacementKind.BY_AGE, class_group=above, papers=PAPERS, why="按年龄")
    assert EnrolmentChange.objects.get().kind is ChangeKind.SKIP


def test_placements_that_do_not_fit_their_class_are_refused() -> None:
    school = returned()
    beside, elsewhere = another(school, 3, "三年级3班"), a_school(name="云海完小").class_group
    assert refused(school, class_group=beside) == "NOT_SAME_CLASS"
    assert refused(school, PlacementKind.GRADE_BELOW, class_group=beside, why="低") == "NOT_GRADE_BELOW"
    assert refused(school, PlacementKind.BY_AGE, class_group=elsewhere, why="近") == "OTHER_SCHOOL"


def test_the_same_form_twice_is_one_placement() -> None:
    school = returned()
    assert place(school, key="form-1") == place(school, key="form-1")
    assert refused(school, PlacementKind.BY_AGE, why="按年龄", key="form-1") == "KEY_USED"


def test_a_child_that_is_still_away_is_not_placed() -> None:
    school = a_school()
    school.calls("09-08 A")
    assert advice(the_case(), at=at("2025-09-08 10:00")) is None
    assert refused(school, at=at("2025-09-08 10:00")) == "NOT_BACK"


def test_a_class_teacher_does_not_place() -> None:
    school = returned()
    assert refused(school, by=school.teacher) == "MAY_NOT_ASK_CHANGE"
