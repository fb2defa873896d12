"""What is owed: one act by one post by one moment, with its rule, its facts and the proof of its moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import islice
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from notoneless.core.facts import ActDone, Event, Fact
from notoneless.core.policy.in_force import BoundRule
from notoneless.core.policy.pack import Duty
from notoneless.core.terms import ObligationState
from notoneless.core.time_limit import Due

# A name the world already has: same child, rule, occasion and duty, same key, online and in replay.
_KEYS = uuid5(NAMESPACE_URL, "https://notoneless.example/obligation").bytes
# The bits of a UUID that say how it was made: version 5, the variant of RFC 9562.
_FREE, _MADE = ~(0xF << 76 | 0x3 << 62), 5 << 76 | 0x2 << 62


class Obligation(NamedTuple):
    """应办事项: owed by a post about a subject (a child; in recurring duties a class group or a place)."""

    subject: str
    bound: BoundRule
    number: int  # which duty of the rule, from 0
    occasion: str  # what the rule fired for: a spell's first day, a day, an act …
    arose_at: datetime
    due: Due
    state: ObligationState
    facts: tuple[Fact, ...]
    met_by: ActDone | None = None

    @property
    def key(self) -> UUID:
        """The key that names this obligation wherever it is computed: a UUID of its name, version 5."""
        name = f"{self.subject}|{self.bound.ref}|{self.occasion}|{self.number}"
        # As `uuid5` does, at half the time; a roll call asks for twenty.
        digest = sha1(_KEYS + name.encode(), usedforsecurity=False).digest()
        return UUID(int=int.from_bytes(digest[:16], "big") & _FREE | _MADE)

    @property
    def duty(self) -> Duty:
        """The duty of the rule that is owed."""
        return self.bound.rule.obliges[self.number]

    @property
    def place(self) -> str:
        """The place that the event behind it names; "" is the subject's own."""
        return next((fact.place for fact in self.facts if isinstance(fact, Event) and fact.place), "")

    @property
    def late(self) -> bool:
        """Overdue, or met after its moment; late stays late."""
        if self.state is ObligationState.OVERDUE:
            return True
        return self.met_by is not None and _too_late(self.met_by.at, self.due)

    @property
    def sort_key(self) -> tuple[bool, str, str, str, int]:
        """Soonest first; moments that cannot be named come last."""
        at = self.due.at.isoformat() if self.due.at else ""
        return (not at, at, self.subject, self.bound.ref, self.number)


def meets(act: ActDone, duty: Duty, arose_at: datetime) -> bool:
    """True when `act` is what the duty asks: kind, addressee, participants, evidence, not before it arose."""
    return (
        act.act is duty.act
        and act.at >= arose_at
        and (duty.to is None or act.to is duty.to)
        and duty.taking_part <= act.taking_part | {act.by}
        and duty.needs <= act.evidence
    )


def met_by(acts: Iterable[ActDone], duty: Duty, arose_at: datetime) -> ActDone | None:
    """The act of `acts` that met the duty: the first fitting one, or the n-th where it asks for n times."""
    # Most are met by the first act that comes into question; whoever is long away has hundreds.
    fitting = (act for act in acts if act.at >= arose_at and meets(act, duty, arose_at))
    return next(islice(fitting, duty.times - 1, None), None)


def state_of(due: Due, act: ActDone | None, as_of: datetime) -> ObligationState:
    """Met by an act, overdue once its last minute has passed, open until then."""
    if act is not None:
        return ObligationState.MET
    return ObligationState.OVERDUE if _too_late(as_of, due) else ObligationState.OPEN


def _too_late(moment: datetime, due: Due) -> bool:
    """True once the due minute is over: what is done within it is done in time."""
    return due.at is not None and moment >= due.at + timedelta(minutes=1)
