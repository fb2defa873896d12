"""Which obligations are whose: those of the posts a person holds, in a class or at a place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from notoneless.records.models import LIVE, Obligation, Person
from notoneless.records.scopes import visible_obligations
from notoneless.services.permissions import CLASS_POSTS, PLACE_POSTS, Held, held_by
from notoneless.services.posts import owed_through


def owed_by(person: Person, *, as_of: datetime) -> QuerySet[Obligation]:
    """What the person's posts owe and have not done, soonest first; with child, class and place."""
    visible = visible_obligations(person, as_of.date()).filter(state__in=LIVE)
    owed = visible.filter(of_posts(held_by(person, as_of.date())))
    return owed.select_related("child", "class_group", "place").order_by(
        F("due_at").asc(nulls_last=True), "key"
    )


def of_posts(held: Iterable[Held]) -> Q:
    """The obligations that these posts owe."""
    found = Q(pk__in=[])
    for each in held:
        if each.class_group and each.post in CLASS_POSTS:
            found |= Q(class_group=each.class_group, who__in=owed_through(each.post))
        elif each.path and each.post in PLACE_POSTS:
            found |= Q(place__path__startswith=each.path, who=each.post)
    return found


def answers_for(held: Iterable[Held], obligation: Obligation) -> bool:
    """Whether one of these posts owes the obligation."""
    for each in held:
        if each.class_group == obligation.class_group_id and each.post in CLASS_POSTS:
            if obligation.who in owed_through(each.post):
                return True
        elif each.path and each.post == obligation.who:
            return True  # whoever sees the child through a place holds the post for that place
    return False
