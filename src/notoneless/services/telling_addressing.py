"""What waits to be told, gathered into one message a person: what comes in meanwhile joins it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import MessageState
from notoneless.delivery.quiet import loud_from
from notoneless.delivery.settings import Telling
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Message, Outbox, Person
from notoneless.services.telling_people import Recipients, aim_of

AT_ONCE = 200  # things in one transaction
# A site that begins to send must not tell years of history; what is still owed, each morning tells anew.
STALE = timedelta(days=14)

M = TypeVar("M", Outbox, Message)
Ours = tuple[int, bool]  # the person, and whether it is urgent


@transaction.atomic
def address(*, now: datetime, telling: Telling, limit: int = AT_ONCE) -> int:
    """Put up to `limit` waiting things into the messages of whom they concern; how many were taken up."""
    rows = list(_unlocked(Outbox.objects.filter(addressed_at=None).order_by("id"))[:limit])
    fresh = [row for row in rows if row.created_at >= now - STALE]
    aims = {row.pk: aim_of(row) for row in fresh}
    recipients = Recipients(aims.values(), now.astimezone(CHINA_TIME).date())
    wanted: dict[Ours, list[int]] = defaultdict(list)
    for row in fresh:
        for person in recipients.of(aims[row.pk]):
            wanted[person, row.kind in telling.urgent].append(row.pk)
    _join(wanted, now, telling)
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(addressed_at=now)
    return len(rows)


def _join(wanted: dict[Ours, list[int]], now: datetime, telling: Telling) -> None:
    # Two workers with things for one person would otherwise make two messages of them.
    people = {person for person, _ in wanted}
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    messages = _waiting(people)
    new = [_message(ours, now, telling) for ours in wanted if ours not in messages]
    Message.objects.bulk_create(new)
    messages |= {(made.person_id, made.urgent): made for made in new}
    link = Message.tells.through
    link.objects.bulk_create(
        [link(message_id=messages[ours].pk, outbox_id=row) for ours, rows in wanted.items() for row in rows],
        ignore_conflicts=True,
    )


def _waiting(people: Collection[int]) -> dict[Ours, Message]:
    """The messages of which nothing can have arrived; one that a worker is just claiming is passed over."""
    waiting = Message.objects.filter(
        state=MessageState.WAITING, person__in=people, text="", claim_token="", ways_tried=[]
    )
    return {(each.person_id, each.urgent): each for each in _unlocked(waiting.order_by("pk"))}


def _message(ours: Ours, now: datetime, telling: Telling) -> Message:
    person, urgent = ours
    later = loud_from(now + telling.digest, telling.quiet, county_calendar())
    return Message(person_id=person, urgent=urgent, created_at=now, not_before=now if urgent else later)


def _unlocked(rows: QuerySet[M]) -> QuerySet[M]:
    """These rows, held until the transaction ends, without those that another worker holds."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows
