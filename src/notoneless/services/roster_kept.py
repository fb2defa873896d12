"""What was read of a roster, kept sealed beside its file from preview to import, so that it is read once."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records.secrets import CannotOpen, seal_bytes, unseal_bytes

# Raised whenever rosters come to be read otherwise, so that what an older version kept is read anew.
READING = 1
_CELL = {"table": "upload", "column": "roster"}
_SEX, _BIRTH, _HOUSEHOLD = (RosterPupil._fields.index(each) for each in ("sex", "birth_on", "household"))


class Kept(NamedTuple):
    """A roster that was read, and the digest of what it says."""

    roster: Roster
    digest: str


def keep_read(kept: Kept, path: Path) -> None:
    """Keep what was read of the file at `path`."""
    columns = [list(column) for column in zip(*kept.roster.pupils, strict=True)]
    if columns:
        columns[_BIRTH] = [each and each.isoformat() for each in columns[_BIRTH]]
    said = [READING, _digest_of(path), kept.digest, kept.roster.file, kept.roster.problems, columns]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(seal_bytes(text.encode(), **_CELL, row=path.name))
    unfinished.replace(_beside(path))


def kept_read(path: Path) -> Kept | None:
    """What was read of this very file; None if nothing was kept, or not by this version with this key."""
    try:
        said = json.loads(unseal_bytes(_beside(path).read_bytes(), **_CELL, row=path.name))
    except (FileNotFoundError, CannotOpen):
        return None
    if said[:2] != [READING, _digest_of(path)]:
        return None
    _, _, digest, file, problems, columns = said
    found = tuple(Problem(*each) for each in problems)
    return Kept(Roster(file, tuple(_pupils(columns)), found), digest)


def forget_read(path: Path) -> None:
    """Remove the file at `path` and what was kept of it."""
    _beside(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _pupils(columns: list[list[Any]]) -> list[RosterPupil]:
    if columns:
        columns[_SEX] = _once(columns[_SEX], Sex)
        columns[_BIRTH] = _once(columns[_BIRTH], date.fromisoformat)
        columns[_HOUSEHOLD] = _once(columns[_HOUSEHOLD], HouseholdRegister)
    return list(map(RosterPupil._make, zip(*columns, strict=True)))


def _once(column: list[Any], meaning: Any) -> list[Any]:
    """The column's values, each different one made once."""
    made = {each: each and meaning(each) for each in set(column)}
    return [made[each] for each in column]


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.read")


def _digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
