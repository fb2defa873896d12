"""Every version of a pack that this database ever ran under, so that an old one can be evaluated again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS

from notoneless.core.policy import library
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read import read_pack
from notoneless.records.models import PackText


def keep_shipped(ids: Iterable[str] | None = None, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Keep the texts of these shipped packs, or of all; a text already kept stays as it is."""
    texts = {pack_id: library.pack_text(pack_id) for pack_id in (library.pack_ids() if ids is None else ids)}
    rows = {digest(text): (pack_id, text) for pack_id, text in texts.items()}
    known = set(PackText.objects.using(using).filter(version__in=rows).values_list("pk", flat=True))
    PackText.objects.using(using).bulk_create(
        PackText(version=version, pack_id=pack_id, text=text)
        for version, (pack_id, text) in rows.items()
        if version not in known
    )


def digest(text: str) -> str:
    """The version of a text, as `PolicyPack.version` says it, without reading the text as a pack."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def pack_of(pack_id: str, version: str) -> PolicyPack:
    """The pack in that version, shipped or kept; an empty version means as shipped. Raises PackError."""
    if not version:
        return library.load(pack_id)
    if pack_id in library.pack_ids() and (shipped := library.load(pack_id)).version == version:
        return shipped
    return _kept(pack_id, version)


@lru_cache(maxsize=256)
def _kept(pack_id: str, version: str) -> PolicyPack:
    row = PackText.objects.filter(pk=version, pack_id=pack_id).first()
    if row is None:
        known = (
            "、".join(sorted(PackText.objects.filter(pack_id=pack_id).values_list("pk", flat=True))) or "无"
        )
        raise PackError(f"policies/{pack_id}.toml", 0, "", f"没有存下版本 {version} 的文本；存有：{known}")
    # The index may have lost a clause that the old text cites; it was checked when the text was shipped.
    return read_pack(row.text, file=f"policies/{pack_id}.toml（版本 {version}）")


def chain_as_shipped(pack_id: str) -> tuple[PolicyPack, ...]:
    """The shipped pack and all it extends, nearest first. Raises PackError."""
    return tuple(pack for pack, _, _ in library.packs_in_force(pack_id).layers)


def chain_of(pack_id: str, versions: str) -> tuple[PolicyPack, ...]:
    """The packs that `versions` ("pack@version …") names, or the chain as shipped when it is empty."""
    if not versions:
        return chain_as_shipped(pack_id)
    return tuple(pack_of(each, version) for each, _, version in (v.partition("@") for v in versions.split()))


def versions_text(packs: Iterable[PolicyPack]) -> str:
    """ "pack@version …" in the order given."""
    return " ".join(f"{pack.id}@{pack.version}" for pack in packs)
