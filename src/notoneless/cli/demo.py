"""`notoneless demo`: a made-up county to try everything on, ready in seconds, with a clock of its own."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from notoneless.batch.simulate import BadSize, County, NoSchoolDays, shipped_params, simulate
from notoneless.cli import serve
from notoneless.core.calendar import BeyondCalendar
from notoneless.core.facts import CHINA_TIME

SEED, SCHOOLS, PUPILS = 13, 3, 360
PROCESSES, THREADS = 2, 4
SAVE_EVERY = 10  # seconds between two notes of what the clock shows
WEEKDAYS = "一二三四五六日"
# Passwords are put together from these; four of them and two digits are more than a guess.
_WORDS = """
    qingshan lvshui baiyun mingyue chunfeng qiuyue xiaohe dashan shitou songshu zhulin taohua lihua juhua
    meihua hehua yanzi xique baihe huangniu shanyang xiaolu baima qingwa hudie mifeng xingxing taiyang
    yuncai caihong dahai xiaochuan dengta muqiao shiqiao cunzhuang tianye daomi yumi mianhua chaye
    ganju pingguo putao yingtao shiliu hongzao hetao nangua luobo donggua baicai qingcai doufu mantou
    jiaozi yuanxiao zongzi yuebing denglong fengzheng jianzi tuoluo
"""


def add_parser(commands: Any) -> None:
    """Add `demo` to the command table."""
    parser = commands.add_parser("demo", help="演示：一个虚构的县 / try it on a made-up county")
    serve.add_address(parser)
    parser.add_argument(
        "--home", type=Path, default=Path("var") / "demo", help="演示数据的文件夹（var/demo）"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="随机种子 / seed of the county")
    parser.add_argument("--schools", type=int, default=SCHOOLS, help=f"学校数 / schools ({SCHOOLS})")
    parser.add_argument("--pupils", type=int, default=PUPILS, help=f"学生总数 / pupils ({PUPILS})")
    parser.set_defaults(run=run)


class NotTheDemo(RuntimeError):
    """A database that holds something other than the demo; the message says what to do."""


class Folder(NamedTuple):
    """The files of the demo beside its database."""

    home: Path

    @property
    def clock(self) -> Path:
        """The seconds by which the demo's clock is ahead."""
        return self.home / "demo-clock"

    @property
    def stopped_at(self) -> Path:
        """What the clock showed when the demo was last running."""
        return self.home / "demo-stopped-at"

    @property
    def passwords(self) -> Path:
        """The passwords, readable by the owner alone."""
        return self.home / "demo-logins.json"


def run(args: argparse.Namespace) -> int:
    """Make the county if there is none yet, and serve it until told to stop."""
    folder = _folder(args.home, f"http://{args.host}:{args.port}")
    try:
        # Before anything is made: who has the port taken should not wait for a county first.
        serve.refuse_taken_port(args.host, args.port)
        passwords = _ready(args, folder)
    except (serve.PortTaken, BadSize, NoSchoolDays, BeyondCalendar, NotTheDemo) as refusal:
        print(refusal, file=sys.stderr)
        return serve.UNUSABLE
    save = _Saver(folder)
    try:
        return serve.serve(
            args.host,
            args.port,
            processes=PROCESSES,
            threads=THREADS,
            on_ready=lambda: print("\n".join(_welcome(args, folder, passwords)), flush=True),
            now_and_then=save.now_and_then,
        )
    finally:
        save.now()


def _folder(home: Path, address: str) -> Folder:
    """The demo's folder, its own database and its own clock, set up before Django reads the environment."""
    folder = Folder(home.absolute())
    folder.home.mkdir(parents=True, exist_ok=True)
    os.environ["NOTONELESS_HOME"] = str(folder.home)
    os.environ["NOTONELESS_DEMO_CLOCK_FILE"] = str(folder.clock)
    os.environ.setdefault("NOTONELESS_BASE_URL", address)  # what links that are handed over begin with
    return folder


def _ready(args: argparse.Namespace, folder: Folder) -> dict[str, str]:
    """The database up to date, the county in it, the clock set; gives the passwords."""
    _say("准备数据库 …")
    serve.prepare()
    from django.db import connections

    from notoneless.services import demo

    if not (demo.is_empty() or demo.is_demo()):
        raise NotTheDemo("数据库里已有数据，不是演示县；请换一个 --home 文件夹，或换一个空的数据库。")
    passwords, fresh = _passwords(folder)
    real_now = datetime.now(CHINA_TIME)
    if demo.is_demo():
        demo.set_clock(folder.clock, show=_where_it_stopped(folder), real_now=real_now)
        if fresh:
            demo.set_passwords(passwords)
    else:
        moment = _load(args, passwords, real_now)
        demo.set_clock(folder.clock, show=moment, real_now=datetime.now(CHINA_TIME))
    connections.close_all()
    return passwords


def _load(args: argparse.Namespace, passwords: dict[str, str], real_now: datetime) -> datetime:
    from notoneless.records.calendars import county_calendar
    from notoneless.services import demo

    moment = demo.demo_moment(real_now, county_calendar())
    county = _county(args, moment)
    _say(f"载入演示县：{len(county.children)} 名学生，{len(county.roll_calls)} 次点名 …")
    demo.load(county, at=moment, passwords=passwords)
    return moment


def _county(args: argparse.Namespace, moment: datetime) -> County:
    from notoneless.records.calendars import county_calendar

    with tqdm(total=args.pupils, desc="生成学生", unit="人", disable=None, leave=False, delay=0.5) as bar:
        return simulate(
            shipped_params(),
            seed=args.seed,
            schools=args.schools,
            pupils=args.pupils,
            until=moment,
            calendar=county_calendar(),
            progress=bar.update,
        )


def _where_it_stopped(folder: Folder) -> datetime:
    """What the clock showed last; a demo that was killed goes on from its last entry in the journal."""
    from notoneless.services import demo

    known = demo.last_known()
    try:
        return max(known, datetime.fromisoformat(folder.stopped_at.read_text().strip()))
    except (FileNotFoundError, ValueError):
        return known


def _passwords(folder: Folder) -> tuple[dict[str, str], bool]:
    """The demo's passwords by username, and whether they were made just now."""
    from notoneless.services.demo import LOGINS

    try:
        return json.loads(folder.passwords.read_text()), False
    except FileNotFoundError:
        made = {login.username: _password() for login in LOGINS}
        with open(os.open(folder.passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=1)
        return made, True


def _password() -> str:
    words = _WORDS.split()
    return "-".join([*(secrets.choice(words) for _ in range(4)), f"{secrets.randbelow(100):02d}"])


class _Saver:
    """Notes what the clock shows, so that the demo goes on from there when it is started again."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._seconds = 0

    def now_and_then(self) -> None:
        """Called every second; notes it every few."""
        self._seconds += 1
        if self._seconds % SAVE_EVERY == 0:
            self.now()

    def now(self) -> None:
        """Note it."""
        self._folder.stopped_at.write_text(_clock_shows(self._folder).isoformat() + "\n")


def _clock_shows(folder: Folder) -> datetime:
    from notoneless.services import demo

    return demo.clock_shows(folder.clock, datetime.now(CHINA_TIME))


def _welcome(args: argparse.Namespace, folder: Folder, passwords: dict[str, str]) -> Iterator[str]:
    from notoneless.services import demo

    shown = _clock_shows(folder)
    yield ""
    yield "一个都不能少 · Not One Less —— 演示，数据全为虚构 / a demo, everybody in it is made up"
    yield f"  网址 / address    http://{args.host}:{args.port}/"
    yield f"  演示时钟 / clock   {shown:%Y-%m-%d %H:%M}（周{WEEKDAYS[shown.weekday()]}）"
    yield "  用户名 / user  密码 / password"
    for login in demo.logins(passwords):
        yield f"  {login.username:<14} {login.password:<44} {login.where} {login.post.zh} {login.name}"
    yield "  按 Ctrl-C 停止 / Ctrl-C to stop"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
