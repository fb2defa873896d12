"""What was read of a roster waits sealed beside its file, and is used for that very file alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_db import at

from notoneless.exchange.identity import check_digit
from notoneless.exchange.rosters import read_roster
from notoneless.services.roster_kept import Kept, forget_read, keep_read, kept_read

BORN = "00000020180306002"  # the first seventeen characters of a made-up identity number
GIRL = BORN + check_digit(BORN)
FRIDAY_NINE = at("2026-11-20 09:00")
ROWS = f"""姓名,班级,性别,出生日期,身份证号,借读,学籍所在学校,户籍类型
云小朵,三（2）班,女,2018-03-06,{GIRL},是,邻县三小,无户籍
石小满,三年级2班,男,2018-03-07,{GIRL[:-1]}X,,,
江一舟,,,,,,,"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A roster whose reading is kept, an error among its rows."""
    path = tmp_path / "a1b2"
    path.write_text(ROWS, "utf-8")
    keep_read(Kept(read_roster(path, as_of=FRIDAY_NINE), "digest"), path)
    return path


def test_what_was_kept_is_what_would_be_read_again(file: Path) -> None:
    kept, read = kept_read(file), read_roster(file, as_of=FRIDAY_NINE)
    assert kept == Kept(read, "digest")
    assert len(read.pupils) == 3
    assert read.problems
    for was, now in zip(kept.roster.pupils, read.pupils, strict=True):
        assert list(map(type, was)) == list(map(type, now))


def test_an_empty_roster_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("姓名,班级", "utf-8")
    keep_read(Kept(read_roster(path), ""), path)
    assert kept_read(path) == Kept(read_roster(path), "")


def test_nobody_reads_it_on_the_disk(file: Path) -> None:
    content = b"".join(each.read_bytes() for each in file.parent.iterdir() if each != file)
    assert len(content) > 100
    assert GIRL.encode() not in content
    assert "云小朵".encode() not in content


def test_it_is_not_used_for_another_file(file: Path) -> None:
    file.write_text(ROWS.replace("三年级2班", "三年级3班"), "utf-8")
    assert kept_read(file) is None


def test_nor_under_another_name_nor_when_it_was_changed(file: Path) -> None:
    (beside,) = set(file.parent.iterdir()) - {file}
    other = file.with_name("other")
    other.write_text(ROWS, "utf-8")
    other.with_name(beside.name.replace(file.name, other.name)).write_bytes(beside.read_bytes())
    assert kept_read(other) is None
    beside.write_bytes(beside.read_bytes()[:-1])
    assert kept_read(file) is None


def test_nor_with_another_key_or_by_another_version(
    file: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("notoneless.services.roster_kept.READING", 0)
        assert kept_read(file) is None
    settings.DATA_KEY = bytes(32)  # type: ignore[attr-defined]
    assert kept_read(file) is None


def test_it_goes_with_its_file(file: Path) -> None:
    forget_read(file)
    assert list(file.parent.iterdir()) == []
    assert kept_read(file) is None
