"""How a webhook proves where it comes from; whoever receives it needs this file and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

KEY = "Idempotency-Key"  # the same message sent again carries the same one: take it once
TIMESTAMP = "X-Notoneless-Timestamp"  # whole seconds since 1970
SIGNATURE = "X-Notoneless-Signature"  # v1= and the hex digest
WINDOW = timedelta(minutes=5)  # older or newer than this is a replay or a wrong clock


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body as sent."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def genuine(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> bool:
    """Whether a message received at `now` was signed with this secret, within the window."""
    stamp = headers.get(TIMESTAMP, "")
    if not (stamp.isascii() and stamp.isdigit()):
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= WINDOW.total_seconds()
    given = headers.get(SIGNATURE, "").encode()
    return hmac.compare_digest(given, signature(secret, stamp, body).encode()) and fresh
