"""What is still so of what a message was to tell, counted when its time comes: done meanwhile is not told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import Post, TellKind
from notoneless.delivery.texts import Told
from notoneless.records.models import LIVE, Message, Obligation, Outbox
from notoneless.services.telling_watch import end_of_day

_OWN = (TellKind.DUE, TellKind.SOON)
_SIMPLY_COUNTED = {
    TellKind.HAND_OVER: "hand_overs",
    TellKind.COVERAGE: "gaps",
    TellKind.CLOSE_OUT: "close_outs",
    TellKind.BREAK_GLASS: "break_glass",
    TellKind.UNDELIVERED: "undelivered",
}


class _Owed(NamedTuple):
    key: UUID
    due_at: datetime | None


def told_by(message: Message, *, now: datetime) -> Told:
    """What a message tells at `now`; four queries at most. An obligation told in two ways counts once."""
    tells = list(message.tells.all())
    listed = [row for row in tells if row.kind == TellKind.MORNING]
    own = _owed(_named(tells, _OWN)) | _owed(_own_lists(listed, now))
    below = _owed(_named(tells, (TellKind.ESCALATE,))) | _owed(_below_lists(listed))
    ahead = [each.due_at for each in own if each.due_at is None or each.due_at >= now]
    return Told(
        due=tuple(sorted(due for due in ahead if due is not None)),
        overdue=len(own) - len(ahead),
        below=len(below - own),
        **_simple(tells),
    )


def _named(tells: Iterable[Outbox], kinds: Collection[TellKind]) -> QuerySet[Obligation] | None:
    keys = [row.obligation_id for row in tells if row.kind in kinds and row.obligation_id]
    return Obligation.objects.filter(key__in=keys) if keys else None


def _own_lists(listed: Sequence[Outbox], now: datetime) -> QuerySet[Obligation] | None:
    """What the posts of the morning's lists owe, today's and what is overdue."""
    theirs = Q(pk__in=[])
    for body in (row.body for row in listed if not row.body.get("level")):
        for post in body["posts"]:
            theirs |= Q(who=Post(post), place=body["place"], class_group=body["class_group"])  # type: ignore[call-arg]
    return Obligation.objects.filter(theirs, due_at__lte=end_of_day(now)) if theirs else None


def _below_lists(listed: Sequence[Outbox]) -> QuerySet[Obligation] | None:
    """What is overdue at the places of the lists and was taken as far up as the list's post."""
    places: dict[int, set[int]] = {}
    for body in (row.body for row in listed if row.body.get("level")):
        places.setdefault(body["level"], set()).add(body["place"])
    overdue = Q(pk__in=[])
    for level, there in places.items():
        overdue |= Q(place__in=there, escalation_level__gte=level)
    return Obligation.objects.filter(overdue) if places else None


def _owed(rows: QuerySet[Obligation] | None) -> set[_Owed]:
    if rows is None:
        return set()
    return {_Owed(*row) for row in rows.filter(state__in=LIVE).values_list("key", "due_at")}


def _simple(tells: Iterable[Outbox]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in tells:
        if row.kind not in (*_OWN, TellKind.MORNING, TellKind.ESCALATE):
            name = _SIMPLY_COUNTED.get(TellKind(row.kind), "others") if row.kind in _KINDS else "others"  # type: ignore[call-arg]
            counts[name] = counts.get(name, 0) + 1
    return counts


_KINDS = frozenset(kind.value for kind in TellKind)
