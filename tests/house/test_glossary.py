"""The glossary: generated, and every word leads to code that exists."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from notoneless.core.glossary import WORDS, Word

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_vocabulary_says() -> None:
    check = [sys.executable, str(ROOT / "tools" / "generate_glossary.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("word", [w for w in WORDS if w.where], ids=lambda w: w.zh)
def test_every_word_leads_to_code_that_exists(word: Word) -> None:
    module, _, name = word.where.partition(":")
    found = importlib.import_module(f"notoneless.{module}")
    assert not name or hasattr(found, name)


def test_no_word_stands_twice() -> None:
    words = [w.zh for w in WORDS]
    assert len(words) == len(set(words))
