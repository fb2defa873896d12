"""帮扶 pages: who fills them in, who reads them, and what stays with those who must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from builders_db import a_person, a_place, a_school, at, day
from conftest import Clock, signed_in
from django.test import Client
from test_every_page import Reader

from notoneless.core.case_terms import HelpWay, PairingPurpose, ReliefKind
from notoneless.core.terms import PlaceKind, Post, RouteKind
from notoneless.records.models import (
    Pairing,
    PairingContact,
    Person,
    PostHeld,
    ReliefAsked,
    ReliefDecided,
    TuitionGiven,
    TuitionPlan,
)
from notoneless.services.pairings import end_pairing, pair, record_help
from notoneless.services.relief import ask_relief
from notoneless.services.special_routes import approve_route
from notoneless.services.tuition import plan_tuition, record_tuition

NOW = "2025-09-22 10:00"
HAN = re.compile(r"[\u4e00-\u9fff]")


class Supported:
    """A child with everything, its people and their browsers; every text is a word that must not wander."""

    def __init__(self, clock: Clock) -> None:
        self.at = clock(NOW)
        self.school = a_school(3)
        self.child = self.school.pupils[0]
        self.cadre = a_person("村干部", Post.VILLAGE_CADRE, self._village())
        self.visitor = a_person("送老师", Post.VISITING_TEACHER, self.school.class_group)
        self.relief = self._relief()
        self.pairing = self._pairing()
        self.plan = self._plan()

    def _village(self) -> Any:
        return a_place(PlaceKind.VILLAGE, "云岭村", self.school.township)

    def _relief(self) -> ReliefAsked:
        return ask_relief(
            by=self.school.teacher,
            child=self.child,
            kind=ReliefKind.REDUCE,
            of="寄宿费困难金丝雀",
            fen=31_250,
            reason="理由困难金丝雀",
            school_year=2025,
            at=self.at,
        )

    def _pairing(self) -> Pairing:
        made = pair(
            by=self.school.teacher,
            child=self.child,
            helper=self.cadre,
            purpose=PairingPurpose.STUDY,
            goal="目标私密金丝雀",
            from_day=day("09-10"),
            contact_days=7,
            at=at("2025-09-10 10:00"),
        )
        then = at("2025-09-12 16:00")
        record_help(
            by=self.cadre,
            pairing=made,
            way=HelpWay.TALK,
            content="内容私密金丝雀",
            effect="成效私密金丝雀",
            happened_at=then,
            at=then,
        )
        return made

    def _plan(self) -> TuitionPlan:
        begun = at("2025-09-08 10:00")
        approve_route(
            by=a_person("学籍员", Post.ENROLMENT_OFFICER, self.school.place),
            child=self.child,
            kind=RouteKind.HOME_TUITION,
            school=self.school.place,
            from_day=day("09-08"),
            approved_by="县教育局",
            at=begun,
        )
        plan = plan_tuition(
            by=self.school.office,
            child=self.child,
            school_year=2025,
            assessment="现状健康金丝雀",
            goals="目标健康金丝雀",
            content="内容健康金丝雀",
            times_a_week=Decimal(2),
            lessons_each=Decimal(3),
            teachers=[self.visitor],
            at=begun,
        )
        record_tuition(
            by=self.visitor,
            plan=plan,
            day=day("09-12"),
            lessons=Decimal("2.5"),
            content="所教健康金丝雀",
            response="反应健康金丝雀",
            at=at("2025-09-12 18:00"),
        )
        return plan

    @property
    def support(self) -> str:
        return f"/child/{self.child.pk}/support/"

    def addresses(self) -> Iterator[tuple[Person, str]]:
        """Every page, with who uses it."""
        school, here = self.school, f"/in/{self.school.place.pk}/"
        yield school.teacher, "/support/"
        yield school.principal, self.support
        yield school.teacher, f"{self.support}relief/"
        yield school.principal, f"{self.support}relief/{self.relief.pk}/"
        yield school.teacher, f"{self.support}pairing/"
        yield school.teacher, f"{self.support}pairing/{self.pairing.pk}/end/"
        yield school.office, f"{self.support}tuition/"
        yield school.office, f"{self.support}tuition/{self.plan.pk}/review/"
        for page in ("", "help/"):
            yield self.cadre, f"/pairing/{self.pairing.pk}/{page}"
            yield school.teacher, f"/pairing/{self.pairing.pk}/{page}"
        given = TuitionGiven.objects.get()
        for page in ("", "lesson/", f"lesson/{given.pk}/"):
            yield self.visitor, f"/tuition/{self.plan.pk}/{page}"
            yield school.office, f"/tuition/{self.plan.pk}/{page}"
        yield self.cadre, "/helping/"
        yield self.visitor, "/helping/"
        yield school.office, f"{here}support/"
        yield school.principal, f"{here}relief/"
        yield school.bureau, f"/in/{school.county.pk}/support/"
        yield school.bureau, f"/in/{school.county.pk}/relief/"


@pytest.fixture
def made(db: None, clock: Clock) -> Supported:
    return Supported(clock)


def text(person: Person, url: str, status: int = 200) -> str:
    answer = signed_in(person).get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def sent(client: Client, url: str, **fields: Any) -> str:
    answer = client.post(url, {"key": f"k{url}"[:80], **fields}, follow=True)
    return answer.content.decode()


# What every page owes its readers.


def test_every_page_is_complete_in_english(made: Supported) -> None:
    written = [word for kind in (Person,) for word in kind.objects.values_list("name", flat=True)]
    for person, url in made.addresses():
        client = signed_in(person)
        client.post("/language/", {"language": "en"})
        words = " ".join(Reader(client.get(url).content.decode()).words)
        own = (
            *written,
            "金丝雀",
            *("寄宿费困难", "理由困难", "目标私密", "内容私密", "成效私密", "反应健康", "所教健康"),
            *("现状健康", "目标健康", "内容健康"),
            *(
                "安小1",
                "柏小2",
                "岑小3",
                "云岭完小镇",
                "云岭完小",
                "三年级2班",
                "示范县",
                "云岭村",
                "县教育局",
            ),
        )
        for word in sorted(own, key=len, reverse=True):
            words = words.replace(word, "")
        left = set(re.findall(r"[\u4e00-\u9fff]+", words)) - {"中文"}
        assert not left, (url, left)


def test_every_field_has_a_label_and_nothing_is_inline(made: Supported) -> None:
    for person, url in made.addresses():
        found = Reader(text(person, url))
        assert not found.inline, url
        assert found.headings[0] == 1, url
        for field in found.fields:
            assert field.get("aria-label") or field.get("id") in found.labelled, (url, field)


def test_no_page_asks_more_for_a_child_with_everything(
    made: Supported, django_assert_max_num_queries: Any
) -> None:
    for person, url in made.addresses():
        client = signed_in(person)
        client.get(url)
        with django_assert_max_num_queries(30, info=url):
            client.get(url)


# Relief.


def test_relief_is_asked_for_by_the_class_teacher_and_decided_by_the_principal(made: Supported) -> None:
    other = made.school.pupils[1]
    url = f"/child/{other.pk}/support/"
    fields = {"kind": "EXEMPT", "of": "作业本费", "yuan": "80", "school_year": "2025", "reason": "父母离异"}
    assert "已申请，等审批" in sent(signed_in(made.school.teacher), f"{url}relief/", **fields)
    asked = ReliefAsked.objects.get(child=other)
    assert asked.fen == 8_000
    decision = {
        "decision": "AGREED",
        "yuan": "75.50",
        "from_day": "2025-09-22",
        "last_day": "2026-07-15",
        "note": "",
    }
    page = sent(signed_in(made.school.principal), f"{url}relief/{asked.pk}/", **decision)
    assert "同意 75.50 元" in page
    assert ReliefDecided.objects.get(asked=asked).until == day("2026-07-16")
    assert "作业本费" in text(made.school.teacher, f"/child/{other.pk}/")


def test_more_than_was_asked_for_is_told_and_nothing_is_decided(made: Supported) -> None:
    url = f"{made.support}relief/{made.relief.pk}/"
    page = sent(
        signed_in(made.school.principal),
        url,
        decision="AGREED",
        yuan="312.51",
        from_day="2025-09-22",
        last_day="2026-07-15",
    )
    assert "不能多于申请的 312.50 元" in page
    assert not ReliefDecided.objects.exists()


@pytest.mark.parametrize("yuan", ["abc", "12.345", "99999999999"])
def test_a_sum_that_is_none_is_asked_for_again(made: Supported, yuan: str) -> None:
    fields = {"kind": "EXEMPT", "of": "作业本费", "yuan": yuan, "school_year": "2025", "reason": "困难"}
    page = sent(signed_in(made.school.teacher), f"{made.support}relief/", **fields)
    assert "请填写金额，例如 300" in page
    assert ReliefAsked.objects.count() == 1


def test_the_ledger_says_what_its_lines_add_up_to(made: Supported) -> None:
    for place in (made.school.place, made.school.county):
        page = text(made.school.bureau, f"/in/{place.pk}/relief/")
        assert "1 项 · 312.50 元" in page
        assert page.count("<tr>") == 1 + 1
    assert "没有。" in text(made.school.bureau, f"/in/{made.school.county.pk}/relief/?year=2024")


@pytest.mark.parametrize("query", ["year=1800", "year=x", "year=2030", "page=0", "page=2", "page=x"])
def test_a_ledger_that_makes_no_sense_is_not_there(made: Supported, query: str) -> None:
    text(made.school.bureau, f"/in/{made.school.county.pk}/relief/?{query}", 404)


# Who reads what.


def everything(person: Person, made: Supported) -> str:
    """All that somebody can open of the child."""
    client, pages = signed_in(person), []
    here = f"/in/{made.school.place.pk}/"
    for url in (
        *("/", f"/child/{made.child.pk}/", made.support, "/helping/", f"/pairing/{made.pairing.pk}/"),
        *(f"/tuition/{made.plan.pk}/", f"{here}support/", f"{here}relief/", f"{here}register/attending/"),
        *("/support/", f"/in/{made.school.county.pk}/relief/", f"/tuition/{made.plan.pk}/lesson/"),
    ):
        pages.append(client.get(url, follow=True).content.decode())
    return "".join(pages)


SEEN = ("困难金丝雀", "私密金丝雀", "健康金丝雀")


@pytest.mark.parametrize(
    ("post", "may"),
    [
        (Post.CLASS_TEACHER, SEEN),
        (Post.SCHOOL_OFFICE, SEEN),
        (Post.COUNTY_BUREAU, SEEN[:1]),
        (Post.TOWNSHIP, SEEN[:1]),
        (Post.SUBJECT_TEACHER, ()),
        (Post.VISITING_TEACHER, ()),
        (Post.ENROLMENT_OFFICER, ()),
        (Post.DUTY_OFFICER, ()),
        (Post.CENTRAL_SCHOOL, ()),
        (Post.SUPERVISION_OFFICE, ()),
        (Post.VILLAGE_CADRE, ()),
        (Post.AUDIT_OFFICER, ()),
    ],
)
def test_words_of_need_reach_those_who_must_know_and_nobody_else(
    made: Supported, post: Post, may: tuple[str, ...]
) -> None:
    school = made.school
    spots: dict[Post, Any] = {
        **dict.fromkeys(
            (Post.CLASS_TEACHER, Post.SUBJECT_TEACHER, Post.VISITING_TEACHER), school.class_group
        ),
        **dict.fromkeys((Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE, Post.AUDIT_OFFICER), school.county),
        **dict.fromkeys((Post.TOWNSHIP, Post.CENTRAL_SCHOOL, Post.VILLAGE_CADRE), school.township),
    }
    said = everything(a_person("别的人", post, spots.get(post, school.place)), made)
    assert {word for word in SEEN if word in said} == set(may)


def test_what_a_helper_is_there_for_is_shown_to_those_who_may_know_it(made: Supported) -> None:
    label = PairingPurpose.STUDY.zh
    assert label in text(made.school.teacher, made.support)
    assert label not in text(made.school.bureau, made.support)
    assert label in text(made.cadre, f"/pairing/{made.pairing.pk}/")


# Helpers.


def test_a_helper_sees_name_class_and_own_records_and_not_the_child(made: Supported) -> None:
    page = text(made.cadre, f"/pairing/{made.pairing.pk}/")
    assert all(word in page for word in ("安小1", "三年级2班", "内容私密金丝雀"))
    text(made.cadre, f"/child/{made.child.pk}/", 404)
    text(made.cadre, made.support, 404)


def test_another_helpers_pairing_is_not_there(made: Supported) -> None:
    other = a_person("村主任", Post.VILLAGE_COMMITTEE, made.cadre.posts_held.get().place)
    for page in ("", "help/"):
        text(other, f"/pairing/{made.pairing.pk}/{page}", 404)


def test_today_leads_a_helper_to_the_contact_that_is_overdue(made: Supported) -> None:
    page = text(made.cadre, "/")
    assert "该联系了，已超 3 天" in page
    assert f"/pairing/{made.pairing.pk}/" in page
    assert "我的帮扶" not in text(made.school.office, "/")


def test_a_helper_records_on_a_telephone(made: Supported) -> None:
    url = f"/pairing/{made.pairing.pk}/help/"
    fields = {"way": "CALL", "happened_at": "2025-09-22T09:30", "content": "问了作业"}
    page = sent(signed_in(made.cadre), url, **fields)
    assert "问了作业" in page
    assert "已记下" in page
    assert "该联系了" not in text(made.cadre, "/")


def test_the_same_form_sent_twice_from_two_browsers_is_one_contact(made: Supported) -> None:
    url = f"/pairing/{made.pairing.pk}/help/"
    fields = {"way": "CALL", "happened_at": "2025-09-22T09:30", "content": "问了作业"}
    for _ in range(2):
        sent(signed_in(made.cadre), url, **fields)
    assert PairingContact.objects.count() == 2


def test_help_without_way_or_word_is_asked_for_again(made: Supported) -> None:
    url = f"/pairing/{made.pairing.pk}/help/"
    client = signed_in(made.cadre)
    assert "请选一种方式" in sent(client, url, happened_at="2025-09-22T09:30", content="问了作业")
    page = sent(client, url, way="CALL", happened_at="2025-09-22T09:30")
    assert "“做了什么”还没有写" in page


def test_a_helper_whose_post_ended_finds_nothing_and_the_school_finds_the_child(made: Supported) -> None:
    PostHeld.objects.filter(person=made.cadre).update(held_until=day("09-20"))
    text(made.cadre, f"/pairing/{made.pairing.pk}/", 404)
    page = text(made.school.office, f"/in/{made.school.place.pk}/support/")
    assert "已离任，请换人" in page


def test_a_pairing_that_is_over_is_read_by_the_school_and_no_longer_by_the_helper(made: Supported) -> None:
    moment = at("2025-09-22 09:00")
    end_pairing(
        by=made.school.teacher, pairing=made.pairing, until=day("09-22"), evaluation="有进步", at=moment
    )
    text(made.cadre, f"/pairing/{made.pairing.pk}/", 404)
    assert "有进步" in text(made.school.teacher, f"/pairing/{made.pairing.pk}/")


def test_a_class_teacher_pairs_a_child_with_a_colleague(made: Supported) -> None:
    other = made.school.pupils[1]
    fields = {
        "purpose": "RETURN_CARE",
        "helper": made.visitor.pk,
        "from_day": "2025-09-22",
        "contact_days": "14",
    }
    page = sent(signed_in(made.school.teacher), f"/child/{other.pk}/support/pairing/", **fields)
    assert "已结对" in page
    assert Pairing.objects.get(child=other).contact_days == 14


def test_a_visit_recorded_already_is_offered_and_not_typed_again(made: Supported) -> None:
    from notoneless.services.casework import record_visit

    other, moment = made.school.pupils[1], at("2025-09-22 08:00")
    pairing = pair(
        by=made.school.teacher,
        child=other,
        helper=made.school.teacher,
        purpose=PairingPurpose.PERSUADING,
        from_day=day("09-20"),
        contact_days=7,
        at=moment,
    )
    visit = record_visit(by=made.school.teacher, child=other, happened_at=moment, at=moment, note="见到祖母")
    client, url = signed_in(made.school.teacher), f"/pairing/{pairing.pk}/help/"
    assert "2025-09-22 08:00 家访" in client.get(url).content.decode()
    assert "见家访记录" in sent(client, url, act=str(visit.pk))
    assert PairingContact.objects.get(pairing=pairing).act_id == visit.pk


# Home tuition.


def test_a_teacher_of_the_plan_records_lessons_and_corrects_them(made: Supported) -> None:
    client, url = signed_in(made.visitor), f"/tuition/{made.plan.pk}/"
    sent(client, f"{url}lesson/", day="2025-09-19", lessons="3", content="数到十")
    first = TuitionGiven.objects.get(day=day("09-19"))
    fields = {"day": "2025-09-20", "lessons": "2", "content": "数到二十"}
    page = sent(client, f"{url}lesson/{first.pk}/", **fields)
    assert "数到十" not in page
    assert "已送 4.5 " in page


def test_lessons_to_come_are_told_in_plain_words(made: Supported) -> None:
    page = sent(
        signed_in(made.visitor),
        f"/tuition/{made.plan.pk}/lesson/",
        day="2025-09-23",
        lessons="3",
        content="字",
    )
    assert "送教日期晚于今天" in page


def test_lessons_on_a_day_the_child_was_called_at_school_are_shown_with_a_doubt(made: Supported) -> None:
    made.school.roll_call("", "2025-09-08 11:05", session="MORNING")
    record_tuition(
        by=made.visitor,
        plan=made.plan,
        day=day("09-08"),
        lessons=Decimal(1),
        content="认字",
        at=at("2025-09-22 09:00"),
    )
    page = text(made.school.office, f"/tuition/{made.plan.pk}/")
    assert page.count("当天点名在校，请核对") == 1


def test_a_plan_for_a_child_without_a_route_is_refused_with_where_to_go(made: Supported) -> None:
    other = made.school.pupils[1]
    page = text(made.school.office, f"/child/{other.pk}/support/tuition/")
    assert "请先在学籍页登记特殊安置" in page
    assert '<button class="primary big">' not in page


# What waits.


def test_each_count_is_the_length_of_its_list(made: Supported) -> None:
    page = text(made.school.principal, f"/in/{made.school.place.pk}/support/")
    figures = [int(n) for n in re.findall(r"<b>(\d+)</b>", page)]
    assert figures == [1, 0, 0, 1, 1]
    assert page.count(f"/pairing/{made.pairing.pk}/") == 1


def test_a_county_counts_school_by_school_and_leads_there(made: Supported) -> None:
    a_school(1, name="石门完小")
    page = text(made.school.bureau, f"/in/{made.school.county.pk}/support/")
    row = re.search(rf'/in/{made.school.place.pk}/support/">.*?</tr>', page, re.DOTALL)
    assert row
    assert re.findall(r'class="number">(\d+)<', row[0]) == ["1", "0", "0", "0", "0", "1"]
    assert "另有 1 所学校没有要办的" in page


def test_the_pages_of_what_waits_are_linked_from_the_boards(made: Supported) -> None:
    here = made.school.place.pk
    assert f"/in/{here}/support/" in text(made.school.principal, f"/in/{here}/principal/")
    assert 'href="/support/"' in text(made.school.office, "/")
    assert signed_in(made.school.office).get("/support/").headers["Location"] == f"/in/{here}/support/"


def test_a_child_that_is_back_is_offered_one_to_one_help(made: Supported) -> None:
    other = made.school.pupils[1]
    made.school.calls(*(f"09-{n:02} .A" for n in (9, 10, 11, 12)))
    made.school.calls("09-15")
    page = text(made.school.teacher, f"/child/{other.pk}/")
    assert f"/child/{other.pk}/support/pairing/?purpose=RETURN_CARE" in page
