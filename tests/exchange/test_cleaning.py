"""Cleaning a cell takes short ways for plain text; they lead where the long way leads."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from notoneless.exchange.cells import clean, compact

TEXTS = st.text(max_size=12) | st.text("安小 12Ａ３'‘`\u200b\u3000\t.", max_size=8)


def the_long_way(text: str) -> str:
    """Letter by letter: invisible ones out, every kind of space a space, stray quotes off the ends."""
    kinds = [
        (letter, unicodedata.category(letter)) for letter in text if unicodedata.category(letter) != "Cf"
    ]
    plain = "".join(" " if kind in ("Cc", "Zs", "Zl", "Zp") else letter for letter, kind in kinds)
    return plain.strip().strip("'‘’`").strip()


@given(TEXTS)
def test_a_text_is_cleaned_as_letter_by_letter(text: str) -> None:
    assert clean(text) == the_long_way(text)


@given(TEXTS)
def test_a_text_is_compared_without_spaces_and_in_one_width(text: str) -> None:
    assert compact(text) == re.sub(r"\s+", "", unicodedata.normalize("NFKC", the_long_way(text)))
