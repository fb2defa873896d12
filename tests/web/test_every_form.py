"""Every form that the pages show: sent twice it is kept once; sent by nobody signed in it comes back whole.

The forms are not listed here: each page is opened by somebody who may, and every form on it is filled as
its fields allow. An address that takes a form which no page shows must be named below with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from builders_db import at
from conftest import Clock, Standing, signed_in
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from page_forms import Form, FormReader
from pytest_django import DjangoDbBlocker
from targets import NOBODY, NOTHING, TARGETS
from targets_support import pairing_of, plan_of
from test_access_matrix import ALL, NAMED
from world import LATER, Target, World, a_holder

from notoneless.clock import set_demo_clock
from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, Asked, Open, posts_that
from notoneless.records.models import Obligation, Person
from notoneless.web.kept import NEVER_KEPT, kept_form

Browsers = list[tuple[Post, Person, Client]]


class Found(NamedTuple):
    """A form of the pages, who was shown it, and on which page."""

    form: Form
    person: Person
    page: str


# In the frame of every page; they keep nothing of anybody's work.
OF_EVERY_PAGE = {"web:logout", "web:language", "web:next_morning"}
# Pages without a form of their own that show those of other addresses.
SHOW_OTHERS = {"web:account", "web:county", "web:tuition", "web:pairing"}
# Addresses of a row that the five targets have not, and the arguments that lead to one.
OTHER_ROWS: Mapping[str, Callable[[World, Target], dict[str, Any]]] = {
    "web:county": lambda w, t: {"place_id": w.county.pk},
    "web:pairing": lambda w, t: {"pairing_id": pairing_of(t).pk},
    "web:record_help": lambda w, t: {"pairing_id": pairing_of(t).pk},
    "web:tuition": lambda w, t: {"plan_id": plan_of(t).pk},
    "web:person": lambda w, t: {"person_id": t.teacher.pk},
    "web:invite": lambda w, t: {"person_id": t.teacher.pk},
    "web:roll_call": lambda w, t: {"class_id": t.class_group.pk, "day": at(LATER).date(), "session": "L3"},
    "web:duty": lambda w, t: {
        "key": Obligation.objects.filter(place=t.school, rule="school-monthly-report")[0].pk
    },
}
# What leads to no row, by how an address writes it.
NONE: Mapping[type, object] = {
    UUIDConverter: NOBODY,
    IntConverter: 987654,
    StringConverter: "x",
    SlugConverter: "x",
}
# Addresses whose form no page of this world shows, and where it is tried.
SHOWN_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(
        ("web:draw_report", "web:report", "web:class_check"), "a span is over: test_report_pages"
    ),
    **dict.fromkeys(
        ("web:plan_tuition", "web:record_tuition", "web:correct_tuition"),
        "an approved route: test_support_pages",
    ),
    "web:end_sign_in": "another device: test_sessions",
    **dict.fromkeys(("web:recovery_codes", "web:take_off_factor"), "a second factor: test_second_factor"),
    "web:revoke_device": "a telephone: test_offline_checks",
    "web:offline_rescue": "sent by its script: test_offline_page",
    "web:end_token": "a token: test_api_tokens",
    "web:make_paper_at": "as web:make_paper, of a place: test_paper_pages",
    "web:placement": "after a close-out: test_closing_pages",
    **dict.fromkeys(("web:stop_way", "web:first_way"), "a way that was kept: test_telling_pages"),
    "web:hand_over": "a post that was passed on: test_people_pages",
    "web:take_explained": "a guardian's explanation: test_public_pages",
    "web:take_in": "a child never enrolled: test_entering_pages",
    "web:arrive_together": "a class that moves up: test_enrolment_pages",
}
# Forms that this world answers with a reason why not, or that keep nothing, and where they are tried.
NOT_HERE: Mapping[str, str] = {
    "web:end_all": "signs in anew: test_sessions",
    "web:password": "asks for the old one: test_sessions",
    "web:invite": "each link voids the one before: test_links",
    "web:search": "keeps nothing",
    "web:reopen_place": "nothing is closed: test_closing_place_pages",
    **dict.fromkeys(("web:home", "web:house"), "one village, one house: test_people_pages"),
    "web:whereabouts": "nobody is missed: test_enrolment_pages",
    **dict.fromkeys(("web:close", "web:review_close_out"), "five days at school: test_closing_pages"),
    "web:tokens": "each is another one, told once: test_api_tokens",
    "web:draw_sample": "drawn already: test_honesty_pages",
    "web:leave_together": "somebody is leaving already: test_enrolment_pages",
    "web:same_child": "two records of one child: test_entering_pages",
    "web:complete_child": "what stands is complete: test_entering_pages",
}
ASKS_FOR_A_FILE = {
    *("web:outside_tables", "web:paper_template", "web:roster", "web:ledger_template", "web:visit_record"),
    "web:never_enrolled_list",
}
# What is handed out or shown is written down each time.
TAKES_OUT = {
    *("web:reporter", "web:paper", "web:proof", "web:identity", "web:child_file", "web:class_file"),
    *("web:export_ledger", "web:export_register", "web:compliance_pack", "web:export_figures"),
    "web:inspection_pack",
}
SAID: Mapping[str, dict[str, str | list[str]]] = {
    "web:appoint": {"until": "", "name": "", "phone": ""},
    "web:ways": {"channel": "SMS", "address": "00000000456", "again": "00000000456"},
    "web:deputy": {"until": "2025-09-30", "name": "", "phone": ""},
    "web:ask_change": {"papers": ["GUARDIAN_REQUEST", "RESIDENCE_PROOF"], "until": "", "elsewhere": ""},
    "web:enter_pupil": {
        "identity_no": "",
        "enrolment_no": "",
        "birth_on": "2016-01-01",
        "guardian_phone": "",
    },
    "web:find_never_enrolled": {"identity_no": "", "birth_on": "2016-01-01", "guardian_phone": ""},
    "web:ask_relief": {"yuan": "300"},
    "web:add_pairing": {"contact_days": "7", "helper_is": ""},
    "web:break_glass": {"number": "G000000000000003", "reason": "家长来电询问转学，需要核对孩子所在的班"},
    "web:end_leave": {"until": "2025-09-16"},
    "web:guardian_phone": {"phone": "000-7700009"},
    "web:route": {"until": "2026-01-10"},
    "web:transfer_in": {
        "name": "丁镇儿",
        "number": "G000000000000003",
        "papers": ["GUARDIAN_REQUEST", "RESIDENCE_PROOF"],
    },
    "web:case_plan": {f"due_{n}": "2025-09-20" for n in range(1, 5)} | {"review_on": "2025-09-22"},
    "web:hand_off": {"elsewhere": ""},
    "web:add_finding": {"due_on": "2025-09-20"},
    "web:announce_sample": {"size": "1", "seed_on": "2025-09-10"},
    "web:rename_place": {"name": "云岭完全小学"},
    "web:rename_class": {"name": "三年级3班"},
}


# Of the first target something else is under way by then.
OF_THE_SECOND = {"web:change", "web:end_route", "web:answer_hand_off"}
# Who opens the pages, the nearest to a child first.
POSTS = (
    Post.CLASS_TEACHER,
    Post.SCHOOL_OFFICE,
    Post.PRINCIPAL,
    Post.ENROLMENT_OFFICER,
    Post.COUNTY_BUREAU,
    Post.SUPERVISION_OFFICE,
    Post.TOWNSHIP,
    Post.VILLAGE_CADRE,
    Post.SECURITY_OFFICER,
    Post.SYSTEM_OFFICER,
    Post.AUDIT_OFFICER,
)


@pytest.fixture
def world(standing_world: Standing, db: None, clock: Clock) -> World:
    clock("2025-09-08 10:45")  # after the pages were opened
    return standing_world.world


@pytest.fixture(scope="module")
def found(
    standing_world: Standing, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Found]:
    """A form for each address that takes one, by the name of the address; found once for all tests."""
    file = tmp_path_factory.mktemp("clock") / "clock"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTONELESS_DEMO_CLOCK_FILE", str(file))
        set_demo_clock(file, at(LATER))
        return forms_of(standing_world.world)


def forms_of(world: World) -> dict[str, Found]:
    """The forms of all pages, each from the first person who is shown it."""
    people = {post: a_person_of(world, post) for post in POSTS}
    browsers = [(post, person, signed_in(person)) for post, person in people.items()]
    forms: dict[str, Found] = {}
    taking = takes_forms(world)
    for here, url in addresses(world, taking.keys() | SHOW_OTHERS):
        for person, client in in_turn(here, browsers):
            answer = client.get(url)
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            for form in FormReader(answer.content.decode(), url).forms:
                name = resolve(urlsplit(form.action).path).view_name
                forms.setdefault(name, Found(form, person, url))
            if here not in taking or here in forms:
                break
    return {name: each for name, each in forms.items() if name not in OF_EVERY_PAGE}


def a_person_of(world: World, post: Post) -> Person:
    """The class teacher of the first class; of the other posts somebody new."""
    return world.targets[0].teacher if post is Post.CLASS_TEACHER else a_holder(world, post)


def in_turn(name: str, browsers: Browsers) -> Iterator[tuple[Person, Client]]:
    """Those whose posts may do what the address asks for come first."""
    asked = ADDRESSES[name]
    may = posts_that(asked.thing, asked.do or asked.see) if isinstance(asked, Asked) else frozenset(POSTS)
    for _post, person, client in sorted(browsers, key=lambda each: each[0] not in may):
        yield person, client


def addresses(world: World, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """An address of each of these pages, of the first target where it names a row."""
    near = world.targets[0]
    for name, pattern in ALL.items():
        if name not in names:
            continue
        if name in OTHER_ROWS:
            yield name, reverse(name, kwargs=OTHER_ROWS[name](world, near))
        elif name in TARGETS:
            yield (
                name,
                reverse(name, kwargs=TARGETS[name](world.targets[1] if name in OF_THE_SECOND else near)),
            )
        elif not NAMED.search(str(pattern.pattern)):
            yield name, reverse(name)


def takes_forms(world: World) -> dict[str, str]:
    """Each address that answers a form sent by nobody with the sign-in page, and one of its paths."""
    nobody, taking = Client(), {}
    for name, asked in ADDRESSES.items():
        if name not in ALL or asked == Open(False):
            continue
        named = ALL[name].pattern.converters
        url = reverse(
            name, kwargs={each: NONE.get(type(kind), NOTHING.get(each)) for each, kind in named.items()}
        )
        if b'name="kept"' in nobody.post(url).content:
            taking[name] = url
    return taking


def rows() -> dict[str, int]:
    """How many rows each table has; one query."""
    tables = [each._meta.db_table for each in apps.get_app_config("records").get_models()]
    query = " UNION ALL ".join(f"SELECT '{each}', count(*) FROM {each}" for each in tables)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def test_every_address_that_takes_a_form_shows_it_on_a_page(world: World, found: dict[str, Found]) -> None:
    assert takes_forms(world).keys() - found.keys() - SHOWN_ELSEWHERE.keys() - OF_EVERY_PAGE == set()
    assert SHOWN_ELSEWHERE.keys() & found.keys() == set()


def test_a_form_sent_twice_is_kept_once(world: World, found: dict[str, Found]) -> None:
    wrong: dict[str, object] = {}
    for name, each in found.items():
        if name in ASKS_FOR_A_FILE or name in TAKES_OUT or name in NOT_HERE:
            continue
        with transaction.atomic():
            if (problem := twice(each, name)) is not None:
                wrong[name] = problem
            transaction.set_rollback(True)
    assert wrong == {}


def twice(each: Found, name: str) -> object:
    """Send the form, then from another browser of the same person again; what is wrong with that."""
    client, other = signed_in(each.person), signed_in(each.person)
    given = each.form.filled(**SAID.get(name, {}))
    before = rows()
    answer = client.post(each.form.action, given)
    kept = rows()
    if kept == before:
        return f"kept nothing: {answer.status_code} {problems(answer)} {given}"
    if answer.status_code >= 500:
        return answer.status_code
    for browser in (client, other):
        answer = browser.post(each.form.action, given)
        if answer.status_code >= 500 or rows() != kept:
            return answer.status_code, {t: n - kept[t] for t, n in rows().items() if n != kept[t]}
    return None


def problems(answer: Any) -> list[str]:
    """What the page says is wrong, for whoever reads a failure."""
    page = answer.content.decode()
    return [
        unescape(re.sub("<[^>]+>", "", each)) for each in re.findall(r"role=\"alert\"[^>]*>(.*?)</p>", page)
    ]


def test_a_form_sent_when_nobody_is_signed_in_comes_back_whole(world: World, found: dict[str, Found]) -> None:
    lost = {}
    for name, each in found.items():
        given = each.form.filled(**SAID.get(name, {}))
        answer = Client(headers={"accept-language": "zh-hans"}).post(each.form.action, given)
        assert answer.status_code == 401, name
        carried = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
        kept = kept_form(unescape(carried[1])) if carried else None
        typed = [(n, v) for n, values in given.items() for v in values if n not in NEVER_KEPT]
        if kept is None or kept.path != each.form.action or sorted(kept.fields) != sorted(typed):
            lost[name] = (each.form.action, typed, kept)
    assert lost == {}


def test_files_are_asked_for_again_and_the_address_keeps_its_question(world: World) -> None:
    teacher = world.targets[0].teacher
    teacher.user = User.objects.create_user("bai", password="three kind words")
    teacher.save()
    browser, url = Client(headers={"accept-language": "zh-hans"}), f"/child/{NOBODY}/visit/?kind=HOME"
    sent = browser.post(url, {"findings": "在家", "photo": SimpleUploadedFile("门口.jpg", b"...")})
    kept = unescape(re.findall(r'name="kept" value="([^"]+)"', sent.content.decode())[0])
    given = {"name": "bai", "password": "three kind words", "device": "OWN", "kept": kept}
    page = browser.post("/login/", given).content.decode()
    (form,) = [each for each in FormReader(page, "/").forms if each.action == url]
    assert form.hidden["findings"] == ["在家"]
    assert form.files == {"photo"}
    assert "门口.jpg" in page
    assert 'enctype="multipart/form-data"' in page
