"""Long lists of what is owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template

from notoneless.records.models import Obligation
from notoneless.web.owed_lines import lines
from notoneless.web.read.lists import OwedLine

register = template.Library()


@register.inclusion_tag("web/parts/owed_lines.html")
def owed_lines(
    rows: Iterable[Obligation | OwedLine], now: datetime, *, place: bool = False, who: bool = False
) -> dict[str, Any]:
    """Two short lines each, with the place and the post that owes where asked for."""
    return {"lines": lines(rows, now, place=place, who=who)}
