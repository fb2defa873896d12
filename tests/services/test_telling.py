"""Being told: who, when, in how many texts; nothing lost, nothing twice, nothing of a child."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at
from django.db import connection
from django.test.utils import CaptureQueriesContext
from gateways import DIES, HttpGateway, http_gateway

from notoneless.core.case_terms import Decision
from notoneless.core.terms import Channel, MessageState, Post, SendProblem, Stage, TellKind
from notoneless.delivery.reach import Reach
from notoneless.delivery.settings import DeliverySettings, Telling
from notoneless.delivery.sms_gateway import SmsGateway
from notoneless.delivery.webhook.signature import KEY
from notoneless.records.models import (
    Case,
    ContactWay,
    CoverageGap,
    JournalEntry,
    Message,
    Obligation,
    Outbox,
    Person,
    PostHeld,
)
from notoneless.services import casework, closing, telling_sending
from notoneless.services.due import act_on_due
from notoneless.services.refusals import Refusal
from notoneless.services.telling import queue
from notoneless.services.telling_close_outs import still_waiting, to_be_reviewed
from notoneless.services.telling_counts import told_by
from notoneless.services.telling_preparing import prepare
from notoneless.services.telling_sending import CLAIM_LASTS, send_due
from notoneless.services.telling_undelivered import undelivered
from notoneless.services.telling_ways import confirm_way, end_way, keep_way

pytestmark = pytest.mark.django_db
LOG_IN = "请登录查看。"
NIGHT_OVER = "2025-09-09 06:30"


@dataclass
class Told:
    """A school, a gateway that takes text messages and webhooks, and the worker's hand."""

    school: School
    gateway: HttpGateway
    settings: DeliverySettings

    def look(self, moment: str | datetime) -> None:
        """What the worker does at this moment."""
        now = at(moment) if isinstance(moment, str) else moment
        act_on_due(now=now)
        prepare(now=now, settings=self.settings)
        self.send(now)

    def send(self, moment: str | datetime) -> None:
        """Only sending."""
        now = at(moment) if isinstance(moment, str) else moment
        while send_due(now=now, settings=self.settings):
            pass

    def morning(self, letters: str) -> None:
        """Monday's list, a roll call at 08:05, and everybody told of what follows from it."""
        self.look("2025-09-08 07:30")
        self.school.roll_call(letters)
        self.look("2025-09-08 08:06")
        self.look("2025-09-08 08:09")
        self.gateway.taken.clear()

    def texts(self) -> list[tuple[str, str]]:
        """Each text message taken in by the gateway, by whom it was for."""
        people = {person.phone: person.name for person in Person.objects.all()}
        said = [json.loads(r.body) for r in self.gateway.taken if r.path == "/sms"]
        return [(people[each["to"]], each["text"]) for each in said]

    def change(self, **telling: Any) -> None:
        """Other settings of when people are told."""
        self.settings = replace(self.settings, telling=replace(self.settings.telling, **telling))

    def queue(self, key: str = "k", moment: str = "2025-09-08 10:00", **more: Any) -> None:
        """Something for the school office to know."""
        given = {"kind": TellKind.HAND_OVER, "posts": [Post.SCHOOL_OFFICE], "place": self.school.place.pk}
        queue(key=key, at=at(moment), **{**given, **more})


@pytest.fixture
def told() -> Iterator[Told]:
    with http_gateway(lambda _: (200, {}, b'{"code": 0}')) as gateway:
        school = a_school()
        for number, person in enumerate(Person.objects.order_by("pk")):
            Person.objects.filter(pk=person.pk).update(phone=f"1380000000{number}")
        sms = SmsGateway(f"{gateway.url}/sms", fields={"to": "{to}", "text": "{text}"}, ok_at="code")
        settings = DeliverySettings(
            reach=Reach(private_hosts=frozenset({"127.0.0.1"})),
            telling=Telling(digest=timedelta(minutes=2)),
            sms=replace(sms, ok_is=frozenset({"0"})),
            webhook_secrets={"127.0.0.1": "s"},
        )
        yield Told(school, gateway, settings)


# Who and how many.


def test_an_overdue_obligation_is_told_to_the_post_a_step_up(told: Told) -> None:
    told.morning("A")
    told.look("2025-09-08 09:06")
    assert told.texts() == []
    told.look("2025-09-08 09:08")
    assert told.texts() == [("教导主任", f"您有 1 条下级逾期事项需督办，{LOG_IN}")]


def test_what_comes_within_a_window_is_one_text(told: Told) -> None:
    told.morning("AAA")
    told.look("2025-09-08 09:06")
    told.look("2025-09-08 09:08")
    assert told.texts() == [("教导主任", f"您有 3 条下级逾期事项需督办，{LOG_IN}")]


def test_what_was_done_meanwhile_is_not_told(told: Told) -> None:
    told.morning("A")
    report = Obligation.objects.get(act="REPORT")
    told.look("2025-09-08 09:06")
    moment = at("2025-09-08 09:07")
    casework.fulfil(by=told.school.teacher, obligation=report, happened_at=moment, at=moment)
    told.look("2025-09-08 09:30")
    assert told.texts() == []
    assert Message.objects.order_by("pk").values_list("state", flat=True).last() == MessageState.DROPPED


def test_a_step_is_told_once_however_often_one_looks(told: Told) -> None:
    told.queue()
    for minute in range(10, 50, 5):
        told.look(f"2025-09-08 10:{minute}")
    assert told.texts() == [("教导主任", f"您有 1 项移交待接收，{LOG_IN}")]


def test_a_deputy_is_told_and_not_whom_it_stands_in_for(told: Told) -> None:
    deputy = a_person("代理主任", Post.SCHOOL_OFFICE, told.school.place)
    Person.objects.filter(pk=deputy.pk).update(phone="13900000000")
    own = PostHeld.objects.get(person=told.school.office)
    PostHeld.objects.filter(person=deputy).update(deputising_for=own)
    told.queue()
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    assert [name for name, _ in told.texts()] == ["代理主任"]


def test_whoever_left_the_post_is_told_no_more_and_the_post_above_is(told: Told) -> None:
    PostHeld.objects.filter(person=told.school.office).update(held_until=at("2025-09-08 00:00").date())
    told.queue()
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    assert [name for name, _ in told.texts()] == ["校长"]


def test_one_person_may_be_told_by_name(told: Told) -> None:
    told.queue(posts=[], place=None, person=told.school.bureau.pk, kind=TellKind.BREAK_GLASS)
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    assert told.texts() == [("县局", f"您有 1 次紧急查看待知悉，{LOG_IN}")]


def test_gaps_are_counted_as_they_stand_when_the_text_leaves(told: Told) -> None:
    place, on = told.school.place, at("2025-09-08 00:00").date()
    for key in "abc":
        CoverageGap.objects.create(
            key=key, kind="VACANT", place=place, owed_by="PRINCIPAL", owed_at=place, found_on=on, due_on=on
        )
    told.queue(posts=[], person=told.school.principal.pk, kind=TellKind.COVERAGE)
    told.look("2025-09-08 10:10")
    CoverageGap.objects.filter(key="a").update(closed_on=on)
    told.look("2025-09-08 10:20")
    assert told.texts() == [("校长", f"您有 2 处岗位空缺待补，{LOG_IN}")]


def test_a_case_that_can_be_closed_out_is_told_once_and_not_after_it_is_closed(told: Told) -> None:
    told.school.calls("09-01 AAAA", "09-02", "09-03", "09-04", "09-05")
    Case.objects.update(stage=Stage.BACK)
    prepare(now=at("2025-09-08 07:30"), settings=told.settings)
    assert not Outbox.objects.filter(kind="CLOSE_OUT").exists()  # the fifth day is still to come
    told.school.calls("09-08")
    for moment in ("2025-09-09 07:30", "2025-09-09 07:35", "2025-09-10 07:30"):
        prepare(now=at(moment), settings=told.settings)
    waiting = Outbox.objects.filter(kind="CLOSE_OUT")
    assert waiting.count() == Case.objects.count() == 4
    message = Message.objects.get(person=told.school.office, tells__in=waiting[:1])
    assert told_by(message, now=at("2025-09-09 07:40")).close_outs == 4
    Case.objects.filter(pk=Case.objects.values("pk")[:1]).update(stage=Stage.CLOSED)
    assert told_by(message, now=at("2025-09-09 07:40")).close_outs == 3


def test_the_nearest_reviewer_is_told_once_of_a_request_and_not_after_the_review(told: Told) -> None:
    told.school.calls("09-01 A", "09-02", "09-03", "09-04", "09-05", "09-08")
    case, moment = Case.objects.get(), at("2025-09-08 10:00")
    asked = closing.ask_close_out(by=told.school.office, case=case, at=moment)
    for morning in ("2025-09-09 07:30", "2025-09-10 07:30"):
        prepare(now=at(morning), settings=told.settings)
    (row,) = Outbox.objects.filter(kind="CLOSE_OUT", key__startswith="close-out-review/")
    assert row.body["posts"] == ["PRINCIPAL"]
    message = Message.objects.get(person=told.school.principal, tells=row)
    assert told_by(message, now=at("2025-09-09 07:40")).close_outs == 1
    # The office has asked, so nothing is left for it to see to.
    ready = Outbox.objects.get(kind="CLOSE_OUT", key__startswith=f"close-out/{case.pk}/")
    assert still_waiting([ready.body]) == 0
    closing.review_close_out(
        by=told.school.principal, asked=asked, decision=Decision.AGREED, at=at("2025-09-09 08:00")
    )
    assert told_by(message, now=at("2025-09-09 08:10")).close_outs == 0


def test_when_the_principal_asks_another_reviewer_is_told(told: Told) -> None:
    told.school.calls("09-01 A", "09-02", "09-03", "09-04", "09-05", "09-08")
    closing.ask_close_out(by=told.school.principal, case=Case.objects.get(), at=at("2025-09-08 10:00"))
    (row,) = to_be_reviewed(at("2025-09-09 07:30"))
    assert row.body["posts"] == ["VICE_PRINCIPAL"]


def test_every_kind_that_is_simply_counted_has_words_of_its_own(told: Told) -> None:
    for kind in TellKind:
        told.queue(kind.value, kind=kind, about={"case": 0})
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    [(_, text)] = told.texts()
    assert (text.count("1 "), "其他提醒" in text) == (8, False)


def test_a_site_that_begins_to_send_does_not_tell_history(told: Told) -> None:
    told.queue(moment="2025-08-20 10:00")
    told.look("2025-09-08 10:10")
    assert (Message.objects.count(), Outbox.objects.filter(addressed_at=None).count()) == (0, 0)


# When.


def test_nobody_is_told_at_night_and_everything_in_the_morning_in_one_text(told: Told) -> None:
    told.queue("a", "2025-09-08 21:29")
    told.look("2025-09-08 21:29")
    told.queue("b", "2025-09-08 23:00")
    for moment in ("2025-09-08 21:40", "2025-09-08 23:00", "2025-09-09 03:00", "2025-09-09 06:29"):
        told.look(moment)
    assert told.texts() == []
    told.look(NIGHT_OVER)
    assert told.texts() == [("教导主任", f"您有 2 项移交待接收，{LOG_IN}")]


def test_what_a_site_calls_urgent_is_told_at_night(told: Told) -> None:
    told.change(urgent=frozenset({TellKind.HAND_OVER}))
    told.queue("a", "2025-09-08 23:00")
    told.look("2025-09-08 23:00")
    assert len(told.texts()) == 1


def test_the_mornings_list_says_what_is_due_today_and_what_is_overdue(told: Told) -> None:
    told.morning("A")
    told.look("2025-09-09 06:30")
    told.look("2025-09-09 06:40")
    told.gateway.taken.clear()
    visit = Obligation.objects.get(act="HOME_VISIT")
    Obligation.objects.filter(pk=visit.pk).update(who="ROLL_CALL_TAKER", due_at=at("2025-09-09 17:00"))
    told.look("2025-09-09 07:29")
    assert told.texts() == []
    told.look("2025-09-09 07:30")
    told.look("2025-09-09 07:32")
    said = dict(told.texts())
    assert said["白老师"] == f"您有 1 条今日 17:00 前的待办，1 条逾期未办，{LOG_IN}"
    assert JournalEntry.objects.filter(act="TELL_MORNING", subject_id="2025-09-09").count() == 1


def test_an_overdue_obligation_is_told_again_each_school_day_and_on_no_other(told: Told) -> None:
    told.school.roll_call("A", "2025-09-11 08:05")
    told.look("2025-09-11 09:06")
    days = []
    for day in range(12, 17):
        told.gateway.taken.clear()
        told.look(f"2025-09-{day} 07:30")
        told.look(f"2025-09-{day} 07:40")
        days.append(any(name == "教导主任" and "需督办" in text for name, text in told.texts()))
    assert days == [True, False, False, True, True]


def test_what_is_newly_due_today_is_told_once_as_it_comes(told: Told) -> None:
    told.look("2025-09-08 07:30")
    told.school.roll_call("A")
    for minute in range(6, 60, 3):
        told.look(f"2025-09-08 08:{minute:02}")
    assert sorted(told.texts()) == [
        ("教导主任", f"您有 1 条今日 23:59 前的待办，{LOG_IN}"),
        ("白老师", f"您有 1 条今日 09:05 前的待办，{LOG_IN}"),
    ]


def due_at(told: Told, moment: str, opened: str = "2025-09-08 08:05") -> Obligation:
    """One obligation of the class teacher's that is due at a moment; all others out of the way."""
    told.school.roll_call("A", opened)
    one = Obligation.objects.filter(act="REPORT").get()
    Obligation.objects.exclude(pk=one.pk).update(state="MET", look_at=None)
    due = at(moment)
    Obligation.objects.filter(pk=one.pk).update(
        due_at=due, look_at=due, who="CLASS_TEACHER", opened_at=at(opened)
    )
    return one


def messages_at(told: Told, *moments: str) -> list[str]:
    """At which of these moments a text arrived, when only what time brings is looked at."""
    arrived = []
    for moment in moments:
        before = len(told.gateway.taken)
        prepare(now=at(moment), settings=told.settings)
        told.send(moment)
        if len(told.gateway.taken) > before:
            arrived.append(moment[-5:])
    return arrived


def test_what_runs_out_is_told_an_hour_before(told: Told) -> None:
    due_at(told, "2025-09-09 16:00")
    moments = [f"2025-09-09 {hour:02}:{minute:02}" for hour in range(7, 16) for minute in (0, 30, 33)]
    assert messages_at(told, *moments) == ["07:33", "15:30"]
    assert told.texts()[-1] == ("白老师", f"您有 1 条今日 16:00 前的待办，{LOG_IN}")


def test_what_runs_out_at_night_is_told_the_evening_before(told: Told) -> None:
    due_at(told, "2025-09-10 02:00")
    evening = ["2025-09-09 20:20", "2025-09-09 20:31", "2025-09-09 20:34", "2025-09-09 21:00"]
    assert messages_at(told, *evening) == ["20:34"]


# By which way.


def test_the_persons_own_order_of_ways_is_kept_and_only_what_is_confirmed_is_used(told: Told) -> None:
    office, school = told.school.office, at("2025-09-01 08:00")
    hook = keep_way(
        by=office, person=office, channel=Channel.WEBHOOK, address=f"{told.gateway.url}/hook", at=school
    )
    told.queue("a")
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    confirm_way(by=office, way=hook, at=at("2025-09-08 10:30"))
    told.queue("b", "2025-09-08 10:40")
    told.look("2025-09-08 10:40")
    told.look("2025-09-08 10:50")
    end_way(by=office, person=office, channel=Channel.WEBHOOK, at=at("2025-09-08 11:00"))
    told.queue("c", "2025-09-08 11:10")
    told.look("2025-09-08 11:10")
    told.look("2025-09-08 11:20")
    assert [request.path for request in told.gateway.taken] == ["/sms", "/hook", "/sms"]


def test_an_address_is_sealed_and_in_no_journal(told: Told) -> None:
    office = told.school.office
    way = keep_way(
        by=office,
        person=office,
        channel=Channel.EMAIL,
        address="bai@school.example",
        at=at("2025-09-01 08:00"),
    )
    assert way.address() == "bai@school.example"
    assert b"school.example" not in bytes(ContactWay.objects.get().address_sealed)
    assert "school.example" not in str(list(JournalEntry.objects.values_list("body", flat=True)))


def test_an_empty_address_is_refused(told: Told) -> None:
    office = told.school.office
    with pytest.raises(Refusal):
        keep_way(by=office, person=office, channel=Channel.SMS, address=" ", at=at("2025-09-01 08:00"))


def test_who_chose_english_reads_english(told: Told) -> None:
    office = told.school.office
    keep_way(
        by=office,
        person=office,
        channel=Channel.SMS,
        address=Person.objects.get(pk=office.pk).phone,
        at=at("2025-09-01 08:00"),
        language="en",
        confirmed=True,
    )
    told.queue()
    told.look("2025-09-08 10:10")
    told.look("2025-09-08 10:20")
    assert told.texts() == [("教导主任", "You have 1 hand-over to receive. Please sign in to see them.")]


# When things go wrong.


def waiting(told: Told, moment: str = "2025-09-08 10:10") -> Message:
    """A message to the office whose time has come."""
    told.queue()
    prepare(now=at(moment), settings=told.settings)
    return Message.objects.get()


def test_a_busy_gateway_is_tried_again_no_sooner_than_it_asked_and_gets_it_once(told: Told) -> None:
    message = waiting(told)
    told.gateway.moods = [(500, {}, b""), (429, {"Retry-After": "1200"}, b"")]
    told.send("2025-09-08 10:12")
    told.send("2025-09-08 10:13")
    message.refresh_from_db()
    assert message.not_before >= at("2025-09-08 10:33")
    assert (message.problem, message.tries) == (SendProblem.BUSY, 2)
    told.send(message.not_before - timedelta(seconds=1))
    assert told.texts() == []
    told.send(message.not_before)
    told.send(message.not_before + timedelta(days=1))
    message.refresh_from_db()
    assert (message.state, len(told.texts()), len(told.gateway.seen)) == (MessageState.SENT, 1, 3)


def test_after_a_final_refusal_the_next_way_is_taken(told: Told) -> None:
    office = told.school.office
    hook = f"{told.gateway.url}/hook"
    keep_way(
        by=office,
        person=office,
        channel=Channel.WEBHOOK,
        address=hook,
        at=at("2025-09-01 08:00"),
        confirmed=True,
    )
    message = waiting(told)
    told.gateway.moods = [(410, {}, b"")]
    told.send("2025-09-08 10:12")
    message.refresh_from_db()
    assert [request.path for request in told.gateway.seen] == ["/hook", "/sms"]
    assert (message.state, message.channel, len(told.texts())) == (MessageState.SENT, Channel.SMS, 1)


def test_when_no_way_is_left_the_system_officer_is_told_once(told: Told) -> None:
    officer = a_person("系统员", Post.SYSTEM_OFFICER, told.school.county)
    Person.objects.filter(pk=officer.pk).update(phone="13900000009")
    message = waiting(told)
    told.gateway.moods = [(403, {}, b"")]
    told.send("2025-09-08 10:12")
    message.refresh_from_db()
    assert (message.state, message.problem) == (MessageState.FAILED, SendProblem.REFUSED)
    assert [each.person.name for each in undelivered(at("2025-09-08 00:00"))] == ["教导主任"]
    told.look("2025-09-08 10:13")
    told.look("2025-09-08 10:20")
    assert told.texts() == [("系统员", f"您有 1 条提醒未送达，{LOG_IN}")]


def test_an_officer_who_cannot_be_reached_is_not_told_of_that_for_ever(told: Told) -> None:
    a_person("系统员", Post.SYSTEM_OFFICER, told.school.county)
    Person.objects.filter(pk=told.school.office.pk).update(phone="")
    told.queue()
    for minute in range(10, 59, 3):
        told.look(f"2025-09-08 10:{minute}")
    assert list(Message.objects.values_list("state", "problem").order_by("pk")) == [
        ("FAILED", "NO_WAY"),
        ("FAILED", "NO_WAY"),
    ]


def test_after_so_many_tries_a_message_is_given_up(told: Told) -> None:
    told.change(tries=3, patience=timedelta(hours=5))
    message = waiting(told)
    told.gateway.moods = [(500, {}, b"")] * 30
    for hour in range(10, 20):
        told.send(f"2025-09-08 {hour}:20")
    message.refresh_from_db()
    # The last way is tried until five hours are over, however many tries that takes.
    assert (message.state, len(told.gateway.seen)) == (MessageState.FAILED, 6)


def test_after_two_hours_without_a_gateway_one_text_tells_what_is_then_so(told: Told) -> None:
    told.morning("A")
    report = Obligation.objects.get(act="REPORT")
    there = told.settings
    told.settings = replace(there, sms=replace(there.sms, url="http://127.0.0.1:1/sms"))  # type: ignore[type-var]
    told.queue()
    told.look("2025-09-08 09:06")
    for minute in range(8, 60, 3):
        told.look(f"2025-09-08 09:{minute:02}")
    moment = at("2025-09-08 10:30")
    casework.fulfil(by=told.school.teacher, obligation=report, happened_at=moment, at=moment)
    told.queue("later", "2025-09-08 10:40")
    told.look("2025-09-08 10:50")
    told.settings = there
    for hour in range(11, 15):
        told.look(f"2025-09-08 {hour}:20")
    assert [each for each in told.texts() if each[0] == "教导主任"] == [
        ("教导主任", f"您有 2 项移交待接收，{LOG_IN}")
    ]
    assert not Message.objects.exclude(state__in=["SENT", "DROPPED"]).exists()


def test_what_may_have_arrived_keeps_its_words_through_an_outage(told: Told) -> None:
    office = told.school.office
    hook = f"{told.gateway.url}/hook"
    given = {"channel": Channel.WEBHOOK, "address": hook, "at": at("2025-09-01 08:00"), "confirmed": True}
    keep_way(by=office, person=office, **given)
    message = waiting(told)
    told.gateway.moods = [DIES]
    told.send("2025-09-08 10:12")
    way = ContactWay.objects.get(person=office)
    way.keep_address("http://127.0.0.1:1/hook")
    way.save()
    told.send("2025-09-08 10:20")
    told.send("2025-09-08 10:30")
    way.keep_address(hook)
    way.save()
    told.queue("another", "2025-09-08 10:40")
    told.look("2025-09-08 12:00")
    told.look("2025-09-08 12:10")
    message.refresh_from_db()
    by_key: dict[str, set[str]] = {}
    for request in told.gateway.taken:
        by_key.setdefault(request.headers[KEY], set()).add(json.loads(request.body)["text"])
    assert message.state == MessageState.SENT
    assert sorted(len(texts) for texts in by_key.values()) == [1, 1]


def test_a_text_that_may_have_arrived_is_not_sent_again_and_counts_as_doubtful(told: Told) -> None:
    message = waiting(told)
    told.gateway.moods = [DIES]
    for moment in ("2025-09-08 10:12", "2025-09-08 12:00", "2025-09-09 12:00"):
        told.send(moment)
    message.refresh_from_db()
    assert (message.state, message.problem) == (MessageState.IN_DOUBT, SendProblem.NO_ANSWER)
    assert len(told.texts()) == 1


def test_a_webhook_that_may_have_arrived_is_sent_again_under_its_key(told: Told) -> None:
    office, hook = told.school.office, f"{told.gateway.url}/hook"
    keep_way(
        by=office,
        person=office,
        channel=Channel.WEBHOOK,
        address=hook,
        at=at("2025-09-01 08:00"),
        confirmed=True,
    )
    message = waiting(told)
    told.gateway.moods = [DIES, DIES]
    for moment in ("2025-09-08 10:12", "2025-09-08 10:20", "2025-09-08 10:30", "2025-09-08 12:00"):
        told.send(moment)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert len(told.gateway.taken) == 3
    assert len({request.headers[KEY] for request in told.gateway.taken}) == 1
    assert len({json.loads(request.body)["text"] for request in told.gateway.taken}) == 1


class WorkerDied(BaseException):
    """The worker is gone between sending and marking."""


def die(*_: object) -> None:
    raise WorkerDied


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WEBHOOK])
def test_a_worker_that_dies_before_marking_leaves_nothing_twice_and_nothing_lost(
    told: Told, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, hook = told.school.office, f"{told.gateway.url}/hook"
    if channel is Channel.WEBHOOK:
        keep_way(
            by=office, person=office, channel=channel, address=hook, at=at("2025-09-01 08:00"), confirmed=True
        )
    message = waiting(told)
    now = at("2025-09-08 10:12")
    with monkeypatch.context() as patch:
        patch.setattr(telling_sending, "_mark", die)
        with pytest.raises(WorkerDied):
            send_due(now=now, settings=told.settings)
    told.send(now + CLAIM_LASTS)
    assert len(told.gateway.taken) == 1
    told.send(now + CLAIM_LASTS + timedelta(seconds=1))
    message.refresh_from_db()
    by_key = {request.headers.get(KEY, str(n)) for n, request in enumerate(told.gateway.taken)}
    assert len(by_key) == 1
    doubtful = channel is Channel.SMS
    assert message.state == (MessageState.IN_DOUBT if doubtful else MessageState.SENT)


def test_a_claim_lost_to_another_worker_is_respected(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(told)
    begin = telling_sending._begin

    def too_late(*given: Any) -> bool:
        Message.objects.update(claim_token="another")
        return begin(*given)

    monkeypatch.setattr(telling_sending, "_begin", too_late)
    assert not send_due(now=at("2025-09-08 10:12"), settings=told.settings)
    assert told.gateway.seen == []


def test_queueing_costs_one_statement(told: Told) -> None:
    with CaptureQueriesContext(connection) as asked:
        told.queue()
        told.queue()
    assert [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]] == ["INSERT"] * 2
    assert Outbox.objects.count() == 1
