"""回执与对时: what a telephone believes — receipts signed for one record, and moments of ours it has seen."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Max

from notoneless.core.case_terms import OfflineState
from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import JournalEntry

HALF = 32  # bytes of r and of s


class Checkpoint(NamedTuple):
    """A moment of ours that a telephone saw: whatever carries it was written no earlier."""

    seq: int
    at: datetime
    token: str


class Receipt(NamedTuple):
    """What became of one record; the telephone forgets the record on it."""

    id: UUID
    digest: str
    sequence: int
    journal_seq: int
    received_at: datetime
    state: OfflineState
    problem: str  # in Chinese, "" if there is none

    def said(self) -> dict[str, object]:
        """The receipt as JSON has it."""
        return {
            "id": str(self.id),
            "digest": self.digest,
            "sequence": self.sequence,
            "journal_seq": self.journal_seq,
            "received_at": self.received_at.astimezone(CHINA_TIME).isoformat(),
            "state": self.state.value,
            "problem": self.problem,
        }


def checkpoint(at: datetime) -> Checkpoint:
    """The journal's last entry and this moment, signed."""
    seq = JournalEntry.objects.aggregate(last=Max("seq"))["last"] or 0
    return Checkpoint(seq, at, _signer().sign(f"{seq}.{at.isoformat()}"))


def read_checkpoint(token: str) -> Checkpoint | None:
    """The checkpoint of a token that we signed, else None."""
    try:
        seq, _, at = _signer().unsign(token).partition(".")
    except BadSignature:
        return None
    return Checkpoint(int(seq), datetime.fromisoformat(at), token)


def sign(receipt: Receipt) -> str:
    """ECDSA P-256 with SHA-256 over the canonical JSON, as r‖s in base64: what WebCrypto verifies."""
    r, s = decode_dss_signature(_key().sign(canonical(receipt.said()).encode(), ECDSA(SHA256())))
    return b64encode(r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")).decode()


def public_key() -> str:
    """The key by which receipts are verified: SPKI in base64."""
    spki = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(spki).decode()


def canonical(value: object) -> str:
    """JSON that both sides write alike: keys sorted, no spaces, nothing escaped that need not be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _key() -> EllipticCurvePrivateKey:
    key: EllipticCurvePrivateKey = settings.RECEIPT_KEY
    return key


def _signer() -> Signer:
    return Signer(salt="notoneless.checkpoint")
