"""The way from a board to the ledgers of its place, and from 今天 to the file of one's own class."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from notoneless.records.access import Scope, Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.scopes import reaches, visible_places

register = template.Library()


@register.inclusion_tag("web/ledgers/link.html")
def ledgers_link(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """The way from a board to the ledgers of its place, for whoever may see them; one query."""
    may = visible_places(person, now.date(), Thing.LEDGER).filter(pk=place.pk).exists()
    return {"place": place if may else None}


@register.inclusion_tag("web/ledgers/class_link.html")
def class_files(person: Person, now: datetime) -> dict[str, Any]:
    """The files of the classes one is class teacher of, and their school's ledgers; one query for others."""
    found = reaches(person, now.date(), Thing.LEDGER, Verb.SEE)
    return {
        "groups": [held.class_group for held, scope in found if scope is Scope.CLASS and held.class_group]
    }
