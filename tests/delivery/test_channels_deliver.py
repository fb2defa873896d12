"""Each channel against a server that checks what arrives: it is right, and its fate is told truly."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from builders import at
from gateways import (
    DIES,
    DRIPS,
    SILENT,
    Answer,
    HttpGateway,
    MailSink,
    Request,
    http_gateway,
    mail_sink,
    nobody_listens,
)

from notoneless.core.terms import Channel, SendProblem
from notoneless.delivery import dingtalk, feishu, posting
from notoneless.delivery.channels import send
from notoneless.delivery.email import MailServer, Security
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent
from notoneless.delivery.reach import Reach
from notoneless.delivery.settings import ROBOTS, DeliverySettings
from notoneless.delivery.sms_gateway import SmsGateway
from notoneless.delivery.webhook.signature import KEY, genuine

NOW = at("2025-09-08 07:30")
TEXT = "您有 2 条今日 17:00 前的待办，请登录查看。"
PARCEL = Parcel("0c8e-11", "待办提醒", TEXT, NOW)
HERE = Reach(private_hosts=frozenset({"127.0.0.1"}), connect_seconds=5, answer_seconds=5)
SECRET = "a-secret"
OVER_HTTP = (Channel.SMS, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU, Channel.WEBHOOK)


def platform(request: Request) -> Answer:
    """Answers as all of the platforms would at once."""
    return 200, {}, json.dumps({"errcode": 0, "code": 0, "data": {"id": "m-7"}}).encode()


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway(platform) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as server:
        yield server


def settings_for(url: str, **more: Any) -> DeliverySettings:
    """Everything over HTTP set up to go to one place."""
    fields = {"phone": "{to}", "content": "{text}", "id": "{key}"}
    sms = SmsGateway(f"{url}/sms", fields=fields, ok_at="code", ok_is=frozenset({"0"}), number_at="data.id")
    given: dict[str, Any] = {
        "reach": HERE,
        "robots": frozenset(ROBOTS),
        "sms": sms,
        "webhook_secrets": {"127.0.0.1": SECRET},
    }
    return DeliverySettings(**{**given, **more})


class Way(NamedTuple):
    """A channel and the address that leads to a gateway by it."""

    channel: Channel
    to: Callable[[str], str]


WAYS = (
    Way(Channel.SMS, lambda url: "138 0000 0000"),
    Way(Channel.WECOM, lambda url: f"{url}/cgi-bin/webhook/send?key=k1#13800000000"),
    Way(Channel.DINGTALK, lambda url: f"{url}/robot/send?access_token=t1&secret={SECRET}#13800000000"),
    Way(Channel.FEISHU, lambda url: f"{url}/open-apis/bot/v2/hook/t1?secret={SECRET}#ou_1"),
    Way(Channel.WEBHOOK, lambda url: f"{url}/in"),
)
every_way = pytest.mark.parametrize("way", WAYS, ids=[way.channel.value for way in WAYS])


def sent_by(way: Way, url: str, **more: Any) -> Outcome:
    return send(way.channel, PARCEL, way.to(url), settings_for(url, **more))


# What arrives.


def test_a_text_message_fills_the_gateways_own_template(gateway: HttpGateway) -> None:
    assert sent_by(WAYS[0], gateway.url) == Sent("m-7")
    assert json.loads(gateway.taken[0].body) == {"phone": "13800000000", "content": TEXT, "id": PARCEL.key}


def test_a_gateway_that_wants_a_form_gets_a_form(gateway: HttpGateway) -> None:
    form = SmsGateway(gateway.url, form=True, fields={"m": "{to}", "c": "{text}"}, headers={"X-App": "kb"})
    outcome = send(Channel.SMS, PARCEL, "+8613800000000", settings_for(gateway.url, sms=form))
    assert outcome == Sent()
    assert dict(parse_qsl(gateway.taken[0].body.decode())) == {"m": "+8613800000000", "c": TEXT}
    assert gateway.taken[0].headers["X-App"] == "kb"


def test_wecom_gets_a_text_that_calls_upon_the_person(gateway: HttpGateway) -> None:
    assert sent_by(WAYS[1], gateway.url) == Sent()
    assert gateway.taken[0].path == "/cgi-bin/webhook/send?key=k1"
    said = json.loads(gateway.taken[0].body)
    assert said == {"msgtype": "text", "text": {"content": TEXT, "mentioned_mobile_list": ["13800000000"]}}


def test_dingtalk_gets_a_signature_and_never_the_secret(gateway: HttpGateway) -> None:
    assert sent_by(WAYS[2], gateway.url) == Sent()
    query = {name: values[0] for name, values in parse_qs(urlsplit(gateway.taken[0].path).query).items()}
    assert query == {"access_token": "t1", **dingtalk.signed(SECRET, NOW)}
    said = json.loads(gateway.taken[0].body)
    assert (said["text"]["content"], said["at"]["atMobiles"]) == (f"{TEXT} @13800000000", ["13800000000"])


def test_feishu_gets_a_signature_and_never_the_secret(gateway: HttpGateway) -> None:
    assert sent_by(WAYS[3], gateway.url) == Sent()
    assert gateway.taken[0].path == "/open-apis/bot/v2/hook/t1"
    said = json.loads(gateway.taken[0].body)
    assert said["content"]["text"] == f'{TEXT} <at user_id="ou_1"></at>'
    assert {name: said[name] for name in ("timestamp", "sign")} == feishu.signed(SECRET, NOW)


def test_signatures_are_those_the_platforms_compute() -> None:
    # Computed apart from our code, with openssl dgst -sha256 -hmac, for 2025-09-08 07:30 China time.
    assert dingtalk.signed("s", NOW) == {
        "timestamp": "1757287800000",
        "sign": DINGTALK_SIGN,
    }
    assert feishu.signed("s", NOW) == {"timestamp": "1757287800", "sign": FEISHU_SIGN}


DINGTALK_SIGN = "YnEbUO3WGPMCzjML52Y538ueytcXk3jBJb5oIdjTTGg="
FEISHU_SIGN = "PQ1WM9FaRITYBQXhF8bARe9f3JVYPLDxbcmtMQoKURA="


def test_a_webhook_is_signed_over_what_arrives_and_carries_the_key(gateway: HttpGateway) -> None:
    assert sent_by(WAYS[4], gateway.url) == Sent()
    request = gateway.taken[0]
    assert json.loads(request.body)["text"] == TEXT
    assert request.headers[KEY] == PARCEL.key
    assert genuine(request.headers, request.body, SECRET, now=NOW + timedelta(minutes=4))


def test_a_webhook_changed_replayed_or_signed_by_another_is_not_genuine(gateway: HttpGateway) -> None:
    sent_by(WAYS[4], gateway.url)
    request = gateway.taken[0]
    assert not genuine(request.headers, request.body + b" ", SECRET, now=NOW)
    assert not genuine(request.headers, request.body, "another", now=NOW)
    assert not genuine(request.headers, request.body, SECRET, now=NOW + timedelta(minutes=6))
    assert not genuine(request.headers, request.body, SECRET, now=NOW - timedelta(minutes=6))
    assert not genuine({}, request.body, SECRET, now=NOW)


def test_a_webhook_to_a_host_without_a_secret_is_not_sent(gateway: HttpGateway) -> None:
    outcome = sent_by(WAYS[4], gateway.url, webhook_secrets={"elsewhere.example": SECRET})
    assert outcome == Failed(SendProblem.NOT_SET_UP, final=True)
    assert gateway.seen == []


# What became of it.


@every_way
def test_a_server_in_trouble_is_tried_again_later(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [(500, {}, b""), (503, {"Retry-After": "120"}, b""), (429, {"Retry-After": "soon"}, b"")]
    assert sent_by(way, gateway.url) == Failed(SendProblem.BUSY)
    assert sent_by(way, gateway.url) == Failed(SendProblem.BUSY, retry_after=timedelta(minutes=2))
    assert sent_by(way, gateway.url) == Failed(SendProblem.BUSY)
    assert isinstance(sent_by(way, gateway.url), Sent)


@every_way
def test_a_date_to_wait_for_is_understood(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [(429, {"Retry-After": "Sun, 07 Sep 2025 23:40:00 GMT"}, b"")]
    assert sent_by(way, gateway.url) == Failed(SendProblem.BUSY, retry_after=timedelta(minutes=10))


@every_way
def test_a_refusal_is_final(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [(403, {}, b"")]
    assert sent_by(way, gateway.url) == Failed(SendProblem.REFUSED, final=True)


@every_way
def test_a_redirect_is_not_followed(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [(307, {"Location": f"{gateway.url}/elsewhere"}, b"")]
    assert sent_by(way, gateway.url) == Failed(SendProblem.REFUSED, final=True)
    assert len(gateway.seen) == 1


@every_way
def test_a_server_that_dies_after_taking_it_leaves_a_doubt(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [DIES]
    assert sent_by(way, gateway.url) == InDoubt()
    assert len(gateway.taken) == 1


@every_way
def test_a_server_that_never_answers_leaves_a_doubt(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [SILENT]
    assert sent_by(way, gateway.url, reach=HERE._replace(answer_seconds=0.05)) == InDoubt()


@every_way
def test_a_server_that_drips_is_hung_up_on(
    gateway: HttpGateway, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.moods = [DRIPS]

    def once_it_drips(_: float, hang_up: Callable[..., None], line: list[socket.socket]) -> Timer:
        # Patience ends only after the first drops, however slow this machine is today.
        def wait_and_hang_up() -> None:
            gateway.dripping.wait(20)
            hang_up(*line)

        return Timer(0, wait_and_hang_up)

    monkeypatch.setattr(posting, "Timer", once_it_drips)
    outcome = sent_by(way, gateway.url)
    # Of a webhook the status alone says that it was taken.
    by_status = way.channel is Channel.WEBHOOK
    assert outcome == (Sent() if by_status else InDoubt(SendProblem.GARBLED))


@every_way
def test_a_gateway_that_lost_the_server_behind_it_leaves_a_doubt(gateway: HttpGateway, way: Way) -> None:
    gateway.moods = [(504, {}, b"")]
    assert sent_by(way, gateway.url) == InDoubt()


@every_way
def test_where_nobody_listens_nothing_was_sent(way: Way) -> None:
    url = f"http://127.0.0.1:{nobody_listens()}"
    assert sent_by(way, url) == Failed(SendProblem.NOT_REACHED)


@pytest.mark.parametrize("way", WAYS[:4], ids=[way.channel.value for way in WAYS[:4]])
@pytest.mark.parametrize("said", [b"<html>", b"[]", b"{}", b'{"errcode": "0", "code": null}', b"\xff\xfe"])
def test_an_answer_that_makes_no_sense_leaves_a_doubt(gateway: HttpGateway, way: Way, said: bytes) -> None:
    gateway.moods = [(200, {}, said)]
    assert sent_by(way, gateway.url) == InDoubt(SendProblem.GARBLED)


@pytest.mark.parametrize(
    ("way", "busy", "refused"),
    [
        (WAYS[1], {"errcode": 45009}, {"errcode": 93000}),
        (WAYS[2], {"errcode": 130101}, {"errcode": 310000}),
        (WAYS[3], {"code": 11232}, {"code": 19024}),
    ],
    ids=["WECOM", "DINGTALK", "FEISHU"],
)
def test_a_platform_that_refuses_with_status_200_is_not_taken_for_success(
    gateway: HttpGateway, way: Way, busy: dict[str, int], refused: dict[str, int]
) -> None:
    gateway.moods = [(200, {}, json.dumps(busy).encode()), (200, {}, json.dumps(refused).encode())]
    later = timedelta(minutes=1)
    assert sent_by(way, gateway.url) == Failed(SendProblem.BUSY, retry_after=later)
    assert sent_by(way, gateway.url) == Failed(SendProblem.REFUSED, final=True)


def test_a_text_gateway_that_refuses_with_status_200_is_not_taken_for_success(gateway: HttpGateway) -> None:
    gateway.moods = [(200, {}, b'{"code": 17}')]
    assert sent_by(WAYS[0], gateway.url) == Failed(SendProblem.REFUSED, final=True)


@pytest.mark.parametrize("channel", list(Channel), ids=str)
def test_a_channel_that_is_not_set_up_sends_nothing(channel: Channel) -> None:
    assert send(channel, PARCEL, "x", DeliverySettings()) == Failed(SendProblem.NOT_SET_UP, final=True)


@pytest.mark.parametrize("number", ["", "13800x", "1380000 0000;1390000", "十三八"])
def test_what_is_no_telephone_number_is_not_dialled(gateway: HttpGateway, number: str) -> None:
    outcome = send(Channel.SMS, PARCEL, number, settings_for(gateway.url))
    assert outcome == Failed(SendProblem.BAD_ADDRESS, final=True)
    assert gateway.seen == []


# Mail.


def by_mail(sink: MailSink, to: str = "bai@school.example", **more: Any) -> Outcome:
    server = MailServer("127.0.0.1", "kcbx@county.example", sink.port, Security.NONE)
    return send(Channel.EMAIL, PARCEL, to, DeliverySettings(reach=HERE, email=server, **more))


def test_a_mail_arrives_whole_with_its_key_as_message_id(sink: MailSink) -> None:
    assert by_mail(sink) == Sent()
    mail = sink.taken[0]
    assert (mail["To"], mail["Subject"]) == ("bai@school.example", "待办提醒")
    assert mail["Message-ID"] == "<0c8e-11@county.example>"
    assert mail.get_all("Message-ID") == [mail["Message-ID"]]
    assert mail.get_content().strip() == TEXT


def test_a_mail_sent_again_is_the_same_mail(sink: MailSink) -> None:
    sink.moods = [DIES]
    assert by_mail(sink) == InDoubt()
    assert by_mail(sink) == Sent()
    assert len({mail["Message-ID"] for mail in sink.taken}) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("451 come back", Failed(SendProblem.BUSY)),
        ("550 nobody here", Failed(SendProblem.REFUSED, final=True)),
    ],
)
def test_not_now_is_told_from_never(sink: MailSink, reply: str, outcome: Outcome) -> None:
    sink.moods = [reply]
    assert by_mail(sink) == outcome
    assert sink.taken == []


@pytest.mark.parametrize("to", ["", "bai", "a@b, c@d", "a@b\r\nBcc: c@d", "<a@b>", "白@b.example"])
def test_what_is_no_mail_address_is_not_written_to(sink: MailSink, to: str) -> None:
    assert by_mail(sink, to) == Failed(SendProblem.BAD_ADDRESS, final=True)
    assert sink.taken == []


def test_a_mail_server_outside_is_not_spoken_to_in_the_clear() -> None:
    server = MailServer("mail.example", "a@county.example", security=Security.NONE)
    outcome = send(Channel.EMAIL, PARCEL, "b@c.example", DeliverySettings(reach=HERE, email=server))
    assert outcome == Failed(SendProblem.FORBIDDEN_HOST, final=True)


def test_a_mail_server_that_is_not_there_was_not_reached(sink: MailSink) -> None:
    server = MailServer("127.0.0.1", "a@county.example", nobody_listens(), Security.NONE)
    outcome = send(Channel.EMAIL, PARCEL, "b@c.example", DeliverySettings(reach=HERE, email=server))
    assert outcome == Failed(SendProblem.NOT_REACHED)


# Paper.


def on_paper(folder: Path, to: str, parcel: Parcel = PARCEL) -> Outcome:
    return send(Channel.PRINTED_SLIP, parcel, to, DeliverySettings(slips=folder))


def test_the_page_of_a_day_has_each_person_once(tmp_path: Path) -> None:
    for key, to in (("1", "白老师 云岭完小"), ("2", "何主任 云岭镇"), ("3", "白老师 云岭完小")):
        assert on_paper(tmp_path, to, PARCEL._replace(key=key)) == Sent()
    page = (tmp_path / "2025-09-08.html").read_text("utf-8")
    assert (page.count("<section>"), page.count(TEXT), page.count("白老师")) == (2, 3, 1)


def test_the_same_slip_twice_is_one_line(tmp_path: Path) -> None:
    for _ in range(2):
        on_paper(tmp_path, "白老师")
    assert (tmp_path / "2025-09-08.html").read_text("utf-8").count(TEXT) == 1


def test_a_name_on_a_slip_is_text_and_nothing_else(tmp_path: Path) -> None:
    on_paper(tmp_path, "<script>白</script>")
    assert "<script>" not in (tmp_path / "2025-09-08.html").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert on_paper(tmp_path / "file", "白老师") == Failed(SendProblem.NOT_REACHED)
