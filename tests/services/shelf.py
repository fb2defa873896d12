"""Packs that the product ships for the length of a test; shipping one again is a new release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import pack_text

from notoneless.core.policy import library

Ship = Callable[..., None]
NATIONAL = "national/2024-15"
EVERY_DAY = 'absence = "1 school day", each = true'


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Makes the product ship a pack of these rules: ship("county/a", rule(…), extends="national/2024-15")."""
    texts: dict[str, str] = {}
    shipped_ids, shipped_text = library.pack_ids(), library.pack_text
    monkeypatch.setattr(library, "pack_ids", lambda: (*shipped_ids, *texts))
    monkeypatch.setattr(library, "pack_text", lambda each: texts.get(each) or shipped_text(each))

    def ship_one(pack_id: str, *rules: str, extends: str = "") -> None:
        top = f'own_clauses = ["C1"]\nextends = "{extends}"' if extends else 'own_clauses = ["C1"]'
        texts[pack_id] = pack_text(*rules, id=pack_id, top=top)
        library.load.cache_clear()

    monkeypatch.setattr(library, "load", library.load)  # put back last, when the cache is empty again
    return ship_one


@pytest.fixture(autouse=True)
def nothing_left_on_the_shelf() -> object:
    """Later tests read the shipped packs anew."""
    yield
    library.load.cache_clear()
