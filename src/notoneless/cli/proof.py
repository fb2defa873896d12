"""`notoneless proof CHILD`: the whole chain for one child, on two pages that an inspector can follow."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from notoneless.cli.adopt import find_person, in_django


def add_parser(commands: Any) -> None:
    """Add `proof` to the command table."""
    parser = commands.add_parser(
        "proof", help="一名学生的可核验链条（PDF 或屏幕） / the chain of proof of one child"
    )
    parser.add_argument("child", metavar="CHILD", help="个案编号或学生内部编号 / case number or internal id")
    parser.add_argument("--by", metavar="USERNAME", required=True, help="以谁的名义（登录名） / who asks")
    parser.add_argument("--out", type=Path, metavar="FILE", help="写成 PDF；不写则显示在屏幕上 / as PDF")
    parser.add_argument("--json", action="store_true", help="全部指纹和流水号，JSON / every fingerprint")
    parser.add_argument("--en", action="store_true", help="英文 / in English")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the chain or write it as PDF; 2 and one sentence when it may not be."""
    return in_django(_proved, args)


def _proved(args: argparse.Namespace) -> list[str]:
    from notoneless.clock import now
    from notoneless.core.paper import markdown
    from notoneless.exchange.papers.page_pdf import pdf
    from notoneless.services.proof import fingerprints, found_child, prove
    from notoneless.services.proof_page import proof_page

    person = find_person(args.by)
    chain = prove(by=person, child=found_child(args.child), at=now())
    if args.json:
        return [json.dumps(fingerprints(chain), ensure_ascii=False, indent=1)]
    page = proof_page(chain, "en" if args.en else "zh", handed_to=person.name)
    if args.out is None:
        return [markdown(page)]
    args.out.write_bytes(pdf(page))
    return [
        f"已写入 {args.out.name}：{len(chain.links)} 项应办事项，流水 {chain.journal[0]}–{chain.journal[1]}。"
    ]
