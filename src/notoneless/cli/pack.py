"""`notoneless pack inspection|compliance`: what is handed to an inspection or an audit, as one .zip."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from notoneless.cli.adopt import find_person, find_place, in_django


def add_parser(commands: Any) -> None:
    """Add `pack` and its two kinds to the command table."""
    parser = commands.add_parser(
        "pack", help="迎检材料、未成年人信息合规材料 / packs for inspections and audits"
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    inspection = kinds.add_parser("inspection", help="一学年的迎检材料 / a school year for an inspection")
    inspection.add_argument(
        "--year", type=int, metavar="YYYY", help="学年从哪一年开始；默认本学年 / the year it begins in"
    )
    inspection.add_argument(
        "--identity", action="store_true", help="带上完整证件号 / with whole identity numbers"
    )
    inspection.add_argument(
        "--pictures", action="store_true", help="带上照片和扫描件 / with pictures and scans"
    )
    compliance = kinds.add_parser(
        "compliance", help="一年的未成年人信息合规材料 / a year of minors' data for an audit"
    )
    compliance.add_argument("--year", type=int, metavar="YYYY", help="年度；默认今年 / the calendar year")
    for each, run in ((inspection, _run_inspection), (compliance, _run_compliance)):
        each.add_argument("place", metavar="PLACE", help="单位代码 / code of the place")
        each.add_argument("--by", metavar="USERNAME", required=True, help="以谁的名义（登录名） / who asks")
        each.add_argument("--out", type=Path, metavar="FILE", help="写到哪个文件 / the file to write")
        each.add_argument("--en", action="store_true", help="英文 / in English")
        each.set_defaults(run=run)


def _run_inspection(args: argparse.Namespace) -> int:
    """Write the pack; 2 and one sentence when it may not be."""
    return in_django(_inspection, args)


def _run_compliance(args: argparse.Namespace) -> int:
    """Write the pack; 2 and one sentence when it may not be."""
    return in_django(_compliance, args)


def _inspection(args: argparse.Namespace) -> list[str]:
    from notoneless.clock import now
    from notoneless.services.inspection_pack import Wish, inspection_pack
    from notoneless.services.inspection_pack.making import school_year

    at = now()
    given = inspection_pack(
        by=find_person(args.by),
        place=find_place(args.place),
        year=school_year(at) if args.year is None else args.year,
        at=at,
        language="en" if args.en else "zh",
        wish=Wish(args.identity, args.pictures),
        progress=_told,
    )
    written = _write(args.out, given.name, given.content)
    return [f"{written}：{given.pieces} 件，写有 {given.children} 名学生的姓名；已记入流水。"]


def _compliance(args: argparse.Namespace) -> list[str]:
    from notoneless.clock import now
    from notoneless.services.compliance_pack import compliance_pack

    at = now()
    given = compliance_pack(
        by=find_person(args.by),
        place=find_place(args.place),
        year=at.year if args.year is None else args.year,
        at=at,
        language="en" if args.en else "zh",
    )
    written = _write(args.out, given.name, given.content)
    return [f"{written}：{given.tables} 张表，{given.rows} 行，不含学生姓名；已记入流水。"]


def _told(number: int, of: int, title: str) -> None:
    print(f"{number}/{of} {title}", file=sys.stderr)


def _write(out: Path | None, name: str, content: bytes) -> str:
    path = out or Path(name)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path.name
