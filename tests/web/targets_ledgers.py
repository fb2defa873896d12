"""The addresses of ledgers and files: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from world import Target

Arguments = dict[str, Any]

LEDGER_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:child_file": lambda t: {"child_id": t.child.pk},
    "web:class_file": lambda t: {"class_id": t.class_group.pk},
    "web:ledger_template": lambda t: {"place_id": t.school.pk, "kind": "suspected"},
    "web:export_ledger": lambda t: {"place_id": t.school.pk, "kind": "school-age", "form": "csv"},
}
NOTHING_IN_LEDGERS: Mapping[str, Any] = {}
