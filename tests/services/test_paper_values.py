"""Papers say what the records say: every mark of every layout, to each reader what that reader is shown."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from builders import at
from papered import DUE, NOW, Papered, a_visit

from notoneless.core.case_terms import VisitKind
from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import Stage
from notoneless.exchange.papers.filling import Picture, filling
from notoneless.records.access import Fields
from notoneless.records.models import CaseChange, ReasonStated
from notoneless.services.paper_values import Filling, values_for
from notoneless.services.paper_values.about import SUBJECTS, Subject, about_child, about_place
from notoneless.services.paper_values.value import (
    HIDDEN,
    Only,
    as_kept,
    as_shown,
    from_plain,
    parts_of,
    to_text,
)

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset(Fields)


@pytest.fixture
def world() -> Papered:
    return Papered()


# Reports are drawn up and signed in their own way (`services.reports`).
_APART = (PaperKind.SERVICE_RECEIPT, PaperKind.NIL_REPORT)
ISSUED = [k for k in PaperKind if k not in _APART and SUBJECTS[k] is not Subject.REPORT]


def said(world: Papered, kind: PaperKind, fields: frozenset[Fields] = EVERYTHING) -> dict[str, Any]:
    """What a paper of this kind says to somebody who is shown these fields."""
    place = world.school.township if SUBJECTS[kind] is Subject.YEAR else world.school.place
    filled = Filling(world.about(kind), place, world.school.office, NOW, DUE, "某字〔2025〕1号")
    return as_shown(values_for(filled), fields)


@pytest.mark.parametrize("kind", ISSUED)
def test_every_paper_says_exactly_what_its_layout_has_marks_for(world: Papered, kind: PaperKind) -> None:
    filling(kind, said(world, kind))  # raises for a mark that is missing or strange
    filling(kind, said(world, kind, frozenset({Fields.BASIC})))


def test_the_lists_and_cells_hold_what_was_recorded(world: Papered) -> None:
    ledger = said(world, PaperKind.PERSUASION_LEDGER)
    assert [row["谈话要点"] for row in ledger["劝返"]] == ["孩子想打工"]
    assert "村干部甲（包保干部 云岭村）" in ledger["劝返"][0]["参与人员及单位"]
    truancy = said(world, PaperKind.TRUANCY_REPORT)
    assert (truancy["旷课起"], truancy["旷课天数"]) == ("2025-09-08", "5")
    assert "祖母说发烧" in truancy["已联系情况"]
    notice = said(world, PaperKind.NOTICE_TO_RETURN)
    assert (notice["末次到校日"], notice["返校天数"], notice["劝返次数"]) == ("2025年9月5日", "7", "1")
    tuition = said(world, PaperKind.HOME_TUITION_FILE)
    assert (tuition["已送课时"], tuition["送教次数"], tuition["每次课时"]) == ("3.5", "2", "1.5")
    day = said(world, PaperKind.ABSENCE_REGISTER)
    assert (day["应到"], day["实到"], day["未点名班级"]) == ("2", "1", "无")
    assert [row["联系结果"] for row in day["名单"]] == ["联系上：祖母说发烧"]
    pairs = said(world, PaperKind.PAIRING_LEDGER)["结对"]
    assert [(row["方式"], row["成效"]) for row in pairs] == [("辅导", "会约分了")]
    assert said(world, PaperKind.RELIEF_APPLICATION)["申请金额"] == "128.50元"
    assert said(world, PaperKind.ENROLMENT_CHANGE)["证明材料"] == "病历或诊断证明"
    assert said(world, PaperKind.CLOSE_OUT)["复核结论"] == "不同意"


def test_the_fields_of_a_child_are_each_for_whom_they_are(world: Papered) -> None:
    basic = said(world, PaperKind.DROPOUT_REPORT, frozenset({Fields.BASIC}))
    assert (basic["监护人电话"], basic["现住址"]) == (HIDDEN, HIDDEN)
    assert basic["身份证号"] == "0000**********0017"
    assert said(world, PaperKind.RELIEF_APPLICATION, frozenset({Fields.BASIC}))["申请理由"] == HIDDEN
    assert said(world, PaperKind.HOME_TUITION_FILE, frozenset({Fields.BASIC}))["评估"] == HIDDEN


def test_what_was_said_in_confidence_stays_out_of_every_line(world: Papered) -> None:
    a_visit(world, VisitKind.HOME, "2025-09-11 18:30", private=True, findings="私密金丝雀")
    a_visit(world, VisitKind.PERSUASION, "2025-09-11 19:30", private=True, findings="私密金丝雀")
    ReasonStated.objects.create(
        case=world.case, reasons=["FAMILY"], note="私密金丝雀", private=True, by=world.school.teacher, at=NOW
    )
    others = EVERYTHING - {Fields.NOTES}
    assert [k for k in ISSUED if "私密金丝雀" in str(said(world, k, others))] == []
    assert "私密金丝雀" in str(said(world, PaperKind.PERSUASION_LEDGER))
    assert "私密金丝雀" in str(said(world, PaperKind.TRUANCY_REPORT))


def test_a_signature_given_on_a_screen_is_a_picture_in_its_box(world: Papered) -> None:
    words = said(world, PaperKind.PERSUASION_RECORD)
    picture = words["家长签名"]
    assert isinstance(picture, Picture)
    assert picture.png.startswith(b"\x89PNG")
    assert words["村委会签名"] == ""
    assert said(world, PaperKind.PERSUASION_RECORD)["家长签名"] == picture


def test_what_is_kept_opens_to_the_same_words(world: Papered) -> None:
    place, kind = world.school.place, PaperKind.PERSUASION_RECORD
    values = values_for(Filling(world.about(kind), place, world.school.office, NOW))
    again = from_plain(json.loads(to_text(values)))
    assert again == values
    assert parts_of(values) == {Fields.CONTACT, Fields.IDENTITY} & parts_of(values)
    kept = as_kept(values, frozenset({Fields.BASIC}))
    assert not any(isinstance(value, Only) for value in kept.values())


def test_a_month_lists_whoever_was_a_dropout_at_some_moment_of_it(world: Papered) -> None:
    rows = [("2025-09-10 09:00", Stage.DROPOUT), ("2025-09-11 09:00", Stage.BACK)]
    for moment, stage in rows:
        CaseChange.objects.create(
            case=world.case, at=at(moment), recorded_at=at(moment), stage_before=Stage.AT_RISK, stage=stage
        )
    assert [row["姓名"] for row in said(world, PaperKind.MONTHLY_LIST)["名单"]] == [world.child.name]
    about = about_place(PaperKind.MONTHLY_LIST, world.school.place, date(2025, 8, 1))
    august = values_for(Filling(about, world.school.place, world.school.office, NOW))
    assert august["名单"] == []


def test_the_last_day_at_school_is_before_the_spell_and_none_is_said_where_nobody_knows(
    world: Papered,
) -> None:
    assert said(world, PaperKind.DROPOUT_REPORT)["末次到校日"] == "2025-09-05"
    about = about_child(PaperKind.FAMILY_CARD, world.school.pupils[1])
    card = as_shown(values_for(Filling(about, world.school.place, world.school.office, NOW)), EVERYTHING)
    assert (card["现住址"], card["监护人"]) == ("未登记", [])
