"""Everything on a child's page, in a constant number of queries."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, Q

from notoneless.core.evaluate import evaluate
from notoneless.core.spells import Spell
from notoneless.core.terms import CloseOutKind, Post, Stage
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import (
    LIVE,
    ActRecord,
    AttendanceMark,
    Case,
    CaseChange,
    Child,
    ClassGroup,
    EventRecord,
    LeaveGranted,
    Obligation,
    PostHeld,
)
from notoneless.services.closing import present_in_a_row
from notoneless.services.finding import class_on

# The chain of those who answer, nearest first.
CHAIN = (
    Post.CLASS_TEACHER,
    Post.SCHOOL_OFFICE,
    Post.PRINCIPAL,
    Post.CENTRAL_SCHOOL,
    Post.VILLAGE_CADRE,
    Post.TOWNSHIP,
    Post.COUNTY_BUREAU,
)


class Clocks(NamedTuple):
    """How long the child has been away, how long back, and how long it takes to count as stable."""

    away: Spell | None  # the absence that is going on
    present: int  # school days seen in a row since the last absence
    stable_after: int  # school days the policy asks for; 0 when it names none


class ChildFile(NamedTuple):
    """一生一档."""

    child: Child
    class_group: ClassGroup
    case: Case | None
    stage: Stage
    clocks: Clocks
    obligations: tuple[Obligation, ...]  # live ones, soonest first
    marks: tuple[AttendanceMark, ...]
    leaves: tuple[LeaveGranted, ...]
    on_leave: tuple[LeaveGranted, ...]  # leave that still runs or is to come
    acts: tuple[ActRecord, ...]
    events: tuple[EventRecord, ...]
    settled: tuple[Obligation, ...]  # met and withdrawn ones
    changes: tuple[CaseChange, ...]
    responsible: tuple[PostHeld, ...]


def child_file(child: Child, *, as_of: datetime) -> ChildFile:
    """The whole file of one child."""
    class_group = class_on(child, as_of.date())
    case = Case.objects.filter(child=child).first()
    owed = Obligation.objects.filter(child=child).order_by(F("due_at").asc(nulls_last=True), "key")
    live = tuple(o for o in owed if o.state in LIVE)
    leaves = tuple(LeaveGranted.objects.filter(child=child).select_related("by"))
    changed = {leave.supersedes_id for leave in leaves}
    return ChildFile(
        child,
        class_group,
        case,
        case.stage if case else Stage.ATTENDING,
        _clocks(subjects([child.pk], as_of=as_of)[child.pk], as_of),
        live,
        tuple(AttendanceMark.objects.filter(child=child).select_related("roll_call__taken_by")),
        leaves,
        tuple(leave for leave in leaves if leave.pk not in changed and leave.until > as_of.date()),
        tuple(ActRecord.objects.filter(child=child).select_related("by")),
        tuple(EventRecord.objects.filter(child=child).select_related("by")),
        tuple(o for o in owed if o.state not in LIVE),
        tuple(CaseChange.objects.filter(case__child=child)),
        responsible(class_group, as_of.date()),
    )


def _clocks(subject: Subject, as_of: datetime) -> Clocks:
    found = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)
    away = next((spell for spell in found.spells if spell.going_on), None)
    closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN)
    return Clocks(away, present_in_a_row(subject, as_of), closing.present_school_days if closing else 0)


def responsible(class_group: ClassGroup, on: date) -> tuple[PostHeld, ...]:
    """Who answers for the children of a class, from the class teacher up."""
    around = [int(part) for part in (class_group.school.path or "").strip("/").split("/") if part]
    held = PostHeld.objects.filter(
        Q(class_group=class_group) | Q(place__in=around),
        Q(held_until__isnull=True) | Q(held_until__gt=on),
        held_from__lte=on,
        post__in=CHAIN,
    ).select_related("person", "place")
    return tuple(sorted(held, key=lambda each: CHAIN.index(each.post)))
