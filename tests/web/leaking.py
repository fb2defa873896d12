"""What an answer gives away: its words, headers and, of a file, what is packed in it."""

from __future__ import annotations

import io
from zipfile import BadZipFile, ZipFile

from django.http import HttpResponse
from world import World, reached

from notoneless.core.terms import Post
from notoneless.records.access import TABLE, Fields, Thing

SEEN_BY = {
    "phone": Fields.CONTACT,
    "guardian": Fields.CONTACT,
    "hardship": Fields.HARDSHIP,
    "health": Fields.HEALTH,
    "private": Fields.NOTES,
}
# Shown by one page each, on request and with an entry in the journal; in no other answer.
ON_REQUEST = {"identity": "web:identity", "reporter": "web:reporter"}


def may_read(post: Post | None, what: str, target: int) -> bool:
    """Whether the table lets a post read this of a target's child."""
    if what in ON_REQUEST:
        return False
    field = Fields.BASIC if what == "name" else SEEN_BY[what]
    rows = [r for r in TABLE if field in r.fields and post in r.posts and r.thing is Thing.CHILD]
    return any(post and target in reached(post, row.scope) for row in rows)


def leaks(answer: HttpResponse, post: Post | None, world: World) -> list[str]:
    """The words in an answer that this post may not read."""
    said = said_in(answer)
    return [
        f"{what} of {target.no}"
        for target in world.targets
        for what, word in target.canaries.items()
        if word in said and not may_read(post, what, target.no)
    ]


def said_in(answer: HttpResponse) -> str:
    """Everything an answer says, its headers included."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    return f"{dict(answer.headers)} {words_of(body)}"


def words_of(body: bytes) -> str:
    """The words of a page or a file; of a zip (xlsx, docx too) all that is in it."""
    if body.startswith(b"PK"):
        try:
            with ZipFile(io.BytesIO(body)) as packed:
                return " ".join(name + words_of(packed.read(name)) for name in packed.namelist())
        except BadZipFile:
            pass
    return body.decode(errors="replace")
