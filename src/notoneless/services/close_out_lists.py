"""销号申请 in lists: what waits for a person's review, and what became of the requests they see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from notoneless.core.policy.pack import Closing
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.histories import subjects
from notoneless.records.models import CloseOutAsked, Person
from notoneless.records.scopes import posts_on, visible_cases
from notoneless.services.closing import reviewing_post
from notoneless.services.closing_grounds import Grounds

SHOWN = 50


def waiting() -> list[CloseOutAsked]:
    """Every request that nobody has decided on yet, the oldest first."""
    rows = CloseOutAsked.objects.filter(reviewed=None).select_related("case__child", "by")
    return list(rows.order_by("at", "pk"))


def to_review(person: Person, at: datetime) -> list[CloseOutAsked]:
    """The requests that wait for this person: in their reach, by their post, asked by somebody else."""
    if not reviews(person, at):
        return []
    mine = visible_cases(person, at.date(), Verb.APPROVE)
    rows = CloseOutAsked.objects.filter(reviewed=None, case__in=mine).exclude(by=person)
    found = rows.select_related("case__child", "by").order_by("at", "pk")
    return [row for row in found if reviewing_post(person, row, Grounds(row.case, at)) is not None]


def reviews(person: Person, at: datetime) -> bool:
    """Whether one of the person's posts may be the second one of a close-out."""
    posts = posts_that(Thing.CASE, Verb.APPROVE)
    return any(each.post in posts for each in posts_on(person, at.date()))


def requests_seen(person: Person, at: datetime) -> list[CloseOutAsked]:
    """The latest requests about cases that the person works on, decided or not; the newest first."""
    cases = visible_cases(person, at.date(), Verb.CHANGE)
    rows = CloseOutAsked.objects.filter(case__in=cases)
    found = rows.select_related("case__child", "by", "reviewed__by").order_by("-at", "pk")
    return list(found[:SHOWN])


def closings_of(requests: Iterable[CloseOutAsked], at: datetime) -> dict[UUID, Closing]:
    """What the policy in force asks for each of these; requests without a policy are left out."""
    rows = list(requests)
    known = subjects({row.case.child_id for row in rows}, as_of=at)
    found: dict[UUID, Closing] = {}
    for row in rows:
        subject = known.get(row.case.child_id)
        closing = subject.home.packs.closing(row.kind) if subject else None
        if closing is not None:
            found[row.pk] = closing
    return found
