"""What waits for a person from families and the public: explanations to read, and how long each queue is."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Explained, Person
from notoneless.records.scopes import posts_on, visible_children
from notoneless.services import contests, tips

SHOWN = 20


class Queue(NamedTuple):
    """One queue that holds something for the person."""

    name: str
    url: str
    many: int


class Waiting(NamedTuple):
    """Explanations nobody has taken up, and the queues that are not empty."""

    explained: tuple[Explained, ...]
    queues: tuple[Queue, ...]


def waiting(person: Person, at: datetime) -> Waiting:
    """What waits for the person; asks only about what one of their posts may answer."""
    held = frozenset(each.post for each in posts_on(person, at.date()))
    explained = _explained(person, at) if Post.CLASS_TEACHER in held else ()
    return Waiting(explained, tuple(each for each in _queues(person, held, at) if each.many))


def _explained(person: Person, at: datetime) -> tuple[Explained, ...]:
    """The class teacher's own; the school office finds them on the child's page."""
    mine = visible_children(person, at.date(), Verb.GRANT_LEAVE)
    rows = Explained.objects.filter(child__in=mine, taken=None).select_related("child", "guardian")
    return tuple(rows.order_by("at", "pk")[:SHOWN])


def _queues(person: Person, held: frozenset[str], at: datetime) -> list[Queue]:
    found = []
    if held & posts_that(Thing.TIP, Verb.ANSWER):
        found.append(Queue(_("群众监督线索"), reverse("web:tips"), tips.queue(person, at=at).count()))
    if held & posts_that(Thing.FORWARDED_TIP, Verb.ANSWER):
        passed = tips.passed_on(person, at=at).filter(reply=None).count()
        found.append(Queue(_("县局转来核实"), reverse("web:passed_tips"), passed))
    if held & posts_that(Thing.CONTEST, Verb.ANSWER):
        found.append(Queue(_("家长异议"), reverse("web:contests"), contests.queue(person, at=at).count()))
    return found
