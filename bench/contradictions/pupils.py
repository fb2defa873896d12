"""Errors of classes, rolls, changes, routes and of who a child is, as raw rows that no act would write."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from bench.contradictions.ground import Ground, Subject, error
from notoneless.core.terms import ChangeKind, ChangeStep, KeyGroup, PlaceKind, RouteKind
from notoneless.records.models import (
    AttendanceMark,
    Boarding,
    Child,
    ClassGroup,
    Enrolment,
    Guardian,
    InKeyGroup,
    OnRoll,
    Place,
    SpecialRoute,
)

_K, _S = ChangeKind, ChangeStep
DONE = (
    (_S.ASKED, 30),
    (_S.SCHOOL_AGREED, 28),
    (_S.RECEIVER_CONFIRMED, 26),
    (_S.BUREAU_AGREED, 25),
    (_S.DONE, 24),
)


@error("TWO_CLASSES")
def two_classes(g: Ground) -> Subject:
    p = g.pupil()
    Enrolment.objects.create(
        child_id=p.id, class_group=g.other_class(p), from_day=g.day(20), until=g.today + timedelta(days=30)
    )
    return p.id


@error("TWO_ROLLS")
def two_rolls(g: Ground) -> Subject:
    p = g.pupil()
    OnRoll.objects.create(child_id=p.id, school=g.other_school(p), from_day=g.day(20), until=g.day(2))
    return p.id


@error("ROLL_ELSEWHERE")
def roll_elsewhere(g: Ground) -> Subject:
    p = g.pupil()
    OnRoll.objects.filter(child_id=p.id).update(school=g.other_school(p))
    return p.id


@error("GUEST_ON_ROLL")
def guest_on_roll(g: Ground) -> Subject:
    p = g.pupil()
    Enrolment.objects.filter(pk=p.stay.pk).update(reason="借读一年")
    return p.id


@error("ON_ROLL_NOWHERE")
def on_roll_nowhere(g: Ground) -> Subject:
    p = g.pupil()
    g.leave_class(p, 5)
    return p.id


@error("PAST_YEAR_CLASS")
def past_year_class(g: Ground) -> Subject:
    p = g.pupil()
    old, _ = ClassGroup.objects.get_or_create(
        school=p.school, grade=p.group.grade, name=p.group.name, school_year="2025-2026"
    )
    Enrolment.objects.filter(pk=p.stay.pk).update(class_group=old)
    return p.id


@error("CLASS_NAME_GRADE")
def class_name_grade(g: Ground) -> Subject:
    p = g.pupil()
    grade = p.group.grade % 9 + 1
    wrong = ClassGroup.objects.create(
        school=p.school, grade=grade, name=f"{p.group.name}甲{g.count}", school_year=p.group.school_year
    )
    Enrolment.objects.filter(pk=p.stay.pk).update(class_group=wrong)
    return wrong.pk


@error("SAME_NUMBER")
def same_number(g: Ground) -> Subject:
    p, q = g.pupil(), g.pupil()
    Child.objects.filter(pk=p.id).update(enrolment_no=f"G99{g.count:08d}x")
    Child.objects.filter(pk=q.id).update(enrolment_no=f"j 99{g.count:08d}X")
    return max(p.id, q.id, key=str)


@error("SAME_CHILD")
def same_child(g: Ground) -> Subject:
    p = g.pupil()
    child = Child.objects.get(pk=p.id)
    phone = Guardian.objects.filter(child=child).exclude(phone="").values_list("phone", flat=True)[0]
    twin = Child.objects.create(name=child.name, sex=child.sex, birth_on=child.birth_on)
    Guardian.objects.create(child=twin, name="另一份", phone=phone)
    return max(child.pk, twin.pk, key=str)


@error("SHARED_PHONE")
def shared_phone(g: Ground) -> Subject:
    those = [g.pupil().id for _ in range(10)]
    phone = f"000-9{g.count:06d}"
    for child in those:
        Guardian.objects.filter(child=child).update(phone=phone)
    return min(those, key=str)


@error("NO_SEX")
def no_sex(g: Ground) -> Subject:
    p = g.pupil()
    Child.objects.filter(pk=p.id).update(sex="")
    return p.id


@error("NO_BIRTH")
def no_birth(g: Ground) -> Subject:
    p = g.pupil()
    Child.objects.filter(pk=p.id).update(birth_on=None)
    return p.id


@error("BORN_AFTER")
def born_after(g: Ground) -> Subject:
    p = g.pupil()
    Child.objects.filter(pk=p.id).update(birth_on=g.day(3))
    return p.id


@error("AGE_GRADE")
def age_grade(g: Ground) -> Subject:
    p = g.pupil()
    Child.objects.filter(pk=p.id).update(birth_on=date(g.today.year - p.group.grade - 12, 3, 1))
    return p.id


# Changes.


@error("IN_CLASS_AFTER_DEATH")
def after_death(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.DEATH, 30, steps=DONE)
    return p.id


@error("IN_CLASS_AFTER_ABROAD")
def after_abroad(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.MOVED_ABROAD, 30, steps=DONE)
    return p.id


@error("IN_CLASS_AFTER_GRADUATION")
def after_graduation(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.GRADUATION, 30, steps=DONE)
    return p.id


@error("IN_CLASS_AFTER_TRANSFER")
def after_transfer(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.TRANSFER_OUT, 30, steps=DONE)
    return p.id


@error("ROLL_AFTER_TRANSFER")
def roll_after_transfer(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.TRANSFER_IN, 30, steps=DONE)
    g.leave_class(p, 23)
    Enrolment.objects.create(child_id=p.id, class_group=g.other_class(p), from_day=g.day(23))
    return p.id


@error("IN_CLASS_WHILE_SUSPENDED")
def in_class_while_suspended(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.SUSPENSION, 30, until=g.today + timedelta(days=90), steps=DONE)
    return p.id


@error("MARKED_WHILE_SUSPENDED")
def marked_while_suspended(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.SUSPENSION, 30, until=g.today + timedelta(days=90), steps=DONE)
    call = g.calls(p, 2)[1]
    g.leave_class(p, 24)
    AttendanceMark.objects.create(
        child_id=p.id,
        day=call.day,
        session=call.session,
        status="ABSENT",
        at=call.taken_at,
        recorded_at=g.now,
    )
    return p.id


@error("PRESENT_AFTER_LEAVING")
def present_after_leaving(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.MOVED_ABROAD, 30, steps=DONE)
    g.leave_class(p, 23)
    OnRoll.objects.filter(child_id=p.id).update(until=g.day(23))
    call = g.calls(p, 2)[1]
    AttendanceMark.objects.create(
        roll_call=call,
        child_id=p.id,
        day=call.day,
        session=call.session,
        status="LATE",
        at=call.taken_at,
        recorded_at=g.now,
    )
    return p.id


@error("TRANSFER_UNRECEIVED")
def transfer_unreceived(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.TRANSFER_OUT, 30, steps=((_S.ASKED, 40), (_S.SCHOOL_AGREED, 38)))
    return p.id


@error("TRANSFER_DONE_UNRECEIVED")
def transfer_done_unreceived(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.TRANSFER_OUT, 30, steps=((_S.ASKED, 40), (_S.SCHOOL_AGREED, 38), (_S.DONE, 36)))
    g.leave_class(p, 30)
    OnRoll.objects.filter(child_id=p.id).update(until=g.day(30))
    return p.id


@error("SUSPENSION_OVER")
def suspension_over(g: Ground) -> Subject:
    p = g.pupil()
    g.change(
        p, _K.SUSPENSION, 60, until=g.day(10), steps=((_S.ASKED, 70), (_S.SCHOOL_AGREED, 69), (_S.DONE, 66))
    )
    g.leave_class(p, 60)
    return p.id


@error("TWO_CHANGES")
def two_changes(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.TRANSFER_OUT, -5, steps=((_S.ASKED, 2),))
    g.change(p, _K.SUSPENSION, -5, until=g.today + timedelta(days=99), steps=((_S.ASKED, 1),))
    return p.id


@error("STEPS_OUT_OF_ORDER")
def steps_out_of_order(g: Ground) -> Subject:
    p = g.pupil()
    g.change(
        p, _K.SUSPENSION, -5, until=g.today + timedelta(days=99), steps=((_S.ASKED, 2), (_S.SCHOOL_AGREED, 6))
    )
    return p.id


@error("RESUMED_NOT_AWAY")
def resumed_not_away(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, _K.RESUMPTION, 20, steps=((_S.ASKED, 25), (_S.SCHOOL_AGREED, 24), (_S.DONE, 24)))
    return p.id


# Routes, key groups, beds.


def route(g: Ground, child: UUID, school: Place, kind: RouteKind, **more: object) -> SpecialRoute:
    """A route approved for thirty days now."""
    told = {"from_day": g.day(30), "approved_by": "县教育局", "paper": "示教〔2026〕7号", **more}
    return SpecialRoute.objects.create(
        child_id=child, kind=kind, school=school, by=g.bureau, recorded_at=g.at(30), **told
    )


@error("HOME_TUITION_IN_CLASS")
def home_tuition_in_class(g: Ground) -> Subject:
    p = g.pupil()
    route(g, p.id, p.school, RouteKind.HOME_TUITION)
    return p.id


@error("OTHER_SCHOOL_IN_CLASS")
def other_school_in_class(g: Ground) -> Subject:
    p = g.pupil()
    route(g, p.id, p.school, RouteKind.SPECIAL_SCHOOL)
    return p.id


@error("DEFERRED_IN_CLASS")
def deferred_in_class(g: Ground) -> Subject:
    p = g.pupil()
    route(g, p.id, p.school, RouteKind.DEFERRED_ENTRY, until=g.today + timedelta(days=200))
    return p.id


@error("ROUTE_WITHOUT_PAPER")
def route_without_paper(g: Ground) -> Subject:
    p = g.pupil()
    route(g, p.id, p.school, RouteKind.INCLUSIVE_PLACEMENT, paper="")
    return p.id


@error("DEFERRAL_OVER")
def deferral_over(g: Ground) -> Subject:
    child = Child.objects.create(name=f"缓儿{g.count}", sex="MALE", birth_on=date(g.today.year - 6, 5, 1))
    route(g, child.pk, g.schools[0], RouteKind.DEFERRED_ENTRY, from_day=g.day(80), until=g.day(10))
    return child.pk


@error("TWO_ROUTES")
def two_routes(g: Ground) -> Subject:
    p = g.pupil()
    g.leave_class(p, 30)
    route(g, p.id, p.school, RouteKind.HOME_TUITION)
    route(g, p.id, p.school, RouteKind.SPECIAL_SCHOOL, from_day=g.day(12))
    return p.id


@error("INCLUSIVE_NO_CLASS")
def inclusive_no_class(g: Ground) -> Subject:
    p = g.pupil()
    g.leave_class(p, 3)
    route(g, p.id, p.school, RouteKind.INCLUSIVE_PLACEMENT)
    return p.id


@error("DISABLED_NOWHERE")
def disabled_nowhere(g: Ground) -> Subject:
    child = Child.objects.create(name=f"待置儿{g.count}", sex="FEMALE", birth_on=date(g.today.year - 9, 5, 1))
    InKeyGroup.objects.create(child=child, group=KeyGroup.DISABLED, from_day=g.day(90), recorded_at=g.at(90))
    return child.pk


@error("LEFT_BEHIND_TWICE")
def left_behind_twice(g: Ground) -> Subject:
    p = g.pupil()
    for group in (KeyGroup.LEFT_BEHIND_ONE, KeyGroup.LEFT_BEHIND_BOTH):
        InKeyGroup.objects.create(child_id=p.id, group=group, from_day=g.day(50), recorded_at=g.at(50))
    return p.id


@error("BED_ELSEWHERE")
def bed_elsewhere(g: Ground) -> Subject:
    p = g.pupil()
    house = Place.objects.create(
        kind=PlaceKind.BOARDING_HOUSE, name="错宿舍", code=f"house{g.count}", parent=g.other_school(p)
    )
    Boarding.objects.create(child_id=p.id, house=house, from_day=g.day(40))
    return p.id
