"""The school's morning board: who has not called, who is away without explanation, who must act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from notoneless.core.evaluate import evaluate
from notoneless.core.spells import Spell
from notoneless.core.terms import Act, AttendanceStatus, Post
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
from notoneless.web.read.rows import overdue

# A child whose class was called within these days and who was not there is looked at.
LOOK_BACK = timedelta(days=30)
SHOWN = 40  # of what is owed; a wall holds no more, and the list behind it has all
# What `Obligation.of_the_date` says of one row.
OF_THE_DATE = Q(child=None) & ~Q(occasion__contains="/")


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


class Counts(NamedTuple):
    """How much is live at a school besides today's roll calls, and how much is late, those among it."""

    clocks: int
    routine: int
    clocks_late: int
    routine_late: int


class Board(NamedTuple):
    """The state of one school at a moment."""

    school: Place
    not_called: tuple[NotCalled, ...]
    called: int
    away: tuple[Away, ...]
    clocks: tuple[Obligation, ...]  # about children and roll calls, most pressing first, not all of them
    routine: tuple[Obligation, ...]  # what dates brought, likewise
    counts: Counts
    conflicts: tuple[Conflict, ...]  # second accounts of a session that wait for a decision
    why_no_school: tuple[str, str] | None


def morning_board(school: Place, *, as_of: datetime) -> Board:
    """The board of one school."""
    classes = _classes(school, as_of.date())
    homes = of_classes([each.pk for each in classes])
    calendar = next(iter(homes.values())).calendar.as_known_at(as_of) if homes else None
    calls = RollCall.objects.filter(class_group__in=classes, day=as_of.date(), standing=True)
    standing = set(calls.values_list("class_group_id", "session"))
    why = calendar.why_no_school(as_of.date()) if calendar else None
    not_called = () if why else tuple(_not_called(classes, homes, standing, as_of))
    # Today's roll calls stand in their own list.
    listed = [each.obligation.pk for each in not_called if each.obligation]
    live = Obligation.objects.filter(place=school, state__in=LIVE).exclude(pk__in=listed)
    return Board(
        school,
        not_called,
        len(standing),
        tuple(_away(classes, as_of)),
        _pressing(live.exclude(OF_THE_DATE), as_of),
        _pressing(live.filter(OF_THE_DATE), as_of),
        _counts(live, overdue(school, as_of)),
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
    as_of: datetime,
) -> Iterator[NotCalled]:
    teachers = _teachers(classes, as_of.date())
    today = Obligation.objects.filter(
        class_group__in=classes,
        state__in=LIVE,
        act=Act.TAKE_ROLL_CALL,
        occasion__startswith=f"{as_of.date()}/",
    ).select_related("class_group", "place")
    owed = {(each.class_group_id, each.occasion): each for each in today}
    for group in classes:
        calendar = homes[group.pk].calendar.as_known_at(as_of)
        for session in calendar.roll_call_sessions():
            begun = calendar.session_start(as_of.date(), session.code) <= as_of
            if begun and (group.pk, session.code) not in standing:
                occasion = f"{as_of.date()}/{session.code}"
                duty = owed.get((group.pk, occasion))
                yield NotCalled(group, session.code, teachers.get(group.pk, ""), duty)


def _pressing(live: QuerySet[Obligation], as_of: datetime) -> tuple[Obligation, ...]:
    """What may still be done in time first, soonest first; then what has passed, latest first."""
    rows = live.select_related("child", "class_group", "place")
    ahead = list(rows.filter(due_at__gte=as_of).order_by("due_at", "key")[:SHOWN])
    passed = list(rows.filter(due_at__lt=as_of).order_by("-due_at", "key")[: SHOWN - len(ahead)])
    unknown = list(rows.filter(due_at=None).order_by("key")[: SHOWN - len(ahead) - len(passed)])
    return (*ahead, *passed, *unknown)


def _counts(live: QuerySet[Obligation], late: QuerySet[Obligation]) -> Counts:
    """What is late is counted as its list has it; two queries."""
    about_dates = Count("pk", filter=OF_THE_DATE)
    others = Count("pk", filter=~OF_THE_DATE)
    return Counts(
        **live.aggregate(clocks=others, routine=about_dates),
        **late.order_by().aggregate(clocks_late=others, routine_late=about_dates),
    )


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
    pupils = Enrolment.objects.filter(until__isnull=True, class_group__in=classes).values("child")
    marked = AttendanceMark.objects.filter(
        child__in=pupils, status=AttendanceStatus.ABSENT, speaks=True, day__gt=as_of.date() - LOOK_BACK
    )
    going_on = {}
    for child, subject in subjects(set(marked.values_list("child", flat=True)), as_of=as_of).items():
        spells = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of).spells
        spell = next((spell for spell in spells if spell.going_on), None)
        if spell is not None:
            going_on[child] = by_number[subject.home.id], spell
    children = Child.objects.in_bulk(going_on)
    found = [Away(children[child], *where) for child, where in going_on.items()]
    return sorted(found, key=lambda each: (-each.spell.min_days, each.class_group.grade, each.child.name))
