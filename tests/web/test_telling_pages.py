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


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("EMAIL", "bai at school"),
        ("SMS", "13x"),
        ("WECOM", "http://qyapi.weixin.qq.com/k"),
        ("FEISHU", "k"),
        ("WEBHOOK", "http://oa.example/hook"),
        ("RELAY", "pushplus"),
    ],
)
def test_an_address_of_another_kind_says_what_would_be_right(
    channel: str, address: str, teacher: Client
) -> None:
    answer = teacher.post("/account/ways/", {"channel": channel, "address": address, "again": address})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not ContactWay.objects.exists()


def test_the_way_that_is_to_be_tried_first_comes_first(school: School, teacher: Client) -> None:
    for channel, address in (("EMAIL", ADDRESS), ("SMS", "00000000001")):
        teacher.post("/account/ways/", {"channel": channel, "address": address, "again": address})
    teacher.post("/account/ways/first/", {"channel": "SMS"})
    assert list(ContactWay.objects.order_by("rank").values_list("channel", flat=True)) == ["SMS", "EMAIL"]
    answer = teacher.post("/account/ways/first/", {"channel": "FEISHU"}, follow=True).content.decode()
    assert "没有记下这个渠道" in answer


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


def test_the_school_office_sees_its_own_staff_and_what_a_channel_holds_up(school: School) -> None:
    other = a_school(county="外县", name="外县完小")
    for person in (school.teacher, other.teacher):
        failed(person, "您有 2 条待办")
        waiting = failed(person, "")
        Message.objects.filter(pk=waiting.pk).update(
            state=MessageState.WAITING, ended_at=None, tries=3, problem=SendProblem.NOT_REACHED
        )
    page = signed_in(school.office).get("/undelivered/").content.decode()
    assert (page.count("对方拒收"), page.count("1 条")) == (1, 2)
    assert f"/people/{school.teacher.pk}/" in page
    assert signed_in(school.teacher).get("/undelivered/").status_code == 404
