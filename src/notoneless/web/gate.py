"""The access table at the door of every page: an address asks for a thing, and some post must allow it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest

from notoneless.records.access import ADDRESSES, Asked, Open, posts_that
from notoneless.records.models import Person
from notoneless.records.scopes import posts_on


def let_through(request: HttpRequest, person: Person, on: date) -> None:
    """Raise Http404 unless one of the person's posts may see what this address is about somewhere.

    Which rows it may see there is for `records.scopes`; an address without a row is an error of ours.
    """
    match = request.resolver_match
    assert match is not None
    if not allowed(ADDRESSES[match.view_name], person, on):
        raise Http404


def allowed(asked: Asked | Open, person: Person, on: date) -> bool:
    """Whether the person holds a post that the table lets see or do this; one query at most."""
    if isinstance(asked, Open):
        return True
    posts = posts_that(asked.thing, asked.see)
    return any(held.post in posts for held in posts_on(person, on))
