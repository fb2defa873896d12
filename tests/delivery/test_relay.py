"""Other services through Apprise: only kinds the site allows, only fixed hosts; why it sends nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import apprise
import pytest
from apprise.decorators import notify
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from builders import at
from gateways import http_gateway

from notoneless.core.terms import Channel, SendProblem
from notoneless.delivery.channels import send
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Parcel, Sent
from notoneless.delivery.settings import DeliverySettings

PARCEL = Parcel("0c8e", "待办提醒", "您有 2 条今日 17:00 前的待办，请登录查看。", at("2025-09-08 07:30"))
FORBIDDEN = Failed(SendProblem.FORBIDDEN_HOST, final=True)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """A service of our own, added the way Apprise documents; it fails when told so by its address."""
    said: list[tuple[str, str]] = []

    @notify(on="ownservice")
    def own(body: str, title: str, kind: str, meta: dict[str, Any], **_: Any) -> bool:
        said.append((title, body))
        return "fails" not in meta["url"]

    yield said
    apprise.plugins.N_MGR.remove("ownservice")


def relayed(to: str, *schemas: str) -> Outcome:
    return send(Channel.RELAY, PARCEL, to, DeliverySettings(relay_schemas=frozenset(schemas)))


def test_a_message_goes_through_a_service_the_site_allows(heard: list[tuple[str, str]]) -> None:
    assert relayed("ownservice://one", "ownservice") == Sent()
    assert heard == [(PARCEL.title, PARCEL.text)]


def test_a_failure_there_is_a_doubt_and_not_repeated(heard: list[tuple[str, str]]) -> None:
    assert relayed("ownservice://fails", "ownservice") == InDoubt(SendProblem.REFUSED)
    assert len(heard) == 1


def test_a_service_the_site_does_not_allow_is_not_used(heard: list[tuple[str, str]]) -> None:
    assert relayed("ownservice://one", "pushplus") == FORBIDDEN
    assert heard == []


@pytest.mark.parametrize("to", ["json://10.0.0.1/x", "mailtos://a:b@mail.example", "gotify://10.0.0.1/t"])
def test_a_service_whose_address_names_a_host_goes_round_the_list_and_is_refused(to: str) -> None:
    assert relayed(to, to.partition(":")[0]) == FORBIDDEN


def test_what_apprise_does_not_understand_is_a_bad_address() -> None:
    assert relayed("pushplus://", "pushplus") == Failed(SendProblem.BAD_ADDRESS, final=True)


def test_apprise_writes_no_address_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="root"):
        relayed("dingtalk://abc/not-a-number-13800000000", "pushplus")
        relayed("pushplus://badly/13800000000", "pushplus")
        apprise.Apprise.instantiate("dingtalk://abc/13800000000x")
    assert "13800000000" not in caplog.text


# Why the seven channels have senders of their own (docs/decisions/0014). When one of these fails, Apprise has
# learnt it, and our sender for that channel may go.


@pytest.mark.parametrize(
    ("service", "refusal"),
    [
        (NotifyWeComBot, {"errcode": 45009}),
        (NotifyDingTalk, {"errcode": 310000}),
        (NotifyFeishu, {"code": 11232}),
    ],
    ids=["wecombot", "dingtalk", "feishu"],
)
def test_apprise_takes_a_platforms_refusal_for_success(
    service: type[Any], refusal: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_gateway(lambda _: (200, {}, json.dumps(refusal).encode())) as gateway:
        monkeypatch.setattr(service, "notify_url", gateway.url)
        robot = service("abc") if service is not NotifyDingTalk else service(token="abc")
        assert robot.send(PARCEL.text) is True
        assert len(gateway.taken) == 1


def test_apprise_gives_every_mail_a_message_id_of_its_own_besides_ours() -> None:
    mails = NotifyEmail.prepare_emails(
        subject=PARCEL.title,
        body=PARCEL.text,
        from_addr=("", "a@county.example"),
        to=[("", "b@school.example")],
        headers={"Message-ID": "<0c8e@county.example>"},
    )
    assert next(iter(mails)).body.count("Message-ID:") == 2
