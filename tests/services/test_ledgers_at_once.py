"""Two workers that number the lines of a ledger at once leave no gap and give no number twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import test_two_at_once
from ledger_process import CHILDREN

STEP = Path(__file__).with_name("ledger_process.py")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of processes that share a database with one school in it."""
    monkeypatch.setattr(test_two_at_once, "STEP", STEP)
    for environment in test_two_at_once.empty_database(tmp_path):
        test_two_at_once.run("prepare", environment)
        yield environment


def test_lines_numbered_at_once_have_neither_gaps_nor_doubles(database: dict[str, str]) -> None:
    given = test_two_at_once.at_once("post", database)
    opened, closed = test_two_at_once.run("found", database)
    assert sum(given) == CHILDREN
    assert opened == list(range(1, CHILDREN + 1))
    assert closed == list(range(1, CHILDREN // 3 + 1))
