"""Every module says in one sentence what it holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from house_files import modules, name_of, tree_of

# An empty __init__.py holds nothing to speak of.
SPEAKING = [
    path for path in modules() if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip()
]


@pytest.mark.parametrize("path", SPEAKING, ids=name_of)
def test_the_module_opens_with_one_sentence(path: Path) -> None:
    said = ast.get_docstring(tree_of(path)) or ""
    opening = " ".join(said.split("\n\n")[0].split())
    assert opening, f"{name_of(path)} has no docstring"
    assert opening[-1] in ".。", f'{name_of(path)}: "{opening}" is not a sentence'
