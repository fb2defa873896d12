"""Which SQLite is used: one without the WAL-reset bug, or none at all."""

from __future__ import annotations

import importlib
import sqlite3
import sys

# 3.51.3 is the first version in which two processes cannot corrupt a database that a third one checkpoints.
NEEDED = (3, 51, 3)


class SqliteTooOld(RuntimeError):
    """No SQLite that is safe for several processes; the message says what to install."""


def use_safe_sqlite() -> None:
    """Let pysqlite3 stand in for a standard library's sqlite3 that is too old. Raises SqliteTooOld."""
    if sqlite3.sqlite_version_info >= NEEDED:
        return
    try:
        module = importlib.import_module("pysqlite3")
        dbapi = importlib.import_module("pysqlite3.dbapi2")
    except ModuleNotFoundError:
        module = dbapi = sqlite3
    if dbapi.sqlite_version_info < NEEDED:
        raise SqliteTooOld(
            f"SQLite {dbapi.sqlite_version} 有多进程写入损坏数据的缺陷；请安装带 3.51.3 或更新版本的 Python，"
            "或在 Linux 上安装 pysqlite3，或改用 PostgreSQL（NOTONELESS_DATABASE_URL）。"
        )
    sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = module, dbapi
