"""撤并: what goes over into another place, what ends, what is refused, and that nothing past is lost."""

from __future__ import annotations

from datetime import date

import pytest
from builders_db import School, a_class, a_person, a_place, a_pupil, a_school, at, day

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import (
    Boarding,
    Child,
    ClassGroup,
    JournalEntry,
    Obligation,
    OnRoll,
    Place,
    Residence,
)
from notoneless.records.scopes import visible_cases, visible_children, visible_schools
from notoneless.services import appointing, enrolment_changes, places
from notoneless.services.coverage import check_coverage
from notoneless.services.date_duties import open_date_duties
from notoneless.services.place_closing import close_place, move_place, reopen_place
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = at("2025-09-08 16:00")
NEXT, AFTER = day("2025-09-09"), at("2025-09-09 08:05")


@pytest.fixture
def school() -> School:
    """A school of four, and beside it in the county another that can take them."""
    made = a_school()
    other = a_place(PlaceKind.SCHOOL, "云海完小", made.township)
    a_class(other)
    a_person("云海校长", Post.PRINCIPAL, other)
    return made


def other() -> Place:
    return Place.objects.get(name="云海完小")


def close(school: School, place: Place, into: Place | None = None) -> Place:
    return close_place(by=school.bureau, place=place, into=into, basis="县政发〔2025〕1号", at=NOW)


def code(act: object, **given: object) -> str:
    with pytest.raises(Refusal) as refused:
        act(**given)  # type: ignore[operator]
    return refused.value.code


def test_a_merged_schools_classes_go_on_in_the_other_with_their_teacher_from_the_next_day(
    school: School,
) -> None:
    OnRoll.objects.create(child=school.pupils[0], school=school.place, from_day=day("2025-09-01"))
    school.roll_call("A")
    close(school, school.place, other())
    made = ClassGroup.objects.get(school=other(), name="三年级2班（云岭完小）")
    for pupil in school.pupils:
        stays = list(pupil.enrolments.order_by("from_day").values_list("class_group", "from_day", "until"))
        assert stays[0][0] == school.class_group.pk
        assert stays[0][2] == NEXT
        assert stays[1] == (made.pk, NEXT, None)
    assert OnRoll.objects.get(child=school.pupils[0], until=None).school == other()
    assert set(visible_children(school.teacher, NOW.date())) == set(school.pupils)
    assert set(visible_children(school.teacher, NEXT)) == set(school.pupils)
    head = Place.objects.get(name="云海完小").posts_held.get().person
    assert visible_cases(head, NEXT).count() == 1, "the case that stands open goes over with the child"
    assert set(visible_children(school.principal, NEXT)) == set(), "the old posts have ended"
    assert {row.class_group.name for row in school.teacher.posts_held.filter(held_from=NEXT)} == {made.name}


def test_an_open_case_of_a_child_in_no_class_is_seen_by_who_took_the_school(school: School) -> None:
    school.roll_call("A")
    school.pupils[0].enrolments.update(until=day("2025-09-08"))
    assert code(close, school=school, place=school.place) == "NOT_EMPTY"
    close(school, school.place, other())
    head = other().posts_held.get().person
    assert school.pupils[0] in set(visible_children(head, NEXT))
    assert check_coverage(now=AFTER).open > 0
    assert visible_cases(head, NEXT).get().child == school.pupils[0]


def test_what_lies_in_a_merged_school_lies_in_the_other_and_grades_do_not(school: School) -> None:
    point = a_place(PlaceKind.TEACHING_POINT, "石门教学点", school.place)
    house = a_place(PlaceKind.BOARDING_HOUSE, "一号宿舍", point)
    grade = a_place(PlaceKind.GRADE, "三年级", school.place)
    head = a_person("级长", Post.GRADE_HEAD, grade)
    parent = a_person("生活老师", Post.HOUSE_PARENT, house)
    ClassGroup.objects.filter(pk=school.class_group.pk).update(teaching_point=point)
    close(school, school.place, other())
    for each in (point, house):
        each.refresh_from_db()
        assert other().contains(each)
    assert house.parent == point
    assert head.posts_held.get().held_until == NEXT
    assert parent.posts_held.get().held_until is None
    assert ClassGroup.objects.get(school=other(), teaching_point=point).name.startswith("三年级2班")


def test_a_school_with_pupils_is_not_closed_and_an_empty_one_is(school: School) -> None:
    assert code(close, school=school, place=school.place) == "NOT_EMPTY"
    for pupil in school.pupils:
        pupil.enrolments.update(until=NEXT)
    assert {place.name for place in visible_schools(school.bureau, NOW.date())} == {"云岭完小", "云海完小"}
    closed = close(school, school.place)
    assert closed.closed_on == NEXT
    assert {place.name for place in visible_schools(school.bureau, NEXT)} == {"云海完小"}
    assert close(school, school.place).closed_on == NEXT, "again is the same"
    assert JournalEntry.objects.filter(act="CLOSE_PLACE").count() == 1
    reopen_place(by=school.bureau, place=closed, basis="县政发〔2025〕2号", at=NOW)
    assert Place.objects.get(pk=closed.pk).closed_on is None


def test_nothing_begins_at_a_closed_place(school: School) -> None:
    closed = close(school, other())
    teacher = a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group)
    for act, given in (
        (places.add_class, {"school": closed, "grade": 1, "name": "一年级1班", "school_year": "2025-2026"}),
        (places.add_place, {"parent": closed, "kind": PlaceKind.GRADE, "name": "一年级", "grade": 1}),
        (
            appointing.appoint,
            {"person": teacher, "post": Post.DUTY_OFFICER, "place": closed, "from_day": NEXT},
        ),
    ):
        assert code(act, by=school.bureau, at=AFTER, **given) == "PLACE_CLOSED"
    asked = {"child": school.pupils[0], "kind": "TRANSFER_OUT", "receiver": closed, "from_day": NEXT}
    kind = enrolment_changes.ChangeKind("TRANSFER_OUT")  # type: ignore[call-arg]
    assert (
        code(enrolment_changes.ask_change, by=school.office, at=AFTER, **{**asked, "kind": kind})
        == "PLACE_CLOSED"
    )


def test_what_dates_brought_to_a_closed_school_is_owed_by_nobody_any_more(school: School) -> None:
    open_date_duties(now=NOW)
    owed = Obligation.objects.filter(place=school.place, child=None, state="OPEN")
    assert owed.exists()
    close(school, school.place, other())
    open_date_duties(now=NOW.replace(hour=18))
    assert owed.exists(), "it holds from tomorrow"
    open_date_duties(now=AFTER)
    assert not owed.exists()
    assert not Obligation.objects.filter(place=school.place, child=None, state="OVERDUE").exists()


def test_a_village_and_a_house_take_over_who_lives_there(school: School) -> None:
    left, stays = (a_place(PlaceKind.VILLAGE, name, school.township) for name in ("云岭村", "云海村"))
    cadre = a_person("包保人", Post.VILLAGE_CADRE, left)
    Residence.objects.create(child=school.pupils[0], place=left, from_day=day("2025-09-01"))
    assert code(close, school=school, place=left) == "NOT_EMPTY"
    close(school, left, stays)
    homes = Residence.objects.filter(child=school.pupils[0]).order_by("from_day")
    assert [(row.place.name, row.until) for row in homes] == [("云岭村", NEXT), ("云海村", None)]
    assert set(visible_children(cadre, NEXT)) == {school.pupils[0]}
    houses = [a_place(PlaceKind.BOARDING_HOUSE, name, school.place) for name in ("一号宿舍", "二号宿舍")]
    Boarding.objects.create(child=school.pupils[0], house=houses[0], from_day=day("2025-09-01"))
    close_place(by=school.office, place=houses[0], into=houses[1], basis="校务会", at=NOW)
    assert Boarding.objects.get(until=None).house == houses[1]


def test_a_township_goes_into_another_with_its_villages_and_schools(school: School) -> None:
    town = a_place(PlaceKind.TOWNSHIP, "松坪镇", school.county)
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    assert code(close, school=school, place=school.township) == "NOT_EMPTY"
    close(school, school.township, town)
    for each in (village, school.place):
        each.refresh_from_db()
        assert each.parent == town
    cadre = a_person("松坪镇", Post.TOWNSHIP, town)
    assert set(visible_children(cadre, NEXT)) == set(school.pupils)


def test_a_school_put_below_another_place_is_seen_from_there_at_once(school: School) -> None:
    town = a_place(PlaceKind.TOWNSHIP, "松坪镇", school.county)
    before, after = (
        a_person("云岭镇", Post.TOWNSHIP, school.township),
        a_person("松坪镇", Post.TOWNSHIP, town),
    )
    given = {"by": school.bureau, "place": school.place, "basis": "县政发〔2025〕3号", "at": NOW}
    assert code(move_place, parent=school.place, **given) == "NOT_BELOW_THAT"
    move_place(parent=town, **given)
    assert set(visible_children(before, NOW.date())) == set()
    assert set(visible_children(after, NOW.date())) == set(school.pupils)
    assert set(visible_children(school.office, NOW.date())) == set(school.pupils)


@pytest.mark.parametrize("who", ["office", "principal", "teacher"])
def test_a_school_does_not_close_or_move_itself(school: School, who: str) -> None:
    by = getattr(school, who)
    for act, given in ((close_place, {"into": other()}), (move_place, {"parent": school.county})):
        refused = code(act, by=by, place=school.place, basis="校务会", at=NOW, **given)
        assert refused == "MAY_NOT_MERGE_PLACE"
    assert Child.objects.filter(enrolments__class_group__school=other()).count() == 0


def test_a_place_is_merged_into_one_of_its_kind_that_is_open(school: School) -> None:
    assert code(close, school=school, place=school.place, into=school.township) == "NOT_OF_ITS_KIND"
    assert code(close, school=school, place=school.place, into=school.place) == "NOT_OF_ITS_KIND"
    close(school, other())
    assert code(close, school=school, place=school.place, into=other()) == "PLACE_CLOSED"
    assert code(close_place, by=school.bureau, place=school.place, basis=" ", at=NOW) == "NO_BASIS"
    assert code(close, school=school, place=school.county) == "NEVER_CLOSED"


def test_a_child_enrolled_for_later_goes_over_too(school: School) -> None:
    late = a_pupil("迟小五", school.class_group, date(2025, 9, 15))
    close(school, school.place, other())
    stay = late.enrolments.get()
    assert stay.class_group.school == other()
