"""未成年人信息合规材料: a year's numbers from the journal and the tables, and no child in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from builders import at
from django.db import transaction
from pytest_django import DjangoDbBlocker
from world import NEAR, World, a_holder, the_world

from notoneless.core.terms import Post
from notoneless.records.models import Device, JournalEntry, Person, PostHeld
from notoneless.records.secrets import KEY_ID
from notoneless.services.break_glass import break_glass
from notoneless.services.compliance_pack import SECTIONS, compliance_pack, sections_of
from notoneless.services.pack_sections import Section
from notoneless.services.proof import prove
from notoneless.services.reading_sensitive import read_identity_no
from notoneless.services.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = at("2025-09-08 16:00")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for this file; what a test does to it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _looked_at(the_world())
        transaction.set_rollback(True)


def _looked_at(world: World) -> World:
    officer = a_holder(world, Post.ENROLMENT_OFFICER)
    bureau = a_holder(world, Post.COUNTY_BUREAU)
    near = world.targets[NEAR]
    read_identity_no(by=officer, child=near.child, at=at("2025-09-08 11:00"))
    read_identity_no(by=officer, child=near.child, reason="核对", at=at("2025-09-08 11:05"))
    prove(by=bureau, child=near.child, at=at("2025-09-08 12:00"))
    break_glass(
        by=bureau,
        number=near.child.enrolment_no or "",
        reason="家长来电核对走失情况",
        at=at("2025-09-08 13:00"),
    )
    Device.objects.create(
        person=officer,
        registered_at=at("2025-09-02 08:00"),
        last_seen_at=at("2025-09-03 08:00"),
        revoked_at=at("2025-09-04 08:00"),
    )
    return world


def section(world: World, name: str, language: str = "zh") -> Section:
    return next(each for each in sections_of(world.county, 2025, NOW, language) if each.id == name)


def test_looks_and_files_are_counted_by_the_office_they_were_made_at(world: World) -> None:
    reads = {(row[0], row[1]): row[2:] for row in section(world, "sensitive-reads").rows}
    assert reads["云岭完小", "查看完整证件号"] == (2, 1, 1, 1)
    assert reads["示范县", "紧急查看"] == (1, 1, 1, 1)
    assert section(world, "exports").rows == [("示范县", "PROOF", 1, 1, 0)]


def test_every_look_of_the_year_is_in_exactly_one_row(world: World) -> None:
    looks = JournalEntry.objects.filter(act__startswith="READ_").count()
    assert sum(int(row[2]) for row in section(world, "sensitive-reads").rows) == looks


def test_every_sealed_column_says_its_key_and_never_a_key(world: World) -> None:
    rows = section(world, "encryption").rows
    assert ("records_child", "identity_no_sealed", str(KEY_ID), 5) in rows
    assert all(len(str(row[2])) < 6 for row in rows)


def test_people_stand_with_what_began_and_ended(world: World) -> None:
    gone = Person.objects.create(name="离任的")
    PostHeld.objects.create(
        person=gone,
        post=Post.VICE_PRINCIPAL,
        place=world.school,
        held_from=date(2024, 9, 1),
        held_until=date(2025, 3, 1),
    )
    (row,) = [row for row in section(world, "people").rows if row[2] == "离任的"]
    assert row[5:7] == ("否", "是")
    assert not [row for row in sections_of(world.county, 2024, NOW)[2].rows if row[2].startswith("班主任")]


def test_a_revoked_telephone_is_told(world: World) -> None:
    (row,) = section(world, "devices").rows
    assert (row[1], row[4]) == ("云岭完小", "2025-09-04 08:00")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_child_is_named_and_the_same_moment_gives_the_same_bytes(world: World, language: str) -> None:
    bureau = a_holder(world, Post.AUDIT_OFFICER)
    pack = compliance_pack(by=bureau, place=world.county, year=2025, at=NOW, language=language)
    files = {info.filename: info for info in zipfile.ZipFile(io.BytesIO(pack.content)).infolist()}
    assert len(files) == len(SECTIONS) + 3
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        text = b"".join(archive.read(name) for name in files if name.endswith(".csv")).decode()
    for target in world.targets:
        for word in target.canaries.values():
            assert word not in text
    entry = JournalEntry.objects.get(act="EXPORT", body__what="COMPLIANCE_PACK")
    assert entry.body["tables"] == len(SECTIONS)


def test_whoever_has_not_the_post_and_a_year_to_come_are_refused(world: World) -> None:
    with pytest.raises(Refusal, match="合规材料的导出由县教育局"):
        compliance_pack(by=a_holder(world, Post.PRINCIPAL), place=world.county, year=2025, at=NOW)
    with pytest.raises(Refusal, match="没有 2026 年的材料"):
        compliance_pack(by=a_holder(world, Post.COUNTY_BUREAU), place=world.county, year=2026, at=NOW)
