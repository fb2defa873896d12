"""A telephone that writes without signal: its disk, its queue, and what it makes of the answers it hears."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as BadBase64
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from notoneless.core import outbound
from notoneless.core.outbound import Answer, Item, ItemState, Queue


def canonical(value: object) -> str:
    """The telephone's own canonical JSON, written apart from the server's."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(sent: bytes) -> str:
    """SHA-256 of the bytes of a record."""
    return sha256(sent).hexdigest()


@dataclass
class Phone:
    """What one telephone holds for one person; `texts` is its disk."""

    person: int
    device: UUID
    key: str  # the server's, as it was told at registration
    queue: Queue
    texts: dict[str, bytes] = field(default_factory=dict)

    def copied(self) -> Phone:
        """Another telephone with the same disk: a backup put on a second one."""
        return Phone(self.person, self.device, self.key, self.queue, dict(self.texts))

    def write(self, record: str, kind: str, body: dict[str, Any], now: datetime) -> bytes | None:
        """The record's bytes once the person has been told that it is kept; None when told that it is not."""
        text = canonical(
            {
                "id": record,
                "device": self.queue.device,
                "sequence": self.queue.next_sequence,
                "kind": kind,
                "checkpoint": self.queue.checkpoint.token,
                "claimed_at": now.isoformat(),
                "body": body,
            }
        ).encode()
        self.queue, answer = outbound.write(self.queue, record=record, digest=digest_of(text), at=now)
        if answer is not Answer.SAVED:
            return None
        self.texts[record] = text
        return text

    def begin_to_send(self) -> Item | None:
        """The record that goes out now, if one waits and nothing else is under way."""
        self.queue, answer = outbound.start_send(self.queue)
        sending = (item for item in self.queue.items if item.state is ItemState.SENDING)
        return next(sending) if answer is Answer.SEND else None

    def hear(self, record: str, status: int, content: bytes) -> Answer:
        """An answer to what was sent for `record`, perhaps cut short, late or somebody else's."""
        try:
            said = json.loads(content)
        except ValueError:
            return self._step(outbound.cut(self.queue))
        if status == 401:
            return self._step(outbound.sign_out(self.queue))
        if status in (400, 413):
            return self._step(outbound.refused(self.queue, record=record, problem=said["problem"]))
        if status == 200 and "receipt" in said:
            return self._receipt(said)
        return self._step(outbound.cut(self.queue))

    def _receipt(self, said: dict[str, Any]) -> Answer:
        receipt, seen = said["receipt"], said["checkpoint"]
        answer = self._step(
            outbound.receipt(
                self.queue,
                record=receipt["id"],
                digest=receipt["digest"],
                verified=verifies(self.key, receipt, said["signature"]),
                state=receipt["state"],
                problem=receipt["problem"],
                seq=seen["seq"],
                token=seen["token"],
            )
        )
        if answer is Answer.DELETED:
            del self.texts[receipt["id"]]
        return answer

    def _step(self, step: outbound.Step) -> Answer:
        self.queue = step.queue
        return step.answer


def verifies(key: str, receipt: dict[str, Any], signature: str) -> bool:
    """Whether the signature is the key's over this receipt, as WebCrypto checks it."""
    public = load_der_public_key(b64decode(key))
    assert isinstance(public, EllipticCurvePublicKey)
    try:
        raw = b64decode(signature, validate=True)
        r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
        public.verify(encode_dss_signature(r, s), canonical(receipt).encode(), ECDSA(SHA256()))
    except (InvalidSignature, BadBase64, ValueError):
        return False
    return len(raw) == 64
