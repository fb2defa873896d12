"""Links by which people set their own password: who may make one, and that each opens once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from builders_db import School, a_class, a_person, a_place, at
from conftest import Clock, signed_in
from django.contrib.auth.models import User
from django.test import Client
from phone import WorldClock, sets_up

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import CodeDevice, Invitation, JournalEntry, Person
from notoneless.services import accounts

PASSWORD = "vier leise kraniche"
TWICE = {"password": PASSWORD, "again": PASSWORD, "device": "OWN"}
NOW = at("2025-09-08 08:05")


@pytest.fixture
def system(school: School) -> Person:
    """The county's system officer."""
    return a_person("系统员", Post.SYSTEM_OFFICER, school.county)


def link_for(person: Person, by: Person | None = None, **more: Any) -> str:
    """The path of a fresh link."""
    return f"/link/{accounts.invite(by=by, person=person, at=NOW, **more).token}/"


def browser() -> Client:
    return Client(headers={"accept-language": "zh-hans"})


def test_a_link_sets_the_password_once_and_signs_in(school: School) -> None:
    link, phone = link_for(school.teacher), browser()
    page = phone.get(link).content.decode()
    assert "白老师" in page
    assert "bailaoshi" in page
    assert phone.post(link, TWICE).headers["Location"] == "/"
    assert phone.get("/").status_code == 200
    again = browser().get(link)
    assert again.status_code == 410
    assert "已用过" in again.content.decode()
    assert browser().post(link, TWICE).status_code == 410
    assert browser().post("/login/", {"name": "bailaoshi", "password": PASSWORD}).status_code == 302


def test_looking_at_a_link_does_not_use_it_up(school: School) -> None:
    link = link_for(school.teacher)
    for _messenger in range(3):
        assert browser().get(link).status_code == 200
    assert browser().post(link, TWICE).status_code == 302


def test_a_link_ends_after_a_day(school: School, clock: Clock) -> None:
    link = link_for(school.teacher)
    clock(f"{NOW + timedelta(hours=23, minutes=59):%Y-%m-%d %H:%M}")
    assert browser().get(link).status_code == 200
    clock(f"{NOW + timedelta(hours=24):%Y-%m-%d %H:%M}")
    assert browser().get(link).status_code == 410


def test_a_later_link_makes_the_earlier_one_void(school: School) -> None:
    first, second = link_for(school.teacher), link_for(school.teacher)
    assert browser().get(first).status_code == 410
    assert browser().get(second).status_code == 200


@pytest.mark.parametrize("change", [lambda t: "x" + t, lambda t: t[:-1], lambda t: t.replace(".", ":")])
def test_a_changed_link_opens_nothing(school: School, change: Any) -> None:
    token = link_for(school.teacher).split("/")[2]
    assert browser().get(f"/link/{change(token)}/").status_code == 410


def test_wrong_used_and_late_links_are_answered_alike(school: School, clock: Clock) -> None:
    used, late = link_for(school.teacher), link_for(school.office)
    browser().post(used, TWICE)
    clock("2025-09-10 08:00")
    answers = [browser().get(link) for link in (used, late, "/link/made.up/")]
    pages = {re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers}
    assert len(pages) == 1


def test_a_weak_or_mistyped_password_leaves_the_link_as_it_is(school: School) -> None:
    link = link_for(school.teacher)
    assert "至少 12 个字符" in browser().post(link, {"password": "short", "again": "short"}).content.decode()
    assert "不一样" in browser().post(link, {**TWICE, "again": "another"}).content.decode()
    assert browser().post(link, TWICE).status_code == 302


def test_a_post_with_a_second_factor_sets_it_up_right_after_the_password(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = browser()
    assert desk.post(link_for(school.office), TWICE).headers["Location"] == "/login/code/set-up/"
    assert desk.get("/").status_code == 302
    sets_up(desk, WorldClock(monkeypatch))
    assert desk.get("/").status_code == 200


def test_a_reset_signs_out_everywhere_and_keeps_the_telephone(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = browser()
    desk.post(link_for(school.office), TWICE)
    sets_up(desk, WorldClock(monkeypatch))
    other = browser()
    assert other.post(link_for(school.office), TWICE).headers["Location"] == "/login/code/"
    assert desk.get("/").status_code == 302
    assert CodeDevice.objects.exists()


def test_a_reset_for_a_lost_telephone_sets_up_a_new_one(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = browser()
    desk.post(link_for(school.office), TWICE)
    sets_up(desk, WorldClock(monkeypatch))
    other = browser()
    link = link_for(school.office, new_factor=True)
    assert CodeDevice.objects.exists()  # until the link is used
    assert other.post(link, TWICE).headers["Location"] == "/login/code/set-up/"
    assert not CodeDevice.objects.exists()


def test_a_link_of_a_stopped_person_opens_nothing(school: School, system: Person) -> None:
    link = link_for(school.teacher)
    accounts.deactivate(by=system, person=school.teacher, reason="调离", at=NOW)
    assert browser().get(link).status_code == 410


def test_the_link_begins_as_the_settings_say_whatever_host_the_request_names(
    school: School, system: Person, settings: Any
) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://county.example", ["*"]
    answer = signed_in(system).post(
        f"/people/{school.teacher.pk}/invite/", {"do": "invite"}, headers={"host": "evil.example"}
    )
    page = unescape(answer.content.decode())
    assert "https://county.example/link/" in page
    assert "evil.example" not in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_invitation_is_journalled_without_the_link(
    school: School, system: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    made = accounts.invite(by=system, person=school.teacher, at=NOW)
    entry = JournalEntry.objects.get(act="INVITED")
    assert (entry.by, entry.subject_id) == (system, str(school.teacher.pk))
    assert made.token not in str(entry.body)
    assert made.token not in caplog.text


def test_the_inviter_may_choose_the_user_name_and_no_name_is_given_twice(
    school: School, system: Person
) -> None:
    page = signed_in(system).post(
        f"/people/{school.teacher.pk}/invite/", {"do": "invite", "username": "bai2"}
    )
    assert "bai2" in page.content.decode()
    taken = signed_in(system).post(
        f"/people/{school.office.pk}/invite/", {"do": "invite", "username": "bai2"}
    )
    assert taken.status_code == 422
    assert "已有人用" in taken.content.decode()
    namesake = a_person("白老师", Post.SUBJECT_TEACHER, school.class_group)
    first, second = (
        accounts.invite(by=None, person=p, at=NOW).username
        for p in (a_person("白老师", Post.SUBJECT_TEACHER, school.class_group), namesake)
    )
    assert (first, second) == ("bailaoshi", "bailaoshi2")


def test_who_may_make_a_link_for_whom(school: School, system: Person) -> None:
    security = a_person("安全员", Post.SECURITY_OFFICER, school.county)
    audit = a_person("审计员", Post.AUDIT_OFFICER, school.county)
    elsewhere = a_place(PlaceKind.SCHOOL, "远山小学", a_place(PlaceKind.TOWNSHIP, "远山镇", school.county))
    colleague = a_person("许老师", Post.CLASS_TEACHER, a_class(elsewhere, "一年级1班"))
    cases = {
        "the office for its teacher": (school.office, school.teacher, True),
        "the office for its principal": (school.office, school.principal, False),
        "the principal for the office": (school.principal, school.office, True),
        "the office for another school": (school.office, colleague, False),
        "a teacher for anybody": (school.teacher, school.office, False),
        "the county for a principal": (school.bureau, school.principal, True),
        "the system officer for the county": (system, school.bureau, True),
        "the system officer for the audit officer": (system, audit, False),
        "the security officer for the audit officer": (security, audit, True),
        "the system officer for the security officer": (system, security, True),
        "the county for the system officer": (school.bureau, system, False),
        "the audit officer for anybody": (audit, school.teacher, False),
        "for oneself": (system, system, False),
        "the system officer for somebody without a post": (
            system,
            Person.objects.create(name="新来的"),
            True,
        ),
        "the office for somebody without a post": (
            school.office,
            Person.objects.create(name="新来的"),
            False,
        ),
    }
    for said, (by, whom, may) in cases.items():
        assert (accounts.may_invite(by, whom, NOW.date()) is None) is may, said


def test_whoever_may_not_finds_no_such_page(school: School) -> None:
    office, teacher = signed_in(school.office), signed_in(school.teacher)
    missing = office.get("/people/999999/invite/")
    for client, person in ((office, school.principal), (office, school.office), (teacher, school.office)):
        url = f"/people/{person.pk}/invite/"
        assert client.get(url).status_code == missing.status_code == 404
        assert client.post(url, {"do": "invite"}).status_code == 404
    assert not Invitation.objects.exists()


def test_stopping_an_account_acts_on_the_next_request_and_needs_a_reason(school: School) -> None:
    teacher = signed_in(school.teacher)
    school.teacher.user = User.objects.get(pk=school.teacher.user_id)
    office, url = signed_in(school.office), f"/people/{school.teacher.pk}/invite/"
    assert office.post(url, {"do": "stop"}).status_code == 422
    assert teacher.get("/").status_code == 200
    assert office.post(url, {"do": "stop", "reason": "调离本校"}).status_code == 200
    assert teacher.get("/").status_code == 302
    assert JournalEntry.objects.get(act="DEACTIVATED").reason == "调离本校"
    office.post(url, {"do": "let_in", "reason": "回校"})
    assert User.objects.get(pk=school.teacher.user_id).is_active
    assert teacher.get("/").status_code == 302  # the old cookie stays void
