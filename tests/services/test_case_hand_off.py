"""A case that is handed off stays with the sender until the receiver confirms."""

from __future__ import annotations

from datetime import date

import pytest
from builders_db import School, a_person, a_place, a_school, at

from notoneless.core.case_terms import HandOffOutcome
from notoneless.core.terms import PlaceKind, Post, Stage
from notoneless.records.models import Case, HandOff, HandOffAnswered, JournalEntry, Outbox, Person, Place
from notoneless.records.scopes import visible_cases, visible_children, visible_hand_offs
from notoneless.services.case_hand_off import answer_due, answer_hand_off, hand_off, take_back
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW, DAY = at("2025-09-10 12:00"), date(2025, 9, 10)
CONFIRMED, REFUSED, WITHDRAWN = HandOffOutcome.CONFIRMED, HandOffOutcome.REFUSED, HandOffOutcome.WITHDRAWN


@pytest.fixture
def school() -> School:
    found = a_school()
    found.calls("09-08 A", "09-09 A", "09-10 A")
    return found


@pytest.fixture
def other(school: School) -> Place:
    town = a_place(PlaceKind.TOWNSHIP, "山口镇", school.county)
    return a_place(PlaceKind.SCHOOL, "山口小学", town)


@pytest.fixture
def receiver(other: Place) -> Person:
    return a_person("山口校长", Post.PRINCIPAL, other)


def offered(school: School, **to: object) -> HandOff:
    return hand_off(by=school.office, case=Case.objects.get(), reason="随父母搬去山口镇", at=NOW, **to)  # type: ignore[arg-type]


def sees(person: Person) -> bool:
    child = visible_children(person, DAY).filter(name__startswith="安")
    return visible_cases(person, DAY).exists() and child.exists()


def test_before_it_is_confirmed_the_receiver_sees_the_offer_and_not_the_child(
    school: School, other: Place, receiver: Person
) -> None:
    made = offered(school, to_place=other)
    assert not sees(receiver)
    assert visible_hand_offs(receiver, DAY).get() == made
    assert visible_hand_offs(school.office, DAY).get() == made
    assert Outbox.objects.get(kind="CASE").body["place"] == other.pk


def test_once_confirmed_both_sides_see_the_child_for_as_long_as_the_case_is_open(
    school: School, other: Place, receiver: Person
) -> None:
    answer_hand_off(by=receiver, hand_off=offered(school, to_place=other), outcome=CONFIRMED, at=NOW)
    assert sees(receiver)
    assert sees(school.office)
    Case.objects.update(stage=Stage.CLOSED)
    assert not sees(receiver)


def test_a_refusal_says_why_and_changes_nothing(school: School, other: Place, receiver: Person) -> None:
    made = offered(school, to_place=other)
    with pytest.raises(Refusal, match="写明理由"):
        answer_hand_off(by=receiver, hand_off=made, outcome=REFUSED, at=NOW)
    answer_hand_off(by=receiver, hand_off=made, outcome=REFUSED, note="查无此人", at=NOW)
    assert not sees(receiver)
    offered(school, to_place=other)


def test_only_the_receiver_answers_and_only_the_sender_takes_back(
    school: School, other: Place, receiver: Person
) -> None:
    made = offered(school, to_place=other)
    with pytest.raises(Refusal, match="由山口小学答复"):
        answer_hand_off(by=school.office, hand_off=made, outcome=CONFIRMED, at=NOW)
    with pytest.raises(Refusal):
        take_back(by=receiver, hand_off=made, at=NOW)
    assert take_back(by=school.office, hand_off=made, at=NOW).outcome is WITHDRAWN


def test_an_answer_sent_twice_is_one_and_another_answer_is_refused(
    school: School, other: Place, receiver: Person
) -> None:
    made = offered(school, to_place=other)
    for _ in range(2):
        answer_hand_off(by=receiver, hand_off=made, outcome=CONFIRMED, at=NOW)
    with pytest.raises(Refusal, match="已有结果：已接收"):
        take_back(by=school.office, hand_off=made, at=NOW)
    assert HandOffAnswered.objects.count() == 1
    assert JournalEntry.objects.filter(act="ANSWER_HAND_OFF").count() == 1


def test_for_a_receiver_outside_the_county_records_the_number_of_its_letter(school: School) -> None:
    made = offered(school, elsewhere="邻省某县教育局")
    with pytest.raises(Refusal, match="由县教育局登记"):
        answer_hand_off(by=school.office, hand_off=made, outcome=CONFIRMED, number="1号", at=NOW)
    with pytest.raises(Refusal, match="文号"):
        answer_hand_off(by=school.bureau, hand_off=made, outcome=CONFIRMED, at=NOW)
    answered = answer_hand_off(
        by=school.bureau, hand_off=made, outcome=CONFIRMED, number="某教函〔2025〕8号", at=NOW
    )
    assert answered.number == "某教函〔2025〕8号"


@pytest.mark.parametrize("what", ["both", "none", "itself", "village"])
def test_a_hand_off_names_one_receiver_that_can_be_one(school: School, other: Place, what: str) -> None:
    village = a_place(PlaceKind.VILLAGE, "山口村", other.parent)
    to = {
        "both": {"to_place": other, "elsewhere": "外县"},
        "none": {},
        "itself": {"to_place": school.place},
        "village": {"to_place": village},
    }[what]
    with pytest.raises(Refusal):
        offered(school, **to)


def test_a_second_offer_waits_for_the_answer_to_the_first(school: School, other: Place) -> None:
    offered(school, to_place=other)
    with pytest.raises(Refusal, match="等答复"):
        offered(school, elsewhere="外县")


def test_ten_working_days_are_given_to_answer(school: School, other: Place) -> None:
    due = answer_due(offered(school, to_place=other))
    assert due is not None
    assert due.date() == date(2025, 9, 24)
