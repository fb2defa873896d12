"""The whole check, step by step: what CI runs, and what anybody runs before a commit.

Usage: check.py [STEP ...] runs the named steps only; without names, all of them in order.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from postgres import NoPostgres, postgres_server
from programs import ProgramsMissing, ensure_programs

ROOT = Path(__file__).resolve().parent.parent
# Not resolved: the path through .venv/bin is what tells Python and its tools which environment they are in.
BIN = Path(sys.executable).parent
BEGUN = time.monotonic()
# Markers of the tests that mostly wait for another program.
OUTSIDE = "journey or papers"
PYTEST = (sys.executable, "-m", "pytest", "-m", f"not ({OUTSIDE})", "--durations=12")
USE_THE_DATABASE = (
    "tests/house/test_database.py",
    "tests/offline",
    "tests/records",
    "tests/services",
    "tests/web",
)
# On PostgreSQL, of the pages those that walk every address and those that ask questions of their own; the
# others show and do what the services below them do.
ON_POSTGRESQL = (
    *(path for path in USE_THE_DATABASE if path != "tests/web"),
    "tests/web/test_access_matrix.py",
    "tests/web/test_access_whole.py",
    "tests/web/test_api_access.py",
    "tests/web/test_boards.py",
    "tests/web/test_chart_pages.py",
    "tests/web/test_enrolment_pages.py",
    "tests/web/test_every_page.py",
    "tests/web/test_figure_pages.py",
    "tests/web/test_ledger_pages.py",
    "tests/web/test_place_pages.py",
    "tests/web/test_search_and_guardians.py",
)


# Where a step's lines go: to the screen, or, while another step has it, to a list.
KEPT: ContextVar[list[str] | None] = ContextVar("KEPT", default=None)


class StepFailed(RuntimeError):
    """A step found something wrong; the message is one line for the summary."""


class Result(NamedTuple):
    """How one step ended."""

    name: str
    passed: bool
    seconds: float
    note: str


def say(line: str) -> None:
    """Show a line at once, or keep it for later."""
    kept = KEPT.get()
    if kept is None:
        print(line, flush=True)
    else:
        kept.append(line)


def show(command: list[str], **environment: str) -> list[str]:
    """Run a command from the root, showing its lines as they come, and return them. Raises StepFailed."""
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=clean_environment() | environment,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            say("  " + line.rstrip("\n"))
            lines.append(line.rstrip())
    if process.returncode:
        raise StepFailed(
            next((line for line in reversed(lines) if line.strip()), f"ended with {process.returncode}")
        )
    return lines


def show_each(*commands: list[str]) -> list[str]:
    """Run every command even if one fails, and return their last lines. Raises StepFailed for the first."""
    last_lines, failed = [], []
    for command in commands:
        try:
            last_lines += show(command)[-1:]
        except StepFailed as problem:
            failed.append(problem)
    if failed:
        raise failed[0]
    return last_lines


def clean_environment() -> dict[str, str]:
    """Our environment without the settings of an installation, which must not leak into a test."""
    return {key: value for key, value in os.environ.items() if not key.startswith("NOTONELESS_")}


def programs() -> str:
    """Chromium, LibreOffice and a Chinese font."""
    try:
        return ensure_programs()
    except ProgramsMissing as problem:
        raise StepFailed(str(problem)) from None


def style() -> str:
    """Formatting and lint."""
    show_each([str(BIN / "ruff"), "format", "--check", "."], [str(BIN / "ruff"), "check", "."])
    return "formatted, no findings"


def types() -> str:
    """Types, strictly: the package, then these tools."""
    return show_each([str(BIN / "mypy"), "-p", "notoneless"], [str(BIN / "mypy"), "tools"])[0]


def directions() -> str:
    """Which room may know which."""
    return next(line for line in show([str(BIN / "lint-imports")]) if line.startswith("Contracts:"))


def generated() -> str:
    """Pages that are made from the code say what the code says."""
    generators = sorted((ROOT / "tools").glob("generate_*.py"))
    show_each(*([sys.executable, str(generator), "--check"] for generator in generators))
    return f"{len(generators)} compared"


def sqlite() -> str:
    """The tests that use the database, on SQLite."""
    return closing_line(show([*PYTEST, *USE_THE_DATABASE]))


def without_database() -> str:
    """All other tests but those that drive another program."""
    return closing_line(show([*PYTEST, *(f"--ignore={path}" for path in USE_THE_DATABASE)]))


def programs_driven() -> str:
    """The tests that drive a browser or LibreOffice, on SQLite."""
    return closing_line(show([sys.executable, "-m", "pytest", "-m", OUTSIDE]))


def postgresql() -> str:
    """The tests that use the database, on PostgreSQL."""
    try:
        with postgres_server() as server:
            say(f"  {server.description}: {' '.join(ON_POSTGRESQL)}")
            return closing_line(show([*PYTEST, *ON_POSTGRESQL], NOTONELESS_DATABASE_URL=server.url))
    except NoPostgres as problem:
        raise StepFailed(f"no PostgreSQL server could be started: {problem}") from None


def closing_line(lines: list[str]) -> str:
    """pytest's last line, such as "812 passed in 55.02s"."""
    return next(
        line for line in reversed(lines) if re.search(r"\d+ (passed|failed|error|skipped)", line)
    ).strip("= ")


# What runs at once, each row in its order: about as long as one another, for two cores.
AT_ONCE: tuple[tuple[Callable[[], str], ...], ...] = (
    (sqlite,),
    (postgresql,),
    (programs_driven, without_database),
)
BESIDE_OTHERS = tuple(step for row in AT_ONCE for step in row)
STEPS: tuple[Callable[[], str], ...] = (programs, style, types, directions, generated, *BESIDE_OTHERS)


def run_step(step: Callable[[], str]) -> Result:
    """Run one step under its heading."""
    say(f"\n== {step.__name__}: {step.__doc__}")
    begun = time.monotonic()
    try:
        passed, note = True, step()
    except StepFailed as problem:
        passed, note = False, str(problem)
    seconds = time.monotonic() - begun
    say(f"-- {step.__name__}: {'passed' if passed else 'FAILED'} in {seconds:.1f} s")
    return Result(step.__name__, passed, seconds, note)


def run_all(steps: list[Callable[[], str]]) -> list[Result]:
    """Run the steps in order; without its programs the rest would only fail in less clear words."""
    results: list[Result] = []
    rows = [[step for step in row if step in steps] for row in AT_ONCE]
    together = [row for row in rows if row]
    for step in steps:
        if step in BESIDE_OTHERS:
            continue
        results.append(run_step(step))
        if step is programs and not results[-1].passed:
            return results
    return results + (run_together(*together) if together else [])


def run_together(shown: list[Callable[[], str]], *kept: list[Callable[[], str]]) -> list[Result]:
    """Run rows of steps at once, as each waits half its time; what all but the first say comes after."""
    said: list[list[str]] = [[] for _ in kept]

    def quietly(row: list[Callable[[], str]], lines: list[str]) -> list[Result]:
        KEPT.set(lines)
        return [run_step(step) for step in row]

    with ThreadPoolExecutor(max(len(kept), 1)) as pool:
        later = [pool.submit(quietly, row, lines) for row, lines in zip(kept, said, strict=True)]
        results = [run_step(step) for step in shown]
        for each in later:
            results += each.result()
    for lines in said:
        print("\n".join(lines), flush=True)
    return results


def summarise(results: list[Result]) -> None:
    """Print one line a step, then the number of tests that passed."""
    print("\n== summary")
    for result in results:
        word = "passed" if result.passed else "FAILED"
        print(f"{word}  {result.name:<15}{result.seconds:7.1f} s  {result.note}")
    tests = sum(int(number) for result in results for number in re.findall(r"(\d+) passed", result.note))
    print(f"total: {tests} tests passed in {time.monotonic() - BEGUN:.0f} s", flush=True)


def end_tidily(number: int, frame: FrameType | None) -> None:
    """Leave by an exception when CI stops us, so that the PostgreSQL server is stopped too."""
    raise SystemExit(128 + number)


def main(names: list[str]) -> int:
    """Run the steps named, or all; 0 if every one passed, 1 if not, 2 for a name that is no step."""
    known = {step.__name__: step for step in STEPS}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such step: {', '.join(unknown)}. Steps: {', '.join(known)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, end_tidily)
    signal.signal(signal.SIGHUP, end_tidily)
    results = run_all([known[name] for name in names] or list(STEPS))
    summarise(results)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
