"""Identity numbers: sealed in the table, found again by a keyed index, shown masked."""

from __future__ import annotations

import hmac
import os
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_ID = 1  # which data key sealed a value; the first two bytes of every sealed value
_HEADER = struct.Struct(">H")
_NONCE = 12


class CannotOpen(ValueError):
    """A sealed value that does not open: another key, another row, or a changed byte."""


def seal(text: str, *, table: str, column: str, row: object) -> bytes:
    """`text` encrypted for one cell; moved to another row it will not open."""
    return seal_bytes(text.encode(), table=table, column=column, row=row)


def unseal(sealed: bytes, *, table: str, column: str, row: object) -> str:
    """The text that `seal` was given for the same cell. Raises CannotOpen."""
    return unseal_bytes(sealed, table=table, column=column, row=row).decode()


def seal_bytes(content: bytes, *, table: str, column: str, row: object) -> bytes:
    """`content` encrypted for one cell; moved to another row it will not open."""
    nonce = os.urandom(_NONCE)
    sealed = _cipher(settings.DATA_KEY).encrypt(nonce, content, _place(table, column, row))
    return _HEADER.pack(KEY_ID) + nonce + sealed


def unseal_bytes(sealed: bytes, *, table: str, column: str, row: object) -> bytes:
    """The bytes that `seal_bytes` was given for the same cell. Raises CannotOpen."""
    if _HEADER.unpack_from(sealed)[0] != KEY_ID:
        raise CannotOpen("加密内容使用的密钥编号不是本机的密钥；请恢复当时的 data-key。")
    nonce, rest = sealed[_HEADER.size : _HEADER.size + _NONCE], sealed[_HEADER.size + _NONCE :]
    try:
        return _cipher(settings.DATA_KEY).decrypt(nonce, rest, _place(table, column, row))
    except InvalidTag:
        raise CannotOpen("加密内容无法解开：密钥不对，或内容被改动、挪到了别的记录。") from None


def blind_index(text: str) -> bytes:
    """32 bytes that are equal for equal numbers and say nothing else to whoever lacks the key."""
    return hmac.digest(_derived(settings.DATA_KEY, "index"), text.strip().upper().encode(), "sha256")


def masked(identity_no: str) -> str:
    """The number as people see it: the first four and the last four characters."""
    return identity_no[:4] + "*" * max(len(identity_no) - 8, 0) + identity_no[-4:] if identity_no else ""


def _place(table: str, column: str, row: object) -> bytes:
    return f"{table}|{column}|{row}".encode()


@lru_cache
def _cipher(data_key: bytes) -> AESGCM:
    """Made once: a roster seals a hundred thousand numbers."""
    return AESGCM(_derived(data_key, "sealing"))


@lru_cache
def _derived(data_key: bytes, purpose: str) -> bytes:
    """One key a purpose, so that the index can never be turned into the number."""
    return HKDF(SHA256(), 32, salt=None, info=f"notoneless {purpose}".encode()).derive(data_key)
