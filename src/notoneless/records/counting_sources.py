"""Where each tally is counted: a source of children with class and school, and a condition on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import Stage


class Source(NamedTuple):
    """Rows child, class_group, school and more, as `t`, and what of them is counted under which tally."""

    rows: str  # a SELECT, or the name of a fact
    needs: tuple[str, ...]  # the facts it reads
    tallies: dict[Tally, str]  # the condition on `t`


def _moved(tallies: Iterable[Tally]) -> dict[Tally, str]:
    return {each: f"t.tally = '{each.value}'" for each in tallies}


IN = (
    Tally.ENTERED,
    Tally.TRANSFERRED_IN,
    Tally.RESUMED,
    Tally.RETURNED,
    Tally.CLASS_IN,
    Tally.OTHER_IN,
)
OUT = (
    Tally.GRADUATED,
    Tally.TRANSFERRED_OUT,
    Tally.SUSPENDED,
    Tally.MOVED_ABROAD,
    Tally.DIED,
    Tally.ROUTED,
    Tally.MARKED_SUSPECTED,
    Tally.MARKED_DROPOUT,
    Tally.MARKED_ELSEWHERE,
    Tally.CLASS_OUT,
    Tally.OTHER_OUT,
)
_STAGES = {
    Tally.AT_RISK: Stage.AT_RISK,
    Tally.SUSPECTED: Stage.SUSPECTED_DROPOUT,
    Tally.DROPOUTS: Stage.DROPOUT,
    Tally.NEVER_ENROLLED: Stage.NEVER_ENROLLED,
    Tally.ELSEWHERE: Stage.ENROLLED_ELSEWHERE,
    Tally.BACK: Stage.BACK,
    Tally.HELD: Stage.HELD,
}

# On the roll of a school of the place, counted in its class if that is a class of the same school. A guest
# of another school of the place attends.
_ROLLS = """
SELECT r.child, CASE WHEN s.school = r.school THEN s.class_group END AS class_group, r.school,
  coalesce(s.closed, FALSE) AS present
FROM rolled r LEFT JOIN attend s ON s.child = r.child AND s.seated"""
_OFF_ROLL = """
SELECT a.child, a.class_group, a.school FROM attend a
WHERE a.closed AND NOT EXISTS (SELECT 1 FROM rolled r WHERE r.child = a.child)"""
_STOOD = """
SELECT s.child, p.class_group, p.school, s.stage FROM stage_closing s JOIN seat p ON p.child = s.child"""
_STEPPED = """
SELECT s.child, p.class_group, p.school,
  max(CASE s.stage WHEN 'SUSPECTED_DROPOUT' THEN 1 ELSE 0 END) AS suspected,
  max(CASE s.stage WHEN 'DROPOUT' THEN 1 ELSE 0 END) AS dropped,
  max(CASE s.stage WHEN 'BACK' THEN 1 ELSE 0 END) AS back,
  max(CASE s.stage WHEN 'CLOSED' THEN 1 ELSE 0 END) AS settled
FROM standing s JOIN seat p ON p.child = s.child
WHERE s.at >= %(opens_at)s AND s.at < %(closes_at)s
GROUP BY s.child, p.class_group, p.school"""

SOURCES: tuple[Source, ...] = (
    Source("attend", ("attend",), {Tally.OPENING: "t.opened", Tally.CLOSING: "t.closed"}),
    Source(
        _ROLLS,
        ("attend", "rolled"),
        {Tally.ON_ROLL: "TRUE", Tally.ON_ROLL_ATTENDING: "t.present", Tally.ON_ROLL_AWAY: "NOT t.present"},
    ),
    Source(_OFF_ROLL, ("attend", "rolled"), {Tally.ATTENDING_OFF_ROLL: "TRUE"}),
    Source("moved_in", ("moved_in",), _moved(IN)),
    Source("moved_out", ("moved_out",), _moved(OUT)),
    Source(
        _STOOD, ("stage_closing", "seat"), {t: f"t.stage = '{stage.value}'" for t, stage in _STAGES.items()}
    ),
    Source(
        _STEPPED,
        ("standing", "seat"),
        {
            Tally.NEW_SUSPECTED: "t.suspected = 1",
            Tally.NEW_DROPOUTS: "t.dropped = 1",
            Tally.CAME_BACK: "t.back = 1",
            Tally.CLOSED_OUT: "t.settled = 1",
        },
    ),
)
