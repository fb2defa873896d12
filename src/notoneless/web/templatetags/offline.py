"""What pages print of records that telephones sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from notoneless.records.models import Person
from notoneless.services.offline_checking import how_many_to_check

register = template.Library()


@register.inclusion_tag("web/offline/waiting.html")
def from_phones(person: Person, now: datetime) -> dict[str, Any]:
    """How many records from telephones wait for this person's eyes, with the way to them."""
    return {"many": how_many_to_check(person, now.date())}
