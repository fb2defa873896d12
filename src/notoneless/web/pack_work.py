"""A pack while it is made: its finished pieces lie sealed in a private folder, named by a signed token "
"alone."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing

from notoneless.records.models import Person, Place
from notoneless.records.secrets import seal_bytes, unseal_bytes
from notoneless.services.inspection_pack import PackAsked, Wish, ask_for, make, work_of
from notoneless.services.inspection_pack.pieces import Made, kept, opened

SALT = "notoneless.web.pack_work"
KEPT = timedelta(hours=12)
SECONDS = 8.0  # of work in one request; the page then goes on by itself


class Work(NamedTuple):
    """A pack that has been begun: its token, what was asked for, and where its pieces lie."""

    token: str
    asked: PackAsked
    folder: Path

    @property
    def done(self) -> int:
        """How many pieces are finished; they are made in their order."""
        return sum(1 for _ in self.folder.iterdir())

    @property
    def of(self) -> int:
        """How many there will be."""
        return len(work_of(self.asked))


def begin(asked: PackAsked, at: datetime) -> str:
    """Begin a pack; the token that names it works for this person and place alone."""
    _sweep(at)
    name = secrets.token_hex(16)
    (_home() / name).mkdir(mode=0o700)
    said = {
        "name": name,
        "person": asked.person.pk,
        "place": asked.place.pk,
        "year": asked.year,
        "at": asked.at.isoformat(),
        "language": asked.language,
        "wish": [*asked.wish],
    }
    return signing.dumps(said, salt=SALT)


def begun(token: str, person: Person, place: Place) -> Work | None:
    """The pack; None when the token is another person's or place's, is too old, or its pieces are gone.

    Raises Refusal when the person may not have it any more.
    """
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    folder = _home() / said["name"]
    if (said["person"], said["place"]) != (person.pk, place.pk) or not folder.is_dir():
        return None
    asked = ask_for(
        by=person,
        place=place,
        year=said["year"],
        at=datetime.fromisoformat(said["at"]),
        language=said["language"],
        wish=Wish(*said["wish"]),
    )
    return Work(token, asked, folder)


def go_on(work: Work) -> None:
    """Make pieces for some seconds, at least one."""
    began = monotonic()
    while (number := work.done) < work.of:
        content = kept(make(work.asked, number))
        # Under another name first: a piece that was cut short is none.
        path = _home() / f"{work.folder.name}.{number}"
        with open(path, "wb", opener=_private) as file:
            file.write(seal_bytes(content, **_cell(work, number)))
        path.rename(work.folder / f"{number:03}")
        if monotonic() - began > SECONDS:
            return


def pieces(work: Work) -> list[Made]:
    """All finished pieces."""
    paths = sorted(work.folder.iterdir())
    return [opened(unseal_bytes(p.read_bytes(), **_cell(work, n))) for n, p in enumerate(paths)]


def size(work: Work) -> int:
    """How many bytes the finished pieces take."""
    return sum(path.stat().st_size for path in work.folder.iterdir())


def drop(work: Work) -> None:
    """Take the pieces away."""
    shutil.rmtree(work.folder, ignore_errors=True)


def _cell(work: Work, number: int) -> dict[str, Any]:
    return {"table": "pack", "column": work.folder.name, "row": number}


def _home() -> Path:
    home = Path(settings.HOME) / "packs"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sweep(at: datetime) -> None:
    """Packs that nobody came back for hold children's names, so they do not stay."""
    for path in _home().iterdir():
        if path.stat().st_mtime < (at - KEPT).timestamp():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
