"""The same file, by what it says, is one import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from notoneless.exchange.problems import Problem
from notoneless.records.access import Thing, Verb
from notoneless.records.models import FileImported, Person, Place
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal


def digest_of(lines: Iterable[str]) -> str:
    """A digest of what a file says, whatever order its rows are in."""
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def refuse_import(person: Person, school: Place, problems: Iterable[Problem], at: datetime) -> None:
    """Refuse somebody who may not, or a file with an error in it."""
    require(person, Thing.ROSTER, Verb.IMPORT, school, at.date())
    refuse_errors(problems)


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Refuse a file with an error in it."""
    errors = [problem for problem in problems if problem.severity == "ERROR"]
    if errors:
        raise Refusal(
            "FILE_HAS_ERRORS",
            f"文件中有 {len(errors)} 处错误，没有导入任何内容；第一处：{errors[0].sentence()}",
            f"The file has {len(errors)} errors and nothing was taken in; the first: {errors[0].sentence()}",
        )


def earlier(school: Place, kind: str, digest: str) -> dict[str, Any] | None:
    """What the same file brought when it was committed before; None if it never was."""
    row = FileImported.objects.filter(school=school, kind=kind, digest=digest).first()
    return dict(row.result) if row else None


def remember(
    school: Place, kind: str, digest: str, file: str, at: datetime, by: Person, result: dict[str, Any]
) -> None:
    """Keep that this file was committed and what it brought."""
    FileImported.objects.create(
        school=school, kind=kind, digest=digest, file_name=file[:255], at=at, by=by, result=result
    )


def remember_all(
    told: Mapping[int, tuple[str, Mapping[str, int]]], file: str, at: datetime, by: Person
) -> None:
    """Keep the same of several schools' rosters: for each its digest and what it brought."""
    FileImported.objects.bulk_create(
        [
            FileImported(
                school_id=school,
                kind="ROSTER",
                digest=digest,
                file_name=file[:255],
                at=at,
                by=by,
                result=dict(result),
            )
            for school, (digest, result) in told.items()
        ]
    )
