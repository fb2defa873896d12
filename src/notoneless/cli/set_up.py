"""`notoneless set-up`: the county and its three officers in an empty database, without default passwords."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from notoneless.cli.adopt import in_django
from notoneless.cli.serve import prepare

if TYPE_CHECKING:
    from notoneless.services.invitations import Invited


def add_parser(commands: Any) -> None:
    """Add `set-up` to the command table."""
    parser = commands.add_parser("set-up", help="首次启用：建县和三员 / first run: county and officers")
    parser.add_argument("county", nargs="?", metavar="COUNTY", help="县（区）名称 / name of the county")
    parser.add_argument("code", nargs="?", metavar="CODE", help="行政区划代码，6 位 / its code, 6 digits")
    parser.add_argument("--system-officer", default="", metavar="NAME", help="系统管理员姓名")
    parser.add_argument("--security-officer", default="", metavar="NAME", help="安全管理员姓名")
    parser.add_argument("--audit-officer", default="", metavar="NAME", help="审计管理员姓名")
    parser.add_argument("--links", action="store_true", help="给还没设密码的三员重发链接 / new links")
    parser.add_argument("--reset", metavar="USERNAME", help="给一位三员重设密码和手机 / reset an officer")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make everything and print the links, which stand nowhere else; 2 and a sentence when it may not be."""
    prepare()
    return in_django(_work, args)


def _work(args: argparse.Namespace) -> Iterator[str]:
    from notoneless.clock import now
    from notoneless.core.terms import Post
    from notoneless.services import set_up

    if args.reset:
        made = [set_up.reset(username=args.reset, at=now())]
    elif args.links:
        made = set_up.links_again(at=now())
    else:
        names = {
            Post.SYSTEM_OFFICER: args.system_officer,
            Post.SECURITY_OFFICER: args.security_officer,
            Post.AUDIT_OFFICER: args.audit_officer,
        }
        county, code = _named(args)
        made = set_up.set_up(county=county, code=code, names=names, at=now())
    yield from _shown(made)


def _named(args: argparse.Namespace) -> tuple[str, str]:
    from notoneless.services.refusals import Refusal

    county, code = (args.county or "").strip(), (args.code or "").strip()
    if county and len(code) == 6 and code.isascii() and code.isdigit():
        return county, code
    raise Refusal(
        "COUNTY_MISSING",
        "请写县（区）名称和 6 位行政区划代码，例如 notoneless set-up 示范县 000000。",
        "Give the county's name and its 6-digit code, for example notoneless set-up 示范县 000000.",
    )


def _shown(made: list[Invited]) -> Iterator[str]:
    from django.conf import settings
    from django.urls import reverse

    yield "每条链接只能用一次，24 小时内有效，请分别当面交给本人；各自设密码和手机验证码。"
    yield "Each link works once, within 24 hours; hand each to its owner, who sets password and phone."
    for each in made:
        yield ""
        yield f"  {each.person.name}（用户名 / user name: {each.username}）"
        yield f"  {settings.BASE_URL}{reverse('web:link', args=(each.token,))}"
