"""The addresses of figures: the arguments that lead to one target's school, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from world import Target

Arguments = dict[str, Any]


def _place(target: Target) -> Arguments:
    return {"place_id": target.school.pk}


FIGURE_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    **dict.fromkeys(("web:figures", "web:figure_list", "web:counts_given"), _place),
    "web:export_figures": lambda t: {**_place(t), "form": "csv"},
    "web:figure_known": lambda t: {**_place(t), "figure": "F-DR-CASE"},
}
NOTHING_COUNTED: Mapping[str, Any] = {"form": "csv", "figure": "F-DR-CASE"}
