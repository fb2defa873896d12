"""Signing in and out; what was filled in when the session ended is not lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from builders_db import School, a_person
from conftest import Clock, signed_in
from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.test import Client

from notoneless.core.terms import Post
from notoneless.records.models import AttendanceMark, Person, RollCall, WrongPasswords
from notoneless.site.hashers import LeanArgon2
from notoneless.web.kept import kept_form

PASSWORD = "three kind words"
LOGIN = {"name": "bai", "password": PASSWORD}


@pytest.fixture
def browser(school: School) -> Client:
    """Somebody's browser, nobody signed in; the teacher has a user name and a password."""
    school.teacher.user = User.objects.create_user("bai", password=PASSWORD)
    school.teacher.save()
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


@pytest.fixture
def quick_hash(settings: Any) -> None:
    """Passwords cost nothing to hash where many are tried and only their number matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def wrong(times: int, name: str = "bai", address: str = "127.0.0.1", **more: Any) -> Client:
    """A browser that has guessed some times."""
    client = Client(REMOTE_ADDR=address, headers={"accept-language": "zh-hans"}, **more)
    for _guess in range(times):
        assert client.post("/login/", {"name": name, "password": "wrong"}).status_code == 422
    return client


def right(client: Client, name: str = "bai", password: str = PASSWORD) -> int:
    """How the right password is answered."""
    return client.post("/login/", {"name": name, "password": password, "device": "OWN"}).status_code


def test_guessing_is_slowed_down_for_the_guesser_only(quick_hash: None, browser: Client) -> None:
    slowed = wrong(10).post("/login/", {"name": "bai", "password": PASSWORD})
    assert slowed.status_code == 429
    assert "请 15 分钟后再试" in slowed.content.decode()
    assert right(Client(REMOTE_ADDR="10.0.0.9")) == 302


def test_after_a_quarter_of_an_hour_one_may_try_again(browser: Client, clock: Clock) -> None:
    guesser = wrong(10)
    clock("2025-09-08 08:19")
    assert right(guesser) == 429
    clock("2025-09-08 08:21")
    assert right(guesser) == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(quick_hash: None, browser: Client) -> None:
    assert right(wrong(9)) == 302
    assert right(wrong(9)) == 302


def test_a_school_behind_one_address_is_not_locked_by_one_name(school: School, browser: Client) -> None:
    wrong(10, name="somebody")
    wrong(10, name="nobody")
    assert right(Client()) == 302


def test_guesses_from_many_addresses_are_slowed_down_too(quick_hash: None, browser: Client) -> None:
    for network in range(10):
        wrong(10, address=f"10.0.{network}.1")
    assert right(Client(REMOTE_ADDR="10.9.9.9")) == 429


def test_the_owners_telephone_is_not_locked_out_by_guesses_from_anywhere(
    quick_hash: None, browser: Client
) -> None:
    phone = Client(headers={"accept-language": "zh-hans"})
    assert right(phone) == 302
    wrong(10)  # from the very same address
    for network in range(9):
        wrong(10, address=f"10.0.{network}.1")
    phone.post("/logout/")
    assert right(Client()) == 429
    assert right(phone) == 302


def test_the_mark_of_a_known_browser_is_for_one_name_and_cannot_be_made_up(
    quick_hash: None, browser: Client
) -> None:
    phone = Client()
    right(phone)
    mark = phone.cookies["known"].value
    for cookie, name in ((mark, "nobody"), (f"x{mark}", "bai")):
        guesser = wrong(10, name=name)
        guesser.cookies["known"] = cookie
        assert right(guesser, name) == 429


def test_a_known_browser_that_guesses_is_slowed_down_as_well(quick_hash: None, browser: Client) -> None:
    phone = Client()
    right(phone)
    for _guess in range(10):
        phone.post("/login/", {"name": "bai", "password": "wrong"})
    assert right(phone) == 429


def test_the_address_is_taken_from_our_own_proxy_alone(browser: Client, settings: Any) -> None:
    forged = wrong(10)
    assert forged.post("/login/", LOGIN, HTTP_X_FORWARDED_FOR="10.5.5.5").status_code == 429
    settings.PROXIES = 1
    assert forged.post("/login/", LOGIN, HTTP_X_FORWARDED_FOR="1.1.1.1, 10.5.5.5").status_code == 302


def test_addresses_of_one_household_count_as_one(quick_hash: None, browser: Client) -> None:
    wrong(5, address="2001:db8:0:1::5")
    wrong(5, address="2001:db8:0:1:ffff::6")
    assert right(Client(REMOTE_ADDR="2001:db8:0:1::7")) == 429
    assert right(Client(REMOTE_ADDR="2001:db8:0:2::7")) == 302


def test_what_is_counted_names_nobody(browser: Client) -> None:
    wrong(1)
    keys = [bytes(row.key) for row in WrongPasswords.objects.all()]
    assert len(keys) == 2
    assert all(len(key) == 32 and b"bai" not in key for key in keys)


def test_nobody_learns_whether_a_name_exists(
    browser: Client, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("stray", password=PASSWORD)
    User.objects.create_user("unused")
    stopped = User.objects.create_user("gone", password=PASSWORD, is_active=False)
    school.office.user = stopped
    school.office.save()
    hashed: list[str] = []
    for way in ("encode", "verify"):
        plain = getattr(LeanArgon2, way)
        monkeypatch.setattr(
            LeanArgon2, way, lambda self, *a, plain=plain: (hashed.append("x"), plain(self, *a))[1]
        )
    answers = set()
    for name in ("bai", "nobody", "stray", "unused", "gone"):
        hashed.clear()
        answer = Client(headers={"accept-language": "zh-hans"}).post(
            "/login/", {"name": name, "password": PASSWORD if name == "gone" else "wrong"}
        )
        page = re.sub('value="[^"]*"', "", answer.content.decode())
        answers.add((answer.status_code, page, len(hashed)))
    assert len(answers) == 1


def test_a_password_typed_in_full_width_letters_is_the_same_password(browser: Client) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in PASSWORD)
    assert right(Client(), "ｂａｉ", wide) == 302


class TwoPasses(LeanArgon2):
    """As passwords were kept before."""

    memory_cost = 19 * 1024
    time_cost = 2


@pytest.mark.parametrize("kept", [PBKDF2PasswordHasher(), TwoPasses()])
def test_an_old_hash_is_renewed_when_its_owner_signs_in(browser: Client, kept: BasePasswordHasher) -> None:
    User.objects.update(password=kept.encode(PASSWORD, kept.salt()))
    assert right(Client(), password="not this one") == 422
    assert User.objects.get(username="bai").password.startswith(kept.algorithm)
    assert right(Client()) == 302
    assert User.objects.get(username="bai").password.startswith("argon2$argon2id$v=19$m=7168,t=5,p=1$")
    assert right(Client()) == 302


def test_three_hundred_teachers_behind_one_address_all_sign_in_at_eight(
    school: School, quick_hash: None
) -> None:
    """Every fifth of them mistypes twice, and somebody in the same network guesses one name all along."""
    word = make_password(PASSWORD)
    names = [f"teacher{n}" for n in range(300)]
    users = User.objects.bulk_create([User(username=name, password=word) for name in names])
    Person.objects.bulk_create([Person(name=user.username, user=user) for user in users])
    guesser = wrong(10, name=names[0])
    browser = wrong(0)  # one after the other at the office's computer, which marks it as known for the last
    for n, name in enumerate(names[1:]):
        for _mistyped in range(2 if n % 5 == 0 else 0):
            assert right(browser, name, "three kinds words") == 422
        assert right(browser, name) == 302, name
    assert right(guesser, names[0]) == 429


def test_no_password_reaches_a_log(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secret = "a canary in the mine"
    Client().post("/login/", {"name": "bai", "password": secret})
    Client().post("/login/", {"name": secret, "password": PASSWORD})
    assert secret not in caplog.text


def test_signing_in_asks_the_database_four_times(browser: Client, django_assert_num_queries: Any) -> None:
    # wrong passwords, the person with all that is needed, the new row, the posts that say where to begin
    with django_assert_num_queries(4):
        assert right(Client()) == 302


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


def test_a_person_without_any_post_sees_an_empty_day(school: School) -> None:
    nobody = a_person("路人", Post.GUARDIAN, school.place)
    page = signed_in(nobody).get("/")
    assert "今天没有到期事项" in page.content.decode()
