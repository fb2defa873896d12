"""Rows behind an address: there for whoever may, and otherwise as if they were not there at all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Person
from notoneless.records.scopes import child_for


def child_or_404(
    person: Person, child_id: UUID, at: datetime, verb: Verb = Verb.SEE, thing: Thing = Thing.CHILD
) -> Child:
    """The child, if this person may do it about it. Raises Http404."""
    try:
        return child_for(person, child_id, at.date(), verb, thing)
    except Child.DoesNotExist:
        raise Http404 from None
