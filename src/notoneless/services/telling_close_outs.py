"""销号待审: a child is back for good as its policy counts that, and nobody has settled the case yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from notoneless.core.stages import RETURNED
from notoneless.core.terms import CloseOutKind, Post, TellKind
from notoneless.records.histories import subjects
from notoneless.records.models import Case, Outbox
from notoneless.services.closing import present_in_a_row

AT_ONCE = 200  # children read at one time


def ready_to_close(now: datetime) -> Iterator[Outbox]:
    """What tells the principal, once, that a case could be closed out."""
    cases = list(Case.objects.filter(stage__in=RETURNED).order_by("pk"))
    for part in (cases[i : i + AT_ONCE] for i in range(0, len(cases), AT_ONCE)):
        found = subjects([case.child_id for case in part], as_of=now)
        for case in part:
            subject = found.get(case.child_id)
            closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN) if subject else None
            if subject and closing and present_in_a_row(subject, now) >= closing.present_school_days:
                yield _waiting(case, subject.home.school_id, subject.home.id, now)


def still_waiting(cases: list[int]) -> int:
    """How many of these cases are not settled yet."""
    return Case.objects.filter(pk__in=cases, stage__in=RETURNED).count()


def _waiting(case: Case, school: int, class_group: int | None, now: datetime) -> Outbox:
    body = {
        "posts": [Post.PRINCIPAL.value],
        "place": school,
        "class_group": class_group,
        "child": str(case.child_id),
        "case": case.pk,
    }
    kind = TellKind.CLOSE_OUT.value
    # A case that was opened again and comes back to this point is worth telling again.
    return Outbox(key=f"close-out/{case.pk}/{case.times_reopened}", kind=kind, body=body, created_at=now)
