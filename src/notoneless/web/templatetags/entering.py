"""What the boards say of children who were never enrolled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Person, Place
from notoneless.records.scopes import posts_on
from notoneless.web.read.never_enrolled import may_open, not_enrolled

register = template.Library()


@register.inclusion_tag("web/entering/on_board.html")
def never_enrolled_on_board(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """How many of a place were never enrolled, for whoever may see them; one query beside the posts."""
    if not may_open(person, place, now.date()):
        return {"place": None}
    return {"place": place, "count": not_enrolled(place, now.date()).count()}


@register.inclusion_tag("web/entering/in_villages.html")
def never_enrolled_in_villages(person: Person, now: datetime) -> dict[str, Any]:
    """The way to write such a child down, for each village the person answers for."""
    may = posts_that(Thing.NEVER_ENROLLED, Verb.RECORD)
    held = [each.place for each in posts_on(person, now.date()) if each.post in may]
    return {"villages": [place for place in dict.fromkeys(held) if place and place.kind == PlaceKind.VILLAGE]}
