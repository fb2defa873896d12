"""Packs: told before they are made, made piece by piece, taken out once, by whoever asked for them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from conftest import Clock, Standing, signed_in
from django.test import Client
from pytest_django import Settings
from world import a_holder

from notoneless.core.terms import Post
from notoneless.records.models import JournalEntry
from notoneless.web import pack_work

pytestmark = pytest.mark.django_db
LATE = "2025-09-19 16:00"


@pytest.fixture
def principal(standing_world: Standing, clock: Clock, settings: Settings, tmp_path: Path) -> Client:
    settings.HOME = tmp_path
    clock(LATE)
    return signed_in(a_holder(standing_world.world, Post.PRINCIPAL))


def test_a_pack_is_made_in_several_requests_and_taken_out_once(
    standing_world: Standing, principal: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pack_work, "SECONDS", 0.0)
    address = f"/in/{standing_world.world.school.pk}/inspection-pack/"
    offered = principal.get(address).context
    answer = principal.post(address, {"year": "2025"})
    for done in range(1, offered["expected"].pieces):
        assert answer.context["work"].done == done
        answer = principal.post(address, {"token": answer.context["work"].token})
    child = standing_world.world.targets[0].child.name.encode()
    kept = [path.read_bytes() for path in tmp_path.glob("packs/*/*")]
    assert len(kept) == offered["expected"].pieces
    assert not any(child in content for content in kept), "what lies between two requests lies sealed"
    token = {"token": answer.context["work"].token, "take": "1"}
    taken = principal.post(address, token)
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        assert "0 目录.docx" in archive.namelist()
    assert JournalEntry.objects.get(act="EXPORT").body["what"] == "INSPECTION_PACK"
    again = principal.post(address, token)
    assert (again.status_code, JournalEntry.objects.filter(act="EXPORT").count()) == (422, 1)
    assert not list(tmp_path.joinpath("packs").iterdir())


def test_somebody_elses_pack_and_one_of_another_place_are_not_there(
    standing_world: Standing, principal: Client
) -> None:
    world = standing_world.world
    address = f"/in/{world.school.pk}/inspection-pack/"
    token = {"token": principal.post(address, {"year": "2025"}).context["work"].token}
    bureau = signed_in(a_holder(world, Post.COUNTY_BUREAU))
    assert bureau.post(address, token).status_code == 422
    assert bureau.post(f"/in/{world.county.pk}/inspection-pack/", token).status_code == 422


def test_a_school_year_to_come_is_refused_in_one_sentence(
    standing_world: Standing, principal: Client
) -> None:
    answer = principal.post(f"/in/{standing_world.world.school.pk}/inspection-pack/", {"year": "2026"})
    assert answer.status_code == 422
    assert "没有 2026 学年的材料" in answer.content.decode()


def test_the_compliance_pack_tells_how_it_counts_and_is_taken_out(
    standing_world: Standing, principal: Client
) -> None:
    auditor = signed_in(a_holder(standing_world.world, Post.AUDIT_OFFICER))
    address = f"/in/{standing_world.world.county.pk}/compliance-pack/"
    page = auditor.get(address).content.decode()
    assert "取自系统判定权限的唯一一张表" in page
    assert auditor.post(address, {"year": "2025"}).content.startswith(b"PK")
    assert auditor.post(address, {"year": "2030"}).status_code == 422
