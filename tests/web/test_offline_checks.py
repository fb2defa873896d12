"""离线核对 and 我的手机: the pages on which people look at what telephones sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from builders_db import School, at
from conftest import signed_in
from django.test import Client
from django.urls import reverse

from notoneless.records.models import Device, OfflineChecked, RollCall
from notoneless.services.offline import receive, register
from notoneless.services.offline_receipts import canonical

NOW = at("2025-09-08 08:05")
LIST = reverse("web:offline_checks")


def page_of(number: str) -> str:
    return reverse("web:offline_check", args=(number,))


@pytest.fixture
def phone(school: School) -> Device:
    return register(by=school.teacher, name="白老师的手机", at=NOW - timedelta(hours=1))


@pytest.fixture
def record(school: School, phone: Device) -> dict[str, Any]:
    """A roll call without a checkpoint of ours."""
    marks = [{"child": str(school.pupils[2].pk), "status": "ABSENT", "reason": "UNKNOWN"}]
    body = {"class": school.class_group.pk, "day": "2025-09-08", "session": "MORNING", "marks": marks}
    made = {
        "id": str(uuid4()),
        "device": str(phone.pk),
        "sequence": 1,
        "kind": "ROLL_CALL",
        "checkpoint": "",
        "claimed_at": NOW.isoformat(),
        "body": {**body, "taken_at": NOW.isoformat()},
    }
    receive(by=school.teacher, content=canonical(made).encode(), at=NOW)
    return made


def test_the_office_reads_what_was_sent_and_enters_it(
    school: School, record: dict[str, Any], office: Client
) -> None:
    assert page_of(record["id"]) in office.get(LIST).content.decode()
    text = office.get(page_of(record["id"])).content.decode()
    assert all(word in text for word in ("岑小3", "白老师", "对时凭证", "按这一份入账"))
    answer = office.post(page_of(record["id"]), {"account": record["id"], "reason": "当面核实", "key": "k"})
    assert (answer.status_code, RollCall.objects.get().absent) == (302, 1)
    assert "没有待核对的离线记录" in office.get(LIST).content.decode()
    assert "当面核实" in office.get(page_of(record["id"])).content.decode()


def test_two_versions_stand_side_by_side(
    school: School, phone: Device, record: dict[str, Any], office: Client
) -> None:
    other = {**record, "body": {**record["body"], "marks": []}}
    receive(by=school.teacher, content=canonical(other).encode(), at=NOW)
    text = office.get(page_of(record["id"])).content.decode()
    assert all(word in text for word in ("第 1 份", "第 2 份", "按第 2 份入账"))


@pytest.mark.parametrize("given", [{}, {"account": "none"}, {"reason": "x"}, {"account": "x", "reason": "x"}])
def test_nothing_is_kept_until_the_form_holds_together(
    record: dict[str, Any], office: Client, given: dict[str, str]
) -> None:
    assert office.post(page_of(record["id"]), {**given, "key": "k"}).status_code == 422
    assert OfflineChecked.objects.count() == 0


def test_the_words_of_a_private_visit_are_not_shown_to_the_county(
    school: School, phone: Device, office: Client
) -> None:
    body = {"child": str(school.pupils[0].pk), "kind": "HOME", "happened_at": NOW.isoformat()}
    words = {"findings": "私密金丝雀", "private": True}
    made = {
        "id": str(uuid4()),
        "device": str(phone.pk),
        "sequence": 2,
        "kind": "VISIT",
        "checkpoint": "",
        "claimed_at": NOW.isoformat(),
        "body": {**body, **words},
    }
    receive(by=school.teacher, content=canonical(made).encode(), at=NOW)
    seen = {
        name: "私密金丝雀" in client.get(page_of(made["id"])).content.decode()
        for name, client in (("office", office), ("county", signed_in(school.bureau)))
    }
    assert seen == {"office": True, "county": False}


def test_a_person_takes_off_their_own_telephone_and_nobody_elses(
    school: School, phone: Device, teacher: Client, office: Client
) -> None:
    off = reverse("web:revoke_device", args=(phone.pk,))
    assert "白老师的手机" in teacher.get(reverse("web:offline_devices")).content.decode()
    assert office.post(off).status_code == 404
    assert teacher.post(off).status_code == 302
    assert Device.objects.get().revoked_at is not None


def test_posts_without_a_look_at_uploads_have_no_such_page(school: School, teacher: Client) -> None:
    assert teacher.get(LIST).status_code == 404
