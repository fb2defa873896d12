"""整班毕业、升学: each child by its own change; whoever cannot go along stays and is named."""

from __future__ import annotations

from typing import Any

import pytest
from builders_db import School, a_class, a_person, a_pupil, a_school, at, day

from notoneless.core.enrolment import RULES
from notoneless.core.terms import ChangeKind, ChangeStep, Post
from notoneless.records.models import ClassGroup, Enrolment, EnrolmentChange, OnRoll
from notoneless.records.scopes import during
from notoneless.services.change_standing import last_step
from notoneless.services.enrolment_changes import ask_change
from notoneless.services.refusals import Refusal
from notoneless.services.together import arriving, confirm_together, leave_together

pytestmark = pytest.mark.django_db
NOW = at("2026-07-20 10:00")


class Leavers:
    """A class of the sixth grade with three pupils, and the school that receives them."""

    def __init__(self, grade: int = 6) -> None:
        self.old: School = a_school(0)
        self.new: School = a_school(0, name="清溪初中", pack="")
        self.group = a_class(self.old.place, "六年级1班")
        ClassGroup.objects.filter(pk=self.group.pk).update(grade=grade)
        self.group.refresh_from_db()
        self.sender = a_person("学籍员甲", Post.ENROLMENT_OFFICER, self.old.place)
        self.next = a_class(self.new.place, "七年级1班")
        ClassGroup.objects.filter(pk=self.next.pk).update(grade=7)
        self.next.refresh_from_db()
        self.receiver = a_person("学籍员乙", Post.ENROLMENT_OFFICER, self.new.place)
        self.pupils = [a_pupil(f"升小{n}", self.group) for n in range(3)]
        for child in self.pupils:
            OnRoll.objects.create(child=child, school=self.old.place, from_day=day("09-01"))

    def leave(self, kind: ChangeKind = ChangeKind.ADVANCEMENT, **more: Any) -> Any:
        given = {"receiver": self.new.place} if kind is ChangeKind.ADVANCEMENT else {}
        given |= {"from_day": NOW.date(), "key": "k", "at": NOW, **more}
        return leave_together(by=self.sender, class_group=self.group, kind=kind, **given)


def test_a_class_goes_on_once_the_next_school_says_so(db: None) -> None:
    leavers = Leavers()
    assert leavers.leave().done == 3
    for child in leavers.pupils:
        assert Enrolment.objects.get(child=child, until=None).class_group == leavers.group
    waiting = arriving(leavers.new.place)
    assert {change.child for change in waiting} == set(leavers.pupils)
    found = confirm_together(
        by=leavers.receiver,
        school=leavers.new.place,
        changes=[change.pk for change in waiting[:2]],
        class_group=leavers.next,
        at=NOW,
    )
    assert (found.done, len(arriving(leavers.new.place))) == (2, 1)
    rolls = OnRoll.objects.filter(during(day("2026-07-21")), child__in=leavers.pupils)
    assert sorted(row.school.name for row in rolls if row.school) == ["云岭完小", "清溪初中", "清溪初中"]


def test_nobody_goes_on_into_a_lower_grade(db: None) -> None:
    leavers = Leavers()
    leavers.leave()
    found = confirm_together(
        by=leavers.receiver,
        school=leavers.new.place,
        changes=[change.pk for change in arriving(leavers.new.place)],
        class_group=leavers.new.class_group,
        at=NOW,
    )
    assert (found.done, {refusal.code for _, refusal in found.left}) == (0, {"WRONG_CLASS"})


def test_the_same_form_twice_asks_once(db: None) -> None:
    leavers = Leavers()
    assert leavers.leave().done == leavers.leave().done == 3
    assert EnrolmentChange.objects.count() == 3


def test_who_cannot_go_along_stays_and_is_named(db: None) -> None:
    leavers = Leavers(grade=9)
    other = ask_change(
        by=leavers.sender,
        child=leavers.pupils[1],
        kind=ChangeKind.DEATH,
        from_day=NOW.date(),
        papers=RULES[ChangeKind.DEATH].papers,
        at=NOW,
    )
    found = leavers.leave(ChangeKind.GRADUATION)
    assert found.done == 2
    assert [(child, refusal.code) for child, refusal in found.left] == [
        (leavers.pupils[1], "CHANGE_UNDER_WAY")
    ]
    assert last_step(other) is ChangeStep.ASKED
    gone = Enrolment.objects.filter(during(day("2026-07-21")), class_group=leavers.group)
    assert [row.child for row in gone] == [leavers.pupils[1]]


def test_nobody_leaves_before_the_year_is_over_nor_from_another_grade(db: None) -> None:
    leavers = Leavers()
    early = leavers.leave(from_day=day("2026-03-01"))
    assert (early.done, {refusal.code for _, refusal in early.left}) == (0, {"NOT_FOR_THIS_CHILD"})
    assert leavers.leave(ChangeKind.GRADUATION).done == 0
    with pytest.raises(Refusal, match="逐人"):
        leavers.leave(ChangeKind.SUSPENSION)
    with pytest.raises(Refusal):
        leave_together(
            by=leavers.receiver,
            class_group=leavers.group,
            kind=ChangeKind.ADVANCEMENT,
            from_day=NOW.date(),
            key="k",
            at=NOW,
        )
