"""节次 as people write it, and the session it means."""

from __future__ import annotations

import re

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.terms import SessionKind
from notoneless.exchange.cells import Wrong, compact, shortened
from notoneless.exchange.classes import NUMERALS

MORNING = frozenset(
    ["晨检", "早读", "晨读", "早检", "早自习", "晨会", "早晨", "早上", "早", "晨", "上午", "MORNING"]
)
EVENING = frozenset(["晚点名", "晚自习", "晚检", "晚上", "晚", "EVENING"])
LESSON = re.compile(r"(?:第?(?P<number>\d{1,2}|[一二三四五六七八九十])(?:节课?|课)?|L(?P<code>\d{1,2}))")


def session_in(text: str, calendar: SchoolCalendar) -> str:
    """The code of the session this text means, the morning check if it says nothing; raises Wrong."""
    word = compact(text).upper()
    if not word or word in MORNING:
        return _of_kind(calendar, SessionKind.MORNING, text)
    if word in EVENING:
        return _of_kind(calendar, SessionKind.EVENING, text)
    found = LESSON.fullmatch(word)
    number = found and (found["code"] or str(NUMERALS.get(found["number"], found["number"])))
    for session in calendar.sessions:
        if session.code == word or (number and session.code == f"L{int(number)}"):
            return session.code
    raise Wrong(_unknown(calendar, text))


def morning_check(calendar: SchoolCalendar) -> str:
    """The session a mark belongs to when the sheet does not name one; raises Wrong if there is none."""
    return session_in("", calendar)


def _of_kind(calendar: SchoolCalendar, kind: SessionKind, text: str) -> str:
    for session in calendar.sessions:
        if session.kind is kind:
            return session.code
    raise Wrong(_unknown(calendar, text or SessionKind.MORNING.zh))


def _unknown(calendar: SchoolCalendar, text: str) -> str:
    allowed = "、".join(
        f"第{session.code.removeprefix('L')}节" if session.kind is SessionKind.LESSON else session.kind.zh
        for session in calendar.sessions
    )
    return f"校历里没有节次“{shortened(compact(text))}”；能写的是：{allowed}。"
