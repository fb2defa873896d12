"""What is still so of what a message was to tell, counted when its time comes: done meanwhile is not told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import TellKind
from notoneless.delivery.texts import Told
from notoneless.records.models import LIVE, CoverageGap, Message, Obligation, Outbox, PostHeld
from notoneless.records.scopes import live as held_on
from notoneless.services.telling_close_outs import still_waiting
from notoneless.services.telling_still import findings_open, questions_open, requests_open, turns_open
from notoneless.services.telling_watch import end_of_day

_OWN = (TellKind.DUE, TellKind.SOON)
_SIMPLY_COUNTED: dict[str, str] = {
    TellKind.HAND_OVER: "hand_overs",
    TellKind.CASE: "cases",
    TellKind.BREAK_GLASS: "break_glass",
    TellKind.PUBLIC: "public",
    TellKind.REPORT: "reports",
    TellKind.CONTRADICTION: "contradictions",
    TellKind.DECIDED: "decided",
    TellKind.UNDELIVERED: "undelivered",
}
# Counted are those of which what the row tells is still so.
_STILL: dict[TellKind, tuple[str, Callable[[Sequence[dict[str, Any]]], int]]] = {
    TellKind.CLOSE_OUT: ("close_outs", still_waiting),
    TellKind.QUESTION: ("questions", questions_open),
    TellKind.INSPECTION: ("inspections", findings_open),
    TellKind.REPORT_TURN: ("report_turns", turns_open),
    TellKind.ASKED: ("asked", requests_open),
}
_LOOKED_UP = frozenset({*_OWN, TellKind.MORNING, TellKind.ESCALATE, TellKind.COVERAGE, *_STILL})
_NOTHING = Q(pk__in=[])


def told_by(message: Message, *, now: datetime) -> Told:
    """What a message tells at `now`; an obligation told in two ways counts once. Six queries at most."""
    tells = list(message.tells.all())
    listed = [row.body for row in tells if row.kind == TellKind.MORNING]
    own = _named(tells, _OWN) | _own_lists(listed, now)
    below = _named(tells, (TellKind.ESCALATE,)) | _below_lists(listed)
    live = Obligation.objects.filter(state__in=LIVE).order_by()
    # Counted there: with a county's arrears of years there may be very many.
    ahead = live.filter(own, due_at__gte=now).values_list("due_at", flat=True)
    return Told(
        due=tuple(sorted(due for due in ahead if due)),
        overdue=live.filter(own, due_at__lt=now).count(),
        below=live.filter(below).exclude(own).count(),
        gaps=_gaps(message.person_id, now) if any(row.kind == TellKind.COVERAGE for row in tells) else 0,
        **_still(tells),
        **_simple(tells),
    )


def _named(tells: Iterable[Outbox], kinds: Collection[TellKind]) -> Q:
    return Q(key__in=[row.obligation_id for row in tells if row.kind in kinds and row.obligation_id])


def _own_lists(listed: Sequence[dict[str, Any]], now: datetime) -> Q:
    """What the posts of the morning's lists owe, today's and what is overdue."""
    theirs = _NOTHING
    for body in listed:
        if not body.get("level"):
            theirs |= Q(who__in=body["posts"], place=body["place"], class_group=body["class_group"])
    return theirs & Q(due_at__lte=end_of_day(now))


def _below_lists(listed: Sequence[dict[str, Any]]) -> Q:
    """What is overdue at the places of the lists and was taken as far up as the list's post."""
    places: dict[int, set[int]] = {}
    for body in listed:
        if body.get("level"):
            places.setdefault(body["level"], set()).add(body["place"])
    overdue = _NOTHING
    for level, there in places.items():
        overdue |= Q(place__in=there, escalation_level__gte=level)
    return overdue


def _gaps(person: int, now: datetime) -> int:
    """How many open gaps in the chain of people the person is to see filled."""
    held = PostHeld.objects.filter(
        held_on(now.astimezone(CHINA_TIME).date()), person=person, place__isnull=False
    )
    theirs = _NOTHING
    for post, place in held.values_list("post", "place"):
        theirs |= Q(owed_by=post, owed_at=place)
    return CoverageGap.objects.filter(theirs, closed_on=None).count()


def _still(tells: Iterable[Outbox]) -> dict[str, int]:
    """What of these kinds is not done yet; asked only where something of the kind is told."""
    bodies: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tells:
        bodies[row.kind].append(row.body)
    return {name: count(bodies[kind]) for kind, (name, count) in _STILL.items() if kind in bodies}


def _simple(tells: Iterable[Outbox]) -> dict[str, int]:
    return Counter(_SIMPLY_COUNTED.get(row.kind, "others") for row in tells if row.kind not in _LOOKED_UP)
