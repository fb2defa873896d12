"""`notoneless work` by itself: it acts, it tells when it is said how, and its log has counts only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders_db import a_school, at

from notoneless import clock
from notoneless.cli.main import main
from notoneless.core.terms import Post, TellKind
from notoneless.records.models import Message
from notoneless.services.telling import queue

pytestmark = pytest.mark.django_db
MORNING = at("2025-09-08 09:06")


@pytest.fixture
def delivery(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that says how people are told, with a clock that stands at a Monday morning."""
    file = tmp_path / "delivery.toml"
    file.write_text(f'slips_folder = "{tmp_path / "slips"}"\n[telling]\nurgent = ["hand_over"]\n')
    settings.DELIVERY_FILE = str(file)
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    # The connection is in this test's transaction, which must not end with the command.
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    return file


def someone_waits() -> None:
    """Something for a school's office to know, and an obligation nobody met in time."""
    school = a_school(pupils=1)
    school.roll_call("A")
    queue(
        key="k",
        kind=TellKind.HAND_OVER,
        at=at("2025-09-08 09:00"),
        posts=[Post.SCHOOL_OFFICE],
        place=school.place.pk,
    )


def test_one_look_acts_and_tells(delivery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    someone_waits()
    assert main(["work", "--once"]) == 0
    page = (delivery.parent / "slips" / "2025-09-08.html").read_text("utf-8")
    assert "您有 1 项移交待接收，请登录查看。" in page
    log = capsys.readouterr().err
    assert "messages: 1 SENT" in log
    assert not any(word in log for word in ("教导主任", "安小", "云岭"))


def test_without_a_file_nothing_is_sent_and_nothing_lost(delivery: Path, settings: Any) -> None:
    settings.DELIVERY_FILE = ""
    someone_waits()
    assert main(["work", "--once"]) == 0
    assert not Message.objects.exists()
    settings.DELIVERY_FILE = str(delivery)
    assert main(["work", "--once"]) == 0
    assert Message.objects.filter(state="SENT").exists()


@pytest.mark.parametrize("text", ["fax = true", "\x00", None])
def test_a_file_that_cannot_be_used_stops_the_command_with_a_sentence(
    delivery: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery.write_text(text) if text is not None else delivery.unlink()
    assert main(["work", "--once"]) == 2
    assert "delivery.toml" in capsys.readouterr().err
