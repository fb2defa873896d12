"""A guardian's link: who may make it, what opens it, when it ends; what a guardian says excuses nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from builders_db import School, a_class, a_person, a_place, a_school, at

from notoneless.core.terms import AbsenceReason, LinkPurpose, PlaceKind, Post
from notoneless.records.models import (
    Child,
    Enrolment,
    Explained,
    Guardian,
    GuardianLink,
    JournalEntry,
    LeaveGranted,
)
from notoneless.services.guardian_links import (
    TRIES,
    NoLink,
    digits_of,
    explain,
    link_of,
    make_link,
    open_link,
    revoke_link,
    take_explained,
    token_of,
)
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db

NOW = at("2025-09-08 09:00")
PHONE = "000-0000 4321"


def a_guardian(child: Child, phone: str = PHONE) -> Guardian:
    return Guardian.objects.create(child=child, name="安家长", relation="母亲", phone=phone)


def a_link(school: School, key: str = "k1", purpose: LinkPurpose = LinkPurpose.WEEK) -> GuardianLink:
    guardian = Guardian.objects.filter(child=school.pupils[0]).first() or a_guardian(school.pupils[0])
    return make_link(by=school.teacher, guardian=guardian, purpose=purpose, at=NOW, key=key)


def said(link: GuardianLink, key: str = "e1") -> Explained:
    return explain(
        link=link,
        reason=AbsenceReason.SICK,
        from_day=date(2025, 9, 8),
        last_day=date(2025, 9, 9),
        words="发烧",
        at=NOW,
        key=key,
    )


def test_a_link_made_twice_with_one_key_is_one_row() -> None:
    school = a_school()
    assert a_link(school) == a_link(school)
    assert GuardianLink.objects.count() == 1


def test_the_address_carries_neither_name_nor_telephone() -> None:
    school = a_school()
    link = a_link(school)
    token = token_of(link)
    assert link_of(token, at=NOW) == link
    assert "安" not in token
    assert "4321" not in token.replace(link.pk.hex, "")


@pytest.mark.parametrize(
    ("purpose", "ends"),
    [(LinkPurpose.WEEK, at("2025-09-15 09:00")), (LinkPurpose.SCHOOL_YEAR, at("2026-08-31 23:59"))],
)
def test_a_link_ends_by_itself(purpose: LinkPurpose, ends: object) -> None:
    link = a_link(a_school(), purpose=purpose)
    assert link.until == ends
    assert link_of(token_of(link), at=link.until)
    with pytest.raises(NoLink):
        link_of(token_of(link), at=link.until + timedelta(minutes=1))


def test_a_changed_token_opens_nothing() -> None:
    link = a_link(a_school())
    token = token_of(link)
    for changed in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[1:], "", "x:y", f"{link.pk.hex}:"):
        with pytest.raises(NoLink):
            link_of(changed, at=NOW)


def test_a_revoked_link_is_over_at_once() -> None:
    school = a_school()
    link = a_link(school)
    revoke_link(by=school.teacher, link=link, at=NOW)
    revoke_link(by=school.teacher, link=link, at=NOW)
    with pytest.raises(NoLink):
        link_of(token_of(link), at=NOW)
    assert JournalEntry.objects.filter(act="REVOKE_GUARDIAN_LINK").count() == 1


def test_five_wrong_numbers_lock_the_link_and_the_right_one_comes_too_late() -> None:
    school = a_school()
    link = a_link(school)
    assert [open_link(link=link, digits="0000", at=NOW) for _ in range(TRIES)] == [False] * TRIES
    assert not open_link(link=link, digits="4321", at=NOW)
    with pytest.raises(NoLink):
        link_of(token_of(link), at=NOW)
    assert JournalEntry.objects.filter(act="LOCK_GUARDIAN_LINK").count() == 1


def test_the_right_number_forgets_the_wrong_ones() -> None:
    link = a_link(a_school())
    for _ in range(3):
        for _ in range(TRIES - 1):
            assert not open_link(link=link, digits="1111", at=NOW)
        assert open_link(link=link, digits="4321", at=NOW)
    link.refresh_from_db()
    assert (link.wrong, link.last_seen_at) == (0, NOW)


def test_a_telephone_without_four_digits_makes_no_link() -> None:
    school = a_school()
    guardian = a_guardian(school.pupils[1], phone="无")
    with pytest.raises(Refusal, match="没有登记电话"):
        make_link(by=school.teacher, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")
    assert digits_of("无 12") == ""


def test_somebody_elses_teacher_makes_no_link() -> None:
    school = a_school()
    other = a_person("别班老师", Post.CLASS_TEACHER, a_class(school.place, "四年级1班"))
    guardian = a_guardian(school.pupils[0])
    with pytest.raises(Refusal):
        make_link(by=other, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key="k")


def test_an_explanation_sent_twice_is_one_row() -> None:
    link = a_link(a_school())
    assert said(link) == said(link)
    assert Explained.objects.count() == 1


def test_an_explanation_ends_no_obligation_until_leave_is_granted_on_it() -> None:
    school = a_school()
    school.roll_call("A")
    before = school.states(0)
    assert before
    row = said(a_link(school))
    assert school.states(0) == before
    taken = take_explained(by=school.teacher, explained=row, leave=True, at=NOW)
    assert taken.leave is not None
    assert (taken.leave.from_day, taken.leave.until) == (date(2025, 9, 8), date(2025, 9, 10))
    assert taken.leave.reason is AbsenceReason.SICK


def test_leave_is_granted_once_on_an_explanation_however_often_the_button_is_pressed() -> None:
    school = a_school()
    row = said(a_link(school))
    for _ in range(2):
        take_explained(by=school.teacher, explained=row, leave=True, at=NOW)
    assert LeaveGranted.objects.count() == 1


def test_an_explanation_may_be_read_without_leave() -> None:
    school = a_school()
    taken = take_explained(by=school.teacher, explained=said(a_link(school)), leave=False, at=NOW)
    assert taken.leave is None
    assert not LeaveGranted.objects.exists()


def test_who_may_not_grant_leave_may_not_take_an_explanation() -> None:
    school = a_school()
    subject = a_person("科任", Post.SUBJECT_TEACHER, school.class_group)
    with pytest.raises(Refusal):
        take_explained(by=subject, explained=said(a_link(school)), leave=True, at=NOW)


def test_the_link_goes_with_the_child_to_its_next_school() -> None:
    school = a_school()
    link = a_link(school, purpose=LinkPurpose.SCHOOL_YEAR)
    child = school.pupils[0]
    next_school = a_place(PlaceKind.SCHOOL, "河口小学", school.township)
    group = a_class(next_school, "三年级1班")
    Enrolment.objects.filter(child=child).update(until=date(2025, 10, 1))
    Enrolment.objects.create(child=child, class_group=group, from_day=date(2025, 10, 1))
    later = at("2025-10-09 09:00")
    assert link_of(token_of(link), at=later) == link
    with pytest.raises(Refusal):
        revoke_link(by=school.teacher, link=link, at=later)
    revoke_link(by=a_person("新班主任", Post.CLASS_TEACHER, group), link=link, at=later)
    with pytest.raises(NoLink):
        link_of(token_of(link), at=later)
