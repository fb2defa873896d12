"""一人一案: the whole of one case as its page shows it, each part no more than the reader may know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.case_clocks import CaseClocks, case_clocks
from notoneless.core.case_terms import CaseReason, VisitKind
from notoneless.core.evaluate import Assessment, evaluate
from notoneless.core.reasons import Advice, advice, sensitive
from notoneless.core.spells import SEEN, exceptional_days
from notoneless.core.stages import RETURNED, Reached
from notoneless.core.terms import AttendanceStatus, CloseOutKind, Post, Stage
from notoneless.records.access import Fields, Verb
from notoneless.records.histories import Subject, expected, subjects
from notoneless.records.models import (
    Case,
    HandOff,
    PaperIssued,
    Person,
    PlanMade,
    PlanStep,
    ReasonStated,
    Visit,
)
from notoneless.records.scopes import fields_for, visible_papers
from notoneless.services.case_finding import posts_for
from notoneless.services.case_hand_off import answer_due
from notoneless.services.case_work import posts_missing
from notoneless.services.posts import stand_for

LINE = (Stage.AT_RISK, Stage.SUSPECTED_DROPOUT, Stage.DROPOUT, Stage.BACK, Stage.HELD, Stage.CLOSED)
BESIDE = (Stage.NEVER_ENROLLED, Stage.ENROLLED_ELSEWHERE)
SHOWN_DAYS = 90  # school days of the calendar after a return


class StageShown(NamedTuple):
    """One stage of the row: when it was last reached since the case was opened, and whether it is now."""

    stage: Stage
    at: datetime | None
    now: bool


class Why(NamedTuple):
    """The standing statement of reasons, as far as the reader may know them."""

    stated: ReasonStated
    advice: tuple[Advice, ...]  # the chief reason's first
    kept: int  # reasons that the reader is not told
    note: str
    note_kept: bool  # there are words, for others


class StepShown(NamedTuple):
    """A step of the plan, with the posts whose part is missing."""

    step: PlanStep
    missing: tuple[Post, ...]
    overdue: bool
    mine: bool  # the reader may do one of the missing parts


class HandOffShown(NamedTuple):
    """A hand-off, and until when an answer comes in time."""

    made: HandOff
    due: datetime | None
    overdue: bool


class DayShown(NamedTuple):
    """One school day since the return."""

    day: date
    outcome: AttendanceStatus


class CaseFile(NamedTuple):
    """Everything on the page of a case."""

    case: Case
    fields: frozenset[Fields]
    clocks: CaseClocks | None
    stages: tuple[StageShown, ...]
    why: Why | None
    plan: PlanMade | None
    steps: tuple[StepShown, ...]
    persuasions: tuple[Visit, ...]
    papers: tuple[PaperIssued, ...]
    hand_offs: tuple[HandOffShown, ...]
    days: tuple[DayShown, ...]  # since the return; none before it
    asked: int  # school days until a return counts as held; 0 where no policy says

    @property
    def seen(self) -> int:
        """School days on which the child was there since the return."""
        return sum(each.outcome in SEEN for each in self.days)


def case_file(person: Person, case: Case, *, as_of: datetime) -> CaseFile:
    """The page of one case for one reader."""
    subject = subjects([case.child_id], as_of=as_of).get(case.child_id)
    found = _evaluated(subject, as_of)
    fields = fields_for(person, case.child, as_of.date())
    plan = plan_of(case)
    return CaseFile(
        case,
        fields,
        _clocks(subject, found, as_of),
        _row(found.path if found else (), case.stage),
        why_of(case, fields),
        plan,
        _steps(person, plan, as_of.date()) if plan else (),
        _persuasions(case),
        tuple(visible_papers(person, as_of.date()).filter(child=case.child).order_by("at", "pk")),
        tuple(shown(made, as_of) for made in _hand_offs(case)),
        _days(subject, found, as_of),
        _asked(subject),
    )


def _clocks(subject: Subject | None, found: Assessment | None, as_of: datetime) -> CaseClocks | None:
    """The two clocks of a child's case."""
    if subject is None or found is None:
        return None
    return case_clocks(found, subject.history, subject.home.calendar, as_of=as_of)


def why_of(case: Case, fields: Collection[Fields]) -> Why | None:
    """The last statement of reasons, without what the reader need not know."""
    stated = ReasonStated.objects.filter(case=case).select_related("by").order_by("at", "pk").last()
    if stated is None:
        return None
    known = {reason.value: reason for reason in CaseReason}
    reasons, whole = [known[code] for code in stated.reasons], Fields.NOTES in fields
    told = [reason for reason in reasons if whole or reason not in sensitive()]
    kept = bool(stated.note) and not whole and (stated.private or len(told) < len(reasons))
    return Why(
        stated,
        tuple(advice()[reason] for reason in told),
        len(reasons) - len(told),
        "" if kept else stated.note,
        kept,
    )


def plan_of(case: Case) -> PlanMade | None:
    """The plan that stands."""
    rows = (
        PlanMade.objects.filter(case=case)
        .select_related("by", "case__child")
        .prefetch_related("steps__done__by")
    )
    return rows.order_by("at", "pk").last()


def shown(made: HandOff, as_of: datetime) -> HandOffShown:
    """A hand-off with its time to answer."""
    due = answer_due(made)
    late = due is not None and as_of > due and not hasattr(made, "answered")
    return HandOffShown(made, due, late)


def _evaluated(subject: Subject | None, as_of: datetime) -> Assessment | None:
    if subject is None:
        return None
    return evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)


def _row(path: tuple[Reached, ...], now: Stage) -> tuple[StageShown, ...]:
    """The stages in their usual order, those beside them only where the child went that way."""
    opened = max((n + 1 for n, each in enumerate(path[:-1]) if each.stage is Stage.CLOSED), default=0)
    reached = {each.stage: each.at for each in path[opened:]}
    shown_ = [*(each for each in BESIDE if each in reached or each is now), *LINE]
    return tuple(StageShown(each, reached.get(each), each is now) for each in shown_)


def _steps(person: Person, plan: PlanMade, today: date) -> tuple[StepShown, ...]:
    held = frozenset(posts_for(person, plan.case, Verb.SEE, today, refuse=False))
    return tuple(_step(step, held, today) for step in plan.steps.all())


def _step(step: PlanStep, held: frozenset[Post], today: date) -> StepShown:
    missing = posts_missing(step)
    mine = any(stand_for(post) & held for post in missing)
    return StepShown(step, missing, bool(missing) and step.due_on < today, mine)


def _persuasions(case: Case) -> tuple[Visit, ...]:
    rows = Visit.objects.filter(act__child=case.child, kind=VisitKind.PERSUASION)
    return tuple(
        rows.select_related("act__by").prefetch_related("people__person").order_by("act__happened_at")
    )


def _hand_offs(case: Case) -> list[HandOff]:
    rows = HandOff.objects.filter(case=case).select_related("from_place", "to_place", "by", "answered__by")
    return list(rows.order_by("at", "pk"))


def _asked(subject: Subject | None) -> int:
    closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN) if subject else None
    return closing.present_school_days if closing else 0


def _days(subject: Subject | None, found: Assessment | None, as_of: datetime) -> tuple[DayShown, ...]:
    """Each school day since the last return, as the roll calls found the child."""
    path = found.path if found else ()
    back = next((each.at.date() for each in reversed(path) if each.stage is Stage.BACK), None)
    if subject is None or back is None or not path or path[-1].stage not in (*RETURNED, Stage.CLOSED):
        return ()
    calendar = subject.home.calendar.as_known_at(as_of)
    view = subject.history.as_known_at(as_of)
    known = {day.day: day.outcome for day in exceptional_days(view, calendar, as_of=as_of)}
    until = as_of.date() + timedelta(days=1)
    days = dict.fromkeys(day for day, _, _ in expected(calendar, back, until, as_of))
    seen = AttendanceStatus.PRESENT
    return tuple(DayShown(day, known.get(day, seen)) for day in list(days)[:SHOWN_DAYS])
