"""A small world in which every post has its spot and every child stands in another relation to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from builders import at
from builders_db import SHANSHU, TERM_START, a_place

from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    EventKind,
    KeyGroup,
    PlaceKind,
    Post,
)
from notoneless.records.access import Scope
from notoneless.records.models import (
    Assigned,
    Boarding,
    Case,
    Child,
    ClassGroup,
    Enrolment,
    Guardian,
    InKeyGroup,
    LeaveGranted,
    Obligation,
    PackAdopted,
    Person,
    Place,
    PostHeld,
    Residence,
    RollCall,
)
from notoneless.services import casework, roll_calls
from notoneless.services.due import tick
from notoneless.services.roll_calls import MarkGiven

MORNING = "2025-09-08 08:05"
LATER = "2025-09-08 10:30"
# Near and far, seen from the first class: itself, another grade of the school, another school of the central
# school, another township, another county.
NEAR, GRADE, SCHOOL, TOWNSHIP, COUNTY = range(5)
ALL = (NEAR, GRADE, SCHOOL, TOWNSHIP, COUNTY)
NAMES = ("甲近儿", "乙级儿", "丙校儿", "丁镇儿", "戊县儿")
IDENTITY = "0000002016010100{}X"


@dataclass
class Target:
    """One class with one child that is away, and all that was recorded about it."""

    no: int
    school: Place
    class_group: ClassGroup
    child: Child
    teacher: Person
    roll_call: RollCall
    other_call: RollCall
    case: Case
    obligation: Obligation
    leave: LeaveGranted
    guardian: Guardian
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def canaries(self) -> dict[str, str]:
        """Words that stand in the data of this child alone, by what they give away."""
        return {
            "name": NAMES[self.no],
            "identity": IDENTITY.format(self.no),
            "phone": f"000-770000{self.no}",
            "guardian": f"监护{NAMES[self.no]}",
            "hardship": f"困难金丝雀{self.no}",
            "health": f"健康金丝雀{self.no}",
            "private": f"私密金丝雀{self.no}",
            "reporter": f"举报人金丝雀{self.no}",
        }


@dataclass
class World:
    """The places of the first class, and the five targets."""

    province: Place
    county: Place
    township: Place
    central: Place
    village: Place
    grade: Place
    house: Place
    targets: list[Target]

    @property
    def school(self) -> Place:
        """The school of the first class."""
        return self.targets[NEAR].school


def spot_of(world: World, post: Post) -> dict[str, Any]:
    """Where this post is held when it is held near the first class."""
    near = world.targets[NEAR]
    spots: dict[Post, Any] = {
        **dict.fromkeys(
            (
                Post.CLASS_TEACHER,
                Post.SUBJECT_TEACHER,
                Post.ROLL_CALL_TAKER,
                Post.ASSIGNED_TEACHER,
                Post.VISITING_TEACHER,
            ),
            near.class_group,
        ),
        Post.GRADE_HEAD: world.grade,
        Post.HOUSE_PARENT: world.house,
        Post.CENTRAL_SCHOOL: world.central,
        Post.TOWNSHIP: world.township,
        Post.VILLAGE_COMMITTEE: world.village,
        Post.VILLAGE_CADRE: world.village,
        **dict.fromkeys((Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE), world.county),
        **dict.fromkeys((Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER), world.county),
        **dict.fromkeys((Post.CITY_BUREAU, Post.PROVINCE, Post.MINISTRY), world.province),
    }
    where = spots.get(post, world.school)
    return {"class_group": where} if isinstance(where, ClassGroup) else {"place": where}


# How far each scope reaches from those spots: an oracle that knows nothing of how the product finds rows.
WITHIN_PLACE = {
    "school": {NEAR, GRADE},
    "central": {NEAR, GRADE, SCHOOL},
    "township": {NEAR, GRADE, SCHOOL},
    "county": {NEAR, GRADE, SCHOOL, TOWNSHIP},
    "province": {NEAR, GRADE, SCHOOL, TOWNSHIP, COUNTY},
}
SPOT_NAMES = {
    Post.CENTRAL_SCHOOL: "central",
    Post.TOWNSHIP: "township",
    **dict.fromkeys((Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE), "county"),
    **dict.fromkeys((Post.SYSTEM_OFFICER, Post.SECURITY_OFFICER, Post.AUDIT_OFFICER), "county"),
    **dict.fromkeys((Post.CITY_BUREAU, Post.PROVINCE, Post.MINISTRY), "province"),
}


def reached(post: Post, scope: Scope) -> set[int]:
    """Which targets a post held at its spot reaches within a scope; none is assigned to anybody."""
    if scope in (Scope.CLASS, Scope.GRADE, Scope.BOARDERS, Scope.RESIDENTS):
        return {NEAR}
    if scope is Scope.PLACE:
        return WITHIN_PLACE[SPOT_NAMES.get(post, "school")]
    return set()


def a_holder(world: World, post: Post) -> Person:
    """Somebody who holds the post at its spot."""
    person = Person.objects.create(name=f"任{post.en}")
    PostHeld.objects.create(person=person, post=post, held_from=TERM_START, **spot_of(world, post))
    return person


def the_world() -> World:
    """Everything above, with an absence this morning in every class and the worker run at half past ten."""
    province = a_place(PlaceKind.PROVINCE, "示范省")
    county = a_place(PlaceKind.COUNTY, "示范县", province)
    township = a_place(PlaceKind.TOWNSHIP, "云岭镇", county)
    central = a_place(PlaceKind.CENTRAL_SCHOOL, "云岭中心校", township)
    near = a_place(PlaceKind.SCHOOL, "云岭完小", central)
    schools = [
        near,
        near,
        a_place(PlaceKind.SCHOOL, "石门完小", central),
        a_place(PlaceKind.SCHOOL, "松坪完小", a_place(PlaceKind.TOWNSHIP, "松坪镇", county)),
        a_place(PlaceKind.SCHOOL, "外县完小", _town_of_other_county(province)),
    ]
    grade = a_place(PlaceKind.GRADE, "云岭完小三年级", near)
    Place.objects.filter(pk=grade.pk).update(grade=3)
    grade.refresh_from_db()
    house = a_place(PlaceKind.BOARDING_HOUSE, "云岭完小一号宿舍", near)
    village = a_place(PlaceKind.VILLAGE, "云岭村", township)
    targets = list(_targets(schools))
    Residence.objects.create(child=targets[NEAR].child, place=village, from_day=TERM_START)
    Boarding.objects.create(child=targets[NEAR].child, house=house, from_day=TERM_START)
    tick(now=at(LATER))
    return World(province, county, township, central, village, grade, house, targets)


def _town_of_other_county(province: Place) -> Place:
    return a_place(PlaceKind.TOWNSHIP, "外县镇", a_place(PlaceKind.COUNTY, "外县", province))


def _targets(schools: list[Place]) -> Iterator[Target]:
    for no, school in enumerate(schools):
        if not PackAdopted.objects.filter(place=school).exists():
            PackAdopted.objects.create(
                place=school,
                pack_id=SHANSHU,
                pack_version="",
                from_day=TERM_START,
                adopted_at=at(f"{TERM_START} 00:00"),
            )
        number = 3 + (no == GRADE)
        group = ClassGroup.objects.create(
            school=school, grade=number, name=f"{'三四'[number - 3]}年级1班", school_year="2025-2026"
        )
        yield _target(no, school, group)


def _target(no: int, school: Place, group: ClassGroup) -> Target:
    child = _child(no, group)
    teacher = Person.objects.create(name=f"班主任{no}")
    PostHeld.objects.create(person=teacher, post=Post.CLASS_TEACHER, class_group=group, held_from=TERM_START)
    colleague = Person.objects.create(name=f"科任{no}")
    PostHeld.objects.create(
        person=colleague, post=Post.SUBJECT_TEACHER, class_group=group, held_from=TERM_START
    )
    calls = [_called(group, child, by, f"{no}/{by.pk}") for by in (teacher, colleague)]
    moment = at("2025-09-08 09:00")
    leave = roll_calls.grant_leave(
        by=teacher,
        child=child,
        from_day=date(2025, 9, 15),
        until=date(2025, 9, 17),
        reason=AbsenceReason.PERSONAL,
        granted_at=moment,
        at=moment,
    )
    _said(no, child, teacher)
    return Target(
        no,
        school,
        group,
        child,
        teacher,
        *calls,
        Case.objects.get(child=child),
        Obligation.objects.filter(child=child).order_by("due_at", "key")[0],
        leave,
        Guardian.objects.get(child=child),
    )


def _child(no: int, group: ClassGroup) -> Child:
    child = Child(name=NAMES[no], enrolment_no=f"G00000000000000{no}")
    child.keep_identity_no(IDENTITY.format(no))
    child.save()
    Enrolment.objects.create(child=child, class_group=group, from_day=TERM_START)
    Guardian.objects.create(child=child, name=f"监护{NAMES[no]}", relation="祖母", phone=f"000-770000{no}")
    groups = ((KeyGroup.LOW_INCOME, f"困难金丝雀{no}"), (KeyGroup.DISABLED, f"健康金丝雀{no}"))
    for group_kind, note in groups:
        InKeyGroup.objects.create(
            child=child, group=group_kind, from_day=TERM_START, note=note, recorded_at=at(MORNING)
        )
    return child


def _called(group: ClassGroup, child: Child, by: Person, key: str) -> RollCall:
    marks = [MarkGiven(child.pk, AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED)]
    moment = at(MORNING)
    roll_calls.take(
        by=by,
        class_group=group,
        day=moment.date(),
        session="MORNING",
        marks=marks,
        taken_at=moment,
        at=moment,
        key=key,
    )
    return RollCall.objects.get(key=key)


def _said(no: int, child: Child, teacher: Person) -> None:
    """A private note, and a case that stands open."""
    moment = at("2025-09-08 09:10")
    casework.record_act(
        by=teacher,
        child=child,
        act=Act.HOME_VISIT,
        happened_at=moment,
        at=moment,
        outcome=ActOutcome.UNREACHABLE,
        note=f"私密金丝雀{no}",
        private=True,
    )
    casework.record_event(
        by=teacher, child=child, kind=EventKind.SIGNS_OF_LEAVING, happened_at=moment, at=moment
    )


def assign(world: World, person: Person, target: int, post: Post = Post.VILLAGE_CADRE) -> None:
    """Make the person answer for one child by name."""
    Assigned.objects.create(
        child=world.targets[target].child,
        person=person,
        post=post,
        from_day=TERM_START,
        recorded_at=at(MORNING),
    )
