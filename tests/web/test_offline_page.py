"""没有信号时用: the empty page, the worker that keeps it, and the key for a lost PIN."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from builders_db import School
from django.contrib.staticfiles import finders
from django.test import Client

from notoneless.core.terms import DeviceKind
from notoneless.records.models import JournalEntry
from notoneless.web.session import DEVICE

ZH, EN = Client(headers={"accept-language": "zh-hans"}), Client(headers={"accept-language": "en"})


def shell_of(worker: str) -> dict[str, Any]:
    """What the worker is told to keep."""
    line = worker.splitlines()[0]
    return json.loads(line.removeprefix("const SHELL = ").rstrip(";"))  # type: ignore[no-any-return]


def test_the_page_is_the_same_for_everybody_and_names_nobody(school: School, teacher: Client) -> None:
    mine = teacher.get("/offline/").content.decode()
    assert mine == ZH.get("/offline/").content.decode()
    assert school.teacher.name not in mine
    assert "csrf" not in mine


def test_the_worker_keeps_what_it_names_byte_for_byte(db: None) -> None:
    for client in (ZH, EN):
        shell = shell_of(client.get("/offline/sw.js").content.decode())
        files, page = shell["files"], client.get("/offline/").content
        # Whatever language the worker's own request says that it reads.
        assert page == Client(headers={"accept-language": "fr"}).get(shell["from"]).content
        assert files.pop("/offline/") == sha256(page).hexdigest()
        for address, digest in files.items():
            found = finders.find(address.removeprefix("/static/"))
            with open(str(found), "rb") as file:
                assert sha256(file.read()).hexdigest() == digest, address


def test_every_script_and_sheet_that_the_page_needs_is_kept(db: None) -> None:
    files = shell_of(ZH.get("/offline/sw.js").content.decode())["files"]
    page = ZH.get("/offline/").content.decode()
    asked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    for address in [*asked]:
        if address.endswith(".js"):
            asked |= reached(address.removeprefix("/static/web/offline/"))
    assert asked <= set(files)


def reached(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """A script with those that it imports, and they import."""
    with open(str(finders.find(f"web/offline/{name}")), encoding="utf-8") as file:
        imports = set(re.findall(r'from "\./([\w-]+\.js)"', file.read())) - seen
    more = (reached(each, seen | {name} | imports) for each in imports)
    return {f"/static/web/offline/{name}"}.union(*more)


def test_another_language_is_another_version(db: None) -> None:
    versions = {shell_of(each.get("/offline/sw.js").content.decode())["version"] for each in (ZH, EN)}
    assert len(versions) == 2


def test_the_worker_may_watch_over_its_own_page_alone(db: None) -> None:
    answer = ZH.get("/offline/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_can_be_put_on_the_home_screen(db: None) -> None:
    said = ZH.get("/offline/manifest.webmanifest").json()
    assert (said["start_url"], said["scope"], said["display"]) == ("/offline/", "/offline/", "standalone")
    assert EN.get("/offline/manifest.webmanifest").json()["name"] != said["name"]


def test_the_page_is_complete_in_english(db: None) -> None:
    page = EN.get("/offline/").content.decode()
    assert re.findall(r"[\u4e00-\u9fff]+", page) == []


def key_for(client: Client, vault: object) -> bytes:
    answer = client.post("/offline/rescue/", {"vault": str(vault)}, content_type="application/json")
    assert answer.status_code == 200
    return answer.json()["key"].encode()  # type: ignore[no-any-return]


def test_the_key_for_a_lost_pin_is_the_persons_and_the_vaults_own(
    school: School, teacher: Client, office: Client
) -> None:
    vault = uuid4()
    keys = [key_for(teacher, vault), key_for(office, vault), key_for(teacher, uuid4())]
    assert len(set(keys)) == 3
    assert key_for(teacher, vault) == keys[0]


def test_every_handing_out_of_that_key_is_journalled(school: School, teacher: Client) -> None:
    vault = uuid4()
    key_for(teacher, vault)
    entry = JournalEntry.objects.latest("seq")
    assert (entry.by, entry.act, entry.subject_id) == (school.teacher, "OFFLINE_RESCUE_KEY", str(vault))


def test_whoever_is_signed_out_gets_no_key(school: School) -> None:
    answer = Client().post("/offline/rescue/", {"vault": str(uuid4())}, content_type="application/json")
    assert answer.status_code == 401


def test_a_computer_that_others_use_too_gets_no_key(school: School, teacher: Client) -> None:
    session = teacher.session
    session[DEVICE] = DeviceKind.SHARED.value
    session.save()
    teacher.cookies["sessionid"] = session.session_key or ""
    answer = teacher.post("/offline/rescue/", {"vault": str(uuid4())}, content_type="application/json")
    assert answer.status_code == 403
    assert "自己的手机" in answer.json()["problem"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"vault": "x"}', '{"vault": 7}', "{", '"vault"'])
def test_a_request_that_says_nothing_is_told_so(body: str, school: School, teacher: Client) -> None:
    answer = teacher.post("/offline/rescue/", body, content_type="application/json")
    assert answer.status_code == 400
    assert JournalEntry.objects.filter(act="OFFLINE_RESCUE_KEY").count() == 0


def test_the_worker_speaks_the_language_it_is_asked_for_by_name(db: None) -> None:
    asked = EN.get("/offline/sw.js?language=zh-hans").content
    assert asked == ZH.get("/offline/sw.js").content
    assert EN.get("/offline/sw.js?language=tlh").content == EN.get("/offline/sw.js").content
