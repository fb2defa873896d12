"""A form posted after the session ended: its fields are signed and carried through the sign-in page."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core import signing
from django.http import HttpRequest

from notoneless.web.safe import is_ours

SALT = "notoneless.web.kept"
# As long as a session: a teacher may be called away before signing in again.
MAX_AGE = 12 * 60 * 60
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "again", "old", "code", "key_of_factor")


class Kept(NamedTuple):
    """Where the form was posted, its fields in order, and what cannot be kept."""

    path: str  # with what the address asked
    fields: list[tuple[str, str]]
    files: list[tuple[str, list[str]]]  # the fields that had files, and how those were called


def keep(request: HttpRequest) -> str:
    """The posted form as a signed text that the sign-in page carries in a hidden field."""
    fields = [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT
        for value in values
    ]
    files = [(name, [str(each.name) for each in given]) for name, given in request.FILES.lists()]
    held = {"path": request.get_full_path(), "fields": fields, "files": files}
    return signing.dumps(held, salt=SALT, compress=True)


def kept_form(text: str) -> Kept | None:
    """What `keep` signed; None when it was changed, is too old or leads elsewhere."""
    try:
        held: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if not is_ours(held["path"]):
        return None
    fields = [(name, value) for name, value in held["fields"]]
    return Kept(held["path"], fields, [(name, names) for name, names in held.get("files", [])])
