"""The pages of close-outs: asked, evidenced, reviewed by somebody else, sent back; placement on return."""

from __future__ import annotations

import io
import re

import pytest
from builders_db import School, a_person
from conftest import Clock, signed_in
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.encoding import iri_to_uri
from PIL import Image

from notoneless.core.case_terms import PlacementKind
from notoneless.core.terms import CloseOutKind, Evidence, Post, Stage
from notoneless.records.models import (
    Attachment,
    Case,
    CloseOutAsked,
    CloseOutReviewed,
    EvidencePiece,
    Placement,
)

HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBER = {"number": "公户证〔2025〕7号", "issuer": "云岭派出所", "note": ""}


@pytest.fixture
def stable(school: School, clock: Clock) -> School:
    """The first pupil was away on Monday and has been there for five school days."""
    school.calls("09-08 A", "09-09", "09-10", "09-11", "09-12", "09-15")
    clock("2025-09-15 12:00")
    return school


@pytest.fixture
def away(school: School, clock: Clock) -> School:
    """The first pupil is away this morning."""
    school.calls("09-08 A")
    clock("2025-09-08 12:00")
    return school


def the_case() -> Case:
    return Case.objects.get()


def address(page: str = "close/") -> str:
    return iri_to_uri(f"/case/{the_case().number}/{page}")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def asked() -> CloseOutAsked:
    return CloseOutAsked.objects.get()


def review_address() -> str:
    return address(f"close/{asked().pk}/")


def test_the_office_asks_and_the_principal_finds_it_on_today_and_closes(stable: School) -> None:
    office, principal = signed_in(stable.office), signed_in(stable.principal)
    assert 'id="close-outs"' not in text(principal, "/")
    assert office.post(address(), {"kind": "STABLE_RETURN", "note": "稳定", "key": "k"}).status_code == 302
    assert the_case().stage is not Stage.CLOSED
    assert "等复核" in text(office, address())
    assert "去复核" not in text(office, address())
    for page in ("/", "/close-outs/", address()):
        assert review_address() in text(principal, page)
    shown = text(principal, review_address())
    assert "连续到校 5 / 5 个上课日" in shown
    assert principal.post(review_address(), {"decision": "AGREED", "note": "", "key": "r"}).status_code == 302
    assert the_case().stage is Stage.CLOSED
    told = text(office, address())
    assert "已于 2025-09-15 12:00 销号" in told
    assert "申请：教导主任（教导处）；复核：校长（校长）" in told


def test_whoever_asked_is_told_that_somebody_else_reviews(stable: School) -> None:
    principal = signed_in(stable.principal)
    principal.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k"})
    assert "您是申请人，不能自己复核" in text(principal, review_address())
    answer = principal.post(review_address(), {"decision": "AGREED", "note": "", "key": "r"})
    assert answer.status_code == 422
    assert not CloseOutReviewed.objects.exists()


def test_a_request_sent_back_shows_its_reason_and_can_be_made_again(stable: School) -> None:
    office, principal = signed_in(stable.office), signed_in(stable.principal)
    office.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k"})
    bare = principal.post(review_address(), {"decision": "REFUSED", "note": "", "key": "r"})
    assert (bare.status_code, "还没有写" in bare.content.decode()) == (422, True)
    principal.post(review_address(), {"decision": "REFUSED", "note": "家访记录还没有", "key": "s"})
    assert "没有同意：家访记录还没有" in text(office, address())
    assert "家访记录还没有" in text(office, "/close-outs/")
    assert office.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k2"}).status_code == 302
    assert CloseOutAsked.objects.count() == 2


def test_the_same_form_twice_is_one_request(stable: School) -> None:
    office = signed_in(stable.office)
    for _ in range(2):
        assert office.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k"}).status_code == 302
    assert CloseOutAsked.objects.count() == 1


def test_each_way_says_its_evidence_and_who_reviews_and_is_grey_until_it_is_there(away: School) -> None:
    office = signed_in(away.office)
    page = text(office, address())
    for kind in CloseOutKind:
        assert kind.zh in page
    assert page.count(" disabled") == len(CloseOutKind)
    assert "销号还缺佐证：死亡证明" in page
    assert "复核：县教育局" in page
    form = {"evidence": "IDENTITY_PROOF", "key": "e", **NUMBER}
    assert office.post(address("evidence/"), form).status_code == 302
    page = text(office, address())
    assert page.count(" disabled") == len(CloseOutKind) - 1
    assert "公户证〔2025〕7号" in page
    assert office.post(address(), {"kind": "DATA_ERROR", "note": "", "key": "k"}).status_code == 302
    assert "县教育局复核" in text(signed_in(away.principal), review_address())
    bureau = signed_in(away.bureau)
    assert bureau.post(review_address(), {"decision": "AGREED", "note": "", "key": "r"}).status_code == 302
    assert the_case().stage is Stage.CLOSED


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(content, "PNG")
    return SimpleUploadedFile("证明.png", content.getvalue(), content_type="image/png")


def test_a_certificate_is_photographed_with_its_number_and_never_a_face(away: School) -> None:
    office = signed_in(away.office)
    form = {"evidence": "DEATH_CERTIFICATE", "number": "医证7号", "issuer": "", "note": ""}
    bare = office.post(address("evidence/"), form | {"key": "a"})
    assert (bare.status_code, "证明的照片和文号" in bare.content.decode()) == (422, True)
    faced = office.post(address("evidence/"), form | {"key": "b", "picture": picture()})
    assert (faced.status_code, "照片里没有人脸，请先打勾" in faced.content.decode()) == (422, True)
    assert not Attachment.objects.exists()
    good = form | {"key": "c", "picture": picture(), "no_face": "on"}
    assert office.post(address("evidence/"), good).status_code == 302
    piece = EvidencePiece.objects.get()
    assert (piece.evidence, piece.attachment) == (Evidence.DEATH_CERTIFICATE, Attachment.objects.get())


def test_a_picture_is_not_kept_when_the_evidence_is_refused(away: School) -> None:
    office = signed_in(away.office)
    form = {"evidence": "TRANSFER_CONFIRMATION", "number": "", "issuer": "", "note": "", "key": "c"}
    answer = office.post(address("evidence/"), form | {"picture": picture(), "no_face": "on"})
    assert answer.status_code == 422
    assert not Attachment.objects.exists()


def test_an_identity_number_is_kept_out_of_the_evidence(away: School) -> None:
    form = {"evidence": "IDENTITY_PROOF", **NUMBER, "number": "00000020160101003X", "key": "e"}
    answer = signed_in(away.office).post(address("evidence/"), form)
    assert (answer.status_code, "不要写身份证号" in answer.content.decode()) == (422, True)
    assert not EvidencePiece.objects.exists()


def test_what_the_evidence_says_is_for_those_who_work_on_the_case(away: School) -> None:
    office = signed_in(away.office)
    office.post(address("evidence/"), {"evidence": "IDENTITY_PROOF", "key": "e", **NUMBER})
    subject = a_person("科任", Post.SUBJECT_TEACHER, away.class_group)
    for person, reads in ((away.teacher, True), (away.principal, True), (subject, False)):
        page = text(signed_in(person), address())
        assert "身份核实证明" in page
        assert (NUMBER["number"] in page) == reads


def test_a_request_of_another_case_is_not_there(stable: School) -> None:
    office = signed_in(stable.office)
    office.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k"})
    other = "/case/示范县-2025-9999/"
    assert office.get(f"{other}close/{asked().pk}/").status_code == 404
    assert office.get(f"{other}placement/").status_code == 404


# Placement.


def test_the_office_sees_the_advice_and_writes_where_the_child_sits(stable: School) -> None:
    office = signed_in(stable.office)
    page = text(office, address("placement/"))
    assert "2025-09-08起没有到校，2025-09-09返校：共 1 个日历日，满 0 个月" in page
    assert "建议：回原班" in page
    form = {"kind": "SAME_CLASS", "class_group": stable.class_group.pk, "from_day": "2025-09-15", "why": ""}
    assert office.post(address("placement/"), form | {"key": "p"}).status_code == 302
    assert Placement.objects.get().kind is PlacementKind.SAME_CLASS
    departs = office.post(address("placement/"), form | {"kind": "BY_AGE", "key": "q"})
    assert (departs.status_code, "“理由”还没有写" in departs.content.decode()) == (422, True)


def test_the_placement_of_a_child_that_is_away_says_so(away: School) -> None:
    assert "还没有返校" in text(signed_in(away.office), address("placement/"))


# Everything in English.


def test_the_pages_are_complete_in_english(stable: School) -> None:
    office, principal = signed_in(stable.office), signed_in(stable.principal)
    for client in (office, principal):
        client.post("/language/", {"language": "en"})
    office.post(
        address("evidence/"), {"evidence": "IDENTITY_PROOF", "key": "e", "number": "7", "issuer": "x"}
    )
    pages = [text(office, address(page)) for page in ("close/", "evidence/")]
    office.post(address(), {"kind": "STABLE_RETURN", "note": "", "key": "k"})
    pages += [text(principal, url) for url in ("/", "/close-outs/", address(), review_address())]
    principal.post(review_address(), {"decision": "REFUSED", "note": "not yet", "key": "r"})
    pages += [text(office, address(page)) for page in ("close/", "placement/")]
    pages += [text(office, "/close-outs/")]
    names = ["中文", *(str(each) for each in named(stable))]
    for page in pages:
        # The words of a policy document stay as they are, and say so.
        words = re.sub(r"<[^>]*>", " ", re.sub(r'<(\w+)[^>]*lang="zh-hans"[^>]*>.*?</\1>', "", page))
        for name in names:
            words = words.replace(name, "")
        assert not HAN.findall(words), HAN.findall(words)


def named(school: School) -> list[str]:
    people = (
        school.teacher,
        school.office,
        school.principal,
        school.bureau,
        school.place,
        school.class_group,
    )
    return [each.name for each in (*people, *school.pupils, school.county)]
