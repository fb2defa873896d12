"""The addresses of support: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.case_terms import PairingPurpose, ReliefKind
from notoneless.core.terms import Post
from notoneless.records.models import Pairing, ReliefAsked, TuitionPlan

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def _child(target: Target) -> Arguments:
    return {"child_id": target.child.pk}


def relief_of(target: Target) -> ReliefAsked:
    """Relief that was asked for the target's child, for a hardship; made when it is first wanted."""
    return ReliefAsked.objects.get_or_create(
        child=target.child,
        defaults={
            "school": target.school,
            "kind": ReliefKind.REDUCE,
            "of": f"困难金丝雀{target.no}",
            "fen": 10_000,
            "reason": f"困难金丝雀{target.no}",
            "school_year": 2025,
            "by": target.teacher,
            "by_post": Post.CLASS_TEACHER,
            "at": at(LATER),
        },
    )[0]


def pairing_of(target: Target) -> Pairing:
    """A pairing for study whose goal is private; made when it is first wanted."""
    return Pairing.objects.get_or_create(
        child=target.child,
        defaults={
            "helper": target.teacher,
            "purpose": PairingPurpose.STUDY,
            "goal": f"私密金丝雀{target.no}",
            "from_day": at(LATER).date(),
            "contact_days": 7,
            "by": target.teacher,
            "at": at(LATER),
        },
    )[0]


def plan_of(target: Target) -> TuitionPlan:
    """A plan for home tuition that tells of a disability; made when it is first wanted."""
    return TuitionPlan.objects.get_or_create(
        child=target.child,
        defaults={
            "school": target.school,
            "school_year": 2025,
            "assessment": f"健康金丝雀{target.no}",
            "goals": f"健康金丝雀{target.no}",
            "content": f"健康金丝雀{target.no}",
            "times_a_week": Decimal(2),
            "lessons_each": Decimal(3),
            "by": target.teacher,
            "at": at(LATER),
        },
    )[0]


def _support(target: Target) -> Arguments:
    """The page of a child who has something of everything."""
    relief_of(target), pairing_of(target), plan_of(target)
    return _child(target)


SUPPORT_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:support": _support,
    **dict.fromkeys(("web:ask_relief", "web:add_pairing", "web:plan_tuition"), _child),
    "web:decide_relief": lambda t: {**_child(t), "relief_id": relief_of(t).pk},
    "web:end_pairing": lambda t: {**_child(t), "pairing_id": pairing_of(t).pk},
    "web:review_tuition": lambda t: {**_child(t), "plan_id": plan_of(t).pk},
}
NOTHING_SUPPORTED: Mapping[str, Any] = {"relief_id": NOBODY, "pairing_id": NOBODY, "plan_id": NOBODY}
