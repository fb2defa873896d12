"""结对帮扶: who helps whom, how often they are in touch, and what it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders_db import School, a_person, a_place, a_school, at, day
from hypothesis import given as drawn
from hypothesis import strategies as st

from notoneless.core.case_terms import HelpWay, PairingPurpose
from notoneless.core.terms import Act, EventKind, PlaceKind, Post
from notoneless.records.models import ActRecord, JournalEntry, Obligation, Pairing, PairingContact, PostHeld
from notoneless.services import casework
from notoneless.services.helpers import HELPING_POSTS, gone, may_help
from notoneless.services.pairings import end_pairing, is_helper, pair, record_help
from notoneless.services.permissions import PLACE_POSTS, held_by
from notoneless.services.refusals import Refusal
from notoneless.services.support_lists import (
    Paired,
    by_school,
    children_of,
    mine,
    next_contact,
    not_paired_after_return,
    open_pairings,
    pairings_of,
)
from notoneless.web.read.quotas import quotas_of

pytestmark = pytest.mark.django_db
NOW = at("2025-09-10 10:00")


@pytest.fixture
def school(db: None) -> School:
    made = a_school(3)
    made.helper = a_person("黎老师", Post.SUBJECT_TEACHER, made.class_group)  # type: ignore[attr-defined]
    return made


def paired(school: School, pupil: int = 0, **more: Any) -> Pairing:
    given: dict[str, Any] = {
        "by": school.teacher,
        "helper": getattr(school, "helper", None),
        "purpose": PairingPurpose.RETURN_CARE,
        "from_day": day("09-10"),
        "contact_days": 7,
        "at": NOW,
    }
    return pair(child=school.pupils[pupil], **{**given, **more})


def helped(school: School, pairing: Pairing, moment: str, **more: Any) -> PairingContact:
    given: dict[str, Any] = {
        "by": school.helper,  # type: ignore[attr-defined]
        "way": HelpWay.TALK,
        "content": "谈了近况",
        "happened_at": at(moment),
        "at": at(moment),
    }
    return record_help(pairing=pairing, **{**given, **more})


def listed(school: School) -> list[Paired]:
    return pairings_of(children_of(school.place, NOW.date()), NOW.date())


def due(school: School, on: str) -> tuple[date, bool]:
    [only] = pairings_of(children_of(school.place, day(on)), day(on))
    return only.due_on, only.overdue


def test_contact_is_due_so_many_calendar_days_after_the_last(school: School) -> None:
    pairing = paired(school)
    assert due(school, "09-17") == (day("09-17"), False)
    assert due(school, "09-18") == (day("09-17"), True)
    helped(school, pairing, "2025-09-16 16:30")
    assert due(school, "09-18") == (day("09-23"), False)


def test_a_vacation_does_not_stop_the_clock(school: School) -> None:
    helped(school, paired(school), "2025-09-29 16:30")
    assert due(school, "10-07") == (day("10-06"), True)


def test_contacts_recorded_in_any_order_count_by_when_they_happened(school: School) -> None:
    pairing = paired(school)
    helped(school, pairing, "2025-09-20 16:30")
    helped(school, pairing, "2025-09-12 16:30", at=at("2025-09-21 08:00"))
    assert due(school, "09-21") == (day("09-27"), False)


@drawn(days=st.integers(1, 366), last=st.none() | st.integers(-30, 400))
def test_the_next_contact_is_due_so_many_days_after_the_later_of_beginning_and_last(
    days: int, last: int | None
) -> None:
    begun = day("09-10")
    last_on = None if last is None else begun + timedelta(days=last)
    assert (next_contact(begun, last_on, days) - begun).days == max(last or 0, 0) + days


def test_one_child_has_one_helper_for_a_purpose_and_one_helper_many_children(school: School) -> None:
    first = paired(school)
    paired(school, 1)
    paired(school, purpose=PairingPurpose.STUDY)
    with pytest.raises(Refusal, match="已由黎老师结对"):
        paired(school, helper=school.teacher)
    end_pairing(by=school.teacher, pairing=first, until=NOW.date(), evaluation="已稳定", at=NOW)
    paired(school, helper=school.teacher)
    assert len(mine(school.helper, NOW.date())) == 2  # type: ignore[attr-defined]


def test_the_same_form_twice_is_one_pairing_and_one_contact(school: School) -> None:
    pairing = paired(school, key="k")
    assert paired(school, key="k") == pairing
    assert helped(school, pairing, "2025-09-11 16:30", key="h") == helped(
        school, pairing, "2025-09-11 16:30", key="h"
    )
    assert [act.act for act in ActRecord.objects.order_by("recorded_at")] == [Act.PAIR, Act.HELP]


def test_an_obligation_to_pair_or_to_help_ends_by_it(db: None) -> None:
    school = a_school(1, pack="seeds/junior-three-guarantees")
    child, moment = school.pupils[0], at("2025-09-10 09:00")
    casework.record_event(
        by=school.teacher, child=child, kind=EventKind.SIGNS_OF_LEAVING, happened_at=moment, at=moment
    )
    owed = Obligation.objects.get(child=child, act=Act.HELP)
    pairing = pair(
        by=school.teacher,
        child=child,
        helper=school.teacher,
        purpose=PairingPurpose.PERSUADING,
        from_day=NOW.date(),
        contact_days=7,
        at=NOW,
    )
    record_help(by=school.teacher, pairing=pairing, way=HelpWay.TALK, content="谈心", happened_at=NOW, at=NOW)
    owed.refresh_from_db()
    assert owed.state.value == "MET"


def test_what_was_said_stays_out_of_the_childs_file_and_the_journal(school: School) -> None:
    helped(school, paired(school), "2025-09-11 16:30", content="父母离异", effect="愿意来校")
    assert not ActRecord.objects.exclude(note="").exists()
    assert "离异" not in str(list(JournalEntry.objects.values_list("body", "reason")))


def test_a_visit_recorded_already_is_pointed_to_and_not_typed_again(school: School) -> None:
    pairing = paired(school)
    moment = at("2025-09-12 18:00")
    visit = casework.record_visit(
        by=school.teacher, child=school.pupils[0], happened_at=moment, at=moment, note="见到祖母"
    )
    contact = helped(school, pairing, "2025-09-12 18:00", act=visit, content="", way=HelpWay.VISIT)
    again = helped(school, pairing, "2025-09-12 18:00", act=visit, content="", way=HelpWay.VISIT)
    assert contact == again
    assert ActRecord.objects.filter(act=Act.HELP).count() == 0
    assert due(school, "09-13") == (day("09-19"), False)


def test_a_visit_to_another_child_is_no_help_to_this_one(school: School) -> None:
    moment = at("2025-09-12 18:00")
    visit = casework.record_visit(
        by=school.teacher, child=school.pupils[1], happened_at=moment, at=moment, note="见到祖母"
    )
    with pytest.raises(Refusal, match="另一名学生"):
        helped(school, paired(school), "2025-09-12 18:00", act=visit)


@pytest.mark.parametrize(
    ("moment", "recorded", "words"),
    [
        ("2025-09-12 18:00", "2025-09-12 17:00", "晚于现在"),
        ("2025-09-09 18:00", "2025-09-12 17:00", "结对从 2025-09-10 开始"),
    ],
)
def test_help_to_come_or_before_the_pairing_is_refused(
    school: School, moment: str, recorded: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        helped(school, paired(school), moment, at=at(recorded))


def test_help_without_a_word_is_no_record(school: School) -> None:
    with pytest.raises(Refusal, match="做了什么"):
        helped(school, paired(school), "2025-09-12 18:00", content=" ")


def test_only_the_helper_and_those_who_support_the_child_record_help(school: School) -> None:
    pairing = paired(school)
    other = a_person("外人", Post.SUBJECT_TEACHER, school.class_group)
    with pytest.raises(Refusal, match="帮扶人本人"):
        helped(school, pairing, "2025-09-11 16:30", by=other)
    contact = helped(school, pairing, "2025-09-11 16:30", by=school.office)
    assert contact.act.by == school.helper  # type: ignore[attr-defined]


def test_a_helper_needs_a_post_nearby(school: School) -> None:
    far = a_school(0, name="外县完小", county="外县")
    with pytest.raises(Refusal, match="不在本校"):
        paired(school, helper=far.teacher)
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    cadre = a_person("村干部", Post.VILLAGE_CADRE, village)
    assert paired(school, helper=cadre).helper == cadre


@pytest.mark.parametrize("post", [Post.SUBJECT_TEACHER, Post.DUTY_OFFICER, Post.TOWNSHIP])
def test_who_does_not_support_the_child_pairs_nobody(school: School, post: Post) -> None:
    spots = {Post.SUBJECT_TEACHER: school.class_group, Post.TOWNSHIP: school.township}
    with pytest.raises(Refusal):
        paired(school, by=a_person("旁人", post, spots.get(post, school.place)))


def test_without_days_of_ones_own_the_policys_hold(db: None) -> None:
    strict, silent = a_school(1, pack="fujian/jianning-2024"), a_school(1, name="石门完小")
    for made in (strict, silent):
        made.helper = made.teacher  # type: ignore[attr-defined]
    assert paired(strict, contact_days=None).contact_days == 7
    with pytest.raises(Refusal, match="请填写"):
        paired(silent, contact_days=None)


def test_a_teachers_quota_counts_the_children_the_office_paired_them_with(db: None) -> None:
    school = a_school(2, pack="seeds/xipanlou")
    helper = a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group)
    for pupil in range(2):
        paired(school, pupil, by=school.office, helper=helper)
    [quota] = quotas_of(helper, held_by(helper, NOW.date()), as_of=NOW)
    assert (quota.quota.id, quota.progress.done, quota.progress.met) == ("subject-teacher-helps-two", 2, True)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_contact_duty_that_cannot_be_is_refused(school: School, days: int) -> None:
    with pytest.raises(Refusal, match="1 到 366"):
        paired(school, contact_days=days)


def test_a_helper_who_left_is_listed_and_sees_the_child_no_more(school: School) -> None:
    pairing, helper = paired(school), school.helper  # type: ignore[attr-defined]
    assert is_helper(helper, pairing, day("09-11"))
    PostHeld.objects.filter(person=helper).update(held_until=day("09-12"))
    assert [
        each.helper_in_post for each in pairings_of(children_of(school.place, day("09-12")), day("09-12"))
    ] == [False]
    assert not is_helper(helper, pairing, day("09-12"))
    assert [each.without_helper for each in by_school(school.county, [school.place], day("09-12"))] == [1]


def test_a_helper_who_moved_to_another_school_is_gone_and_one_above_it_is_not(school: School) -> None:
    far = a_school(0, name="石门完小")
    movers = [school.helper, a_person("镇干部", Post.TOWNSHIP, school.township)]  # type: ignore[attr-defined]
    pairings = [paired(school, pupil, helper=each) for pupil, each in enumerate(movers)]
    PostHeld.objects.filter(person=movers[0]).update(class_group=far.class_group)
    assert [is_helper(each, row, NOW.date()) for each, row in zip(movers, pairings, strict=True)] == [
        False,
        True,
    ]
    left = {each.pairing.helper: each.helper_in_post for each in listed(school)}
    assert left == {movers[0]: False, movers[1]: True}
    assert mine(movers[0], NOW.date()) == []


@pytest.mark.parametrize("post", sorted(HELPING_POSTS & PLACE_POSTS))
def test_many_helpers_are_judged_as_one_is(school: School, post: Post) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    far = a_place(PlaceKind.VILLAGE, "松坪村", a_place(PlaceKind.TOWNSHIP, "松坪镇", school.county))
    for place in (school.place, school.township, school.county, village, far):
        person = a_person("某人", post, place)
        expected = may_help(person, school.pupils[0], NOW.date())
        pair_of = (school.pupils[0].pk, person.pk)
        assert (pair_of not in gone([pair_of], NOW.date())) == expected, place.name


def test_what_is_over_is_nobodys_duty(school: School) -> None:
    pairing = paired(school)
    later = at("2025-09-20 10:00")
    with pytest.raises(Refusal, match="到今天之间"):
        end_pairing(by=school.teacher, pairing=pairing, until=day("09-21"), evaluation="好", at=later)
    end_pairing(by=school.teacher, pairing=pairing, until=day("09-20"), evaluation="好", at=later)
    assert not open_pairings(day("09-20")).exists()
    with pytest.raises(Refusal, match="已经结束"):
        helped(school, pairing, "2025-09-21 16:30")
    with pytest.raises(Refusal, match="已经结束"):
        end_pairing(by=school.teacher, pairing=pairing, until=day("09-20"), evaluation="好", at=later)


def test_whoever_is_back_is_offered_a_helper_until_one_is_there(school: School) -> None:
    school.calls("09-08 A", "09-09 A", "09-10 A", "09-11 A", "09-12 A")
    school.calls("09-15")
    assert [
        case.child for case in not_paired_after_return(children_of(school.place, day("09-15")), day("09-15"))
    ] == [school.pupils[0]]
    paired(school, at=at("2025-09-15 10:00"), from_day=day("09-15"))
    assert not_paired_after_return(children_of(school.place, day("09-15")), day("09-15")) == []
