"""People and posts, hand-overs, gaps, break-glass, whole identity numbers, places: by their pages."""

from __future__ import annotations

import pytest
from builders_db import School, a_person, a_place, a_school, at
from conftest import Clock, signed_in
from django.contrib.auth.models import User
from django.test import Client

from notoneless.core.terms import KeyGroup, PlaceKind, Post
from notoneless.records.models import (
    Boarding,
    BreakGlass,
    Child,
    ClassGroup,
    HandOver,
    HandOverReceipt,
    InKeyGroup,
    JournalEntry,
    Person,
    Place,
    PostHeld,
    Residence,
)
from notoneless.services.coverage import check_coverage
from notoneless.services.hand_over import hand_over

IDENTITY = "000000201711110022"
TODAY = "2025-09-08"


@pytest.fixture
def principal(school: School) -> Client:
    return signed_in(school.principal)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def people(school: School) -> str:
    return f"/in/{school.place.pk}/people/"


def held(person: Person) -> PostHeld:
    return PostHeld.objects.get(person=person)


# People and posts.


def test_the_page_of_a_school_says_who_holds_what_since_when_and_what_is_vacant(
    school: School, principal: Client
) -> None:
    page = text(principal, people(school))
    for words in ("白老师", "2025-09-01 起", "教导主任", "学籍管理员", "空缺", "三年级2班"):
        assert words in page, words
    assert principal.get("/people/").headers["Location"] == people(school)


def test_a_principal_appoints_somebody_new_in_one_form(school: School, principal: Client) -> None:
    url = f"{people(school)}appoint/"
    assert "学籍管理员" in text(principal, f"{url}?post=ENROLMENT_OFFICER")
    fields = {
        "key": "1",
        "post": "ENROLMENT_OFFICER",
        "person": "new",
        "name": "新学籍员",
        "phone": "00000009",
    }
    for _again in range(2):
        answer = principal.post(url, fields | {"from_day": TODAY})
        assert answer.headers["Location"] == people(school)
    assert held(Person.objects.get(name="新学籍员")).post is Post.ENROLMENT_OFFICER
    assert "新学籍员" in text(principal, people(school))


def test_a_form_without_anybody_says_what_is_missing_and_keeps_the_rest(
    school: School, principal: Client
) -> None:
    fields = {"key": "1", "post": "DUTY_OFFICER", "person": "new", "from_day": "", "basis": "校发3号"}
    answer = principal.post(f"{people(school)}appoint/", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选一个人，或填写新人的姓名。" in page
    assert "请填写日期" in page
    assert "校发3号" in page


def test_a_class_gets_a_teacher_through_its_own_button(school: School, principal: Client) -> None:
    url = f"{people(school)}appoint/?class={school.class_group.pk}"
    assert "科任教师" in text(principal, url)
    fields = {"key": "1", "post": "SUBJECT_TEACHER", "person": str(school.office.pk), "from_day": TODAY}
    assert principal.post(url, fields).status_code == 302
    assert PostHeld.objects.filter(person=school.office, class_group=school.class_group).exists()
    assert principal.get(f"{people(school)}appoint/?class=99999").status_code == 404


def test_a_post_that_is_held_is_refused_in_a_sentence(school: School, principal: Client) -> None:
    url = f"{people(school)}appoint/?class={school.class_group.pk}"
    fields = {"key": "1", "post": "CLASS_TEACHER", "person": str(school.office.pk), "from_day": TODAY}
    answer = principal.post(url, fields)
    assert answer.status_code == 422
    assert "现由白老师担任" in answer.content.decode()


def test_a_post_ended_on_the_page_closes_the_teachers_next_page(
    school: School, principal: Client, teacher: Client
) -> None:
    child = f"/child/{school.pupils[0].pk}/"
    assert teacher.get(child).status_code == 200
    url = f"/post/{held(school.teacher).pk}/end/"
    assert "白老师" in text(principal, url)
    assert principal.post(url, {"key": "1", "until": TODAY, "basis": "调离"}).status_code == 302
    assert teacher.get(child).status_code == 404


def test_a_deputy_is_named_beside_the_holder(school: School, principal: Client) -> None:
    url = f"/post/{held(school.teacher).pk}/deputy/"
    fields = {"key": "1", "person": "new", "name": "代课老师", "from_day": TODAY, "until": "2025-09-15"}
    assert principal.post(url, fields).status_code == 302
    page = text(principal, people(school))
    assert "代课老师" in page
    assert "2025-09-08 至 2025-09-15（不含）" in page


def test_an_office_is_told_who_decides_about_its_principal(school: School, office: Client) -> None:
    url = f"/post/{held(school.principal).pk}/end/"
    page = text(office, url)
    assert "校长由中心校、县教育局、安全管理员任免" in page
    assert '<form method="post" novalidate' not in page
    assert office.post(url, {"key": "1", "until": TODAY}).status_code == 422
    assert held(school.principal).held_until is None


def test_two_class_teachers_and_a_stopped_account_are_shown(school: School, principal: Client) -> None:
    a_person("黑老师", Post.CLASS_TEACHER, school.class_group)
    school.teacher.user = User.objects.create(username="stopped", is_active=False)
    school.teacher.save()
    page = text(principal, people(school))
    assert "白老师" in page
    assert "黑老师" in page
    assert "账号已停用" in page
    assert "黑老师" in text(principal, f"/child/{school.pupils[0].pk}/")


def test_a_teacher_has_no_page_of_people(school: School, teacher: Client) -> None:
    for url in ("/people/", people(school), f"{people(school)}appoint/", "/gaps/", "/break-glass/"):
        assert teacher.get(url).status_code == 404, url


# One telephone number, two editors.


def test_two_editors_of_one_number_see_both_and_lose_nothing(
    school: School, principal: Client, office: Client
) -> None:
    url = f"/people/{school.teacher.pk}/"
    assert principal.post(url, {"phone": "00000001", "before": ""}).status_code == 302
    answer = office.post(url, {"phone": "00000002", "before": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "00000001" in page
    assert "00000002" in page
    assert office.post(url, {"phone": "00000002", "before": "00000001"}).status_code == 302
    assert Person.objects.get(pk=school.teacher.pk).phone == "00000002"


def test_a_person_elsewhere_is_not_there(school: School, principal: Client, teacher: Client) -> None:
    stranger = a_school(name="石门完小").teacher
    assert principal.get(f"/people/{stranger.pk}/").status_code == 404
    assert principal.get("/people/99999/").status_code == 404
    assert "白老师" in text(teacher, f"/people/{school.teacher.pk}/")


# Hand-over.


def test_a_post_is_handed_over_and_received_on_the_pages(school: School, principal: Client) -> None:
    school.roll_call("A")
    url = f"/post/{held(school.teacher).pk}/hand-over/"
    assert "现有个案 1 件、待办 1 项" in text(principal, url)
    fields = {"key": "1", "person": "new", "name": "新老师", "from_day": TODAY, "note": "小安的祖母只接座机"}
    assert principal.post(url, fields).status_code == 302
    new = signed_in(Person.objects.get(name="新老师"))
    receipt = f"/hand-over/{HandOver.objects.get().pk}/"
    assert receipt in text(new, "/")
    page = text(new, receipt)
    for words in (
        "时限照旧",
        "小安的祖母只接座机",
        school.pupils[0].name,
        "示范县-2025-0001",
        "今天 09:05 前",
    ):
        assert words in page, words
    assert new.post(receipt, {"note": "已看"}).status_code == 302
    assert HandOverReceipt.objects.get().note == "已看"
    assert receipt not in text(new, "/")
    assert "已接收" not in text(new, "/") or new.post(receipt).status_code == 302


def test_who_has_left_sees_how_much_went_over_but_not_whose(school: School, teacher: Client) -> None:
    school.roll_call("A")
    new = Person.objects.create(name="新老师")
    asked = {"held": held(school.teacher), "to": new, "from_day": at(TODAY + " 08:00").date()}
    made = hand_over(by=school.principal, at=at(TODAY + " 09:00"), **asked)  # type: ignore[arg-type]
    page = text(teacher, f"/hand-over/{made.pk}/")
    assert "明细由接任者查看" in page
    assert school.pupils[0].name not in page
    assert teacher.post(f"/hand-over/{made.pk}/").status_code == 422
    stranger = signed_in(a_school(name="石门完小").principal)
    assert stranger.get(f"/hand-over/{made.pk}/").status_code == 404


# Gaps.


def test_a_gap_stands_on_the_day_page_of_whoever_owes_it(
    school: School, principal: Client, office: Client
) -> None:
    PostHeld.objects.filter(person=school.teacher).delete()
    check_coverage(now=at("2025-09-08 00:30"))
    day_page = text(principal, "/")
    assert "岗位缺口" in day_page
    assert "9月11日 周四 前补上" in day_page
    assert "9月11日 周四 前补上" not in text(office, "/")
    assert "云岭完小 校长" in text(office, "/gaps/")


def test_gaps_of_other_places_are_not_listed(school: School, principal: Client) -> None:
    far = a_school(name="石门完小")
    PostHeld.objects.filter(person=far.teacher).delete()
    check_coverage(now=at("2025-09-08 00:30"))
    assert "石门完小" not in text(principal, "/gaps/")
    assert "石门完小" in text(signed_in(school.bureau), "/gaps/")


# Break-glass.


@pytest.fixture
def stranger(school: School) -> Client:
    """The office of another school of the county."""
    school.pupils[0].enrolment_no = "G000000"
    school.pupils[0].save()
    return signed_in(a_school(name="石门完小").office)


WHY = "孩子独自出现在本校门口，要通知家长"


def test_break_glass_shows_one_child_for_an_hour_and_ends_by_itself(
    school: School, stranger: Client, clock: Clock
) -> None:
    school.pupils[0].guardians.create(name="安母", relation="母亲", phone="000-1")
    answer = stranger.post("/break-glass/", {"key": "1", "number": "G000000", "reason": WHY})
    sight = answer.headers["Location"]
    assert "G000000" not in sight
    page = text(stranger, sight)
    for words in (school.pupils[0].name, "000-1", "白老师", "09:05"):
        assert words in page, words
    assert sight in text(stranger, "/break-glass/")
    assert signed_in(school.office).get(sight).status_code == 404
    clock("2025-09-08 09:06")
    assert stranger.get(sight).status_code == 404
    assert sight not in text(stranger, "/break-glass/")


def test_an_unknown_number_and_a_short_reason_open_nothing(school: School, stranger: Client) -> None:
    for fields in ({"number": "G1", "reason": WHY}, {"number": "G000000", "reason": "看看"}):
        answer = stranger.post("/break-glass/", {"key": "1", **fields})
        assert answer.status_code == 422
        assert fields["reason"] in answer.content.decode()
    assert not BreakGlass.objects.exists()


def test_the_audit_officer_reads_who_looked_and_no_childs_name(school: School, stranger: Client) -> None:
    auditor = signed_in(a_person("审计员", Post.AUDIT_OFFICER, school.county))
    stranger.post("/break-glass/", {"key": "1", "number": "G000000", "reason": WHY})
    page = text(auditor, "/sensitive-reads/")
    assert WHY in page
    assert "教导主任" in page
    assert school.pupils[0].name not in page
    assert signed_in(school.principal).get("/sensitive-reads/").status_code == 404


# The whole identity number.


def test_the_whole_number_is_shown_to_two_posts_only_and_each_look_is_on_record(school: School) -> None:
    child = school.pupils[0]
    child.keep_identity_no(IDENTITY)
    child.save()
    url = f"/child/{child.pk}/identity/"
    for post in (Post.PRINCIPAL, Post.SCHOOL_OFFICE, Post.ENROLMENT_OFFICER, Post.DUTY_OFFICER):
        client = signed_in(a_person(post.zh, post, school.place))
        assert IDENTITY not in text(client, url)
        answer = client.post(url, {"reason": "核对学籍"})
        assert (IDENTITY in answer.content.decode()) == (post is Post.ENROLMENT_OFFICER), post
        assert (answer.status_code == 200) == (post is Post.ENROLMENT_OFFICER)
        assert "no-store" in answer.headers["Cache-Control"]
    entry = JournalEntry.objects.get(act="READ_IDENTITY")
    assert (entry.reason, entry.subject_id) == ("核对学籍", str(child.pk))
    assert "看完整号码" in text(signed_in(Person.objects.get(name="学籍管理员")), f"/child/{child.pk}/")
    stranger = signed_in(a_school(name="石门完小").office)
    assert stranger.post(url).status_code == 404


# What is written of a child beside its class.


def test_a_class_teacher_writes_where_a_child_lives_and_boards(school: School, teacher: Client) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    house = a_place(PlaceKind.BOARDING_HOUSE, "一号宿舍", school.place)
    child = f"/child/{school.pupils[0].pk}/"
    for page, place in (("residence", village), ("house", house)):
        assert place.name in text(teacher, f"{child}{page}/")
        fields = {"key": page, "place": str(place.pk), "from_day": TODAY}
        assert teacher.post(f"{child}{page}/", fields).status_code == 302
    assert Residence.objects.get().place == village
    assert Boarding.objects.get().house == house
    page = text(teacher, child)
    assert "云岭村" in page
    assert "一号宿舍" in page
    fields = {"key": "gone", "place": "", "from_day": "2025-09-09"}
    assert teacher.post(f"{child}house/", fields).status_code == 302
    assert Boarding.objects.get().until is not None


def test_key_groups_are_written_by_who_is_shown_them(school: School, teacher: Client) -> None:
    url = f"/child/{school.pupils[0].pk}/groups/"
    assert "双亲留守" in text(teacher, url)
    fields = {"key": "1", "groups": ["LEFT_BEHIND_BOTH", "ILL"], "from_day": TODAY, "note": "父母在外务工"}
    assert teacher.post(url, fields).status_code == 302
    assert set(InKeyGroup.objects.values_list("group", flat=True)) == {
        KeyGroup.LEFT_BEHIND_BOTH,
        KeyGroup.ILL,
    }
    fields = {"key": "2", "groups": ["ILL"], "from_day": "2025-09-09", "note": ""}
    assert teacher.post(url, fields).status_code == 302
    assert InKeyGroup.objects.filter(until=None).get().group is KeyGroup.ILL
    officer = signed_in(a_person("学籍员", Post.ENROLMENT_OFFICER, school.place))
    assert "由能看到这部分信息的班主任或学校登记" in text(officer, url)
    assert "父母在外务工" not in repr(JournalEntry.objects.values_list("body", "reason"))


# Places and classes.


def test_a_principal_adds_a_teaching_point_a_grade_a_house_and_a_class(
    school: School, principal: Client
) -> None:
    url = f"/in/{school.place.pk}/places/"
    for kind, name, grade in (
        ("TEACHING_POINT", "石门教学点", ""),
        ("GRADE", "三年级", "3"),
        ("BOARDING_HOUSE", "一号宿舍", ""),
    ):
        fields = {"key": kind, "kind": kind, "name": name, "code": "", "grade": grade}
        assert principal.post(f"{url}add/", fields).status_code == 302
    point = Place.objects.get(name="石门教学点")
    fields = {"key": "c", "grade": "1", "name": "一年级1班", "teaching_point": str(point.pk)}
    assert principal.post(f"/in/{school.place.pk}/classes/add/", fields).status_code == 302
    group = ClassGroup.objects.get(name="一年级1班")
    assert (group.teaching_point, group.school_year) == (point, "2025-2026")
    page = text(principal, url)
    for words in ("石门教学点", "三年级", "一号宿舍", "一年级1班"):
        assert words in page, words
    assert "年级组长" in text(principal, people(school))


def test_a_place_is_renamed_and_a_wrong_one_refused(school: School, principal: Client) -> None:
    url = f"/in/{school.place.pk}/places/"
    fields = {"key": "1", "kind": "GRADE", "name": "三年级", "code": "", "grade": ""}
    assert "年级应为 1 到 9" in principal.post(f"{url}add/", fields).content.decode()
    assert principal.post(f"{url}rename/", {"key": "2", "name": "云岭小学"}).status_code == 302
    assert Place.objects.get(pk=school.place.pk).name == "云岭小学"
    rename = f"/class/{school.class_group.pk}/rename/"
    fields = {"key": "3", "name": "三年级1班", "grade": "3", "teaching_point": ""}
    assert principal.post(rename, fields).status_code == 302
    assert ClassGroup.objects.get(pk=school.class_group.pk).name == "三年级1班"
    assert principal.get(f"/in/{school.county.pk}/places/").status_code == 404


@pytest.mark.parametrize("at_county", [False, True])
def test_the_page_of_a_place_asks_a_bounded_number_of_times(
    school: School, at_county: bool, django_assert_max_num_queries: object
) -> None:
    client = signed_in(school.bureau)
    place = school.county if at_county else school.place
    client.get(f"/in/{place.pk}/people/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get(f"/in/{place.pk}/people/")


def test_a_child_in_no_class_has_a_page_and_a_gap_on_it(school: School) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", school.township)
    cadre = signed_in(a_person("包保人", Post.VILLAGE_CADRE, village))
    child = Child.objects.create(name="无班小一")
    Residence.objects.create(child=child, place=village, from_day=at("2025-09-01 00:00").date())
    page = text(cadre, f"/child/{child.pk}/")
    assert "未编班" in page
    assert "包保人" in page
    fields = {"key": "v", "kind": "PHONE", "happened_at": "2025-09-08T07:00", "outcome": "REACHED"}
    answer = cadre.post(f"/child/{child.pk}/visit/", {**fields, "trigger": "ROUTINE", "note": "在家"})
    assert answer.status_code == 422
    assert "还没有编入班级" in answer.content.decode()
