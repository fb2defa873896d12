"""`notoneless pack` at the command line."""

from __future__ import annotations

import argparse
import stat
import zipfile
from pathlib import Path

import pytest
from builders_db import School, a_school, at
from django.contrib.auth.models import User

from notoneless import clock
from notoneless.cli import pack
from notoneless.services import inspection_pack
from notoneless.services.inspection_pack.pieces import Piece, Volume, tables
from notoneless.services.inspection_pack.policy import posts

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> School:
    """A school whose principal and county bureau have a login; it is the evening of 9 September."""
    monkeypatch.setattr(clock, "now", lambda: at("2025-09-09 18:00"))
    found = a_school()
    for person, name in ((found.principal, "xiaozhang"), (found.bureau, "jiaoyuju")):
        person.user = User.objects.create(username=name)
        person.save()
    return found


def notoneless(*words: str) -> int:
    parser = argparse.ArgumentParser()
    pack.add_parser(parser.add_subparsers())
    args = parser.parse_args(["pack", *words])
    return int(args.run(args))


def test_an_inspection_pack_is_written_for_its_owner_alone_and_says_how_far_it_is(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Piece(Volume.POLICY, ("责任人", "Who answers"), tables(posts))
    monkeypatch.setattr(inspection_pack.making, "pieces_of", lambda wish: (one,))
    file = tmp_path / "pack.zip"
    assert notoneless("inspection", "云岭完小", "--by", "xiaozhang", "--out", str(file)) == 0
    said = capsys.readouterr()
    assert (said.err, said.out) == ("1/1 责任人\n", "pack.zip：1 件，写有 0 名学生的姓名；已记入流水。\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "0 目录.docx" in zipfile.ZipFile(file).namelist()


def test_a_compliance_pack_of_a_year_to_come_or_by_somebody_else_is_refused(
    school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pack.zip"
    words = ("compliance", "示范县", "--out", str(file), "--by")
    assert notoneless(*words, "jiaoyuju", "--year", "2030") == 2
    assert notoneless(*words, "xiaozhang") == 2
    assert "没有 2030 年的材料" in capsys.readouterr().err
    assert not file.exists()
    assert notoneless(*words, "jiaoyuju") == 0
