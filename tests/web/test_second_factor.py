"""The second factor: who must have one, what is asked, and that nothing leads past it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from builders_db import School, at
from conftest import Clock, signed_in
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from phone import Phone, WorldClock, sealed_key, sets_up

from notoneless.core.terms import Post
from notoneless.records.models import CodeDevice, JournalEntry, Person, PostHeld, SignIn
from notoneless.services import accounts
from notoneless.web.session import PENDING_FOR

PASSWORD = "three kind words"
CODE, SET_UP = "/login/code/", "/login/code/set-up/"


@pytest.fixture
def world_clock(monkeypatch: pytest.MonkeyPatch) -> WorldClock:
    return WorldClock(monkeypatch)


def somebody(person: Person, name: str) -> Person:
    person.user = User.objects.create_user(name, password=PASSWORD)
    person.save()
    return person


@pytest.fixture
def desk(school: School) -> Client:
    """The school office's browser after the password, before any code."""
    somebody(school.office, "office")
    client = Client(headers={"accept-language": "zh-hans"})
    gives_password(client)
    return client


def gives_password(client: Client, name: str = "office", **more: str) -> str:
    """Where the password leads."""
    return client.post("/login/", {"name": name, "password": PASSWORD, **more}).headers["Location"]


def test_a_post_that_sees_a_school_is_led_to_set_up_its_second_factor_and_nowhere_else(
    desk: Client, world_clock: WorldClock
) -> None:
    assert gives_password(desk, next="/board/") == f"{SET_UP}?next=%2Fboard%2F"
    for url in ("/", "/board/", "/account/", "/account/password/"):
        assert desk.get(url).headers["Location"].startswith("/login/"), url
    assert not SignIn.objects.exists()
    sets_up(desk, world_clock)
    assert desk.get("/").status_code == 200
    assert SignIn.objects.get().second_factor


def test_a_class_teacher_needs_none(school: School) -> None:
    somebody(school.teacher, "bai")
    assert gives_password(Client(), "bai") == "/"


@pytest.mark.parametrize("post", sorted(accounts.FACTOR_POSTS))
def test_every_post_from_the_school_office_upward_is_asked(school: School, post: Post) -> None:
    somebody(school.teacher, "bai")
    PostHeld.objects.create(person=school.teacher, post=post, place=school.county, held_from="2025-09-01")
    assert gives_password(Client(), "bai") == SET_UP


def test_a_post_that_has_ended_asks_for_nothing(school: School) -> None:
    somebody(school.office, "office")
    PostHeld.objects.filter(person=school.office).update(held_until="2025-09-08")
    assert gives_password(Client()) == "/"


def test_afterwards_the_code_is_asked_for_at_every_sign_in(desk: Client, world_clock: WorldClock) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(60)
    other = Client()
    assert gives_password(other, next="/board/") == f"{CODE}?next=%2Fboard%2F"
    assert other.get("/").status_code == 302
    assert other.post(CODE, {"code": phone.code(), "next": "/board/"}).headers["Location"] == "/board/"
    assert other.get("/").status_code == 200


def test_the_password_alone_does_not_replace_a_second_factor(desk: Client, world_clock: WorldClock) -> None:
    sets_up(desk, world_clock)
    thief = Client()
    gives_password(thief)
    assert thief.get(SET_UP).headers["Location"] == CODE
    assert thief.post(SET_UP, {"code": "123456"}).headers["Location"] == CODE
    assert CodeDevice.objects.count() == 1


def test_nobody_reaches_the_code_without_the_password(school: School) -> None:
    for url in (CODE, SET_UP):
        assert Client().get(url).headers["Location"] == "/login/"
        assert Client().post(url, {"code": "123456"}).headers["Location"] == "/login/"


def test_a_code_is_good_once(desk: Client, world_clock: WorldClock) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(60)
    code = phone.code()
    for status in (302, 422):
        client = Client(headers={"accept-language": "zh-hans"})
        gives_password(client)
        assert client.post(CODE, {"code": code}).status_code == status


def test_the_code_that_set_it_up_does_not_sign_in(desk: Client, world_clock: WorldClock) -> None:
    phone, _ = sets_up(desk, world_clock)
    client = Client()
    gives_password(client)
    assert client.post(CODE, {"code": phone.code()}).status_code == 422


@pytest.mark.parametrize(("ahead", "status"), [(-90, 422), (-30, 302), (0, 302), (30, 302), (90, 422)])
def test_a_telephone_may_be_half_a_minute_wrong(
    desk: Client, world_clock: WorldClock, ahead: int, status: int
) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(300)
    client = Client()
    gives_password(client)
    assert client.post(CODE, {"code": phone.code(ahead)}).status_code == status


def test_codes_may_be_typed_with_spaces_and_full_width_digits(desk: Client, world_clock: WorldClock) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(60)
    client = Client()
    gives_password(client)
    wide = phone.code().translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert client.post(CODE, {"code": f" {wide[:3]} {wide[3:]} "}).status_code == 302


def test_after_a_wrong_code_the_next_must_wait(desk: Client, world_clock: WorldClock) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(60)
    client = Client(headers={"accept-language": "zh-hans"})
    gives_password(client)
    assert "验证码不对或已经用过" in client.post(CODE, {"code": "000000"}).content.decode()
    assert "要过一会儿才能再试" in client.post(CODE, {"code": phone.code()}).content.decode()
    TOTPDevice.objects.update(throttling_failure_timestamp="2020-01-01T00:00:00Z")
    assert client.post(CODE, {"code": phone.code()}).status_code == 302


def test_a_recovery_code_works_once_and_is_noted(
    desk: Client, world_clock: WorldClock, school: School
) -> None:
    _, codes = sets_up(desk, world_clock)
    for code, status in ((codes[3], 302), (codes[3], 422)):
        client = Client()
        gives_password(client)
        read = code.upper().translate(str.maketrans("OLB", "018"))
        assert client.post(CODE, {"code": read}).status_code == status
    assert JournalEntry.objects.get(act="RECOVERY_CODE_USED").by == school.office


def test_a_copy_of_the_database_holds_neither_the_secret_nor_the_recovery_codes(
    desk: Client, world_clock: WorldClock
) -> None:
    phone, codes = sets_up(desk, world_clock)
    kept = TOTPDevice.objects.get().key
    assert len(kept) <= 80
    assert phone.secret.hex() not in kept
    assert CodeDevice.objects.get().bin_key == phone.secret
    tokens = set(StaticToken.objects.values_list("token", flat=True))
    assert not tokens & {code.replace("-", "") for code in codes}


def test_a_wrong_code_sets_nothing_up_and_the_same_secret_stays_on_the_page(
    desk: Client, world_clock: WorldClock
) -> None:
    page = desk.get(SET_UP).content.decode()
    phone = Phone.scanning(world_clock, page)
    again = desk.post(SET_UP, {"key_of_factor": sealed_key(page), "code": "000000"})
    assert again.status_code == 422
    assert Phone.scanning(world_clock, again.content.decode()).secret == phone.secret
    assert not CodeDevice.objects.exists()


def test_opening_the_set_up_page_writes_nothing(desk: Client) -> None:
    before = JournalEntry.objects.count()
    assert "<svg" in desk.get(SET_UP).content.decode()
    assert (JournalEntry.objects.count(), TOTPDevice.objects.count()) == (before, 0)


def test_a_secret_shown_to_one_person_sets_up_nobody_else(
    desk: Client, school: School, world_clock: WorldClock
) -> None:
    page = desk.get(SET_UP).content.decode()
    somebody(school.principal, "principal")
    other = Client()
    gives_password(other, "principal")
    code = Phone.scanning(world_clock, page).code()
    assert other.post(SET_UP, {"key_of_factor": sealed_key(page), "code": code}).status_code == 422
    assert not CodeDevice.objects.exists()


def test_the_session_is_another_one_at_each_step(desk: Client, world_clock: WorldClock) -> None:
    waiting = desk.cookies["sessionid"].value
    sets_up(desk, world_clock)
    assert desk.cookies["sessionid"].value != waiting
    thief = Client()
    thief.cookies["sessionid"] = waiting
    assert thief.get("/").status_code == 302


def test_the_code_must_come_soon_after_the_password(desk: Client, clock: Clock) -> None:
    moment = clock("2025-09-08 08:05") + PENDING_FOR
    clock(f"{moment:%Y-%m-%d %H:%M}")
    assert desk.get(SET_UP).status_code == 200
    clock(f"{moment.replace(minute=moment.minute + 1):%Y-%m-%d %H:%M}")
    assert desk.get(SET_UP).headers["Location"] == "/login/"


def test_a_new_password_elsewhere_ends_the_waiting_for_a_code(desk: Client, school: School) -> None:
    accounts.sign_out_everywhere(person=school.office, at=at("2025-09-08 08:06"))
    assert desk.get(SET_UP).headers["Location"] == "/login/"


def test_a_form_interrupted_at_the_office_is_carried_through_password_and_code(
    desk: Client, world_clock: WorldClock, school: School
) -> None:
    phone, _ = sets_up(desk, world_clock)
    world_clock.goes_on(60)
    url = f"/roll-call/{school.class_group.pk}/2025-09-08/MORNING/"
    late = Client(headers={"accept-language": "zh-hans"})
    asked = late.post(url, {"key": "k1", "rest_present": "1"})
    kept = hidden(asked.content.decode())
    step = late.post("/login/", {"name": "office", "password": PASSWORD, "kept": kept})
    done = late.post(CODE, {"code": phone.code(), "kept": hidden(step.content.decode())})
    assert "接着提交" in done.content.decode()
    assert 'value="k1"' in done.content.decode()


def hidden(page: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_a_teacher_may_have_one_too_and_take_it_off_again(school: School, world_clock: WorldClock) -> None:
    somebody(school.teacher, "bai")
    client = signed_in(school.teacher)
    sets_up(client, world_clock, password=PASSWORD)
    other = Client()
    assert gives_password(other, "bai") == CODE
    client.post("/account/second-factor/off/", {"password": "wrong"})
    assert CodeDevice.objects.exists()
    client.post("/account/second-factor/off/", {"password": PASSWORD})
    assert not CodeDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert gives_password(Client(), "bai") == "/"


def test_whoever_must_have_one_cannot_take_it_off(desk: Client, world_clock: WorldClock) -> None:
    sets_up(desk, world_clock)
    answer = desk.post("/account/second-factor/off/", {"password": PASSWORD}, follow=True)
    assert "您的岗位要求手机验证码" in answer.content.decode()
    assert CodeDevice.objects.exists()


def test_setting_it_up_anew_asks_for_the_password(desk: Client, world_clock: WorldClock) -> None:
    old, _ = sets_up(desk, world_clock)
    page = desk.get(SET_UP).content.decode()
    new = Phone.scanning(world_clock, page)
    form = {"key_of_factor": sealed_key(page), "code": new.code()}
    assert desk.post(SET_UP, {**form, "password": "wrong"}).status_code == 422
    assert CodeDevice.objects.get().bin_key == old.secret
    assert desk.post(SET_UP, {**form, "password": PASSWORD}).status_code == 200
    assert CodeDevice.objects.get().bin_key == new.secret


def test_new_recovery_codes_make_the_old_ones_void(desk: Client, world_clock: WorldClock) -> None:
    _, old = sets_up(desk, world_clock)
    page = desk.post("/account/recovery-codes/", {"password": PASSWORD}).content.decode()
    assert not any(code in page for code in old)
    client = Client()
    gives_password(client)
    assert client.post(CODE, {"code": old[0]}).status_code == 422


def test_the_demo_waives_it_only_where_the_demo_was_loaded(school: School, settings: object) -> None:
    somebody(school.office, "office")
    settings.DEMO = True  # type: ignore[attr-defined]
    assert gives_password(Client()) == SET_UP  # this database was never loaded as a demo
    JournalEntry.objects.create(
        at=at("2025-09-08 08:00"), act="DEMO_LOADED", subject_kind="place", subject_id="1"
    )
    assert gives_password(Client()) == f"/board/{school.place.pk}/"
    assert (
        "演示里不要手机验证码"
        in Client(headers={"accept-language": "zh-hans"}).get("/login/").content.decode()
    )
    settings.DEMO = False  # type: ignore[attr-defined]
    assert gives_password(Client()) == SET_UP
