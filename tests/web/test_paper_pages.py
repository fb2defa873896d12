"""The pages of papers: what is offered, seen first, issued, handed out, served, replaced."""

from __future__ import annotations

import io
import json

import pytest
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from papered import IDENTITY, Papered

from notoneless.core.paper_terms import PaperFormat, PaperKind, ServedHow
from notoneless.exchange.papers.rendering import blank
from notoneless.records.models import JournalEntry, PaperIssued, PaperTemplate, Person
from notoneless.services.paper_templates import kinds_at

DOCX = PaperFormat.DOCX


@pytest.fixture
def world(db: None, clock: Clock) -> Papered:
    made = Papered()
    clock("2025-09-12 16:30")
    return made


def address(world: Papered, form: str = "") -> str:
    """The child's papers, or one kind of them to be issued."""
    return f"/child/{world.child.pk}/papers/" + (f"{form}/" if form else "")


def issued(world: Papered, person: Person, form: str, **more: str) -> PaperIssued:
    """A paper issued from its page."""
    answer = signed_in(person).post(address(world, form), {"do": "issue", "key": form, **more})
    assert answer.status_code == 302, answer.content.decode()
    return PaperIssued.objects.get(key=form)


def test_a_class_teacher_is_offered_what_the_school_issues_without_a_number(world: Papered) -> None:
    page = signed_in(world.school.teacher).get(address(world)).content.decode()
    assert "papers/visit-record/" in page
    assert "papers/notice-to-return/" not in page
    assert "《限期返校通知书》由乡镇签发" in page


def test_a_paper_is_seen_before_it_is_issued_and_filled_from_the_records(world: Papered) -> None:
    page = signed_in(world.school.teacher).get(address(world, "visit-record")).content.decode()
    assert all(word in page for word in (world.child.name, "村干部甲", "孩子想打工", "帮祖母看店"))
    assert not PaperIssued.objects.exists()


def test_issuing_leads_to_the_paper_and_once_is_once(world: Papered) -> None:
    client = signed_in(world.town)
    form = {"do": "issue", "due_on": "2025-09-19", "key": "once"}
    first = client.post(address(world, "notice-to-return"), form)
    again = client.post(address(world, "notice-to-return"), form)
    paper = PaperIssued.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/paper/{paper.pk}/"
    page = client.get(first.headers["Location"]).content.decode()
    assert "义限通字〔2025〕1号" in page
    assert "2025年9月19日" in page


def test_a_day_that_does_not_do_is_said_and_nothing_is_issued(world: Papered) -> None:
    client = signed_in(world.town)
    answer = client.post(address(world, "notice-to-return"), {"do": "issue", "due_on": "2025-09-12"})
    assert answer.status_code == 422
    assert "期限应在" in answer.content.decode()
    answer = client.post(address(world, "notice-to-return"), {"do": "issue", "due_on": ""})
    assert answer.status_code == 422
    assert not PaperIssued.objects.exists()


def test_a_school_asking_for_the_townships_notice_reads_who_issues_it(world: Papered) -> None:
    client = signed_in(world.school.office)
    page = client.get(address(world, "notice-to-return"))
    assert "由乡镇签发（乡镇政府）；您的岗位是教导处，不能代签" in page.content.decode()
    answer = client.post(address(world, "notice-to-return"), {"do": "issue", "due_on": "2025-09-19"})
    assert answer.status_code == 422
    english = client.get(address(world, "notice-to-return"), headers={"accept-language": "en"})
    assert "is issued by the township" in english.content.decode()


@pytest.mark.parametrize("form", ["docx", "xlsx", "pdf"])
def test_a_paper_is_handed_out_under_a_name_without_the_childs(world: Papered, form: str) -> None:
    paper = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    answer = signed_in(world.town).post(f"/paper/{paper.pk}/", {"format": form})
    name = answer.headers["Content-Disposition"]
    assert name.endswith(f".{form}")
    assert "%E4%B9%89%E9%99%90%E9%80%9A%E5%AD%97" in name  # 义限通字
    assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
    assert "no-store" in answer.headers["Cache-Control"]
    entry = JournalEntry.objects.get(act="EXPORT")
    assert (entry.by, entry.body["form"], entry.body["paper"]) == (world.town, form.upper(), str(paper.pk))
    assert world.child.name not in json.dumps(entry.body, ensure_ascii=False)


def test_the_same_paper_prints_the_same_bytes_again(world: Papered) -> None:
    paper = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    client = signed_in(world.town)
    one, two = (client.post(f"/paper/{paper.pk}/", {"format": "docx"}).content for _ in range(2))
    assert one == two


def test_a_draft_bears_no_number_and_is_on_record(world: Papered) -> None:
    answer = signed_in(world.town).post(
        address(world, "notice-to-return"), {"do": "pdf", "due_on": "2025-09-19"}
    )
    assert answer.content.startswith(b"%PDF")
    assert JournalEntry.objects.get(act="EXPORT").body["draft"] == "NOTICE_TO_RETURN"
    assert not PaperIssued.objects.exists()


def test_whoever_may_not_take_papers_out_reads_them_only(world: Papered) -> None:
    paper = issued(world, world.school.office, "report-to-township")
    client = signed_in(world.school.teacher)
    page = client.get(f"/paper/{paper.pk}/").content.decode()
    assert "云岭完小控保报〔2025〕1号" in page
    assert 'name="format"' not in page
    assert client.post(f"/paper/{paper.pk}/", {"format": "pdf"}).status_code == 422
    assert not JournalEntry.objects.filter(act="EXPORT").exists()


def test_a_page_never_shows_the_whole_identity_number_and_the_file_does(world: Papered) -> None:
    paper = issued(world, world.officer, "dropout-report")
    client = signed_in(world.officer)
    assert IDENTITY not in client.get(f"/paper/{paper.pk}/").content.decode()
    assert IDENTITY not in client.get(address(world, "dropout-report")).content.decode()
    assert IDENTITY in words_of(client.post(f"/paper/{paper.pk}/", {"format": "docx"}).content)
    town = words_of(signed_in(world.town).post(f"/paper/{paper.pk}/", {"format": "docx"}).content)
    assert IDENTITY not in town
    assert "0000**********0017" in town


def words_of(content: bytes) -> str:
    """All text of a Word file."""
    import docx

    document = docx.Document(io.BytesIO(content))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_a_notice_is_served_from_its_page_and_its_receipt_follows(world: Papered) -> None:
    paper = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    client = signed_in(world.town)
    form = {"how": ServedHow.IN_PERSON, "served_at": "2025-09-12T16:20", "receiver": "安奶奶", "key": "s"}
    assert client.post(f"/paper/{paper.pk}/serve/", form).status_code == 422  # before it was issued
    assert (
        client.post(f"/paper/{paper.pk}/serve/", form | {"served_at": "2025-09-12T16:30"}).status_code == 302
    )
    page = client.get(f"/paper/{paper.pk}/").content.decode()
    assert "送达（直接送达）" in page
    assert "serve/" not in page
    receipt = client.get(address(world, "service-receipt"), {"of": str(paper.pk)}).content.decode()
    assert "直接送达" in receipt
    assert paper.numbered in receipt


def test_a_corrected_paper_is_issued_from_the_wrong_one(world: Papered) -> None:
    paper = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    client = signed_in(world.town)
    form = {"why": "日期写错", "due_on": "2025-09-22", "key": "r"}
    assert client.post(f"/paper/{paper.pk}/replace/", form).status_code == 302
    page = client.get(f"/paper/{paper.pk}/").content.decode()
    assert "义限通字〔2025〕2号" in page
    assert client.post(f"/paper/{paper.pk}/replace/", form | {"key": "t"}).status_code == 422


def test_an_office_finds_its_papers_by_kind_and_year_and_the_overdue_ones(
    world: Papered, clock: Clock
) -> None:
    paper = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    client = signed_in(world.town)
    client.post(
        f"/paper/{paper.pk}/serve/",
        {"how": "POST", "served_at": "2025-09-12T16:30", "receiver": "安奶奶", "key": "s"},
    )
    town = f"/in/{world.school.township.pk}/papers/"
    assert "期限已过" not in client.get(town).content.decode()
    clock("2025-09-20 09:00")
    assert "期限已过" in client.get(town).content.decode()
    assert "1 份通知书期限已过" in client.get(f"/in/{world.school.township.pk}/township/").content.decode()
    one = client.get(town, {"kind": "notice-to-return", "year": "2025"}).content.decode()
    none = client.get(town, {"kind": "order-to-send", "year": "2025"}).content.decode()
    assert f"/paper/{paper.pk}/" in one
    assert f'class="what" href="/paper/{paper.pk}/"' not in none


def test_the_papers_of_a_place_are_not_a_class_teachers(world: Papered) -> None:
    place = world.school.place.pk
    teacher = signed_in(world.school.teacher)
    assert teacher.get(f"/in/{place}/papers/").status_code == 404
    assert teacher.get(f"/in/{place}/papers/nil-report/").status_code == 404
    office = signed_in(world.school.office)
    assert office.get(f"/in/{place}/papers/absence-register/").status_code == 200
    assert office.get(f"/in/{place}/papers/visit-record/").status_code == 404
    assert office.get(f"/child/{world.child.pk}/papers/nil-report/").status_code == 404


def test_a_days_register_and_a_statement_are_issued_from_the_place(world: Papered) -> None:
    client = signed_in(world.school.office)
    at = f"/in/{world.school.place.pk}/papers/"
    seen = client.post(f"{at}absence-register/", {"do": "show", "day": "2025-09-08"})
    assert seen.status_code == 200
    assert "祖母说发烧" in seen.content.decode()
    assert client.post(f"{at}absence-register/", {"do": "issue", "day": "2025-09-08"}).status_code == 302
    town = signed_in(world.town)
    at = f"/in/{world.school.township.pk}/papers/responsibility-statement/"
    form = {"do": "issue", "day": "2025-09-08", "place": str(world.school.place.pk)}
    answer = town.post(at, form)
    assert answer.status_code == 302
    assert "云岭完小" in town.get(answer.headers["Location"]).content.decode()


# Templates.


def template(world: Papered, form: str = "notice-to-return") -> str:
    """The township's template of a kind."""
    return f"/in/{world.school.township.pk}/templates/{form}/"


def sent(client: Client, url: str, content: bytes, name: str = "我的.docx") -> object:
    """The file sent as a Word template."""
    return client.post(url, {"format": "DOCX", "file": SimpleUploadedFile(name, content)})


def marked(find: str = "联系人：", put: str = "乡镇联系人：") -> bytes:
    """Our own template with some words of an office's own."""
    import docx

    document = docx.Document(io.BytesIO(blank(PaperKind.NOTICE_TO_RETURN, DOCX)))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            if find in run.text:
                run.text = run.text.replace(find, put)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_offices_own_file_is_used_from_then_on_and_not_for_what_was_issued_before(
    world: Papered, clock: Clock
) -> None:
    client = signed_in(world.town)
    before = issued(world, world.town, "notice-to-return", due_on="2025-09-19")
    clock("2025-09-13 09:00")
    assert sent(client, template(world), marked()).status_code == 302
    after = issued(world, world.town, "order-to-send", due_on="2025-09-20")
    again = client.post(address(world, "notice-to-return"), {"do": "docx", "due_on": "2025-09-20"})
    assert "乡镇联系人：镇长" in words_of(again.content)
    assert "乡镇联系人" not in words_of(client.post(f"/paper/{before.pk}/", {"format": "docx"}).content)
    assert "乡镇联系人" not in words_of(client.post(f"/paper/{after.pk}/", {"format": "docx"}).content)


def test_a_file_whose_marked_cell_is_gone_is_not_kept_and_each_fault_is_a_sentence(world: Papered) -> None:
    answer = sent(signed_in(world.town), template(world), marked("{{联系人}}", ""))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "模板没有保存" in words
    assert "模板里没有标记 {{联系人}}" in words
    assert not PaperTemplate.objects.exists()
    assert sent(signed_in(world.town), template(world), b"no file at all").status_code == 422


def test_the_nearest_offices_template_holds_and_forgetting_it_goes_back(world: Papered, clock: Clock) -> None:
    bureau, town = signed_in(world.school.bureau), signed_in(world.town)
    above = f"/in/{world.school.county.pk}/templates/notice-to-return/"
    assert sent(bureau, above, marked(put="县里联系人：")).status_code == 302
    assert "县里联系人" in words_of(town.get(template(world), {"get": "docx", "own": "1"}).content)
    sent(town, template(world), marked())
    assert "乡镇联系人" in words_of(town.get(template(world), {"get": "docx", "own": "1"}).content)
    clock("2025-09-12 16:31")
    assert town.post(template(world), {"forget": "docx"}).status_code == 302
    assert "县里联系人" in words_of(town.get(template(world), {"get": "docx", "own": "1"}).content)
    assert "县里联系人" not in words_of(town.get(template(world), {"get": "docx"}).content)
    assert town.post(template(world), {"forget": "docx"}).status_code == 422


def test_a_name_of_three_hundred_characters_is_cut_and_keeps_its_ending(world: Papered) -> None:
    sent(signed_in(world.town), template(world), marked(), "长" * 300 + ".docx")
    kept = PaperTemplate.objects.get()
    assert len(kept.name) <= 100
    assert kept.name.endswith(".docx")


def test_a_school_keeps_no_template_of_what_townships_issue(world: Papered) -> None:
    kinds = kinds_at(world.school.place)
    assert PaperKind.NOTICE_TO_RETURN not in kinds
    assert PaperKind.VISIT_RECORD in kinds
    assert PaperKind.VISIT_RECORD in kinds_at(world.school.county)
    client = signed_in(world.school.office)
    assert client.get(f"/in/{world.school.place.pk}/templates/notice-to-return/").status_code == 404
    assert client.get(f"/in/{world.school.place.pk}/templates/").status_code == 200
