"""What pages show of casework: the clocks, sentences in both languages, and what today asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from notoneless.core.facts import CHINA_TIME
from notoneless.core.reasons import Both
from notoneless.records.models import Person
from notoneless.web.read import case_duties as read

register = template.Library()


@register.filter
def both(sentence: Both) -> str:
    """The sentence in the reader's language."""
    return sentence.label(get_language() or "zh")


@register.filter
def china_day(at: datetime) -> date:
    """The day of a moment in China."""
    return at.astimezone(CHINA_TIME).date()


@register.inclusion_tag("web/cases/today.html")
def case_duties(person: Person, now: datetime) -> dict[str, Any]:
    """Overdue steps of plans and hand-offs without an answer."""
    steps, hand_offs = read.case_duties(person, now)
    return {"steps": steps, "hand_offs": hand_offs, "now": now}
