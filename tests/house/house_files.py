"""The project's own files, as the tests that keep the house read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "notoneless"


def modules(*rooms: str) -> list[Path]:
    """The modules of these rooms of the package, or of all of it; migrations are written by Django."""
    folders = [PACKAGE / room for room in rooms] or [PACKAGE]
    found = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    """The path from the root of the project, as test names and messages show it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def project_files() -> Iterator[Path]:
    """Every file of the project, but not what .gitignore leaves out."""
    yield from _files_below(ROOT, _left_out())


def _left_out() -> set[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return {".git", *(line.strip("/") for line in lines if line.endswith("/"))}


def _files_below(folder: Path, left_out: set[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in left_out or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files_below(path, left_out)
        elif path.suffix != ".pyc" and ".sqlite3" not in path.name:
            yield path
