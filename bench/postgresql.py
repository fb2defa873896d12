"""A PostgreSQL server that keeps what it acknowledged, and databases on it that can be copied."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))

import postgres  # noqa: E402  (tools/ is a folder of scripts, not a package)

# Everything as shipped, fsync and synchronous_commit among it; only the room for connections is ours.
SETTINGS = ("-c", "listen_addresses=", "-c", "max_connections=100")


class Durable(NamedTuple):
    """A running server: its process, the folder of its socket, and what it calls itself."""

    pid: int
    socket: Path
    version: str

    def url(self, database: str) -> str:
        """The address of a database, as NOTONELESS_DATABASE_URL is written."""
        return f"postgresql:///{database}?host={self.socket}&user={postgres.NAME}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, empty or a copy of one that nobody is connected to; gives its address."""
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(words.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def has(self, database: str) -> bool:
        """Whether it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
            return found.fetchone() is not None

    def drop(self, database: str) -> None:
        """Remove it, whoever is still connected."""
        words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(words.format(sql.Identifier(database)))

    def rename(self, database: str, name: str) -> None:
        """Give it another name."""
        words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(words.format(sql.Identifier(database), sql.Identifier(name)))

    def analyse(self, database: str) -> None:
        """Vacuum it and look at its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def durable_server() -> Iterator[Durable]:
    """A server with PostgreSQL's own settings, gone afterwards with its data. Raises postgres.NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="notoneless-bench-pg-", dir=postgres.FOLDER_OF_FOLDERS))
    try:
        with _serving(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept_server(folder: Path) -> Iterator[Durable]:
    """As `durable_server`, in a folder of a short path whose databases are there again the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    with _serving(folder) as server:
        yield server


@contextmanager
def _serving(folder: Path) -> Iterator[Durable]:
    programs, data = _cluster(folder)
    (data / "postmaster.pid").unlink(missing_ok=True)  # or its last "ready" would be taken for the new one
    log = data.parent / "durable.log"
    words = ["-D", str(data), "-c", f"unix_socket_directories={folder}", *SETTINGS]
    with log.open("w") as said:
        process = postgres.begin([str(programs / "postgres"), *words], said)
    try:
        postgres.await_ready(process, data, log)
        yield Durable(process.pid, folder, postgres.version(programs))
    finally:
        process.send_signal(signal.SIGINT)  # fast, and everything on disk
        process.wait()


def _cluster(folder: Path) -> tuple[Path, Path]:
    """The programs and the data folder of the cluster in `folder`, made if it is not there.

    The test server is quick because it may lose everything; it makes the cluster and is then ended.
    """
    kept = folder / "programs"
    if kept.exists():
        return Path(kept.read_text()), next(folder.glob("*/data/PG_VERSION")).parent
    programs, process = postgres.start_any(postgres.candidates(), folder)
    process.send_signal(signal.SIGINT)
    process.wait()
    kept.write_text(str(programs))
    return programs, next(folder.glob("*/data/PG_VERSION")).parent
