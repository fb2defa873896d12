"""Honest reporting and supervision as people meet them: a panel, a question, an order, a sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from builders_db import School, a_person, at
from conftest import signed_in
from django.test import Client

from notoneless.cli.main import main
from notoneless.core.report_terms import QuestionKind
from notoneless.core.terms import Post
from notoneless.records.models import (
    Inspection,
    InspectionFinding,
    MeasureTaken,
    Question,
    QuestionAnswered,
    RecognitionAsked,
    RecognitionDecided,
    SampleAnnounced,
)
from notoneless.services.supervision.samples import rows_of

Clock = Callable[[str], datetime]


@pytest.fixture
def asked(school: School) -> Question:
    """A question to the principal about visits of the class teacher to the first child."""
    child = str(school.pupils[0].pk)
    return Question.objects.create(
        key="IMPOSSIBLE/1",
        kind=QuestionKind.IMPOSSIBLE,
        place=school.place,
        about=school.teacher,
        facts=[
            ["summary", "", {"n": 2, "day": "2025-09-05"}],
            ["act", child, {"child": child, "at": "2025-09-05 17:00", "recorded": "2025-09-05"}],
        ],
        to_post=Post.PRINCIPAL,
        to_place=school.place,
        found_at=at("2025-09-07 21:00"),
        due_on=at("2025-09-12 00:00").date(),
    )


@pytest.fixture
def principal(school: School) -> Client:
    return signed_in(school.principal)


@pytest.fixture
def bureau(school: School) -> Client:
    return signed_in(school.bureau)


def test_a_principal_finds_the_question_on_the_day_and_answers_it(
    principal: Client, asked: Question, school: School
) -> None:
    assert f"/question/{asked.pk}/" in principal.get("/").content.decode()
    page = principal.get(f"/question/{asked.pk}/").content.decode()
    assert "2025-09-05的 2 次走访，时间上排不开" in page
    assert school.pupils[0].name in page
    given = {"outcome": "LATE_ENTRY", "note": "时间凭印象写的，已核对。", "key": "k"}
    assert principal.post(f"/question/{asked.pk}/", given).status_code == 302
    assert QuestionAnswered.objects.get().by == school.principal
    page = principal.get(f"/in/{school.place.pk}/questions/").content.decode()
    assert "时间凭印象写的" in page
    assert f"/question/{asked.pk}/" not in principal.get("/").content.decode()


def test_whoever_wrote_the_records_reads_the_question_and_finds_no_form(
    asked: Question, school: School
) -> None:
    author = a_person("兼任校长", Post.PRINCIPAL, school.place)
    asked_of = Question.objects.create(
        key="IMPOSSIBLE/2",
        kind=asked.kind,
        place=asked.place,
        about=author,
        facts=asked.facts,
        to_post=Post.COUNTY_BUREAU,
        to_place=school.county,
        found_at=asked.found_at,
        due_on=asked.due_on,
    )
    client = signed_in(author)
    page = client.get(f"/question/{asked_of.pk}/").content.decode()
    assert "由别人核实" in page
    assert '<form method="post" novalidate>' not in page
    assert client.post(f"/question/{asked_of.pk}/", {"outcome": "IN_ORDER", "note": "好"}).status_code == 422
    assert not QuestionAnswered.objects.exists()


def test_a_panel_shows_reporting_and_no_outcome(principal: Client, school: School) -> None:
    school.roll_call("A")
    page = principal.get(f"/in/{school.place.pk}/honesty/").content.decode()
    assert "1 / 1" in page
    assert "主动报告的" in page
    assert "辍学率" not in page


def test_an_order_is_found_reported_and_confirmed(
    bureau: Client, principal: Client, school: School, clock: Clock
) -> None:
    county, place = school.county.pk, school.place.pk
    given = {
        "kind": "ROUTINE",
        "place": place,
        "day": "2025-09-08",
        "inspectors": "督学两人",
        "subject": "点名",
        "key": "a",
    }
    assert bureau.post(f"/in/{county}/inspections/record/", given).status_code == 302
    row = Inspection.objects.get()
    found = {
        "what": "有一天没有点名",
        "ground": "制度第三条",
        "responsible": "PRINCIPAL",
        "due_on": "2025-09-15",
        "key": "b",
    }
    assert (
        "罚款"
        in bureau.post(
            f"/inspection/{row.pk}/finding/", {**found, "what": "罚款一百元", "key": "c"}
        ).content.decode()
    )
    assert bureau.post(f"/inspection/{row.pk}/finding/", found).status_code == 302
    finding = InspectionFinding.objects.get()
    assert "有一天没有点名" in principal.get("/").content.decode()
    assert "有一天没有点名" in principal.get(f"/in/{place}/inspections/").content.decode()
    clock("2025-09-16 08:00")
    assert "逾期" in principal.get(f"/in/{place}/inspections/").content.decode()
    done = {"note": "已补点名", "key": "d"}
    assert principal.post(f"/finding/{finding.pk}/report/", done).status_code == 302
    clock("2025-09-17 08:00")
    seen = {"enough": "yes", "note": "", "key": "e"}
    assert bureau.post(f"/finding/{finding.pk}/again/", seen).status_code == 302
    assert "有一天没有点名" not in principal.get("/").content.decode()
    talk = {
        "kind": "TALK",
        "finding": str(finding.pk),
        "day": "2025-09-16",
        "who": "校长",
        "reason": "按时点名",
        "key": "f",
    }
    assert bureau.post(f"/inspection/{row.pk}/measure/", talk).status_code == 302
    assert MeasureTaken.objects.get().finding == finding
    assert "约谈" in principal.get(f"/inspection/{row.pk}/").content.decode()
    sheet = bureau.get(f"/in/{place}/papers/inspection-sheet/", {"day": "2025-09-08"}).content.decode()
    assert "有一天没有点名" in sheet
    assert "复查合格" in sheet


def test_a_sample_is_announced_drawn_and_drawn_again_by_anybody(
    bureau: Client,
    school: School,
    clock: Clock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    school.roll_call("A")
    given = {
        "of": "PRESENT",
        "first": "2025-09-08",
        "last": "2025-09-08",
        "size": "2",
        "seed_source": "公开号码",
        "seed_on": "2025-09-10",
        "key": "s",
    }
    assert bureau.post(f"/in/{school.county.pk}/samples/announce/", given).status_code == 302
    sample = SampleAnnounced.objects.get()
    assert len(rows_of(sample)) == 3
    early = bureau.post(f"/sample/{sample.pk}/draw/", {"seed": "05 11", "key": "t"})
    assert "到那天以后才能抽" in early.content.decode()
    clock("2025-09-10 22:00")
    assert bureau.post(f"/sample/{sample.pk}/draw/", {"seed": " 05  11 ", "key": "u"}).status_code == 302
    page = bureau.get(f"/sample/{sample.pk}/").content.decode()
    assert "已按号码重抽，一致" in page
    listed = tmp_path / "list.txt"
    listed.write_bytes(bureau.get(f"/sample/{sample.pk}/list/").content)
    assert main(["sample", str(listed), "--seed", "05 11", "--size", "2"]) == 0
    printed = capsys.readouterr().out.split("\n")
    assert sample.frame_digest in printed[0]
    chosen = printed[1:3]
    assert all(f"/visit/{row}/" in page for row in chosen)
    url = f"/sample/{sample.pk}/visit/{chosen[0]}/"
    assert bureau.post(url, {"as_recorded": "no", "note": "", "key": "v"}).status_code == 422
    assert bureau.post(url, {"as_recorded": "yes", "note": "", "key": "w"}).status_code == 302
    assert "已回访 1 条，相符 1 条" in bureau.get(f"/sample/{sample.pk}/").content.decode()


def test_a_list_that_is_not_there_is_said_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "nowhere.txt", "--seed", "1", "--size", "2"]) == 2
    assert "名单读不出来" in capsys.readouterr().err


def test_a_class_is_put_forward_and_people_decide(
    principal: Client, bureau: Client, school: School, clock: Clock
) -> None:
    url = f"/in/{school.place.pk}/recognition/"
    given = {
        "kind": "CLASS_WITHOUT_DROPOUT",
        "class_group": str(school.class_group.pk),
        "first": "2025-09-01",
        "last": "2025-09-08",
        "key": "r",
    }
    assert principal.post(f"{url}ask/", {**given, "class_group": "", "key": "q"}).status_code == 422
    assert principal.post(f"{url}ask/", given).status_code == 302
    asked = RecognitionAsked.objects.get()
    page = bureau.get(f"/recognition/{asked.pk}/").content.decode()
    assert "两样分开看，不相加" in page
    refused = {"decision": "REFUSED", "note": "家访记录不全", "key": "x"}
    assert principal.post(f"/recognition/{asked.pk}/", refused).status_code == 422
    assert bureau.post(f"/recognition/{asked.pk}/", refused).status_code == 302
    assert RecognitionDecided.objects.get().note == "家访记录不全"
    assert "家访记录不全" in principal.get(url).content.decode()
