"""The access table at the door of every page: an address asks for a thing, and some post must allow it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest

from notoneless.records.models import Person
from notoneless.services.permissions import may_open


def let_through(request: HttpRequest, person: Person, on: date) -> None:
    """Raise Http404 unless one of the person's posts may see what this address is about somewhere."""
    match = request.resolver_match
    assert match is not None
    if not may_open(match.view_name, person, on):
        raise Http404
