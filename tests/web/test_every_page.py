"""What holds for every page: its language, its labels, its safety, its weight, how often it asks."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from builders_db import School, a_person, a_school
from conftest import Clock, signed_in
from django.test import Client

from notoneless.core.terms import Post
from notoneless.records.models import (
    Case,
    Child,
    ClassGroup,
    Guardian,
    Obligation,
    Person,
    Place,
    RollCall,
)
from notoneless.services.due import tick

HAN = re.compile(r"[\u4e00-\u9fff]+")
# Titles and articles of documents stay as they are printed; the other language is named in itself.
PRINTED = {"杉树完小控辍保学劝返制度", "第一条", "第二条", "第三条", "中文"}
TOLD = (
    "data-no-signal",
    "data-refused",
    "data-open",
    "aria-label",
    "placeholder",
    "data-lost",
    "data-some",
    "data-present",
    "data-neutral",
)


class Reader(HTMLParser):
    """Collects what the checks ask about; whatever is marked as Chinese is left out of the words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.inline: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in pairs}
        chinese = at.get("lang", "").startswith("zh") or bool(self._open and self._open[-1][1])
        if tag not in ("input", "meta", "link", "br"):
            self._open.append((tag, chinese and tag != "html"))
        self.inline += [name for name in at if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in at):
            self.inline.append(tag)
        if tag == "label" and "for" in at:
            self.labelled.add(at["for"])
        if tag in ("input", "select", "textarea") and at.get("type") != "hidden":
            in_label = any(name == "label" for name, _ in self._open)
            self.fields.append(at | ({"aria-label": "by its label"} if in_label else {}))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [at[name] for name in ("href", "src", "action") if name in at]
        if not chinese:
            self.words += [
                at[name] for name in ("aria-label", "placeholder", "data-lost", "data-some") if name in at
            ]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.words.append(text)


def people_pages(school: School, child: object) -> list[str]:
    """The pages about people, posts, gaps, places, and what is written of a child beside its class."""
    here, held = f"/in/{school.place.pk}/", school.teacher.posts_held.get().pk
    return [
        "/gaps/",
        "/break-glass/",
        *(f"{here}{page}/" for page in ("people", "people/appoint", "places", "places/add", "places/close")),
        f"{here}places/reopen/",
        f"{here}classes/add/",
        *(f"/post/{held}/{page}/" for page in ("end", "deputy", "hand-over")),
        f"/people/{school.teacher.pk}/",
        *(f"/child/{child}/{page}/" for page in ("residence", "house", "groups", "identity")),
    ]


def case_pages(number: str, place: int) -> list[str]:
    """The pages of a case and of the cases of a place."""
    case = f"/case/{number}/"
    forms = [f"{case}{page}/" for page in ("close", "reasons", "plan", "hand-off")]
    return [case, *forms, "/hand-offs/", f"/in/{place}/case-reasons/"]


@pytest.fixture
def addresses(school: School, clock: Clock) -> list[str]:
    """One address of every kind of page, on a morning with an absence and two accounts of it."""
    child = school.pupils[0]
    Guardian.objects.create(child=child, name="安祖母", relation="祖母", phone="000-1000001")
    colleague = a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group)
    school.roll_call("AL")
    school.roll_call(".A", by=colleague)
    clock("2025-09-08 09:30")
    tick(now=clock("2025-09-08 09:30"))
    standing, other = RollCall.objects.order_by("-standing")
    file = f"/child/{child.pk}/"
    owed = Obligation.objects.filter(child=child).order_by("due_at")[0]
    call = f"/roll-call/{school.class_group.pk}/2025-09-08/MORNING/"
    forms = [f"{file}{kind}/" for kind in ("contact", "visit", "persuasion", "report", "event", "leave")]
    return [
        "/",
        call,
        f"{call}?again",
        f"/roll-call/{school.class_group.pk}/2025-09-07/MORNING/",
        f"/roll-call/{standing.pk}/{other.pk}/",
        file,
        *forms,
        f"{file}report/?act=REPORT&to=SCHOOL_OFFICE",
        f"{file}correct/2025-09-08/MORNING/",
        f"{file}obligation/{owed.pk}/",
        f"/duty/{Obligation.objects.filter(rule='school-monthly-report')[0].pk}/",
        "/board/",
        *people_pages(school, child.pk),
        *case_pages(Case.objects.get().number, school.place.pk),
        "/account/",
        "/account/password/",
        "/login/code/set-up/",
        f"/people/{school.teacher.pk}/invite/",
        "/nowhere/",
    ]


@pytest.fixture
def pages(addresses: list[str], school: School) -> dict[str, str]:
    """Every page as the school office sees it in Chinese."""
    office = signed_in(school.office)
    pages = {url: office.get(url).content.decode() for url in addresses}
    return pages | {"/login/": Client(headers={"accept-language": "zh-hans"}).get("/login/").content.decode()}


def test_every_page_is_complete_in_english(addresses: list[str], school: School) -> None:
    office = signed_in(school.office)
    office.post("/language/", {"language": "en"})
    for url in [*addresses, "/board/"]:
        page = office.get(url).content.decode()
        assert '<html lang="en">' in page
        words = " ".join(Reader(page).words)
        for name in named():
            words = words.replace(name, "")
        left = set(HAN.findall(words)) - PRINTED
        assert not left, (url, left)


def named() -> list[str]:
    """The names in the database, longest first."""
    kinds = (Child, ClassGroup, Guardian, Person, Place)
    names = [row.name for kind in kinds for row in kind._default_manager.all()]
    names += Guardian.objects.values_list("relation", flat=True)
    return sorted(names, key=len, reverse=True)


def test_refusals_and_receipts_are_told_in_english_too(school: School, teacher: Client) -> None:
    teacher.post("/language/", {"language": "en"})
    url = f"/roll-call/{school.class_group.pk}/2025-09-08/MORNING/"
    assert "4 children have no entry" in teacher.post(url, {"key": "k"}).content.decode()
    receipt = teacher.get(teacher.post(url, {"key": "k", "rest_present": "1"}).headers["Location"])
    assert "Received and recorded" in receipt.content.decode()
    future = teacher.get(f"/roll-call/{school.class_group.pk}/2025-09-09/MORNING/").content.decode()
    assert "take the roll call then" in future


def test_every_field_has_a_label(pages: dict[str, str]) -> None:
    for url, page in pages.items():
        found = Reader(page)
        for field in found.fields:
            named = field.get("aria-label") or field.get("id") in found.labelled
            assert named, (url, field)


def test_no_page_holds_script_or_style_of_its_own_or_asks_elsewhere(pages: dict[str, str]) -> None:
    for url, page in pages.items():
        found = Reader(page)
        assert not found.inline, (url, found.inline)
        for address in found.addresses:
            assert address.startswith(("/", "#", "?", "tel:")), (url, address)
            assert not address.startswith("//")


def test_headings_go_down_one_step_at_a_time_from_one_first(pages: dict[str, str]) -> None:
    for url, page in pages.items():
        steps = Reader(page).headings
        assert steps[0] == 1, url
        assert steps.count(1) == 1, url
        assert all(b - a <= 1 for a, b in pairwise(steps)), (url, steps)


def test_no_title_and_no_address_names_a_child(pages: dict[str, str], school: School) -> None:
    for url, page in pages.items():
        title = re.search("<title>(.*?)</title>", page, re.DOTALL)
        assert title
        for child in school.pupils:
            assert child.name not in title[1], url
            assert all(child.name not in address for address in Reader(page).addresses), url


def test_the_policy_of_the_pages_allows_nothing_from_elsewhere(teacher: Client) -> None:
    answer = teacher.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_class_of_45_is_light_on_a_weak_signal(db: None, clock: Clock) -> None:
    large = a_school(45)
    for child in large.pupils:
        Guardian.objects.create(child=child, name="安祖母", relation="祖母", phone="000-1000001")
    client = signed_in(large.teacher)
    url = f"/roll-call/{large.class_group.pk}/2025-09-08/MORNING/"
    page = client.get(url, headers={"accept-encoding": "gzip"}).content
    assert len(page) < 10_000
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page).decode())
    assert len(assets) == 4
    sizes = [len(b"".join(client.get(each))) for each in assets]  # type: ignore[arg-type]
    assert len(page) + sum(sizes) < 40_000


def test_a_page_asks_a_bounded_number_of_times(
    addresses: list[str], school: School, django_assert_max_num_queries: object
) -> None:
    office = signed_in(school.office)
    for url in addresses:
        office.get(url)  # what hardly ever changes is now in memory
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            office.get(url)


def test_outside_the_demo_nothing_moves_the_clock(teacher: Client, pages: dict[str, str]) -> None:
    assert teacher.post("/demo/next-morning/").status_code == 404
    assert all("演示" not in page for page in pages.values())


def test_in_the_demo_every_page_says_so(school: School, teacher: Client, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    page = teacher.get("/").content.decode()
    assert "演示数据" in page
    assert "9月8日 周一 08:05" in page
    assert "演示数据" in Client(headers={"accept-language": "zh-hans"}).get("/login/").content.decode()
    # This database was never loaded as a demo, so that its clock stays.
    answer = teacher.post("/demo/next-morning/", follow=True)
    assert "只有演示系统可以拨动时钟" in answer.content.decode()


def test_a_form_opened_too_long_ago_is_told_so_kindly() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})
    answer = strict.post("/logout/")
    assert answer.status_code == 403
    assert "请再试一次" in answer.content.decode()
