"""How a site sends: one TOML file, read once; what it does not name is not set up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from notoneless.core.policy.fields import Fields
from notoneless.core.terms import Channel, SkipReason, TellKind
from notoneless.delivery.email import MailServer, Security
from notoneless.delivery.quiet import QuietHours
from notoneless.delivery.reach import Reach
from notoneless.delivery.sms_gateway import SmsGateway

ROBOTS = (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)
KEYS = (
    "site",
    "hosts",
    "private_hosts",
    "connect_seconds",
    "answer_seconds",
    "telling",
    "email",
    "sms",
    "wecom",
    "dingtalk",
    "feishu",
    "webhook_secrets",
    "slips_folder",
    "relay_schemas",
)


@dataclass(frozen=True)
class Telling:
    """When people are told, and how often we try."""

    quiet: QuietHours = field(default_factory=QuietHours)
    morning: time = time(7, 30)
    digest: timedelta = timedelta(minutes=5)  # what comes in within it goes out as one text
    soon: timedelta = timedelta(hours=1)  # so long before its due moment something is about to run out
    urgent: frozenset[TellKind] = frozenset()  # told in quiet hours too
    tries: int = 6  # by one way, when there is another
    patience: timedelta = timedelta(hours=24)  # how long the last way is tried


@dataclass(frozen=True)
class DeliverySettings:
    """All that the channels need."""

    site: str = ""
    reach: Reach = field(default_factory=Reach)
    telling: Telling = field(default_factory=Telling)
    email: MailServer | None = None
    sms: SmsGateway | None = None
    robots: frozenset[Channel] = frozenset()
    webhook_secrets: Mapping[str, str] = field(default_factory=dict)
    slips: Path | None = None
    relay_schemas: frozenset[str] = frozenset()

    def set_up(self) -> frozenset[Channel]:
        """The channels that can be used."""
        there = {
            Channel.EMAIL: self.email,
            Channel.SMS: self.sms,
            Channel.WEBHOOK: self.webhook_secrets,
            Channel.PRINTED_SLIP: self.slips,
            Channel.RELAY: self.relay_schemas,
        }
        return self.robots | {channel for channel, how in there.items() if how}


def read_settings(text: str, *, file: str, environment: Mapping[str, str]) -> DeliverySettings:
    """The settings from the file's text; "env:NAME" stands for a variable, so that no secret is in the file.

    Raises PackError, whose sentence says where the file is wrong and what would be right.
    """
    table = _Table(Fields(_toml(text, file), file=file, line=0, name=""), environment)
    settings = DeliverySettings(
        site=_site(table),
        reach=_reach(table),
        telling=_telling(table.part("telling")),
        email=_mail(table.part("email")) if "email" in table else None,
        sms=_sms(table.part("sms")) if "sms" in table else None,
        robots=frozenset(channel for channel in ROBOTS if table.flag(channel.value.lower())),
        webhook_secrets=table.texts("webhook_secrets"),
        slips=Path(table.text("slips_folder")) if "slips_folder" in table else None,
        relay_schemas=frozenset(each.lower() for each in table.words("relay_schemas")),
    )
    table.done("、".join(KEYS))
    return settings


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fields({}, file=file, line=0, name="").error("", f"不是正确的 TOML：{error}") from None


class _Table:
    """One table of the file, with the readers that these settings need besides those of packs."""

    def __init__(self, fields: Fields, environment: Mapping[str, str]) -> None:
        self.fields, self.environment = fields, environment
        self.flag, self.done = fields.flag, fields.done

    def __contains__(self, key: str) -> bool:
        return key in self.fields.table

    def part(self, key: str) -> _Table:
        return _Table(self.fields.inner(self.fields.raw(key, {}), key), self.environment)

    def text(self, key: str, default: str | None = None) -> str:
        return self._opened(key, self.fields.text(key, default))

    def texts(self, key: str) -> dict[str, str]:
        inner = self.part(key)
        return {name: inner.text(name) for name in inner.fields.table}

    def words(self, key: str) -> list[str]:
        value = self.fields.raw(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fields.error(key, f'应当是文字的列表，写作 {key} = ["…"]')
        return value

    def time(self, key: str, default: time) -> time:
        value = self.fields.raw(key, default)
        if not isinstance(value, time):
            raise self.fields.error(key, f"应当是时刻，写作 {key} = 21:30:00（不加引号）")
        return value

    def _opened(self, key: str, value: str) -> str:
        if not value.startswith("env:"):
            return value
        name = value.removeprefix("env:")
        if not self.environment.get(name):
            raise self.fields.error(key, f"环境变量 {name} 没有设置；请设置它，或直接写出这个值")
        return self.environment[name]


def _site(table: _Table) -> str:
    site = table.text("site", "")
    parts = urlsplit(site)
    if site and (parts.scheme not in ("https", "http") or not parts.netloc or parts.path not in ("", "/")):
        raise table.fields.error("site", '应当是首页的网址，写作 site = "https://主机/"')
    return site


def _reach(table: _Table) -> Reach:
    hosts, inside = (frozenset(each.lower() for each in table.words(k)) for k in ("hosts", "private_hosts"))
    return Reach(
        hosts,
        inside,
        table.fields.number("connect_seconds", 5),
        table.fields.number("answer_seconds", 15),
    )


def _telling(table: _Table) -> Telling:
    usual, fields = Telling(), table.fields
    quiet = QuietHours(
        table.time("quiet_from", usual.quiet.begin),
        table.time("quiet_until", usual.quiet.end),
        fields.terms("quiet_days", SkipReason) if "quiet_days" in table else usual.quiet.days,
    )
    read = Telling(
        quiet,
        table.time("morning", usual.morning),
        timedelta(minutes=fields.number("digest_minutes", 5)),
        timedelta(minutes=fields.number("soon_minutes", 60)),
        fields.terms("urgent", TellKind),
        fields.number("tries", usual.tries),
        timedelta(hours=fields.number("patience_hours", 24)),
    )
    fields.done()
    return read


def _mail(table: _Table) -> MailServer:
    kinds = {each.value: each for each in Security}
    security = table.fields.choice("security", kinds, Security.TLS.value)
    server = MailServer(
        table.text("host").lower(),
        table.text("sender"),
        table.fields.number("port", 465 if security is Security.TLS else 587),
        security,
        table.text("user", ""),
        table.text("password", ""),
    )
    table.done()
    return server


def _sms(table: _Table) -> SmsGateway:
    formats: Mapping[str, bool] = {"json": False, "form": True}
    gateway = SmsGateway(
        table.text("url"),
        table.fields.choice("format", formats, "json"),
        table.texts("fields"),
        table.texts("headers"),
        table.text("ok_at", ""),
        frozenset(table.words("ok_is")),
        table.text("number_at", ""),
        table.flag("recognises_key"),
    )
    table.done()
    return gateway
