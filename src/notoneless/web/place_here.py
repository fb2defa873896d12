"""The place that an address names, or a page that is not there."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.scopes import whole_place_for


def the_place(
    person: Person, place_id: int, at: datetime, thing: Thing, *kinds: PlaceKind, verb: Verb = Verb.SEE
) -> Place:
    """The place, if it is of one of `kinds` and the person may do this there as a whole; raises Http404."""
    try:
        place = whole_place_for(person, place_id, at.date(), thing, verb)
    except Place.DoesNotExist:
        raise Http404 from None
    if kinds and place.kind not in kinds:
        raise Http404
    return place
