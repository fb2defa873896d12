"""The command table: `notoneless COMMAND`, each command in a module of its own."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = (
    "check",
    "policy",
    "adopt",
    "rebase",
    "proof",
    "simulate",
    "sample",
    "demo",
    "set_up",
    "serve",
    "work",
    "pack",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is the program's."""
    parser = argparse.ArgumentParser(
        prog="notoneless", description="一个都不能少 · Not One Less: 从点名到返校销号"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"notoneless.cli.{name}").add_parser(commands)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has left; nothing is wrong
        return 0


if __name__ == "__main__":
    sys.exit(main())
