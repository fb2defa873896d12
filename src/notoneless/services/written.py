"""What people without an account write: cleaned of what no text needs, and refused when it is too long."""

from __future__ import annotations

import unicodedata

from notoneless.services.refusals import Refusal


def written(text: str, most: int, what_zh: str, what_en: str, *, needed: bool = False) -> str:
    """The text without control characters and surrounding space. Raises Refusal when too long or missing."""
    clean = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if len(clean) > most:
        raise Refusal(
            "TOO_LONG",
            f"“{what_zh}”有 {len(clean)} 个字，最多 {most} 个字；请写短一些，没有提交。",
            f'"{what_en}" has {len(clean)} characters and may have {most}; shorten it. Nothing was sent.',
        )
    if needed and not clean:
        raise Refusal("NOT_WRITTEN", f"“{what_zh}”还没有写；请写一两句。", f'Write a line under "{what_en}".')
    return clean
