"""The pages of enrolment: exceptions, changes step by step, registers, rosters; in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_db import a_class, a_person, a_pupil, a_school, at, day
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notoneless.core.terms import ChangeKind, Paper, Post
from notoneless.records.models import (
    Child,
    Enrolment,
    EnrolmentChange,
    JournalEntry,
    Obligation,
    OnRoll,
    Person,
    SpecialRoute,
)
from notoneless.records.scopes import during
from notoneless.services.enrolment_changes import ask_change, take_step

NOW = "2025-09-10 10:00"
HAN = re.compile(r"[\u4e00-\u9fff]")


class Two:
    """Two schools with an enrolment officer each, and their browsers."""

    def __init__(self, clock: Clock) -> None:
        clock(NOW)
        self.old, self.new = a_school(2), a_school(1, name="石桥完小")
        self.sender_is = a_person("学籍员甲", Post.ENROLMENT_OFFICER, self.old.place)
        self.receiver_is = a_person("学籍员乙", Post.ENROLMENT_OFFICER, self.new.place)
        self.sender, self.receiver = signed_in(self.sender_is), signed_in(self.receiver_is)
        self.child = self.old.pupils[0]
        OnRoll.objects.create(child=self.child, school=self.old.place, from_day=day("09-01"))

    def ask(self) -> EnrolmentChange:
        self.sender.post(
            f"/child/{self.child.pk}/enrolment/ask/",
            {
                "kind": "TRANSFER_OUT",
                "from_day": "2025-09-11",
                "receiver": self.new.place.pk,
                "papers": ["GUARDIAN_REQUEST", "RESIDENCE_PROOF"],
                "key": "k",
            },
        )
        return EnrolmentChange.objects.get()

    def addresses(self) -> Iterator[tuple[Client, str]]:
        """Every page, as who uses it opens it."""
        change = self.ask()
        self.sender.get("/changes/")  # what was said of the request is heard there
        for path in ("", "transfer-in/", "roster/", "on-roll-away/", "neither/", "attending-off-roll/"):
            yield self.sender, f"/in/{self.old.place.pk}/enrolment/{path}"
        for path in ("", "ask/", "route/", "whereabouts/"):
            yield self.sender, f"/child/{self.child.pk}/enrolment/{path}"
        for name in ("attending", "guests"):
            yield self.sender, f"/in/{self.old.place.pk}/register/{name}/"
        for form in ("csv", "print"):
            yield self.sender, f"/in/{self.old.place.pk}/register/attending/{form}/"
        yield self.sender, "/registers/"
        yield self.sender, "/changes/"
        yield self.sender, f"/change/{change.pk}/"


@pytest.fixture
def two(db: None, clock: Clock) -> Two:
    return Two(clock)


def test_a_step_sent_twice_from_two_windows_is_one_and_no_refusal(two: Two) -> None:
    change = two.ask()
    address = f"/change/{change.pk}/"
    step = re.search(r'name="step" value="(\w+)"', two.sender.get(address).content.decode())
    assert step is not None
    assert step[1] == "SCHOOL_AGREED"
    other = signed_in(two.sender_is)
    for client in (two.sender, other):
        answer = client.post(address, {"answer": "yes", "note": "", "step": step[1], "key": "k"})
        assert answer.status_code == 302
    assert [taken.step.value for taken in change.steps.order_by("at", "step")].count("SCHOOL_AGREED") == 1
    assert "这一步已经办过" in other.get(address).content.decode()


def text(client: Client, url: str, language: str = "") -> str:
    headers = {"accept-language": language} if language else {}
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def test_a_transfer_goes_from_page_to_page(two: Two) -> None:
    change = two.ask()
    assert "等您办" in text(two.sender, "/changes/")
    two.sender.post(f"/change/{change.pk}/", {"answer": "yes", "key": "a"})
    page = text(two.receiver, f"/change/{change.pk}/")
    assert "编入哪个班" in page
    assert two.child.name in text(two.receiver, f"/child/{two.child.pk}/enrolment/")
    two.receiver.post(
        f"/change/{change.pk}/", {"answer": "yes", "class_group": two.new.class_group.pk, "key": "b"}
    )
    there = Enrolment.objects.get(during(day("09-11")), child=two.child)
    assert there.class_group == two.new.class_group


def test_a_school_whose_child_has_moved_is_led_to_no_page_that_it_may_not_open(
    two: Two, clock: Clock
) -> None:
    change, file = two.ask(), f'href="/child/{two.child.pk}/"'
    two.sender.post(f"/change/{change.pk}/", {"answer": "yes", "key": "a"})
    answer = {"answer": "yes", "class_group": two.new.class_group.pk, "key": "b"}
    two.receiver.post(f"/change/{change.pk}/", answer)
    assert file in text(two.sender, f"/child/{two.child.pk}/enrolment/")
    clock("2025-09-11 10:00")
    assert "已办结" in text(two.sender, f"/child/{two.child.pk}/enrolment/")
    assert file not in text(two.sender, f"/child/{two.child.pk}/enrolment/")
    assert file in text(two.receiver, f"/child/{two.child.pk}/enrolment/")


def test_what_the_receiver_owes_leads_to_the_page_where_it_is_done(two: Two) -> None:
    change = two.ask()
    two.sender.post(f"/change/{change.pk}/", {"answer": "yes", "key": "a"})
    owed = Obligation.objects.get(place=two.new.place, act="CONFIRM_TRANSFER")
    page = text(two.receiver, "/")
    assert f"/child/{owed.child_id}/enrolment/" in page
    assert owed.child is not None
    assert owed.child.name in text(two.receiver, f"/in/{two.new.place.pk}/enrolment/")


def test_leaving_school_is_answered_with_the_law(two: Two) -> None:
    answer = two.sender.post(
        f"/child/{two.child.pk}/enrolment/ask/",
        {"kind": "LEAVE_SCHOOL", "from_day": "2025-09-11", "key": "k"},
    )
    assert answer.status_code == 422
    assert "义务教育法第二十七条" in answer.content.decode()
    assert not EnrolmentChange.objects.exists()


def test_a_child_of_another_school_is_found_only_by_name_and_number_together(two: Two) -> None:
    Child.objects.filter(pk=two.child.pk).update(enrolment_no="G000000201603010024")
    url = f"/in/{two.new.place.pk}/enrolment/transfer-in/"
    given = {
        "from_day": "2025-09-11",
        "number": "G000000201603010024",
        "papers": ["GUARDIAN_REQUEST", "RESIDENCE_PROOF"],
    }
    wrong = two.receiver.post(url, {**given, "name": "别人", "key": "k"})
    assert (wrong.status_code, EnrolmentChange.objects.count()) == (422, 0)
    two.receiver.post(url, {**given, "name": two.child.name, "key": "l"})
    assert EnrolmentChange.objects.get().kind is ChangeKind.TRANSFER_IN


def test_refusing_needs_a_reason_and_taking_back_is_possible(two: Two) -> None:
    change = two.ask()
    assert two.sender.post(f"/change/{change.pk}/", {"answer": "no", "key": "a"}).status_code == 422
    two.sender.post(f"/change/{change.pk}/", {"named": "withdraw", "note": "不转了", "key": "b"})
    assert "已撤回" in text(two.sender, f"/change/{change.pk}/")


@pytest.mark.parametrize("who", ["teacher", "stranger"])
def test_whoever_has_no_part_in_it_finds_nothing(two: Two, who: str) -> None:
    change = two.ask()
    person = two.new.teacher if who == "teacher" else Person.objects.create(name="路人")
    client = signed_in(person)
    for url in (
        f"/change/{change.pk}/",
        f"/child/{two.child.pk}/enrolment/",
        f"/in/{two.old.place.pk}/enrolment/",
    ):
        assert client.get(url).status_code == 404


def test_the_figures_are_the_lists(two: Two) -> None:
    a_pupil("借小读", two.old.class_group)
    page = text(two.sender, f"/in/{two.old.place.pk}/enrolment/")
    figures = re.findall(r'href="(/in/\d+/enrolment/[a-z-]+/)"><b>(\d+)</b>', page)
    assert len(figures) == 4
    for url, count in figures:
        assert f"<small>{count}</small>" in text(two.sender, url)


def test_a_special_route_is_entered_and_ends_in_a_class(two: Two) -> None:
    given = {"kind": "HOME_TUITION", "from_day": "2025-09-10", "approved_by": "县教育局", "key": "k"}
    two.sender.post(f"/child/{two.child.pk}/enrolment/route/", given)
    route = SpecialRoute.objects.get()
    assert "送教上门" in text(two.sender, f"/child/{two.child.pk}/enrolment/")
    url = f"/child/{two.child.pk}/enrolment/route/{route.pk}/end/"
    two.sender.post(url, {"class_group": two.old.class_group.pk, "key": "l"})
    assert SpecialRoute.objects.filter(supersedes=route).exists()


# Rosters.


def upload(two: Two, rows: str, **more: str) -> str:
    file = SimpleUploadedFile("花名册.csv", rows.encode())
    answer = two.sender.post(f"/in/{two.old.place.pk}/enrolment/roster/", {"file": file, **more})
    return answer.content.decode()


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def uploads(settings: object, tmp_path: Path) -> Path:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "uploads"


def test_a_roster_is_shown_before_it_is_taken_in(two: Two, uploads: Path) -> None:
    page = upload(two, f"姓名,班级\n{two.child.name},三年级2班\n新小生,三年级2班")
    assert "名册上没有了" in page
    assert two.old.pupils[1].name in page
    assert not Child.objects.filter(name="新小生").exists()
    url = f"/in/{two.old.place.pk}/enrolment/roster/"
    answer = two.sender.post(url, {"token": token_in(page)})
    assert answer.status_code == 302
    assert Child.objects.filter(name="新小生").exists()
    assert list(uploads.iterdir()) == []
    missing = two.old.pupils[1]
    two.sender.post(
        f"/child/{missing.pk}/enrolment/whereabouts/", {"found": "STILL_HERE", "note": "在班", "key": "k"}
    )
    assert Obligation.objects.get(child=missing, act="EXPLAIN").state.value == "MET"


def test_what_a_roster_changes_is_named_in_the_readers_language(two: Two, uploads: Path) -> None:
    file = SimpleUploadedFile(
        "花名册.csv", f"姓名,班级,性别,监护人\n{two.child.name},三年级2班,女,新祖母".encode()
    )
    url = f"/in/{two.old.place.pk}/enrolment/roster/"
    page = two.sender.post(url, {"file": file}, headers={"accept-language": "en"}).content.decode()
    assert "Sex, Guardian" in page


def test_errors_are_shown_with_their_cells_and_the_file_does_not_stay(two: Two, uploads: Path) -> None:
    page = upload(two, "姓名,班级\n新小生,没有这种班")
    assert "A2" in page
    assert 'name="token"' not in page
    assert list(uploads.iterdir()) == []


def test_a_token_of_somebody_else_leads_to_nothing(two: Two, uploads: Path) -> None:
    token = token_in(upload(two, "姓名,班级\n新小生,三年级2班"))
    answer = two.receiver.post(f"/in/{two.new.place.pk}/enrolment/roster/", {"token": token})
    assert answer.status_code == 422
    assert not Child.objects.filter(name="新小生").exists()


def test_a_long_import_goes_on_where_it_stopped(
    two: Two, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notoneless.web.views.roster.SECONDS", -1.0)
    bureau = signed_in(two.old.bureau)
    url = f"/in/{two.old.county.pk}/enrolment/roster/"
    rows = "学校,姓名,班级\n云岭完小,新小生,四年级1班\n石桥完小,又小生,四年级1班"
    page = bureau.post(url, {"file": SimpleUploadedFile("全县.csv", rows.encode())}).content.decode()
    stopped = bureau.post(url, {"token": token_in(page)}).content.decode()
    assert "<progress" in stopped
    monkeypatch.setattr("notoneless.web.views.roster.SECONDS", 60.0)
    assert bureau.post(url, {"token": token_in(stopped)}).status_code == 302
    assert Child.objects.filter(name__in=["新小生", "又小生"]).count() == 2


# Registers.


def test_a_register_is_taken_out_after_it_was_asked_once_more(two: Two) -> None:
    url = f"/in/{two.old.place.pk}/register/contacts/csv/"
    assert "2 名学生" in text(two.sender, url)
    answer = two.sender.post(url)
    assert answer["Content-Disposition"].startswith("attachment")
    assert JournalEntry.objects.get(act="EXPORT").body["rows"] == 2


def test_a_register_that_the_post_does_not_need_is_not_there(two: Two) -> None:
    assert two.sender.get(f"/in/{two.old.place.pk}/register/hardship/").status_code == 404
    assert "困难学生档案" not in text(two.sender, "/registers/")


def test_a_class_teacher_opens_the_register_of_the_class_alone(two: Two) -> None:
    other = a_pupil("别班生", a_class(two.old.place, "三年级9班"))
    url = f"/in/{two.old.place.pk}/register/attending/"
    page = text(signed_in(two.old.teacher), url)
    assert two.child.name in page
    assert other.name not in page
    assert other.name in text(two.sender, url)
    nobody = Person.objects.create(name="路人")
    for person in (two.new.teacher, two.receiver_is, nobody):
        assert signed_in(person).get(url).status_code == 404


# Every page.


def test_every_page_speaks_english(two: Two) -> None:
    names = [
        *Child.objects.values_list("name", flat=True),
        *Person.objects.values_list("name", flat=True),
        *("云岭完小", "石桥完小", "云岭完小镇", "石桥完小镇", "示范县", "三年级2班"),
    ]
    for client, url in two.addresses():
        page = text(client, url, "en")
        shown = re.sub(r'<(\w+)[^>]*lang="zh[^"]*"[^>]*>.*?</\1>|<script.*?</script>', "", page, flags=re.S)
        shown = re.sub(r"<[^>]+>", " ", shown)
        for name in sorted(names, key=len, reverse=True):
            shown = shown.replace(name, "")
        shown = re.sub(r"中文|中小学生学籍管理办法[^<\n]*|义务教育法[^<\n]*", "", shown)
        assert not HAN.search(shown), (url, HAN.findall(shown)[:20])


def test_children_without_any_number_have_every_page(two: Two) -> None:
    child = a_pupil("无号小生", two.old.class_group)
    for path in ("", "ask/", "route/"):
        assert child.name in text(two.sender, f"/child/{child.pk}/enrolment/{path}")
    assert child.name in text(two.sender, f"/in/{two.old.place.pk}/register/attending/")
    assert child.name in text(two.sender, f"/in/{two.old.place.pk}/enrolment/attending-off-roll/")


def test_a_suspended_child_has_its_pages(two: Two) -> None:
    change = ask_change(
        by=two.sender_is,
        child=two.child,
        kind=ChangeKind.SUSPENSION,
        from_day=day("09-09"),
        until=day("11-03"),
        papers=[Paper.GUARDIAN_REQUEST, Paper.MEDICAL_PROOF],
        at=at("2025-09-08 09:00"),
    )
    take_step(by=two.sender_is, change=change, at=at("2025-09-08 10:00"))
    take_step(by=two.old.bureau, change=change, at=at("2025-09-09 10:00"))
    assert "点名不叫" in text(two.sender, f"/child/{two.child.pk}/enrolment/")
    assert "休学" in text(two.sender, f"/in/{two.old.place.pk}/enrolment/on-roll-away/")
    assert text(two.sender, f"/child/{two.child.pk}/")
