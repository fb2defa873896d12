"""减免缓助补: asked for by one, decided by another, in sums that add up and reach nobody else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at, day

from notoneless.core.case_terms import Decision, ReliefKind
from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry, ReliefAsked, ReliefDecided
from notoneless.services.refusals import Refusal
from notoneless.services.relief import MOST_FEN, ask_relief, decide_relief
from notoneless.services.support_lists import granted, relief_at, sums_of

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 10:00")


@pytest.fixture
def school(db: None) -> School:
    return a_school(2)


def ask(school: School, **more: Any) -> ReliefAsked:
    given: dict[str, Any] = {
        "by": school.teacher,
        "child": school.pupils[0],
        "kind": ReliefKind.REDUCE,
        "of": "寄宿生活费",
        "fen": 60_000,
        "reason": "父亲住院",
        "school_year": 2025,
        "at": NOW,
    }
    return ask_relief(**{**given, **more})


def agree(school: School, asked: ReliefAsked, **more: Any) -> ReliefDecided:
    given: dict[str, Any] = {"by": school.principal, "decision": Decision.AGREED, "fen": asked.fen, "at": NOW}
    span = {"from_day": day("09-01"), "until": day("2026-07-16")}
    return decide_relief(asked=asked, **{**given, **span, **more})


def test_what_was_agreed_holds_for_its_days(school: School) -> None:
    agree(school, ask(school), fen=50_000)
    assert [row.decided.fen for row in granted(school.pupils[0], day("2026-07-15"))] == [50_000]
    assert granted(school.pupils[0], day("2026-07-16")) == []


def test_what_was_refused_says_why_and_grants_nothing(school: School) -> None:
    asked = ask(school)
    with pytest.raises(Refusal, match="还没有写"):
        decide_relief(by=school.principal, asked=asked, decision=Decision.REFUSED, at=NOW)
    decide_relief(by=school.principal, asked=asked, decision=Decision.REFUSED, note="已享受同类资助", at=NOW)
    assert granted(school.pupils[0], NOW.date()) == []


def test_nobody_decides_on_their_own_asking(school: School) -> None:
    asked = ask(school, by=school.principal)
    with pytest.raises(Refusal, match="两个人"):
        agree(school, asked)
    assert agree(school, asked, by=school.bureau).by == school.bureau


@pytest.mark.parametrize("who", ["teacher", "office"])
def test_who_may_ask_may_not_decide(school: School, who: str) -> None:
    asked = ask(school, by=school.principal)
    with pytest.raises(Refusal):
        agree(school, asked, by=getattr(school, who))


@pytest.mark.parametrize("post", [Post.SUBJECT_TEACHER, Post.DUTY_OFFICER, Post.ENROLMENT_OFFICER])
def test_who_is_not_shown_hardship_asks_for_nothing(school: School, post: Post) -> None:
    where = school.class_group if post is Post.SUBJECT_TEACHER else school.place
    with pytest.raises(Refusal):
        ask(school, by=a_person("旁人", post, where))


def test_no_more_is_agreed_than_was_asked_for(school: School) -> None:
    with pytest.raises(Refusal, match=r"600\.00 元"):
        agree(school, ask(school), fen=60_001)


def test_what_is_decided_is_decided_once(school: School) -> None:
    asked = ask(school)
    agree(school, asked)
    with pytest.raises(Refusal, match="已经审批"):
        agree(school, asked, by=school.bureau)


@pytest.mark.parametrize("fen", [0, -5, MOST_FEN + 1])
def test_a_sum_that_cannot_be_is_refused(school: School, fen: int) -> None:
    with pytest.raises(Refusal, match="金额应大于 0"):
        ask(school, fen=fen)


@pytest.mark.parametrize("wrong", [{"fen": None}, {"until": day("09-01")}, {"until": None}, {"fen": 0}])
def test_what_is_agreed_names_sum_and_days(school: School, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        agree(school, ask(school), **wrong)


def test_what_is_not_money_is_agreed_without_a_sum(school: School) -> None:
    assert agree(school, ask(school, kind=ReliefKind.ASSIST, fen=None)).fen is None


@pytest.mark.parametrize("year", [2024, 2027])
def test_only_this_school_year_and_the_next_are_asked_for(school: School, year: int) -> None:
    with pytest.raises(Refusal, match="学年应为 2025-2026 或 2026-2027"):
        ask(school, school_year=year)


def test_the_same_form_twice_is_one_asking(school: School) -> None:
    assert ask(school, key="k") == ask(school, key="k")
    with pytest.raises(Refusal, match="提交编号"):
        ask(school, key="k", child=school.pupils[1])


def test_the_sums_are_those_of_the_lines(school: School) -> None:
    agree(school, ask(school, fen=60_000), fen=45_000)
    refused = ask(school, fen=20_000, child=school.pupils[1])
    decide_relief(by=school.principal, asked=refused, decision=Decision.REFUSED, note="重复申请", at=NOW)
    ask(school, fen=None, kind=ReliefKind.ASSIST)
    ask(school, fen=9_900, school_year=2026)
    rows = relief_at(school.township, 2025)
    sums = sums_of(rows)
    assert (sums.asked, sums.agreed, sums.refused, sums.open) == (3, 1, 1, 1)
    assert (sums.fen_asked, sums.fen_agreed) == (80_000, 45_000)
    assert Decimal(sums.fen_asked) == sum(row.fen or 0 for row in rows)


def test_the_journal_tells_neither_what_for_nor_how_much(school: School) -> None:
    agree(school, ask(school))
    said = str(list(JournalEntry.objects.filter(act__contains="RELIEF").values_list("body", "reason")))
    assert "60000" not in said
    assert "寄宿" not in said
