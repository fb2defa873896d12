"""The first run: a county, three officers, no default passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import at
from django.contrib.auth.models import User

from notoneless.cli.main import main
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import JournalEntry, Person, Place, PostHeld
from notoneless.services import accounts, set_up
from notoneless.services.invitations import Invited
from notoneless.services.refusals import Refusal

NOW = at("2025-09-08 08:05")
PASSWORD = "vier leise kraniche"


def begin() -> list[Invited]:
    return set_up.set_up(county="示范县", code="000000", names={Post.AUDIT_OFFICER: "何审"}, at=NOW)


def test_a_new_database_lets_nobody_in(db: None) -> None:
    assert not User.objects.exists()
    assert not Person.objects.exists()


def test_the_first_run_makes_the_county_and_its_three_officers(db: None) -> None:
    made = begin()
    assert [each.username for each in made] == ["system", "security", "audit"]
    assert [each.person.name for each in made] == ["系统管理员", "安全管理员", "何审"]
    assert Place.objects.get().kind is PlaceKind.COUNTY
    assert set(PostHeld.objects.values_list("post", flat=True)) == set(set_up.OFFICERS)
    assert JournalEntry.objects.filter(act="SET_UP").count() == 1


def test_no_officer_has_a_password_before_the_link_is_used(db: None) -> None:
    begin()
    assert not any(user.has_usable_password() for user in User.objects.all())
    for guess in ("", "system", "admin", "!"):
        assert accounts.person_with("system", guess, on=NOW.date()) is None


def test_it_runs_once(db: None) -> None:
    begin()
    with pytest.raises(Refusal, match="已有数据"):
        begin()


def test_links_that_ran_out_are_made_again_for_those_who_wait(db: None) -> None:
    made = begin()
    accounts.accept(token=made[0].token, password=PASSWORD, at=NOW)
    later = NOW + timedelta(days=2)
    again = set_up.links_again(at=later)
    assert [each.username for each in again] == ["security", "audit"]
    for each in again:
        accounts.accept(token=each.token, password=PASSWORD, at=later)
    with pytest.raises(Refusal, match="都已设置密码"):
        set_up.links_again(at=later)


def test_an_officer_who_lost_everything_gets_a_link_on_the_machine_itself(db: None) -> None:
    begin()
    assert set_up.reset(username="audit", at=NOW).person.name == "何审"
    with pytest.raises(Refusal, match="没有用户名是“bai”的三员"):
        set_up.reset(username="bai", at=NOW)


def test_the_command_prints_the_links_below_the_address_of_the_settings(
    db: None, capsys: pytest.CaptureFixture[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notoneless.cli.set_up.prepare", lambda: None)  # the test's database is up to date
    settings.BASE_URL = "https://county.example"
    assert main(["set-up", "示范县", "000000"]) == 0
    said = capsys.readouterr().out
    assert said.count("https://county.example/link/") == 3
    assert main(["set-up", "示范县", "000000"]) == 2
    assert "已有数据" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["示范县"], ["示范县", "35"], ["示范县", "三五〇四三〇"]])
def test_the_command_says_what_is_missing(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr("notoneless.cli.set_up.prepare", lambda: None)
    assert main(["set-up", *words]) == 2
    assert "6 位行政区划代码" in capsys.readouterr().err
    assert not Place.objects.exists()
