"""Signing in with a real browser: the second factor, a shared computer's cover, no scripts, small screens."""

from __future__ import annotations

from base64 import b32decode

import pytest
from conftest import DESK, PHONE, Screen
from django_otp.oath import TOTP
from playwright.sync_api import Browser, expect
from test_conditions import TOO_FAINT, TOO_SMALL

pytestmark = pytest.mark.journey

NARROW = {"width": 320, "height": 640}
PAGES = ("/account/", "/account/password/", "/login/code/set-up/")
ELEVEN_MINUTES = "(Date.now = ((real) => () => real() + 11 * 60 * 1000)(Date.now))"


def enter(screen: Screen, name: str, device: str) -> None:
    """Sign in on a device of this kind."""
    screen.go("/login/")
    screen.page.fill("#name", name)
    screen.page.fill("#password", f"{name}-for-the-journey")
    screen.page.get_by_label(device).check(force=True)
    screen.page.get_by_role("button", name="登录", exact=True).click()


def set_up(screen: Screen, name: str) -> bytes:
    """Set up a second factor by the key on the page; gives the secret."""
    screen.go("/login/code/set-up/?next=/account/")
    expect(screen.page.locator("svg.qr")).to_be_visible()
    secret = b32decode(screen.page.locator(".key").inner_text().replace(" ", ""))
    screen.page.fill("#code", f"{TOTP(secret).token():06d}")
    screen.page.fill("#password", f"{name}-for-the-journey")
    screen.page.get_by_role("button", name="设好了").click()
    return secret


@pytest.mark.parametrize("scripts", [True, False])
def test_a_second_factor_is_set_up_and_asked_for_with_scripts_or_without(
    browser: Browser, address: str, scripts: bool
) -> None:
    screen, name = Screen(browser, address, PHONE, scripts=scripts), "principal" if scripts else "county"
    enter(screen, name, "办公电脑")
    set_up(screen, name)
    codes = screen.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    screen.page.get_by_role("link", name="已抄好，继续").click()
    screen.page.wait_for_url("**/account/")
    expect(screen.page.locator("main")).to_contain_text("备用码还剩 10 个")
    screen.page.get_by_role("button", name="退出", exact=True).click()
    enter(screen, name, "办公电脑")
    screen.page.fill("#code", codes[0])
    screen.page.get_by_role("button", name="登录", exact=True).click()
    expect(screen.page.get_by_role("button", name="退出", exact=True)).to_be_visible()


def test_a_shared_computer_covers_its_page_and_keeps_what_was_typed(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, DESK)
    enter(screen, "office", "公用电脑")
    screen.go("/account/password/")
    page = screen.page
    page.fill("#password", "half typed")
    page.evaluate(ELEVEN_MINUTES)
    expect(page.locator("#lock")).to_be_visible()
    expect(page.locator("#lock-password")).to_be_focused()
    page.fill("#lock-password", "wrong")
    page.get_by_role("button", name="解锁").click()
    expect(page.locator("#lock [role=alert]")).to_contain_text("密码不对")
    page.fill("#lock-password", "office-for-the-journey")
    page.keyboard.press("Enter")
    expect(page.locator("#lock")).to_be_hidden()
    expect(page.locator("#password")).to_have_value("half typed")
    assert [line for line in screen.problems if "422" not in line] == []


def test_a_covered_page_is_out_of_reach_of_the_keyboard(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, DESK)
    enter(screen, "office", "公用电脑")
    screen.go("/account/")
    screen.page.evaluate(ELEVEN_MINUTES)
    expect(screen.page.locator("#lock")).to_be_visible()
    for _ in range(6):
        screen.page.keyboard.press("Tab")
        assert screen.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#lock')"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_every_screen_and_finger_and_stand_out(
    browser: Browser, address: str, scheme: str
) -> None:
    screen = Screen(browser, address, NARROW, scheme=scheme)  # type: ignore[arg-type]
    screen.go("/login/")
    checks(screen, "/login/")
    enter(screen, "teacher2", "我自己的手机")
    screen.page.wait_for_url(f"{address}/**")
    for url in PAGES:
        screen.go(url)
        checks(screen, url)


def checks(screen: Screen, url: str) -> None:
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 320, url
    assert screen.page.evaluate(TOO_SMALL) == [], url
    assert screen.page.evaluate(TOO_FAINT) == [], url
