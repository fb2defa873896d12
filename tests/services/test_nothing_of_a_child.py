"""Whatever a child, its class or its case is called: nothing of it leaves by any channel."""

from __future__ import annotations

import json
import quopri
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from apprise.decorators import notify
from builders_db import School, a_school, at
from gateways import HttpGateway, MailSink, http_gateway, mail_sink
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.core.terms import Channel, Post, TellKind
from notoneless.delivery.email import MailServer, Security
from notoneless.delivery.reach import Reach
from notoneless.delivery.settings import ROBOTS, DeliverySettings, Telling
from notoneless.delivery.sms_gateway import SmsGateway
from notoneless.records.models import (
    Case,
    Child,
    ClassGroup,
    ContactWay,
    Message,
    Obligation,
    Outbox,
)
from notoneless.services.telling import queue
from notoneless.services.telling_preparing import prepare
from notoneless.services.telling_sending import send_due
from notoneless.services.telling_ways import keep_way

pytestmark = pytest.mark.django_db
# Letters that none of our own texts, keys or headers has, some of which try to get out of where they stand.
STRANGE = "㐀㐁㐂𠀀𠀁😀ξψЖ\u202e\u200d{}%<>\"'\\\r\n;&#\0"
names = st.text(STRANGE.replace("\0", ""), min_size=1, max_size=12).map(lambda text: f"㐃{text}㐄")


@dataclass
class Everywhere:
    """A school whose office is told by every channel in turn, and all that arrives anywhere."""

    school: School
    gateway: HttpGateway
    sink: MailSink
    folder: Path
    relayed: list[str]

    def settings(self) -> DeliverySettings:
        here, fields = self.gateway.url, {"to": "{to}", "text": "{text}", "key": "{key}"}
        return DeliverySettings(
            site="https://kcbx.example/",
            reach=Reach(private_hosts=frozenset({"127.0.0.1"})),
            telling=Telling(digest=timedelta(), urgent=frozenset(TellKind)),
            email=MailServer("127.0.0.1", "kcbx@county.example", self.sink.port, Security.NONE),
            sms=SmsGateway(f"{here}/sms", fields=fields),
            robots=frozenset(ROBOTS),
            webhook_secrets={"127.0.0.1": "s"},
            slips=self.folder,
            relay_schemas=frozenset({"childless"}),
        )

    def address(self, channel: Channel) -> str:
        """Where the office is reached by this channel."""
        own = {
            Channel.EMAIL: "office@school.example",
            Channel.SMS: "13800000000",
            Channel.PRINTED_SLIP: "教导主任",
            Channel.RELAY: "childless://one",
        }
        return own.get(channel, f"{self.gateway.url}/{channel.value}?key=k")

    def arrived(self) -> str:
        """All that went out, in every way of reading it."""
        parts = [
            b"%b %b" % (json.dumps(r.headers).encode() + r.path.encode(), r.body) for r in self.gateway.seen
        ]
        parts += [f"{mail} {mail['Subject']} {mail.get_content()}".encode() for mail in self.sink.taken]
        parts += [file.read_bytes() for file in self.folder.rglob("*") if file.is_file()]
        parts += [text.encode() for text in self.relayed]
        return "\n".join(reading for part in parts for reading in readings(part))


def readings(raw: bytes) -> Iterator[str]:
    """Bytes as text: as they are, and with each of the usual wrappings taken off."""
    for unwrapped in (raw, quopri.decodestring(raw), unquote_to_bytes(raw)):
        text = unwrapped.decode("utf-8", "replace")
        yield text
        yield text.encode("utf-8", "replace").decode("unicode_escape", "replace") if "\\u" in text else ""


@pytest.fixture
def everywhere(tmp_path: Path) -> Iterator[Everywhere]:
    relayed: list[str] = []

    @notify(on="childless")
    def relay(body: str, title: str, kind: str, **_: object) -> None:
        relayed.append(f"{title} {body}")

    answer = json.dumps({"errcode": 0, "code": 0}).encode()
    with http_gateway(lambda _: (200, {}, answer)) as gateway, mail_sink() as sink:
        school = a_school(pupils=1)
        school.roll_call("A")
        yield Everywhere(school, gateway, sink, tmp_path, relayed)


def rename(school: School, child: str, other: str) -> None:
    """Everything that could tell which child it is about, called so."""
    Child.objects.filter(pk=school.pupils[0].pk).update(
        name=child, name_pinyin=other, enrolment_no=other[:40]
    )
    ClassGroup.objects.filter(pk=school.class_group.pk).update(name=other)
    Case.objects.update(number=other[:30])
    Obligation.objects.update(
        facts=[["", child, other]], occasion=other, due_unknown=child, withdrawn_why=child
    )
    type(school.place).objects.filter(pk=school.place.pk).update(name=other)


def tell_of_everything(school: School, at_minute: int) -> None:
    """One thing of every kind, about the child, to the office."""
    one = Obligation.objects.first()
    assert one is not None
    for kind in TellKind:
        queue(
            key=f"{kind}/{at_minute}",
            kind=kind,
            at=at("2025-09-08 10:00"),
            posts=[Post.SCHOOL_OFFICE],
            place=school.place.pk,
            class_group=school.class_group.pk,
            child=school.pupils[0].pk,
            about={"case": Case.objects.values_list("pk", flat=True).first()},
            obligation=one.pk if kind in (TellKind.DUE, TellKind.SOON, TellKind.ESCALATE) else None,
        )


@given(child=names, other=names)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_nothing_of_a_child_reaches_any_channel(everywhere: Everywhere, child: str, other: str) -> None:
    school, office = everywhere.school, everywhere.school.office
    for table in (Message, Outbox, ContactWay):
        table.objects.all().delete()
    for arrived in (everywhere.gateway.seen, everywhere.sink.taken, everywhere.relayed):
        arrived.clear()
    rename(school, child, other)
    for minute, channel in enumerate(Channel):
        keep_way(
            by=office,
            person=office,
            channel=channel,
            address=everywhere.address(channel),
            at=at("2025-09-08 10:00"),
            rank=minute,
            confirmed=True,
        )
        ContactWay.objects.exclude(channel=channel.value).update(ended_at=at("2025-09-08 10:00"))
        tell_of_everything(school, minute)
        now = at(f"2025-09-08 10:{minute:02}")
        prepare(now=now, settings=everywhere.settings())
        while send_due(now=now, settings=everywhere.settings()):
            pass
    assert_all_told(everywhere)
    said, pupil = everywhere.arrived(), school.pupils[0].pk
    assert [each for each in ("㐃", "㐄", str(pupil), pupil.hex) if each in said] == []


def assert_all_told(everywhere: Everywhere) -> None:
    """The test would say nothing if nothing had been sent."""
    assert set(Message.objects.values_list("channel", "state")) >= {(c.value, "SENT") for c in Channel}
    assert everywhere.arrived().count("您有") >= len(Channel)
