"""The facts that acts about enrolment add: answers that meet a duty, and days fixed beforehand."""

from __future__ import annotations

from datetime import date, datetime, time

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Act, EventKind, Post
from notoneless.records.models import ActRecord, Child, EventRecord, Person, Place


def answered(child: Child, act: Act, by: Person, post: Post, at: datetime, note: str = "") -> ActRecord:
    """The act by which a duty about the child's enrolment is met."""
    return ActRecord.objects.create(
        child=child,
        act=act,
        happened_at=at,
        recorded_at=at,
        by=by,
        by_post=post,
        outcome="DONE",
        note=note,
    )


def stated(
    child: Child,
    kind: EventKind,
    place: Place | None,
    happens_at: datetime,
    by: Person,
    at: datetime,
    *,
    supersedes: EventRecord | None = None,
    note: str = "",
) -> EventRecord:
    """An event of now, or of a day that is fixed beforehand; what it leads to is owed at `place`."""
    return EventRecord.objects.create(
        child=child,
        kind=kind,
        place=place,
        happened_at=happens_at,
        recorded_at=at,
        by=by,
        supersedes=supersedes,
        note=note,
    )


def to_come(child: Child, kinds: tuple[EventKind, ...], at: datetime) -> list[EventRecord]:
    """Events of these kinds whose moment is still to come and that nothing has taken back."""
    waiting = EventRecord.objects.filter(child=child, kind__in=kinds, happened_at__gt=at)
    gone = EventRecord.objects.filter(supersedes__in=waiting).values("supersedes")
    return list(waiting.exclude(pk__in=gone))


def midnight(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time.min, CHINA_TIME)
