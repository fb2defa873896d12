"""Whose turn a report is, told to them: the next step of the chain, or that it came back."""

from __future__ import annotations

from datetime import datetime

from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import ReportStep
from notoneless.core.terms import TellKind
from notoneless.records.models import ReportDrawn, ReportStepTaken
from notoneless.services.reports.standing import Turn, turns
from notoneless.services.telling import queue


def tell_drawn(report: ReportDrawn, rule: ReportRule, at: datetime) -> None:
    """Tell whoever takes the first step of a report that was drawn up just now."""
    for turn in turns(report, rule):
        _tell(report, turn, at)


def tell_taken(taken: ReportStepTaken, rule: ReportRule) -> None:
    """Tell whoever takes the step after this one; of a report that is returned, who draws it up anew."""
    report = ReportDrawn.objects.select_related("place").prefetch_related("steps").get(pk=taken.report_id)
    if taken.step is ReportStep.RETURNED:
        _tell(report, Turn(taken.step, rule.drawer), taken.at)
        return
    after = turns(report, rule)
    # The other class teachers were told when it was drawn up.
    for turn in after if not any(turn.step is taken.step for turn in after) else []:
        _tell(report, turn, taken.at)


def _tell(report: ReportDrawn, turn: Turn, at: datetime) -> None:
    group = turn.class_group.pk if turn.class_group else None
    queue(
        key=f"report/turn/{report.pk}/{turn.step.value}/{turn.post.value}/{group or ''}",
        kind=TellKind.REPORT_TURN,
        at=at,
        posts=(turn.post,),
        place=report.place_id,
        class_group=group,
        about={"report": str(report.pk), "step": turn.step.value, "post": turn.post.value, "group": group},
    )
