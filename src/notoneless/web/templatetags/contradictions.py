"""What contradicts, on the day's page and on the boards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Count, Q

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Contradiction, Person, Place
from notoneless.services.permissions import held_by, posts_in
from notoneless.web.read.contradictions import may_know, owed_contradictions, told

register = template.Library()
ON_TODAY = 5


@register.inclusion_tag("web/contradictions/on_today.html", takes_context=True)
def contradictions_today(context: Any, person: Person, now: datetime) -> dict[str, Any]:
    """Those the person's posts have to mend, first due first."""
    rows = owed_contradictions(held_by(person, now.date()))
    mine = [row for row in rows[: ON_TODAY * 2] if may_know(person, row, now.date())][:ON_TODAY]
    total = rows.count() if len(mine) == ON_TODAY else len(mine)
    return {
        "told": [told(row, now.date()) for row in mine],
        "total": total,
        "now": now,
        "request": context.get("request"),
    }


@register.inclusion_tag("web/contradictions/on_board.html")
def contradictions_on_board(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """How many there are at and below a place, and how many are late; two queries."""
    if not posts_in(person, Thing.CONTRADICTION, Verb.SEE, place, now.date()):
        return {"total": 0}
    late = Count("pk", filter=Q(due_on__lt=now.date()))
    inside = Contradiction.objects.filter(closed_at=None, place__path__startswith=place.path or "/")
    return {**inside.aggregate(total=Count("pk"), late=late), "place": place}
