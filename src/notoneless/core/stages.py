"""The stages of a case as one table: which event moves which stage where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from notoneless.core.terms import Stage, StageEvent

_RISK, _SUSPECT, _CONFIRM = StageEvent.AT_RISK, StageEvent.SUSPECTED, StageEvent.CONFIRMED
_NEVER, _ELSEWHERE = StageEvent.NEVER_ENROLLED, StageEvent.FOUND_ELSEWHERE
_BACK, _HELD, _CLOSE = StageEvent.CAME_BACK, StageEvent.HELD, StageEvent.CLOSED_OUT

# A pair that is not listed changes nothing: a suspected dropout does not become "at risk" again.
TABLE: dict[tuple[Stage, StageEvent], Stage] = {
    (Stage.ATTENDING, _RISK): Stage.AT_RISK,
    (Stage.ATTENDING, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.ATTENDING, _CONFIRM): Stage.DROPOUT,
    (Stage.ATTENDING, _NEVER): Stage.NEVER_ENROLLED,
    (Stage.AT_RISK, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.AT_RISK, _CONFIRM): Stage.DROPOUT,
    (Stage.AT_RISK, _ELSEWHERE): Stage.ENROLLED_ELSEWHERE,
    (Stage.AT_RISK, _BACK): Stage.BACK,
    (Stage.AT_RISK, _CLOSE): Stage.CLOSED,
    (Stage.SUSPECTED_DROPOUT, _CONFIRM): Stage.DROPOUT,
    (Stage.SUSPECTED_DROPOUT, _ELSEWHERE): Stage.ENROLLED_ELSEWHERE,
    (Stage.SUSPECTED_DROPOUT, _BACK): Stage.BACK,
    (Stage.SUSPECTED_DROPOUT, _CLOSE): Stage.CLOSED,
    (Stage.DROPOUT, _ELSEWHERE): Stage.ENROLLED_ELSEWHERE,
    (Stage.DROPOUT, _BACK): Stage.BACK,
    (Stage.DROPOUT, _CLOSE): Stage.CLOSED,
    (Stage.NEVER_ENROLLED, _ELSEWHERE): Stage.ENROLLED_ELSEWHERE,
    (Stage.NEVER_ENROLLED, _BACK): Stage.BACK,
    (Stage.NEVER_ENROLLED, _CLOSE): Stage.CLOSED,
    # A word that the child learns elsewhere holds nothing up: as long as no school has confirmed it, the
    # absence here goes on counting, and may still be found to be what it looked like.
    (Stage.ENROLLED_ELSEWHERE, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.ENROLLED_ELSEWHERE, _CONFIRM): Stage.DROPOUT,
    (Stage.ENROLLED_ELSEWHERE, _NEVER): Stage.NEVER_ENROLLED,
    (Stage.ENROLLED_ELSEWHERE, _BACK): Stage.BACK,
    (Stage.ENROLLED_ELSEWHERE, _CLOSE): Stage.CLOSED,
    (Stage.BACK, _HELD): Stage.HELD,
    (Stage.BACK, _RISK): Stage.AT_RISK,
    (Stage.BACK, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.BACK, _CONFIRM): Stage.DROPOUT,
    (Stage.BACK, _CLOSE): Stage.CLOSED,
    (Stage.HELD, _RISK): Stage.AT_RISK,
    (Stage.HELD, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.HELD, _CONFIRM): Stage.DROPOUT,
    (Stage.HELD, _CLOSE): Stage.CLOSED,
    (Stage.CLOSED, _RISK): Stage.AT_RISK,
    (Stage.CLOSED, _SUSPECT): Stage.SUSPECTED_DROPOUT,
    (Stage.CLOSED, _CONFIRM): Stage.DROPOUT,
    (Stage.CLOSED, _NEVER): Stage.NEVER_ENROLLED,
}

# The stages in which a child is not in school, as far as anybody here can see; what lists call open.
OUT = (
    Stage.AT_RISK,
    Stage.SUSPECTED_DROPOUT,
    Stage.DROPOUT,
    Stage.NEVER_ENROLLED,
    Stage.ENROLLED_ELSEWHERE,
)
# Those of them in which a child must be taken to be out of school.
GRAVE = (Stage.SUSPECTED_DROPOUT, Stage.DROPOUT, Stage.NEVER_ENROLLED)
# Back in school, the case not yet settled.
RETURNED = (Stage.BACK, Stage.HELD)
# No case is open.
SETTLED = (Stage.ATTENDING, Stage.CLOSED)

EVENT_OF: dict[Stage, StageEvent] = {
    Stage.AT_RISK: _RISK,
    Stage.SUSPECTED_DROPOUT: _SUSPECT,
    Stage.DROPOUT: _CONFIRM,
}


# What is written down of a step that led to a stage.
EVENT_TO: dict[Stage, StageEvent | None] = {
    Stage.ATTENDING: None,
    **EVENT_OF,
    Stage.NEVER_ENROLLED: _NEVER,
    Stage.ENROLLED_ELSEWHERE: _ELSEWHERE,
    Stage.BACK: _BACK,
    Stage.HELD: _HELD,
    Stage.CLOSED: _CLOSE,
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
