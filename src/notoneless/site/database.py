"""NOTONELESS_DATABASE_URL, read into Django's DATABASES setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# FULL: an acknowledged roll call survives a power cut. recursive_triggers: INSERT OR REPLACE deletes a row,
# and the trigger that refuses it must see that. No mmap: it makes a torn page everybody's.
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
    "PRAGMA trusted_schema=OFF; PRAGMA busy_timeout=15000; PRAGMA mmap_size=0;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-20000"
)


class BadDatabaseUrl(ValueError):
    """An address no database can be found by; the message shows the forms that are understood."""


def database_from(url: str, *, pool_size: int = 8) -> dict[str, Any]:
    """The settings of one database from its address. Raises BadDatabaseUrl."""
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(url)
    if scheme in ("postgresql", "postgres"):
        return _postgresql(url, pool_size)
    raise BadDatabaseUrl(
        f"NOTONELESS_DATABASE_URL 以“{scheme}:”开头，无法识别；请写成 sqlite:///绝对路径、"
        "postgresql://用户:密码@主机:端口/库名，或 postgresql:///库名?host=/套接字目录&user=用户。"
    )


def _sqlite(url: str) -> dict[str, Any]:
    path = Path(unquote(url.removeprefix("sqlite://")))
    if not path.is_absolute() or path.name == "":
        raise BadDatabaseUrl(
            "NOTONELESS_DATABASE_URL 的 SQLite 路径应是绝对路径，例如 sqlite:///srv/notoneless.sqlite3。"
        )
    return {
        "ENGINE": "notoneless.site.sqlite_backend",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 15, "init_command": PRAGMAS},
        "CONN_MAX_AGE": None,
    }


def _postgresql(url: str, pool_size: int) -> dict[str, Any]:
    parts = urlsplit(url)
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadDatabaseUrl(
            "NOTONELESS_DATABASE_URL 没有写数据库名；例如 postgresql:///notoneless?host=/var/run/postgresql。"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or "") or asked.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or asked.pop("password", ""),
        "HOST": parts.hostname or asked.pop("host", ""),
        "PORT": str(parts.port or asked.pop("port", "")),
        # Django's own statements are never prepared; this lets the few that ask for it be. Planned once, a
        # roll call costs the server half; left to itself it plans anew each time.
        # Compiling a query takes longer than any page may.
        "OPTIONS": {
            **asked,
            "options": f"-c plan_cache_mode=force_generic_plan -c jit=off {asked.get('options', '')}".strip(),
            "prepare_threshold": 5,
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 15},
        },
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
    }
