"""Two offices that number papers at once leave no gap and give no number twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import test_two_at_once
from paper_process import EACH

STEP = Path(__file__).with_name("paper_process.py")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of processes that share a database with one child in it."""
    monkeypatch.setattr(test_two_at_once, "STEP", STEP)
    for environment in test_two_at_once.empty_database(tmp_path):
        test_two_at_once.run("prepare", environment)
        yield environment


def test_numbers_given_at_once_have_neither_gaps_nor_doubles(database: dict[str, str]) -> None:
    given = test_two_at_once.at_once("issue", database)
    numbers = sorted(number for each in given for number in each)
    assert all(given)
    assert numbers == list(range(1, 2 * (EACH - EACH // 3) + 1))
