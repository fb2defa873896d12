"""The pages that close, merge, reopen and move a place, and change a class; a hand-over that both sign."""

from __future__ import annotations

import pytest
from builders_db import School, a_class, a_person, a_place, a_school
from conftest import Clock, signed_in
from django.test import Client

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import ClassGroup, HandOverSigned, Place


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def bureau(school: School) -> Client:
    """The county bureau's computer, with a second school in the township."""
    a_place(PlaceKind.SCHOOL, "云海完小", school.township)
    return signed_in(school.bureau)


def test_the_county_merges_a_school_and_the_pages_say_what_became_of_it(
    school: School, bureau: Client, clock: Clock
) -> None:
    url, into = f"/in/{school.place.pk}/places/", Place.objects.get(name="云海完小")
    assert "撤并" in text(bureau, url)
    assert "云海完小" in text(bureau, f"{url}close/")
    empty = bureau.post(f"{url}close/", {"key": "1", "into": "", "basis": "县政发〔2025〕1号"})
    assert "云岭完小还有4 名学生" in empty.content.decode()
    given = {"key": "2", "into": str(into.pk), "basis": "县政发〔2025〕1号"}
    assert bureau.post(f"{url}close/", given).status_code == 302
    clock("2025-09-09 08:05")
    assert "并入 云海完小" in text(bureau, url)
    assert "云岭完小" in text(bureau, f"/in/{into.pk}/places/"), "it is listed among what was merged"
    assert "三年级2班" in text(signed_in(school.teacher), "/")
    assert school.pupils[0].name in text(signed_in(school.teacher), f"/child/{school.pupils[0].pk}/")
    assert signed_in(school.principal).get(f"/child/{school.pupils[0].pk}/").status_code == 404
    assert f"/in/{school.place.pk}/people/" not in text(bureau, f"/in/{school.township.pk}/people/")


def test_an_office_is_told_who_closes_schools_and_closes_its_own_houses(
    school: School, bureau: Client
) -> None:
    office = signed_in(school.office)
    assert "撤并" not in text(office, f"/in/{school.place.pk}/places/")
    assert "由县教育局办理" in text(office, f"/in/{school.place.pk}/places/close/")
    assert office.get(f"/in/{school.place.pk}/places/move/").status_code == 404
    house = a_place(PlaceKind.BOARDING_HOUSE, "一号宿舍", school.place)
    url = f"/in/{house.pk}/places/"
    assert office.post(f"{url}close/", {"key": "1", "into": "", "basis": "校务会"}).status_code == 302
    assert "恢复" in text(office, url)
    assert office.post(f"{url}reopen/", {"key": "2", "basis": "校务会"}).status_code == 302
    house.refresh_from_db()
    assert house.closed_on is None


def test_the_county_puts_a_school_below_a_central_school(school: School, bureau: Client) -> None:
    central = a_place(PlaceKind.CENTRAL_SCHOOL, "云岭中心校", school.township)
    head = signed_in(a_person("中心校长", Post.CENTRAL_SCHOOL, central))
    assert head.get(f"/board/{school.place.pk}/").status_code == 404
    url = f"/in/{school.place.pk}/places/move/"
    assert "云岭中心校" in text(bureau, url)
    given = {"key": "1", "into": str(central.pk), "basis": "县政发〔2025〕3号"}
    assert bureau.post(url, given).status_code == 302
    assert head.get(f"/board/{school.place.pk}/").status_code == 200


def test_a_class_changes_its_grade_and_its_teaching_point(school: School) -> None:
    office = signed_in(school.office)
    point = a_place(PlaceKind.TEACHING_POINT, "石门教学点", school.place)
    url = f"/class/{school.class_group.pk}/rename/"
    fields = {"key": "1", "name": "四年级2班", "grade": "4", "teaching_point": str(point.pk)}
    assert office.post(url, fields).status_code == 302
    group = ClassGroup.objects.get(pk=school.class_group.pk)
    assert (group.name, group.grade, group.teaching_point) == ("四年级2班", 4, point)
    page = text(office, f"/in/{school.place.pk}/places/")
    assert "4 年级" in page
    assert "石门教学点" in page


def test_a_place_changes_its_code_and_no_code_is_given_twice(school: School) -> None:
    office = signed_in(school.office)
    other = a_school(name="云海完小").place
    url = f"/in/{school.place.pk}/places/rename/"
    taken = office.post(url, {"key": "1", "name": "云岭小学", "code": other.code})
    assert "已用于另一个单位" in taken.content.decode()
    assert office.post(url, {"key": "2", "name": "云岭小学", "code": "3501210001"}).status_code == 302
    school.place.refresh_from_db()
    assert (school.place.name, school.place.code) == ("云岭小学", "3501210001")


def test_both_sign_a_hand_over_and_nobody_for_the_other(school: School) -> None:
    principal, new = signed_in(school.principal), a_person("黎老师", Post.SUBJECT_TEACHER, school.class_group)
    held = school.teacher.posts_held.get()
    given = {"key": "1", "person": str(new.pk), "from_day": "2025-09-08", "basis": "", "note": ""}
    assert principal.post(f"/post/{held.pk}/hand-over/", given).status_code == 302
    url = f"/hand-over/{held.handed_over.get().pk}/"
    leaver, taker = signed_in(school.teacher), signed_in(new)
    assert "核对并签字" in text(leaver, "/")
    assert "查看并接收" in text(taker, "/")
    assert "还没有签字" in text(taker, url)
    assert taker.post(url, {"sign": "1"}).status_code == 422
    assert leaver.post(url, {}).status_code == 422
    assert leaver.post(url, {"sign": "1", "note": "钥匙在抽屉"}).status_code == 302
    assert "钥匙在抽屉" in text(taker, url)
    assert "岗位移交" not in text(leaver, "/")
    assert taker.post(url, {"note": ""}).status_code == 302
    assert HandOverSigned.objects.get().by == school.teacher


def test_a_class_of_a_school_that_lies_nowhere_is_shown_and_crashes_no_page(db: None, clock: Clock) -> None:
    """A school without a county, a class with two teachers and one of them stopped: every page answers."""
    lost = a_place(PlaceKind.SCHOOL, "无主完小")
    group = a_class(lost)
    two = [a_person(name, Post.CLASS_TEACHER, group) for name in ("甲老师", "乙老师")]
    head = signed_in(a_person("校长", Post.PRINCIPAL, lost))
    for url in (
        "/",
        "/gaps/",
        f"/in/{lost.pk}/people/",
        f"/in/{lost.pk}/places/",
        f"/in/{lost.pk}/principal/",
    ):
        assert head.get(url).status_code == 200, url
    for url in ("/", f"/roll-call/{group.pk}/2025-09-08/MORNING/"):
        assert signed_in(two[0]).get(url).status_code == 200, url
