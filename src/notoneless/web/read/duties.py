"""What the date brought to a person's posts, and to posts that nobody holds below theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from notoneless.core.explain import why
from notoneless.records.models import LIVE, Obligation, Person
from notoneless.records.owing import owing_classes, owing_places
from notoneless.records.scopes import visible_obligations
from notoneless.services.date_duties import owed_now
from notoneless.services.permissions import PLACE_POSTS, Held
from notoneless.services.place_acts import holders
from notoneless.services.posts import below
from notoneless.web.read.reasons import Reason


class Duty(NamedTuple):
    """A duty of the date, and whether anybody holds the post that owes it."""

    row: Obligation
    nobody: bool


def with_holders(rows: Iterable[Obligation], as_of: datetime) -> tuple[Duty, ...]:
    """These duties in their order, each with whether its post is vacant."""
    kept = list(rows)
    held = holders(kept, as_of.date()) if kept else {}
    return tuple(Duty(row, not held[row.pk]) for row in kept)


def left_to(held: Iterable[Held], as_of: datetime) -> list[Obligation]:
    """What posts below these owe in the same places while nobody holds them, soonest first."""
    found = Q(pk__in=[])
    for each in held:
        if each.path and each.post in PLACE_POSTS and below(each.post):
            found |= Q(place__path__startswith=each.path, who__in=below(each.post))
    rows = live_duties().filter(found)
    return [duty.row for duty in with_holders(rows, as_of) if duty.nobody]


def live_duties() -> QuerySet[Obligation]:
    """All duties of the date that are still to be done, soonest first."""
    rows = Obligation.objects.filter(child=None, state__in=LIVE).exclude(occasion__contains="/")
    return rows.select_related("class_group", "place").order_by(F("due_at").asc(nulls_last=True), "key")


def duty_for(person: Person, key: UUID, as_of: datetime) -> Obligation | None:
    """The duty, if this person may see it."""
    rows = visible_obligations(person, as_of.date()).filter(pk=key, child=None)
    return rows.exclude(occasion__contains="/").select_related("class_group", "place").first()


def duty_reason(row: Obligation, *, as_of: datetime, language: str) -> Reason:
    """Why it is owed, derived again from the calendar and the packs."""
    if row.class_group_id is not None:
        owing = owing_classes([row.class_group_id])[0]
    else:
        owing = owing_places([row.place_id])[0]
    owed = next((o for o in owed_now(owing, row.occasion, now=as_of) if o.key == row.pk), None)
    return Reason(row, owed, why(owed, owing.calendar, language) if owed else None)
