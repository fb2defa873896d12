"""The key that a form carries, so that the same form sent twice is one act."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest

LONGEST = 80  # characters; a browser sends 36


def form_key(request: HttpRequest) -> str:
    """The key that was posted; a new one for a form that is only shown."""
    return given_key(request) or str(uuid4())


def given_key(request: HttpRequest) -> str | None:
    """The key that was posted, if one was."""
    return request.POST.get("key", "")[:LONGEST] or None
