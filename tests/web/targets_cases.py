"""The addresses of casework: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.terms import Post
from notoneless.records.models import HandOff, PlanMade, PlanStep

Arguments = dict[str, Any]


def _case(target: Target) -> Arguments:
    return {"number": target.case.number}


def _step(target: Target) -> Arguments:
    """A step of the case's plan; made when it is first wanted."""
    step = PlanStep.objects.filter(plan__case=target.case).first()
    if step is None:
        plan = PlanMade.objects.create(
            case=target.case, goal="返校", by=target.teacher, by_post=Post.CLASS_TEACHER, at=at(LATER)
        )
        step = PlanStep.objects.create(
            plan=plan, number=1, what="家访", posts=["CLASS_TEACHER"], due_on=at(LATER).date()
        )
    return {**_case(target), "step_id": step.pk}


def _hand_off(target: Target) -> Arguments:
    """A hand-off of the case to somewhere outside; made when it is first wanted."""
    made = HandOff.objects.filter(case=target.case).first() or HandOff.objects.create(
        case=target.case,
        from_place=target.school,
        elsewhere="外县",
        reason="搬走",
        by=target.teacher,
        at=at(LATER),
    )
    return {"hand_off_id": made.pk}


CASE_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    **dict.fromkeys(("web:case", "web:case_reasons", "web:case_plan", "web:hand_off"), _case),
    "web:case_step": _step,
    "web:answer_hand_off": _hand_off,
}
NOTHING_OF_CASES: Mapping[str, Any] = {
    "step_id": 987654,
    "hand_off_id": UUID("00000000-0000-4000-8000-000000000000"),
}
