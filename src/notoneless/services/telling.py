"""Telling people: what must be told is queued in the act's transaction; the worker does the rest.

An act calls `queue` inside its own transaction and is done. From there: `telling_watch` finds what is due by
time alone, `telling_addressing` gathers what waits into one message a person, `telling_counts` looks again at
what of it is still so when its time comes, `telling_sending` sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from notoneless.core.terms import Post, TellKind
from notoneless.records.models import Outbox


def queue(
    *,
    key: str,
    kind: TellKind,
    at: datetime,
    posts: Iterable[Post] = (),
    place: int | None = None,
    class_group: int | None = None,
    child: UUID | None = None,
    person: int | None = None,
    obligation: UUID | None = None,
    about: Mapping[str, object] | None = None,
) -> None:
    """Queue something to tell, in the transaction of the act that makes it true; a key queued is queued once.

    Told are the holders of `posts` on the day it is addressed: in `class_group`, at `place` or around it, or
    whoever is assigned to `child` there; or one `person`. `about` holds ids and counts, never names; nothing
    of it is ever sent. With an `obligation` it is told only while that is still owed.
    """
    body = {
        "posts": [post.value for post in posts],
        "place": place,
        "class_group": class_group,
        "child": str(child) if child else None,
        "person": person,
        **(about or {}),
    }
    row = Outbox(key=key, kind=kind.value, body=body, created_at=at, obligation_id=obligation)
    # One statement, for this is part of acts that people wait for.
    Outbox.objects.bulk_create([row], ignore_conflicts=True)
