"""Slows down whoever guesses passwords, without locking out the teacher whose name is guessed with."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

WITHIN = 15 * 60  # seconds
FROM_ONE_PLACE = 10  # wrong passwords for one name from one address
FROM_EVERYWHERE = 100  # wrong passwords for one name


def too_many(request: HttpRequest, name: str) -> bool:
    """Whether this name was tried too often, from here or from everywhere."""
    here, everywhere = _keys(request, name)
    tried = cache.get_many([here, everywhere])
    return bool(tried.get(here, 0) >= FROM_ONE_PLACE or tried.get(everywhere, 0) >= FROM_EVERYWHERE)


def note_wrong(request: HttpRequest, name: str) -> None:
    """Count a wrong password."""
    for key in _keys(request, name):
        cache.add(key, 0, WITHIN)
        cache.incr(key)


def note_right(request: HttpRequest, name: str) -> None:
    """Forget the wrong ones from here; guesses from elsewhere go on being counted."""
    cache.delete(_keys(request, name)[0])


def _keys(request: HttpRequest, name: str) -> tuple[str, str]:
    # Names are hashed: a cache may be written to disk or shared.
    address = request.META.get("REMOTE_ADDR", "")
    here = hashlib.sha256(f"{name.lower()}\0{address}".encode()).hexdigest()
    everywhere = hashlib.sha256(name.lower().encode()).hexdigest()
    return f"sign-in-{here}", f"sign-in-{everywhere}"
