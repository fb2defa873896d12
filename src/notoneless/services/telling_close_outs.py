"""销号待办: a return that is stable and nobody has asked about, a request that waits for its review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from notoneless.core.policy.pack import Closing
from notoneless.core.stages import RETURNED
from notoneless.core.terms import CloseOutKind, Post, TellKind
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import Case, CloseOutAsked, Outbox
from notoneless.services.close_out_lists import waiting
from notoneless.services.closing import present_in_a_row

AT_ONCE = 200  # children read at one time


def ready_to_close(now: datetime) -> Iterator[Outbox]:
    """What tells the school office, once, that it could ask for a close-out."""
    cases = list(Case.objects.filter(stage__in=RETURNED).order_by("pk"))
    for part in (cases[i : i + AT_ONCE] for i in range(0, len(cases), AT_ONCE)):
        found = subjects([case.child_id for case in part], as_of=now)
        for case in part:
            subject = found.get(case.child_id)
            closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN) if subject else None
            if subject and closing and not closing.missing_days(present_in_a_row(subject, now)):
                # A case that was opened again and comes back to this point is worth telling again.
                key = f"close-out/{case.pk}/{case.times_reopened}"
                yield _tell(key, [Post.SCHOOL_OFFICE], subject, {"case": case.pk}, now)


def to_be_reviewed(now: datetime) -> Iterator[Outbox]:
    """What tells the nearest who may review, once, that a request waits."""
    rows = waiting()
    found = subjects({row.case.child_id for row in rows}, as_of=now)
    for row in rows:
        subject = found.get(row.case.child_id)
        closing = subject.home.packs.closing(row.kind) if subject else None
        if subject and closing:
            body = {"case": row.case_id, "asked": str(row.pk)}
            yield _tell(f"close-out-review/{row.pk}", [_nearest(closing, row)], subject, body, now)


def still_waiting(tells: Iterable[dict[str, Any]]) -> int:
    """How many cases these bodies speak of that still wait for what they tell."""
    bodies = list(tells)
    asked = {body["asked"] for body in bodies if "asked" in body}
    ready = {body["case"] for body in bodies if "asked" not in body}
    pending = CloseOutAsked.objects.filter(reviewed=None)
    under_review = set(pending.filter(pk__in=asked).values_list("case", flat=True)) if asked else set()
    open_ones = Case.objects.filter(pk__in=ready, stage__in=RETURNED)
    to_ask = set(open_ones.exclude(pk__in=pending.values("case")).values_list("pk", flat=True))
    return len(under_review | to_ask)


def _nearest(closing: Closing, row: CloseOutAsked) -> Post:
    """Of several who may review, the nearest beside whoever asked; the others find it in their lists."""
    named = closing.nearest_reviewers
    return next((post for post in named if post is not row.by_post), named[0])


def _tell(key: str, posts: list[Post], subject: Subject, body: dict[str, Any], now: datetime) -> Outbox:
    aim = {
        "posts": [post.value for post in posts],
        "place": subject.home.school_id,
        "class_group": subject.home.id,
        "child": str(subject.record.child),
    }
    return Outbox(key=key, kind=TellKind.CLOSE_OUT.value, body=aim | body, created_at=now)
