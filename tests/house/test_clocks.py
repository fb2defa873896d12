"""Time is an argument: nothing that decides or stores reads a clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_files import modules, name_of, tree_of

ROOMS_WITHOUT_A_CLOCK = ("core", "records", "exchange", "batch", "delivery", "services")
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "django.db.models.functions.Now",
    "django.utils.timezone.localdate",
    "django.utils.timezone.now",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
FIELDS_THAT_READ_A_CLOCK = {"auto_now", "auto_now_add"}


def imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, as a dotted path."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
            names |= {
                top: top for alias in node.names if not alias.asname for top in alias.name.split(".")[:1]
            }
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted path an expression stands for, or nothing if it is not one that was imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        start = dotted(node.value, names)
        return f"{start}.{node.attr}" if start else ""
    return ""


def clocks_read(tree: ast.Module) -> Iterator[str]:
    """Each place where the module reads a clock, or hands one on to be read."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node, names) in CLOCKS:
            yield f"line {node.lineno}: {dotted(node, names)}"
        if isinstance(node, ast.keyword) and node.arg in FIELDS_THAT_READ_A_CLOCK:
            yield f"line {node.value.lineno}: {node.arg}"


@pytest.mark.parametrize("path", modules(*ROOMS_WITHOUT_A_CLOCK), ids=name_of)
def test_the_module_takes_time_as_an_argument(path: Path) -> None:
    assert list(clocks_read(tree_of(path))) == []


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\ndatetime.now(zone)",
        "import datetime\ndatetime.datetime.now(zone)",
        "import datetime as dt\ndt.date.today()",
        "from django.utils import timezone\ntimezone.now()",
        "from django.utils.timezone import now as moment\nmoment()",
        "from django.utils import timezone\nDateTimeField(default=timezone.now)",
        "DateTimeField(auto_now_add=True)",
        "import time\ntime.time()",
    ],
)
def test_a_clock_is_seen_however_it_is_spelt(code: str) -> None:
    assert list(clocks_read(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["import time\ntime.perf_counter()", "def act(now):\n    return now", "mark.now()"]
)
def test_what_only_looks_like_a_clock_is_let_through(code: str) -> None:
    assert list(clocks_read(ast.parse(code))) == []
