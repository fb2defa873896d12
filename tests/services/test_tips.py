"""A tip from the public: kept once, answered in time, and silent about who sent it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from builders_db import School, a_person, a_place, a_school, at
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from notoneless.core.terms import PlaceKind, Post, TipAnswer, TipFinding, TipStage
from notoneless.records.models import JournalEntry, Knocks, Tip, TipForwarded
from notoneless.services import public_queues, tips
from notoneless.services.knocks import forget_old, knock
from notoneless.services.refusals import Refusal
from notoneless.services.tip_words import refuse_leak

pytestmark = pytest.mark.django_db

FRIDAY = at("2025-09-05 16:00")
MONDAY = at("2025-09-08 09:00")
CONTACT = "王大姐 13800001234"
SEEN = "镇上汽修店里有个十二三岁的男孩，天天在洗车，没见他去过学校。"


def a_tip(school: School, key: str = "k1", seen: str = SEEN, reporter: str = CONTACT) -> Tip:
    return tips.send_tip(
        place=school.township, seen=seen, where="汽修店", reporter=reporter, at=FRIDAY, key=key
    )


def test_a_tip_sent_twice_is_one_row_with_one_receipt() -> None:
    school = a_school()
    assert a_tip(school).receipt == a_tip(school).receipt
    assert Tip.objects.count() == 1


def test_a_tip_of_friday_is_taken_up_by_monday_and_closed_within_ten_working_days() -> None:
    tip = a_tip(a_school())
    assert (tip.take_up_by, tip.answer_by) == (at("2025-09-08 23:59"), at("2025-09-19 23:59"))


def test_the_receipt_tells_how_far_things_are_however_it_is_typed() -> None:
    school = a_school()
    tip = a_tip(school)
    typed = f" {tip.receipt[:5].lower()} {tip.receipt[5:]}"
    seen = [tips.progress_of(typed)]
    tips.take_up(by=school.bureau, tip=tip, at=MONDAY)
    seen.append(tips.progress_of(typed))
    tips.answer(by=school.bureau, tip=tip, finding=TipFinding.FOUND_OUT, words="已到家看望。", at=MONDAY)
    seen.append(tips.progress_of(typed))
    assert [(each.stage, each.answer) for each in seen if each] == [
        (TipStage.SENT, None),
        (TipStage.CHECKED, None),
        (TipStage.ANSWERED, TipAnswer.SEEN_TO),
    ]
    assert tips.progress_of("AAAAAAAAAA") is None


def test_whoever_has_the_number_is_not_told_whether_a_child_is_in_school() -> None:
    assert set(tips.ANSWERS) == set(TipFinding)
    assert tips.ANSWERS[TipFinding.IN_SCHOOL] is tips.ANSWERS[TipFinding.FOUND_OUT]


def test_who_sent_a_tip_lies_sealed_and_opens_in_no_other_row() -> None:
    school = a_school()
    one, two = a_tip(school), a_tip(school, key="k2", reporter="")
    assert CONTACT.encode() not in bytes(one.reporter_sealed or b"")
    assert one.reporter() == CONTACT
    two.reporter_sealed = one.reporter_sealed
    with pytest.raises(ValueError, match="挪到了别的记录"):
        two.reporter()


def test_each_look_at_the_reporter_is_in_the_journal_with_who_looked() -> None:
    school = a_school()
    tip = a_tip(school)
    assert tips.open_reporter(by=school.bureau, tip=tip, at=MONDAY) == CONTACT
    entry = JournalEntry.objects.get(act="OPEN_REPORTER")
    assert (entry.by, entry.subject_id) == (school.bureau, str(tip.pk))


@pytest.mark.parametrize("post", [Post.SCHOOL_OFFICE, Post.PRINCIPAL, Post.TOWNSHIP, Post.CENTRAL_SCHOOL])
def test_below_the_county_nobody_sees_a_tip_or_its_reporter(post: Post) -> None:
    school = a_school()
    tip = a_tip(school)
    where = school.place if post in (Post.SCHOOL_OFFICE, Post.PRINCIPAL) else school.township
    person = a_person("乡镇或学校", post, where)
    assert not tips.queue(person, at=MONDAY).exists()
    with pytest.raises(Refusal):
        tips.open_reporter(by=person, tip=tip, at=MONDAY)
    assert not JournalEntry.objects.filter(act="OPEN_REPORTER").exists()


def test_another_county_does_not_see_it() -> None:
    tip = a_tip(a_school())
    other = a_school(county="邻县", name="河口小学")
    assert not tips.queue(other.bureau, at=MONDAY).exists()
    with pytest.raises(Refusal):
        tips.take_up(by=other.bureau, tip=tip, at=MONDAY)


def test_the_journal_holds_neither_words_nor_reporter() -> None:
    school = a_school()
    tip = a_tip(school)
    tips.forward(by=school.bureau, tip=tip, to=school.township, words="请核实有无童工。", at=MONDAY, key="f1")
    told = json.dumps(list(JournalEntry.objects.values_list("body", "reason")), ensure_ascii=False)
    assert "汽修" not in told
    assert "1380000" not in told
    assert "童工" not in told


def test_a_township_sees_the_countys_words_and_replies_once() -> None:
    school = a_school()
    tip = a_tip(school)
    cadre = a_person("镇干部", Post.TOWNSHIP, school.township)
    words = "请核实辖区修理铺有无适龄儿童务工。"
    sent = tips.forward(by=school.bureau, tip=tip, to=school.township, words=words, at=MONDAY, key="f1")
    assert [row.words for row in tips.passed_on(cadre, at=MONDAY)] == [words]
    first = tips.reply(by=cadre, forwarded=sent, words="已找到。", at=MONDAY)
    assert tips.reply(by=cadre, forwarded=sent, words="又说一遍。", at=MONDAY) == first


def test_passing_on_twice_is_one_row_and_takes_the_tip_up() -> None:
    school = a_school()
    tip = a_tip(school)
    for _ in range(2):
        tips.forward(by=school.bureau, tip=tip, to=school.place, words="请核实。", at=MONDAY, key="f1")
    assert TipForwarded.objects.count() == 1
    found = tips.progress_of(tip.receipt)
    assert found is not None
    assert found.stage is TipStage.CHECKED


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("据1380000 1234反映，请核实。", "NAMES_REPORTER"),
        ("据１３８００００１２３４电话", "NAMES_REPORTER"),
        ("王大姐说有孩子在打工。", "NAMES_REPORTER"),
        (SEEN, "COPIED_WORDS"),
        ("请核实：" + SEEN[:20], "COPIED_WORDS"),
    ],
)
def test_words_passed_on_neither_name_the_reporter_nor_copy_the_tip(words: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_leak(words, seen=SEEN, reporter=CONTACT)
    assert refused.value.code == code


def test_the_countys_own_words_pass() -> None:
    refuse_leak("请核实汽修店有无孩子打工，电话回告。", seen=SEEN, reporter="不用联系，电话没有")


def test_late_tips_are_handed_up_once() -> None:
    tip = a_tip(a_school())
    assert public_queues.look_over(now=at("2025-09-08 23:59")) == 0
    assert public_queues.look_over(now=at("2025-09-09 00:05")) == 1
    assert public_queues.look_over(now=at("2025-09-10 00:05")) == 0
    tip.refresh_from_db()
    assert tip.escalated_at == at("2025-09-09 00:05")


def test_a_place_that_is_no_township_is_refused() -> None:
    school = a_school()
    with pytest.raises(Refusal, match="请从列表里选"):
        tips.send_tip(place=school.place, seen=SEEN, at=FRIDAY, key="k")


def test_too_long_a_text_is_refused_with_the_limit() -> None:
    school = a_school()
    with pytest.raises(Refusal, match="有 10000 个字，最多 2000 个字"):
        a_tip(school, seen="长" * 10_000)
    assert not Tip.objects.exists()


def test_an_address_knocks_so_often_in_an_hour_and_is_then_refused() -> None:
    for _ in range(3):
        knock("tip", "192.0.2.7", most=3, at=MONDAY)
    with pytest.raises(Refusal, match="最多提交 3 次"):
        knock("tip", "192.0.2.7", most=3, at=MONDAY)
    knock("tip", "192.0.2.8", most=3, at=MONDAY)
    knock("tip", "192.0.2.7", most=3, at=MONDAY + timedelta(hours=1))


def test_what_is_counted_names_no_address_and_is_forgotten_after_a_day() -> None:
    knock("tip", "192.0.2.7", most=3, at=MONDAY)
    knock("tip", "192.0.2.7", most=3, at=MONDAY + timedelta(hours=1))
    keys = [bytes(key) for key in Knocks.objects.values_list("key", flat=True)]
    assert len(set(keys)) == 2
    assert not any(b"192.0.2.7" in key for key in keys)
    assert forget_old(at=MONDAY + timedelta(hours=25, minutes=1)) == 2


def test_whoever_does_not_know_the_township_names_the_county() -> None:
    school = a_school()
    tip = tips.send_tip(place=school.county, seen=SEEN, at=FRIDAY, key="c")
    assert [row.pk for row in tips.queue(school.bureau, at=MONDAY)] == [tip.pk]


def test_a_village_takes_tips_too() -> None:
    school = a_school()
    village = a_place(PlaceKind.VILLAGE, "上坝村", school.township)
    tip = tips.send_tip(place=village, seen=SEEN, at=FRIDAY, key="v")
    assert [row.pk for row in tips.queue(school.bureau, at=MONDAY)] == [tip.pk]


class NothingOfTheReporterPasses(TestCase):
    """Whatever a reporter writes about themselves, passing it on is refused."""

    @settings(max_examples=50)
    @given(st.text("0123456789", min_size=7, max_size=12), st.text("请核实孩子情况 -，", max_size=20))
    def test_a_telephone_in_the_words_is_always_found(self, phone: str, words: str) -> None:
        with pytest.raises(Refusal):
            refuse_leak(f"{words}{phone}{words}", seen="", reporter=f"电话 {phone}")
