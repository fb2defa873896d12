"""Questions about records: an honest county is doubted nowhere, each seeded pattern is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders import at
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from lying import LIES, LONG_WORDS, NOW, a_class, children_of, honest_county, network_out, teacher_of
from pytest_django import DjangoDbBlocker

from notoneless.core.report_terms import QuestionKind, QuestionOutcome
from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry, Person, PostHeld, Question, QuestionAnswered
from notoneless.services import demo
from notoneless.services.assessments import follow_up
from notoneless.services.demo.loading import load_facts
from notoneless.services.honesty.asking import answer_question, ask_questions, may_answer, patterns
from notoneless.services.honesty.thresholds import THRESHOLDS, WITHOUT_DOUBT
from notoneless.services.honesty.words import WORDS, often, question_of
from notoneless.services.refusals import Refusal

PASSWORDS = {login.username: login.username for login in demo.LOGINS}


@pytest.fixture(scope="module")
def standing_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once for the file; what a test does to it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        county = honest_county()
        entry = load_facts(county, at=at("2026-11-20 08:05"), passwords=PASSWORDS)
        gone = {each.child for each in county.gone}
        follow_up([county.children[no].id for no in sorted(gone)], as_of=at("2026-11-20 08:05"), entry=entry)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def county(standing_county: None, db: None) -> None:
    """The honest county, as it stands."""


def kinds(now: str = "2026-11-20 20:00") -> set[QuestionKind]:
    return {found.kind for found in patterns(now=at(now))}


def the_question(kind: QuestionKind) -> Question:
    LIES[kind]()
    ask_questions(now=NOW)
    return Question.objects.filter(kind=kind).latest("found_at")


def test_an_honest_county_with_everyday_faults_is_doubted_nowhere(county: None) -> None:
    many = network_out()
    assert kinds() - WITHOUT_DOUBT == set()
    late = [found for found in patterns(now=NOW) if found.kind is QuestionKind.BACK_DATED]
    assert any(int(found.summary["n"]) >= many for found in late)
    kept = late[0].as_kept()
    assert "补录" in question_of(QuestionKind.BACK_DATED, kept, "zh")  # type: ignore[arg-type]
    assert "不是错误" in often(QuestionKind.BACK_DATED, "zh")


@pytest.mark.parametrize("kind", [kind for kind in QuestionKind if kind is not QuestionKind.SPRING_LEAVERS])
def test_each_seeded_pattern_is_found_and_nothing_else_is_doubted(county: None, kind: QuestionKind) -> None:
    before = kinds()
    LIES[kind]()
    assert kinds() - before == {kind} - before
    assert kind in kinds()


def test_many_who_leave_grade_nine_in_spring_are_asked_about_in_spring(county: None) -> None:
    assert QuestionKind.SPRING_LEAVERS not in kinds("2027-05-10 20:00")
    LIES[QuestionKind.SPRING_LEAVERS]()
    assert QuestionKind.SPRING_LEAVERS in kinds("2027-05-10 20:00")
    assert QuestionKind.SPRING_LEAVERS not in kinds("2027-09-10 20:00")


def test_nothing_is_asked_twice(county: None) -> None:
    for lie in (QuestionKind.CLONED, QuestionKind.IMPOSSIBLE, QuestionKind.OFF_BEFORE_DATE):
        LIES[lie]()
    assert ask_questions(now=NOW) >= 3
    entries = JournalEntry.objects.count()
    assert ask_questions(now=NOW + timedelta(days=1)) == 0
    assert JournalEntry.objects.count() == entries


def test_however_much_is_asked_the_queries_stay_the_same(county: None) -> None:
    with CaptureQueriesContext(connection) as quiet:
        patterns(now=NOW)
    for kind in QuestionKind:
        LIES[kind]() if kind not in (QuestionKind.BACK_DATED, QuestionKind.NIL_WITH_SIGNS) else None
    with CaptureQueriesContext(connection) as loud:
        patterns(now=NOW)
    assert len(loud) <= 35, len(quiet)  # whatever is found, of whomever


def test_a_teachers_records_are_the_principals_to_look_at(county: None) -> None:
    question = the_question(QuestionKind.CLONED)
    group = a_class()
    assert (question.to_post, question.to_place) == (Post.PRINCIPAL, group.school)
    assert question.about == teacher_of(group)


def test_a_schools_own_records_are_the_countys_to_look_at(county: None) -> None:
    question = the_question(QuestionKind.NIL_WITH_SIGNS)
    assert (question.to_post, question.about) == (Post.COUNTY_BUREAU, None)
    principal = PostHeld.objects.filter(place=question.place, post=Post.PRINCIPAL).earliest("pk").person
    assert may_answer(principal, question, NOW.date()) is not None


def test_a_principal_who_writes_is_not_asked_about_it(county: None) -> None:
    group = a_class()
    school = group.school
    PostHeld.objects.filter(place=school, post=Post.PRINCIPAL).update(person=teacher_of(group))
    question = the_question(QuestionKind.CLONED)
    assert question.to_post == Post.COUNTY_BUREAU


def test_nobody_answers_about_records_of_their_own(county: None) -> None:
    question = the_question(QuestionKind.CLONED)
    assert question.about is not None
    PostHeld.objects.create(
        person=question.about, post=Post.PRINCIPAL, place=question.place, held_from=NOW.date()
    )
    with pytest.raises(Refusal, match="自己写的"):
        answer_question(
            by=question.about, question=question, outcome=QuestionOutcome.IN_ORDER, note="没问题", at=NOW
        )


def test_an_answer_is_given_once_with_words(county: None) -> None:
    question = the_question(QuestionKind.IMPOSSIBLE)
    held = PostHeld.objects.filter(place=question.to_place, post=question.to_post).earliest("pk")
    with pytest.raises(Refusal, match="还没有写"):
        answer_question(
            by=held.person, question=question, outcome=QuestionOutcome.LATE_ENTRY, note=" ", at=NOW
        )
    given = {"by": held.person, "question": question, "outcome": QuestionOutcome.LATE_ENTRY, "at": NOW}
    first = answer_question(note="时间凭印象写的，已逐户打电话核实。", **given)
    assert answer_question(note="时间凭印象写的，已逐户打电话核实。", **given) == first
    with pytest.raises(Refusal, match="已经有人答复"):
        answer_question(note="另一种说法", **given)
    assert QuestionAnswered.objects.filter(question=question).count() == 1


def test_whoever_holds_no_post_there_answers_nothing(county: None) -> None:
    question = the_question(QuestionKind.IMPOSSIBLE)
    stranger = Person.objects.create(name="旁人")
    with pytest.raises(Refusal):
        answer_question(by=stranger, question=question, outcome=QuestionOutcome.IN_ORDER, note="可以", at=NOW)


def test_a_question_holds_ids_days_and_counts_and_no_words_of_a_note(county: None) -> None:
    question = the_question(QuestionKind.CLONED)
    said = str(question.facts)
    assert LONG_WORDS[:10] not in said
    assert all(child.name not in said for child in children_of(a_class()))
    assert question.facts[0][0] == "summary"
    assert question.facts[0][2]["n"] == len(question.facts) - 1


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_every_kind_asks_and_says_what_it_rests_on(kind: QuestionKind) -> None:
    assert "请" in WORDS[kind].zh
    assert "lease" in WORDS[kind].en
    assert not any(word in WORDS[kind].zh + WORDS[kind].often_zh for word in ("瞒报", "造假", "弄虚作假"))
    assert len(THRESHOLDS[kind].why_zh) > 20
