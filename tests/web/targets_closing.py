"""The addresses of close-outs: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.terms import CloseOutKind, Post
from notoneless.records.models import CloseOutAsked

Arguments = dict[str, Any]


def _case(target: Target) -> Arguments:
    return {"number": target.case.number}


def _asked(target: Target) -> Arguments:
    """A request to close the target's case; made when it is first wanted."""
    asked = CloseOutAsked.objects.filter(case=target.case).first() or CloseOutAsked.objects.create(
        case=target.case,
        kind=CloseOutKind.STABLE_RETURN,
        by=target.teacher,
        by_post=Post.SCHOOL_OFFICE,
        at=at(LATER),
    )
    return {**_case(target), "asked_id": asked.pk}


CLOSING_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    **dict.fromkeys(("web:close", "web:evidence", "web:placement"), _case),
    "web:review_close_out": _asked,
}
NOTHING_CLOSED: Mapping[str, Any] = {"asked_id": UUID("00000000-0000-4000-8000-000000000000")}
