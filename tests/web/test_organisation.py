"""Signing in with the organisation's own account: who is recognised, and that nobody is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from builders_db import School
from django.contrib.auth.models import User
from django.test import Client
from joserfc.jwk import RSAKey
from provider import Provider, a_provider

from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person, SignIn

BEGIN = "/login/organisation/"


@pytest.fixture
def provider(school: School, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that the installation knows; to it the teacher is "bai" and the office "office"."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it speaks plain HTTP, on this machine alone
    for person, name in ((school.teacher, "bai"), (school.office, "office")):
        person.user = User.objects.create_user(name)
        person.save()
    with a_provider() as found:
        settings.BASE_URL = "https://county.example"
        settings.OIDC = {
            "client_id": found.client_id,
            "client_secret": found.client_secret,
            "issuer": found.issuer,
            "claim": "preferred_username",
            "mfa": False,
        }
        yield found


def browser() -> Client:
    return Client(headers={"accept-language": "zh-hans"})


def come_back(client: Client, provider: Provider, ask: str = BEGIN, **claims: Any) -> Any:
    """Go to the provider, be recognised there, and come back."""
    asked = client.get(ask).headers["Location"]
    return client.get(provider.recognises(asked, **claims))


def test_whoever_the_organisation_knows_is_signed_in_where_they_wanted_to_go(provider: Provider) -> None:
    phone = browser()
    answer = come_back(phone, provider, f"{BEGIN}?device=OWN&next=/account/", preferred_username="bai")
    assert answer.headers["Location"] == "/account/"
    assert phone.get("/").status_code == 200
    assert SignIn.objects.get().device is DeviceKind.OWN


def test_nobody_is_made_of_whom_the_organisation_knows(provider: Provider) -> None:
    before = (User.objects.count(), Person.objects.count())
    answer = come_back(browser(), provider, preferred_username="stranger")
    assert answer.status_code == 403
    assert "没有对应的人员" in answer.content.decode()
    assert (User.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize("claims", [{}, {"preferred_username": ""}, {"preferred_username": None}])
def test_an_account_without_a_name_is_nobody(provider: Provider, claims: dict[str, Any]) -> None:
    assert come_back(browser(), provider, **claims).status_code == 403


def test_a_stopped_person_stays_out(provider: Provider) -> None:
    User.objects.update(is_active=False)
    assert come_back(browser(), provider, preferred_username="bai").status_code == 403


def test_our_second_factor_is_asked_for_unless_the_provider_asked_for_one(provider: Provider) -> None:
    plain = come_back(browser(), provider, preferred_username="office", amr=["pwd"])
    assert plain.headers["Location"].startswith("/login/code/set-up/")
    strong = come_back(browser(), provider, preferred_username="office", amr=["pwd", "mfa"])
    assert not strong.headers["Location"].startswith("/login/")
    assert SignIn.objects.get().second_factor


def test_an_installation_may_say_that_its_provider_always_asks(provider: Provider, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"mfa": True}
    come_back(browser(), provider, preferred_username="office")
    assert SignIn.objects.get().second_factor


def test_another_claim_may_hold_the_user_name(provider: Provider, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"claim": "sub"}
    answer = come_back(browser(), provider, sub="bai", preferred_username="office", amr=["mfa"])
    assert answer.headers["Location"] == "/"
    assert SignIn.objects.get().person.user.username == "bai"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1_000_000_000}],
)
def test_a_token_for_somebody_else_or_another_time_is_refused(
    provider: Provider, claims: dict[str, Any]
) -> None:
    answer = come_back(browser(), provider, preferred_username="bai", **claims)
    assert answer.status_code == 403
    assert not SignIn.objects.exists()


def test_a_token_that_another_key_signed_is_refused(provider: Provider) -> None:
    forged = RSAKey.generate_key(2048, {"kid": "k1"})
    assert come_back(browser(), provider, preferred_username="bai", key=forged).status_code == 403
    assert not SignIn.objects.exists()


def test_the_way_back_is_open_only_to_the_browser_that_went(provider: Provider) -> None:
    victim, asked = browser(), browser().get(BEGIN).headers["Location"]
    victim.get(BEGIN)
    assert victim.get(provider.recognises(asked, preferred_username="bai")).status_code == 403
    assert not SignIn.objects.exists()


def test_an_answer_is_good_once(provider: Provider) -> None:
    client = browser()
    back = provider.recognises(client.get(BEGIN).headers["Location"], preferred_username="bai")
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403


def test_whoever_turns_back_at_the_provider_is_told_how_else_to_sign_in(provider: Provider) -> None:
    client = browser()
    client.get(BEGIN)
    answer = client.get(f"{BEGIN}back/?error=access_denied&state=x")
    assert answer.status_code == 403
    assert "统一账号登录没有成功" in answer.content.decode()


def test_a_provider_that_is_away_leaves_the_password_page(provider: Provider, settings: Any) -> None:
    settings.OIDC = settings.OIDC | {"issuer": "http://127.0.0.1:9"}
    answer = browser().get(BEGIN)
    assert answer.status_code == 503
    assert 'id="password"' in answer.content.decode()


def test_nobody_is_sent_off_to_another_site_afterwards(provider: Provider) -> None:
    answer = come_back(browser(), provider, f"{BEGIN}?next=https://evil.example/", preferred_username="bai")
    assert answer.headers["Location"] == "/"


def test_without_a_client_id_there_is_no_such_page(school: School) -> None:
    assert browser().get(BEGIN).status_code == 404
    assert browser().get(f"{BEGIN}back/").status_code == 404
    assert "统一账号" not in browser().get("/login/").content.decode()
