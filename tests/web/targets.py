"""For each address that names a row: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from targets_cases import CASE_TARGETS, NOTHING_OF_CASES
from targets_charts import CHART_TARGETS, NOTHING_CHARTED
from targets_closing import CLOSING_TARGETS, NOTHING_CLOSED
from targets_contradictions import CONTRADICTION_TARGETS, NOTHING_CONTRADICTED
from targets_enrolment import ENROLMENT_TARGETS, NOTHING_ENROLLED
from targets_figures import FIGURE_TARGETS, NOTHING_COUNTED
from targets_honesty import HONESTY_TARGETS, NOTHING_ASKED
from targets_ledgers import LEDGER_TARGETS, NOTHING_IN_LEDGERS
from targets_offline import NOTHING_OFFLINE, OFFLINE_TARGETS
from targets_papers import NOTHING_ON_PAPER, PAPER_TARGETS
from targets_public import NOTHING_PUBLIC, PUBLIC_TARGETS
from targets_reports import NOTHING_REPORTED, REPORT_TARGETS
from targets_support import NOTHING_SUPPORTED, SUPPORT_TARGETS
from targets_visits import NOTHING_VISITED, VISIT_TARGETS
from world import Target

from notoneless.services.receipts import receipt_from

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
DAY = {"day": date(2025, 9, 8), "session": "MORNING"}


def _child(target: Target) -> Arguments:
    return {"child_id": target.child.pk}


def _place(target: Target) -> Arguments:
    return {"place_id": target.school.pk}


def _held(target: Target) -> Arguments:
    return {"held_id": target.teacher.posts_held.get(class_group=target.class_group).pk}


# Each new address with a row in it gets its line here; the matrix test names what is missing.
TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:roll_call": lambda t: {"class_id": t.class_group.pk, **DAY},
    "web:settle": lambda t: {"first": t.roll_call.pk, "second": t.other_call.pk},
    "web:receipt": lambda t: {"token": receipt_from(t.roll_call).token},
    **dict.fromkeys(("web:child", "web:proof"), _child),
    "web:obligation": lambda t: {**_child(t), "key": t.obligation.pk},
    "web:correct": lambda t: {**_child(t), **DAY},
    "web:end_leave": lambda t: {**_child(t), "leave_id": t.leave.pk},
    "web:act": lambda t: {**_child(t), "kind": "report"},
    **REPORT_TARGETS,
    **VISIT_TARGETS,
    "web:school_board": lambda t: {"school_id": t.school.pk},
    "web:update": _child,
    "web:principal": lambda t: {"place_id": t.school.pk},
    "web:season": lambda t: {"place_id": t.school.pk},
    "web:list_schools": lambda t: {"place_id": t.school.pk},
    **dict.fromkeys(("web:people_at", "web:appoint", "web:places", "web:add_place"), _place),
    **dict.fromkeys(("web:rename_place", "web:add_class"), _place),
    **dict.fromkeys(("web:close_place", "web:reopen_place", "web:move_place"), _place),
    "web:rename_class": lambda t: {"class_id": t.class_group.pk},
    **dict.fromkeys(("web:end_post", "web:deputy", "web:pass_on"), _held),
    **dict.fromkeys(("web:home", "web:house", "web:groups", "web:identity"), _child),
    "web:add_guardian": _child,
    "web:guardian_phone": lambda t: {**_child(t), "guardian_id": t.guardian.pk},
    **CHART_TARGETS,
    **CLOSING_TARGETS,
    **CASE_TARGETS,
    **CONTRADICTION_TARGETS,
    **FIGURE_TARGETS,
    **ENROLMENT_TARGETS,
    **PUBLIC_TARGETS,
    **PAPER_TARGETS,
    **OFFLINE_TARGETS,
    **SUPPORT_TARGETS,
    **HONESTY_TARGETS,
    **LEDGER_TARGETS,
}

# Arguments by name that lead to nothing, to compare what is out of scope with what is not there.
NOTHING: Mapping[str, Any] = {
    "class_id": 987654,
    "first": NOBODY,
    "second": NOBODY,
    "token": "AAAAAAAAAAAAAAAAAAAAAAAA",
    "child_id": NOBODY,
    "key": NOBODY,
    "leave_id": NOBODY,
    "kind": "report",
    **NOTHING_VISITED,
    "school_id": 987654,
    "held_id": 987654,
    "guardian_id": 987654,
    "place_id": 987654,
    **NOTHING_PUBLIC,
    **NOTHING_ON_PAPER,
    **NOTHING_OFFLINE,
    **NOTHING_ENROLLED,
    **NOTHING_OF_CASES,
    **NOTHING_CONTRADICTED,
    **NOTHING_CHARTED,
    **NOTHING_CLOSED,
    **NOTHING_COUNTED,
    **NOTHING_SUPPORTED,
    **NOTHING_ASKED,
    **NOTHING_IN_LEDGERS,
    **NOTHING_REPORTED,
    "number": "示范县-1999-9999",
    **DAY,
}
