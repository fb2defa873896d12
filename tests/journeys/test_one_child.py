"""One child from the first absence through three persuasions and a notice to the close-out.

Half of it is written without signal. With NOTONELESS_SAMPLE_PAPERS=1 the papers that it leads to are kept in
docs/sample-papers, as files and as pictures.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from conftest import DESK, HERE, Screen
from playwright.sync_api import Browser, expect
from test_offline import Telephone

from notoneless.core.paper_terms import PaperKind

pytestmark = pytest.mark.journey

KEPT = HERE.parents[1] / "docs" / "sample-papers"
CLASS = ("三年级2班", "云岭完小")
OPEN = "all => all.forEach((each) => { each.open = true; })"


class Story:
    """The server, its clock, the child, and whoever has a browser in it."""

    def __init__(self, browser: Browser, home: Path, server: subprocess.Popen[str], papers: Path) -> None:
        assert server.stdout is not None
        said = server.stdout.readline().split()
        assert said[:1] == ["port"], f"the server did not come up:\n{(home / 'log').read_text()}"
        self.browser, self.home, self.server, self.papers = browser, home, server, papers
        self.address = f"http://127.0.0.1:{said[1]}"
        self.child, self.name = self._child()
        self.desks: dict[str, Screen] = {}
        self.phone = Telephone(browser, self.address)
        self.count = 0
        self.show("2025-09-08T07:40:00")

    def _child(self) -> tuple[str, str]:
        """The third of the class's pupils who were never marked."""
        (key, name) = self.rows(
            "select c.id, c.name from records_child c join records_enrolment e on e.child_id = c.id "
            "join records_classgroup g on g.id = e.class_group_id join records_place p on p.id = g.school_id "
            "where g.name = ? and p.name = ? and not exists "
            "(select 1 from records_attendancemark m where m.child_id = c.id) "
            "order by c.name limit 1 offset 2",
            *CLASS,
        )[0]
        return str(UUID(key)), name

    def rows(self, sql: str, *given: str) -> list[Any]:
        """What the database says."""
        with closing(
            sqlite3.connect(f"file:{self.home / 'notoneless.sqlite3'}?mode=ro", uri=True)
        ) as database:
            return database.execute(sql, given).fetchall()

    def order(self, *words: str) -> None:
        """The server does one thing."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(*words, file=self.server.stdin, flush=True)
        said = self.server.stdout.readline().strip()
        assert said == "done", f"{words}:\n{(self.home / 'log').read_text()}"

    def show(self, moment: str) -> None:
        """It is this moment, on the server and on the telephone."""
        self.order("at", moment)
        self.phone.context.clock.set_system_time(datetime.fromisoformat(f"{moment}+08:00"))

    def away(self, until: str) -> None:
        """Everybody but the child came to school up to the day before `until`."""
        self.order("away", until, self.child)

    def there(self, until: str) -> None:
        """Everybody came to school up to the day before `until`."""
        self.order("there", until, self.child)

    def desk(self, name: str) -> Screen:
        """Somebody at a desk, signed in once."""
        if name not in self.desks:
            self.desks[name] = Screen(self.browser, self.address, DESK)
            self.desks[name].sign_in(name)
        return self.desks[name]

    @property
    def stage(self) -> str:
        """Where the child stands."""
        return str(self.rows("select stage from records_case where child_id = ?", self.key)[0][0])

    @property
    def school(self) -> str:
        """The address of the school's own pages."""
        return f"in/{self.rows('select id from records_place where name = ?', CLASS[1])[0][0]}"

    @property
    def key(self) -> str:
        """The child's id as SQLite keeps it."""
        return UUID(self.child).hex

    @property
    def case(self) -> str:
        """The number of the case."""
        return str(self.rows("select number from records_case where child_id = ?", self.key)[0][0])

    def persuaded(self) -> int:
        """How many persuasions there were."""
        sql = "select count(*) from records_visit v join records_actrecord a on a.id = v.act_id "
        return int(self.rows(f"{sql} where a.child_id = ? and v.kind = 'PERSUASION'", self.key)[0][0])

    # Without signal.

    def away_from_signal(self, moment: str) -> None:
        """At this moment the telephone is opened where there is no signal."""
        self.phone.context.set_offline(True)
        self._open(moment)
        expect(self.phone.page.locator("#classes button").first).to_be_visible()

    def in_signal(self, moment: str) -> None:
        """At this moment it is opened where there is one: all goes up, and what is owed comes down."""
        self.phone.context.set_offline(False)
        self._open(moment)
        expect(self.phone.page.locator("#fetched")).to_contain_text(moment[11:16])
        expect(self.phone.waiting).to_have_text("没有未上传的记录")

    def _open(self, moment: str) -> None:
        self.phone.page.goto("about:blank")  # left alone so long, the page would lock itself in between
        self.show(moment)
        self.phone.go("/offline/")
        self.phone.unlock()

    def call(self, *, away: bool) -> None:
        """The roll call on the telephone."""
        page = self.phone.page
        page.locator("#classes button").first.click()
        if away:
            page.locator(".tile", has_text=self.name).first.click()
            page.click("#sheet [data-reason=UNEXCUSED]")
            page.click("#sheet-done")
        page.click("label:has(#rest)")
        page.click("#call-save")
        expect(page.locator("#told")).to_contain_text("已保存")

    def visit(
        self, kind: str, outcome: str, findings: str, moment: str, people: str, promised: str = ""
    ) -> None:
        """A visit written on the telephone, signed by the guardian."""
        page = self.phone.page
        page.locator("#cases li", has_text=self.name).locator("button").first.click()
        for value in (kind, "SPELL", outcome):
            page.locator(f"#visit-form label:has(input[value={value}])").click()
        page.fill("#visit-at", moment)
        page.fill("#visit-findings", findings)
        for who in people.split():
            page.locator("#people label", has_text=who).first.click()
        page.locator("#visit-form details").evaluate_all(OPEN)
        if promised:
            page.fill("#visit-form [name=promised_on]", promised)
        self._sign()
        page.click("#visit-save")
        expect(page.locator("#told")).to_contain_text("已保存")

    def _sign(self) -> None:
        page = self.phone.page
        box = page.locator("#sign-guardian")
        box.scroll_into_view_if_needed()
        at = box.bounding_box() or pytest.fail("no box to sign in")
        page.mouse.move(at["x"] + 30, at["y"] + 30)
        page.mouse.down()
        for x, y in ((80, 60), (120, 20), (170, 70), (220, 40)):
            page.mouse.move(at["x"] + x, at["y"] + y, steps=4)
        page.mouse.up()

    # At a desk.

    def paper(self, name: str, kind: PaperKind, *, of: str = "", **fields: str) -> str:
        """A paper about the child or of a place is issued and handed out in every format; its address."""
        desk = self.desk(name)
        desk.go(f"/{of or f'child/{self.child}'}/papers/{kind.value.lower().replace('_', '-')}/")
        if fields:
            give(desk, **fields)
        desk.page.click("button[value=issue]")
        desk.page.wait_for_url("**/paper/**")
        self.hand_out(desk, kind)
        return desk.page.url.removeprefix(self.address)

    def hand_out(self, desk: Screen, kind: PaperKind) -> None:
        """The files of the paper that is shown."""
        self.count += 1
        for button in desk.page.locator("button[name=format]").all():
            with desk.page.expect_download() as got:
                button.click()
            form = str(button.get_attribute("value")).lower()
            got.value.save_as(self.papers / f"{self.count:02}-{kind.zh}.{form}")


def give(desk: Screen, **fields: str) -> None:
    """Fill a form in: what is chosen is clicked, what is written is written."""
    for name, value in fields.items():
        field = desk.page.locator(f"[name={name}]").first
        field.locator("xpath=ancestor::details").evaluate_all(OPEN)
        if field.get_attribute("type") in ("radio", "checkbox"):
            for each in value.split():
                desk.page.locator(f"label:has([name={name}][value='{each}'])").click()
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def sent(desk: Screen, button: str = "main form button.primary") -> None:
    """The form goes off and the page says that it is written."""
    desk.page.click(button)
    expect(desk.page.get_by_role("status")).to_be_visible()


@pytest.fixture(scope="module")
def story(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The county on a Monday in September."""
    home = tmp_path_factory.mktemp("one-child")
    papers = tmp_path_factory.mktemp("papers")
    command = [sys.executable, str(HERE / "one_child_server.py"), str(home)]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        try:
            yield Story(browser, home, server, papers)
        finally:
            server.kill()


def test_a_child_is_lost_looked_for_won_back_and_held(story: Story) -> None:
    story.phone.set_up("teacher")
    first_days(story)
    third_day(story)
    seventh_day(story)
    notice(story)
    back(story)
    ninety_days(story)
    closed(story)
    proof(story)
    keep(story)
    problems = [problem for desk in story.desks.values() for problem in desk.problems]
    assert [problem for problem in problems if "422" not in problem] == []  # the notice served too early


def first_days(story: Story) -> None:
    """Day 1 and 2, without signal: the roll calls, and the visit with the assigned teacher."""
    story.away_from_signal("2025-09-08T08:05:00")
    story.call(away=True)
    story.in_signal("2025-09-08T08:40:00")
    story.away_from_signal("2025-09-09T08:05:00")
    story.call(away=True)
    story.in_signal("2025-09-09T08:30:00")
    assert story.stage == "AT_RISK"
    story.away_from_signal("2025-09-09T17:40:00")
    story.visit("HOME", "REACHED", "奶奶在家，说孩子跟表哥去县城打工了。", "2025-09-09T17:00", "挂包教师")
    story.in_signal("2025-09-09T19:00:00")
    owed = "select state from records_obligation where child_id = ? and act = 'HOME_VISIT'"
    assert story.rows(owed, story.key) == [("MET",)]
    story.show("2025-09-09T19:10:00")
    story.paper("office", PaperKind.ABSENCE_REGISTER, of=story.school)
    story.paper("office", PaperKind.TRUANCY_REPORT)
    story.paper("office", PaperKind.VISIT_RECORD)
    story.paper("office", PaperKind.FAMILY_CARD)


def third_day(story: Story) -> None:
    """Day 3: the township is told in writing, the principal persuades and is refused."""
    story.away("2025-09-11")
    story.show("2025-09-10T10:00:00")
    story.paper("principal", PaperKind.REPORT_TO_TOWNSHIP)
    story.show("2025-09-10T17:30:00")
    desk = story.desk("principal")
    desk.go(f"/child/{story.child}/visit/?kind=PERSUASION")
    give(
        desk,
        kind="PERSUASION",
        happened_at="2025-09-10T16:00",
        trigger="SPELL",
        outcome="REFUSED",
        note="到县城找到孩子，他说要挣钱给奶奶看病，不愿回来。",
        guardian_view="家里确实困难。",
        agreed="先办减免，再请村里一起来。",
    )
    sent(desk)
    assert story.persuaded() == 1
    story.paper("principal", PaperKind.REPORT_TO_BUREAU)
    story.paper("office", PaperKind.PERSUASION_RECORD)


def seventh_day(story: Story) -> None:
    """Day 7: suspected; reasons and a plan; persuasion with the village, written down without signal."""
    story.away("2025-09-17")
    story.show("2025-09-16T09:00:00")
    assert story.stage == "SUSPECTED_DROPOUT"
    desk = story.desk("principal")
    desk.go(f"/case/{story.case}/reasons/")
    give(desk, chief="WORKING", others="POVERTY", note="奶奶生病，孩子想挣钱。")
    sent(desk)
    desk.go(f"/case/{story.case}/plan/")
    give(
        desk,
        goal="九月底以前回到原班。",
        what_1="办理生活补助",
        posts_1="SCHOOL_OFFICE",
        due_1="2025-09-19",
        what_2="与村里一起劝返",
        posts_2="CLASS_TEACHER VILLAGE_CADRE",
        due_2="2025-09-19",
    )
    sent(desk)
    story.paper("principal", PaperKind.CASE_PLAN)
    story.in_signal("2025-09-17T08:00:00")
    story.away_from_signal("2025-09-17T18:30:00")
    story.visit("PERSUASION", "REFUSED", "和包保干部一起到家，孩子没有回来。", "2025-09-17T17:30", "包保干部")
    story.in_signal("2025-09-17T20:00:00")
    owed = "select state from records_obligation where child_id = ? and rule = 'persuaded-with-the-village'"
    assert story.rows(owed, story.key) == [("MET",)]


def notice(story: Story) -> None:
    """The township's notice: a school cannot issue it; served, and persuasion a third time."""
    story.away("2025-09-19")
    story.show("2025-09-18T10:00:00")
    office, address = story.desk("office"), f"/child/{story.child}/papers/notice-to-return/"
    answer = office.page.goto(story.address + address)
    assert answer is not None
    assert answer.status == 404 or office.page.locator("button[value=issue]").count() == 0
    paper = story.paper("township", PaperKind.NOTICE_TO_RETURN, due_on="2025-09-25")
    desk = story.desk("township")
    desk.go(f"{paper}serve/")
    give(desk, how="IN_PERSON", served_at="2025-09-18T09:50", receiver="奶奶", relation="祖母", where="家中")
    desk.page.click("main form button.primary")
    expect(desk.page.get_by_role("alert")).to_contain_text("签发")  # not served before it was issued
    story.show("2025-09-18T15:00:00")
    give(desk, served_at="2025-09-18T14:30")
    sent(desk)
    desk.page.click("text=送达回证")
    desk.page.click("button[value=issue]")
    desk.page.wait_for_url("**/paper/**")
    story.hand_out(desk, PaperKind.SERVICE_RECEIPT)
    story.away("2025-09-23")
    story.in_signal("2025-09-22T08:30:00")
    story.away_from_signal("2025-09-22T19:00:00")
    story.visit(
        "PERSUASION",
        "PROMISED_RETURN",
        "孩子在家，看了通知书，答应后天回校。",
        "2025-09-22T18:00",
        "包保干部",
        "2025-09-24",
    )
    story.in_signal("2025-09-22T21:00:00")
    assert story.persuaded() == 3


def back(story: Story) -> None:
    """The child is there: seen at a roll call without signal, placed, and paired with a helper."""
    story.away("2025-09-24")
    story.in_signal("2025-09-24T07:50:00")
    story.away_from_signal("2025-09-24T08:05:00")
    story.call(away=False)
    story.in_signal("2025-09-24T09:00:00")
    assert story.stage == "BACK"
    desk = story.desk("office")
    desk.go(f"/case/{story.case}/placement/")
    give(desk, kind="SAME_CLASS", from_day="2025-09-24")
    sent(desk)
    desk.go(f"/child/{story.child}/support/pairing/")
    helper = desk.page.locator("[name=helper] option").nth(1).get_attribute("value") or ""
    give(
        desk,
        purpose="RETURN_CARE",
        helper=helper,
        from_day="2025-09-24",
        contact_days="7",
        goal="补课，每周谈一次心。",
    )
    sent(desk)
    story.paper("office", PaperKind.PERSUASION_LEDGER)
    story.paper("office", PaperKind.PAIRING_LEDGER, of=story.school)


def ninety_days(story: Story) -> None:
    """The child stays: held after some days, and still there after ninety."""
    story.there("2025-10-20")
    story.show("2025-10-20T09:00:00")
    assert story.stage == "HELD"
    story.there("2026-03-20")
    story.show("2026-03-20T09:00:00")
    desk = story.desk("office")
    desk.go(f"/case/{story.case}/")
    seen = re.search(r"到校 (\d+) 天", desk.page.locator("main").inner_text())
    assert seen
    assert int(seen[1]) >= 90
    county = story.desk("county")
    county.go("/")
    expect(county.page.locator("main")).to_contain_text("90")


def closed(story: Story) -> None:
    """One asks, another reviews; one person alone closes nothing."""
    office = story.desk("office")
    office.go(f"/case/{story.case}/close/")
    office.page.get_by_role("button", name="申请以“稳定返校”销号").click()
    expect(office.page.get_by_role("status")).to_be_visible()
    assert story.stage == "HELD"
    principal = story.desk("principal")
    principal.go(f"/case/{story.case}/close/")
    principal.page.get_by_role("link", name="去复核").click()
    give(principal, decision="AGREED", note="看过点名册，同意。")
    sent(principal)
    assert story.stage == "CLOSED"
    story.paper("office", PaperKind.CLOSE_OUT)


def proof(story: Story) -> None:
    """The whole chain on two sheets."""
    desk = story.desk("principal")
    desk.go(f"/child/{story.child}/proof/")
    desk.shot("proof", whole=True)
    with desk.page.expect_download() as got:
        desk.page.click("main form button")
    file = story.papers / "99-可核验链条.pdf"
    got.value.save_as(file)
    about = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    pages = re.search(r"Pages:\s+(\d+)", about)
    assert pages
    assert int(pages[1]) <= 2
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    assert story.case in text.stdout


def keep(story: Story) -> None:
    """Every paper came in every format it has; kept for the documents when they are being made."""
    files = sorted(story.papers.iterdir())
    assert {file.suffix for file in files} == {".pdf", ".docx", ".xlsx"}
    for file in files:
        assert file.read_bytes().startswith(b"%PDF" if file.suffix == ".pdf" else b"PK")
    if os.environ.get("NOTONELESS_SAMPLE_PAPERS") == "1":
        for old in KEPT.glob("[0-9][0-9]-*"):
            old.unlink()
        shutil.copytree(story.papers, KEPT, dirs_exist_ok=True)
        for file in KEPT.glob("*.pdf"):
            subprocess.run(["pdftoppm", "-r", "60", "-png", str(file), str(file.with_suffix(""))], check=True)
