"""Facts as the one short line each that stands beside an obligation."""

from __future__ import annotations

from collections.abc import Sequence

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.explain import fact_line
from notoneless.core.facts import Fact

MOST = 12  # a long spell is told by its last days; the page that explains it derives all of them again


def fact_lines(facts: Sequence[Fact], calendar: SchoolCalendar) -> list[list[str]]:
    """[id, Chinese line, English line] for each fact, at most the last few."""
    shown = [[f.id, fact_line(f, calendar), fact_line(f, calendar, "en")] for f in facts[-MOST:]]
    earlier = len(facts) - MOST
    return [["", f"此前还有 {earlier} 项", f"and {earlier} before that"], *shown] if earlier > 0 else shown
