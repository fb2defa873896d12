"""The files can be read by anybody, anywhere: nothing in them belongs to one machine."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest
from house_files import ROOT, name_of, project_files

# Written in two pieces, so that this list does not find itself.
HOMES = [
    "/ro" + "ot/",
    "/ho" + "me/",
    "/Us" + "ers/",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
    "C:\\" + "Users",
]
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.org",
    "--index" + "-url",
    "extra-index" + "-url",
]
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


@pytest.mark.parametrize("strings", [HOMES, REGISTRIES], ids=["machine paths", "registry hosts"])
def test_no_file_names_one_machine(strings: list[str]) -> None:
    found = [
        f"{name_of(path)}: {string}"
        for path in project_files()
        for string in strings
        if string.encode() in path.read_bytes()
    ]
    assert found == []


def test_the_checkout_is_named_nowhere() -> None:
    here = str(ROOT).encode()
    assert [name_of(path) for path in project_files() if here in path.read_bytes()] == []


def test_the_licence_is_the_whole_apache_2_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2


def test_ci_can_run_the_check() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def decisions() -> list[Path]:
    """The pages under docs/decisions, in order."""
    return sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    assert decisions()
    assert [int(page.name[:4]) for page in decisions()] == list(range(1, len(decisions()) + 1))


@pytest.mark.parametrize("page", decisions(), ids=name_of)
def test_a_decision_says_what_would_change_our_mind(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Question", "Choice", "What would change our mind"]


@pytest.mark.parametrize("page", decisions(), ids=name_of)
def test_a_decision_is_in_the_list(page: Path) -> None:
    assert f"({page.name})" in (page.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=name_of
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
