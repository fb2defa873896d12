"""A county, a school, a class of made-up children and the people who answer for them, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from builders import at, day

from notoneless.core.terms import AbsenceReason, AttendanceStatus, PlaceKind, Post
from notoneless.records.models import (
    Child,
    ClassGroup,
    Enrolment,
    Obligation,
    PackAdopted,
    Person,
    Place,
    PostHeld,
)
from notoneless.services import roll_calls
from notoneless.services.receipts import Receipt
from notoneless.services.roll_calls import MarkGiven

TERM_START = date(2025, 9, 1)
SHANSHU = "seeds/shanshu-2014"
TOWNSHIP_PACK = "seeds/xxx-township"
NAMES = ["安", "柏", "岑", "丁", "尔", "方", "耿", "何", "伊", "金", "康", "林", "孟", "宁", "欧", "彭"]
STATUSES = {
    "A": AttendanceStatus.ABSENT,
    "L": AttendanceStatus.LEAVE,
    "T": AttendanceStatus.LATE,
    "U": AttendanceStatus.UNRECORDED,
    "P": AttendanceStatus.PRESENT,
}


@dataclass
class School:
    """One school with one class; `pupils` in the order of their names."""

    county: Place
    township: Place
    place: Place
    class_group: ClassGroup
    teacher: Person
    office: Person
    principal: Person
    bureau: Person
    pupils: list[Child]

    def roll_call(
        self,
        letters: str = "",
        moment: str = "2025-09-08 08:05",
        *,
        session: str = "MORNING",
        key: str = "",
        by: Person | None = None,
        recorded: str = "",
    ) -> Receipt:
        """The class called: a letter a pupil from the first on, whoever has none is there."""
        taken = at(moment)
        return roll_calls.take(
            by=by or self.teacher,
            class_group=self.class_group,
            day=taken.date(),
            session=session,
            marks=self.marks(letters),
            taken_at=taken,
            at=at(recorded) if recorded else taken,
            key=key or f"{self.class_group.pk}/{moment}/{session}/{(by or self.teacher).pk}",
        )

    def marks(self, letters: str) -> list[MarkGiven]:
        """ "A.L": the first pupil absent, the third on leave."""
        return [
            MarkGiven(self.pupils[i].pk, STATUSES[letter], AbsenceReason.UNEXCUSED if letter == "A" else None)
            for i, letter in enumerate(letters)
            if letter != "."
        ]

    def calls(self, *days: str, at_time: str = "08:05") -> None:
        """Several days' roll calls: "09-08 A.", "09-09"."""
        for each in days:
            on, _, letters = each.partition(" ")
            self.roll_call(letters.strip(), f"2025-{on} {at_time}")

    def owed(self, pupil: int | None = None) -> list[Obligation]:
        """The obligations of one pupil, or of all; those first due first."""
        rows = Obligation.objects.order_by("due_at", "key")
        return list(rows if pupil is None else rows.filter(child=self.pupils[pupil]))

    def states(self, pupil: int | None = None) -> list[str]:
        """ "REPORT OPEN" for each obligation."""
        return [f"{o.act} {o.state}" for o in self.owed(pupil)]


def a_school(
    pupils: int = 4,
    *,
    pack: str = SHANSHU,
    county: str = "示范县",
    name: str = "云岭完小",
    since: date = TERM_START,
) -> School:
    """A school in a township in a county that has adopted `pack`, with one class."""
    county_place = a_place(PlaceKind.COUNTY, county)
    township = a_place(PlaceKind.TOWNSHIP, f"{name}镇", county_place)
    place = a_place(PlaceKind.SCHOOL, name, township)
    if pack:
        PackAdopted.objects.create(
            place=place, pack_id=pack, pack_version="", from_day=since, adopted_at=at(f"{since} 00:00")
        )
    class_group = a_class(place)
    return School(
        county_place,
        township,
        place,
        class_group,
        a_person("白老师", Post.CLASS_TEACHER, class_group),
        a_person("教导主任", Post.SCHOOL_OFFICE, place),
        a_person("校长", Post.PRINCIPAL, place),
        a_person("县局", Post.COUNTY_BUREAU, county_place),
        [a_pupil(f"{NAMES[i % len(NAMES)]}小{i + 1}", class_group, since) for i in range(pupils)],
    )


def a_place(kind: PlaceKind, name: str, parent: Place | None = None) -> Place:
    """A place; its code is its name."""
    return Place.objects.get_or_create(kind=kind, name=name, code=name, defaults={"parent": parent})[0]


def a_class(school: Place, name: str = "三年级2班", year: str = "2025-2026") -> ClassGroup:
    """A class of a school."""
    return ClassGroup.objects.create(school=school, grade=3, name=name, school_year=year)


def a_person(name: str, post: Post, where: ClassGroup | Place, since: date = TERM_START) -> Person:
    """Somebody who holds a post in a class or at a place."""
    person = Person.objects.create(name=name)
    spot: dict[str, Any] = {"class_group": where} if isinstance(where, ClassGroup) else {"place": where}
    PostHeld.objects.create(person=person, post=post, held_from=since, **spot)
    return person


def a_pupil(name: str, class_group: ClassGroup, since: date = TERM_START, **more: Any) -> Child:
    """A made-up child, enrolled in a class."""
    child = Child.objects.create(name=name, **more)
    Enrolment.objects.create(child=child, class_group=class_group, from_day=since)
    return child


__all__: Sequence[str] = [
    "SHANSHU",
    "TERM_START",
    "TOWNSHIP_PACK",
    "UUID",
    "School",
    "a_class",
    "a_person",
    "a_place",
    "a_pupil",
    "a_school",
    "at",
    "datetime",
    "day",
]
