"""The whole story in a browser: one morning's absence, the visit, the return, the case closed out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import DESK, PHONE, Screen, show_time
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.journey


def call_everybody(teacher: Screen) -> None:
    """The roll call of a day on which nobody is away."""
    page = teacher.page
    teacher.go("/")
    page.click("text=开始点名")
    for tile in page.locator(".tile[data-status=LEAVE]").all():
        tile.click()
        page.click("[data-status=PRESENT]:visible >> nth=0")
        page.click("#sheet-done")
    page.click("label:has(#rest)")
    page.click("#send")
    page.wait_for_url("**/receipt/**")


def do_what_is_owed(teacher: Screen) -> None:
    """On a child's page: the primary button and its form, until nothing more is asked of this person."""
    page = teacher.page
    while page.locator("a.primary").count():
        page.locator("a.primary").click()
        page.click("main button.primary")
        expect(page.get_by_role("status")).to_have_text("已记下。")


def days_missing(office: Screen) -> int:
    """How many school days the close-out page still asks for."""
    found = re.search(r"还差 (\d+) 个上课日到校", office.page.locator("main").inner_text())
    return int(found[1]) if found else 0


def test_from_the_first_absence_to_the_close_out(browser: Browser, address: str, home: Path) -> None:
    teacher, office = Screen(browser, address, PHONE), Screen(browser, address, DESK)
    page = teacher.page

    # Friday, 08:05: the teacher calls the class; one child is not there and nobody knows why.
    teacher.sign_in("teacher")
    expect(page.get_by_text("还剩")).to_be_visible()
    teacher.shot("morning-phone")
    page.click("text=开始点名")
    tile = page.locator(".tile").nth(2)
    name = tile.locator(".name").inner_text()
    tile.click()
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#sheet-call")).to_have_attribute("href", re.compile("^tel:"))
    teacher.shot("roll-call-sheet-phone")
    page.click("#sheet-done")
    expect(page.locator("#send")).to_be_disabled()  # silence is not presence
    page.click("label:has(#rest)")
    teacher.shot("roll-call-phone")
    page.click("#send")

    # The absence has become timed obligations, each with its clause.
    page.wait_for_url("**/receipt/**")
    expect(page.get_by_role("main")).to_contain_text("报告教导处")
    expect(page.get_by_role("main")).to_contain_text("今天 09:0")
    page.locator("summary").first.click()
    expect(page.get_by_text("依据：杉树完小控辍保学劝返制度 第一条")).to_be_visible()
    teacher.shot("receipt-phone", whole=True)
    page.locator("details[open] a").click()
    expect(page.get_by_text("最后一分钟")).to_be_visible()
    teacher.shot("why-phone", whole=True)

    # The report, one button away.
    teacher.go("/")
    page.locator("#mine + ul summary").first.click()
    teacher.shot("today-phone")
    page.locator("#mine + ul").get_by_role("link", name=name).first.click()
    page.get_by_role("link", name="报告教导处").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("报告教导处")
    page.click("main button.primary")
    expect(page.get_by_role("status")).to_have_text("已记下。")

    # 08:30: the office sees the board. In the afternoon it records the home visit.
    show_time(home, "2026-11-20T08:30:00+08:00")
    desk = office.page
    office.sign_in("office")
    desk.get_by_role("link", name="看板").click()
    expect(desk.locator("#board")).to_contain_text(name)
    office.shot("board")
    show_time(home, "2026-11-20T16:40:00+08:00")
    desk.locator("#board").get_by_role("link", name=name).first.click()
    desk.locator("a.primary").click()
    desk.get_by_label("承诺返校").check()
    desk.fill("[name=note]", "见到祖母。孩子在家照看弟弟，父母在外打工；说好下周一来上学。")
    office.shot("visit")
    desk.click("main button.primary")
    expect(desk.locator(".timeline")).to_contain_text("承诺返校")
    office.shot("child", whole=True)

    # Whoever visited reports it the same day; whatever else is owed has its button too.
    teacher.go("/")
    page.locator("#mine + ul").get_by_role("link", name=name).first.click()
    do_what_is_owed(teacher)
    teacher.go("/")
    expect(page.get_by_text("今天没有到期事项。")).to_be_visible()

    # Closing is refused, and the page says what is missing.
    case = desk.get_by_role("link", name="销号").get_attribute("href") or ""
    office.go(case)
    expect(desk.get_by_role("button", name="稳定返校")).to_be_disabled()
    needed = days_missing(office)
    assert needed >= 3
    office.shot("close-refused")

    # The child comes back and stays, a weekend between; every school day brings the close-out nearer.
    for missing in reversed(range(needed)):
        teacher.go("/")
        page.get_by_role("button", name="到下一个上课日").click()
        expect(page.get_by_role("status")).to_contain_text("演示时钟")
        call_everybody(teacher)
        office.go(case)
        assert days_missing(office) == missing
    expect(desk.get_by_role("button", name="稳定返校")).to_be_enabled()
    office.shot("close")
    desk.get_by_role("button", name="稳定返校").click()
    expect(desk.get_by_role("status")).to_contain_text("等另一个人复核")

    # Nothing is closed before a second person has looked: the principal finds it on today's page.
    principal = Screen(browser, address, DESK)
    principal.sign_in("principal")
    second = principal.page
    principal.go("/")
    second.locator("#close-outs + ul").get_by_role("link", name=name).click()
    second.get_by_label("同意", exact=True).check()
    principal.shot("close-review")
    second.click("main button.primary")
    expect(second.get_by_role("status")).to_contain_text("已复核")
    office.go(case)
    expect(desk.locator("main")).to_contain_text("类型：稳定返校；申请：")
    office.shot("closed", whole=True)
    assert teacher.problems == []
    assert office.problems == []
    assert principal.problems == []
