"""Signing in and out; what was filled in when the session ended is not lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from builders_db import School, a_person
from conftest import signed_in
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from notoneless.core.terms import Post
from notoneless.records.models import AttendanceMark, RollCall
from notoneless.web.kept import kept_form

PASSWORD = "three kind words"


@pytest.fixture
def browser(school: School) -> Client:
    """Somebody's browser, nobody signed in; the teacher has a user name and a password."""
    school.teacher.user = User.objects.create_user("bai", password=PASSWORD)
    school.teacher.save()
    cache.clear()
    return Client(headers={"accept-language": "zh-hans"})


def hidden(page: bytes, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.decode())
    assert found, f"no field {name}"
    return unescape(found[1])


def fields_of(page: bytes) -> dict[str, str]:
    """All hidden fields of the page."""
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.decode())
    return {name: unescape(value) for name, value in pairs}


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(browser: Client) -> None:
    answer = browser.get("/board/")
    assert answer.headers["Location"] == "/login/?next=%2Fboard%2F"
    answer = browser.post("/login/", {"name": "bai", "password": PASSWORD, "next": "/board/"})
    assert answer.headers["Location"] == "/board/"
    assert browser.get("/").status_code == 200


def test_a_wrong_password_is_answered_with_what_to_do(browser: Client) -> None:
    answer = browser.post("/login/", {"name": "bai", "password": "wrong"})
    assert answer.status_code == 422
    assert "用户名或密码不对；请再输一次" in answer.content.decode()
    assert 'value="bai"' in answer.content.decode()
    assert browser.get("/").status_code == 302


def test_guessing_is_slowed_down_for_the_guesser_only(browser: Client) -> None:
    for _guess in range(10):
        assert browser.post("/login/", {"name": "bai", "password": "wrong"}).status_code == 422
    slowed = browser.post("/login/", {"name": "bai", "password": PASSWORD})
    assert slowed.status_code == 429
    assert "请 15 分钟后再试" in slowed.content.decode()
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert elsewhere.post("/login/", {"name": "bai", "password": PASSWORD}).status_code == 302


def test_a_user_who_is_nobody_in_the_system_cannot_sign_in(browser: Client) -> None:
    User.objects.create_user("stray", password=PASSWORD)
    assert browser.post("/login/", {"name": "stray", "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_nobody_is_sent_off_to_another_site(browser: Client, elsewhere: str) -> None:
    answer = browser.post("/login/", {"name": "bai", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"
    assert browser.post("/language/", {"language": "en", "next": elsewhere}).headers["Location"] == "/"


def test_signing_out_ends_the_session(teacher: Client) -> None:
    assert teacher.get("/").status_code == 200
    teacher.post("/logout/")
    assert teacher.get("/").status_code == 302


def test_raising_the_version_signs_the_person_out_everywhere(school: School, teacher: Client) -> None:
    school.teacher.session_version += 1
    school.teacher.save()
    assert teacher.get("/").status_code == 302


def test_a_user_who_was_stopped_sees_nothing_more(school: School, teacher: Client) -> None:
    User.objects.update(is_active=False)
    assert teacher.get("/").status_code == 302


def test_the_chosen_language_stays_and_an_unknown_one_is_left_aside(teacher: Client) -> None:
    teacher.post("/language/", {"language": "en", "next": "/"})
    assert "Take the roll call" in teacher.get("/").content.decode()
    teacher.post("/language/", {"language": "tlh"})
    assert '<html lang="en">' in teacher.get("/").content.decode()


def test_a_roll_call_sent_after_the_session_ended_is_kept_through_signing_in(
    school: School, browser: Client
) -> None:
    child = school.pupils[1]
    url = f"/roll-call/{school.class_group.pk}/2025-09-08/MORNING/"
    asked = browser.post(
        url,
        {"key": "k1", "rest_present": "1", f"status-{child.pk}": "ABSENT", f"reason-{child.pk}": "UNKNOWN"},
    )
    assert asked.status_code == 401
    assert "您刚才填的内容还在" in asked.content.decode()
    mistyped = browser.post(
        "/login/", {"name": "bai", "password": "wrong", "kept": hidden(asked.content, "kept")}
    )
    kept = browser.post(
        "/login/", {"name": "bai", "password": PASSWORD, "kept": hidden(mistyped.content, "kept")}
    )
    assert "白老师" in kept.content.decode()
    fields = fields_of(kept.content)
    assert fields["key"] == "k1"
    assert not RollCall.objects.exists()  # a person presses the button
    assert browser.post(url, fields).status_code == 302
    assert AttendanceMark.objects.get().child == child


def test_a_session_ended_elsewhere_keeps_the_roll_call_too(school: School, teacher: Client) -> None:
    school.teacher.session_version += 1
    school.teacher.save()
    url = f"/roll-call/{school.class_group.pk}/2025-09-08/MORNING/"
    answer = teacher.post(url, {"key": "k1", "rest_present": "1"})
    assert answer.status_code == 401
    form = kept_form(hidden(answer.content, "kept"))
    assert form is not None
    assert form.path == url
    assert ("rest_present", "1") in form.fields


def test_a_kept_form_that_somebody_changed_is_not_offered(browser: Client) -> None:
    answer = browser.post("/login/", {"name": "bai", "password": PASSWORD, "kept": "forged"})
    assert answer.headers["Location"] == "/"
    assert kept_form("forged") is None


def test_no_password_is_ever_kept(school: School) -> None:
    client = Client()
    answer = client.post("/demo/next-morning/", {"password": "secret", "csrfmiddlewaretoken": "t", "a": "b"})
    form = kept_form(hidden(answer.content, "kept"))
    assert form is not None
    assert form.fields == [("a", "b")]


def test_only_those_above_a_class_are_offered_the_board(school: School) -> None:
    duty = a_person("值日行政", Post.DUTY_OFFICER, school.place)
    for person, offered in ((school.teacher, False), (duty, True)):
        person.user = User.objects.create_user(f"u{person.pk}", password=PASSWORD)
        person.save()
        client = Client(headers={"accept-language": "zh-hans"})
        client.post("/login/", {"name": f"u{person.pk}", "password": PASSWORD})
        assert ('href="/board/"' in client.get("/").content.decode()) is offered


def test_a_person_without_any_post_sees_an_empty_day(school: School) -> None:
    nobody = a_person("路人", Post.GUARDIAN, school.place)
    page = signed_in(nobody).get("/")
    assert "今天没有到期事项" in page.content.decode()
