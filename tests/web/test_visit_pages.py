"""The pages of visits: the form and what it refuses, the record, the picture, the figures."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from builders_db import TOWNSHIP_PACK, School, a_person, a_place, a_school
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from drawn_pictures import drawn
from test_every_page import HAN, Reader

from notoneless.core.case_terms import VisitKind
from notoneless.core.terms import Act, PlaceKind, Post
from notoneless.records.models import (
    Attachment,
    Flagged,
    JournalEntry,
    Obligation,
    PostHeld,
    Residence,
    SignatureGiven,
    Visit,
)
from notoneless.web.views.child import form_address

STROKES = json.dumps([[[0, 0], [1000, 1000]], [[5, 5]]])


@pytest.fixture
def away(db: None, clock: Clock) -> School:
    """On the second day away the class teacher and the assigned teacher must go; it is noon."""
    made = a_school(pack=TOWNSHIP_PACK)
    made.calls("09-05 A", "09-08 A")
    clock("2025-09-08 12:00")
    return made


@pytest.fixture
def teacher(away: School) -> Client:
    return signed_in(away.teacher)


def file_of(school: School, which: int = 0) -> str:
    return f"/child/{school.pupils[which].pk}/"


def told(**more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "kind": "HOME",
        "happened_at": "2025-09-08T11:30",
        "trigger": "SPELL",
        "outcome": "PROMISED_RETURN",
        "note": "见到祖母",
    } | more


def photo(name: str = "门口.jpg", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or drawn(60, 40), "image/jpeg")


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def owed(school: School) -> Obligation:
    return Obligation.objects.get(child=school.pupils[0], act=Act.HOME_VISIT)


def test_the_obligation_leads_to_its_form_which_says_who_must_go(away: School, teacher: Client) -> None:
    address = f"{file_of(away)}visit/?ordered={owed(away).pk}"
    assert form_address(owed(away)) == address
    page = words(teacher.get(address))
    assert "规定要参加的：班主任、挂包教师" in page
    assert 'name="name_ASSIGNED_TEACHER"' in page
    assert f'value="PRINCIPAL:{away.principal.pk}"' in page
    assert f":{away.teacher.pk}" not in page


def test_alone_it_is_recorded_and_the_page_says_who_is_still_missing(away: School, teacher: Client) -> None:
    answer = teacher.post(f"{file_of(away)}visit/", told(ordered=owed(away).pk), follow=True)
    assert "还没有办结：规定挂包教师也要参加" in words(answer)
    assert owed(away).state == "OPEN"
    by_name = {"name_ASSIGNED_TEACHER": "黎老师", "unit_ASSIGNED_TEACHER": "云岭完小"}
    answer = teacher.post(f"{file_of(away)}visit/", told(ordered=owed(away).pk, **by_name), follow=True)
    assert "已记下。" in words(answer)
    assert owed(away).state == "MET"
    again = teacher.get(f"{file_of(away)}visit/?ordered={owed(away).pk}", follow=True)
    assert "已记下，不再重复记录" in words(again)


def test_all_of_a_visit_is_on_its_page(away: School, teacher: Client) -> None:
    village = a_place(PlaceKind.VILLAGE, "云岭村", away.township)
    Residence.objects.create(child=away.pupils[0], place=village, from_day="2025-09-01")
    committee = a_person("村主任", Post.VILLAGE_COMMITTEE, village)
    fields = told(
        people=[f"PRINCIPAL:{away.principal.pk}", f"VILLAGE_COMMITTEE:{committee.pk}"],
        participants="祖母、民警",
        item_AT_HOME="祖母照看",
        guardian_view="同意返校",
        agreed="周一返校",
        promised_on="2025-09-09",
        village=village.pk,
        sign_guardian=STROKES,
        signed_guardian="安祖母",
        photo=photo("x" * 300 + ".jpg"),
        photo_kind="DOOR",
        no_face="on",
    )
    assert teacher.post(f"{file_of(away)}visit/", fields).status_code == 302
    visit = Visit.objects.get()
    assert f"visit/{visit.pk}/" in words(teacher.get(file_of(away)))
    page = words(teacher.get(f"{file_of(away)}visit/{visit.pk}/"))
    for each in ("村主任", "校长", "祖母", "民警", "祖母照看", "同意返校", "周一返校", "云岭村", "承诺返校"):
        assert each in page, each
    assert 'd="M0 0 L1000 1000 M5 5 L5 5"' in page
    assert SignatureGiven.objects.get().name == "安祖母"
    picture = Attachment.objects.get()
    assert picture.act_id == visit.pk
    assert f"picture/{picture.pk}/" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"happened_at": "2025-09-08T12:01"}, "晚于现在"),
        ({"happened_at": ""}, "请填写时间"),
        ({"note": " "}, "没有记录不算办结"),
        ({"kind": "GROUP"}, "方式"),
        ({"people": "PRINCIPAL:999"}, "那天没有担任这个岗位"),
        ({"name_VILLAGE_COMMITTEE": "王某"}, "请写明单位"),
        ({"sign_guardian": "[[[0,2000]]]"}, "重新签一次"),
        ({"sign_guardian": "nonsense"}, "重新签一次"),
        ({"note": "长" * 4001}, "4000"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_words_stay(
    away: School, teacher: Client, wrong: dict[str, str], sentence: str
) -> None:
    answer = teacher.post(f"{file_of(away)}visit/", told(agreed="周一返校") | wrong)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "周一返校" in words(answer)
    assert not Visit.objects.exists()


def test_a_visit_before_it_was_ordered_is_refused_in_plain_words(away: School, teacher: Client) -> None:
    fields = told(ordered=owed(away).pk, happened_at="2025-09-08T07:00")
    answer = teacher.post(f"{file_of(away)}visit/", fields)
    assert answer.status_code == 422
    assert "2025-09-08 08:05 才提出" in words(answer)


def test_whoever_held_no_post_that_day_cannot_be_ticked(away: School, teacher: Client) -> None:
    new = a_person("新科任", Post.SUBJECT_TEACHER, away.class_group)
    PostHeld.objects.filter(person=new).update(held_from="2025-09-08")
    tick = {"people": f"SUBJECT_TEACHER:{new.pk}"}
    answer = teacher.post(f"{file_of(away)}visit/", told(happened_at="2025-09-05T16:00", **tick))
    assert "那天没有担任这个岗位" in words(answer)
    assert teacher.post(f"{file_of(away)}visit/", told(**tick)).status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a....", "不是 JPEG 或 PNG"),
        (drawn(60, 40)[:200], "没有传完整"),
        (b"", "空的"),
    ],
)
def test_a_bad_picture_leaves_nothing_half_recorded(
    away: School, teacher: Client, content: bytes, sentence: str
) -> None:
    sent = SimpleUploadedFile("a.jpg", content, "image/jpeg")
    fields = told(photo=sent, photo_kind="DOOR", no_face="on")
    answer = teacher.post(f"{file_of(away)}visit/", fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Visit.objects.exists()


def test_a_picture_needs_the_tick_that_no_face_is_on_it(away: School, teacher: Client) -> None:
    answer = teacher.post(f"{file_of(away)}visit/", told(photo=photo()))
    assert "请确认照片上没有人脸" in words(answer)
    assert "请选照片拍的是什么" in words(answer)
    assert not Visit.objects.exists()


def test_a_picture_is_added_later_looked_at_and_that_is_journalled(away: School, teacher: Client) -> None:
    teacher.post(f"{file_of(away)}visit/", told())
    record = f"{file_of(away)}visit/{Visit.objects.get().pk}/"
    assert "请选一张照片" in words(teacher.post(record, {}))
    fields = {"photo": photo(), "photo_kind": "NOTICE", "no_face": "on"}
    assert teacher.post(record, fields).status_code == 302
    url = f"{file_of(away)}picture/{Attachment.objects.get().pk}/"
    answer = teacher.get(url)
    assert answer.content.startswith(b"\xff\xd8")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert away.pupils[0].name not in answer["Content-Disposition"]
    assert JournalEntry.objects.filter(act="READ_PICTURE", by=away.teacher).count() == 1
    assert signed_in(a_school(name="石门完小").teacher).get(url).status_code == 404
    assert teacher.get(f"{file_of(away, 1)}picture/{Attachment.objects.get().pk}/").status_code == 404


def test_a_private_visit_shows_its_words_and_pictures_only_to_who_must_know(
    away: School, teacher: Client
) -> None:
    fields = told(private="on", note="私密的话", agreed="私下说好", photo=photo(), photo_kind="DOOR")
    assert teacher.post(f"{file_of(away)}visit/", fields | {"no_face": "on"}).status_code == 302
    record = f"{file_of(away)}visit/{Visit.objects.get().pk}/"
    picture = f"{file_of(away)}picture/{Attachment.objects.get().pk}/"
    assert "私密的话" in words(teacher.get(record))
    bureau = signed_in(away.bureau)
    assert "私密的话" not in words(bureau.get(record))
    assert "私下说好" not in words(bureau.get(record))
    assert bureau.get(picture).status_code == 404
    assert not JournalEntry.objects.filter(act="READ_PICTURE").exists()


def test_flags_stand_on_the_record_in_words(away: School, teacher: Client, clock: Clock) -> None:
    clock("2025-09-12 09:00")
    teacher.post(f"{file_of(away)}visit/", told())
    page = words(teacher.get(f"{file_of(away)}visit/{Visit.objects.get().pk}/"))
    assert "补记" in page
    assert "2025-09-12 09:00" in page
    assert Flagged.objects.count() == 1


def test_somebody_with_two_posts_says_as_what_they_went(away: School) -> None:
    PostHeld.objects.create(
        person=away.principal,
        post=Post.SUBJECT_TEACHER,
        class_group=away.class_group,
        held_from="2025-09-01",
    )
    principal = signed_in(away.principal)
    assert 'name="by_post"' in words(principal.get(f"{file_of(away)}visit/"))
    principal.post(f"{file_of(away)}visit/", told(by_post="PRINCIPAL"))
    assert Visit.objects.get().act.by_post is Post.PRINCIPAL


def test_a_group_visit_is_recorded_for_the_children_that_were_chosen(away: School, teacher: Client) -> None:
    url = f"/class/{away.class_group.pk}/group-visit/"
    assert url in words(teacher.get(f"{file_of(away)}visit/"))
    chosen = [str(pupil.pk) for pupil in away.pupils[:2]]
    assert "请选走访了哪些学生" in words(teacher.post(url, told()))
    fields = told(children=chosen, people=f"PRINCIPAL:{away.principal.pk}")
    for _again in range(2):
        assert teacher.post(url, fields).status_code == 302
    assert {visit.kind for visit in Visit.objects.all()} == {VisitKind.GROUP}
    assert sorted(str(visit.act.child_id) for visit in Visit.objects.all()) == sorted(chosen)
    first = Visit.objects.get(act__child=away.pupils[0])
    page = words(teacher.get(f"{file_of(away)}visit/{first.pk}/"))
    assert "同一次还走访了 1 名学生" in page


def test_a_class_without_children_says_so(away: School) -> None:
    empty = a_school(name="空校", pupils=0)
    page = words(signed_in(empty.teacher).get(f"/class/{empty.class_group.pk}/group-visit/"))
    assert "这个班没有由您记录的学生" in page


def test_each_figure_leads_to_its_list(away: School, teacher: Client) -> None:
    teacher.post(f"{file_of(away)}visit/", told(people=f"PRINCIPAL:{away.principal.pk}"))
    teacher.post(f"{file_of(away)}visit/", told(kind="PHONE"))
    principal = signed_in(away.principal)
    counts = f"/in/{away.place.pk}/visits/"
    assert counts in words(principal.get(f"/in/{away.place.pk}/principal/"))
    page = words(principal.get(counts))
    assert "2／3" in page
    lists = {each for each in Reader(page).addresses if "/visits/list/" in each}
    assert len(lists) >= 4
    for url in lists:
        listed = words(principal.get(url))
        assert away.pupils[0].name in listed
        assert "次走访" in listed
    assert "这段时间没有走访记录" in words(principal.get(f"{counts}?first=2025-09-01&last=2025-09-02"))
    assert principal.get(f"{counts}?first=x&last=y").status_code == 200
    for bad in ("kind=NONE", "school=x", "page=9", "page=x"):
        assert principal.get(f"{counts}list/?{bad}").status_code == 404
    assert signed_in(a_school(name="石门完小").principal).get(counts).status_code == 404


def test_the_english_pages_are_english(away: School, teacher: Client) -> None:
    teacher.post(f"{file_of(away)}visit/", told(note="seen", photo=photo(), photo_kind="DOOR", no_face="on"))
    record = f"{file_of(away)}visit/{Visit.objects.get().pk}/"
    names = {away.place.name, away.class_group.name, "云岭完小镇", "示范县", "一个都不能少", "中文"}
    people = {pupil.name for pupil in away.pupils} | {"白老师", "教导主任", "校长", "县局"}
    known = {han for name in names | people for han in HAN.findall(name)}
    office = signed_in(away.principal)
    ordered = f"{file_of(away)}visit/?ordered={owed(away).pk}"
    for url in (
        ordered,
        record,
        f"/class/{away.class_group.pk}/group-visit/",
        f"/in/{away.place.pk}/visits/",
    ):
        page = words(office.get(url, headers={"accept-language": "en"}))
        found = {han for text in Reader(page).words for han in HAN.findall(text)}
        assert found <= known, (url, found - known)
        assert not Reader(page).inline
