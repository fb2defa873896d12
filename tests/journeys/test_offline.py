"""The page that works without signal, in a browser whose network is really cut."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARGUMENTS, PHONE, Screen
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from notoneless.core.facts import CHINA_TIME

pytestmark = pytest.mark.journey

VECTORS = Path(__file__).parents[1] / "offline" / "vectors.json"
PIN = "482915"
RECORDS = "**/offline/records/"
OPEN = "all => all.forEach((each) => { each.open = true; })"
LOOKS: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "has_touch": True,
    "device_scale_factor": 2,
}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def door() -> bytes:
    """A picture larger than a telephone should send."""
    file = BytesIO()
    Image.effect_noise((1600, 1200), 60).save(file, "PNG")
    return file.getvalue()


class Telephone(Screen):
    """A telephone of somebody who teaches; without a `profile`, its disk, it forgets when switched off."""

    def __init__(self, browser: Browser, address: str, profile: Path | None = None) -> None:
        self.browser, self.address, self.profile = browser, address, profile
        self.switch_on()

    def switch_on(self) -> None:
        """Start the browser, with what the disk holds if there is one."""
        if self.profile is None:
            self.context: BrowserContext = self.browser.new_context(**LOOKS)
            self.context.new_page()
        else:
            self.context = self.browser.browser_type.launch_persistent_context(
                self.profile, executable_path="/usr/bin/chromium", args=ARGUMENTS, **LOOKS
            )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.pages[0]

    def set_up(self, name: str, pin: str = PIN) -> None:
        """Sign in, choose a PIN, and wait until the page is kept."""
        self.sign_in(name)
        self.go("/offline/")
        self.page.fill("#first-pin", pin)
        self.page.fill("#first-again", pin)
        self.page.click("#first-form button")
        expect(self.page.locator("#fetched")).not_to_be_empty()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    def unlock(self, pin: str = PIN) -> None:
        """Enter the PIN."""
        self.page.fill("#pin", pin)
        self.page.click("#unlock-form .primary")

    def call(self) -> None:
        """Take the roll call of the first class; its first pupil is away."""
        self.page.locator("#classes button").first.click()
        self.page.locator(".tile").first.click()
        self.page.click("#sheet-done")
        self.page.click("label:has(#rest)")
        self.page.click("#call-save")

    def visit(self, findings: str) -> None:
        """Write a visit to the first child."""
        self.page.locator("#cases button").first.click()
        for value in ("HOME", "SPELL", "DONE"):
            self.page.locator(f"#visit-form label:has(input[value={value}])").click()
        self.page.fill("#visit-findings", findings)
        self.page.locator("#people label").first.click()
        self.page.locator("#visit-form details").evaluate_all(OPEN)
        box = self.page.locator("#sign-guardian")
        box.scroll_into_view_if_needed()
        at = box.bounding_box() or pytest.fail("no box to sign in")
        self.page.mouse.move(at["x"] + 20, at["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(at["x"] + 180, at["y"] + 80, steps=5)
        self.page.mouse.up()
        self.page.locator("#visit-form label:has(input[value=DOOR])").click()
        self.page.click("label:has(#faceless)")
        self.page.set_input_files("#photo", {"name": "门口.png", "mimeType": "image/png", "buffer": door()})
        expect(self.page.locator("#photos li")).to_have_count(1)
        self.page.click("#visit-save")

    @property
    def waiting(self) -> Any:
        """未上传 N 条."""
        return self.page.locator("#waiting")


@pytest.fixture(scope="module", autouse=True)
def _absent(browser: Browser, address: str) -> None:
    """This morning a child of the class was away without a reason, so that it has a case."""
    screen = Screen(browser, address, PHONE)
    screen.sign_in("teacher")
    screen.page.get_by_role("link", name="开始点名").click()
    screen.page.locator(".tile").first.click()
    screen.page.click("#sheet [data-reason=UNEXCUSED]")
    screen.page.click("#sheet-done")
    screen.page.click("label:has(#rest)")
    screen.page.click("#send")
    screen.page.wait_for_url("**/receipt/**")
    screen.context.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Telephone]:
    """A class teacher's telephone, set up."""
    telephone = Telephone(browser, address)
    telephone.set_up("teacher")
    yield telephone
    telephone.context.close()


@pytest.fixture
def lasting(browser: Browser, address: str, tmp_path: Path) -> Iterator[Telephone]:
    """One that can be switched off and on again."""
    telephone = Telephone(browser, address, tmp_path / "disk")
    telephone.set_up("teacher")
    yield telephone
    telephone.context.close()


@pytest.fixture
def arrived(home: Path) -> Callable[[], list[str]]:
    """What each record became that has arrived at the server, in the order of arrival."""

    def read() -> list[str]:
        with closing(sqlite3.connect(f"file:{home / 'notoneless.sqlite3'}?mode=ro", uri=True)) as database:
            rows = database.execute("select kind, state, problem from records_offlinereceived")
            return [" ".join(row) for row in rows]

    return read


DUMP = """async () => {
  const database = await new Promise((done) => {
    const asked = indexedDB.open("notoneless-offline");
    asked.onsuccess = () => done(asked.result);
  });
  const latin = new TextDecoder("latin1"), wide = new TextDecoder("utf-8");
  const words = (value) => ArrayBuffer.isView(value) ? latin.decode(value) + wide.decode(value)
    : Array.isArray(value) ? value.map(words).join(" ")
    : value && typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k} ${words(v)}`).join(" ")
    : String(value);
  let found = "";
  for (const store of database.objectStoreNames) {
    const rows = database.transaction(store).objectStore(store).getAll();
    await new Promise((done) => { rows.onsuccess = done; });
    found += `${store}: ${words(rows.result)}\\n`;
  }
  database.close();
  const caches_ = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) caches_.push(new URL(request.url).pathname);
  return { found, kept: caches_, local: JSON.stringify(localStorage) };
}"""


def test_days_without_signal_lose_nothing_and_repeat_nothing(
    lasting: Telephone, arrived: Callable[[], list[str]]
) -> None:
    phone = lasting
    page, before = phone.page, len(arrived())
    pupil = page.locator("#cases .what").first.inner_text()
    phone.context.set_offline(True)
    phone.call()
    expect(page.locator("#told")).to_have_text("已保存在这部手机上。")
    phone.visit("金丝雀说：奶奶一个人带三个孩子")
    expect(phone.waiting).to_contain_text("未上传 2 条")
    phone.shot("offline-waiting-phone")
    dump = page.evaluate(DUMP)
    assert [
        word
        for word in (pupil, "金丝雀", "三年级", "ABSENT", PIN)
        if word in json.dumps(dump, ensure_ascii=False)
    ] == []
    assert {name for name in dump["kept"] if not name.startswith("/static/")} == {"/offline/"}
    phone.context.close()

    phone.switch_on()
    phone.context.set_offline(True)
    phone.go("/offline/")
    page = phone.page
    expect(phone.waiting).to_contain_text("未上传 2 条")
    phone.unlock()
    expect(page.locator("#unsent-list li")).to_have_count(2)
    assert len(arrived()) == before

    cut = []
    page.route(RECORDS, lambda route: (cut.append(route.fetch().status), route.abort()))
    phone.context.set_offline(False)
    expect(page.locator("#problem")).to_contain_text("没有信号")
    assert cut[:1] == [200]
    expect(phone.waiting).to_contain_text("未上传 2 条")
    page.unroute(RECORDS)
    page.click("#send")
    expect(phone.waiting).to_have_text("没有未上传的记录")
    assert sorted(arrived()[before:]) == ["ROLL_CALL RECORDED ", "VISIT RECORDED "]


def forge(change: Callable[[dict[str, Any]], None]) -> Callable[[Route], None]:
    """An answer of the server's that somebody has put a hand to."""

    def answer(route: Route) -> None:
        came = route.fetch()
        said = came.json()
        change(said)
        route.fulfill(response=came, body=json.dumps(said))

    return answer


def test_only_the_servers_own_receipt_for_this_very_record_deletes_it(phone: Telephone) -> None:
    page = phone.page
    phone.context.set_offline(True)
    phone.call()
    hands: list[Callable[[dict[str, Any]], None]] = [
        lambda said: said["receipt"].update(id=str(uuid4())),
        lambda said: said["receipt"].update(digest="0" * 64),
        lambda said: said.update(signature=said["signature"][::-1]),
        lambda said: said.update(signature="not base64 at all"),
    ]
    forging = [hands[0]]
    page.route(RECORDS, forge(lambda said: forging[0](said)))
    with page.expect_response(RECORDS):
        phone.context.set_offline(False)
    for forging[0] in hands:
        expect(page.locator("#send")).to_be_enabled()
        with page.expect_response(RECORDS):
            page.click("#send")
        expect(page.locator("#send")).to_be_enabled()
        expect(page.locator("#problem")).to_contain_text("不是本系统签发的")
        expect(phone.waiting).to_contain_text("未上传 1 条")
    page.unroute(RECORDS)
    page.click("#send")
    expect(phone.waiting).to_have_text("没有未上传的记录")


def test_five_wrong_pins_cost_the_cases_and_no_record(
    phone: Telephone, arrived: Callable[[], list[str]]
) -> None:
    page, before = phone.page, len(arrived())
    phone.context.set_offline(True)
    phone.call()
    expect(page.locator("#told")).to_contain_text("已保存")
    page.click("#lock")
    for left in (4, 3, 2, 1):
        phone.unlock("135790")
        expect(page.locator("#problem")).to_contain_text(f"还可以试 {left} 次")
    phone.unlock("135790")
    expect(page.locator("#problem")).to_contain_text("已清除")
    assert "cases: \n" in page.evaluate(DUMP)["found"]
    page.reload()
    expect(phone.waiting).to_contain_text("未上传 1 条")
    phone.context.set_offline(False)
    page.fill("#renew-pin", "905127")
    page.fill("#renew-again", "905127")
    page.click("#renew-form button")
    expect(page.locator("#fetched")).not_to_be_empty()
    expect(phone.waiting).to_have_text("没有未上传的记录")
    assert len(arrived()) == before + 1
    page.click("#lock")
    phone.unlock("905127")
    expect(page.locator("#classes button").first).to_be_visible()


def test_a_full_telephone_says_so_and_keeps_the_form(lasting: Telephone) -> None:
    used = lasting.page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    lasting.context.close()
    lasting.switch_on()
    page = lasting.page
    disk = lasting.context.new_cdp_session(page)
    # Room for a few words and not for a picture.
    disk.send("Storage.overrideQuotaForOrigin", {"origin": lasting.address, "quotaSize": used + 60_000})
    lasting.context.set_offline(True)
    lasting.go("/offline/")
    lasting.unlock()
    lasting.visit("孩子说想回来上学")
    expect(page.locator("#problem")).to_contain_text("手机存储已满")
    expect(page.locator("#visit-findings")).to_have_value("孩子说想回来上学")
    expect(lasting.waiting).to_have_text("没有未上传的记录")
    disk.send("Storage.overrideQuotaForOrigin", {"origin": lasting.address})
    page.click("#visit-save")
    expect(lasting.waiting).to_contain_text("未上传 1 条")


def test_after_three_days_the_bar_is_red_and_after_a_week_the_cases_go(phone: Telephone) -> None:
    page = phone.page
    phone.context.set_offline(True)
    phone.call()
    expect(phone.waiting).to_have_text("未上传 1 条 · 最早的不到 1 天")
    expect(phone.waiting).not_to_have_class("waiting late")
    written = datetime.now(CHINA_TIME)
    page.clock.set_fixed_time(written + timedelta(days=3, minutes=1))
    page.reload()
    expect(phone.waiting).to_have_text("未上传 1 条 · 最早的已 3 天")
    expect(phone.waiting).to_have_class("waiting late")
    phone.unlock()
    expect(page.locator("#cases button").first).to_be_visible()
    page.clock.set_fixed_time(written + timedelta(days=7, minutes=1))
    page.reload()
    phone.unlock()
    expect(page.locator("#problem")).to_contain_text("超过 7 天没有联网")
    expect(page.locator("#unsent-list li")).to_have_count(1)
    assert "cases: \n" in page.evaluate(DUMP)["found"]


def take_off_every_telephone(home: Path) -> None:
    """As the page of one's telephones does for one."""
    with closing(sqlite3.connect(home / "notoneless.sqlite3", timeout=10)) as database, database:
        database.execute("update records_device set revoked_at = registered_at")


def test_a_telephone_that_was_taken_off_gives_up_its_cases_and_no_record(
    phone: Telephone, arrived: Callable[[], list[str]], home: Path
) -> None:
    page, before = phone.page, len(arrived())
    phone.context.set_offline(True)
    phone.call()
    expect(phone.waiting).to_contain_text("未上传 1 条")
    take_off_every_telephone(home)
    phone.context.set_offline(False)
    expect(page.locator("#problem")).to_contain_text("已被停用")
    expect(phone.waiting).to_have_text("没有未上传的记录")
    expect(page.locator("#to-check-list li")).to_have_count(1)
    assert len(arrived()) == before + 1
    assert "TO_CHECK" in arrived()[-1]
    assert "cases: \n" in page.evaluate(DUMP)["found"]
    page.click("#looked")
    expect(page.locator("#to-check")).to_be_hidden()
    page.click("#again")
    expect(page.locator("#classes button").first).to_be_visible()


def test_what_is_half_filled_in_outlives_a_killed_page(phone: Telephone) -> None:
    page = phone.page
    phone.context.set_offline(True)
    page.locator("#cases button").first.click()
    page.locator("#visit-form label:has(input[value=PERSUASION])").click()
    page.fill("#visit-findings", "写到一半")
    expect(page.locator("#visit-kept")).to_be_visible()
    page.goto("about:blank")
    phone.go("/offline/")
    phone.unlock()
    page.locator("#cases button").first.click()
    expect(page.locator("#visit-findings")).to_have_value("写到一半")
    expect(page.locator("input[value=PERSUASION]")).to_be_checked()


def test_signed_out_the_records_wait_and_go_after_signing_in(phone: Telephone) -> None:
    page = phone.page
    phone.context.set_offline(True)
    phone.call()
    expect(phone.waiting).to_contain_text("未上传 1 条")
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    expect(page.locator("#problem")).to_contain_text("请先登录")
    page.click("#sign-in a")
    page.fill("#name", "teacher")
    page.fill("#password", "teacher-for-the-journey")
    page.click("main button")
    page.wait_for_url("**/offline/")
    phone.unlock()
    expect(phone.waiting).to_have_text("没有未上传的记录")


def test_another_person_sees_a_number_and_sends_nothing_of_it(
    phone: Telephone, arrived: Callable[[], list[str]]
) -> None:
    page = phone.page
    phone.context.set_offline(True)
    phone.call()
    expect(phone.waiting).to_contain_text("未上传 1 条")
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    expect(page.locator("#problem")).to_contain_text("请先登录")
    before = len(arrived())
    phone.sign_in("teacher2")
    phone.go("/offline/")
    phone.unlock()
    expect(page.locator("#problem")).to_contain_text("另一个人")
    page.click("#lock")
    page.click("#another")
    page.fill("#first-pin", "770143")
    page.fill("#first-again", "770143")
    page.click("#first-form button")
    expect(page.locator("#fetched")).not_to_be_empty()
    expect(phone.waiting).to_have_text("没有未上传的记录 · 另有别人未上传的 1 条")
    assert len(arrived()) == before


def test_two_open_pages_send_a_record_once(phone: Telephone, arrived: Callable[[], list[str]]) -> None:
    before = len(arrived())
    other = phone.context.new_page()
    other.goto(f"{phone.address}/offline/")
    other.fill("#pin", PIN)
    other.click("#unlock-form .primary")
    expect(other.locator("#fetched")).not_to_be_empty()
    phone.context.set_offline(True)
    phone.call()
    expect(phone.waiting).to_contain_text("未上传 1 条")
    sent: list[str] = []
    phone.context.on("request", lambda each: sent.append(each.url) if "records" in each.url else None)
    phone.context.set_offline(False)
    expect(phone.waiting).to_have_text("没有未上传的记录")
    assert len(arrived()) == before + 1
    assert len(sent) == 1


RUN = """async ({ begin, sequences }) => {
  const { emptyQueue, happen, waiting } = await import("/static/web/offline/queue.js");
  const wrong = [];
  const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
  const sorted = (value) => Array.isArray(value) ? value.map(sorted)
    : value && typeof value === "object"
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;
  if (!same(emptyQueue(""), begin)) wrong.push(["begin", emptyQueue("")]);
  sequences.forEach(({ steps }, number) => {
    let [queue, expected] = [begin, begin];
    steps.forEach((step, count) => {
      const found = happen(queue, step.event, step.with);
      queue = found.queue;
      expected = { ...expected, ...step.changed };
      const { count: waits, days } = waiting(queue, Date.parse(step.now));
      if (found.answer !== step.answer || !same(queue, expected) || !same([waits, days], step.waiting))
        wrong.push([number, count, step.event, found.answer, waits, days]);
    });
  });
  return wrong;
}"""


def test_the_queue_in_javascript_is_the_model(browser: Browser, address: str) -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    screen = Screen(browser, address, PHONE)
    screen.go("/offline/")
    assert screen.page.evaluate(RUN, vectors) == []
    assert len(vectors["sequences"]) >= 200
    screen.context.close()


def test_every_screen_is_for_everybody_and_fits(phone: Telephone) -> None:
    page = phone.page
    looked: list[str] = []

    def look(name: str, part: str = "body") -> None:
        found = Axe().run(page, context=part, options=RULES).response["violations"]
        assert [(name, each["id"], each["nodes"][0]["html"]) for each in found] == []
        phone.shot(f"offline-{name}-phone", whole=True)
        looked.append(name)

    look("home")
    page.locator("#cases button").first.click()
    page.locator("#visit-form details").evaluate_all(OPEN)
    look("visit")
    page.locator("[data-back]:visible").click()
    page.locator("#classes button").first.click()
    look("roll-call")
    page.locator(".tile").first.click()
    look("sheet", "#sheet")  # what it covers in part is a small target
    page.click("#sheet-done")
    page.click("#lock")
    look("pin")
    page.click("#another")
    look("first")
    assert len(looked) == 6
