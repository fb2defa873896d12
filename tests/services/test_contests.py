"""A contested record: owed by the school and then the county, answered, corrected where it was wrong."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_school, at

from notoneless.core.terms import (
    AttendanceStatus,
    ContestKind,
    ContestOutcome,
    LinkPurpose,
    Post,
)
from notoneless.records.models import AttendanceMark, Contest, ContestAnswered, Guardian, GuardianLink
from notoneless.services import contests
from notoneless.services.guardian_links import make_link
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db

NOW = at("2025-09-08 12:00")


@pytest.fixture
def school() -> School:
    found = a_school()
    found.roll_call("A")
    return found


@pytest.fixture
def link(school: School) -> GuardianLink:
    guardian = Guardian.objects.create(child=school.pupils[0], name="安家长", phone="00004321")
    return make_link(by=school.teacher, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")


def contested(link: GuardianLink, key: str = "c1") -> Contest:
    mark = AttendanceMark.objects.get(child=link.guardian.child)
    return contests.contest(
        link=link, kind=ContestKind.MARK, mark=mark.pk, words="那天早上他在学校。", at=NOW, key=key
    )


def test_a_contest_sent_twice_is_one_row_due_in_five_working_days(link: GuardianLink) -> None:
    assert contested(link) == contested(link)
    row = Contest.objects.get()
    assert row.due_at == at("2025-09-15 23:59")


def test_a_contest_changes_no_record(school: School, link: GuardianLink) -> None:
    before = school.states(0)
    contested(link)
    assert school.states(0) == before
    assert AttendanceMark.objects.count() == 1


def test_a_right_contest_is_answered_with_a_correction_that_points_back(
    school: School, link: GuardianLink
) -> None:
    row = contested(link)
    given = contests.answer(
        by=school.office,
        contest=row,
        outcome=ContestOutcome.CORRECTED,
        status=AttendanceStatus.PRESENT,
        words="查了，点名时他在办公室帮忙。",
        at=NOW,
    )
    assert given.correction is not None
    assert given.correction.supersedes == row.mark
    assert set(school.states(0)) == {s.split()[0] + " WITHDRAWN" for s in school.states(0)}


def test_answering_twice_gives_the_first_answer(school: School, link: GuardianLink) -> None:
    row = contested(link)
    for words in ("一", "二"):
        contests.answer(by=school.office, contest=row, outcome=ContestOutcome.KEPT, words=words, at=NOW)
    assert ContestAnswered.objects.get().words == "一"


def test_a_correction_without_what_is_right_is_refused(school: School, link: GuardianLink) -> None:
    row = contested(link)
    with pytest.raises(Refusal, match="请选实际情况"):
        contests.answer(by=school.office, contest=row, outcome=ContestOutcome.CORRECTED, words="对", at=NOW)
    assert not ContestAnswered.objects.exists()


def test_another_childs_mark_cannot_be_contested(school: School, link: GuardianLink) -> None:
    school.roll_call(".A", "2025-09-09 08:05")
    theirs = AttendanceMark.objects.get(child=school.pupils[1])
    with pytest.raises(Refusal, match="请从上面的记录里选一条"):
        contests.contest(link=link, kind=ContestKind.MARK, mark=theirs.pk, words="不对", at=NOW, key="x")


def test_a_contest_without_words_is_refused_but_a_copy_needs_none(link: GuardianLink) -> None:
    with pytest.raises(Refusal, match="还没有写"):
        contests.contest(link=link, kind=ContestKind.RECORD, words="  ", at=NOW, key="a")
    assert contests.contest(link=link, kind=ContestKind.COPY, at=NOW, key="b").kind is ContestKind.COPY


def test_what_the_school_does_not_answer_goes_to_the_county_once(school: School, link: GuardianLink) -> None:
    row = contested(link)
    assert contests.escalate(now=at("2025-09-15 23:59")) == 0
    assert contests.escalate(now=at("2025-09-16 00:05")) == 1
    assert contests.escalate(now=at("2025-09-17 00:05")) == 0
    row.refresh_from_db()
    assert row.county_due_at == at("2025-09-23 23:59")
    assert [each.pk for each in contests.queue(school.bureau, at=at("2025-09-16 09:00"))] == [row.pk]


def test_another_school_and_a_class_teacher_neither_see_nor_answer_it(
    school: School, link: GuardianLink
) -> None:
    row = contested(link)
    elsewhere = a_school(name="河口小学")
    for person in (elsewhere.office, school.teacher, a_person("镇", Post.TOWNSHIP, school.township)):
        assert not contests.queue(person, at=NOW).exists()
        with pytest.raises(Refusal):
            contests.answer(by=person, contest=row, outcome=ContestOutcome.KEPT, words="好", at=NOW)


def test_an_outcome_of_another_kind_is_refused(school: School, link: GuardianLink) -> None:
    row = contested(link)
    with pytest.raises(Refusal, match="请选一个结果"):
        contests.answer(by=school.office, contest=row, outcome=ContestOutcome.GIVEN, words="好", at=NOW)
