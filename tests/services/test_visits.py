"""A visit is one record: who truly took part, when it was made and written down, what it meets."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from builders_db import TOWNSHIP_PACK, School, a_class, a_person, a_place, a_school, at
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.core.case_terms import RecordFlag, VisitItem, VisitKind, VisitTrigger
from notoneless.core.terms import Act, ActOutcome, Evidence, PlaceKind, Post
from notoneless.records.models import (
    ActRecord,
    ClassGroup,
    Flagged,
    JournalEntry,
    Obligation,
    Person,
    PostHeld,
    Residence,
    SignatureGiven,
    Visit,
    VisitParticipant,
)
from notoneless.services import casework
from notoneless.services.flags import FlagGiven, flags_of
from notoneless.services.refusals import Refusal
from notoneless.services.took_part import BY_NAME, TookPart, posts_around
from notoneless.services.visits import ACT_OF, Signed, record_group_visit, record_visit, still_missing

pytestmark = pytest.mark.django_db
NOON = at("2025-09-08 12:00")
STROKES = [[[0, 0], [500, 400], [1000, 1000]], [[10, 900], [990, 20]]]


@pytest.fixture
def school(db: None) -> School:
    """A class whose rule sends the class teacher with the assigned teacher: its first pupil is away."""
    made = a_school(pack=TOWNSHIP_PACK)
    made.calls("09-05 A", "09-08 A")
    return made


def visit(school: School, **more: Any) -> Visit:
    told: dict[str, Any] = {
        "by": school.teacher,
        "child": school.pupils[0],
        "kind": VisitKind.HOME,
        "trigger": VisitTrigger.UNEXPLAINED,
        "happened_at": NOON,
        "at": NOON,
        "findings": "见到祖母，孩子在家。",
    }
    return record_visit(**told | more)


def flags(of: Visit) -> list[RecordFlag]:
    return [each.flag for each in flags_of("act", [str(of.pk)]).get(str(of.pk), [])]


def refused(school: School, **more: Any) -> Refusal:
    before = (ActRecord.objects.count(), JournalEntry.objects.count(), Flagged.objects.count())
    with pytest.raises(Refusal) as caught:
        visit(school, **more)
    after = (ActRecord.objects.count(), JournalEntry.objects.count(), Flagged.objects.count())
    assert before == after
    assert caught.value.zh
    assert caught.value.en
    return caught.value


def villagers(school: School, since: str = "2025-09-01") -> tuple[Person, Any]:
    """The first pupil lives in a village whose committee has somebody here."""
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    Residence.objects.create(child=school.pupils[0], place=village, from_day=date(2025, 9, 1))
    return a_person("村主任", Post.VILLAGE_COMMITTEE, village, date.fromisoformat(since)), village


# What is kept.


@pytest.mark.parametrize("kind", list(VisitKind))
def test_each_kind_is_the_act_that_a_rule_asks_for(school: School, kind: VisitKind) -> None:
    made = visit(school, kind=kind)
    assert (made.kind, made.act.act) == (kind, ACT_OF[kind])
    assert made.act.evidence
    entry = JournalEntry.objects.order_by("-seq")[0]
    assert entry.body["visit"] == kind.value


def test_all_that_is_said_is_kept_and_told_in_one_entry_without_words(school: School) -> None:
    entries = JournalEntry.objects.count()
    _, village = villagers(school)
    made = visit(
        school,
        purpose="问明原因",
        appointed_at=at("2025-09-08 10:00"),
        appointed_how="电话",
        where="家里",
        village=village,
        items={VisitItem.AT_HOME: "祖母照看", VisitItem.FAMILY: " "},
        guardian_view="同意返校",
        child_view="怕跟不上",
        agreed="周一返校，补课",
        promised_on=date(2025, 9, 9),
        outcome=ActOutcome.PROMISED_RETURN,
        next_contact_on=date(2025, 9, 10),
        private=True,
        people=[TookPart(name="祖母")],
        signatures=[Signed("家长", "安祖母", STROKES, NOON)],
    )
    kept = Visit.objects.select_related("act").get(pk=made.pk)
    assert (kept.purpose, kept.where, kept.village, kept.items) == (
        "问明原因",
        "家里",
        village,
        {"AT_HOME": "祖母照看"},
    )
    assert (kept.guardian_view, kept.child_view, kept.agreed) == ("同意返校", "怕跟不上", "周一返校，补课")
    assert (kept.act.note, kept.act.private, kept.act.participants) == ("见到祖母，孩子在家。", True, "祖母")
    assert kept.promised_on == date(2025, 9, 9)
    assert SignatureGiven.objects.get(visit=kept).strokes == STROKES
    assert JournalEntry.objects.count() == entries + 1
    said = str(JournalEntry.objects.order_by("-seq")[0].body)
    assert not any(word in said for word in ("祖母", "返校", "原因"))


def test_whoever_records_it_took_part_by_the_post_of_that_day(school: School) -> None:
    made = visit(school)
    assert [(p.post, p.person) for p in made.people.all()] == [(Post.CLASS_TEACHER, school.teacher)]
    assert made.act.taking_part == []
    alone = visit(school, by=school.office, people=[TookPart(Post.SCHOOL_OFFICE, school.office)])
    assert [p.post for p in alone.people.all()] == [Post.SCHOOL_OFFICE]


def test_items_alone_are_a_record_too_and_nothing_at_all_is_none(school: School) -> None:
    items = visit(school, findings="", items={VisitItem.AT_SCHOOL: "按时到校"})
    assert (items.act.note, items.act.evidence) == ("按时到校", [Evidence.VISIT_RECORD.value])
    assert visit(school, findings=" ").act.evidence == []


def test_every_act_that_is_a_visit_has_its_visit(school: School) -> None:
    for act in (Act.HOME_VISIT, Act.CONTACT_GUARDIAN, Act.FOLLOW_UP_CALL, Act.HOSPITAL_VISIT, Act.PERSUADE):
        made = casework.record_act(
            by=school.teacher,
            child=school.pupils[0],
            act=act,
            happened_at=NOON,
            at=NOON,
            participants="祖母、民警",
            note="说过",
        )
        assert (made.visit.findings, made.visit.trigger, made.act) == ("说过", "", act)
        assert [p.name for p in made.visit.people.all()] == ["", "祖母", "民警"]


def test_the_same_key_is_one_visit_and_of_another_child_refused(school: School) -> None:
    first = visit(school, key="k", people=[TookPart(name="祖母")])
    assert visit(school, key="k", findings="不同的话") == first
    assert VisitParticipant.objects.count() == 2
    assert refused(school, key="k", child=school.pupils[1]).code == "KEY_USED"
    assert refused(school, key="k", kind=VisitKind.PHONE).code == "KEY_USED"


def test_a_visit_costs_a_bounded_number_of_questions(school: School) -> None:
    visit(school)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        visit(school, people=[TookPart(Post.PRINCIPAL, school.principal)], findings="再访")
    assert len(asked) < 45


# Who took part.


def test_the_obligation_ends_only_when_those_whom_the_rule_names_took_part(school: School) -> None:
    owed = Obligation.objects.get(child=school.pupils[0], act=Act.HOME_VISIT)
    alone = visit(school, ordered=owed.pk)
    owed.refresh_from_db()
    assert owed.state == "OPEN"
    assert still_missing(alone) == {Post.ASSIGNED_TEACHER}
    helper = a_person("挂包", Post.ASSIGNED_TEACHER, school.class_group)
    both = visit(school, ordered=owed.pk, people=[TookPart(Post.ASSIGNED_TEACHER, helper)])
    owed.refresh_from_db()
    assert owed.state == "MET"
    assert still_missing(both) == frozenset()


def test_a_post_held_since_tomorrow_or_until_today_was_not_held(school: School) -> None:
    new = a_person("新来的", Post.SUBJECT_TEACHER, school.class_group, date(2025, 9, 9))
    assert refused(school, people=[TookPart(Post.SUBJECT_TEACHER, new)]).code == "POST_NOT_HELD_THAT_DAY"
    left = a_person("走了的", Post.GRADE_HEAD, school.place)
    PostHeld.objects.filter(person=left).update(held_until=date(2025, 9, 8))
    told = refused(school, people=[TookPart(Post.GRADE_HEAD, left)])
    assert "走了的" in told.zh
    assert "9月8日" in told.zh


def test_a_deputy_holds_the_post(school: School) -> None:
    deputy = Person.objects.create(name="代理校长")
    row = PostHeld.objects.get(person=school.principal)
    PostHeld.objects.create(
        person=deputy,
        post=Post.PRINCIPAL,
        place=school.place,
        held_from=date(2025, 9, 5),
        held_until=date(2025, 9, 12),
        deputising_for=row,
    )
    assert visit(school, people=[TookPart(Post.PRINCIPAL, deputy)]).act.taking_part == ["PRINCIPAL"]


def test_a_post_alone_stands_for_whoever_held_it(school: School) -> None:
    made = visit(school, people=[TookPart(Post.PRINCIPAL)])
    assert made.people.get(post=Post.PRINCIPAL).person == school.principal
    assert refused(school, people=[TookPart(Post.VICE_PRINCIPAL)]).code == "POST_NOT_HELD_THAT_DAY"


def test_a_village_without_anybody_here_takes_part_by_name_and_unit(school: School) -> None:
    told = TookPart(Post.VILLAGE_COMMITTEE, name="王村主任", unit="云岭村村委会")
    made = visit(school, people=[told])
    assert made.act.taking_part == ["VILLAGE_COMMITTEE"]
    assert made.act.participants == "王村主任（云岭村村委会）"
    assert refused(school, people=[told._replace(unit="")]).code == "NO_UNIT"
    not_by_name = TookPart(Post.VICE_PRINCIPAL, name="某副校长", unit="云岭完小")
    assert refused(school, people=[not_by_name]).code == "POST_NOT_HELD_THAT_DAY"


def test_where_the_committee_is_here_a_name_must_be_the_holders(school: School) -> None:
    villagers(school)
    told = TookPart(Post.VILLAGE_COMMITTEE, name="别人", unit="云岭村村委会")
    assert refused(school, people=[told]).code == "POST_NOT_HELD_THAT_DAY"
    made = visit(school, people=[told._replace(name="村主任")])
    assert made.people.get(post=Post.VILLAGE_COMMITTEE).person is not None


def test_the_principal_of_another_school_took_no_part_in_that_post(school: School) -> None:
    other = a_school(name="石门完小")
    assert (
        refused(school, people=[TookPart(Post.PRINCIPAL, other.principal)]).code == "POST_NOT_HELD_THAT_DAY"
    )


def test_whoever_was_appointed_since_does_not_record_what_was_before(school: School) -> None:
    new = a_person("新班主任", Post.CLASS_TEACHER, school.class_group, date(2025, 9, 9))
    told = refused(school, by=new, at=at("2025-09-09 09:00"))
    assert told.code == "POST_NOT_HELD_THAT_DAY"


def test_of_several_posts_the_one_that_was_asked_counts(school: School) -> None:
    PostHeld.objects.create(
        person=school.principal,
        post=Post.SUBJECT_TEACHER,
        class_group=school.class_group,
        held_from=date(2025, 9, 1),
    )
    assert visit(school, by=school.principal, by_post=Post.PRINCIPAL).act.by_post is Post.PRINCIPAL
    assert (
        visit(school, by=school.principal, by_post=Post.SUBJECT_TEACHER).act.by_post is Post.SUBJECT_TEACHER
    )
    assert refused(school, by=school.principal, by_post=Post.TOWNSHIP).code == "POST_NOT_HELD"


SPOTS = ("class", "school", "other", "nowhere")
HELD = st.tuples(
    st.sampled_from([Post.PRINCIPAL, Post.SUBJECT_TEACHER, Post.VILLAGE_COMMITTEE, Post.GRADE_HEAD]),
    st.sampled_from(SPOTS),
    st.integers(-3, 3),  # held from this many days beside the visit
    st.integers(1, 4),  # for this many days
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(HELD, max_size=4), claimed=st.lists(st.sampled_from(list(Post)), max_size=4))
def test_a_post_that_was_not_held_never_counts(
    school: School, drawn: list[tuple[Post, str, int, int]], claimed: list[Post]
) -> None:
    """Whatever is claimed, kept as a phone sends it: what counts was held around the child on the day."""
    other = ClassGroup.objects.filter(school__name="石门完小").first()
    other = other or a_class(a_place(PlaceKind.SCHOOL, "石门完小", school.township))
    rows = []
    for post, where, begun, days in drawn:
        person = Person.objects.create(name=f"某{len(rows)}")
        spot: dict[str, Any] = {
            "class": {"class_group": school.class_group},
            "school": {"place": school.place},
            "other": {"class_group": other},
            "nowhere": {"place": other.school},
        }[where]
        held_from = date.fromordinal(date(2025, 9, 8).toordinal() + begun)
        until = date.fromordinal(held_from.toordinal() + days)
        rows.append(
            PostHeld.objects.create(person=person, post=post, held_from=held_from, held_until=until, **spot)
        )
    people = [TookPart(row.post, row.person) for row in rows] + [TookPart(post) for post in claimed]
    made = visit(school, people=people, lenient=True, key=str(uuid4()))
    truly = {each.post for each in posts_around(school.pupils[0], date(2025, 9, 8))}
    counted = {Post(code) for code in made.act.taking_part}  # type: ignore[call-arg]
    assert counted <= truly
    held = {
        (row.post, row.person)
        for row, (_, where, begun, days) in zip(rows, drawn, strict=True)
        if where in ("class", "school") and begun <= 0 < begun + days
    }
    always = {Post.CLASS_TEACHER, Post.SCHOOL_OFFICE, Post.PRINCIPAL, Post.COUNTY_BUREAU}
    fitting = {p.post for p in people if (p.post, p.person) in held}
    fitting |= {p.post for p in people if not p.person and p.post in always | {post for post, _ in held}}
    assert counted == fitting - {made.act.by_post}
    doubtful = any(p.person and (p.post, p.person) not in held for p in people)
    assert (RecordFlag.POST_NOT_HELD in flags(made)) or not doubtful
    assert {p.post for p in made.people.all()} <= counted | {made.act.by_post, ""}
    PostHeld.objects.filter(pk__in=[row.pk for row in rows]).delete()


# When.


def test_a_visit_in_the_future_is_refused_and_from_a_phone_kept_with_its_flag(school: School) -> None:
    ahead = at("2025-09-08 12:01")
    assert refused(school, happened_at=ahead).code == "IN_FUTURE"
    made = visit(school, happened_at=ahead, lenient=True)
    assert flags(made) == [RecordFlag.CLOCK_AHEAD]
    assert made.act.happened_at == NOON


def test_a_visit_before_it_was_ordered_is_refused_and_from_a_phone_flagged(school: School) -> None:
    owed = Obligation.objects.get(child=school.pupils[0], act=Act.HOME_VISIT)
    a_person("挂包", Post.ASSIGNED_TEACHER, school.class_group)
    early: dict[str, Any] = {
        "happened_at": at("2025-09-08 07:00"),
        "ordered": owed.pk,
        "people": [TookPart(Post.ASSIGNED_TEACHER)],
    }
    told = refused(school, **early)
    assert told.code == "BEFORE_ORDERED"
    assert "2025-09-08 08:05" in told.zh
    assert flags(visit(school, **early, lenient=True)) == [RecordFlag.BEFORE_ORDERED]
    owed.refresh_from_db()
    assert owed.state == "OPEN"
    later = visit(school, **early | {"happened_at": at("2025-09-08 08:05")})
    assert flags(later) == []


def test_the_order_of_another_child_is_refused_and_one_that_is_gone_is_not(school: School) -> None:
    owed = Obligation.objects.get(child=school.pupils[0], act=Act.HOME_VISIT)
    assert refused(school, child=school.pupils[1], ordered=owed.pk).code == "OTHER_CHILD"
    assert visit(school, ordered=uuid4()).order() is None


@pytest.mark.parametrize(
    ("written_at", "late"),
    [
        ("2025-09-05 22:00", False),
        ("2025-09-07 10:00", False),  # a Friday's visit, written down on the Sunday
        ("2025-09-08 18:00", False),  # or on the Monday
        ("2025-09-09 08:00", True),
    ],
)
def test_what_is_written_more_than_a_school_day_later_is_shown_as_such(
    school: School, written_at: str, late: bool
) -> None:
    made = visit(school, happened_at=at("2025-09-05 16:00"), at=at(written_at))
    assert flags(made) == ([RecordFlag.BACK_DATED] if late else [])


def test_a_teacher_reassigned_before_the_upload_is_believed_with_a_flag(school: School) -> None:
    PostHeld.objects.filter(person=school.teacher).update(held_until=date(2025, 9, 9))
    told = {"happened_at": NOON, "at": at("2025-09-09 08:00")}
    assert refused(school, **told).code == "NOT_YOUR_CHILD"
    assert flags(visit(school, **told, lenient=True)) == [RecordFlag.NO_LONGER_THEIRS]
    stranger = Person.objects.create(name="外人")
    assert refused(school, by=stranger, lenient=True).code == "NOT_YOUR_CHILD"


def test_flags_of_whoever_calls_stand_beside_it(school: School) -> None:
    made = visit(
        school,
        lenient=True,
        by_post=Post.PRINCIPAL,
        flags=[RecordFlag.REPEATED_NUMBER, FlagGiven(RecordFlag.BACK_DATED, "写于 9月1日之后")],
    )
    assert flags(made) == [RecordFlag.POST_NOT_HELD, RecordFlag.REPEATED_NUMBER, RecordFlag.BACK_DATED]
    assert made.act.by_post is Post.CLASS_TEACHER


# Several children, and what does not fit.


def test_a_group_visit_is_an_act_for_each_child_all_or_none(school: School) -> None:
    told: dict[str, Any] = {
        "by": school.teacher,
        "happened_at": NOON,
        "at": NOON,
        "findings": "一起走访",
        "people": [TookPart(Post.PRINCIPAL)],
        "key": "g",
    }
    made = record_group_visit(children=school.pupils[:3], **told)
    assert len({each.group for each in made}) == 1
    assert [each.act.act for each in made] == [Act.HOME_VISIT] * 3
    assert record_group_visit(children=school.pupils[:3], **told) == made
    far = a_school(name="石门完小").pupils[0]
    with pytest.raises(Refusal):
        record_group_visit(children=[school.pupils[3], far], **told | {"key": "h"})
    with pytest.raises(Refusal) as caught:
        record_group_visit(children=[], **told)
    assert caught.value.code == "NO_CHILDREN"
    assert ActRecord.objects.count() == 3


@pytest.mark.parametrize(
    "strokes",
    [[], "x", [[]], [[[1]]], [[[1, 1001]]], [[[-1, 0]]], [[["1", 2]]], [[[0, 0]]] * 301, [[[0, 0]] * 6001]],
)
def test_a_signature_that_was_not_drawn_in_its_box_is_refused(school: School, strokes: Any) -> None:
    assert refused(school, signatures=[Signed("家长", "安", strokes, NOON)]).code == "BAD_SIGNATURE"


def test_words_that_are_too_many_are_refused_and_what_cannot_be_seen_is_left_out(school: School) -> None:
    assert refused(school, findings="长" * 4001).code == "TOO_LONG"
    assert refused(school, items={VisitItem.FAMILY: "长" * 1001}).code == "TOO_LONG"
    assert refused(school, people=[TookPart(name="长" * 61)]).code == "TOO_LONG"
    assert refused(school, village=school.township).code == "NOT_A_VILLAGE"
    assert visit(school, findings="见到\x00祖母\x07").findings == "见到祖母"


def test_only_posts_of_people_often_without_an_account_come_by_name() -> None:
    assert Post.PRINCIPAL not in BY_NAME
    assert Post.CLASS_TEACHER not in BY_NAME


def test_somebody_with_several_posts_goes_by_the_one_that_must_take_part(school: School) -> None:
    school.principal.posts_held.create(
        post=Post.ASSIGNED_TEACHER, class_group=school.class_group, held_from=date(2025, 9, 1)
    )
    owed = Obligation.objects.get(child=school.pupils[0], act=Act.HOME_VISIT)
    made = visit(school, by=school.principal, people=[TookPart(Post.CLASS_TEACHER, school.teacher)])
    assert made.act.by_post is Post.ASSIGNED_TEACHER
    owed.refresh_from_db()
    assert owed.state == "MET"
