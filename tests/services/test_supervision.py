"""督导: orders wait until they are confirmed, nobody chooses a sample, people decide on recognition."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders_db import School, a_person, a_school, at

from notoneless.core.case_terms import Decision, VisitKind
from notoneless.core.report_terms import (
    FindingStep,
    InspectionKind,
    MeasureKind,
    OnTime,
    RecognitionKind,
)
from notoneless.core.terms import Act, ActOutcome, Post
from notoneless.records.models import (
    ActRecord,
    FindingStepTaken,
    Inspection,
    InspectionFinding,
    JournalEntry,
    Place,
    SampleAnnounced,
    SampleDrawn,
    Visit,
)
from notoneless.services.honesty.score import discovery, reporting_score
from notoneless.services.refusals import Refusal
from notoneless.services.supervision.inspections import (
    add_finding,
    inspections_in,
    orders_at,
    record_inspection,
    reinspect,
    report_rectified,
    standing,
)
from notoneless.services.supervision.measures import measures_in, take_measure
from notoneless.services.supervision.recognition import (
    ask_recognition,
    decide_recognition,
    facts_for,
    recognitions_in,
)
from notoneless.services.supervision.samples import (
    announce_sample,
    draw_sample,
    frame,
    recipe,
    record_revisit,
    result,
    rows_of,
)

pytestmark = pytest.mark.django_db
NOW = at("2025-09-12 10:00")
FIRST, LAST = date(2025, 9, 1), date(2025, 9, 12)


@pytest.fixture
def school(db: None) -> School:
    return a_school(6)


def inspected(school: School, **more: Any) -> Inspection:
    given: dict[str, Any] = {
        "by": school.bureau,
        "kind": InspectionKind.SEASON,
        "place": school.place,
        "day": date(2025, 9, 10),
        "inspectors": "督学两人",
        "subject": "开学点名和家访",
        "at": NOW,
    }
    return record_inspection(**{**given, **more})


def found(school: School, inspection: Inspection | None = None, **more: Any) -> InspectionFinding:
    given: dict[str, Any] = {
        "by": school.bureau,
        "inspection": inspection or inspected(school),
        "what": "三年级2班有两天没有点名",
        "ground": "控辍保学制度第三条",
        "responsible": Post.PRINCIPAL,
        "due_on": date(2025, 9, 19),
        "at": NOW,
    }
    return add_finding(**{**given, **more})


# Inspections.


def test_an_order_waits_on_the_responsible_board_until_it_is_confirmed(school: School) -> None:
    finding = found(school)
    schools = Place.objects.filter(pk=school.place.pk)
    (owed,) = orders_at(schools)
    assert (owed.step, owed.due_on) == (FindingStep.ORDERED, date(2025, 9, 19))
    assert not owed.overdue(date(2025, 9, 19))
    assert owed.overdue(date(2025, 9, 20))
    report_rectified(by=school.principal, finding=finding, note="已补点名，已培训", at=NOW)
    (owed,) = orders_at(schools)
    assert (owed.step, owed.overdue(date(2025, 12, 1))) == (FindingStep.REPORTED, False)
    soon = NOW + timedelta(hours=1)
    reinspect(
        by=school.bureau, finding=finding, enough=False, note="仍有一天", due_on=date(2025, 9, 26), at=soon
    )
    (owed,) = orders_at(schools)
    assert owed.overdue(date(2025, 9, 27))
    later = NOW + timedelta(days=2)
    report_rectified(by=school.principal, finding=finding, note="全部补齐", at=later)
    reinspect(by=school.bureau, finding=finding, enough=True, note="", at=later + timedelta(hours=1))
    assert orders_at(schools) == []
    assert standing(InspectionFinding.objects.get(pk=finding.pk)).step is FindingStep.CONFIRMED


def test_a_finding_without_a_day_orders_nothing(school: School) -> None:
    finding = found(school, due_on=None)
    assert standing(finding).step is None
    with pytest.raises(Refusal, match="没有等待整改"):
        report_rectified(by=school.principal, finding=finding, note="改了", at=NOW)


def test_findings_are_numbered_and_what_is_sent_twice_is_one(school: School) -> None:
    inspection = inspected(school, key="a")
    assert inspected(school, key="a") == inspection
    first, again = (found(school, inspection, key="f") for _ in range(2))
    second = found(school, inspection)
    assert (first, first.number, second.number) == (again, 1, 2)
    assert [each.number for each in inspections_in(school.county)[0].findings.all()] == [1, 2]


@pytest.mark.parametrize(
    "text", ["对班主任罚款200元", "扣发当月绩效", "予以免职", "撤销校长职务", "一票否决"]
)
def test_money_and_posts_are_no_measure(school: School, text: str) -> None:
    with pytest.raises(Refusal, match="罚款和人事处分"):
        found(school, what=text)
    with pytest.raises(Refusal, match="罚款和人事处分"):
        take_measure(
            by=school.bureau,
            kind=MeasureKind.TALK,
            place=school.place,
            day=date(2025, 9, 12),
            who="校长",
            reason=text,
            at=NOW,
        )


@pytest.mark.parametrize("who", ["teacher", "office", "principal"])
def test_a_school_does_not_inspect_itself(school: School, who: str) -> None:
    with pytest.raises(Refusal):
        inspected(school, by=getattr(school, who))


def test_who_reported_it_as_mended_does_not_confirm_it(school: School) -> None:
    finding = found(school)
    a_post = a_person("兼任的人", Post.PRINCIPAL, school.place)
    a_post.posts_held.create(post=Post.COUNTY_BUREAU, place=school.county, held_from=FIRST)
    report_rectified(by=a_post, finding=finding, note="已改", at=NOW)
    with pytest.raises(Refusal, match="两个人"):
        reinspect(by=a_post, finding=finding, enough=True, note="", at=NOW)


def test_only_who_answers_for_the_place_reports_it_as_mended(school: School) -> None:
    finding = found(school)
    with pytest.raises(Refusal):
        report_rectified(by=school.teacher, finding=finding, note="已改", at=NOW)
    assert FindingStepTaken.objects.count() == 1


def test_an_order_gives_time_and_an_inspection_is_over(school: School) -> None:
    with pytest.raises(Refusal, match="整改期限"):
        found(school, due_on=NOW.date())
    with pytest.raises(Refusal, match="晚于现在"):
        inspected(school, day=date(2025, 9, 13))


def test_a_talk_stands_with_the_finding_it_rests_on(school: School) -> None:
    finding = found(school)
    taken = take_measure(
        by=school.bureau,
        kind=MeasureKind.TALK,
        place=school.place,
        finding=finding.pk,
        day=date(2025, 9, 12),
        who="校长、分管副校长",
        reason="两次未按时点名，请一周内补齐并说明办法",
        at=NOW,
    )
    assert list(measures_in(school.county)) == [taken]
    assert taken.finding == finding
    other = a_school(1, name="石门完小")
    with pytest.raises(Refusal, match="没有这一条"):
        take_measure(
            by=other.bureau,
            kind=MeasureKind.TALK,
            place=other.place,
            finding=finding.pk,
            day=date(2025, 9, 12),
            who="校长",
            reason="x",
            at=NOW,
        )


# Samples.


def visited(school: School, many: int) -> None:
    for number in range(many):
        moment = at(f"2025-09-0{1 + number % 8} 17:00")
        act = ActRecord.objects.create(
            child=school.pupils[number % 6],
            act=Act.HOME_VISIT,
            happened_at=moment,
            recorded_at=moment,
            by=school.teacher,
            by_post=Post.CLASS_TEACHER,
            outcome=ActOutcome.REACHED,
        )
        Visit.objects.create(act=act, kind=VisitKind.HOME)


def announced(school: School, **more: Any) -> SampleAnnounced:
    given: dict[str, Any] = {
        "by": school.bureau,
        "place": school.county,
        "of": "VISITS",
        "first": FIRST,
        "last": LAST,
        "size": 4,
        "seed_source": "福彩双色球 2025年第107期",
        "seed_on": date(2025, 9, 14),
        "at": NOW,
    }
    return announce_sample(**{**given, **more})


def test_what_is_recorded_after_the_announcement_is_not_drawn_from(school: School) -> None:
    visited(school, 12)
    sample = announced(school)
    before = rows_of(sample)
    visited(school, 3)
    assert len(before) == 12 == sample.frame_size
    drawn = draw_sample(by=school.bureau, announced=sample, seed="05 11 16", at=at("2025-09-14 22:00"))
    assert set(drawn.chosen) <= set(before)
    assert len(drawn.chosen) == 4


def test_anybody_draws_the_same_again_and_a_changed_line_shows(school: School) -> None:
    visited(school, 12)
    sample = announced(school)
    assert recipe(sample) is None
    draw_sample(by=school.bureau, announced=sample, seed=" 05  11 16", at=at("2025-09-15 08:00"))
    told = recipe(sample)
    assert told is not None
    assert told.agrees
    assert not told._replace(rows=told.rows[1:]).agrees
    assert not told._replace(seed="05 11 17").agrees
    assert not told._replace(chosen=told.chosen[::-1]).agrees


def test_nobody_draws_before_the_number_is_known_or_with_another_number(school: School) -> None:
    visited(school, 12)
    sample = announced(school)
    with pytest.raises(Refusal, match="到那天以后"):
        draw_sample(by=school.bureau, announced=sample, seed="05", at=at("2025-09-13 23:59"))
    draw_sample(by=school.bureau, announced=sample, seed="05", at=at("2025-09-14 08:00"))
    draw_sample(by=school.bureau, announced=sample, seed="05", at=at("2025-09-14 09:00"))
    with pytest.raises(Refusal, match="号码不能换"):
        draw_sample(by=school.bureau, announced=sample, seed="06", at=at("2025-09-14 10:00"))
    assert SampleDrawn.objects.count() == 1


def test_a_number_that_is_known_already_is_no_public_number(school: School) -> None:
    visited(school, 12)
    with pytest.raises(Refusal, match="谁也不能先知道"):
        announced(school, seed_on=NOW.date())
    with pytest.raises(Refusal, match="12 条"):
        announced(school, size=13)
    with pytest.raises(Refusal):
        announced(school, by=school.principal, place=school.place)


def test_the_share_that_agrees_says_how_sure_it_is(school: School) -> None:
    visited(school, 12)
    drawn = draw_sample(by=school.bureau, announced=announced(school), seed="5", at=at("2025-09-15 08:00"))
    answers = [True, True, True, False]
    for row, answer in zip(drawn.chosen, answers, strict=True):
        record_revisit(
            by=school.bureau,
            sample=drawn,
            row=row,
            as_recorded=answer,
            note="" if answer else "没来过",
            at=NOW,
        )
    share = result(drawn)
    assert (share.agreeing, share.of) == (3, 4)
    assert 0.3 < share.low < 0.75 < share.high < 0.96
    with pytest.raises(Refusal, match="没有抽中"):
        record_revisit(by=school.bureau, sample=drawn, row="x", as_recorded=True, note="", at=NOW)
    with pytest.raises(Refusal, match="已经回访过"):
        record_revisit(
            by=school.bureau, sample=drawn, row=drawn.chosen[0], as_recorded=False, note="没来过", at=NOW
        )


def test_children_recorded_as_present_are_those_of_classes_called_that_day(school: School) -> None:
    school.calls("09-11 A.L", "09-12 .A")
    day = date(2025, 9, 11)
    present = frame(school.county, "PRESENT", day, day, NOW)
    assert present == sorted(str(school.pupils[i].pk) for i in (1, 3, 4, 5))
    assert frame(school.county, "PRESENT", day, date(2025, 9, 10), NOW) == []


# Scores and recognition.


def test_reporting_is_scored_apart_from_what_is_reported(school: School) -> None:
    """A school with many absences that it reports in time scores as one without any."""
    other = a_school(6, name="石门完小")
    days = [f"09-0{d}" for d in (8, 9)] + ["09-10", "09-11", "09-12"]
    school.calls(*(f"{each} AAAAA" for each in days))
    other.calls(*days)
    scores = [reporting_score(each.place, FIRST, LAST, NOW) for each in (school, other)]
    assert scores[0].roll_calls_same_day == scores[1].roll_calls_same_day
    assert scores[0].roll_calls == scores[1].roll_calls
    assert scores[0].roll_calls.part == 5


def test_a_roll_call_written_down_days_later_is_taken_and_not_of_its_day(school: School) -> None:
    school.calls("09-08")
    school.roll_call("", "2025-09-09 08:05", recorded="2025-09-11 16:00")
    score = reporting_score(school.place, FIRST, LAST, NOW)
    assert (score.roll_calls.part, tuple(score.roll_calls_same_day)) == (2, (1, 2))
    assert str(score.roll_calls_same_day.share) == "50.0"


def test_what_nobody_knew_yet_does_not_count(school: School) -> None:
    school.roll_call("", "2025-09-09 08:05", recorded="2025-09-11 16:00")
    assert reporting_score(school.place, FIRST, LAST, at("2025-09-10 10:00")).roll_calls.part == 0


def test_a_class_with_a_dropout_that_was_reported_may_be_put_forward(school: School) -> None:
    school.calls("09-08 A", "09-09 A", "09-10 A", "09-11 A", "09-12 A")
    facts = facts_for(school.place, FIRST, LAST, NOW, class_group=school.class_group)
    assert set(facts) == {"outcome", "reporting"}
    assert set(facts["reporting"]["reports"]) == {each.value for each in OnTime}
    asked = ask_recognition(
        by=school.principal,
        kind=RecognitionKind.CLASS_WITHOUT_DROPOUT,
        place=school.place,
        class_group=school.class_group,
        first=FIRST,
        last=LAST,
        at=NOW,
    )
    with pytest.raises(Refusal, match="还没有写"):
        decide_recognition(by=school.bureau, asked=asked, decision=Decision.REFUSED, at=NOW)
    decided = decide_recognition(by=school.bureau, asked=asked, decision=Decision.AGREED, at=NOW)
    assert recognitions_in(school.county)[0].decided == decided
    with pytest.raises(Refusal, match="已经评定"):
        decide_recognition(by=school.bureau, asked=asked, decision=Decision.AGREED, at=NOW)


def test_a_school_decides_nothing_about_itself(school: School) -> None:
    given: dict[str, Any] = {"kind": RecognitionKind.HONEST_REPORTING, "place": school.place, "at": NOW}
    asked = ask_recognition(by=school.principal, first=FIRST, last=LAST, **given)
    with pytest.raises(Refusal):
        decide_recognition(by=school.principal, asked=asked, decision=Decision.AGREED, at=NOW)
    with pytest.raises(Refusal):
        ask_recognition(by=school.teacher, first=FIRST, last=LAST, **given)
    with pytest.raises(Refusal, match="一个班"):
        ask_recognition(
            by=school.principal,
            first=FIRST,
            last=LAST,
            **{**given, "kind": RecognitionKind.CLASS_WITHOUT_DROPOUT},
        )


def test_what_a_school_reported_is_told_from_what_others_found(school: School) -> None:
    school.calls("09-08 A", "09-09 A", "09-10 A", "09-11 A", "09-12 A")
    told = discovery(school.place, FIRST, LAST, NOW)
    assert told.found == ()
    assert set(told.reported) <= {school.pupils[0].pk}


def test_every_act_of_supervision_is_in_the_journal(school: School) -> None:
    found(school)
    visited(school, 12)
    announced(school)
    acts = set(JournalEntry.objects.values_list("act", flat=True))
    assert {"RECORD_INSPECTION", "ADD_FINDING", "ANNOUNCE_SAMPLE"} <= acts
