"""Two processes at once on one database: nothing twice, nothing lost."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

STEP = Path(__file__).with_name("in_a_process.py")
PUPILS = 24  # as in_a_process makes them


@pytest.fixture
def database(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of processes that share a database of their own, with one school in it."""
    for environment in empty_database(tmp_path):
        run("prepare", environment)
        yield environment


def empty_database(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of processes that share a database of their own, with its tables and no row."""
    server = os.environ.get("NOTONELESS_DATABASE_URL", "")
    if not server.startswith("postgresql"):
        own = tmp_path / "shared.sqlite3"
        shutil.copy(migrated_file(), own)
        yield environment_of(tmp_path, f"sqlite://{own}")
        return
    name = f"nol_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template(server)}")
        try:
            yield environment_of(tmp_path, named(server, name))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment_of(home: Path, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "NOTONELESS_HOME": str(home),
        "NOTONELESS_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "notoneless.site.settings",
    }


def named(server: str, database: str) -> str:
    """The server's address with another database."""
    head, _, tail = server.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{tail}" if tail else "")


@cache
def migrated_file() -> Path:
    """A database file with its tables, made once: every migration from the first takes seconds."""
    home = Path(tempfile.mkdtemp(prefix="nol-migrated-"))
    atexit.register(shutil.rmtree, home)
    file = home / "migrated.sqlite3"
    migrate(environment_of(home, f"sqlite://{file}"))
    return file


@cache
def migrated_template(server: str) -> str:
    """The same as a database of the server to copy from, gone when the tests end."""
    name = f"nol_migrated_{uuid4().hex}"
    home = Path(tempfile.mkdtemp(prefix="nol-migrated-"))
    atexit.register(shutil.rmtree, home)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    atexit.register(drop, server, name)
    migrate(environment_of(home, named(server, name)))
    return name


def drop(server: str, database: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "django", "migrate", "-v", "0"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def run(step: str, environment: dict[str, str]) -> Any:
    """One step in a process of its own, and what it says."""
    done = subprocess.run(
        [sys.executable, str(STEP), step], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def at_once(step: str, environment: dict[str, str], many: int = 2) -> list[Any]:
    """The same step in several processes that begin together."""
    processes = [
        subprocess.Popen(
            [sys.executable, str(STEP), step],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(many)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    said = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        said.append(json.loads(out.splitlines()[-1]))
    return said


def test_two_workers_act_on_each_obligation_once(database: dict[str, str]) -> None:
    acted = at_once("work", database)
    found = run("count", database)
    assert sum(acted) == PUPILS
    assert found["overdue"] == found["messages"] == found["told"] == found["told_of"] == PUPILS
    assert found["claims"] == 0


def test_two_workers_open_what_dates_bring_once(database: dict[str, str]) -> None:
    opened = at_once("dates", database)
    found = run("count", database)
    assert sum(sum(each) for each in opened) == found["dated"] == found["dates_told"] > 0
    assert found["days_looked_at"] == 2


def test_of_two_people_calling_the_same_sessions_one_stands_and_both_are_kept(
    database: dict[str, str],
) -> None:
    stood = at_once("call", database)
    found = run("count", database)
    assert sum(stood) == 20
    assert found["standing"] == found["sessions"] == 21
    assert found["accounts"] == 41
    assert found["cases"] == found["numbers"] == PUPILS


def test_of_three_people_settling_the_same_cases_each_case_is_asked_for_once_and_closed_once(
    database: dict[str, str],
) -> None:
    did = at_once("settle", database, many=3)
    found = run("settled", database)
    assert found["asked"] == found["cases_asked"] == sum(asked for asked, _ in did) == 8
    assert found["reviewed"] == found["acts"] == found["closed"] == sum(reviewed for _, reviewed in did)
    assert found["alone"] == 0
