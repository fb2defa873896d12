"""`notoneless sample LIST.txt --seed NUMBER --size N`: a published sample is drawn again from its list."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from notoneless.core.sampling import drawn, frame_digest


def add_parser(commands: Any) -> None:
    """Add `sample` to the command table."""
    parser = commands.add_parser("sample", help="照公布的号码把抽样再抽一遍 / draw a sample again")
    parser.add_argument("list", type=Path, metavar="LIST.txt", help="名单，一行一个编号 / a row id a line")
    parser.add_argument(
        "--seed", required=True, metavar="NUMBER", help="公布的号码 / the number as published"
    )
    parser.add_argument("--size", required=True, type=int, metavar="N", help="抽几条 / how many")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the digest of the list and the lines drawn, in their order; 2 when there is no such list."""
    try:
        rows = args.list.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        print(
            f"名单读不出来：{args.list.name}（{error.__class__.__name__}）；请重新下载名单。", file=sys.stderr
        )
        return 2
    digest = frame_digest(rows)
    seed = " ".join(args.seed.split())
    print(f"名单 {len(rows)} 条，指纹 {digest}")
    print("\n".join(drawn(seed, digest, rows, args.size)))
    return 0
