"""`notoneless simulate`: a made-up county as files, and its totals beside those it should come to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from tqdm import tqdm

from notoneless.batch.simulate import BadScenario, BadSize, County, NoSchoolDays, shipped_params, simulate
from notoneless.batch.simulate.tables import WRITERS, write
from notoneless.batch.simulate.totals import Total, totals
from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME

DONE, UNUSABLE = 0, 2
EVENING = time(20)  # a day without a time means: when everybody has handed in


def add_parser(commands: Any) -> None:
    """Add `simulate` to the command table."""
    parser = commands.add_parser("simulate", help="生成一个虚构的县 / a made-up county, as files")
    parser.add_argument(
        "--seed", type=int, default=1, help="随机种子；同样的种子，同样的县 / same seed, same county"
    )
    parser.add_argument("--schools", type=int, default=3, help="学校数 / schools (3)")
    parser.add_argument("--pupils", type=int, default=360, help="学生总数 / pupils in all (360)")
    parser.add_argument(
        "--class-size", type=int, default=20, help="每班至多人数 / pupils a class at most (20)"
    )
    parser.add_argument("--scenario", default="today", help="today（默认）或 poor2010")
    parser.add_argument(
        "--until", required=True, type=_moment, metavar="2026-11-20", help="截至哪一天 / up to this day"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="写到哪个文件夹 / where to write the tables")
    parser.add_argument("--format", choices=tuple(WRITERS), default="csv", help="csv（默认）或 parquet")
    parser.add_argument(
        "--check-totals", action="store_true", help="与参数应有的总数对照 / compare with the expected totals"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the county, write it and compare it, as asked."""
    if not (args.out or args.check_totals):
        print("请写 --out 文件夹（写出数据），或 --check-totals（对照总数），或两者都写。", file=sys.stderr)
        return UNUSABLE
    try:
        county = _county(args)
    except (BadSize, BadScenario, NoSchoolDays) as refusal:
        print(refusal, file=sys.stderr)
        return UNUSABLE
    if args.out:
        for path in write(county, default_calendar(), args.out, args.format):
            print(path)
    if args.check_totals:
        print("\n".join(_comparison(county)))
    return DONE


def _county(args: argparse.Namespace) -> County:
    with tqdm(total=args.pupils, desc="生成学生", unit="人", disable=None, leave=False, delay=0.5) as bar:
        return simulate(
            shipped_params(),
            seed=args.seed,
            schools=args.schools,
            pupils=args.pupils,
            class_size=args.class_size,
            scenario=args.scenario,
            until=args.until,
            calendar=default_calendar(),
            with_acts=args.out is not None,
            progress=bar.update,
        )


def _moment(text: str) -> datetime:
    """A day, or a day and time, in China time."""
    try:
        if len(text) == len("2026-11-20"):
            return datetime.combine(date.fromisoformat(text), EVENING, CHINA_TIME)
        return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"日期应写作 2026-11-20，或 2026-11-20T08:05；写的是“{text}”"
        ) from None


def _comparison(county: County) -> Iterator[str]:
    size = f"{len(county.children)} 名学生，{len(county.classes)} 个班，{len(county.days)} 个上课日"
    yield f"{size}，种子 {county.seed}"
    for total in totals(county):
        yield f"{_padded(total.zh, 20)}{_number(total.simulated, total):>9}   {_beside(total)}   {total.en}"
    if len(county.days) < county.days_in_year or county.days_in_year < 180:
        yield "应有的数按整学年、大样本计；这次只生成了学年的一部分，离校人数尤其不可比。"


def _beside(total: Total) -> str:
    return "应约 —" if total.expected is None else f"应约 {_number(total.expected, total)}"


def _number(value: float, total: Total) -> str:
    return f"{value * 100:.2f}%" if total.percent else f"{value:.0f}"


def _padded(text: str, width: int) -> str:
    """Padded to a width on the screen, where a Chinese character takes two columns."""
    return text + " " * (width - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))
