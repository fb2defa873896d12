"""迎检材料: every piece is there, is made of the records of one moment, and names whom its marks say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import unescape

import pytest
from builders import at
from django.db import transaction
from pytest_django import DjangoDbBlocker
from world import GRADE, NEAR, SCHOOL, TOWNSHIP, World, a_holder, the_world

from notoneless.core.case_terms import AttachmentKind
from notoneless.core.terms import Post
from notoneless.records.models import ActRecord, Attachment, AttachmentBytes, JournalEntry
from notoneless.services.inspection_pack import Wish, ask_for, expected, inspection_pack, make, work_of
from notoneless.services.inspection_pack.pieces import kept, number_of, opened
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = at("2025-09-19 16:00")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for this file; what a test does to it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield the_world()
        transaction.set_rollback(True)


def texts(content: bytes) -> str:
    """All words of all files, those of workbooks and documents too."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            inner = archive.read(info)
            if info.filename.endswith((".xlsx", ".docx")):
                with zipfile.ZipFile(io.BytesIO(inner)) as parts:
                    found += [
                        unescape(parts.read(name).decode(errors="replace")) for name in parts.namelist()
                    ]
            elif not info.filename.endswith(".pdf"):
                found.append(inner.decode(errors="replace"))
    return "\n".join(found)


def test_a_school_takes_out_its_own_children_the_journal_counts_them_and_again_it_is_the_same(
    world: World,
) -> None:
    principal = a_holder(world, Post.PRINCIPAL)
    pack, again = (inspection_pack(by=principal, place=world.school, year=2025, at=NOW) for _ in range(2))
    assert pack.content == again.content
    said = texts(pack.content)
    for target in world.targets:
        own = target.no in (NEAR, GRADE)
        assert [target.canaries[word] in said for word in ("name", "phone")] == [own, own]
        assert not any(target.canaries[word] in said for word in ("identity", "private"))
    for entry in JournalEntry.objects.filter(act="EXPORT", by=principal):
        assert entry.body["children"] == pack.children == 2
        assert entry.subject_id == str(world.school.pk)


def test_a_township_has_every_piece_in_its_index_and_the_children_of_its_schools(world: World) -> None:
    asked = ask_for(by=a_holder(world, Post.TOWNSHIP), place=world.township, year=2025, at=NOW)
    pieces = work_of(asked)
    numbers = [number_of(piece, pieces) for piece in pieces]
    assert len(set(numbers)) == len(numbers) == expected(asked).pieces
    pack = inspection_pack(by=asked.person, place=world.township, year=2025, at=NOW, language="en")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        index = archive.read("0 Read first.md").decode()
        names = archive.namelist()
    for number, piece in zip(numbers, pieces, strict=True):
        assert f"| {number} | {piece.title[1]} |" in index
        has_file = any(f"/{number} " in name for name in names)
        assert has_file or "not for the exporter's post to see" in index
    said = texts(pack.content)
    assert [world.targets[no].canaries["name"] in said for no in (NEAR, SCHOOL, TOWNSHIP)] == [
        True,
        True,
        False,
    ]


def test_whole_identity_numbers_are_there_only_when_they_are_asked_for(world: World) -> None:
    officer = a_holder(world, Post.COUNTY_BUREAU)
    asked = ask_for(by=officer, place=world.school, year=2025, at=NOW, wish=Wish(identity=True))
    first_ledger = [piece.title[0] for piece in work_of(asked)].index("适龄儿童少年台账")
    said = texts(make(asked, first_ledger).files[0].content)
    assert world.targets[NEAR].canaries["identity"] in said


def test_pictures_come_only_when_asked_for_and_never_those_of_a_private_record(world: World) -> None:
    near = world.targets[NEAR]
    private = ActRecord.objects.get(child=near.child, private=True)
    for number, act in enumerate((None, private)):
        kept_picture = Attachment.objects.create(
            child=near.child,
            act=act,
            kind=AttachmentKind.DOOR,
            name="照片",
            media="image/jpeg",
            size=5,
            digest=str(number),
            by=near.teacher,
            at=at("2025-09-09 09:00"),
        )
        AttachmentBytes.of(kept_picture, b"photo").save()
    titles = {}
    for pictures in (False, True):
        wish = Wish(pictures=pictures)
        asked = ask_for(by=a_holder(world, Post.TOWNSHIP), place=world.school, year=2025, at=NOW, wish=wish)
        titles[pictures] = [piece.title[0] for piece in work_of(asked)]
    assert "照片和扫描件" not in titles[False]
    made = make(asked, titles[True].index("照片和扫描件"))
    assert [file.content for file in made.files] == [b"photo"]
    assert made.children == {near.child.pk}


def test_a_piece_kept_for_later_is_the_same_piece(world: World) -> None:
    asked = ask_for(by=a_holder(world, Post.PRINCIPAL), place=world.school, year=2025, at=NOW)
    for number in (0, 2, len(work_of(asked)) - 1):
        made = make(asked, number)
        assert opened(kept(made)) == made


def test_a_place_beyond_reach_a_year_to_come_and_numbers_not_for_the_post_are_refused(world: World) -> None:
    principal = a_holder(world, Post.PRINCIPAL)
    with pytest.raises(Refusal, match="迎检材料的导出由"):
        ask_for(by=principal, place=world.targets[SCHOOL].school, year=2025, at=NOW)
    with pytest.raises(Refusal, match="没有 2026 学年的材料"):
        ask_for(by=principal, place=world.school, year=2026, at=NOW)
    with pytest.raises(Refusal, match="完整证件号由"):
        ask_for(by=principal, place=world.school, year=2025, at=NOW, wish=Wish(identity=True))
