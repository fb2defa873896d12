"""The way from a board to its charts, and to what is handed out about its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb, scopes_of
from notoneless.records.models import Person, Place, PostHeld
from notoneless.records.scopes import reaches

register = template.Library()


@register.inclusion_tag("web/charts/links.html")
def charts_links(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """Charts for who may see figures; the packs for who may take them out; one query for all three.

    Whoever takes a pack out of a place with a board sees its figures too.
    """
    found = reaches(person, now.date(), Thing.FIGURE, Verb.SEE)
    posts = [each.held.post for each in found if each.held.place and each.held.place.contains(place)]
    county = place.kind == PlaceKind.COUNTY
    return {
        "place": place,
        "charts": bool(posts),
        "inspection": any(scopes_of(post, Thing.INSPECTION_PACK, Verb.EXPORT) for post in posts),
        "compliance": county and any(scopes_of(post, Thing.COMPLIANCE_PACK, Verb.EXPORT) for post in posts),
    }


@register.inclusion_tag("web/charts/audits.html")
def compliance_links(person: Person, now: datetime) -> dict[str, Any]:
    """The compliance pack of each county whose data the person may audit."""
    found = reaches(person, now.date(), Thing.COMPLIANCE_PACK, Verb.EXPORT)
    held: list[PostHeld] = [each.held for each in found]
    return {"places": list(dict.fromkeys(row.place for row in held if row.place is not None))}
