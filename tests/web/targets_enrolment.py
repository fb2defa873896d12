"""The addresses of enrolment: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.terms import ChangeKind, ChangeStep, Post, RouteKind
from notoneless.records.models import ChangeStepTaken, EnrolmentChange, SpecialRoute

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def _child(target: Target) -> Arguments:
    return {"child_id": target.child.pk}


def _place(target: Target) -> Arguments:
    return {"place_id": target.school.pk}


def _change(target: Target) -> Arguments:
    """A change of the target's child that was asked for; made when it is first wanted."""
    change = EnrolmentChange.objects.filter(child=target.child).first()
    if change is None:
        change = EnrolmentChange.objects.create(
            child=target.child, kind=ChangeKind.DEATH, school=target.school, from_day=at(LATER).date()
        )
        ChangeStepTaken.objects.create(
            change=change,
            step=ChangeStep.ASKED,
            at=at(LATER),
            by=target.teacher,
            by_post=Post.ENROLMENT_OFFICER,
        )
    return {"change_id": change.pk}


def _route(target: Target) -> Arguments:
    """A special route of the target's child; made when it is first wanted."""
    route = SpecialRoute.objects.filter(child=target.child).first()
    if route is None:
        route = SpecialRoute.objects.create(
            child=target.child,
            kind=RouteKind.INCLUSIVE_PLACEMENT,
            school=target.school,
            from_day=at(LATER).date(),
            approved_by="县教育局",
            by=target.teacher,
            recorded_at=at(LATER),
        )
    return {**_child(target), "route_id": route.pk}


ENROLMENT_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    **dict.fromkeys(("web:enrolment", "web:transfer_in", "web:roster"), _place),
    **dict.fromkeys(
        ("web:enter_pupil", "web:never_enrolled", "web:leave_together", "web:arrive_together"), _place
    ),
    **dict.fromkeys(("web:find_never_enrolled", "web:never_enrolled_list"), _place),
    **dict.fromkeys(("web:take_in", "web:complete_child", "web:same_child"), _child),
    "web:quadrant": lambda t: {**_place(t), "which": "attending-off-roll"},
    **dict.fromkeys(("web:child_enrolment", "web:ask_change", "web:route", "web:whereabouts"), _child),
    "web:change": _change,
    "web:end_route": _route,
    "web:export_register": lambda t: {**_place(t), "name": "attending", "form": "csv"},
}
NOTHING_ENROLLED: Mapping[str, Any] = {"change_id": NOBODY, "route_id": NOBODY}
