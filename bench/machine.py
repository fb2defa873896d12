"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

import duckdb

from notoneless.site.sqlite_engine import use_safe_sqlite


def machine(postgresql: str = "") -> str:
    """One line: processor, cores, memory, kernel, and the versions of what runs."""
    use_safe_sqlite()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    parts = [
        _processor(),
        f"{os.cpu_count()} cores",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {_sqlite()}",
        f"DuckDB {duckdb.__version__}",
        postgresql,
    ]
    return " · ".join(part for part in parts if part)


def load() -> str:
    """How busy the machine is with everything else."""
    return f"load average {os.getloadavg()[0]:.1f} at the start"


def _sqlite() -> str:
    import sys

    module = sys.modules.get("sqlite3.dbapi2", sqlite3)
    return str(module.sqlite_version)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
