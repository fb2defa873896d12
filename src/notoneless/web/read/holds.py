"""Who came back, and whether the return held: the same lists as the figures of returns."""

from __future__ import annotations

from datetime import datetime

from notoneless.core.hold import Held
from notoneless.records.models import Place
from notoneless.services.counting_asked import Asked, Line
from notoneless.services.counting_returns import held


def holds(place: Place, *, as_of: datetime) -> tuple[Held[Line], ...]:
    """The three rates of a place as known at a moment, each with its children; one query."""
    return held(Asked(place, as_of.date(), as_of.date(), as_of))
