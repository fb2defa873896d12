"""One child's facts in order, as known at a given moment; corrections applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple, TypeVar

from notoneless.core.facts import ActDone, Event, Fact, Leave, Mark

F = TypeVar("F", Mark, Leave, ActDone, Event)


class History(NamedTuple):
    """What is known of one child.

    Attendance is sparse: within `enrolled_from` (inclusive) and `enrolled_until` (exclusive, None = still
    enrolled) a session the calendar expects and no mark mentions was PRESENT. A roll call that was not taken
    must therefore be an UNRECORDED mark; whoever builds a history owes it (see `unrecorded.fill`).
    """

    child: str
    marks: tuple[Mark, ...] = ()
    leaves: tuple[Leave, ...] = ()
    acts: tuple[ActDone, ...] = ()
    events: tuple[Event, ...] = ()
    enrolled_from: date = date.min
    enrolled_until: date | None = None

    def as_known_at(self, moment: datetime) -> History:
        """The same child as known at `moment`: nothing learned later, corrected facts gone."""
        marks = _latest_marks(known(self.marks, moment))
        if not (self.leaves or self.acts or self.events):
            return self._replace(marks=marks)
        return self._replace(
            marks=marks,
            leaves=tuple(sorted(known(self.leaves, moment), key=_leave_order)),
            acts=tuple(acts_known(self.acts, moment)),
            events=tuple(sorted(known(self.events, moment), key=_event_order)),
        )

    def facts(self) -> tuple[Fact, ...]:
        """Every fact, in no promised order."""
        return (*self.marks, *self.leaves, *self.acts, *self.events)


def known(facts: Iterable[F], moment: datetime) -> list[F]:
    """Facts learned by `moment`, less those that a fact also known by then supersedes."""
    seen = [fact for fact in facts if fact.learned_at <= moment]
    gone = {fact.supersedes for fact in seen if fact.supersedes}
    return [fact for fact in seen if fact.id not in gone] if gone else seen


def acts_known(acts: Iterable[ActDone], moment: datetime) -> list[ActDone]:
    """The acts known at `moment`, corrections applied, in the order in which they were done."""
    return sorted(known(acts, moment), key=_act_order)


def _latest_marks(marks: list[Mark]) -> tuple[Mark, ...]:
    """One mark a session, the last learned, in order of day and time; arrival order never matters."""
    # Most come with one mark a day, in order: nothing to settle, and a look is cheaper than two sorts.
    if not all(mark.day < following.day for mark, following in pairwise(marks)):
        marks.sort(key=_learning_order)
        latest = {(mark.day, mark.session): mark for mark in marks}
        marks = sorted(latest.values(), key=_time_order)
    return tuple(marks)


# Each order goes by the moment, then the id, then all else the fact says: equal moments must not leave the
# answer to the order of arrival.


def _leave_order(leave: Leave) -> tuple[object, ...]:
    said = (leave.until, leave.reason, leave.granted_at, leave.learned_at, leave.supersedes)
    return (leave.from_day, leave.id, *said)


def _act_order(act: ActDone) -> tuple[object, ...]:
    said = (act.act, act.by, act.to or "", act.outcome, sorted(act.taking_part), sorted(act.evidence))
    return (act.at, act.id, act.learned_at, *said, act.supersedes)


def _event_order(event: Event) -> tuple[object, ...]:
    return (event.at, event.id, event.learned_at, event.kind, event.supersedes, event.place)


def _learning_order(mark: Mark) -> tuple[object, ...]:
    return (mark.learned_at, mark.at, mark.id, mark.status, mark.reason or "", mark.supersedes)


def _time_order(mark: Mark) -> tuple[date, datetime, str]:
    return (mark.day, mark.at, mark.session)
