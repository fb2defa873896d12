"""The database an installation names is the one it gets, as safe as it can be."""

from __future__ import annotations

import fcntl
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from notoneless.site.database import BadDatabaseUrl, database_from
from notoneless.site.keys import BadKey, data_key, secret_key
from notoneless.site.sqlite_backend.base import DatabaseWrapper


def test_an_absolute_path_is_a_sqlite_file() -> None:
    found = database_from("sqlite:///srv/school%20one.sqlite3")
    assert (found["ENGINE"], found["NAME"]) == ("notoneless.site.sqlite_backend", "/srv/school one.sqlite3")


def test_a_server_is_named_by_host_and_port() -> None:
    found = database_from("postgresql://office:p%40ss@db.example:5433/notoneless")
    assert [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "notoneless",
        "office",
        "p@ss",
        "db.example",
        "5433",
    ]


def test_a_server_is_named_by_its_socket() -> None:
    found = database_from("postgresql:///notoneless?host=/run/postgresql&user=office&sslmode=disable")
    assert (found["HOST"], found["USER"]) == ("/run/postgresql", "office")
    assert found["OPTIONS"]["sslmode"] == "disable"
    assert found["OPTIONS"]["pool"]["max_size"] == 8


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "sqlite://relative.sqlite3", "sqlite:///", "postgresql:///"]
)
def test_an_address_that_names_nothing_is_refused_with_the_forms_there_are(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="NOTONELESS_DATABASE_URL"):
        database_from(url)


def test_keys_are_made_once_and_readable_by_us_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTONELESS_SECRET_KEY", "NOTONELESS_DATA_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert (secret_key(tmp_path), data_key(tmp_path)) == (secret_key(tmp_path), data_key(tmp_path))
    assert len(data_key(tmp_path)) == 32
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("key", ["zz" * 32, "00" * 31])
def test_a_data_key_that_is_none_is_refused(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTONELESS_DATA_KEY", key)
    with pytest.raises(BadKey):
        data_key(tmp_path)


@pytest.mark.django_db
def test_sqlite_is_new_enough_and_set_for_safety() -> None:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            assert int(cursor.fetchone()[0]) >= 150000
        return
    connection.ensure_connection()
    assert connection.Database.sqlite_version_info >= (3, 51, 3)  # type: ignore[attr-defined]
    names = ("synchronous", "foreign_keys", "recursive_triggers")
    assert [pragma(connection, name) for name in names] == [2, 1, 1]
    assert not pragma(connection, "mmap_size")


def pragma(database: Any, name: str) -> Any:
    with database.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        row = cursor.fetchone()
    return row[0] if row else None


# One writer at a time.


@pytest.fixture
def two(tmp_path: Path, django_db_blocker: Any) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    """Two connections to one file, as two requests have them."""
    settings = {
        **database_from(f"sqlite://{tmp_path / 'one.sqlite3'}"),
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "TEST": {},
    }
    options = settings.pop("OPTIONS")
    both = [DatabaseWrapper({**settings, "OPTIONS": {**options}}, f"d{i}") for i in range(2)]
    for each in both:
        each.inc_thread_sharing()
    with django_db_blocker.unblock():
        yield both[0], both[1]
        for each in both:
            each.close()


def begin(database: DatabaseWrapper) -> None:
    database.ensure_connection()
    database.in_atomic_block = True
    database._start_transaction_under_autocommit()


def test_a_second_writer_waits_until_the_first_is_done(two: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, second = two
    begin(first)
    order: list[str] = []

    def write() -> None:
        begin(second)
        order.append("second")
        second._rollback()

    waiting = threading.Thread(target=write)
    waiting.start()
    waiting.join(0.2)
    order.append("first")
    first._commit()
    waiting.join(10)
    assert order == ["first", "second"]


def test_the_turn_is_a_lock_that_other_processes_see(
    two: tuple[DatabaseWrapper, DatabaseWrapper], tmp_path: Path
) -> None:
    first, _ = two
    begin(first)
    with (tmp_path / "one.sqlite3.writer-lock").open() as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        first._commit()
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_reader_waits_for_no_writer(two: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, second = two
    begin(first)
    assert pragma(second, "journal_mode") == "wal"
    with second.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master")
        assert cursor.fetchone() == (0,)
    first._rollback()


def test_a_writer_that_dies_gives_its_turn_back(two: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, second = two
    begin(first)
    first.in_atomic_block = False
    first.close()
    begin(second)
    second._rollback()
    assert not second._locked
