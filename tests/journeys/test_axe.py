"""Every page that people come to by links: nothing to find for axe, nothing wider than a narrow telephone.

And the boards among them: how heavy they are, and how far it is from the county's to a child.

The pages are not listed here: from where each post's day begins, every link is followed until no page of a
new kind turns up, so that a page made tomorrow is checked tomorrow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DESK, HERE, PHONE, SHOTS
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.long]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
FIRST_PAGE = 150_000  # bytes over the wire
NARROW = {"width": 320, "height": 640}
Scheme = Literal["light", "dark"]
# Colours do not depend on the language.
LOOKS: tuple[tuple[str, Scheme], ...] = (("zh-CN", "light"), ("en", "light"), ("zh-CN", "dark"))
# The boards, what they are called in the pictures, and the post whose day leads to them.
BOARDS = {
    "today": ("CLASS_TEACHER", "web:today"),
    "lessons": ("SUBJECT_TEACHER", "web:lessons"),
    "wall": ("DUTY_OFFICER", "web:school_board"),
    "principal": ("PRINCIPAL", "web:principal"),
    "enrolment": ("ENROLMENT_OFFICER", "web:enrolment"),
    "township": ("TOWNSHIP", "web:township"),
    "village": ("VILLAGE_CADRE", "web:village"),
    "update": ("VILLAGE_CADRE", "web:update"),
    "county": ("COUNTY_BUREAU", "web:county"),
    "season": ("COUNTY_BUREAU", "web:season"),
    "cases": ("COUNTY_BUREAU", "web:list_cases"),
    "overdue": ("COUNTY_BUREAU", "web:list_overdue"),
    "schools": ("COUNTY_BUREAU", "web:list_schools"),
    "absent": ("COUNTY_BUREAU", "web:list_absent"),
}
ON_A_PHONE = {"today", "lessons", "village", "update", "cases", "overdue", "schools", "absent"}


class County(NamedTuple):
    """The county as it is served, and whom the browser may be."""

    address: str
    cookie: str
    keys: dict[str, str]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The county of `boards_server`."""
    home = tmp_path_factory.mktemp("boards")
    command = [sys.executable, str(HERE / "boards_server.py"), str(home)]
    log = home / "log"
    with log.open("w") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline().decode().split()
            assert said[:1] == ["port"], f"the county did not come up:\n{log.read_text()}"
            keys = json.loads(server.stdout.readline())
            yield County(f"http://127.0.0.1:{said[1]}", keys.pop(""), keys)
        finally:
            server.kill()


def open_as(
    browser: Browser,
    county: County,
    post: str,
    *,
    size: dict[str, int] = DESK,
    language: str = "zh-CN",
    scheme: Scheme = "light",
) -> Page:
    """A page of a browser in which the holder of a post is signed in."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        locale=language,
        color_scheme=scheme,
        reduced_motion="reduce",
        device_scale_factor=2 if size is PHONE else 1,
    )
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": county.cookie, "value": county.keys[post], "url": county.address}])
    return context.new_page()


@pytest.fixture(scope="module")
def found(browser: Browser, county: County) -> dict[str, tuple[str, str]]:
    """One page of every kind: its name in the table of addresses, the post that came to it, its path."""
    pages: dict[str, tuple[str, str]] = {}
    for post in county.keys:
        page = open_as(browser, county, post)
        waiting, seen = ["/first/"], set()
        while waiting:
            path = waiting.pop(0)
            answer = page.goto(county.address + path)
            assert answer is not None
            assert answer.status == 200, (post, path, answer.status)
            if "html" not in answer.headers["content-type"]:  # what programs read
                continue
            name = kind_of(page.url)
            pages.setdefault(name, (post, urlsplit(page.url).path + query(page.url)))
            for link in links(page):
                kind = kind_of(link)
                if kind and kind not in seen and kind not in pages:
                    seen.add(kind)
                    waiting.append(urlsplit(link).path + query(link))
        page.context.close()
    return pages


def links(page: Page) -> list[str]:
    """Where the page's links lead on this site, those left out that hand out a file."""
    script = (
        "[...document.querySelectorAll('a[href]:not([download])')]"
        ".map(a => new URL(a.getAttribute('href'), location).href)"
    )
    here = page.url.split("/", 3)[:3]
    return [url for url in page.evaluate(script) if url.split("/", 3)[:3] == here]


def kind_of(url: str) -> str:
    """The name of the page in the table of addresses; "" for what is no page."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def query(url: str) -> str:
    asked = urlsplit(url).query
    return f"?{asked}" if asked else ""


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds, in few words."""
    result = Axe().run(page, options=RULES).response
    return [
        {"rule": each["id"], "where": [node["html"][:160] for node in each["nodes"][:3]]}
        for each in result["violations"]
    ]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing_on_any_page(
    language: str, scheme: Scheme, browser: Browser, county: County, found: dict[str, tuple[str, str]]
) -> None:
    assert {name for _, name in BOARDS.values()} <= found.keys()
    wrong = {}
    for post in county.keys:
        page = open_as(browser, county, post, language=language, scheme=scheme)
        for name, (who, path) in found.items():
            if who == post:
                page.goto(county.address + path)
                if problems := violations(page):
                    wrong[name] = problems
        page.context.close()
    assert wrong == {}


def test_axe_would_find_a_fault(browser: Browser, county: County) -> None:
    page = open_as(browser, county, "COUNTY_BUREAU")
    page.goto(f"{county.address}/first/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [each["rule"] for each in violations(page)] == ["button-name"]
    page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_page_is_wider_than_a_narrow_telephone(
    language: str, browser: Browser, county: County, found: dict[str, tuple[str, str]]
) -> None:
    wide = []
    for post in county.keys:
        page = open_as(browser, county, post, size=NARROW, language=language)
        for name, (who, path) in found.items():
            if who == post:
                page.goto(county.address + path)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(name)
        page.context.close()
    assert wide == []


def test_the_keyboard_reaches_a_bar_and_opens_its_list(
    browser: Browser, county: County, found: dict[str, tuple[str, str]]
) -> None:
    page = open_as(browser, county, "COUNTY_BUREAU")
    page.goto(county.address + found["web:county"][1])
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.chart a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
    assert page.locator("h1 small").inner_text().isdigit()


# From the county's board to a child: what is pressed, one after another.
CHILD = "main a[href^='/child/']:not([href*='/obligation/'])"
WAYS_DOWN = {
    "a figure of what is new": (".figures a[href*='new=1']:not(:has(b:text-is('0')))", CHILD),
    "the absentees of the day": (".figures a[href*='/absent/']", CHILD),
    "a post that is late": ("[aria-labelledby=overdue] .list a", CHILD),
    "a bar of open cases": ("[aria-labelledby=stock] .chart a", CHILD),
    "returns": ("[aria-labelledby=holds] .chart a", "main a[href*='held=1']", CHILD),
    "a key group": ("[aria-labelledby=groups] td a", CHILD),
    "a week of the season": (".heat td a", CHILD),
    "a township on the map": (".map a", CHILD),
    "a township, a village": (
        "[aria-labelledby=parts] tbody th a",
        "[aria-labelledby=villages] .list a",
        CHILD,
    ),
    "a school that is not done": (
        "[aria-labelledby=silent] a[href*='/schools/']",
        "main li a >> nth=-1",
        CHILD,
    ),
}


def test_from_the_county_each_way_leads_to_a_child_in_four_clicks_at_most(
    browser: Browser, county: County
) -> None:
    page = open_as(browser, county, "COUNTY_BUREAU")
    for way, steps in WAYS_DOWN.items():
        page.goto(f"{county.address}/first/")
        assert len(steps) <= 4, way
        for step in steps:
            link = page.locator(step).first
            name = link.text_content()
            link.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name or "nobody")
        assert kind_of(page.url) == "web:child", way
    page.context.close()


@pytest.mark.parametrize("post", ["CLASS_TEACHER", "SUBJECT_TEACHER", "VILLAGE_CADRE", "COUNTY_BUREAU"])
def test_the_first_page_is_light_on_a_telephone_that_was_never_here(
    post: str, browser: Browser, county: County
) -> None:
    page = open_as(browser, county, post, size=PHONE)
    loaded: list[int] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(f"{county.address}/first/", wait_until="networkidle")
    assert len(loaded) >= 3  # the page, its style, its script
    assert sum(loaded) <= FIRST_PAGE
    page.context.close()


def test_each_board_has_its_picture(browser: Browser, county: County) -> None:
    """The pictures of docs/boards.md, kept when NOTONELESS_SCREENSHOTS=1; each page fits its width."""
    for shot, (post, name) in BOARDS.items():
        for language, ending in (("zh-CN", ""), ("en", "-en")):
            size = PHONE if shot in ON_A_PHONE else DESK
            page = open_as(browser, county, post, size=size, language=language)
            page.goto(f"{county.address}/first/")
            if kind_of(page.url) != name:
                page.goto(next(link for link in links(page) if kind_of(link) == name))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), shot
            keep(page, f"board-{shot}{ending}.png")
            page.context.close()


def keep(page: Page, name: str) -> None:
    if os.environ.get("NOTONELESS_SCREENSHOTS") == "1":
        folder: Path = SHOTS / "boards"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / name, full_page=True)
