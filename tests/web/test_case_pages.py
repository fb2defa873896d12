"""一人一案: the page of a case and the forms by which people work on it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from builders_db import School, a_person, a_place, at, day
from conftest import Clock, signed_in
from django.test import Client

from notoneless.core.case_terms import CaseReason, HandOffOutcome, VisitKind
from notoneless.core.terms import ActOutcome, PlaceKind, Post
from notoneless.records.models import (
    Case,
    HandOff,
    HandOffAnswered,
    Person,
    PlanMade,
    PlanStepDone,
    ReasonStated,
)
from notoneless.services.case_hand_off import hand_off
from notoneless.services.case_work import Step, make_plan, state_reasons
from notoneless.services.visits import record_visit

pytestmark = pytest.mark.django_db
NOW = "2025-09-10 12:00"


@pytest.fixture
def away(school: School, clock: Clock) -> School:
    school.calls("09-08 A", "09-09 A", "09-10 A")
    clock(NOW)
    return school


def the_case() -> Case:
    return Case.objects.get()


def url(rest: str = "") -> str:
    return f"/case/{the_case().number}/{rest}"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def planned(school: School, due: str = "2025-09-12") -> PlanMade:
    steps = [Step("每晚打电话", (Post.CLASS_TEACHER, Post.PRINCIPAL), day(due))]
    return make_plan(by=school.principal, case=the_case(), goal="两周内返校", steps=steps, at=at(NOW))


def test_the_page_shows_the_stages_and_both_clocks_with_how_they_are_counted(away: School) -> None:
    page = text(signed_in(away.teacher), url())
    assert 'aria-current="step"' in page
    assert "3 个日历日 · 3 个上课日" in page
    assert "移送、换老师、事后补假" in page


def test_the_childs_page_leads_to_the_case_and_shows_its_clocks(away: School) -> None:
    page = text(signed_in(away.teacher), f"/child/{away.pupils[0].pk}/")
    assert quote(url()) in page
    assert "法定时间" in page


def test_reasons_are_stated_on_their_page_and_bring_advice(away: School) -> None:
    client = signed_in(away.teacher)
    given = {"key": "k", "chief": "LEARNING", "others": ["LEARNING", "FAMILY"], "note": "数学跟不上"}
    assert client.post(url("reasons/"), given).status_code == 302
    assert ReasonStated.objects.get().reasons == ["LEARNING", "FAMILY"]
    page = text(client, url())
    assert "数学跟不上" in page
    assert "普职融合" in page


def test_a_sensitive_reason_is_told_only_to_whoever_must_know(away: School) -> None:
    reasons = [CaseReason.BULLYING, CaseReason.LEARNING]
    state_reasons(by=away.teacher, case=the_case(), reasons=reasons, note="在厕所被打", at=at(NOW))
    assert "校园欺凌" in text(signed_in(away.teacher), url())
    page = text(signed_in(away.bureau), url())
    assert "校园欺凌" not in page
    assert "在厕所被打" not in page
    assert "另有原因只给需要知道的人看" in page


def test_a_plan_is_made_with_the_rows_that_were_filled_in(away: School) -> None:
    client = signed_in(away.principal)
    given = {
        "key": "k",
        "goal": "返校",
        "what_1": "家访",
        "posts_1": ["CLASS_TEACHER", "PRINCIPAL"],
        "due_1": "2025-09-12",
    }
    assert client.post(url("plan/"), {**given, "what_2": "写了一半"}).status_code == 422
    assert client.post(url("plan/"), given).status_code == 302
    assert client.post(url("plan/"), given).status_code == 302
    assert PlanMade.objects.get().steps.get().posts == ["CLASS_TEACHER", "PRINCIPAL"]
    assert 'value="家访"' in text(client, url("plan/"))


def test_a_step_is_done_by_whoever_owes_a_part_of_it(away: School) -> None:
    step = planned(away).steps.get()
    client = signed_in(away.teacher)
    page = text(client, url(f"step/{step.pk}/"))
    assert 'value="CLASS_TEACHER"' in page
    assert 'value="PRINCIPAL"' not in page
    given = {"key": "k", "post": "CLASS_TEACHER", "note": "通了话"}
    assert client.post(url(f"step/{step.pk}/"), given).status_code == 302
    assert PlanStepDone.objects.get().post is Post.CLASS_TEACHER
    assert "通了话" in text(client, url())


def test_an_overdue_step_stands_on_the_day_of_whoever_holds_the_post(away: School, clock: Clock) -> None:
    planned(away)
    for person in (away.teacher, away.principal):
        assert "每晚打电话" not in text(signed_in(person), "/")
    clock("2025-09-15 12:00")
    for person, there in ((away.teacher, True), (away.principal, True), (away.office, False)):
        assert ("每晚打电话" in text(signed_in(person), "/")) is there


def test_persuasions_stand_in_order_and_private_words_are_kept(away: School) -> None:
    for number, private in ((1, False), (2, True)):
        record_visit(
            by=away.teacher,
            child=away.pupils[0],
            kind=VisitKind.PERSUASION,
            happened_at=at(f"2025-09-10 1{number}:00") if number < 2 else at("2025-09-10 11:30"),
            at=at(NOW),
            findings=f"第{number}次的话",
            outcome=ActOutcome.REFUSED,
            private=private,
        )
    page = text(signed_in(away.teacher), url())
    assert page.index("第1次的话") < page.index("第2次的话")
    assert "第2次的话" not in text(signed_in(away.bureau), url())


def test_days_since_the_return_stand_as_a_calendar(away: School, clock: Clock) -> None:
    away.calls("09-11", "09-12")
    clock("2025-09-12 12:00")
    page = text(signed_in(away.teacher), url())
    assert page.count('<li class="present">') == 2
    assert "到校 2 天；连续到校满 5 个上课日算稳定" in page


# Hand-off.


def receiver(school: School) -> Person:
    town = a_place(PlaceKind.TOWNSHIP, "山口镇", school.county)
    return a_person("山口校长", Post.PRINCIPAL, a_place(PlaceKind.SCHOOL, "山口小学", town))


def offered(school: School, to: Person) -> HandOff:
    place = to.posts_held.get().place
    return hand_off(by=school.office, case=the_case(), to_place=place, reason="搬走", at=at(NOW))


def test_a_case_is_offered_answered_and_then_seen_by_the_receiver(away: School) -> None:
    them = receiver(away)
    place = them.posts_held.get().place_id
    office, theirs = signed_in(away.office), signed_in(them)
    assert office.post(url("hand-off/"), {"key": "k", "to_place": place, "reason": "搬走"}).status_code == 302
    made = HandOff.objects.get()
    assert theirs.get(url()).status_code == 404
    assert "等答复" in text(office, url())
    assert away.pupils[0].name in text(theirs, "/")
    assert "收回移送" not in text(theirs, f"/hand-offs/{made.pk}/")
    assert "由山口小学答复" in text(office, f"/hand-offs/{made.pk}/")
    given = {"key": "a", "outcome": "CONFIRMED"}
    assert theirs.post(f"/hand-offs/{made.pk}/", given).status_code == 302
    assert HandOffAnswered.objects.get().outcome is HandOffOutcome.CONFIRMED
    assert theirs.get(url()).status_code == 200
    assert office.get(url()).status_code == 200


def test_the_sender_takes_a_hand_off_back(away: School) -> None:
    made, office = offered(away, receiver(away)), signed_in(away.office)
    given = {"key": "b", "take_back": "1"}
    assert office.post(f"/hand-offs/{made.pk}/", given).status_code == 302
    assert HandOffAnswered.objects.get().outcome is HandOffOutcome.WITHDRAWN


def test_what_nobody_answered_in_ten_working_days_is_overdue_on_both_sides_and_for_the_county(
    away: School, clock: Clock
) -> None:
    them = receiver(away)
    offered(away, them)
    clock("2025-09-25 09:00")
    for person in (away.office, them, away.bureau):
        assert "逾期未答复" in text(signed_in(person), "/hand-offs/")
        assert "逾期未答复" in text(signed_in(person), "/")


def test_open_cases_by_reason_add_up_and_open_their_lists(away: School) -> None:
    address = f"/in/{away.place.pk}/case-reasons/"
    principal = signed_in(away.principal)
    assert "尚未查明" in text(principal, address)
    state_reasons(by=away.teacher, case=the_case(), reasons=[CaseReason.RELIGION], at=at(NOW))
    page = text(principal, address)
    assert "信教" in page
    assert "<small>1</small>" in page
    assert away.pupils[0].name in text(principal, f"/in/{away.place.pk}/cases/?reason=RELIGION")
    bureau = signed_in(away.bureau)
    page = text(bureau, address)
    assert "信教" not in page
    assert "只给需要知道的人看的原因" in page
    assert bureau.get(f"/in/{away.place.pk}/cases/?reason=RELIGION").status_code == 404
    assert away.pupils[0].name in text(bureau, f"/in/{away.place.pk}/cases/?reason=KEPT")
