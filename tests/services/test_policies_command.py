"""`notoneless adopt` at the command line."""

from __future__ import annotations

import argparse

import pytest
from builders_db import SHANSHU, TOWNSHIP_PACK, School, a_place, a_school, at
from django.contrib.auth.models import User

from notoneless import clock
from notoneless.cli import adopt, rebase
from notoneless.core.terms import PlaceKind
from notoneless.records.models import Case, PackAdopted

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> School:
    """A school under the nation's pack, its principal with a login; it is the evening of 9 September."""
    monkeypatch.setattr(clock, "now", lambda: at("09-09 18:00"))
    found = a_school(pack="")
    found.principal.user = User.objects.create(username="xiaozhang")
    found.principal.save()
    return found


def notoneless(*words: str) -> int:
    parser = argparse.ArgumentParser()
    adopt.add_parser(parser.add_subparsers())
    args = parser.parse_args(["adopt", *words])
    return int(args.run(args))


def rebased(*words: str) -> int:
    parser = argparse.ArgumentParser()
    rebase.add_parser(parser.add_subparsers())
    args = parser.parse_args(["rebase", *words])
    return int(args.run(args))


def test_a_place_adopts_by_name_in_the_name_of_a_login(
    school: School, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notoneless("云岭完小", SHANSHU, "--from", "2025-09-10", "--by", "xiaozhang") == 0
    row = PackAdopted.objects.get()
    assert (row.place, row.by) == (school.place, school.principal)
    assert capsys.readouterr().out == f"云岭完小自 2025-09-10 起采用 {SHANSHU}，版本 {row.pack_version}。\n"


def test_a_preview_needs_nobody_and_adopts_nothing(
    school: School, capsys: pytest.CaptureFixture[str]
) -> None:
    school.calls("09-08 A", "09-09 A")
    assert notoneless("云岭完小", TOWNSHIP_PACK, "--from", "2025-09-10", "--preview") == 0
    said = capsys.readouterr().out
    assert "每周应办事项 / obligations a week" in said
    assert "班主任 / class teacher" in said
    assert not PackAdopted.objects.exists()


def test_a_preview_tells_each_open_case_that_would_change(
    school: School, capsys: pytest.CaptureFixture[str]
) -> None:
    notoneless("云岭完小", SHANSHU, "--from", "2025-09-02", "--by", "xiaozhang")
    school.calls("09-08 A", "09-09 A")
    capsys.readouterr()
    assert notoneless("云岭完小", TOWNSHIP_PACK, "--from", "2025-09-10", "--preview") == 0
    said = capsys.readouterr().out
    assert f"  {Case.objects.get().number}\n    不再需要 点名教师报告，2025-09-08 09:05 前" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["石桥完小", SHANSHU, "--by", "xiaozhang"], "没有代码或名称是“石桥完小”的单位"),
        (["云岭完小", SHANSHU], "请加 --by 登录名；只看影响请加 --preview"),
        (["云岭完小", SHANSHU, "--by", "nobody"], "没有登录名是“nobody”的人员"),
        (["示范县", SHANSHU, "--by", "xiaozhang"], "示范县采用什么制度由县教育局决定。"),
        (["云岭完小", "x/y", "--by", "xiaozhang"], "没有这个制度包；现有："),
    ],
)
def test_what_cannot_be_adopted_is_said_in_one_sentence(
    school: School, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert notoneless(*words, "--from", "2025-09-10") == 2
    assert said in capsys.readouterr().err
    assert not PackAdopted.objects.exists()


def test_a_name_that_two_places_have_is_asked_for_by_code(
    school: School, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = a_place(PlaceKind.SCHOOL, "邻县云岭完小", school.county)
    twin.name = "云岭完小"
    twin.save()
    assert (
        notoneless("云岭完小", SHANSHU, "--from", "2025-09-10", "--preview") == 0
    )  # the code of one of them
    school.place.code = "0001"
    school.place.save()
    assert notoneless("云岭完小", SHANSHU, "--from", "2025-09-10", "--preview") == 2
    assert "有 2 个单位叫“云岭完小”；请写代码：0001、邻县云岭完小。" in capsys.readouterr().err


def test_a_date_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        notoneless("云岭完小", SHANSHU, "--from", "9月1日")
    assert "日期应写作 2026-09-01；写的是“9月1日”" in capsys.readouterr().err


def test_cases_are_listed_and_change_only_in_somebody_s_name_with_a_reason(
    school: School, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notoneless("云岭完小", SHANSHU, "--from", "2025-09-02", "--by", "xiaozhang")
    school.calls("09-08 A", "09-09 A")
    notoneless("云岭完小", TOWNSHIP_PACK, "--from", "2025-09-10", "--by", "xiaozhang")
    number = Case.objects.get().number
    school.calls("09-10 A")
    monkeypatch.setattr(clock, "now", lambda: at("09-10 18:00"))
    capsys.readouterr()

    assert rebased("云岭完小") == 0
    assert number in capsys.readouterr().out
    assert rebased("云岭完小", "--by", "xiaozhang") == 2
    assert "理由" in capsys.readouterr().err
    assert rebased("云岭完小", "--case", "示范县-2025-9999") == 2
    assert "不在此列" in capsys.readouterr().err

    assert rebased("云岭完小", "--by", "xiaozhang", "--reason", "全乡统一") == 0
    assert capsys.readouterr().out.startswith("已有 1 个个案改按现行制度办理。")
    assert rebased("云岭完小") == 0
    assert number not in capsys.readouterr().out
