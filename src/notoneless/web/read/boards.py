"""The school's morning board: who has not called, who is away without explanation, who must act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from notoneless.core.evaluate import evaluate
from notoneless.core.spells import Spell
from notoneless.core.terms import AttendanceStatus, Post
from notoneless.records.constants import ClassConstants, of_classes
from notoneless.records.histories import subjects
from notoneless.records.models import (
    LIVE,
    AttendanceMark,
    Child,
    ClassGroup,
    Enrolment,
    Obligation,
    Place,
    PostHeld,
    RollCall,
)
from notoneless.services.queries import Conflict, conflicts

# A child whose class was called within these days and who was not there is looked at.
LOOK_BACK = timedelta(days=30)


class NotCalled(NamedTuple):
    """A class whose roll call has begun and was not taken."""

    class_group: ClassGroup
    session: str
    teacher: str
    obligation: Obligation | None


class Away(NamedTuple):
    """A child away without explanation, and the spell that is going on."""

    child: Child
    class_group: ClassGroup
    spell: Spell


class Board(NamedTuple):
    """The state of one school at a moment."""

    school: Place
    not_called: tuple[NotCalled, ...]
    called: int
    away: tuple[Away, ...]
    live: tuple[Obligation, ...]
    conflicts: tuple[Conflict, ...]  # second accounts of a session that wait for a decision
    why_no_school: tuple[str, str] | None


def morning_board(school: Place, *, as_of: datetime) -> Board:
    """The board of one school."""
    classes = _classes(school, as_of.date())
    homes = of_classes([each.pk for each in classes])
    calendar = next(iter(homes.values())).calendar.as_known_at(as_of) if homes else None
    live = tuple(
        Obligation.objects.filter(place=school, state__in=LIVE)
        .select_related("child", "class_group", "place")
        .order_by(F("due_at").asc(nulls_last=True), "key")
    )
    calls = RollCall.objects.filter(class_group__in=classes, day=as_of.date(), standing=True)
    standing = set(calls.values_list("class_group_id", "session"))
    why = calendar.why_no_school(as_of.date()) if calendar else None
    return Board(
        school,
        () if why else tuple(_not_called(classes, homes, standing, live, as_of)),
        len(standing),
        tuple(_away(classes, as_of)),
        live,
        tuple(conflicts(classes, as_of.date())),
        (why[0], why[1]) if why else None,
    )


def _classes(school: Place, day: date) -> list[ClassGroup]:
    """The classes that have pupils today."""
    pupils = Enrolment.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day), class_group=OuterRef("pk"), from_day__lte=day
    )
    return list(ClassGroup.objects.filter(Exists(pupils), school=school).order_by("grade", "name"))


def _not_called(
    classes: list[ClassGroup],
    homes: Mapping[int, ClassConstants],
    standing: set[tuple[int, str]],
    live: tuple[Obligation, ...],
    as_of: datetime,
) -> Iterator[NotCalled]:
    teachers = _teachers(classes, as_of.date())
    for group in classes:
        calendar = homes[group.pk].calendar.as_known_at(as_of)
        for session in calendar.roll_call_sessions():
            begun = calendar.session_start(as_of.date(), session.code) <= as_of
            if begun and (group.pk, session.code) not in standing:
                occasion = f"{as_of.date()}/{session.code}"
                owed = next(
                    (o for o in live if o.class_group_id == group.pk and o.occasion == occasion), None
                )
                yield NotCalled(group, session.code, teachers.get(group.pk, ""), owed)


def _teachers(classes: list[ClassGroup], day: date) -> dict[int | None, str]:
    held = PostHeld.objects.filter(
        Q(held_until__isnull=True) | Q(held_until__gt=day),
        class_group__in=classes,
        post=Post.CLASS_TEACHER,
        held_from__lte=day,
    ).select_related("person")
    return {each.class_group_id: each.person.name for each in held}


def _away(classes: list[ClassGroup], as_of: datetime) -> list[Away]:
    """Children in a spell of absence that is going on, longest first."""
    by_number = {each.pk: each for each in classes}
    marked = AttendanceMark.objects.filter(
        child=OuterRef("pk"), status=AttendanceStatus.ABSENT, speaks=True, day__gt=as_of.date() - LOOK_BACK
    )
    enrolled = Q(enrolments__until__isnull=True, enrolments__class_group__in=classes)
    children = {child.pk: child for child in Child.objects.filter(enrolled, Exists(marked))}
    found = []
    for child, subject in subjects(children.keys(), as_of=as_of).items():
        spells = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of).spells
        going_on = next((spell for spell in spells if spell.going_on), None)
        if going_on:
            found.append(Away(children[child], by_number[subject.home.id], going_on))
    return sorted(found, key=lambda each: (-each.spell.min_days, each.class_group.grade, each.child.name))
