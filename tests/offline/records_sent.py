"""Records as a telephone writes them, and the checking of what it is answered."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from builders_db import School
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from notoneless.services.offline_receipts import canonical, checkpoint


def a_record(
    kind: str, body: dict[str, Any], *, device: UUID, at: datetime, sequence: int = 1, **more: Any
) -> dict[str, Any]:
    """A record written at a moment, by a telephone that had just seen us."""
    return {
        "id": str(more.get("id") or uuid4()),
        "device": str(device),
        "sequence": sequence,
        "kind": kind,
        "checkpoint": more.get("checkpoint", "") or checkpoint(more.get("seen", at)).token,
        "claimed_at": at.isoformat(),
        "body": body,
    }


def a_roll_call(school: School, at: datetime, away: int | None = None) -> dict[str, Any]:
    """The morning's roll call of the class, one pupil absent."""
    marks = [] if away is None else [_absent(school, away)]
    return {
        "class": school.class_group.pk,
        "day": at.date().isoformat(),
        "session": "MORNING",
        "taken_at": at.isoformat(),
        "marks": marks,
    }


def _absent(school: School, pupil: int) -> dict[str, str]:
    return {"child": str(school.pupils[pupil].pk), "status": "ABSENT", "reason": "UNKNOWN"}


def a_visit(school: School, at: datetime, pupil: int = 0, **more: Any) -> dict[str, Any]:
    """A visit to the home of one pupil."""
    return {
        "child": str(school.pupils[pupil].pk),
        "kind": "HOME",
        "trigger": "SPELL",
        "happened_at": at.isoformat(),
        "findings": "家长答应明天送来。",
        **more,
    }


def content(record: dict[str, Any]) -> bytes:
    """The bytes that are sent."""
    return canonical(record).encode()


def digest(sent: bytes) -> str:
    """SHA-256 of the bytes."""
    return sha256(sent).hexdigest()


def verifies(key: str, receipt: dict[str, Any], signature: str) -> bool:
    """Whether the signature is the key's over this receipt, as WebCrypto checks it."""
    public = load_der_public_key(b64decode(key))
    assert isinstance(public, EllipticCurvePublicKey)
    raw = b64decode(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    try:
        public.verify(encode_dss_signature(r, s), canonical(receipt).encode(), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return len(raw) == 64
