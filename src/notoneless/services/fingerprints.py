"""指纹: one SHA-256 over all that was recorded of an act, so that a changed letter shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Model

from notoneless.records.models import ActRecord, Attachment, PaperIssued, Visit

SHOWN = 12  # characters of a fingerprint that are printed; 48 bits, enough to tell acts apart by eye


def fingerprint_of(act: ActRecord) -> str:
    """The fingerprint of an act with its visit, who took part, what was signed and photographed."""
    said: dict[str, Any] = {"act": _plain(act)}
    visit = Visit.objects.filter(act=act).first()
    if visit is not None:
        said["visit"] = _plain(visit)
        said["people"] = [_plain(each) for each in visit.people.order_by("pk")]
        said["signatures"] = [_plain(each) for each in visit.signatures.order_by("pk")]
    said["attachments"] = sorted(Attachment.objects.filter(act=act).values_list("digest", flat=True))
    said["papers"] = sorted(
        PaperIssued.objects.filter(about_kind="act", about_id=str(act.pk)).values_list("digest", flat=True)
    )
    return digest(said)


def digest(said: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the JSON of `said` with its keys in order."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_written)
    return sha256(text.encode()).hexdigest()


def _plain(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _written(value: object) -> str:
    """A moment in UTC whatever the database speaks; the rest as it prints."""
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    if isinstance(value, date | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a fingerprint")
