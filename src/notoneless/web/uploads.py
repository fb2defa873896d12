"""A file between its preview and its import: kept in a private folder, named only by a signed token."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from notoneless.records.models import Person, Place

SALT = "notoneless.web.uploads"
KEPT = timedelta(hours=12)


class Upload(NamedTuple):
    """A kept file: where it lies, what people call it, and whether it is the whole roster."""

    path: Path
    file: str
    whole: bool


def keep_upload(given: UploadedFile[bytes], person: Person, place: Place, whole: bool, at: datetime) -> str:
    """Keep the file for its preview; the token that names it works for this person and place alone."""
    folder = _folder()
    _sweep(folder, at)
    name = secrets.token_hex(16)
    with open(folder / name, "xb", opener=_private) as kept:
        for chunk in given.chunks():
            kept.write(chunk)
    said = {"name": name, "file": (given.name or "")[:200], "whole": whole}
    return signing.dumps({**said, "person": person.pk, "place": place.pk}, salt=SALT)


def kept_upload(token: str, person: Person, place: Place) -> Upload | None:
    """The kept file; None when the token is another person's or place's, is too old, or the file is gone."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    path = _folder() / said["name"]
    if (said["person"], said["place"]) != (person.pk, place.pk) or not path.is_file():
        return None
    return Upload(path, said["file"], said["whole"])


def _folder() -> Path:
    folder = Path(settings.HOME) / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sweep(folder: Path, at: datetime) -> None:
    """Files that nobody came back for hold identity numbers, so they do not stay."""
    for path in folder.iterdir():
        if path.stat().st_mtime < (at - KEPT).timestamp():
            path.unlink(missing_ok=True)
