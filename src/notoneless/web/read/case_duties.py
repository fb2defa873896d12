"""What casework asks of a person today: overdue steps of plans, and hand-offs that wait for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from notoneless.core.stages import SETTLED
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import HandOff, Person, PlanMade, PlanStep
from notoneless.records.scopes import posts_on, visible_cases, visible_hand_offs
from notoneless.services.case_work import posts_missing
from notoneless.web.read.case import HandOffShown, shown

SHOWN = 30


class StepOwed(NamedTuple):
    """A step past its day, with the posts of the reader that have not done their part."""

    step: PlanStep
    posts: tuple[Post, ...]


def case_duties(person: Person, at: datetime) -> tuple[tuple[StepOwed, ...], tuple[HandOffShown, ...]]:
    """Overdue steps and open hand-offs; asks only about what one of the person's posts may see."""
    held = frozenset(each.post for each in posts_on(person, at.date()))
    steps = _steps_owed(person, held, at) if held & posts_that(Thing.CASE, Verb.SEE) else ()
    return steps, _hand_offs_open(person, at) if held & posts_that(Thing.CASE_HAND_OFF, Verb.SEE) else ()


def _steps_owed(person: Person, held: frozenset[str], at: datetime) -> tuple[StepOwed, ...]:
    """Overdue steps of the standing plans that one of the person's own posts owes a part of."""
    today = at.date()
    last = PlanMade.objects.filter(case=OuterRef("plan__case")).order_by("-at", "-pk").values("pk")[:1]
    rows = PlanStep.objects.filter(due_on__lt=today, plan__case__in=visible_cases(person, today))
    rows = rows.exclude(plan__case__stage__in=SETTLED).filter(plan=Subquery(last))
    found = []
    for step in rows.select_related("plan__case__child").prefetch_related("done").order_by("due_on", "pk"):
        posts = tuple(post for post in posts_missing(step) if post in held)
        if posts and (step.person_id is None or step.person_id == person.pk):
            found.append(StepOwed(step, posts))
    return tuple(found[:SHOWN])


def _hand_offs_open(person: Person, at: datetime) -> tuple[HandOffShown, ...]:
    """The hand-offs from and to the person's places that nobody has answered, the oldest first."""
    rows = visible_hand_offs(person, at.date()).filter(answered=None)
    return tuple(shown(made, at) for made in _with_all(rows).order_by("at", "pk")[:SHOWN])


def hand_offs_seen(person: Person, at: datetime) -> tuple[HandOffShown, ...]:
    """All hand-offs from and to the person's places, those without an answer first, then the newest."""
    rows = _with_all(visible_hand_offs(person, at.date())).order_by("-at", "pk")[: 10 * SHOWN]
    found = [shown(made, at) for made in rows]
    return tuple(sorted(found, key=lambda each: hasattr(each.made, "answered")))


def _with_all(rows: QuerySet[HandOff]) -> QuerySet[HandOff]:
    return rows.select_related("case__child", "from_place", "to_place", "by", "answered__by")
