"""Secret keys: given by the environment, or made once and kept in a file only we may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class BadKey(ValueError):
    """A key that cannot be used; the message says where it is and what it should be."""


def secret_key(home: Path) -> str:
    """The key that signs cookies and receipts."""
    return os.environ.get("NOTONELESS_SECRET_KEY") or _kept(home / "secret-key", secrets.token_urlsafe(50))


def data_key(home: Path) -> bytes:
    """The 32 bytes that encrypt identity numbers. Raises BadKey.

    Whoever loses it loses the numbers: a backup without this file cannot be read.
    """
    text = os.environ.get("NOTONELESS_DATA_KEY") or _kept(home / "data-key", secrets.token_hex(32))
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadKey("NOTONELESS_DATA_KEY（或 data-key 文件）应是 64 位十六进制数字，即 32 字节。")
    return key


def receipt_key(home: Path) -> EllipticCurvePrivateKey:
    """The P-256 key that signs receipts for telephones. Raises BadKey.

    Telephones believe the key they registered with: with another one, each must be registered anew before it
    forgets anything.
    """
    text = os.environ.get("NOTONELESS_RECEIPT_KEY") or _kept(home / "receipt-key", _new_receipt_key())
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise BadKey("NOTONELESS_RECEIPT_KEY（或 receipt-key 文件）应是 PEM 格式、不带口令的 P-256 私钥。")
    return key


def _new_receipt_key() -> str:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def _kept(path: Path, fresh: str) -> str:
    """What the file holds; if there is none, a new one with `fresh`. Two starters agree on the first's."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh)
    except FileExistsError:
        # The other starter may have made the file and not yet written it; it has the few bytes at once.
        for _ in range(1000):
            if kept := path.read_text().strip():
                return kept
        raise BadKey(f"{path.name} 是空文件；请删除它后重新启动，或恢复备份。") from None
    return fresh
