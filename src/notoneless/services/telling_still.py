"""What of the things told to somebody is still theirs to do: questions, findings, reports, requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from notoneless.core.facts import CHINA_TIME
from notoneless.core.report_terms import FindingStep, ReportStep
from notoneless.core.terms import TellKind
from notoneless.records.models import (
    FindingStepTaken,
    InspectionFinding,
    Outbox,
    Question,
    RecognitionAsked,
    ReliefAsked,
    ReportDrawn,
)

Body = dict[str, Any]
TO_MEND = (FindingStep.ORDERED, FindingStep.NOT_ENOUGH)


def questions_open(bodies: Sequence[Body]) -> int:
    """How many of these questions nobody has answered."""
    return Question.objects.filter(pk__in=_ids(bodies, "question"), answered=None).count()


def findings_open(bodies: Sequence[Body]) -> int:
    """How many of these findings still stand at the step that was told."""
    last = last_steps([UUID(number) for number in _ids(bodies, "finding")])
    told = {(body["finding"], body["step"]) for body in bodies if "finding" in body}
    return sum(number in last and last[number].step.value == step for number, step in told)


def turns_open(bodies: Sequence[Body]) -> int:
    """How many of these reports still wait for the step that was told."""
    rows = ReportDrawn.objects.filter(pk__in=_ids(bodies, "report"), replaced_by=None)
    reports = {str(row.pk): row for row in rows.prefetch_related("steps")}
    waiting = {body["report"] for body in bodies if body.get("report") in reports and _waits(reports, body)}
    return len(waiting)


def requests_open(bodies: Sequence[Body]) -> int:
    """How many of these requests nobody has decided."""
    relief = ReliefAsked.objects.filter(pk__in=_ids(bodies, "relief"), decided=None)
    recognition = RecognitionAsked.objects.filter(pk__in=_ids(bodies, "recognition"), decided=None)
    return relief.count() + recognition.count()


def late_questions(now: datetime) -> Iterator[Outbox]:
    """What tells once more, each school day, of questions whose day has come."""
    day = now.astimezone(CHINA_TIME).date()
    for row in Question.objects.filter(answered=None, due_on__lte=day).order_by("due_on", "pk"):
        aim = {"posts": [row.to_post.value], "place": row.to_place_id, "question": str(row.pk)}
        yield _again(TellKind.QUESTION, day, row.pk, aim, now)


def late_findings(now: datetime) -> Iterator[Outbox]:
    """The same of what was ordered to be mended."""
    day = now.astimezone(CHINA_TIME).date()
    due = FindingStepTaken.objects.filter(step__in=TO_MEND, due_on__lte=day)
    last = last_steps(list(due.values_list("finding", flat=True).distinct()))
    findings = InspectionFinding.objects.in_bulk([row.finding_id for row in last.values()])
    for row in last.values():
        if row.step in TO_MEND and row.due_on is not None and row.due_on <= day:
            finding = findings[row.finding_id]
            aim = {"posts": [finding.responsible.value], "place": finding.place_id}
            about = {"finding": str(finding.pk), "step": row.step.value}
            yield _again(TellKind.INSPECTION, day, finding.pk, aim | about, now)


def last_steps(findings: Sequence[UUID]) -> dict[str, FindingStepTaken]:
    """The last step of each of these findings; of two of one moment the one that comes later in turn."""
    in_turn = list(FindingStep)
    found: dict[str, list[FindingStepTaken]] = defaultdict(list)
    for row in FindingStepTaken.objects.filter(finding__in=findings):
        found[str(row.finding_id)].append(row)
    return {
        number: max(rows, key=lambda row: (row.at, in_turn.index(row.step))) for number, rows in found.items()
    }


def _waits(reports: dict[str, ReportDrawn], body: Body) -> bool:
    taken = list(reports[body["report"]].steps.all())
    returned = any(row.step is ReportStep.RETURNED for row in taken)
    if body["step"] == ReportStep.RETURNED.value:
        return returned
    done = any(
        (row.step.value, row.post.value, row.class_group_id) == (body["step"], body["post"], body["group"])
        for row in taken
    )
    return not (returned or done)


def _again(kind: TellKind, day: date, number: object, body: Body, now: datetime) -> Outbox:
    key = f"morning/{day}/{kind.value.lower()}/{number}"
    return Outbox(key=key, kind=kind.value, body=body, created_at=now)


def _ids(bodies: Sequence[Body], name: str) -> list[str]:
    return list(dict.fromkeys(str(body[name]) for body in bodies if name in body))
