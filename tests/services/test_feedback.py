"""The questionnaire: a slip answers once, only counts are kept, and small ones stay unsaid."""

from __future__ import annotations

import pytest
from builders_db import School, a_school, at
from hypothesis import given
from hypothesis import strategies as st

from notoneless.records.models import FeedbackCount, FeedbackSlips, FeedbackUsed
from notoneless.services import feedback
from notoneless.services.questionnaire import QUESTIONS
from notoneless.services.refusals import Refusal

NOW = at("2025-09-08 09:00")
AFTER = at("2025-10-09 09:00")
FIRST = {question.code: question.choices[0].code for question in QUESTIONS}
LAST = {question.code: question.choices[-1].code for question in QUESTIONS}


def slips_of(school: School, many: int = 20, key: str = "k") -> FeedbackSlips:
    return feedback.make_slips(by=school.bureau, school=school.place, many=many, at=NOW, key=key)


@pytest.mark.django_db
def test_a_batch_made_twice_with_one_key_is_one_batch() -> None:
    school = a_school()
    assert slips_of(school) == slips_of(school)


@pytest.mark.django_db
def test_every_code_of_a_batch_is_another_one_and_counts_for_its_school() -> None:
    slips = slips_of(a_school())
    codes = feedback.codes_of(slips)
    assert len(set(codes)) == 20
    assert all(feedback.give_feedback(code=code, answers=FIRST, at=NOW) == slips for code in codes)


@pytest.mark.django_db
def test_a_code_answers_once_however_it_is_typed() -> None:
    code = feedback.codes_of(slips_of(a_school()))[0]
    feedback.give_feedback(code=code.lower().replace("-", " "), answers=FIRST, at=NOW)
    with pytest.raises(Refusal, match="已经答过了"):
        feedback.give_feedback(code=code, answers=LAST, at=NOW)
    assert {row.count for row in FeedbackCount.objects.all()} == {1}


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "不是编码", "ABCD", "U" * 16, "Ａ" * 16])
def test_a_made_up_code_is_refused(code: str) -> None:
    slips_of(a_school())
    with pytest.raises(Refusal, match="编码不对"):
        feedback.give_feedback(code=code, answers=FIRST, at=NOW)


@pytest.mark.django_db
def test_a_changed_code_is_refused() -> None:
    code = feedback.codes_of(slips_of(a_school()))[3]
    changed = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(Refusal, match="编码不对"):
        feedback.give_feedback(code=changed, answers=FIRST, at=NOW)


@pytest.mark.django_db
def test_an_unanswered_question_uses_up_no_slip() -> None:
    code = feedback.codes_of(slips_of(a_school()))[0]
    with pytest.raises(Refusal, match="第 1 题还没有选"):
        feedback.give_feedback(code=code, answers={**FIRST, "FEES": "其他"}, at=NOW)
    assert not FeedbackUsed.objects.exists()


@pytest.mark.django_db
def test_slips_end_after_thirty_days() -> None:
    code = feedback.codes_of(slips_of(a_school()))[0]
    with pytest.raises(Refusal, match="已经结束"):
        feedback.give_feedback(code=code, answers=FIRST, at=AFTER)


@pytest.mark.django_db
def test_nothing_is_said_while_answers_come_in_and_counts_only_afterwards() -> None:
    school = a_school()
    for code in feedback.codes_of(slips_of(school))[:7]:
        feedback.give_feedback(code=code, answers=FIRST, at=NOW)
    (running,) = feedback.results(school.office, at=NOW)
    assert (running.counts, running.open_until is None) == ({}, False)
    (over,) = feedback.results(school.office, at=AFTER)
    assert over.counts["FEES"] == {"NO": 7, "YES": None, "UNSURE": None}


@pytest.mark.django_db
def test_a_school_neither_makes_its_own_slips_nor_sees_anothers() -> None:
    school, other = a_school(), a_school(name="河口小学")
    with pytest.raises(Refusal):
        feedback.make_slips(by=school.principal, school=school.place, many=20, at=NOW, key="k")
    slips_of(school)
    assert feedback.results(other.office, at=AFTER) == []


@given(st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 30), min_size=1))
def test_no_count_below_five_is_said_nor_follows_from_the_sum(counts: dict[str, int]) -> None:
    said = feedback.sayable(counts)
    shown = {each: n for each, n in said.items() if n is not None}
    assert all(n >= feedback.LEAST and n == counts[each] for each, n in shown.items())
    unsaid = sum(counts.values()) - sum(shown.values())
    assert unsaid == 0 or unsaid >= feedback.LEAST or not shown
