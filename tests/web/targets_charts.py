"""Charts and packs: the place they are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from world import Target

CHART_TARGETS: Mapping[str, Callable[[Target], dict[str, Any]]] = {
    "web:charts": lambda t: {"place_id": t.school.pk},
    "web:chart_list": lambda t: {"place_id": t.school.pk, "what": "CLOSING"},
    "web:export_chart": lambda t: {"place_id": t.school.pk, "chart": "ladder", "form": "csv"},
    "web:inspection_pack": lambda t: {"place_id": t.school.pk},
    "web:compliance_pack": lambda t: {"place_id": t.school.pk},
}

NOTHING_CHARTED: Mapping[str, Any] = {"what": "CLOSING", "chart": "ladder", "form": "csv"}
