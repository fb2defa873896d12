"""The pages of reports: what is due, drawing up, the chain, and every number with its list."""

from __future__ import annotations

import re
from datetime import date

import pytest
from builders import at
from builders_db import School, a_person, a_school
from conftest import Clock, signed_in
from django.test import Client
from django.urls import reverse
from targets_reports import OF_PLACES

from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry, Person, ReportDrawn
from notoneless.services.reports.chain import the_report
from notoneless.services.reports.drawing import draw_up
from notoneless.services.reports.standing import standing_of

pytestmark = pytest.mark.django_db
NOW, LAST = "2025-09-30 16:00", date(2025, 9, 30)


@pytest.fixture
def school(clock: Clock) -> School:
    clock(NOW)
    school = a_school(3, pack="")
    school.calls("09-29", "09-30")
    return school


@pytest.fixture
def drawer(school: School) -> Person:
    return a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)


def drawn(school: School, drawer: Person) -> ReportDrawn:
    return draw_up(by=drawer, place=school.place, kind=ReportKind.MONTHLY, day=LAST, at=at(NOW))


def at_place(name: str, school: School, report: ReportDrawn | None = None) -> str:
    if name == "web:report":
        assert report is not None
        return reverse(name, args=(report.pk,))
    more = ("monthly", LAST) if name == "web:draw_report" else ()
    return reverse(name, args=(school.place.pk, *more))


def test_drawing_up_shows_the_numbers_first_and_then_freezes_them(school: School, drawer: Person) -> None:
    page = signed_in(drawer)
    address = at_place("web:draw_report", school)
    shown = page.get(address).content.decode()
    assert "期末在校" in shown
    assert "按零报告编制" not in shown  # 20 roll calls of September are missing
    assert "/roll-call/" in shown
    answer = page.post(address, {"key": "k", "note": "开学第一月"})
    report = ReportDrawn.objects.get()
    assert answer.headers["Location"] == at_place("web:report", school, report)
    assert page.post(address, {"key": "k2", "nil": "yes"}).status_code == 422
    assert ReportDrawn.objects.count() == 1


def test_every_number_of_the_form_leads_to_as_many_children(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    page = signed_in(school.principal)
    shown = page.get(at_place("web:report", school, report)).content.decode()
    cells = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', shown)
    assert len(cells) >= 4
    for url, number in cells:
        listed = page.get(url).content.decode()
        assert len(re.findall(r'<a class="what" href="/child/', listed)) == int(number), url


def test_the_chain_is_walked_with_its_buttons(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    vice = a_person("副校长", Post.VICE_PRINCIPAL, school.place)
    checked = reverse("web:class_check", args=(report.pk, school.class_group.pk))
    teacher = signed_in(school.teacher)
    assert checked in teacher.get(reverse("web:today")).content.decode()
    walk = [(school.teacher, "CHECKED"), (vice, "REVIEWED"), (school.principal, "SIGNED")]
    for person, step in [*walk, (school.bureau, "ACCEPTED")]:
        url = checked if step == "CHECKED" else at_place("web:report", school, report)
        page = signed_in(person)
        assert f'value="{step}"' in page.get(url).content.decode()
        said = {"key": step, "digest": report.digest, "step": step, "do": "step"}
        assert page.post(url, said).status_code == 302, step
    assert standing_of(the_report(report)) is ReportStep.ACCEPTED


def test_a_wrong_step_is_answered_in_one_sentence_and_nothing_is_done(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    url = at_place("web:report", school, report)
    said = {"key": "k", "digest": report.digest, "step": "SIGNED", "do": "step"}
    answer = signed_in(school.principal).post(url, said)
    assert answer.status_code == 422
    assert "现在轮到班主任办理" in answer.content.decode()
    assert signed_in(school.principal).post(url, {**said, "step": "FLY"}).status_code == 422
    assert not report.steps.exists()


def test_a_report_goes_back_with_a_comment_and_the_page_offers_to_draw_it_up_anew(
    school: School, drawer: Person
) -> None:
    report = drawn(school, drawer)
    url = reverse("web:class_check", args=(report.pk, school.class_group.pk))
    said = {"key": "k", "digest": report.digest, "step": "CHECKED", "do": "return", "comment": "少一人"}
    assert signed_in(school.teacher).post(url, said).status_code == 302
    shown = signed_in(drawer).get(at_place("web:report", school, report)).content.decode()
    assert "少一人" in shown
    assert at_place("web:draw_report", school) in shown


@pytest.mark.parametrize("form", ["DOCX", "XLSX", "PDF"])
def test_the_report_is_handed_out_as_a_file_and_the_journal_keeps_who_took_it(
    school: School, drawer: Person, form: str
) -> None:
    report = drawn(school, drawer)
    answer = signed_in(drawer).post(at_place("web:report", school, report), {"format": form})
    assert answer.status_code == 200
    assert answer.content[:4] in (b"PK\x03\x04", b"%PDF")
    assert JournalEntry.objects.get(act="EXPORT").body["report"] == str(report.pk)


def test_what_is_known_now_is_shown_beside_what_was_reported(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    shown = signed_in(school.principal).get(at_place("web:report", school, report) + "?known=now")
    assert "没有差别" in shown.content.decode()


def test_the_pages_of_a_place_are_for_whoever_answers_for_it(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    other = a_school(1, pack="", name="石门完小")
    people = {school.principal: 200, school.bureau: 200, other.principal: 404, school.teacher: 404}
    for person, status in people.items():
        for name in OF_PLACES:
            answer = signed_in(person).get(at_place(name, school, report))
            assert answer.status_code == status, (person, name)


def test_who_reported_in_time_is_counted_with_the_missing_by_name(
    school: School, drawer: Person, clock: Clock
) -> None:
    clock("2025-10-09 09:00")
    page = signed_in(school.bureau)
    shown = page.get(reverse("web:reporting", args=(school.county.pk,))).content.decode()
    assert "云岭完小" in shown
    board = signed_in(school.principal).get(reverse("web:reports", args=(school.place.pk,))).content.decode()
    assert "未报" in board


def test_a_class_of_another_school_is_not_there_under_this_report(school: School, drawer: Person) -> None:
    report = drawn(school, drawer)
    other = a_school(1, pack="", name="石门完小")
    client: Client = signed_in(school.bureau)
    address = reverse("web:class_check", args=(report.pk, other.class_group.pk))
    assert client.get(address).status_code == 404
    rows = reverse("web:report_rows", args=(report.pk, "closing", str(other.class_group.pk)))
    assert "人，其中您可查看 0 人" in client.get(rows).content.decode()
    assert client.get(reverse("web:report_rows", args=(report.pk, "nonsense", "all"))).status_code == 404
