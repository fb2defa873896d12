"""Where the applications of one run keep their data: files in a folder, or databases on one server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from bench.postgresql import Durable


class Databases(Protocol):
    """One kind of database for a whole run."""

    name: str
    trees: tuple[int, ...]  # processes whose CPU is the database's own

    def create(self, database: str) -> str:
        """Make an empty one; gives its address."""

    def copy(self, database: str, name: str) -> str:
        """Copy one that nobody uses at the moment; gives the copy's address."""

    def settle(self, database: str) -> None:
        """Do at once what the database would soon do by itself after a bulk load."""


class SqliteFiles:
    """A file each; what SQLite costs is in the CPU of the process that uses it."""

    name = "SQLite"
    trees: tuple[int, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, database: str) -> str:
        """The file is made by whoever opens it first."""
        return f"sqlite://{self._folder / database}.sqlite3"

    def copy(self, database: str, name: str) -> str:
        """A copy of the file; the last one to close it has put its log away."""
        shutil.copy(self._folder / f"{database}.sqlite3", self._folder / f"{name}.sqlite3")
        return self.create(name)

    def settle(self, database: str) -> None:
        """SQLite does nothing by itself."""


class OnPostgresql:
    """Databases on one durable server."""

    name = "PostgreSQL"

    def __init__(self, server: Durable) -> None:
        self._server = server
        self.trees: tuple[int, ...] = (server.pid,)

    def create(self, database: str) -> str:
        """An empty database."""
        return self._server.create(database)

    def copy(self, database: str, name: str) -> str:
        """A database made after the other as its template."""
        return self._server.create(name, template=database)

    def settle(self, database: str) -> None:
        """Autovacuum comes within minutes, and until then the planner knows nothing of the rows."""
        self._server.analyse(database)
