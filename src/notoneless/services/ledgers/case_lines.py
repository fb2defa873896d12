"""临界、疑似辍学、辍学 as spans of a case's stages: a child who is in one of them is in no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from notoneless.core.case_terms import Decision
from notoneless.core.ledger_terms import LineEnd
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Stage
from notoneless.records.models import CaseChange, CloseOutReviewed, LedgerLine
from notoneless.services.ledgers.entry import Entries, Entry, View, Where, day_ends, day_in_china
from notoneless.services.ledgers.homes import homes

STAGES: dict[LedgerKind, frozenset[Stage]] = {
    LedgerKind.AT_RISK: frozenset({Stage.AT_RISK}),
    LedgerKind.SUSPECTED: frozenset({Stage.SUSPECTED_DROPOUT, Stage.NEVER_ENROLLED}),
    LedgerKind.DROPOUTS: frozenset({Stage.DROPOUT}),
}
_ENDS = {
    Stage.AT_RISK: LineEnd.TO_AT_RISK,
    Stage.SUSPECTED_DROPOUT: LineEnd.TO_SUSPECTED,
    Stage.NEVER_ENROLLED: LineEnd.TO_SUSPECTED,
    Stage.DROPOUT: LineEnd.TO_DROPOUTS,
    Stage.ENROLLED_ELSEWHERE: LineEnd.ELSEWHERE,
    Stage.BACK: LineEnd.CAME_BACK,
    Stage.HELD: LineEnd.CAME_BACK,
    Stage.ATTENDING: LineEnd.CORRECTED,
}


class Step(NamedTuple):
    """One change of a case's stage."""

    pk: int
    case: int
    child: UUID
    at: datetime
    learned_at: datetime
    stage: Stage
    by_facts: bool  # not a correction


class Span(NamedTuple):
    """A time that a case spent in the stages of a ledger: the step into them, and out of them."""

    opened: Step
    closed: Step | None


def case_lines(kind: LedgerKind) -> Entries:
    """The lines of the ledger of these stages."""

    def entries(view: View) -> list[Entry]:
        cases = CaseChange.objects.filter(known_steps(view), stage__in=STAGES[kind])
        steps = _steps(Q(case__in=cases.values("case")) & known_steps(view))
        where = homes(view, cases.values("case__child"))
        mine = {case: path for case, path in steps.items() if path[0].child in where}
        spans = [span for path in mine.values() for span in spans_of(path, STAGES[kind])]
        closings = _closings(span.closed for span in spans)
        return [_entry(span, where[span.opened.child], closings) for span in spans]

    return entries


def spans_of(path: Iterable[Step], stages: frozenset[Stage]) -> Iterator[Span]:
    """The spans in these stages, in the order in which they were learned."""
    opened: Step | None = None
    for step in path:
        if opened is None and step.stage in stages:
            opened = step
        elif opened is not None and step.stage not in stages:
            yield Span(opened, step)
            opened = None
    if opened is not None:
        yield Span(opened, None)


def known_steps(view: View) -> Q:
    """The steps that say where a case stood; one taken back holds for all time, any other from its moment."""
    return Q(recorded_at__lte=view.known_at) & (Q(at__lt=day_ends(view.as_of)) | Q(event=""))


def _steps(wanted: Q) -> dict[int, list[Step]]:
    """The steps of each case in the order in which they were written, which is the one they follow from."""
    columns = ("pk", "case_id", "case__child_id", "at", "recorded_at", "stage", "event")
    found: dict[int, list[Step]] = defaultdict(list)
    rows = CaseChange.objects.filter(wanted).order_by("pk").values_list(*columns)
    for pk, case, child, at, learned_at, stage, event in rows:
        found[case].append(Step(pk, case, child, at, learned_at, stage, bool(event)))
    return found


def _entry(span: Span, where: Where, closings: dict[int, str]) -> Entry:
    first, last = span.opened, span.closed
    entry = Entry(key_of(first.case, first.pk), day_in_china(first.at), first.learned_at, where, first.child)
    if last is None:
        return entry
    # A correction that leads back to before the line was opened took it back on the day it was made.
    back = not last.by_facts or last.at < first.at
    why = LineEnd.CORRECTED.value if back else closings.get(last.pk) or _end(last.stage)
    return entry._replace(closed_on=_closed_on(span, back), close_learned_at=last.learned_at, why=why)


def key_of(case: int, change: int) -> str:
    """What names the line that a step of a case opened."""
    return f"case/{case}/{change}"


def _closed_on(span: Span, back: bool) -> date:
    assert span.closed is not None
    return day_in_china(span.closed.learned_at if back else span.closed.at)


def _end(stage: Stage) -> str:
    return _ENDS.get(stage, LineEnd.CLOSED_OUT).value


def _closings(steps: Iterable[Step | None]) -> dict[int, str]:
    """By step, the kind of the close-out that it was."""
    closed = {step.case: step for step in steps if step is not None and step.stage is Stage.CLOSED}
    reviews = CloseOutReviewed.objects.filter(asked__case__in=list(closed), decision=Decision.AGREED)
    rows = reviews.order_by("at").values_list("asked__case_id", "at", "asked__kind")
    return {closed[case].pk: kind for case, at, kind in rows if at <= closed[case].learned_at}


def unnumbered() -> bool:
    """Whether a case opened a line that has no number yet; one query, for a worker that asks often."""
    return any(_unnumbered(kind) for kind in STAGES)


def _unnumbered(kind: LedgerKind) -> bool:
    stages = STAGES[kind]
    named = Concat(Value("case/"), Cast("case_id", CharField()), Value("/"), Cast("pk", CharField()))
    opened = CaseChange.objects.filter(stage__in=stages).exclude(stage_before__in=stages)
    there = LedgerLine.objects.filter(ledger=kind, entry=OuterRef("named"))
    return opened.annotate(named=named).filter(~Exists(there)).exists()
