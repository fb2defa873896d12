"""One's own ways to be reached, and what could not be delivered."""

from __future__ import annotations

import pytest
from builders import at
from builders_db import School, a_person, a_school
from conftest import signed_in
from django.test import Client

from notoneless.core.terms import Channel, MessageState, Post, SendProblem
from notoneless.records.models import ContactWay, Message, Person

ADDRESS = "bai@school.example"


def test_a_way_is_kept_sealed_and_used_until_it_is_stopped(school: School, teacher: Client) -> None:
    given = {"channel": "EMAIL", "address": ADDRESS, "again": f" {ADDRESS} "}
    assert teacher.post("/account/ways/", given).status_code == 302
    way = ContactWay.objects.get()
    assert (way.person, way.channel, way.address()) == (school.teacher, Channel.EMAIL, ADDRESS)
    assert way.confirmed_at is not None
    assert ADDRESS.encode() not in bytes(way.address_sealed)
    page = teacher.get("/account/ways/").content.decode()
    assert "电子邮件" in page
    assert ADDRESS not in page
    teacher.post("/account/ways/stop/", {"channel": "EMAIL"})
    assert ContactWay.objects.get().ended_at is not None


@pytest.mark.parametrize("given", [{"address": ADDRESS, "again": "other"}, {"address": "", "again": ""}])
def test_an_address_that_is_not_sure_is_not_kept(given: dict[str, str], teacher: Client) -> None:
    answer = teacher.post("/account/ways/", {"channel": "EMAIL", **given})
    assert answer.status_code == 422
    assert not ContactWay.objects.exists()


def test_stopping_what_is_no_channel_is_answered_kindly(teacher: Client) -> None:
    page = teacher.post("/account/ways/stop/", {"channel": "PIGEON"}, follow=True).content.decode()
    assert "没有这个渠道" in page


def failed(person: Person, text: str) -> Message:
    moment = at("2025-09-08 08:00")
    return Message.objects.create(
        person=person,
        state=MessageState.FAILED,
        channel=Channel.SMS,
        problem=SendProblem.REFUSED,
        created_at=moment,
        not_before=moment,
        ended_at=moment,
        text=text,
    )


def test_the_system_officer_sees_whom_it_concerned_and_why_and_no_text(school: School) -> None:
    officer = signed_in(a_person("系统员", Post.SYSTEM_OFFICER, school.county))
    assert "都已送达" in officer.get("/undelivered/").content.decode()
    failed(school.teacher, "您有 2 条待办")
    failed(a_school(county="外县", name="外县完小").teacher, "您有 3 条待办")
    page = officer.get("/undelivered/").content.decode()
    assert page.count("对方拒收") == 1
    assert school.teacher.name in page
    assert "条待办" not in page
