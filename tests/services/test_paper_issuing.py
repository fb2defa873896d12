"""Papers are numbered without gaps, keep their words, are issued by whom they name, and are served."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders import at
from builders_db import a_person, a_place
from papered import DUE, IDENTITY, NOW, Papered

from notoneless.core.paper_terms import PaperKind, ServedHow
from notoneless.core.terms import Act, Evidence, ObligationState, PlaceKind, Post
from notoneless.records.access import Fields
from notoneless.records.models import (
    ActRecord,
    Case,
    EvidencePiece,
    Guardian,
    JournalEntry,
    Obligation,
    PaperCounter,
    PaperIssued,
    PaperServed,
)
from notoneless.services.paper_authority import fields_about, may_issue
from notoneless.services.paper_issuing import issue, replace, words_of
from notoneless.services.paper_serving import overdue_notices, serve
from notoneless.services.paper_values.about import about_child, about_place, offers
from notoneless.services.paper_values.value import HIDDEN, as_shown, from_plain
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def world() -> Papered:
    return Papered()


def notice(world: Papered, **more: Any) -> PaperIssued:
    """限期返校通知书 of the township about the child."""
    about = world.about(PaperKind.NOTICE_TO_RETURN)
    given = {"by": world.town, "about": about, "at": NOW, "due_on": DUE} | more
    return issue(kind=PaperKind.NOTICE_TO_RETURN, **given)


def refused(code: str, act: Any) -> Refusal:
    """The refusal with this code that the act must meet."""
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def test_numbers_follow_one_another_for_each_office_kind_and_year(world: Papered) -> None:
    first, second = notice(world), notice(world)
    report = issue(
        by=world.school.office,
        kind=PaperKind.REPORT_TO_TOWNSHIP,
        about=world.about(PaperKind.REPORT_TO_TOWNSHIP),
        at=NOW,
    )
    assert [first.numbered, second.numbered] == ["义限通字〔2025〕1号", "义限通字〔2025〕2号"]
    assert report.numbered == "云岭完小控保报〔2025〕1号"
    assert (
        notice(world, at=at("2026-01-05 09:00"), due_on=date(2026, 1, 12)).numbered == "义限通字〔2026〕1号"
    )


def test_a_number_that_was_refused_is_not_used_up(world: Papered) -> None:
    refused("BAD_DAY", lambda: notice(world, due_on=date(2025, 9, 12)))
    refused("BAD_DAY", lambda: notice(world, due_on=date(2026, 9, 12)))
    refused("NO_DAY", lambda: notice(world, due_on=None))
    assert notice(world).number == 1


def test_the_same_form_sent_twice_is_one_paper(world: Papered) -> None:
    first = notice(world, key="k")
    assert notice(world, key="k") == first
    about = world.about(PaperKind.ORDER_TO_SEND)
    refused(
        "KEY_USED", lambda: issue(by=world.town, kind=about.kind, about=about, at=NOW, due_on=DUE, key="k")
    )


def test_a_school_does_not_issue_what_is_the_townships(world: Papered) -> None:
    no = refused("NOT_YOUR_OFFICE", lambda: notice(world, by=world.school.office))
    assert "由乡镇签发（乡镇政府）" in no.zh
    assert "township government" in no.en
    assert not PaperIssued.objects.exists()


def test_a_class_teacher_issues_the_record_of_a_visit_and_no_numbered_paper(world: Papered) -> None:
    teacher = world.school.teacher
    record = world.about(PaperKind.VISIT_RECORD)
    assert issue(by=teacher, kind=record.kind, about=record, at=NOW).place == world.school.place
    for kind in (PaperKind.REPORT_TO_TOWNSHIP, PaperKind.DROPOUT_REPORT, PaperKind.PERSUASION_NOTICE):
        assert may_issue(teacher, world.about(kind), NOW.date())


def test_another_schools_office_cannot_issue_anything_about_the_child(world: Papered) -> None:
    other = a_person("外校主任", Post.SCHOOL_OFFICE, a_place(PlaceKind.SCHOOL, "外校", world.school.township))
    about = world.about(PaperKind.VISIT_RECORD)
    refused("MAY_NOT_ISSUE_PAPER", lambda: issue(by=other, kind=about.kind, about=about, at=NOW))


def test_a_paper_says_the_same_for_good_whatever_is_recorded_later(world: Papered) -> None:
    paper = notice(world)
    before = PaperIssued.objects.get(pk=paper.pk).values()
    Guardian.objects.filter(child=world.child).update(name="另一个人")
    assert PaperIssued.objects.get(pk=paper.pk).values() == before
    assert as_shown(from_plain(before), frozenset(Fields))["监护人姓名"] == "安奶奶"
    assert b"\xe5\xae\x89" not in bytes(paper.values_sealed)  # 安: the words lie sealed


def test_a_corrected_paper_takes_its_own_number_and_points_back(world: Papered) -> None:
    first = notice(world)
    refused("NO_REASON", lambda: replace(by=world.town, paper=first, why=" ", at=LATER))
    second = replace(by=world.town, paper=first, why="日期写错", at=LATER, due_on=DUE + timedelta(days=2))
    assert (second.number, second.replaces, second.due_on) == (2, first, DUE + timedelta(days=2))
    refused("REPLACED", lambda: replace(by=world.town, paper=first, why="再来", at=LATER))
    assert ActRecord.objects.filter(act=Act.NOTICE).count() == 1


def test_the_journal_names_rows_and_no_child(world: Papered) -> None:
    notice(world)
    entry = JournalEntry.objects.get(act="ISSUE_PAPER")
    assert entry.body["number"] == "义限通字〔2025〕1号"
    told = str(entry.body) + entry.reason
    assert not any(word in told for word in (world.child.name, "安奶奶", IDENTITY, "1234567"))


def test_a_notice_is_the_act_that_a_notice_is(world: Papered) -> None:
    notice(world)
    act = ActRecord.objects.get(act=Act.NOTICE)
    assert (act.by, act.by_post, act.note) == (
        world.town,
        Post.TOWNSHIP,
        "《限期返校通知书》义限通字〔2025〕1号",
    )


def test_a_report_ends_the_duty_to_report_and_is_its_evidence(world: Papered) -> None:
    world.school.calls("09-15 A.", "09-16 A.", "09-17 A.")
    about = world.about(PaperKind.TRUANCY_REPORT)
    owed = Obligation.objects.filter(child=world.child, act=Act.REPORT, to_post=Post.SCHOOL_OFFICE)
    waiting = [o for o in owed if o.state in (ObligationState.OPEN, ObligationState.OVERDUE)]
    issue(by=world.school.teacher, kind=about.kind, about=about, at=at("2025-09-17 16:00"))
    for each in waiting:
        each.refresh_from_db()
        assert each.state is ObligationState.MET
    assert waiting
    assert EvidencePiece.objects.get(evidence=Evidence.WRITTEN_REPORT).paper is not None


def test_a_report_to_the_bureau_is_a_written_report_even_unasked(world: Papered) -> None:
    about = world.about(PaperKind.REPORT_TO_BUREAU)
    paper = issue(by=world.school.office, kind=about.kind, about=about, at=NOW)
    act = ActRecord.objects.get(act=Act.WRITTEN_REPORT)
    assert (act.to_post, act.evidence) == (Post.COUNTY_BUREAU, ["WRITTEN_REPORT"])
    assert EvidencePiece.objects.get(paper=paper).number == paper.numbered


def test_only_whom_it_is_shown_reads_a_part_of_a_paper(world: Papered) -> None:
    about = world.about(PaperKind.DROPOUT_REPORT)
    by_officer = issue(by=world.officer, kind=about.kind, about=about, at=NOW)
    kept = from_plain(by_officer.values())
    town = as_shown(kept, fields_about(world.town, about, NOW.date()))
    assert (as_shown(kept, frozenset(Fields))["身份证号"], town["身份证号"]) == (
        IDENTITY,
        "0000**********0017",
    )
    assert JournalEntry.objects.filter(act="READ_IDENTITY", by=world.officer).count() == 1
    by_office = issue(by=world.school.office, kind=about.kind, about=about, at=NOW)
    assert IDENTITY not in str(by_office.values())
    assert JournalEntry.objects.filter(act="READ_IDENTITY").count() == 1


def test_without_contacts_the_cell_says_so(world: Papered) -> None:
    about = world.about(PaperKind.NOTICE_TO_RETURN)
    words = as_shown(words_of(world.town, about, NOW, DUE).values, frozenset({Fields.BASIC}))
    assert words["监护人姓名"] == HIDDEN


def test_a_receipt_is_of_a_notice_and_says_how_it_was_served(world: Papered) -> None:
    paper = notice(world)
    given(world, paper)
    about = about_child(PaperKind.SERVICE_RECEIPT, world.child, str(paper.pk))
    words = as_shown(words_of(world.town, about, LATER).values, frozenset(Fields))
    assert (words["文书文号"], words["受送达人"], words["送达方式"]) == (paper.numbered, "安奶奶", "直接送达")


def given(world: Papered, paper: PaperIssued, **more: Any) -> PaperServed:
    """The notice handed to the grandmother the next morning."""
    how = {"how": ServedHow.IN_PERSON, "served_at": at("2025-09-13 09:00"), "receiver": "安奶奶"} | more
    return serve(by=world.town, paper=paper, relation="祖母", at=at("2025-09-13 10:00"), **how)


def test_a_notice_is_served_once_after_it_was_issued_and_not_in_the_future(world: Papered) -> None:
    paper = notice(world)
    refused("IN_FUTURE", lambda: given(world, paper, served_at=at("2025-09-13 11:00")))
    refused("BEFORE_ISSUED", lambda: given(world, paper, served_at=at("2025-09-12 09:00")))
    refused("NOT_WRITTEN", lambda: given(world, paper, receiver=""))
    given(world, paper)
    refused("SERVED", lambda: given(world, paper))
    assert EvidencePiece.objects.get(evidence=Evidence.SERVICE_RECEIPT).paper == paper


def test_what_is_left_at_the_door_has_a_witness(world: Papered) -> None:
    paper = notice(world)
    left = {"how": ServedHow.LEFT, "receiver": "", "where": "家门口"}
    refused("NO_WITNESS", lambda: given(world, paper, **left))
    assert given(world, paper, **left, witnesses="村干部甲").witnesses == "村干部甲"


def test_a_notice_whose_day_has_passed_is_replaced_and_not_served(world: Papered) -> None:
    paper = notice(world)
    with pytest.raises(Refusal) as caught:
        serve(
            by=world.town,
            paper=paper,
            how=ServedHow.POST,
            served_at=at("2025-09-20 09:00"),
            receiver="安奶奶",
            at=at("2025-09-20 10:00"),
        )
    assert caught.value.code == "AFTER_ITS_DAY"


def test_a_replaced_notice_is_not_served_and_a_report_never_is(world: Papered) -> None:
    paper = notice(world)
    replace(by=world.town, paper=paper, why="写错", at=LATER)
    refused("REPLACED", lambda: given(world, paper))
    about = world.about(PaperKind.REPORT_TO_TOWNSHIP)
    report = issue(by=world.school.office, kind=about.kind, about=about, at=NOW)
    refused("NOT_SERVED", lambda: given(world, report))


def test_a_notice_shows_once_its_day_is_over_until_the_child_is_back(world: Papered) -> None:
    paper = notice(world)
    town = world.school.township
    assert not overdue_notices(town, DUE + timedelta(days=1))
    given(world, paper)
    assert not overdue_notices(town, DUE)
    assert list(overdue_notices(town, DUE + timedelta(days=1))) == [paper]
    assert not overdue_notices(a_place(PlaceKind.TOWNSHIP, "外镇"), DUE + timedelta(days=1))
    world.school.calls("09-15", "09-16")
    assert not overdue_notices(town, DUE + timedelta(days=1))


def test_a_nil_report_is_refused_while_anybody_is_missing(world: Papered) -> None:
    Case.objects.filter(child=world.child).update(stage="DROPOUT")
    about = about_place(PaperKind.NIL_REPORT, world.school.place, date(2025, 9, 1))
    from notoneless.records.models import CaseChange

    CaseChange.objects.create(
        case=world.case, at=NOW, recorded_at=NOW, stage_before="AT_RISK", stage="DROPOUT"
    )
    no = refused("NOT_NIL", lambda: issue(by=world.school.principal, kind=about.kind, about=about, at=NOW))
    assert world.child.name not in no.zh
    august = about_place(PaperKind.NIL_REPORT, world.school.place, date(2025, 8, 1))
    assert (
        issue(by=world.school.principal, kind=about.kind, about=august, at=NOW).numbered
        == "云岭完小零报〔2025〕1号"
    )
    october = about_place(PaperKind.NIL_REPORT, world.school.place, date(2025, 10, 1))
    refused("IN_FUTURE", lambda: issue(by=world.school.principal, kind=about.kind, about=october, at=NOW))


def test_no_letter_says_a_child_is_away_who_is_not(world: Papered) -> None:
    world.school.calls("09-15", "09-16")
    back = at("2025-09-16 16:00")
    refused("NOT_AWAY", lambda: notice(world, at=back, due_on=date(2025, 9, 23)))
    for kind in (PaperKind.REPORT_TO_TOWNSHIP, PaperKind.REPORT_TO_BUREAU):
        about = world.about(kind)
        refused("NOT_AWAY", lambda about=about: words_of(world.school.office, about, back))
    assert not PaperCounter.objects.filter(last__gt=0).exists()


def test_what_was_never_recorded_makes_no_paper(world: Papered) -> None:
    other = world.school.pupils[1]
    assert offers(PaperKind.VISIT_RECORD, other) == []
    refused("NOTHING_RECORDED", lambda: about_child(PaperKind.VISIT_RECORD, other))
    refused("NO_CASE", lambda: about_child(PaperKind.CASE_PLAN, other))
    about = about_child(PaperKind.TRUANCY_REPORT, other)
    refused("NO_ABSENCE", lambda: issue(by=world.school.office, kind=about.kind, about=about, at=NOW))
