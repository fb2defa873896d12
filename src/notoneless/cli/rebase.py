"""`notoneless rebase`: open cases go over to the packs now in force, listed first, with a reason."""

from __future__ import annotations

import argparse
from typing import Any

from notoneless.cli.adopt import case_lines, find_person, find_place, in_django


def add_parser(commands: Any) -> None:
    """Add `rebase` to the command table."""
    parser = commands.add_parser(
        "rebase", help="未结个案改按现行制度办理 / open cases follow the packs in force"
    )
    parser.add_argument("place", metavar="PLACE", help="单位代码或名称 / code or name of the place")
    parser.add_argument(
        "--case", action="append", metavar="NUMBER", help="只改这一个，可重复 / only this case"
    )
    parser.add_argument("--by", metavar="USERNAME", help="以谁的名义（登录名）；不写则只列出 / who decides")
    parser.add_argument("--reason", default="", metavar="TEXT", help="理由 / why")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List what would change, or with `--by` do it; 2 and one sentence when it may not be."""
    return in_django(_listed if args.by is None else _rebased, args)


def _listed(args: argparse.Namespace) -> list[str]:
    from notoneless.clock import now
    from notoneless.services import policies

    at = now()
    head = "改按现行制度办理的影响（只列出，什么都没有改；要改请加 --by 登录名 和 --reason 理由）"
    return [head, *case_lines(policies.would_rebase(_cases(args, at), at=at))]


def _rebased(args: argparse.Namespace) -> list[str]:
    from notoneless.clock import now
    from notoneless.services import policies

    at = now()
    person = find_person(args.by)
    effects = policies.rebase(by=person, cases=_cases(args, at), reason=args.reason, at=at)
    return [f"已有 {len(effects)} 个个案改按现行制度办理。", *case_lines(effects)]


def _cases(args: argparse.Namespace, at: Any) -> list[Any]:
    """The open cases of the place that keep replaced packs, all or those named."""
    from notoneless.services import policies
    from notoneless.services.refusals import Refusal

    held = policies.held_cases(find_place(args.place), at=at)
    unknown = sorted(set(args.case or []) - {case.number for case in held})
    if unknown:
        raise Refusal(
            "NO_SUCH_CASE",
            f"个案 {unknown[0]} 不在此列：没有这个编号，或已经按现行制度办理；不加 --case 可列出全部。",
            f"Case {unknown[0]} is not among them; leave out --case to list all.",
        )
    return [case for case in held if not args.case or case.number in args.case]
