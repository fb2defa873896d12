"""The one file a site writes about sending: read whole, or refused with the sentence that puts it right."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from notoneless.core.policy.fields import PackError
from notoneless.core.terms import Channel, SkipReason, TellKind
from notoneless.delivery.email import Security
from notoneless.delivery.settings import DeliverySettings, read_settings

WHOLE = """
site = "https://kcbx.example/"
hosts = ["oapi.dingtalk.com", "Push.example"]
private_hosts = ["sms.county"]
dingtalk = true
slips_folder = "slips"
relay_schemas = ["PushPlus"]
[telling]
quiet_from = 22:00:00
quiet_days = ["holiday", "vacation"]
urgent = ["escalate"]
digest_minutes = 3
patience_hours = 6
[email]
host = "mail.county"
sender = "kcbx@county.example"
security = "starttls"
user = "kcbx"
password = "env:MAIL_PASSWORD"
[sms]
url = "http://sms.county/send"
format = "form"
fields = { mobile = "{to}", content = "{text}" }
ok_at = "code"
ok_is = ["0"]
[webhook_secrets]
"push.example" = "env:PUSH_SECRET"
"""
ENVIRONMENT = {"MAIL_PASSWORD": "p", "PUSH_SECRET": "s"}


def read(text: str) -> DeliverySettings:
    return read_settings(text, file="delivery.toml", environment=ENVIRONMENT)


def test_a_whole_file_is_read() -> None:
    found = read(WHOLE)
    assert found.reach.hosts == {"oapi.dingtalk.com", "push.example"}
    assert found.telling.quiet.begin == time(22)
    assert found.telling.quiet.days == {SkipReason.HOLIDAY, SkipReason.VACATION}
    assert (found.telling.urgent, found.telling.digest) == ({TellKind.ESCALATE}, timedelta(minutes=3))
    assert found.telling.patience == timedelta(hours=6)
    assert found.email is not None
    assert (found.email.password, found.email.port, found.email.security) == ("p", 587, Security.STARTTLS)
    assert found.sms is not None
    assert (found.sms.form, found.sms.fields["mobile"]) == (True, "{to}")
    assert found.webhook_secrets == {"push.example": "s"}
    assert found.relay_schemas == {"pushplus"}
    assert found.set_up() == set(Channel) - {Channel.WECOM, Channel.FEISHU}


def test_an_empty_file_sets_nothing_up() -> None:
    assert read("") == DeliverySettings()
    assert read("").set_up() == frozenset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site =", "TOML"),
        ('site = "https://kcbx.example/child/7"', "首页"),
        ('hosts = "one.example"', "列表"),
        ("wecom = 1", "true 或 false"),
        ("[telling]\nquiet_from = 21", "21:30:00"),
        ("[telling]\nurgent = ['often']", "可用"),
        ("[telling]\ntries = 0", "不小于 1"),
        ("[email]\nhost = 'mail.county'", "sender"),
        ("[email]\nhost = 'm'\nsender = 's'\nsecurity = 'some'", "starttls"),
        ("[email]\nhost = 'm'\nsender = 's'\npassword = 'env:NONE'", "NONE 没有设置"),
        ("[sms]\nurl = 'http://x'\nformat = 'xml'", "json"),
        ("[sms]\nurl = 'http://x'\nfield = {}", "不认识这个键"),
        ("fax = true", "不认识这个键"),
        ("telling = 3", "应当是一个表"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(PackError) as refusal:
        read(text)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("delivery.toml")


def test_the_file_shown_in_the_documentation_is_right() -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "being-told.md"
    shown = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    names = {line.split('"env:')[1].split('"')[0] for line in shown.splitlines() if '"env:' in line}
    found = read_settings(shown, file="delivery.toml", environment=dict.fromkeys(names, "x"))
    assert found.set_up() == set(Channel)
    # What the page writes out as usual is what a file without it means.
    assert found.telling == DeliverySettings().telling
