"""The stages of a case as one table: which event moves which stage where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from notoneless.core.terms import Stage, StageEvent

_RISK, _SUSPECT, _CONFIRM = StageEvent.AT_RISK, StageEvent.SUSPECTED, StageEvent.CONFIRMED
_BACK, _CLOSE = StageEvent.CAME_BACK, StageEvent.CLOSED_OUT

# A pair that is not listed changes nothing: a suspected dropout does not become "at risk" again.
TABLE: dict[tuple[Stage, StageEvent], Stage] = {
    (Stage.ATTENDING, _RISK): Stage.AT_RISK,
    (Stage.ATTENDING, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.ATTENDING, _CONFIRM): Stage.DROPOUT,
    (Stage.AT_RISK, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.AT_RISK, _CONFIRM): Stage.DROPOUT,
    (Stage.AT_RISK, _BACK): Stage.BACK,
    (Stage.AT_RISK, _CLOSE): Stage.CLOSED,
    (Stage.SUSPECTED_DROPOUT, _CONFIRM): Stage.DROPOUT,
    (Stage.SUSPECTED_DROPOUT, _BACK): Stage.BACK,
    (Stage.SUSPECTED_DROPOUT, _CLOSE): Stage.CLOSED,
    (Stage.DROPOUT, _BACK): Stage.BACK,
    (Stage.DROPOUT, _CLOSE): Stage.CLOSED,
    (Stage.BACK, _RISK): Stage.AT_RISK,
    (Stage.BACK, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.BACK, _CONFIRM): Stage.DROPOUT,
    (Stage.BACK, _CLOSE): Stage.CLOSED,
    (Stage.CLOSED, _RISK): Stage.AT_RISK,
    (Stage.CLOSED, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.CLOSED, _CONFIRM): Stage.DROPOUT,
}

EVENT_OF: dict[Stage, StageEvent] = {
    Stage.AT_RISK: _RISK,
    Stage.SUSPECTED_DROPOUT: _SUSPECT,
    Stage.DROPOUT: _CONFIRM,
}


class Reached(NamedTuple):
    """A stage and the moment it was reached."""

    at: datetime
    stage: Stage


def stages(events: Iterable[tuple[datetime, StageEvent]]) -> tuple[Reached, ...]:
    """The stages a child went through, in order; empty for a child who was only ever attending."""
    path: list[Reached] = []
    for at, event in sorted(events):
        now = path[-1].stage if path else Stage.ATTENDING
        following = TABLE.get((now, event))
        if following is not None:
            path.append(Reached(at, following))
    return tuple(path)


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documents."""
    lines = [f"    {a} --> {b}: {event.zh}" for (a, event), b in TABLE.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Stage.ATTENDING}", *lines]) + "\n"
