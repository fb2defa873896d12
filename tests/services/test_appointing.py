"""Who holds which post: appointed by those above, never by oneself, ended at once, deputised for a time."""

from __future__ import annotations

import pytest
from builders_db import School, a_class, a_person, a_school, at, day
from django.contrib.auth.models import User

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import APPOINTS, Thing, Verb, posts_that
from notoneless.records.models import JournalEntry, Person, PostHeld
from notoneless.records.scopes import visible_children, visible_classes
from notoneless.services.appointing import appoint, appoint_deputy, end_post
from notoneless.services.people import ChangedMeanwhile, add_person, change_phone
from notoneless.services.refusals import Refusal
from notoneless.services.spots import HELD_AT, IN_CLASSES

pytestmark = pytest.mark.django_db
NOW = at("2025-09-08 10:00")
TODAY, TOMORROW = day("2025-09-08"), day("2025-09-09")


@pytest.fixture
def school(db: None) -> School:
    return a_school()


def somebody(name: str = "新老师") -> Person:
    return Person.objects.create(name=name)


def the_held(person: Person) -> PostHeld:
    return PostHeld.objects.get(person=person)


def refused(code: str, **asked: object) -> None:
    with pytest.raises(Refusal) as refusal:
        appoint(at=NOW, from_day=TODAY, **asked)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_principal_appoints_a_teacher_who_then_sees_the_class(school: School) -> None:
    second = a_class(school.place, "四年级1班")
    new = somebody()
    assert not visible_classes(new, TODAY).exists()
    held = appoint(
        by=school.principal,
        person=new,
        post=Post.CLASS_TEACHER,
        class_group=second,
        from_day=TODAY,
        basis="校发〔2025〕3号",
        at=NOW,
    )
    assert list(visible_classes(new, TODAY)) == [second]
    entry = JournalEntry.objects.get(act="APPOINT")
    assert (entry.subject_id, entry.by, entry.reason) == (str(held.pk), school.principal, "校发〔2025〕3号")


def test_the_same_appointment_twice_is_one(school: School) -> None:
    new, second = somebody(), a_class(school.place, "四年级1班")
    for _again in range(2):
        appoint(
            by=school.office,
            person=new,
            post=Post.CLASS_TEACHER,
            class_group=second,
            from_day=TODAY,
            at=NOW,
        )
    assert PostHeld.objects.filter(person=new).count() == 1
    assert JournalEntry.objects.filter(act="APPOINT").count() == 1


def test_nobody_appoints_themselves(school: School) -> None:
    refused(
        "NOT_ONESELF",
        by=school.principal,
        person=school.principal,
        post=Post.SCHOOL_OFFICE,
        place=school.place,
    )


def test_a_teacher_appoints_nobody(school: School) -> None:
    refused(
        "MAY_NOT_APPOINT_PEOPLE",
        by=school.teacher,
        person=somebody(),
        post=Post.SUBJECT_TEACHER,
        class_group=school.class_group,
    )


def test_an_office_does_not_appoint_its_principal(school: School) -> None:
    asked = {"person": somebody(), "post": Post.VICE_PRINCIPAL, "place": school.place}
    refused("NOT_YOURS_TO_APPOINT", by=school.office, **asked)
    assert appoint(by=school.bureau, at=NOW, from_day=TODAY, **asked).pk  # type: ignore[arg-type]


def test_another_schools_principal_appoints_nobody_here(school: School) -> None:
    stranger = a_school(name="石门完小").principal
    refused(
        "MAY_NOT_APPOINT_PEOPLE", by=stranger, person=somebody(), post=Post.DUTY_OFFICER, place=school.place
    )


def test_the_security_officer_grants_every_post_and_sees_no_child(school: School) -> None:
    officer = a_person("安全员", Post.SECURITY_OFFICER, school.county)
    new = somebody()
    appoint(by=officer, person=new, post=Post.AUDIT_OFFICER, place=school.county, from_day=TODAY, at=NOW)
    assert the_held(new).post is Post.AUDIT_OFFICER
    assert not visible_children(officer, TODAY).exists()


def test_a_second_class_teacher_is_not_appointed_beside_the_first(school: School) -> None:
    refused(
        "POST_IS_HELD",
        by=school.principal,
        person=somebody(),
        post=Post.CLASS_TEACHER,
        class_group=school.class_group,
    )


def test_several_teachers_of_subjects_share_a_class(school: School) -> None:
    for name in ("甲", "乙"):
        appoint(
            by=school.office,
            person=somebody(name),
            post=Post.SUBJECT_TEACHER,
            class_group=school.class_group,
            from_day=TODAY,
            at=NOW,
        )
    assert PostHeld.objects.filter(post=Post.SUBJECT_TEACHER).count() == 2


def test_a_post_is_held_only_where_there_is_one(school: School) -> None:
    refused("NOT_HELD_THERE", by=school.bureau, person=somebody(), post=Post.PRINCIPAL, place=school.township)
    refused(
        "NOT_HELD_THERE", by=school.bureau, person=somebody(), post=Post.CLASS_TEACHER, place=school.place
    )


def test_a_post_ended_today_is_lost_today(school: School) -> None:
    held = the_held(school.teacher)
    end_post(by=school.principal, held=held, until=TODAY, basis="调离", at=NOW)
    assert not visible_classes(school.teacher, TODAY).exists()


def test_a_post_given_by_mistake_this_morning_is_taken_back_at_once(school: School) -> None:
    new = somebody()
    held = appoint(
        by=school.principal,
        person=new,
        post=Post.SUBJECT_TEACHER,
        class_group=school.class_group,
        from_day=TODAY,
        at=NOW,
    )
    end_post(by=school.principal, held=held, until=TODAY, at=NOW)
    assert not visible_classes(new, TODAY).exists()
    assert not visible_classes(new, TOMORROW).exists()


def test_a_post_does_not_end_before_it_began_and_not_twice(school: School) -> None:
    held = the_held(school.teacher)
    with pytest.raises(Refusal, match="早于任职日期"):
        end_post(by=school.principal, held=held, until=day("2025-08-01"), at=NOW)
    end_post(by=school.principal, held=held, until=TODAY, at=NOW)
    end_post(by=school.principal, held=held, until=TODAY, at=NOW)
    with pytest.raises(Refusal, match="已于 2025-09-08 结束"):
        end_post(by=school.principal, held=held, until=TOMORROW, at=NOW)


def test_a_deputy_reaches_as_far_as_the_holder_until_the_last_day(school: School) -> None:
    deputy = somebody("代课老师")
    appoint_deputy(
        by=school.office,
        held=the_held(school.teacher),
        person=deputy,
        from_day=TODAY,
        until=TOMORROW,
        at=NOW,
    )
    assert list(visible_classes(deputy, TODAY)) == [school.class_group]
    assert not visible_classes(deputy, TOMORROW).exists()


def test_a_deputy_has_no_deputy_and_nobody_stands_in_for_themselves(school: School) -> None:
    held = the_held(school.teacher)
    asked = {"by": school.office, "from_day": TODAY, "until": TOMORROW, "at": NOW}
    deputy = appoint_deputy(held=held, person=somebody(), **asked)  # type: ignore[arg-type]
    for holding, person in ((deputy, somebody("另一人")), (held, school.teacher)):
        with pytest.raises(Refusal, match="代理"):
            appoint_deputy(held=holding, person=person, **asked)  # type: ignore[arg-type]


def test_whoever_appoints_has_the_row_of_the_access_table_for_it() -> None:
    assert posts_that(Thing.PEOPLE, Verb.APPOINT) == frozenset(APPOINTS)


def test_every_post_that_somebody_appoints_is_held_somewhere() -> None:
    held = {post for posts in HELD_AT.values() for post in posts} | set(IN_CLASSES)
    assert {post for posts in APPOINTS.values() for post in posts} <= held
    assert set(HELD_AT) == set(PlaceKind)


# People.


def test_somebody_known_by_name_and_telephone_is_the_same_person(school: School) -> None:
    asked = {"by": school.office, "place": school.place, "phone": "00000001", "at": NOW}
    first = add_person(name="新老师", **asked)  # type: ignore[arg-type]
    assert add_person(name=" 新老师 ", **asked) == first  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="另一个人名下"):
        add_person(name="别人", **asked)  # type: ignore[arg-type]


def test_two_who_change_one_telephone_number_lose_nothing(school: School) -> None:
    change_phone(by=school.principal, person=school.teacher, phone="00000002", before="", at=NOW)
    with pytest.raises(ChangedMeanwhile) as changed:
        change_phone(by=school.office, person=school.teacher, phone="00000003", before="", at=NOW)
    assert changed.value.now_is == "00000002"
    change_phone(by=school.office, person=school.teacher, phone="00000003", before="00000002", at=NOW)
    assert Person.objects.get(pk=school.teacher.pk).phone == "00000003"
    assert "0000000" not in repr(JournalEntry.objects.values_list("body", "reason"))


def test_two_who_write_the_same_number_agree(school: School) -> None:
    for by in (school.principal, school.office):
        change_phone(by=by, person=school.teacher, phone="00000002", before="", at=NOW)
    assert JournalEntry.objects.filter(act="CHANGE_PHONE").count() == 1


def test_a_stranger_changes_no_telephone_number(school: School) -> None:
    with pytest.raises(Refusal, match="本人"):
        change_phone(by=a_school(name="石门完小").office, person=school.teacher, phone="1", before="", at=NOW)


def test_a_post_that_needs_a_second_factor_ends_sign_ins_without_one() -> None:
    school = a_school()
    teacher = school.teacher
    teacher.user = User.objects.create(username="bai")
    teacher.save()
    before, moment = teacher.session_version, at("2025-09-08 09:00")
    given = {"by": school.principal, "person": teacher, "from_day": moment.date(), "at": moment}
    appoint(post=Post.DUTY_OFFICER, place=school.place, **given)
    teacher.refresh_from_db()
    assert teacher.session_version == before, "a post that needs no factor changes nothing"
    appoint(post=Post.VICE_PRINCIPAL, place=school.place, **given)
    teacher.refresh_from_db()
    assert teacher.session_version > before
