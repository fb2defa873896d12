"""纸质提醒条: for people without a telephone, a page a day that an office prints and cuts, by person."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SendProblem
from notoneless.delivery.parcel import Failed, Outcome, Parcel, Sent

_PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>提醒条 Slips {day}</title>
<style>
body {{ font: 12pt/1.6 "Noto Serif CJK SC", SimSun, serif; margin: 15mm; }}
section {{ border-bottom: 1px dashed; padding: 4mm 0; break-inside: avoid; }}
h2 {{ font-size: 13pt; margin: 0; }}
</style></head><body>
<h1>提醒条 · Slips {day}</h1>
{people}
</body></html>
"""


def send(parcel: Parcel, to: str, folder: Path | None) -> Outcome:
    """Put the text on today's page under the name `to`; the same message again stays one line."""
    if folder is None:
        return Failed(SendProblem.NOT_SET_UP, final=True)
    day = f"{parcel.at.astimezone(CHINA_TIME):%Y-%m-%d}"
    slip = {"to": to, "at": f"{parcel.at.astimezone(CHINA_TIME):%H:%M}", "text": parcel.text}
    try:
        with _alone(folder):
            kept = folder / day
            kept.mkdir(exist_ok=True)
            _replace(kept / f"{parcel.key}.json", json.dumps(slip, ensure_ascii=False))
            _replace(folder / f"{day}.html", page(day, _slips(kept)))
    except OSError:
        return Failed(SendProblem.NOT_REACHED)
    return Sent()


def page(day: str, slips: list[dict[str, str]]) -> str:
    """The day's page; who has several slips has them together, in order of time."""
    people: dict[str, list[dict[str, str]]] = {}
    for slip in sorted(slips, key=lambda each: (each["to"], each["at"], each["text"])):
        people.setdefault(slip["to"], []).append(slip)
    return _PAGE.format(day=day, people="\n".join(_section(name, theirs) for name, theirs in people.items()))


def _section(name: str, slips: list[dict[str, str]]) -> str:
    lines = "".join(f"<p>{escape(slip['at'])} {escape(slip['text'])}</p>" for slip in slips)
    return f"<section><h2>{escape(name)}</h2>{lines}</section>"


def _slips(kept: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text("utf-8")) for file in sorted(kept.glob("*.json"))]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: of two workers at once the second would write a page without the first's slip."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(file)
