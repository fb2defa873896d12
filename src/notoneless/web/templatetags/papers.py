"""The way from a board to the papers of its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from notoneless.records.access import Thing
from notoneless.records.models import Person, Place
from notoneless.records.scopes import visible_places
from notoneless.services.paper_serving import overdue_notices

register = template.Library()


@register.inclusion_tag("web/papers/link.html")
def papers_link(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """The way from a board to the papers of its place, for whoever may see them; one query."""
    may = visible_places(person, now.date(), Thing.PAPER).filter(pk=place.pk).exists()
    return {"place": place if may else None}


@register.inclusion_tag("web/papers/overdue.html")
def notices_overdue(place: Place, now: datetime) -> dict[str, Any]:
    """How many served notices of a place have passed their day while the child is not back; one query."""
    return {"place": place, "many": overdue_notices(place, now.date()).count()}
