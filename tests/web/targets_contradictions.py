"""The addresses of what contradicts: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from builders import at
from world import LATER, Target

from notoneless.core.terms import Post
from notoneless.records.models import Contradiction

Arguments = dict[str, Any]


def contradiction_of(target: Target) -> Contradiction:
    """A contradiction about the target's child, of no key group; made when it is first wanted."""
    return Contradiction.objects.get_or_create(
        key=f"NO_BIRTH/target/{target.no}",
        defaults={
            "check_id": "NO_BIRTH",
            "place": target.school,
            "class_group": target.class_group,
            "child": target.child,
            "rows": [["enrolment", str(target.no), {"class": target.class_group.name, "birth": "—"}]],
            "owed_by": Post.ENROLMENT_OFFICER,
            "owed_at": target.school,
            "found_at": at(LATER),
            "due_on": date(2025, 9, 15),
        },
    )[0]


def _place(target: Target) -> Arguments:
    return {"place_id": target.school.pk}


CONTRADICTION_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:outside_tables": _place,
    "web:contradiction": lambda t: {"contradiction_id": contradiction_of(t).pk},
}
NOTHING_CONTRADICTED: Mapping[str, Any] = {"contradiction_id": 987654}
