"""Where the children of a merged school sit from the day on: in classes of the other, with their teachers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import PlaceKind
from notoneless.records.models import ClassGroup, Enrolment, OnRoll, Person, Place, PostHeld
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.date_duties import hold_classes
from notoneless.services.on_roll import join_roll, move_stay


def reseat(
    school: Place, into: Place, day: date, *, by: Person, basis: str, at: datetime
) -> Collection[UUID]:
    """Within an act's transaction: every class of `school` goes on in `into` from `day` on; whose children.

    The classes are new ones with the same children and teachers: what was recorded stays with the old.
    """
    if school.kind != PlaceKind.SCHOOL:
        return ()
    stays = _stays(day).filter(class_group__school=school)
    rolled = OnRoll.objects.filter(school=school, until=None)
    children = {*stays.values_list("child_id", flat=True), *rolled.values_list("child_id", flat=True)}
    hold(sorted(children))
    for group in _classes(stays):
        hold_classes([group.pk])
        _carry(group, _made(group, into), day, by, basis, at)
    for row in list(rolled.select_related("child")):
        join_roll(row.child, into, max(day, row.from_day), at)
    body: dict[str, object] = {"place": school.pk, "into": into.pk}
    entry = Entry("MERGE_SCHOOL", "place", str(school.pk), body, by)
    follow_up(sorted(children), as_of=at, entry=entry)
    return children


def _stays(day: date) -> QuerySet[Enrolment]:
    """The stays that hold on the day or begin later."""
    return Enrolment.objects.filter(Q(until=None) | Q(until__gt=day))


def _classes(stays: QuerySet[Enrolment]) -> list[ClassGroup]:
    found = ClassGroup.objects.filter(pk__in=stays.values("class_group"))
    return list(found.select_related("school", "teaching_point").order_by("grade", "name"))


def _made(group: ClassGroup, into: Place) -> ClassGroup:
    """The class in which this one goes on; where its name is taken the old school's is added."""
    there = ClassGroup.objects.filter(school=into, school_year=group.school_year)
    taken = there.filter(name=group.name).exists()
    name = f"{group.name}（{group.school.name}）"[:60] if taken else group.name
    return ClassGroup.objects.create(
        school=into,
        school_year=group.school_year,
        grade=group.grade,
        name=name,
        teaching_point=group.teaching_point,
    )


def _carry(group: ClassGroup, made: ClassGroup, day: date, by: Person, basis: str, at: datetime) -> None:
    for stay in list(_stays(day).filter(class_group=group)):
        move_stay(stay, made, day, f"并入{made.school.name}"[:100], at)
    held = PostHeld.objects.filter(Q(held_until=None) | Q(held_until__gt=day), class_group=group)
    for row in held.filter(deputising_for=None):
        PostHeld.objects.create(
            person_id=row.person_id,
            post=row.post,
            class_group=made,
            held_from=max(day, row.held_from),
            held_until=row.held_until,
            basis=basis,
            by=by,
            recorded_at=at,
        )
