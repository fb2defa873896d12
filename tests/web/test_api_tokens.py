"""A roll call by a program, and the token that lets it: shown once, ended, worth no more than a post."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders import at
from builders_db import School, a_person, a_pupil
from conftest import Clock
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from programs import as_described, program, with_account
from targets import NOTHING

from notoneless.core.terms import Post
from notoneless.records.models import ApiToken, JournalEntry, Knocks, PostHeld, RollCall
from notoneless.services import accounts
from notoneless.services.api_tokens import AN_HOUR, make_token
from notoneless.services.refusals import Refusal

MORNING = {"day": date(2025, 9, 8), "session": "MORNING"}

# A roll call.


@pytest.fixture
def machine(school: School) -> Client:
    """The attendance machine of the class teacher."""
    return program(school.teacher, "2025-09-08 07:00")


def url_of(school: School, **other: Any) -> str:
    return reverse("api:roll_call", kwargs={"class_id": school.class_group.pk, **MORNING, **other})


def send(client: Client, url: str, **body: Any) -> HttpResponse:
    return client.post(url, body, content_type="application/json")


def test_a_roll_call_is_kept_once_however_often_it_is_sent(school: School, machine: Client) -> None:
    register = machine.get(url_of(school)).json()
    assert [each["status"] for each in register["pupils"]] == [None] * 4
    marks = [{"child": register["pupils"][0]["id"], "status": "ABSENT", "reason": "UNKNOWN"}]
    body = {"key": "one", "marks": marks, "rest_present": True, "taken_at": "2025-09-08T08:04:31+08:00"}
    first, second = (send(machine, url_of(school), **body) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    assert (first.json()["absent"], first.json()["present"]) == (1, 3)
    assert as_described(first, "roll_call", "POST")
    assert RollCall.objects.get().taken_by == school.teacher
    again = machine.get(url_of(school))
    assert as_described(again, "roll_call")
    assert sorted(each["status"] for each in again.json()["pupils"]) == ["ABSENT", *["PRESENT"] * 3]
    owed = machine.get("/api/v1/owed/").json()["obligations"]
    assert {each["child"]["id"] for each in owed if each["child"]} == {marks[0]["child"]}


@pytest.mark.parametrize(
    "body",
    [
        {"rest_present": True},
        {"key": "k" * 81, "rest_present": True},
        {"key": "k", "rest_present": "yes"},
        {"key": "k", "rest_present": True, "grade": 3},
        {"key": "k", "rest_present": True, "marks": {}},
        {"key": "k", "rest_present": True, "marks": [{"child": "1", "status": "ABSENT"}]},
        {"key": "k", "rest_present": True, "marks": [{"child": str(NOTHING["child_id"]), "status": "GONE"}]},
        {"key": "k", "rest_present": True, "taken_at": "2025-09-08T08:00:00"},
        {"key": "k", "marks": []},
        {"key": "k", "rest_present": True, "taken_at": "2025-09-08T09:00:00+08:00"},
        {
            "key": "k",
            "rest_present": True,
            "marks": [{"child": str(NOTHING["child_id"]), "status": "ABSENT"}],
        },
    ],
    ids=lambda body: str(body)[:60],
)
def test_what_cannot_be_read_or_be_is_refused_in_both_languages(
    body: dict[str, Any], school: School, machine: Client
) -> None:
    answer = send(machine, url_of(school), **body)
    assert answer.status_code == 422
    assert as_described(answer, "roll_call", "POST")
    assert not RollCall.objects.exists()


@pytest.mark.parametrize("body", ["", "[", "[]", '"x"', "[" * 5000])
def test_a_body_that_is_no_object_is_refused(body: str, school: School, machine: Client) -> None:
    answer = machine.post(url_of(school), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_BODY")


def test_a_day_that_does_not_exist_and_a_session_that_is_not_held_are_said(
    school: School, machine: Client
) -> None:
    assert code(machine.get(url_of(school).replace("2025-09-08", "2025-02-30"))) == (404, "NOT_THERE")
    assert code(machine.post("/api/v1/no/such/thing")) == (404, "NOT_THERE")
    assert machine.get(url_of(school, session="MIDNIGHT")).json()["code"] == "NO_SUCH_SESSION"


def test_schools_that_said_nothing_are_told_to_the_township(school: School, machine: Client) -> None:
    town = program(a_person("乡镇", Post.TOWNSHIP, school.township), "2025-09-08 07:00")
    url = reverse("api:silent", kwargs={"place_id": school.township.pk})
    before = town.get(url).json()
    assert [each["name"] for each in before["silent"]] == [school.place.name]
    send(machine, url_of(school), key="k", rest_present=True)
    assert town.get(url).json()["silent"] == []
    assert machine.get(url).status_code == 404


def test_asking_costs_as_many_queries_for_forty_pupils_as_for_four(school: School, machine: Client) -> None:
    machine.get(url_of(school))  # the calendar is read once a process
    with CaptureQueriesContext(connection) as few:
        machine.get(url_of(school))
    for name in range(36):
        a_pupil(f"新{name}", school.class_group)
    with CaptureQueriesContext(connection) as many:
        machine.get(url_of(school))
    assert len(many) == len(few) <= 20


# The token.


def code(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_nobody_comes_in_without_a_token_or_by_a_cookie(school: School, teacher: Client) -> None:
    for client in (Client(), teacher, Client(headers={"authorization": "Bearer nol_none"})):
        answer = client.get("/api/v1/me/")
        assert code(answer) == (401, "NO_TOKEN")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_with_its_time_its_end_the_password_and_the_account(
    school: School, clock: Clock
) -> None:
    def ended(how: Any) -> int:
        client = program(school.teacher, "2025-09-08 07:00", days=7)
        assert client.get("/api/v1/me/").status_code == 200
        how()
        return client.get("/api/v1/me/").status_code

    moment = at("2025-09-08 08:00")
    assert ended(lambda: ApiToken.objects.update(ended_at=moment)) == 401
    assert ended(lambda: accounts.sign_out_everywhere(person=school.teacher, at=moment)) == 401
    school.teacher.refresh_from_db()
    assert ended(lambda: User.objects.update(is_active=False)) == 401
    User.objects.update(is_active=True)
    assert ended(lambda: clock("2025-09-15 07:01")) == 401


def test_a_post_that_ended_is_gone_on_the_next_request(school: School, machine: Client) -> None:
    assert machine.get(url_of(school)).status_code == 200
    PostHeld.objects.filter(person=school.teacher).update(held_until=at("2025-09-08 00:00").date())
    assert machine.get(url_of(school)).status_code == 404
    assert machine.get("/api/v1/me/").json()["posts"] == []


def test_a_token_that_may_only_read_takes_no_roll_call(school: School, clock: Clock) -> None:
    reader = program(school.teacher, "2025-09-08 07:00", writes=False)
    assert code(send(reader, url_of(school), key="k", rest_present=True)) == (403, "READ_ONLY_TOKEN")
    assert not RollCall.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_does_anything(method: str, school: School, machine: Client) -> None:
    answer = getattr(machine, method)(url_of(school))
    assert code(answer) == (405, "WRONG_METHOD")
    assert answer.headers["Allow"] == "GET, POST"


def test_a_program_that_asks_too_often_is_slowed_down(school: School, machine: Client) -> None:
    machine.get("/api/v1/me/")
    Knocks.objects.update(count=AN_HOUR)
    answer = machine.get("/api/v1/me/")
    assert (code(answer), answer.headers["Retry-After"]) == ((429, "TOO_MANY"), "3600")


def test_posts_that_sign_in_with_a_code_make_tokens_only_after_one_and_for_a_month(school: School) -> None:
    given: dict[str, Any] = {"person": with_account(school.principal), "name": "平台", "writes": False}
    moment = at("2025-09-08 07:00")
    for days, factor, refused in ((7, False, "NO_FACTOR"), (90, True, "TOO_LONG"), (8, True, "BAD_DAYS")):
        with pytest.raises(Refusal) as refusal:
            make_token(days=days, second_factor=factor, at=moment, **given)
        assert refusal.value.code == refused
    assert make_token(days=30, second_factor=True, at=moment, **given).row.until == moment + timedelta(
        days=30
    )


def test_whoever_gets_such_a_post_later_needs_a_new_token(school: School, clock: Clock) -> None:
    person = with_account(school.teacher)
    moment = at("2025-09-08 07:00")
    made = make_token(person=person, name="机", days=30, writes=True, second_factor=False, at=moment)
    client = Client(headers={"authorization": f"bearer {made.secret}"})
    assert client.get("/api/v1/me/").status_code == 200
    PostHeld.objects.create(
        person=person, post=Post.PRINCIPAL, place=school.place, held_from=at("2025-09-01 00:00").date()
    )
    assert client.get("/api/v1/me/").status_code == 401


# Making one.


def test_a_token_is_shown_once_kept_as_a_hash_and_ended_by_its_owner(
    school: School, teacher: Client, office: Client
) -> None:
    page = teacher.post("/account/tokens/", {"name": "考勤机", "days": "30", "writes": "on"})
    row = ApiToken.objects.get()
    secret = page.content.decode().split('value="nol_')[1].split('"')[0]
    assert secret.encode() not in bytes(row.digest)
    assert secret not in str(list(JournalEntry.objects.values_list("body", flat=True)))
    assert (page.headers["Cache-Control"].count("no-store"), row.writes) == (1, True)
    client = Client(headers={"authorization": f"Bearer nol_{secret}"})
    assert client.get("/api/v1/me/").json()["name"] == school.teacher.name
    again = teacher.get("/account/tokens/").content.decode()
    assert "考勤机" in again
    assert secret not in again
    url = f"/account/tokens/{row.pk}/end/"
    assert office.post(url).status_code == 404
    assert teacher.post(url).status_code == 302
    assert client.get("/api/v1/me/").status_code == 401
    acts = JournalEntry.objects.filter(act__in=("MAKE_API_TOKEN", "END_API_TOKEN"))
    assert [each.by for each in acts] == [school.teacher] * 2


def test_a_form_that_is_sent_twice_makes_one_token(school: School, teacher: Client) -> None:
    given = {"name": "考勤机", "days": "30", "key": "a"}
    first, second = (teacher.post("/account/tokens/", given) for _ in range(2))
    assert (first.status_code, second.status_code, ApiToken.objects.count()) == (200, 422, 1)
    assert "已经做好" in second.content.decode()
    assert 'name="key" value="a"' not in first.content.decode()


def test_a_token_without_a_name_is_refused_with_what_is_missing(school: School, teacher: Client) -> None:
    answer = teacher.post("/account/tokens/", {"days": "30"})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()
