"""The child's class or school on a day, and rows given as objects or ids."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from notoneless.records.models import Child, ClassGroup, Enrolment, EventRecord, Person, Place, SpecialRoute
from notoneless.services.refusals import Refusal


def the_person(by: Person | int) -> Person:
    """The person, from the row or its id."""
    return by if isinstance(by, Person) else Person.objects.get(pk=by)


def the_child(child: Child | UUID) -> Child:
    """The child, from the row or its id."""
    return child if isinstance(child, Child) else Child.objects.get(pk=child)


def last_class(child: Child, day: date) -> ClassGroup | None:
    """The class the child is in on a day, or was in last before it."""
    there = Enrolment.objects.filter(child=child, from_day__lte=day).select_related("class_group__school")
    found = (
        there.filter(Q(until__isnull=True) | Q(until__gt=day)).first() or there.order_by("-from_day").first()
    )
    return found.class_group if found else None


def class_on(child: Child, day: date) -> ClassGroup:
    """As `last_class`. Raises Refusal if there is none."""
    found = last_class(child, day)
    if found is None:
        raise Refusal(
            "NOT_ENROLLED",
            f"{child.name}在 {day.month}月{day.day}日还没有编入班级；请先办理编班。",
            f"{child.name} was in no class on {day}; enrol the child first.",
        )
    return found


def awaiting(child: Child) -> Place | None:
    """The school that is to take in a child who was never in a class: by its route, or by what was stated."""
    route = SpecialRoute.objects.filter(child=child).select_related("school").order_by("recorded_at").last()
    if route is not None:
        return route.school
    stated = EventRecord.objects.filter(child=child, place__isnull=False).select_related("place")
    event = stated.order_by("happened_at", "recorded_at").last()
    return event.place if event else None


def answering_at(child: Child, day: date) -> ClassGroup | Place:
    """Where a child is answered for: its class, or the school that awaits it. Raises Refusal."""
    found = last_class(child, day)
    return found or awaiting(child) or class_on(child, day)


def school_answering(child: Child, day: date) -> Place:
    """The school of its class, or the one that awaits it. Raises Refusal."""
    where = answering_at(child, day)
    return where if isinstance(where, Place) else where.school


def refuse_future(moment: object, at: object, what_zh: str, what_en: str) -> None:
    """Refuse a moment (or day) later than `at`."""
    if moment > at:  # type: ignore[operator]
        raise Refusal(
            "IN_FUTURE", f"{what_zh}晚于现在；请改为实际发生的时间。", f"{what_en} is later than now."
        )
