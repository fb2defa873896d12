"""Everything on a child's page, in a constant number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from notoneless.core.case_clocks import CaseClocks, case_clocks
from notoneless.core.evaluate import evaluate
from notoneless.core.spells import Spell
from notoneless.core.terms import CloseOutKind, Stage
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
)
from notoneless.services.closing import present_in_a_row
from notoneless.services.finding import class_on
from notoneless.services.refusals import Refusal
from notoneless.services.responsibility import Link, chain_of


class Clocks(NamedTuple):
    """How long the child has been away, how long back, and how long it takes to count as stable."""

    away: Spell | None  # the absence that is going on
    present: int  # school days seen in a row since the last absence
    stable_after: int  # school days the policy asks for; 0 when it names none
    of_case: CaseClocks | None = None  # the statutory one and that of the stage


class ChildFile(NamedTuple):
    """一生一档."""

    child: Child
    class_group: ClassGroup | None  # None for a child that was never put in one
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
    responsible: tuple[Link, ...]


def child_file(child: Child, *, as_of: datetime) -> ChildFile:
    """The whole file of one child."""
    case = Case.objects.filter(child=child).first()
    owed = Obligation.objects.filter(child=child).order_by(F("due_at").asc(nulls_last=True), "key")
    live = tuple(o for o in owed if o.state in LIVE)
    leaves = tuple(LeaveGranted.objects.filter(child=child).select_related("by"))
    changed = {leave.supersedes_id for leave in leaves}
    return ChildFile(
        child,
        _class(child, as_of),
        case,
        case.stage if case else Stage.ATTENDING,
        _clocks(subjects([child.pk], as_of=as_of).get(child.pk), as_of),
        live,
        tuple(AttendanceMark.objects.filter(child=child).select_related("roll_call__taken_by")),
        leaves,
        tuple(leave for leave in leaves if leave.pk not in changed and leave.until > as_of.date()),
        tuple(ActRecord.objects.filter(child=child).select_related("by")),
        tuple(EventRecord.objects.filter(child=child).select_related("by")),
        tuple(o for o in owed if o.state not in LIVE),
        tuple(CaseChange.objects.filter(case__child=child)),
        chain_of([child.pk], as_of.date())[child.pk],
    )


def _class(child: Child, as_of: datetime) -> ClassGroup | None:
    try:
        return class_on(child, as_of.date())
    except Refusal:
        return None


def _clocks(subject: Subject | None, as_of: datetime) -> Clocks:
    if subject is None:
        return Clocks(None, 0, 0)
    found = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)
    away = next((spell for spell in found.spells if spell.going_on), None)
    closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN)
    stable_after = closing.present_school_days if closing else 0
    of_case = case_clocks(found, subject.history, subject.home.calendar, as_of=as_of)
    return Clocks(away, present_in_a_row(subject, as_of), stable_after, of_case)
