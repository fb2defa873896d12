"""What could not be delivered: the system officer is told, and sees whom it concerned and why."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Channel, MessageState, Post, SendProblem, TellKind
from notoneless.records.models import Message, Outbox, PostHeld
from notoneless.records.scopes import live

PROBLEMS = (MessageState.FAILED, MessageState.IN_DOUBT)


class HeldUp(NamedTuple):
    """So many messages wait because a channel does not take them."""

    channel: Channel
    problem: SendProblem
    many: int
    since: datetime  # when the oldest of them was made


def undelivered(since: datetime) -> QuerySet[Message]:
    """The messages that failed or are in doubt since a moment, the latest first, with their people."""
    found = Message.objects.filter(state__in=PROBLEMS, ended_at__gte=since)
    return found.select_related("person").order_by("-ended_at", "-pk")


def held_up() -> QuerySet[Message]:
    """The messages that were tried and are to be tried again."""
    return Message.objects.filter(state=MessageState.WAITING, tries__gt=0).exclude(problem="")


def by_channel(messages: QuerySet[Message]) -> list[HeldUp]:
    """How many of these messages wait for each channel and why; the most first."""
    rows = messages.order_by().values_list("channel", "problem")
    found = rows.annotate(many=Count("pk"), since=Min("created_at")).order_by("-many", "channel")
    return [HeldUp(*row) for row in found]


def tell_officer(message: Message, *, at: datetime) -> None:
    """Queue that a message was not delivered; one that told of just that makes no new one."""
    if not message.tells.exclude(kind=TellKind.UNDELIVERED).exists():
        return
    body = {
        "posts": [Post.SYSTEM_OFFICER.value],
        "place": _place_of(message, at),
        "message": str(message.key),
    }
    Outbox.objects.get_or_create(
        key=f"undelivered/{message.key}",
        defaults={"kind": TellKind.UNDELIVERED.value, "body": body, "created_at": at},
    )


def _place_of(message: Message, at: datetime) -> int | None:
    """A place the person works at; the officer is looked for from there upward."""
    held = PostHeld.objects.filter(live(at.astimezone(CHINA_TIME).date()), person=message.person_id)
    post = held.select_related("class_group").order_by("pk").first()
    if post is None:
        return None
    return post.class_group.school_id if post.class_group else post.place_id
