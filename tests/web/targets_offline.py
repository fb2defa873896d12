"""A record that a telephone sent about one target and that waits to be looked at, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from builders import at
from world import LATER, Target

from notoneless.records.models import OfflineReceived
from notoneless.services.offline import receive, register
from notoneless.services.offline_receipts import canonical

NUMBERS = UUID("5f6f2a0e-2a6b-4a0e-9d5e-0c9b3d1f7a11")


def _upload(target: Target) -> dict[str, Any]:
    """A visit without a checkpoint of ours, so that it is kept to be checked."""
    number, moment = uuid5(NUMBERS, str(target.no)), at(LATER)
    if not OfflineReceived.objects.filter(pk=number).exists():
        device = register(by=target.teacher, name="", at=moment)
        body = {"child": str(target.child.pk), "kind": "HOME", "happened_at": moment.isoformat()}
        words = {"findings": target.canaries["private"], "private": True}
        record = {
            "id": str(number),
            "device": str(device.pk),
            "sequence": 1,
            "kind": "VISIT",
            "checkpoint": "",
            "claimed_at": moment.isoformat(),
            "body": body | words,
        }
        receive(by=target.teacher, content=canonical(record).encode(), at=moment)
    return {"upload_id": number}


OFFLINE_TARGETS: Mapping[str, Callable[[Target], dict[str, Any]]] = {"web:offline_check": _upload}
NOTHING_OFFLINE: Mapping[str, Any] = {"upload_id": UUID("00000000-0000-4000-8000-000000000000")}
