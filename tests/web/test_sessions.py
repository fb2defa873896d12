"""How long a device stands for somebody, how it is ended, and the computer that others use too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from builders_db import School, at
from conftest import Clock
from django.contrib.auth.models import User
from django.test import Client
from phone import WorldClock, sets_up

from notoneless.core.terms import DeviceKind, Post
from notoneless.records.models import PostHeld, RollCall, SignIn
from notoneless.services import accounts

PASSWORD = "three kind words"


@pytest.fixture
def people(school: School) -> School:
    """The teacher and the office with passwords."""
    for person, name in ((school.teacher, "bai"), (school.office, "office")):
        person.user = User.objects.create_user(name, password=PASSWORD)
        person.save()
    return school


def on(device: DeviceKind, name: str = "bai") -> Client:
    """Somebody's browser on a device, after the password."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.post("/login/", {"name": name, "password": PASSWORD, "device": device.value})
    return client


def holds(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_a_teachers_own_telephone_stays_signed_in_as_long_as_it_is_used(people: School, clock: Clock) -> None:
    phone = on(DeviceKind.OWN)
    moment = at("2025-09-08 08:05")
    for _ in range(5):
        moment += timedelta(days=25)
        clock(f"{moment:%Y-%m-%d %H:%M}")
        assert holds(phone)
    moment += timedelta(days=31)
    clock(f"{moment:%Y-%m-%d %H:%M}")
    assert not holds(phone)


def test_of_a_terms_roll_calls_on_ones_own_telephone_only_the_first_needs_a_sign_in(
    people: School, clock: Clock
) -> None:
    phone, asked = on(DeviceKind.OWN), 0
    days = [at("2025-09-08 08:05") + timedelta(days=n) for n in range(130)]
    mornings = [day for day in days if day.weekday() < 5]
    for morning in mornings:
        clock(f"{morning:%Y-%m-%d %H:%M}")
        asked += not holds(phone)
    assert asked == 0


@pytest.mark.parametrize("device", [DeviceKind.OFFICE, DeviceKind.SHARED])
def test_any_other_device_asks_again_after_half_a_day(
    people: School, clock: Clock, device: DeviceKind
) -> None:
    client = on(device)
    for minute in range(0, 12 * 60, 9):
        clock(f"{at('2025-09-08 08:05') + timedelta(minutes=minute):%Y-%m-%d %H:%M}")
        assert holds(client)
    clock("2025-09-08 20:06")
    assert not holds(client)


def test_a_post_with_a_second_factor_gets_half_a_day_on_its_own_telephone_too(
    people: School, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = on(DeviceKind.OWN, "office")
    sets_up(phone, WorldClock(monkeypatch))
    clock("2025-09-08 20:00")
    assert holds(phone)
    clock("2025-09-08 20:06")
    assert not holds(phone)


def test_a_teacher_who_becomes_office_is_asked_for_the_second_factor_within_a_day(
    people: School, clock: Clock
) -> None:
    phone = on(DeviceKind.OWN)
    PostHeld.objects.create(
        person=people.teacher, post=Post.SCHOOL_OFFICE, place=people.place, held_from="2025-09-09"
    )
    clock("2025-09-09 08:10")
    assert not holds(phone)
    answer = phone.post("/login/", {"name": "bai", "password": PASSWORD, "device": "OWN"})
    assert answer.headers["Location"] == "/login/code/set-up/"


def test_a_shared_computer_locks_when_nobody_has_used_it_for_ten_minutes(
    people: School, clock: Clock
) -> None:
    desk = on(DeviceKind.SHARED)
    clock("2025-09-08 08:15")
    assert holds(desk)
    clock("2025-09-08 08:24")
    assert holds(desk)
    clock("2025-09-08 08:35")
    page = desk.get("/", follow=True).content.decode()
    assert "已锁住" in page
    assert "白老师" in page
    assert 'id="name"' not in page


def test_the_password_lifts_the_lock_and_what_was_typed_is_kept(people: School, clock: Clock) -> None:
    desk = on(DeviceKind.SHARED)
    url = f"/roll-call/{people.class_group.pk}/2025-09-08/MORNING/"
    clock("2025-09-08 08:20")
    locked = desk.post(url, {"key": "k1", "rest_present": "1"})
    assert locked.status_code == 401
    assert not RollCall.objects.exists()
    kept = unescape(re.search(r'name="kept" value="([^"]+)"', locked.content.decode())[1])  # type: ignore[index]
    wrong = desk.post("/login/", {"name": "bai", "password": "no", "device": "SHARED", "kept": kept})
    assert wrong.status_code == 422
    right = desk.post("/login/", {"name": "bai", "password": PASSWORD, "device": "SHARED", "kept": kept})
    assert 'value="k1"' in right.content.decode()
    assert SignIn.objects.count() == 1  # the same sign-in goes on


def test_lifting_the_lock_asks_for_no_second_code(
    people: School, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = on(DeviceKind.SHARED, "office")
    sets_up(desk, WorldClock(monkeypatch))
    clock("2025-09-08 08:20")
    assert not holds(desk)
    desk.post("/login/", {"name": "office", "password": PASSWORD, "device": "SHARED"})
    assert holds(desk)


def test_whoever_became_office_meanwhile_does_not_get_past_the_lock_with_a_password(
    people: School, clock: Clock
) -> None:
    desk = on(DeviceKind.SHARED)
    PostHeld.objects.create(
        person=people.teacher, post=Post.SCHOOL_OFFICE, place=people.place, held_from="2025-09-08"
    )
    clock("2025-09-08 08:20")
    answer = desk.post("/login/", {"name": "bai", "password": PASSWORD, "device": "SHARED"})
    assert answer.headers["Location"] == "/login/code/set-up/"
    assert not holds(desk)


def test_another_person_at_a_locked_computer_signs_in_as_themselves(people: School, clock: Clock) -> None:
    people.principal.user = User.objects.create_user("li", password=PASSWORD)
    people.principal.save()
    PostHeld.objects.filter(person=people.principal).delete()
    desk = on(DeviceKind.SHARED)
    clock("2025-09-08 08:20")
    desk.post("/login/", {"name": "li", "password": PASSWORD, "device": "SHARED"})
    assert desk.session["person"] == people.principal.pk
    assert SignIn.objects.count() == 2


def test_a_page_on_a_shared_computer_can_cover_itself_and_on_others_does_not(people: School) -> None:
    assert 'id="lock"' in on(DeviceKind.SHARED).get("/").content.decode()
    assert 'id="lock"' not in on(DeviceKind.OFFICE).get("/").content.decode()


def test_signing_out_of_a_shared_computer_leaves_nothing_on_it(people: School) -> None:
    desk, phone = on(DeviceKind.SHARED), on(DeviceKind.OWN)
    assert desk.post("/logout/").headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    # A telephone keeps roll calls that wait for a signal.
    assert "Clear-Site-Data" not in phone.post("/logout/").headers
    assert "known" not in desk.cookies
    assert "known" in phone.cookies


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(people: School) -> None:
    phone, thief = on(DeviceKind.OWN), Client()
    thief.cookies["sessionid"] = phone.cookies["sessionid"].value
    assert holds(thief)
    phone.post("/logout/")
    assert not holds(thief)
    url = f"/roll-call/{people.class_group.pk}/2025-09-08/MORNING/"
    assert thief.post(url, {"key": "k1", "rest_present": "1"}).status_code == 401
    assert not RollCall.objects.exists()


def test_one_device_can_be_signed_out_from_another(people: School) -> None:
    lost, mine = on(DeviceKind.OWN), on(DeviceKind.OFFICE)
    number = SignIn.objects.get(device=DeviceKind.OWN).pk
    assert mine.post(f"/account/sign-ins/{number}/end/").status_code == 302
    assert not holds(lost)
    assert holds(mine)


def test_nobody_signs_out_a_device_of_somebody_else(people: School) -> None:
    mine = on(DeviceKind.OWN)
    row = accounts.begin(
        person=people.office,
        device=DeviceKind.OWN,
        factor=True,
        at=at("2025-09-08 08:00"),
        until=at("2025-09-09 08:00"),
    )
    assert mine.post(f"/account/sign-ins/{row.pk}/end/").status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None


def test_changing_ones_password_signs_out_everywhere_else(people: School) -> None:
    mine, other = on(DeviceKind.OFFICE), on(DeviceKind.OWN)
    new = "vier leise kraniche"
    form = {"old": PASSWORD, "password": new, "again": new}
    assert mine.post("/account/password/", {**form, "old": "wrong"}).status_code == 422
    assert mine.post("/account/password/", {**form, "again": "another"}).status_code == 422
    assert holds(other)
    assert mine.post("/account/password/", form).status_code == 302
    assert holds(mine)
    assert not holds(other)
    assert Client().post("/login/", {"name": "bai", "password": PASSWORD}).status_code == 422
    assert Client().post("/login/", {"name": "bai", "password": new}).status_code == 302


def test_all_other_devices_can_be_signed_out_at_once(people: School) -> None:
    mine, others = on(DeviceKind.OFFICE), [on(DeviceKind.OWN), on(DeviceKind.SHARED)]
    mine.post("/account/sign-ins/end/")
    assert holds(mine)
    assert not any(holds(other) for other in others)


def test_the_account_page_tells_posts_and_devices(people: School) -> None:
    mine = on(DeviceKind.OFFICE)
    on(DeviceKind.OWN)
    page = mine.get("/account/").content.decode()
    assert "班主任" in page
    assert "三年级2班" in page
    assert page.count("退出这台") == 1
    assert "就是这一台" in page


def test_a_stopped_person_takes_no_more_roll_calls(people: School) -> None:
    phone = on(DeviceKind.OWN)
    User.objects.filter(username="bai").update(is_active=False)
    url = f"/roll-call/{people.class_group.pk}/2025-09-08/MORNING/"
    assert phone.post(url, {"key": "k1", "rest_present": "1"}).status_code == 401
    assert not RollCall.objects.exists()


def test_the_cookie_of_a_session_is_for_the_server_alone(people: School) -> None:
    phone = on(DeviceKind.OWN)
    cookie = phone.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 60 * 60
    assert on(DeviceKind.SHARED).cookies["sessionid"]["max-age"] == ""  # ends with the browser


def test_behind_tls_cookies_are_secure_and_bound_to_their_host(tmp_path: Path) -> None:
    show = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    )
    told = {"NOTONELESS_HTTPS": "1", "NOTONELESS_HOME": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", show],
        env=os.environ | told | {"DJANGO_SETTINGS_MODULE": "notoneless.site.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]
