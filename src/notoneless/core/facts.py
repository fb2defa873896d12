"""Facts about one child, each with the day it concerns and the moment we learned it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from notoneless.core.terms import AbsenceReason, Act, ActOutcome, AttendanceStatus, EventKind, Evidence, Post

# China keeps one civil time and no summer time, so a fixed offset is exact (GB/T 7408).
CHINA_TIME = timezone(timedelta(hours=8), "北京时间")


class Mark(NamedTuple):
    """考勤标记: what one roll call says of the child; only what is not PRESENT need be stored."""

    day: date
    session: str  # a session code of the school's calendar, e.g. "MORNING", "L3"
    status: AttendanceStatus
    at: datetime  # when the roll call was taken
    learned_at: datetime
    reason: AbsenceReason | None = None
    id: str = ""
    supersedes: str = ""  # the id of the mark this one corrects


class Leave(NamedTuple):
    """请假: leave granted for days; `until` is the first day the child is expected again."""

    from_day: date
    until: date
    reason: AbsenceReason
    granted_at: datetime
    learned_at: datetime
    id: str = ""
    supersedes: str = ""  # ending leave early (销假) or extending it supersedes the grant


class ActDone(NamedTuple):
    """已办动作: a contact, visit, persuasion, report … that somebody did about the child."""

    act: Act
    at: datetime
    learned_at: datetime
    by: Post
    taking_part: frozenset[Post] = frozenset()  # every post that took part, `by` included or not
    to: Post | None = None
    outcome: ActOutcome = ActOutcome.DONE
    evidence: frozenset[Evidence] = frozenset()
    id: str = ""
    supersedes: str = ""


class Event(NamedTuple):
    """事件: something a person states about the child; one that names a moment to come counts from then."""

    kind: EventKind
    at: datetime
    learned_at: datetime
    id: str = ""
    supersedes: str = ""
    place: str = ""  # where what follows from it is owed; the child's own class when empty


Fact = Mark | Leave | ActDone | Event
