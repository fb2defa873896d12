"""The locks pin every package by its hash and fetch it from wherever the reader's pip does."""

from __future__ import annotations

import re
import tomllib

import pytest
from house_files import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def locked(name: str) -> dict[str, list[str]]:
    """For each package at its version, the hashes the lock accepts."""
    packages: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([a-z0-9._-]+(?:\[[a-z,]+\])?==\S+)", line):
            packages[found[1]] = last = []
        packages_hash = re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})( \\)?", line)
        if packages_hash:
            last.append(packages_hash[1])
    return packages


def plain(requirement: str) -> str:
    """The package's name alone: no version, extra or marker."""
    return re.split(r"[\[=<>~!; ]", requirement)[0].lower().replace("_", "-")


def asked_for(name: str) -> set[str]:
    """The packages pyproject.toml asks for by name, for running or for running and developing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    if name == "requirements-dev.lock":
        wanted += project["dependency-groups"]["dev"]
    return {plain(requirement) for requirement in wanted}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_by_hash(name: str) -> None:
    packages = locked(name)
    assert packages
    assert [package for package, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_a_package_a_hash_or_a_comment(name: str) -> None:
    kinds = re.compile(
        r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?| *#.*|"
    )
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not kinds.fullmatch(line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_line_holds_an_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_everything_the_project_asks_for_is_locked(name: str) -> None:
    assert asked_for(name) - {plain(package) for package in locked(name)} == set()


def test_developers_run_the_very_versions_users_run() -> None:
    assert set(locked("requirements.lock")) - set(locked("requirements-dev.lock")) == set()


def test_every_package_we_ask_for_has_its_reason_written_down() -> None:
    page = (ROOT / "docs" / "decisions" / "0009-dependencies.md").read_text(encoding="utf-8")
    assert [name for name in sorted(asked_for("requirements-dev.lock")) if f"`{name}`" not in page] == []
