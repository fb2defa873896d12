"""The pages where schools are: no scripts, no signal, no mouse, narrow screens, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from conftest import DESK, PHONE, Screen
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.journey

NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def office(browser: Browser, address: str) -> Screen:
    """The school office, which may call any class."""
    screen = Screen(browser, address, DESK)
    screen.sign_in("office")
    return screen


@pytest.fixture
def call(office: Screen) -> str:
    """The address of a roll call that nobody has taken yet."""
    office.go("/board/")
    return (
        office.page.locator('#not-called + ul a:not(:text-is("三年级2班"))').first.get_attribute("href") or ""
    )


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Screen]:
    """The office on a telephone."""
    screen = Screen(browser, address, PHONE)
    screen.sign_in("office")
    yield screen
    expected = ("ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)")
    assert [line for line in screen.problems if not any(part in line for part in expected)] == []
    screen.context.close()


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until the element has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_without_scripts_the_form_does_the_same(browser: Browser, address: str, call: str) -> None:
    screen = Screen(browser, address, PHONE, scripts=False)
    screen.sign_in("office")
    screen.go(call)
    page = screen.page
    first = page.locator(".pupil").first
    first.get_by_label("缺", exact=True).check(force=True)
    first.locator("select").select_option("UNEXCUSED")
    page.click("#send")
    expect(page.locator("#problem")).to_contain_text("名学生没有记录")
    expect(first.get_by_label("缺", exact=True)).to_be_checked()
    screen.shot("roll-call-without-scripts-phone")
    page.locator("#rest").check(force=True)
    page.click("#send")
    expect(page.locator("main")).to_contain_text("已收到")
    expect(page.locator(".counts")).to_contain_text("缺1")


def test_without_signal_the_roll_call_waits_on_the_phone_and_goes_once(phone: Screen, call: str) -> None:
    phone.go(call)
    page = phone.page
    page.locator(".tile").first.click()
    page.click("#sheet-done")
    page.click("label:has(#rest)")
    phone.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#waiting")).to_contain_text("没有信号")
    phone.shot("no-signal-phone")
    phone.context.set_offline(False)
    page.wait_for_url("**/receipt/**")
    expect(page.locator(".counts")).to_contain_text("缺1")
    assert page.evaluate("localStorage.length") == 0


def test_a_phone_that_was_closed_without_signal_sends_when_the_page_is_opened(
    phone: Screen, call: str
) -> None:
    phone.go(call)
    page = phone.page
    page.locator(".tile").nth(1).click()
    page.click("#sheet-done")
    page.click("label:has(#rest)")
    phone.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()
    page.goto("about:blank")
    phone.context.set_offline(False)
    page.goto(phone.address + call)
    page.wait_for_url("**/receipt/**")
    expect(page.locator(".counts")).to_contain_text("缺1")


def test_a_phone_sends_what_was_said_and_no_empty_fields(phone: Screen, call: str) -> None:
    phone.go(call)
    page = phone.page
    page.locator(".tile").first.click()
    page.click("#sheet-done")
    page.click("label:has(#rest)")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.click("#send")
    fields = parse_qs(sent.value.post_data or "", keep_blank_values=True)
    assert all(value != [""] for value in fields.values())
    assert sorted(name.split("-")[0] for name in fields) == [
        "csrfmiddlewaretoken",
        "key",
        "reason",
        "rest_present",
        "status",
        "taken_at",
    ]
    page.wait_for_url("**/receipt/**")
    expect(page.locator(".counts")).to_contain_text("缺1")


def test_a_double_click_is_one_roll_call(phone: Screen, call: str) -> None:
    phone.go(call)
    page = phone.page
    page.click("label:has(#rest)")
    page.dblclick("#send")
    page.wait_for_url("**/receipt/**")
    receipt = page.url
    page.go_back()
    page.wait_for_load_state()
    phone.go(call)
    expect(page.locator("main")).to_contain_text("已点名")
    expect(page.locator("main")).not_to_contain_text("也交了一份")
    page.goto(receipt)
    expect(page.locator("main")).to_contain_text("已收到")


def test_the_session_may_end_on_the_way(phone: Screen, call: str) -> None:
    phone.go(call)
    page = phone.page
    page.locator(".tile").first.click()
    page.click("#sheet-done")
    page.click("label:has(#rest)")
    phone.context.clear_cookies(name="sessionid")
    page.click("#send")
    expect(page.get_by_text("您刚才填的内容还在")).to_be_visible()
    page.fill("#name", "office")
    page.fill("#password", "office-for-the-journey")
    page.click("main button")
    page.get_by_role("button", name="接着提交").click()
    page.wait_for_url("**/receipt/**")
    expect(page.locator(".counts")).to_contain_text("缺1")


def test_the_keyboard_alone_takes_a_roll_call(phone: Screen, call: str) -> None:
    phone.go(call)
    page = phone.page
    before = counts(page)[1]  # somebody may be on leave
    tab_to(page, ".tile:not([data-status=LEAVE])")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    tab_to(page, "[data-reason=UNEXCUSED]")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator(".tile[data-status=ABSENT]")).to_be_focused()
    tab_to(page, "#rest")
    page.keyboard.press("Space")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/**")
    expect(page.locator(".counts")).to_contain_text(f"缺{before + 1}")


def test_taps_go_round_and_the_counts_follow(phone: Screen) -> None:
    phone.go("/board/")
    phone.go(
        phone.page.locator('#not-called + ul a:not(:text-is("三年级2班"))').first.get_attribute("href") or ""
    )
    page = phone.page
    tile = page.locator(".tile").first
    seen = []
    for _tap in range(4):
        tile.click()
        seen.append(tile.get_attribute("data-status"))
    assert seen == ["ABSENT", "LEAVE", "LATE", ""]
    page.click("label:has(#rest)")
    present, away = counts(page)
    assert present + away == int(page.locator("#expected").inner_text())
    tile.click()
    assert counts(page) == (present - 1, away + 1)


def counts(page: Page) -> tuple[int, int]:
    """实到 and 缺 as the bar shows them."""
    return int(page.locator("#present").inner_text()), int(page.locator("#away").inner_text())


def every_page(screen: Screen) -> list[str]:
    """One address of each kind, found by following the links."""
    screen.go("/board/")
    calls = screen.page.locator("#not-called + ul a").all()
    child = screen.page.locator("#board a[href^='/child/']").first.get_attribute("href") or ""
    screen.go(child)
    why = screen.page.locator("a[href*='/obligation/']").first.get_attribute("href") or ""
    close = screen.page.locator("a[href^='/case/']").first.get_attribute("href") or ""
    forms = [f"{child}{kind}/" for kind in ("visit", "report", "event", "leave")]
    screen.go("/board/")
    return ["/", "/board/", child, why, close, *forms, *[calls[0].get_attribute("href") or ""][:1]]


def test_every_page_fits_320_pixels_and_every_finger(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, NARROW)
    screen.sign_in("office")
    for url in every_page(screen):
        screen.go(url)
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= 320, url
        assert screen.page.evaluate(TOO_SMALL) == [], url


# Buttons, fields and what looks like one: what a finger must hit. Links within text are text.
TOO_SMALL = """() => [...document.querySelectorAll(
    "button, .button, summary, select, textarea, .chip, nav a, input:not([type=hidden]):not(.chip input)")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
  .map((each) => each.outerHTML.slice(0, 120))"""


def test_every_word_stands_out_by_day_and_by_night(browser: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        screen = Screen(browser, address, DESK, scheme=scheme)
        screen.sign_in("office")
        for url in every_page(screen):
            screen.go(url)
            assert screen.page.evaluate(TOO_FAINT) == [], (scheme, url)
        screen.go("/board/")
        screen.shot(f"board-{scheme}")
        screen.context.close()


# WCAG 2.2 AA: 4.5 to 1, and 3 to 1 for large text; controls that cannot be used are exempt.
TOO_FAINT = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const shown = element.checkVisibility() ? walker.currentNode.textContent.trim() : "";
    if (!shown || element.closest(":disabled")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(style.color)), light(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${shown.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


def test_a_reader_of_english_finds_english(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, PHONE, language="en-US")
    screen.sign_in("teacher")
    expect(screen.page.get_by_role("link", name="Take the roll call")).to_be_visible()
    screen.shot("today-phone-en")
    screen.page.get_by_role("link", name="Take the roll call").click()
    screen.page.locator(".tile").first.click()
    expect(screen.page.locator("#sheet")).to_contain_text("not seen")
    screen.page.click("#sheet-done")
    screen.page.click("label:has(#rest)")
    screen.shot("roll-call-phone-en")
    screen.page.get_by_role("button", name="中文").click()
    expect(screen.page.locator("h1")).to_contain_text("晨检")


def test_the_board_refreshes_itself_and_owns_up_when_it_cannot(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, DESK)
    screen.sign_in("office")
    screen.page.clock.install()
    screen.go("/board/")
    screen.page.evaluate("document.querySelector('#board h1').textContent = 'old'")
    screen.page.clock.run_for(61_000)
    expect(screen.page.locator("#board h1")).to_have_text("云岭完小")
    screen.context.set_offline(True)
    screen.page.clock.run_for(61_000)
    expect(screen.page.locator("#stale")).to_contain_text("连不上")
    screen.context.set_offline(False)
    screen.page.clock.run_for(61_000)
    expect(screen.page.locator("#stale")).to_be_hidden()


def test_paper_shows_the_page_without_its_buttons(browser: Browser, address: str) -> None:
    screen = Screen(browser, address, DESK)
    screen.sign_in("office")
    screen.go("/board/")
    screen.page.emulate_media(media="print")
    expect(screen.page.locator("header.top")).to_be_hidden()
    expect(screen.page.locator("#board")).to_be_visible()
    assert screen.page.pdf(format="A4").startswith(b"%PDF")
