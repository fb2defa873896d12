"""The pages on which children are written down, completed, taken into a class, made one of two records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from builders_db import a_person, a_place, a_pupil, a_school
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notoneless.core.terms import PlaceKind, Post, Stage
from notoneless.records.models import (
    Case,
    Child,
    ClassGroup,
    Enrolment,
    EnrolmentChange,
    OnRoll,
    Person,
    SameChild,
)

NOW = "2025-09-10 10:00"
HAN = re.compile(r"[\u4e00-\u9fff]")


class Town:
    """A township with a village and a school, and the browsers of those who work there."""

    def __init__(self, clock: Clock) -> None:
        clock(NOW)
        self.school = a_school(2)
        self.village = a_place(PlaceKind.VILLAGE, "云岭村", self.school.township)
        self.town = signed_in(a_person("乡镇干部", Post.TOWNSHIP, self.school.township))
        self.cadre = signed_in(a_person("村干部", Post.VILLAGE_CADRE, self.village))
        self.officer = signed_in(a_person("学籍员", Post.ENROLMENT_OFFICER, self.school.place))
        self.at = f"/in/{self.school.township.pk}/never-enrolled/"

    def find(self, client: Client | None = None, **more: object) -> object:
        given = {
            "name": "石小满",
            "village": self.village.pk,
            "school": self.school.place.pk,
            "found_at": "2025-09-10T09:00",
            "key": "k1",
            **more,
        }
        return (client or self.town).post(f"{self.at}add/", given, follow=True)

    def child(self) -> Child:
        return Child.objects.get(name="石小满")

    def addresses(self) -> Iterator[tuple[Client, str]]:
        """Every page with something on it, as who uses it opens it."""
        self.find()
        self.town.get("/")  # what was said is heard
        child, school = self.child(), self.school.place.pk
        for path in ("", "add/", "list/"):
            yield self.town, self.at + path
        for path in ("enter/", "leaving/", "arriving/"):
            yield self.officer, f"/in/{school}/enrolment/{path}"
        for path in ("enrolment/", "enrolment/enter/", "record/", "same/", ""):
            yield self.officer, f"/child/{child.pk}/{path}"
        case = Case.objects.get(child=child).number
        for path in (f"/case/{case}/", f"/case/{case}/close/"):
            yield signed_in(self.school.principal), path
        yield self.officer, f"/in/{school}/enrolment/"
        yield self.town, f"/in/{self.school.township.pk}/township/"
        yield self.cadre, "/village/"
        yield self.cadre, f"/in/{self.village.pk}/never-enrolled/add/"


@pytest.fixture
def town(db: None, clock: Clock) -> Town:
    return Town(clock)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_every_page_opens_and_speaks_english(town: Town) -> None:
    names = {
        *Child.objects.values_list("name", flat=True),
        "石小满",
        *Person.objects.values_list("name", flat=True),
    }
    names |= {"云岭完小镇", "云岭完小", "云岭村", "示范县", "三年级2班"}
    for client, url in town.addresses():
        assert client.get(url).status_code == 200, url
        page = text(client.get(url, headers={"accept-language": "en"}))
        shown = re.sub(r'<(\w+)[^>]*lang="zh[^"]*"[^>]*>.*?</\1>|<script.*?</script>', "", page, flags=re.S)
        shown = re.sub(r"<[^>]+>", " ", shown)
        for name in sorted(names, key=len, reverse=True):
            shown = shown.replace(name, "")
        shown = re.sub(r"中文|中小学生学籍管理办法[^<\n]*|义务教育法[^<\n]*", "", shown)
        assert not HAN.search(shown), (url, HAN.findall(shown)[:20])


def test_everything_about_a_child_in_no_class_opens_for_whoever_works_on_it(town: Town) -> None:
    town.find()
    child = town.child()
    case, mine = f"/case/{Case.objects.get().number}/", f"/child/{child.pk}/"
    principal, bureau = signed_in(town.school.principal), signed_in(town.school.bureau)
    for client in (principal, bureau):
        for path in ("", "reasons/", "plan/", "hand-off/", "evidence/", "close/"):
            assert client.get(case + path).status_code == 200, path
        for path in ("", "proof/", "papers/", "visit/?kind=HOME", "report/", "file/"):
            assert client.get(mine + path).status_code == 200, path
        assert client.get(f"{case}placement/").status_code == 404


def test_found_by_the_township_answered_for_and_taken_into_a_class(town: Town) -> None:
    assert "已登记" in text(town.find())
    listed = text(town.town.get(town.at))
    for words in ("石小满", "云岭村", "应由云岭完小接收", "乡镇干部 负责", "办理入学"):
        assert words in listed
    for client, url in (
        (town.town, f"/in/{town.school.township.pk}/township/"),
        (town.officer, f"/in/{town.school.place.pk}/enrolment/"),
    ):
        assert "<b>1</b>应入学未入学" in text(client.get(url))
    assert "石小满" in text(town.cadre.get("/village/"))
    assert "石小满" in text(town.town.get("/"))
    child = town.child()
    enter = f"/child/{child.pk}/enrolment/enter/"
    assert enter in text(town.officer.get(f"/child/{child.pk}/enrolment/"))
    town.officer.post(enter, {"class_group": town.school.class_group.pk, "on_our_roll": "on", "key": "k2"})
    assert Enrolment.objects.get(child=child).class_group == town.school.class_group
    assert "已编班，等到校" in text(town.town.get(town.at))


def test_the_countys_figures_of_them_are_as_many_as_their_lists_have(town: Town) -> None:
    town.find()
    county, bureau = town.school.county.pk, signed_in(town.school.bureau)
    board = text(bureau.get(f"/in/{county}/county/"))
    for place, query in ((county, ""), (county, "?new=1"), (town.school.township.pk, "")):
        address = f"/in/{place}/never-enrolled/{query}"
        assert f'href="{address}"' in board
        assert "<small>1</small>" in text(bureau.get(address))
    seen = re.search(r'name="seen_at" value="([^"]+)"', text(bureau.get(f"/in/{county}/county/")))
    assert seen is not None
    bureau.post(f"/in/{county}/county/reviewed/", {"seen_at": seen[1]})
    assert "<small>0</small>" in text(bureau.get(f"/in/{county}/never-enrolled/?new=1"))
    assert "<small>1</small>" in text(bureau.get(f"/in/{county}/never-enrolled/"))


def test_the_form_sent_twice_or_from_the_back_button_makes_one_child(town: Town) -> None:
    for _ in range(2):
        town.find()
    assert (Child.objects.filter(name="石小满").count(), Case.objects.count()) == (1, 1)


def test_who_looks_like_somebody_here_is_shown_and_entered_only_when_said_so(town: Town) -> None:
    a_pupil("石小满", town.school.class_group)
    asked = town.find()
    assert (asked.status_code, Case.objects.count()) == (422, 0)  # type: ignore[attr-defined]
    assert "姓名相同" in text(asked)
    assert 'name="anyway"' in text(asked)
    town.find(anyway="1")
    assert Case.objects.get().stage is Stage.NEVER_ENROLLED


def test_what_was_typed_when_the_session_ended_is_not_lost(town: Town) -> None:
    gone = Client()
    answer = gone.post(f"{town.at}add/", {"name": "石小满", "school": town.school.place.pk, "key": "k1"})
    assert "石小满" not in answer.headers.get("Location", "")
    assert 'name="kept"' in text(answer)
    assert not Child.objects.filter(name="石小满").exists()


def test_a_list_is_uploaded_compared_and_the_ticked_rows_entered(town: Town) -> None:
    lines = "姓名,出生日期\n新见儿,2016-06-06\n太小儿,2021-01-01\n"
    file = SimpleUploadedFile("名单.csv", lines.encode("utf-8-sig"))
    shown = text(town.town.post(f"{town.at}list/", {"file": file, "school": town.school.place.pk}))
    assert "新见儿" in shown
    token = re.search(r'name="token" value="([^"]+)"', shown)
    assert token is not None
    given = {"token": token[1], "school": town.school.place.pk, "village": "", "row": ["0"]}
    town.town.post(f"{town.at}list/", given)
    assert list(Case.objects.values_list("child__name", flat=True)) == ["新见儿"]
    again = town.town.post(f"{town.at}list/", given)
    assert again.status_code == 422
    assert Case.objects.count() == 1


def test_a_pupil_is_entered_by_hand_with_a_name_alone(town: Town) -> None:
    address = f"/in/{town.school.place.pk}/enrolment/enter/"
    given = {
        "name": "借读儿",
        "class_group": town.school.class_group.pk,
        "from_day": "2025-09-10",
        "key": "k",
    }
    assert town.officer.post(address, {**given, "roll": "OTHER"}).status_code == 422
    for _ in range(2):
        assert (
            town.officer.post(address, {**given, "roll": "OTHER", "roll_at": "外县小学"}).status_code == 302
        )
    child = Child.objects.get(name="借读儿")
    assert OnRoll.objects.get(child=child).elsewhere == "外县小学"
    shown = text(town.officer.get(f"/child/{child.pk}/"))
    assert "外县小学" in shown
    assert "在校不在籍" in shown
    asked = f"/child/{child.pk}/enrolment/ask/"
    assert 'value="TRANSFER_IN"' in text(town.officer.get(asked))
    given = {
        "kind": "TRANSFER_IN",
        "from_day": "2025-09-10",
        "papers": ["GUARDIAN_REQUEST", "RESIDENCE_PROOF"],
    }
    assert town.officer.post(asked, {**given, "key": "t"}).status_code == 302
    change = EnrolmentChange.objects.get(child=child)
    assert (change.school, change.receiver, change.elsewhere) == (None, town.school.place, "外县小学")


def test_two_who_correct_one_column_are_shown_both_words(town: Town) -> None:
    child = town.school.pupils[0]
    address = f"/child/{child.pk}/record/"
    office = signed_in(town.school.office)
    pages = [text(client.get(address)) for client in (town.officer, office)]
    before = [re.search(r'name="before" value="([^"]+)"', page) for page in pages]
    given = {"name": child.name, "sex": "", "household": "UNKNOWN", "enrolment_no": ""}
    for client, found, born in zip((town.officer, office), before, ("2016-01-02", "2016-01-01"), strict=True):
        assert found is not None
        answer = client.post(address, {**given, "birth_on": born, "before": found[1]})
    assert answer.status_code == 422
    assert "现在是“2016-01-02”，您写的是“2016-01-01”" in text(answer)
    now = re.search(r'name="before" value="([^"]+)"', text(answer))
    assert now is not None
    assert office.post(address, {**given, "birth_on": "2016-01-01", "before": now[1]}).status_code == 302
    child.refresh_from_db()
    assert str(child.birth_on) == "2016-01-01"


def test_two_records_are_looked_at_side_by_side_and_made_one(town: Town) -> None:
    stays = town.school.pupils[0]
    twin = a_pupil(stays.name, town.school.class_group)
    town.school.calls("09-09 A")
    address = f"/child/{twin.pk}/same/"
    assert f'value="{stays.pk}"' in text(town.officer.get(address))
    compared = text(town.officer.post(address, {"other": stays.pk}))
    assert "留下这条" in compared
    assert not SameChild.objects.exists()
    town.officer.post(address, {"other": stays.pk, "why": "问过家长", "key": "k"})
    row = SameChild.objects.get()
    assert (row.child, row.stays) == (twin, stays)
    assert str(stays.pk) in text(town.officer.get(f"/child/{twin.pk}/"))
    found = text(town.officer.post("/search/", {"q": stays.name}))
    assert str(twin.pk) not in found


def test_a_class_leaves_and_arrives_in_one_form_each(db: None, clock: Clock) -> None:
    clock("2026-07-20 10:00")
    old, new = a_school(0), a_school(0, name="清溪初中", pack="")
    group = ClassGroup.objects.create(school=old.place, grade=6, name="六年级1班", school_year="2025-2026")
    pupils = [a_pupil(name, group) for name in ("升一", "升二")]
    sender = signed_in(a_person("学籍员甲", Post.ENROLMENT_OFFICER, old.place))
    receiver = signed_in(a_person("学籍员乙", Post.ENROLMENT_OFFICER, new.place))
    given = {"class_group": group.pk, "kind": "ADVANCEMENT", "from_day": "2026-07-20", "key": "k"}
    address = f"/in/{old.place.pk}/enrolment/leaving/"
    assert sender.post(address, given).status_code == 422  # nobody says where to
    said = text(sender.post(address, {**given, "receiver": new.place.pk}, follow=True))
    assert "已办 2 人" in said
    shown = text(receiver.get(f"/in/{new.place.pk}/enrolment/arriving/"))
    ticked = re.findall(r'name="change" value="([^"]+)"', shown)
    assert len(ticked) == 2
    seventh = ClassGroup.objects.create(school=new.place, grade=7, name="七年级1班", school_year="2025-2026")
    arrive = {"class_group": seventh.pk, "change": ticked[:1], "key": "k"}
    assert "已办 1 人" in text(receiver.post(f"/in/{new.place.pk}/enrolment/arriving/", arrive, follow=True))
    there = Enrolment.objects.filter(child__in=pupils, until=None).values_list("class_group", flat=True)
    assert set(there) == {group.pk, seventh.pk}
