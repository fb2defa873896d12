"""Leaving a post: what it owes goes over with its clocks, both are told, the next holder confirms."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_place, a_school, at, day

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import (
    Assigned,
    HandOver,
    HandOverReceipt,
    JournalEntry,
    Obligation,
    Outbox,
    Person,
    PostHeld,
    Residence,
)
from notoneless.records.scopes import visible_children
from notoneless.services.appointing import appoint_deputy
from notoneless.services.due import tick
from notoneless.services.hand_over import cases_of, hand_over, owed_by, receive, waiting_for
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOON = at("2025-09-08 12:00")
TODAY = day("2025-09-08")


@pytest.fixture
def school(db: None) -> School:
    """A pupil was absent this morning."""
    school = a_school()
    school.roll_call("A")
    return school


@pytest.fixture
def new(db: None) -> Person:
    return Person.objects.create(name="新老师")


def held(person: Person) -> PostHeld:
    return PostHeld.objects.get(person=person)


def handed_over(school: School, to: Person) -> HandOver:
    return hand_over(by=school.principal, held=held(school.teacher), to=to, from_day=TODAY, at=NOON)


def dues() -> list[object]:
    return list(Obligation.objects.order_by("key").values_list("key", "due_at", "state", "late", "who"))


def test_no_clock_starts_anew(school: School, new: Person) -> None:
    tick(now=at("2025-09-08 09:30"))  # the report was due at 09:05 and is overdue now
    before = dues()
    made = handed_over(school, new)
    receive(by=new, hand_over=made, at=at("2025-09-08 12:30"))
    tick(now=at("2025-09-08 12:31"))
    assert dues() == before


def test_the_list_names_the_open_cases_and_what_the_post_owes(school: School, new: Person) -> None:
    owed = owed_by(held(school.teacher), TODAY)
    made = handed_over(school, new)
    assert made.cases == ["示范县-2025-0001"]
    assert made.obligations == [str(row.key) for row in owed]
    assert {row.who for row in owed} == {Post.ROLL_CALL_TAKER}  # which falls to the class teacher


def test_who_leaves_sees_nobody_any_more_and_who_comes_sees_all(school: School, new: Person) -> None:
    handed_over(school, new)
    assert not visible_children(school.teacher, TODAY).exists()
    assert visible_children(new, TODAY).count() == 4


def test_what_goes_with_the_class_goes_over_with_it_and_a_subject_stays(school: School, new: Person) -> None:
    where = {"class_group": school.class_group, "held_from": day("2025-09-01")}
    for post in (Post.ROLL_CALL_TAKER, Post.SUBJECT_TEACHER):
        PostHeld.objects.create(person=school.teacher, post=post, **where)
    left = PostHeld.objects.get(person=school.teacher, post=Post.CLASS_TEACHER)
    hand_over(by=school.principal, held=left, to=new, from_day=TODAY, at=NOON)
    held_by_new = PostHeld.objects.filter(person=new).values_list("post", flat=True)
    assert set(held_by_new) == {Post.CLASS_TEACHER, Post.ROLL_CALL_TAKER}
    still = PostHeld.objects.filter(person=school.teacher, held_until=None).values_list("post", flat=True)
    assert list(still) == [Post.SUBJECT_TEACHER]


def test_both_are_told_once(school: School, new: Person) -> None:
    first = handed_over(school, new)
    assert handed_over(school, new) == first
    told = Outbox.objects.filter(kind="HAND_OVER")
    assert {row.body["person"] for row in told} == {school.teacher.pk, new.pk}
    assert told.count() == 2


def test_it_waits_until_the_new_holder_confirms(school: School, new: Person) -> None:
    made = handed_over(school, new)
    assert list(waiting_for(new)) == [made]
    first = receive(by=new, hand_over=made, note="已逐项看过", at=NOON)
    assert receive(by=new, hand_over=made, at=NOON) == first
    assert not waiting_for(new).exists()
    assert HandOverReceipt.objects.count() == 1
    acts = list(JournalEntry.objects.order_by("seq").values_list("act", flat=True))
    assert acts[-4:] == ["END_POST", "APPOINT", "HAND_OVER", "RECEIVE_HAND_OVER"]


def test_nobody_else_confirms(school: School, new: Person) -> None:
    made = handed_over(school, new)
    for person in (school.teacher, school.principal):
        with pytest.raises(Refusal, match="由新老师接收"):
            receive(by=person, hand_over=made, at=NOON)


def test_a_post_is_not_handed_to_its_own_holder_nor_by_a_colleague(school: School, new: Person) -> None:
    with pytest.raises(Refusal, match="正是现任"):
        handed_over(school, school.teacher)
    with pytest.raises(Refusal, match="任免"):
        hand_over(by=new, held=held(school.teacher), to=school.office, from_day=TODAY, at=NOON)


def test_a_hand_over_for_next_week_changes_nothing_today(school: School, new: Person) -> None:
    teacher = held(school.teacher)
    hand_over(by=school.principal, held=teacher, to=new, from_day=day("2025-09-15"), at=NOON)
    assert visible_children(school.teacher, TODAY).exists()
    assert not visible_children(new, TODAY).exists()
    assert visible_children(new, day("2025-09-15")).exists()


def test_a_deputy_who_becomes_the_holder_deputises_no_longer(school: School, new: Person) -> None:
    asked = {"held": held(school.teacher), "person": new, "from_day": TODAY, "until": day("2025-09-30")}
    deputy = appoint_deputy(by=school.office, at=NOON, **asked)  # type: ignore[arg-type]
    hand_over(by=school.principal, held=held(school.teacher), to=new, from_day=day("2025-09-09"), at=NOON)
    deputy.refresh_from_db()
    assert deputy.held_until == day("2025-09-09")


def test_a_cadres_children_go_over_with_the_post(school: School, new: Person) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    cadre = a_person("包保人", Post.VILLAGE_CADRE, village)
    town = a_person("副乡长", Post.TOWNSHIP, school.township)
    child, neighbour = school.pupils[0], school.pupils[1]
    row = {"child": child, "person": cadre, "post": Post.VILLAGE_CADRE, "from_day": day("2025-09-01")}
    Assigned.objects.create(recorded_at=NOON, **row)
    Residence.objects.create(child=neighbour, place=village, from_day=day("2025-09-01"))
    made = hand_over(by=town, held=held(cadre), to=new, from_day=TODAY, at=NOON)
    assert made.cases == ["示范县-2025-0001"]
    assert set(visible_children(new, TODAY)) == {child, neighbour}
    assert not visible_children(cadre, TODAY).exists()


def test_a_school_post_passes_on_what_its_whole_school_owes_it(school: School, new: Person) -> None:
    office = held(school.office)
    owed = owed_by(office, TODAY)
    assert {row.who for row in owed} == {Post.SCHOOL_OFFICE}
    assert cases_of(office, TODAY).count() == 1
    assert cases_of(held(a_school(name="石门完小").office), TODAY).count() == 0
