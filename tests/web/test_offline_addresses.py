"""What telephones ask and send over HTTP: JSON whatever happens, and nothing in it that is not theirs."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from builders_db import School
from conftest import Clock, signed_in
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from world import LATER, NEAR, World, a_holder, the_world

from notoneless.core.terms import Post
from notoneless.records.models import Device, OfflineReceived, RollCall, SignIn
from notoneless.services.offline_bodies import LARGEST
from notoneless.services.offline_receipts import canonical

DEVICE, BUNDLE, RECORDS = (reverse(f"web:offline_{name}") for name in ("device", "bundle", "records"))


def said(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found


def registered(client: Client) -> dict[str, Any]:
    return said(client.post(DEVICE, {"name": "手机"}, content_type="application/json"))


def record(school: School, device: dict[str, Any]) -> dict[str, Any]:
    moment = "2025-09-08T08:05:00+08:00"
    body = {"class": school.class_group.pk, "day": moment[:10], "session": "MORNING", "taken_at": moment}
    return {
        "id": str(uuid4()),
        "device": device["device"],
        "sequence": 1,
        "kind": "ROLL_CALL",
        "checkpoint": device["checkpoint"]["token"],
        "claimed_at": moment,
        "body": {**body, "marks": []},
    }


def sends(client: Client, what: bytes) -> HttpResponse:
    return client.post(RECORDS, what, content_type="application/json")


def test_a_record_sent_is_answered_with_its_receipt_and_a_newer_checkpoint(
    school: School, teacher: Client
) -> None:
    device = registered(teacher)
    what = canonical(record(school, device)).encode()
    first, again = (said(sends(teacher, what)) for _ in range(2))
    assert first["receipt"] == again["receipt"]
    assert (first["receipt"]["state"], first["problem"]) == ("RECORDED", "")
    assert first["checkpoint"]["seq"] > device["checkpoint"]["seq"]
    assert RollCall.objects.count() == OfflineReceived.objects.count() == 1


def test_whoever_is_signed_out_is_told_so_in_json_and_nothing_is_kept(
    school: School, teacher: Client
) -> None:
    what = canonical(record(school, registered(teacher))).encode()
    SignIn.objects.update(ended_at="2025-09-08T00:00:00+08:00")
    for answer in (sends(teacher, what), teacher.get(BUNDLE), teacher.get(DEVICE)):
        assert answer.status_code == 401
        assert said(answer).keys() == {"problem"}
    assert OfflineReceived.objects.count() == 0


def test_bytes_that_are_no_record_are_refused_in_words(school: School, teacher: Client) -> None:
    what = canonical(record(school, registered(teacher))).encode()
    cut, large, huge = sends(teacher, what[:-1]), sends(teacher, b" " * (LARGEST + 1)), b" " * 3_000_000
    assert (cut.status_code, large.status_code, sends(teacher, huge).status_code) == (400, 413, 413)
    assert "手机上" in said(cut)["problem"]
    assert OfflineReceived.objects.count() == 0


def test_a_value_that_is_not_of_this_session_sends_nothing(school: School) -> None:
    strict = signed_in(school.teacher)
    strict.handler.enforce_csrf_checks = True
    here = said(strict.get(DEVICE))
    refused = strict.post(DEVICE, "{}", content_type="application/json", headers={"X-CSRFToken": "x"})
    taken = strict.post(DEVICE, "{}", content_type="application/json", headers={"X-CSRFToken": here["csrf"]})
    assert (refused.status_code, taken.status_code) == (403, 200)
    assert Device.objects.count() == 1


@pytest.mark.parametrize("what", [b"", b"[]", b'{"device": "x"}', b'{"device": 7}', b"[" * 100_000])
def test_a_registration_that_cannot_be_read_registers_nothing(
    school: School, teacher: Client, what: bytes
) -> None:
    assert teacher.post(DEVICE, what, content_type="application/json").status_code == 400
    assert Device.objects.count() == 0


def test_a_telephone_is_known_to_its_own_person_only(school: School, teacher: Client, office: Client) -> None:
    number = {"device": registered(teacher)["device"]}
    standing = [said(client.get(DEVICE, number))["device"] for client in (teacher, office)]
    assert standing == ["known", "unknown"]
    assert said(teacher.get(DEVICE, {"device": "x"}))["device"] == "unknown"


def test_the_bundle_holds_the_persons_own_class_and_its_open_cases(school: School, teacher: Client) -> None:
    school.roll_call("A", "2025-09-05 08:05")
    held = said(teacher.get(BUNDLE))
    pupils = held["classes"][0]["children"]
    assert {each["name"] for each in pupils} == {child.name for child in school.pupils}
    assert [each["no"] for each in pupils] == [1, 2, 3, 4]
    assert held["classes"][0]["sessions"][0]["code"] == "MORNING"
    assert [each["child"] for each in held["cases"]] == [str(school.pupils[0].pk)]
    assert "向教导处报告" in {each["act_label"] for each in held["cases"][0]["owed"]}
    assert {each["name"] for each in held["cases"][0]["people"]} >= {"教导主任", "校长"}


@pytest.fixture
def world(db: None, clock: Clock) -> World:
    made = the_world()
    clock(LATER)
    return made


@pytest.mark.parametrize("post", list(Post))
def test_no_bundle_holds_a_class_of_others_or_a_sensitive_word(world: World, post: Post) -> None:
    answer = signed_in(a_holder(world, post)).get(BUNDLE)
    text = answer.content.decode()
    far = [word for target in world.targets for word in target.canaries.values()]
    near = world.targets[NEAR].canaries["name"]
    # A post at a desk takes along only those about whom it owes something: names, and nothing else of them.
    names = {target.canaries["name"] for target in world.targets}
    assert [word for word in far if word in text and word not in names] == []
    assert len(answer.content) < 20_000
    if post in (Post.CLASS_TEACHER, Post.SUBJECT_TEACHER, Post.VILLAGE_CADRE):
        assert {name for name in names if name in text} == {near}
