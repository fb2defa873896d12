"""`notoneless policy`: list, show, describe, compare, check and test policy packs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from notoneless.cli import coverage
from notoneless.core.calendar import default_calendar
from notoneless.core.paper import Page, markdown
from notoneless.core.policy.compare import Part, compare
from notoneless.core.policy.describe import page_of
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
from notoneless.exchange.pages import html

GOOD, BAD, UNUSABLE = 0, 1, 2


def _word(page: Page) -> bytes:
    from notoneless.exchange.word import word  # loads lxml, which the other commands need not wait for

    return word(page)


_FORMATS: dict[str, Callable[[Page], bytes]] = {
    "md": lambda page: markdown(page).encode(),
    "html": lambda page: html(page).encode(),
    "docx": _word,
}


def add_parser(commands: Any) -> None:
    """Add `policy` and its sub-commands to the command table."""
    parser = commands.add_parser("policy", help="制度包 / policy packs")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    coverage.add_parser(actions)
    actions.add_parser("list", help="有哪些 / which there are").set_defaults(run=_list)
    show = actions.add_parser("show", help="原文 / the file itself")
    show.add_argument("pack", metavar="ID_OR_FILE")
    show.set_defaults(run=_show)
    _add_describe(actions)
    _add_diff(actions)
    for name, run, what in (
        ("check", _check, "检查能否执行 / can it be applied"),
        ("test", _test, "运行算例 / run its examples"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("packs", metavar="ID_OR_FILE", nargs="*", help="默认全部 / all by default")
        action.set_defaults(run=run)


def _add_describe(actions: Any) -> None:
    page = actions.add_parser("describe", help="给人看、签字的一页 / a page to read and sign")
    page.add_argument("pack", metavar="ID_OR_FILE")
    page.add_argument(
        "--format", choices=("md", "html", "docx"), default="md", help="默认 md / by default md"
    )
    page.add_argument("--out", type=Path, metavar="FILE", help="写入文件；docx 必须有 / docx needs it")
    page.set_defaults(run=_describe)


def _add_diff(actions: Any) -> None:
    diff = actions.add_parser(
        "diff", help="两个制度包对学生有何不同 / which children-days are treated otherwise"
    )
    diff.add_argument("a", metavar="A", help="甲：ID_OR_FILE")
    diff.add_argument("b", metavar="B", help="乙：ID_OR_FILE")
    diff.set_defaults(run=_diff)


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
    if args.format == "docx" and args.out is None:
        print("docx 不能直接显示；请加上 --out 文件名.docx", file=sys.stderr)
        return UNUSABLE
    try:
        pack = _pack(args.pack)
        page = page_of(pack, resolved(pack), default_calendar())
    except PackError as refusal:
        return _refuse(refusal)
    return _give(_FORMATS[args.format](page), args.out)


def _give(content: bytes, out: Path | None) -> int:
    if out is None:
        print(content.decode(), end="")
        return GOOD
    try:
        out.write_bytes(content)
    except OSError as error:
        print(f"{out} 写不进去（{error.strerror}）；请换一个能写的位置", file=sys.stderr)
        return UNUSABLE
    return GOOD


def _diff(args: argparse.Namespace) -> int:
    try:
        a, b = (resolved(_pack(name)) for name in (args.a, args.b))
    except PackError as refusal:
        return _refuse(refusal)
    found = compare(a, b, default_calendar())
    for name, packs in (("甲", a), ("乙", b)):
        pack = packs.layers[0][0]
        print(f"{name}：{pack.id} {pack.title}（版本 {pack.version}）")
    for part in Part:
        lines = [each.sentence for each in found if each.part is part]
        print(f"\n{part.value}：{f'{len(lines)} 处不同' if lines else '没有不同'}")
        print("".join(f"- {line}\n" for line in lines), end="")
    return BAD if found else GOOD


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
