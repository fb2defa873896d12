"""A server with the demo county, and browsers of the two sizes that people have."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from notoneless.core.facts import CHINA_TIME
from notoneless.services.demo.clock import set_clock

HERE = Path(__file__).parent
SHOTS = HERE.parents[1] / "docs" / "screenshots"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=zh-CN",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo: its database, its keys, its clock."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """A fresh demo county on its first morning, served on this machine."""
    command = [sys.executable, str(HERE / "demo_server.py"), str(home)]
    log = home / "log"
    with log.open("w") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline().decode().split()
            assert said[:1] == ["port"], f"the demo server did not come up:\n{log.read_text()}"
            yield f"http://127.0.0.1:{said[1]}"
        finally:
            server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        # The pickers of days and times speak the language of the browser's own words.
        words = os.environ | {"LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS, env=words)
        yield browser
        browser.close()


def show_time(home: Path, moment: str) -> None:
    """Put the demo's clock to a moment of the same day."""
    set_clock(home / "clock", show=datetime.fromisoformat(moment), real_now=datetime.now(CHINA_TIME))


class Screen:
    """One person's browser: signed in, its pages free of errors, its pictures kept when asked for."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        size: dict[str, int],
        *,
        language: str = "zh-CN",
        scripts: bool = True,
        scheme: Literal["light", "dark"] = "light",
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=scripts,
            color_scheme=scheme,
            viewport={"width": size["width"], "height": size["height"]},
            locale=language,
            timezone_id="Asia/Shanghai",
            has_touch=size["width"] < 500,
            device_scale_factor=2 if size["width"] < 500 else 1,
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.address = address
        self.problems: list[str] = []
        self.page.on(
            "console", lambda line: self.problems.append(line.text) if line.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._stays_here)

    def _stays_here(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]
        if not url.startswith((self.address, "data:", "blob:")):
            self.problems.append(f"asked for {url}")

    def sign_in(self, name: str) -> None:
        """Sign in by the form."""
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#name", name)
        self.page.fill("#password", f"{name}-for-the-journey")
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def shot(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture for the documents, when they are being made; the page must fit its width."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.evaluate("innerWidth"), f"{name} scrolls sideways"
        if os.environ.get("NOTONELESS_SCREENSHOTS") == "1":
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.address + path)
