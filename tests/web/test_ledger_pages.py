"""The pages of ledgers and files: filtered, taken out, in both languages, closed to whoever need not know."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from builders_db import TOWNSHIP_PACK, School, a_person, a_school, at
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry, LedgerTemplate
from notoneless.services.due import tick
from notoneless.web.views.ledgers import slug

pytestmark = pytest.mark.django_db
NOW = "2025-09-17 10:00"
DAYS = ("09-08", "09-09", "09-10", "09-11", "09-12", "09-15", "09-16", "09-17")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def school(db: None, clock: Clock) -> School:
    made = a_school(3, pack=TOWNSHIP_PACK)
    made.calls(*(f"{each} A" for each in DAYS))
    tick(now=at("2025-09-17 09:30"))
    clock(NOW)
    return made


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def in_(school: School, rest: str) -> str:
    return f"/in/{school.place.pk}/{rest}"


def test_the_overview_counts_what_the_ledger_lists(school: School) -> None:
    office = signed_in(school.office)
    for kind in LedgerKind:
        if kind is LedgerKind.TIPS:
            continue  # the county's
        listed = read(office, in_(school, f"ledger/{slug(kind)}/"))
        total = int(re.findall(r"<h1>[^<]* <small>(\d+)</small>", listed)[0])
        overview = read(office, in_(school, "ledgers/"))
        counted = re.findall(rf'/ledger/{slug(kind)}/">(\d+)</a>', overview)
        assert counted == [str(total)], kind


def test_a_line_shows_its_number_and_leads_to_the_child(school: School) -> None:
    page = read(signed_in(school.office), in_(school, "ledger/suspected/"))
    assert "疑似辍学〔2025〕0001号" in page
    assert f'href="/child/{school.pupils[0].pk}/"' in page
    assert read(signed_in(school.office), in_(school, "ledger/suspected/?state=CLOSED")).count("<tr") == 0
    assert school.pupils[0].name not in read(
        signed_in(school.office), in_(school, "ledger/suspected/?q=nobody")
    )


def test_a_ledger_is_taken_out_in_every_form(school: School) -> None:
    office = signed_in(school.office)
    for form, starts in (("xlsx", b"PK"), ("docx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert "文件里有 1 行" in read(office, in_(school, f"ledger/suspected/{form}/"))
        answer = office.post(in_(school, f"ledger/suspected/{form}/"))
        assert answer.content.startswith(starts), form
    assert JournalEntry.objects.filter(act="EXPORT", by=school.office).count() == 3


def test_an_offices_own_workbook_is_checked_kept_and_filled(school: School) -> None:
    office, url = signed_in(school.office), in_(school, "ledger/suspected/template/")

    def sent(text: str) -> tuple[int, str]:
        book, file = Workbook(), io.BytesIO()
        assert book.active is not None
        book.active["B2"] = text
        book.save(file)
        answer = office.post(url, {"file": SimpleUploadedFile("本校.xlsx", file.getvalue())})
        return answer.status_code, answer.content.decode()

    status, page = sent("{{台账.年纪}}")
    assert status == 422
    assert "B2 格的标记 {{台账.年纪}} 不认识" in page
    assert not LedgerTemplate.objects.exists()
    assert sent("{{台账.姓名}}")[0] == 302
    answer = office.post(in_(school, "ledger/suspected/own/"))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet["B2"].value == school.pupils[0].name
    office.post(url, {"forget": "1"})
    assert office.post(in_(school, "ledger/suspected/own/")).status_code == 422


def test_a_childs_file_holds_what_the_reader_may_see(school: School) -> None:
    url = f"/child/{school.pupils[0].pk}/file/"
    page = read(signed_in(school.office), url)
    assert "疑似辍学〔2025〕0001号" in page
    assert "一、学籍和在校" in page
    answer = signed_in(school.office).post(url, {"form": "pdf"})
    assert answer.content.startswith(b"%PDF")
    assert JournalEntry.objects.get(act="EXPORT").body["what"] == "CHILD_FILE"
    assert signed_in(school.teacher).get(url).status_code == 200
    assert signed_in(school.teacher).post(url, {"form": "pdf"}).status_code == 404


def test_a_classs_file_comes_as_pages_and_as_sheets(school: School) -> None:
    url = f"/class/{school.class_group.pk}/file/"
    assert school.pupils[2].name in read(signed_in(school.teacher), url)
    answer = signed_in(school.office).post(url, {"form": "xlsx"})
    names = load_workbook(io.BytesIO(answer.content)).sheetnames
    assert names == ["学生名册", "本月考勤", "未办事项", "在办个案", "本学年走访", "本学年异动"]
    assert signed_in(school.office).post(url, {"form": "pdf"}).content.startswith(b"%PDF")


def test_whoever_answers_for_no_ledger_finds_none(school: School) -> None:
    stranger = signed_in(a_person("值日", Post.DUTY_OFFICER, school.place))
    assert stranger.get(in_(school, "ledgers/")).status_code == 404
    assert signed_in(school.office).get(in_(school, "ledger/tips/")).status_code == 404
    assert signed_in(school.office).get(in_(school, "ledger/nothing/")).status_code == 404


def addresses(school: School) -> Iterator[str]:
    yield in_(school, "ledgers/")
    yield in_(school, "ledger/suspected/?state=ALL")
    yield in_(school, "ledger/suspected/xlsx/")
    yield f"/class/{school.class_group.pk}/file/"
    yield f"/child/{school.pupils[0].pk}/file/"


def test_the_pages_speak_english_but_for_names_and_numbers(school: School) -> None:
    office = signed_in(school.office)
    names = ("县局", "教导主任", "白老师", "校长", "云岭完小镇", "云岭完小", "示范县", "三年级2班")
    names = (*names, *(child.name for child in school.pupils))
    for url in addresses(school):
        page = office.get(url, headers={"accept-language": "en"}).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        main = re.sub(r'lang="zh[^>]*>[^<]*<', "", main)
        main = re.sub(r"疑似辍学(销)?〔\d+〕\d+号|临界(销)?〔\d+〕\d+号|\S+〔\d+〕\d+号", "", main)
        for name in names:
            main = main.replace(name, "")
        assert HAN.findall(main) == [], (url, "".join(HAN.findall(main)))
