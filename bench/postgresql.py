"""A PostgreSQL server that keeps what it acknowledged, and databases on it that can be copied."""

from __future__ import annotations

import shutil
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

    def analyse(self, database: str) -> None:
        """Vacuum it and look at its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


@contextmanager
def durable_server() -> Iterator[Durable]:
    """A server with PostgreSQL's own settings. Raises postgres.NoPostgres.

    The test server is quick because it may lose everything; a copy of it is started again without that.
    """
    folder = Path(tempfile.mkdtemp(prefix="notoneless-bench-pg-", dir=postgres.FOLDER_OF_FOLDERS))
    process = None
    try:
        programs, process = postgres.start_any(postgres.candidates(), folder)
        postgres.stop(process)
        data = next(folder.glob("*/data/PG_VERSION")).parent
        (data / "postmaster.pid").unlink(
            missing_ok=True
        )  # or its last "ready" would be taken for the new one
        log = data.parent / "durable.log"
        words = ["-D", str(data), "-c", f"unix_socket_directories={folder}", *SETTINGS]
        with log.open("w") as said:
            process = postgres.begin([str(programs / "postgres"), *words], said)
        postgres.await_ready(process, data, log)
        yield Durable(process.pid, folder, postgres.version(programs))
    finally:
        if process is not None:
            postgres.stop(process)
        shutil.rmtree(folder, ignore_errors=True)
