"""`python -m bench`: every benchmark in one table, each figure beside what it is judged by."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import check, evaluate
from bench.county import run as county
from bench.county.report import county_lines
from bench.figures import run as figures
from bench.figures.report import figures_lines
from bench.machine import load, machine
from bench.offline import run as offline
from bench.postgresql import durable_server, kept_server
from bench.report import check_lines, evaluate_lines, offline_lines, roll_call_lines
from bench.roll_call import run as roll_call
from bench.roll_call.databases import OnPostgresql, SqliteFiles
from bench.table import Line, as_table

Lines = Iterator[Line]


def main(arguments: list[str]) -> int:
    """Run what was asked for and print it; 0 even when a target is missed, for that is a finding."""
    args = _arguments(arguments)
    lines: list[Line] = []
    about = [load()]
    for name in args.only or list(BENCHMARKS):
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="notoneless-bench-") as folder:
            lines += BENCHMARKS[name](Path(folder), args, about)
    print(f"{machine()}\n{' · '.join(about)}\n\n{as_table(lines)}")
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="this one; may be repeated")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="where the loaded county is kept for the next run; a short path",
    )
    return parser.parse_args(arguments)


def _evaluate(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    children, rounds = (2_000, 1) if args.quick else (1_000_000, 3)
    yield from evaluate_lines(children, *evaluate.run(folder, children, rounds))


def _check(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    pupils, rounds = (90, 1) if args.quick else (check.PUPILS, 3)
    yield from check_lines(pupils, check.run(folder, pupils, rounds))


def _roll_call_sqlite(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    yield from roll_call_lines(roll_call.run(SqliteFiles(folder), folder, _plan(args.quick)))


def _roll_call_postgresql(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    with durable_server() as server:
        about.append(server.version)
        yield from roll_call_lines(roll_call.run(OnPostgresql(server), folder, _plan(args.quick)))


def _county(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    plan = county.QUICK if args.quick else county.FULL
    with kept_server(args.keep) if args.keep else durable_server() as server:
        about.append(server.version)
        yield from county_lines(county.run(server, args.keep or folder, folder, plan))


def _offline(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    schedules = offline.QUICK if args.quick else offline.SCHEDULES
    yield from offline_lines(offline.run(folder, schedules))


def _figures(folder: Path, args: argparse.Namespace, about: list[str]) -> Lines:
    plan = figures.QUICK if args.quick else figures.FULL
    with kept_server(args.keep) if args.keep else durable_server() as server:
        about.append(server.version)
        yield from figures_lines(figures.run(server, args.keep or folder, folder, plan))


def _plan(quick: bool) -> roll_call.Plan:
    return roll_call.QUICK if quick else roll_call.FULL


BENCHMARKS: dict[str, Callable[[Path, argparse.Namespace, list[str]], Lines]] = {
    "evaluate": _evaluate,
    "check": _check,
    "roll-call-sqlite": _roll_call_sqlite,
    "roll-call-postgresql": _roll_call_postgresql,
    "county": _county,
    "offline": _offline,
    "figures": _figures,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
