"""Messages to one person, written in the transaction that made them true."""

from __future__ import annotations

from datetime import datetime

from notoneless.records.models import Outbox


def tell(*, person: int, kind: str, about: object, at: datetime) -> None:
    """Queue one message of this kind about this row to a person; again is the same message."""
    Outbox.objects.get_or_create(
        key=f"{kind.lower()}/{about}/{person}",
        defaults={"kind": kind, "body": {"person": person, "about": str(about)}, "created_at": at},
    )
