"""A pupil written down by hand, completed later, and two records of one child made one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders_db import School, a_person, a_place, a_pupil, a_school, at, day

from notoneless.core.enrolment import RULES
from notoneless.core.terms import (
    ChangeKind,
    ChangeStep,
    HouseholdRegister,
    KeyGroup,
    Paper,
    PlaceKind,
    Post,
    Quadrant,
    Sex,
    Stage,
)
from notoneless.exchange.identity import check_digit
from notoneless.records.models import (
    Case,
    Child,
    Enrolment,
    Guardian,
    InKeyGroup,
    JournalEntry,
    Obligation,
    OnRoll,
    Place,
    Residence,
    SameChild,
)
from notoneless.records.scopes import during
from notoneless.services.case_never_enrolled import find_never_enrolled
from notoneless.services.change_standing import last_step
from notoneless.services.child_record import Known
from notoneless.services.completing import as_written, complete
from notoneless.services.enrolment_changes import ask_change, take_step
from notoneless.services.entering import enter_pupil
from notoneless.services.on_roll import quadrants
from notoneless.services.refusals import Refusal
from notoneless.services.same_child import merge, stays_of

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 12:00")
LATER = at("2025-09-11 12:00")
ON = day("09-10")


def number(born: str = "20160304", order: str = "001") -> str:
    first = f"000000{born}{order}"
    return first + check_digit(first)


class Here:
    """Two schools of a county with an enrolment officer each."""

    def __init__(self) -> None:
        self.school: School = a_school(2)
        self.other: School = a_school(1, name="石桥完小", pack="")
        self.officer = a_person("学籍员甲", Post.ENROLMENT_OFFICER, self.school.place)
        self.far_officer = a_person("学籍员乙", Post.ENROLMENT_OFFICER, self.other.place)

    def enter(self, known: Known | None = None, **more: Any) -> Child:
        given = {"class_group": self.school.class_group, "from_day": ON, "at": NOW, **more}
        return enter_pupil(by=self.officer, known=known or Known("石小满"), **given)


@pytest.fixture
def here(db: None) -> Here:
    return Here()


def roll(child: Child) -> str:
    row = OnRoll.objects.filter(during(day("09-12")), child=child).select_related("school").first()
    return "" if row is None else (row.school.name if row.school else row.elsewhere)


# By hand.


def test_a_pupil_without_any_number_is_entered_and_called(here: Here) -> None:
    child = here.enter(on_our_roll=False)
    assert (child.enrolment_no, child.identity_index, child.household) == (
        None,
        None,
        HouseholdRegister.UNKNOWN,
    )
    assert Enrolment.objects.get(child=child).class_group == here.school.class_group
    schools = Place.objects.filter(pk=here.school.place.pk)
    assert child in quadrants(schools, ON)[Quadrant.ATTENDING_OFF_ROLL]


def test_the_same_form_twice_is_one_pupil(here: Here) -> None:
    assert here.enter(key="k") == here.enter(key="k")
    assert Enrolment.objects.filter(child__name="石小满").count() == 1


def test_a_known_number_is_refused_and_the_same_name_asked_about(here: Here) -> None:
    here.enter(Known("石小满", enrolment_no="G000000201603040011"))
    with pytest.raises(Refusal, match="已有记录"):
        here.enter(Known("石大满", enrolment_no="G000000201603040011"))
    with pytest.raises(Refusal, match="姓名相同"):
        here.enter()
    assert here.enter(anyway=True)


def test_nobody_enters_pupils_into_another_school(here: Here) -> None:
    with pytest.raises(Refusal):
        here.enter(class_group=here.other.class_group)


def test_a_guest_pupil_comes_onto_our_roll_by_a_letter_of_its_school(here: Here) -> None:
    child = here.enter(roll_at="外县第一小学")
    assert roll(child) == "外县第一小学"
    change = ask_change(
        by=here.officer,
        child=child,
        kind=ChangeKind.TRANSFER_IN,
        receiver=here.school.place,
        from_day=ON,
        papers=RULES[ChangeKind.TRANSFER_IN].papers,
        at=NOW,
    )
    with pytest.raises(Refusal, match="外县第一小学"):
        take_step(by=here.officer, change=change, at=NOW)
    take_step(by=here.officer, change=change, at=NOW, papers=[Paper.SENDER_LETTER])
    take_step(by=here.officer, change=change, at=LATER, class_group=here.school.class_group)
    assert (last_step(change), roll(child)) == (ChangeStep.DONE, "云岭完小")


def test_whoever_is_on_our_roll_is_not_transferred_to_us(here: Here) -> None:
    child = here.enter()
    with pytest.raises(Refusal, match="校内换班"):
        ask_change(
            by=here.officer,
            child=child,
            kind=ChangeKind.TRANSFER_IN,
            receiver=here.school.place,
            from_day=ON,
            papers=RULES[ChangeKind.TRANSFER_IN].papers,
            at=NOW,
        )


@pytest.mark.parametrize("word", ["退学", "开除", "取消学籍", "自动离校", "劝退"])
def test_leaving_is_refused_in_whatever_field_it_is_written(here: Here, word: str) -> None:
    child = here.school.pupils[0]
    given = {"by": here.officer, "child": child, "kind": ChangeKind.TRANSFER_OUT, "from_day": ON, "at": NOW}
    papers = RULES[ChangeKind.TRANSFER_OUT].papers
    for more in ({"reason": word, "elsewhere": "外校"}, {"elsewhere": f"{word}在家"}):
        with pytest.raises(Refusal, match="不办理退学"):
            ask_change(**given, papers=papers, **more)  # type: ignore[arg-type]
    change = ask_change(**given, papers=papers, elsewhere="外校")  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="不办理退学"):
        take_step(by=here.officer, change=change, at=NOW, note=f"按{word}办")


# Completed later.


def test_what_was_not_known_is_filled_in_and_journalled_without_its_words(here: Here) -> None:
    child = here.enter(on_our_roll=False)
    values = {
        **as_written(child),
        "birth_on": "2016-03-04",
        "enrolment_no": "g000000201603040011",
        "sex": "MALE",
    }
    changed = complete(
        by=here.officer, child=child, values=values, before=as_written(child), identity_no=number(), at=NOW
    )
    assert set(changed) == {"birth_on", "sex", "enrolment_no", "identity_no"}
    child.refresh_from_db()
    assert (child.sex, child.enrolment_no, child.identity_no()) == (Sex.MALE, "G000000201603040011", number())
    assert roll(child) == "云岭完小"
    entry = JournalEntry.objects.get(act="COMPLETE_CHILD")
    assert "2016" not in str(entry.body)


def test_two_who_write_different_columns_lose_nothing(here: Here) -> None:
    child = here.school.pupils[0]
    before = as_written(child)
    complete(by=here.officer, child=child, values={**before, "sex": "FEMALE"}, before=before, at=NOW)
    complete(
        by=here.school.office, child=child, values={**before, "birth_on": "2016-01-01"}, before=before, at=NOW
    )
    child.refresh_from_db()
    assert (child.sex, child.birth_on) == (Sex.FEMALE, date(2016, 1, 1))


def test_two_who_write_the_same_column_see_both(here: Here) -> None:
    child = here.school.pupils[0]
    before = as_written(child)
    complete(by=here.officer, child=child, values={**before, "birth_on": "2016-01-02"}, before=before, at=NOW)
    with pytest.raises(Refusal, match=r"2016-01-02.*2016-01-01"):
        complete(
            by=here.school.office,
            child=child,
            values={**before, "birth_on": "2016-01-01"},
            before=before,
            at=NOW,
        )


def test_an_identity_number_is_for_whoever_is_shown_them_and_for_one_child(here: Here) -> None:
    one, two = here.school.pupils
    for child, by, why in ((one, here.school.office, "学籍管理员"), (two, here.officer, "合并重复记录")):
        stands = as_written(child)
        with pytest.raises(Refusal, match=why):
            complete(by=by, child=child, values=stands, before=stands, identity_no=number(), at=NOW)
        stands = as_written(one)
        complete(by=here.officer, child=one, values=stands, before=stands, identity_no=number(), at=NOW)


# Two records of one child.


def test_two_enrolment_numbers_are_put_right_before_two_records_become_one(here: Here) -> None:
    stays = here.enter(Known("石小满", enrolment_no="G000000201603040011"))
    goes = here.enter(Known("石小曼", enrolment_no="G000000201603040038"))
    with pytest.raises(Refusal, match="学籍号不同"):
        merge(by=here.officer, goes=goes, stays=stays, why="问过家长，同一人", at=NOW)
    goes.refresh_from_db()
    assert goes.enrolment_no == "G000000201603040038"


def test_what_the_record_that_stays_lacks_comes_from_the_other(here: Here) -> None:
    stays, goes = (
        here.school.pupils[0],
        here.enter(Known("另写名", identity_no=number(), guardian_name="祖母甲")),
    )
    village = a_place(PlaceKind.VILLAGE, "云岭村", here.school.township)
    Residence.objects.create(child=goes, place=village, from_day=ON)
    InKeyGroup.objects.create(child=goes, group=KeyGroup.ORPHAN, from_day=ON, recorded_at=NOW)
    merge(by=here.officer, goes=goes, stays=stays, why="问过家长，同一人", at=NOW)
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (stays.identity_no(), goes.identity_index, goes.enrolment_no) == (number(), None, None)
    assert stays.name == here.school.pupils[0].name
    assert Guardian.objects.get(child=stays).name == "祖母甲"
    assert Residence.objects.get(child=stays, until=None).place == village
    assert InKeyGroup.objects.get(child=stays, until=None).group is KeyGroup.ORPHAN
    assert not Enrolment.objects.filter(during(day("09-12")), child=goes).exists()
    assert roll(stays) == "云岭完小"
    for which in quadrants(Place.objects.filter(kind=PlaceKind.SCHOOL), day("09-12")).values():
        assert goes not in which


def test_made_one_twice_it_is_one_and_a_record_that_went_stays_gone(here: Here) -> None:
    stays, goes = here.school.pupils[0], here.enter()
    first = merge(by=here.officer, goes=goes, stays=stays, why="同一人", at=NOW)
    assert merge(by=here.officer, goes=goes, stays=stays, why="同一人", at=LATER) == first
    assert SameChild.objects.count() == 1
    with pytest.raises(Refusal, match="已经并入"):
        merge(by=here.officer, goes=here.school.pupils[1], stays=goes, why="同一人", at=LATER)
    here.enter(anyway=True)  # the name of a record that went asks nothing any more


def test_a_case_does_not_vanish_by_making_one_record_of_two(here: Here) -> None:
    here.school.calls("09-08 A", "09-09 A", "09-10 A")
    away, fresh = here.school.pupils[0], here.enter()
    assert stays_of(fresh, away, ON) == stays_of(away, fresh, ON) == (fresh, away)
    with pytest.raises(Refusal, match="有在办个案"):
        merge(by=here.officer, goes=away, stays=fresh, why="同一人", at=NOW)
    owed = Obligation.objects.filter(child=away, state__in=("OPEN", "OVERDUE")).count()
    merge(by=here.officer, goes=fresh, stays=away, why="同一人", at=NOW)
    assert Obligation.objects.filter(child=away, state__in=("OPEN", "OVERDUE")).count() == owed > 0


def test_a_child_thought_never_enrolled_that_sits_in_a_class_is_followed_up_no_more(here: Here) -> None:
    bureau = here.school.bureau
    goes = find_never_enrolled(
        by=bureau, known=Known("石小满"), school=here.other.place, found_at=NOW, at=NOW
    )
    stays = here.school.pupils[0]
    assert stays_of(stays, goes, ON) == (goes, stays)
    merge(by=bureau, goes=goes, stays=stays, why="学校核实在读", at=LATER)
    assert Case.objects.get(child=goes).stage is Stage.ATTENDING
    states = Obligation.objects.filter(child=goes).values_list("state", "withdrawn_why")
    assert {state for state, _ in states} == {"WITHDRAWN"}
    assert all("并入" in why for _, why in states)


def test_who_is_told_apart_by_numbers_or_lies_beyond_ones_school_is_not_made_one(here: Here) -> None:
    one, two = here.school.pupils
    for child, order in ((one, "001"), (two, "003")):
        child.keep_identity_no(number(order=order))
        child.save()
    with pytest.raises(Refusal, match="身份证件号不同"):
        merge(by=here.officer, goes=one, stays=two, why="同一人", at=NOW)
    far = here.other.pupils[0]
    with pytest.raises(Refusal, match="县教育局"):
        merge(by=here.officer, goes=one, stays=far, why="同一人", at=NOW)
    assert merge(by=here.school.bureau, goes=far, stays=one, why="两校核实", at=NOW)


def test_a_class_is_given_to_the_record_that_has_none(here: Here) -> None:
    listed = Child.objects.create(name="空挂儿", enrolment_no="G000000201603040011")
    OnRoll.objects.create(child=listed, school=here.school.place, from_day=day("09-01"))
    sits = here.enter(Known("空挂儿"), on_our_roll=False)
    goes, stays = stays_of(listed, sits, ON)
    merge(by=here.officer, goes=goes, stays=stays, why="同一人", at=NOW)
    stays.refresh_from_db()
    assert (stays, stays.enrolment_no, roll(stays)) == (sits, "G000000201603040011", "云岭完小")


def test_what_is_under_way_is_settled_first(here: Here) -> None:
    one, two = here.school.pupils
    ask_change(
        by=here.officer,
        child=one,
        kind=ChangeKind.DEATH,
        from_day=ON,
        papers=RULES[ChangeKind.DEATH].papers,
        at=NOW,
    )
    with pytest.raises(Refusal, match="没办结"):
        merge(by=here.officer, goes=two, stays=one, why="同一人", at=NOW)


def test_a_pupil_of_two_classes_keeps_the_facts_in_either_record(here: Here) -> None:
    here.school.calls("09-08 A", "09-09")
    away = here.school.pupils[0]
    merge(by=here.officer, goes=a_pupil("又一条", here.school.class_group), stays=away, why="同一人", at=NOW)
    assert away.marks.count() == 1
