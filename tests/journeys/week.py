"""A school week that people of several posts live through: the server, its clock, and their browsers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from sys import executable
from typing import IO

from conftest import DESK, HERE, Screen, show_time
from playwright.sync_api import Browser, Locator, expect

HAND = {"width": 390, "height": 844}
HALF_A_MINUTE = 30
KEY = re.compile(r"^([A-Z2-7]{4} )+[A-Z2-7]{2,4}$")
SAYS_NO = ("401 (Unauthorized)", "404 (Not Found)", "410 (Gone)", "422 (Unprocessable Entity)")
RECOVERY_CODE = re.compile(r"^\w{4}-\w{4}$")


def code_of_telephone(key: str, step: int) -> str:
    """What an authenticator app shows for a key in that half minute (RFC 6238)."""
    secret = base64.b32decode(key.replace(" ", ""))
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


class Week:
    """One week in one language."""

    def __init__(
        self, browser: Browser, home: Path, language: str, address: str, orders: Popen[bytes]
    ) -> None:
        self.browser, self.home, self.language, self.address = browser, home, language, address
        self._orders = orders
        self.people: dict[str, Somebody] = {}

    def words(self, zh: str, en: str) -> str:
        """What the reader's language calls it."""
        return en if self.language == "en" else zh

    def show(self, moment: str) -> None:
        """Put the clock to a later moment of the day; the worker has looked."""
        show_time(self.home, f"{moment}:00+08:00")
        self._order("tick")

    def next_morning(self) -> None:
        """Go on to 08:05 of the next school day; everybody whom nobody plays here has done theirs."""
        self._order("next")

    def _order(self, word: str) -> None:
        pipe_in, pipe_out = _pipes(self._orders)
        pipe_in.write(f"{word}\n".encode())
        pipe_in.flush()
        said = pipe_out.readline().decode().strip()
        assert said == "done", f"the server did not do {word!r}:\n{(self.home / 'log').read_text()}"

    def comes(self, name: str, size: dict[str, int] = DESK, *, password: str = "") -> Somebody:
        """Somebody opens a browser, or comes back to theirs, and signs in."""
        if name not in self.people:
            self.people[name] = Somebody(self, name, size, password or f"{name}-for-the-week")
            self.people[name].sign_in_here()
        return self.people[name]


class Somebody(Screen):
    """One person in front of a telephone or a desk, who reads what stands there and presses it."""

    def __init__(self, week: Week, name: str, size: dict[str, int], password: str) -> None:
        language = "en-US" if week.language == "en" else "zh-CN"
        super().__init__(week.browser, week.address, size, language=language)
        self.week, self.name, self.password = week, name, password
        self.on_phone = size is HAND
        self._key = ""
        self._last_step = 0
        self._recovery_codes: list[str] = []

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.get_by_role("main")

    def troubles(self) -> list[str]:
        """What went wrong in this browser; answers that say no in words are not among it."""
        return [line for line in self.problems if not any(answer in line for answer in SAYS_NO)]

    # Reading.

    def reads(self, zh: str, en: str) -> None:
        """The page says so, whichever letters are capitals."""
        expect(self.main).to_contain_text(self.week.words(zh, en), ignore_case=True)

    def does_not_read(self, text: str) -> None:
        """The page does not say so."""
        expect(self.main).not_to_contain_text(text)

    def is_told(self, zh: str, en: str) -> None:
        """What was just done is confirmed at the top of the page."""
        expect(self.page.get_by_role("status").filter(has_text=self.week.words(zh, en))).to_be_visible()

    def figure(self, zh: str, en: str) -> Locator:
        """A figure of a board: the link that opens its list."""
        name = re.compile(rf"^\d+\s*{re.escape(self.week.words(zh, en))}$")
        return self.main.get_by_role("link", name=name).first

    def number(self, zh: str, en: str) -> int:
        """What a figure of a board says."""
        found = re.match(r"\d+", self.figure(zh, en).inner_text())
        assert found is not None
        return int(found[0])

    def section(self, zh: str, en: str) -> Locator:
        """The part of a board under a heading."""
        return self.page.get_by_role("region", name=self.week.words(zh, en), exact=True)

    def offers(self, zh: str, en: str) -> bool:
        """Whether there is a link of that name."""
        return self.page.get_by_role("link", name=self.week.words(zh, en), exact=True).count() > 0

    def finds_nothing(self, path: str) -> None:
        """An address that leads this person nowhere, as if nothing were there."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 404

    # Doing.

    def follow(self, zh: str, en: str, *, within: Locator | None = None) -> None:
        """Follow the link of that name."""
        (within or self.page).get_by_role("link", name=self.week.words(zh, en), exact=True).first.click()

    def press(self, zh: str, en: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=self.week.words(zh, en), exact=True).first.click()

    def chooses(self, zh: str, en: str) -> None:
        """Tap the chip of that name."""
        self.main.get_by_label(self.week.words(zh, en), exact=True).first.check()

    def writes(self, zh: str, en: str, text: str) -> None:
        """Fill the field of that name."""
        self.main.get_by_label(self.week.words(zh, en)).first.fill(text)

    def goes_by_keys(self, to: Locator) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(150):
            if to.evaluate("each => document.activeElement === each"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not reach it")

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep what is seen now for the documents; it must fit its width in either language."""
        self.shot(f"week/{name}" if self.week.language == "zh" else f"week/{name}-en", whole=whole)

    # Signing in.

    def sign_in_here(self) -> None:
        """Name and password, and the telephone's code where one's post asks for it."""
        self.go("/login/")
        self.says_who_it_is()

    def returns_to(self, path: str) -> None:
        """Open an address; an office computer asks again each day who it is."""
        self.go(path)
        if "/login/" in self.page.url:
            self.says_who_it_is()

    def says_who_it_is(self) -> None:
        """The sign-in page filled, from whatever page it was asked for."""
        self.writes("用户名", "User name", self.name)
        self.writes("密码", "Password", self.password)
        if self.on_phone:
            self.chooses("我自己的手机", "my own phone")
        self.press("登录", "Sign in")
        self.page.wait_for_load_state()
        if "/login/code/set-up/" in self.page.url:
            self._sets_up_the_code()
        elif "/login/code/" in self.page.url:
            self.writes("验证器里现在显示的 6 位数字", "The 6 digits", self._next_code())
            self.press("登录", "Sign in")

    def _sets_up_the_code(self) -> None:
        self.reads("您的岗位能看到不止一个班的学生", "Your post sees the children of more than one class")
        self._key = self.main.get_by_text(KEY).inner_text()
        self.writes("6 位数字", "6 digits", self._next_code())
        self.press("设好了", "Done")
        codes = self.main.get_by_role("listitem").filter(has_text=RECOVERY_CODE)
        expect(codes).to_have_count(10)
        self._recovery_codes = codes.all_inner_texts()
        self.follow("已抄好，继续", "Written down; go on")

    def _next_code(self) -> str:
        """A code not given yet: the telephone's, or one from paper where that would have to be awaited."""
        step = int(time.time()) // HALF_A_MINUTE
        fresh = max(step, self._last_step + 1)
        if fresh > step + 1:
            return self._recovery_codes.pop()
        self._last_step = fresh
        return code_of_telephone(self._key, fresh)


def _pipes(server: Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert server.stdin is not None
    assert server.stdout is not None
    return server.stdin, server.stdout


@contextmanager
def school_week(browser: Browser, home: Path, language: str) -> Iterator[Week]:
    """The county on Monday morning, served until the week is over; nobody's pages had errors."""
    command = [executable, str(HERE / "week_server.py"), str(home)]
    with (home / "log").open("w") as errors, Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors) as server:
        try:
            said = _pipes(server)[1].readline().decode().split()
            assert said[:1] == ["port"], f"the server did not come up:\n{(home / 'log').read_text()}"
            week = Week(browser, home, language, f"http://127.0.0.1:{said[1]}", server)
            yield week
            assert {name: found for name, each in week.people.items() if (found := each.troubles())} == {}
        finally:
            server.kill()
