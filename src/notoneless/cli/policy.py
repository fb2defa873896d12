"""`notoneless policy`: list, show, check, test and describe policy packs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from notoneless.cli import coverage
from notoneless.core.calendar import default_calendar
from notoneless.core.policy.describe import describe
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.library import (
    clause_ids,
    load,
    pack_ids,
    pack_text,
    packs_in_force,
    resolved,
    run_examples,
)
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read import read_pack

GOOD, BAD, UNUSABLE = 0, 1, 2


def add_parser(commands: Any) -> None:
    """Add `policy` and its sub-commands to the command table."""
    parser = commands.add_parser("policy", help="制度包 / policy packs")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    coverage.add_parser(actions)
    actions.add_parser("list", help="有哪些 / which there are").set_defaults(run=_list)
    for name, run, what in (
        ("show", _show, "原文 / the file itself"),
        ("describe", _describe, "给人看的一页 / a page to read and sign"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("pack", metavar="ID_OR_FILE")
        action.set_defaults(run=run)
    for name, run, what in (
        ("check", _check, "检查能否执行 / can it be applied"),
        ("test", _test, "运行算例 / run its examples"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("packs", metavar="ID_OR_FILE", nargs="*", help="默认全部 / all by default")
        action.set_defaults(run=run)


def _list(args: argparse.Namespace) -> int:
    for pack_id in pack_ids():
        pack = load(pack_id)
        print(f"{pack_id:28} {pack.in_force_from}  {len(pack.rules):2} 条规则  {pack.title}")
    return GOOD


def _show(args: argparse.Namespace) -> int:
    try:
        print(pack_text(load(args.pack).id) if args.pack in pack_ids() else _text(args.pack), end="")
    except PackError as refusal:
        return _refuse(refusal)
    return GOOD


def _describe(args: argparse.Namespace) -> int:
    try:
        pack = _pack(args.pack)
        print(describe(pack, resolved(pack), default_calendar()), end="")
    except PackError as refusal:
        return _refuse(refusal)
    return GOOD


def _check(args: argparse.Namespace) -> int:
    bad = 0
    for name in args.packs or pack_ids():
        try:
            pack = _pack(name)
            resolved(pack)
            print(f"{name}：可以执行，{len(pack.rules)} 条规则，{len(pack.examples)} 个算例")
        except PackError as refusal:
            bad = _refuse(refusal)
    return bad


def _test(args: argparse.Namespace) -> int:
    worst = GOOD
    for name in args.packs or pack_ids():
        try:
            pack = _pack(name)
        except PackError as refusal:
            worst = _refuse(refusal)
            continue
        results = run_examples(pack, resolved(pack))
        wrong = [result for result in results if result.problem]
        print(f"{name}：{len(results) - len(wrong)} 个算例相符，{len(wrong)} 个不符")
        for result in wrong:
            print(f"  {result.example.rule} {result.example.about}：{result.problem}")
        worst = max(worst, BAD if wrong else GOOD)
    return worst


def _pack(name: str) -> PolicyPack:
    """A shipped pack by its id, or a pack in a file of one's own."""
    if name in pack_ids() or not name.endswith(".toml"):
        return packs_in_force(name).layers[0][0]
    return read_pack(_text(name), file=name, clauses=clause_ids())


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        known = "、".join(pack_ids())
        raise PackError(
            name, 0, "", f"打不开（{error}）；应当是 UTF-8 的 .toml 文件，或现有编号之一：{known}"
        ) from None


def _refuse(refusal: PackError) -> int:
    print(refusal, file=sys.stderr)
    return UNUSABLE
