"""Sending what is gathered: claim, look once more, send, mark; nothing lost, and nothing twice by us.

A message is marked as begun before it leaves. Whoever finds one begun and its claim given up for dead knows
that nobody knows whether it arrived: where the receiver recognises the key it is sent again under the same
key, elsewhere it is left in doubt and the next morning's list tells what is then still owed.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid5

from django.db import connection, transaction
from django.db.models import F, Q

from notoneless.core.terms import Channel, MessageState, SendProblem
from notoneless.delivery.again import wait
from notoneless.delivery.channels import recognises_key, send
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent
from notoneless.delivery.quiet import is_quiet, loud_from
from notoneless.delivery.settings import DeliverySettings
from notoneless.delivery.texts import text, title
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Message
from notoneless.services.telling_counts import told_by
from notoneless.services.telling_undelivered import tell_officer
from notoneless.services.telling_ways import Way, ways_of

AT_ONCE = 8  # messages under way at one time
# Longer than eight messages can take with every server silent until the last second.
CLAIM_LASTS = timedelta(minutes=5)


class Ready(NamedTuple):
    """One message with the way it goes."""

    message: Message
    way: Way
    parcel: Parcel
    fresh: bool  # nothing of it has left before


def send_due(*, now: datetime, settings: DeliverySettings, limit: int = AT_ONCE) -> Counter[MessageState]:
    """Send up to `limit` messages whose time has come; how many were left in which state."""
    claimed = _claim(now, limit, secrets.token_hex(16), settings)
    with transaction.atomic():
        prepared = [_prepare(message, now, settings) for message in claimed]
        ready = [each for each in prepared if isinstance(each, Ready) and _begin(each, now)]
    outcomes = _sent(ready, settings)
    with transaction.atomic():
        marked = [_mark(*each, now, settings) for each in zip(ready, outcomes, strict=True)]
    return Counter([each for each in prepared if isinstance(each, MessageState)] + marked)


def _claim(now: datetime, limit: int, token: str, settings: DeliverySettings) -> list[Message]:
    """Mark what is to be sent as ours; whatever another worker holds is passed over."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS)
    loud = Q(urgent=True) if is_quiet(now, settings.telling.quiet, county_calendar()) else Q()
    with transaction.atomic():
        waiting = Message.objects.filter(free, loud, state=MessageState.WAITING, not_before__lte=now)
        waiting = waiting.order_by("not_before", "id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        ids = list(waiting.values_list("pk", flat=True)[:limit])
        Message.objects.filter(free, pk__in=ids).update(claimed_at=now, claim_token=token)
        ours = Message.objects.filter(pk__in=ids, claim_token=token)
        ours = ours.select_related("person").prefetch_related("tells", "person__contact_ways")
        return list(ours.order_by("not_before", "id"))


# Before.


def _prepare(message: Message, now: datetime, settings: DeliverySettings) -> Ready | MessageState:
    """The message with its way and text, or the state it ends in without being sent."""
    if message.begun_at and not recognises_key(Channel(message.channel), settings):  # type: ignore[call-arg]
        return _end(message, MessageState.IN_DOUBT, now, SendProblem.CUT_OFF)
    told = told_by(message, now=now)
    if not told.anything and not message.begun_at:
        return _end(message, MessageState.DROPPED, now)
    way = _way(message, settings)
    if way is None:
        return _end(message, MessageState.FAILED, now, message.problem or SendProblem.NO_WAY)
    fresh = not message.text
    if fresh:
        message.text = text(told, way.language, now=now, site=settings.site)
        message.title = title(way.language)
        message.channel, message.way_id = way.channel, way.kept
    # By another way it is another message to whoever receives it.
    key = str(uuid5(message.key, way.name))
    return Ready(message, way, Parcel(key, message.title, message.text, now), fresh)


def _way(message: Message, settings: DeliverySettings) -> Way | None:
    """The way the message is on, or the first it was not yet tried by."""
    ways = [way for way in ways_of(message.person, settings) if way.name not in message.ways_tried]
    if message.channel:
        on = str(message.way_id or message.channel)
        ways = [way for way in ways if way.name == on]
    return next(iter(ways), None)


def _begin(ready: Ready, now: datetime) -> bool:
    """Note that the message is about to leave; False when the claim was lost meanwhile."""
    message = ready.message
    message.tries += 1
    ours = Message.objects.filter(pk=message.pk, claim_token=message.claim_token, state=MessageState.WAITING)
    begun = ours.update(
        begun_at=now,
        tries=F("tries") + 1,
        text=message.text,
        title=message.title,
        channel=message.channel,
        way=message.way_id,
    )
    return bool(begun)


def _sent(ready: Sequence[Ready], settings: DeliverySettings) -> list[Outcome]:
    """What became of each, all of them under way at one time; no thread touches the database."""
    if len(ready) < 2:
        return [send(each.way.channel, each.parcel, each.way.address, settings) for each in ready]
    with ThreadPoolExecutor(len(ready)) as pool:
        return list(pool.map(lambda e: send(e.way.channel, e.parcel, e.way.address, settings), ready))


# After.


def _mark(ready: Ready, outcome: Outcome, now: datetime, settings: DeliverySettings) -> MessageState:
    message, way = ready.message, ready.way
    if isinstance(outcome, Sent):
        return _end(message, MessageState.SENT, now, accepted_as=outcome.accepted_as)
    if _is_worth_a_try(message, way, outcome, now, settings):
        asked = outcome.retry_after if isinstance(outcome, Failed) else None
        moment = now + wait(ready.parcel.key, message.tries, asked)
        # Of what never left, the words may follow what becomes of things meanwhile.
        reword = ready.fresh and outcome.problem is SendProblem.NOT_REACHED
        return _try_again(message, moment, outcome.problem, settings, reword=reword)
    if isinstance(outcome, InDoubt):
        return _end(message, MessageState.IN_DOUBT, now, outcome.problem)
    return _next_way(message, way, now, outcome.problem, settings)


def _is_worth_a_try(
    message: Message, way: Way, outcome: Failed | InDoubt, now: datetime, settings: DeliverySettings
) -> bool:
    """Whether it goes by the same way again: so many times, or for a day where there is no other."""
    if isinstance(outcome, Failed) and outcome.final:
        return False
    if isinstance(outcome, InDoubt) and not recognises_key(way.channel, settings):
        return False
    if message.tries < settings.telling.tries:
        return True
    return now < message.created_at + settings.telling.patience and not _others(message, way, settings)


def _try_again(
    message: Message, moment: datetime, problem: SendProblem, settings: DeliverySettings, *, reword: bool
) -> MessageState:
    later = moment if message.urgent else loud_from(moment, settings.telling.quiet, county_calendar())
    words = {"text": "", "title": ""} if reword else {}
    return _give_back(message, not_before=later, problem=problem, **words)


def _others(message: Message, way: Way, settings: DeliverySettings) -> bool:
    """Whether there is a way that was not tried yet, besides this one."""
    tried = {*message.ways_tried, way.name}
    return any(each.name not in tried for each in ways_of(message.person, settings))


def _next_way(
    message: Message, way: Way, now: datetime, problem: SendProblem, settings: DeliverySettings
) -> MessageState:
    others = _others(message, way, settings)
    message.ways_tried = [*message.ways_tried, way.name]
    if not others:
        return _end(message, MessageState.FAILED, now, problem)
    fresh = {"channel": "", "way": None, "text": "", "title": "", "tries": 0}
    return _give_back(message, ways_tried=message.ways_tried, problem=problem, not_before=now, **fresh)


def _give_back(message: Message, **changed: object) -> MessageState:
    ours = Message.objects.filter(pk=message.pk, claim_token=message.claim_token)
    ours.update(claimed_at=None, claim_token="", begun_at=None, **changed)
    return MessageState.WAITING


def _end(
    message: Message,
    state: MessageState,
    now: datetime,
    problem: SendProblem | str = "",
    *,
    accepted_as: str = "",
) -> MessageState:
    ours = Message.objects.filter(pk=message.pk, claim_token=message.claim_token)
    ended = ours.update(
        state=state,
        ended_at=now,
        problem=problem,
        accepted_as=accepted_as,
        claimed_at=None,
        claim_token="",
        begun_at=None,
        ways_tried=message.ways_tried,
    )
    if ended and state in (MessageState.FAILED, MessageState.IN_DOUBT):
        tell_officer(message, at=now)
    return state
