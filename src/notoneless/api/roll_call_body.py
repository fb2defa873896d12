"""A roll call as a program sends it, read strictly: what cannot be read is refused and nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.http import HttpRequest

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, AttendanceStatus, Term
from notoneless.services.refusals import Refusal
from notoneless.services.taking import MarkGiven

LARGEST = 64 * 1024  # bytes
MOST_PUPILS = 200
KEY = 80  # characters
AWAY = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE)
T = TypeVar("T", bound=Term)


class RollCallBody(NamedTuple):
    """The key that makes sending twice one, the moment (None: as it arrives), the marks, and the rest."""

    key: str
    taken_at: datetime | None
    marks: tuple[MarkGiven, ...]
    rest_present: bool


def read_body(request: HttpRequest) -> RollCallBody:
    """The roll call in a request's body. Raises Refusal."""
    said = _object(request)
    extra = said.keys() - {"key", "taken_at", "marks", "rest_present"}
    if extra:
        raise _bad(f"没有 {sorted(extra)[0][:40]} 这一项", f"there is no field {sorted(extra)[0][:40]}")
    key, marks, rest = said.get("key"), said.get("marks", []), said.get("rest_present", False)
    if not isinstance(key, str) or not 0 < len(key) <= KEY:
        raise _bad(f"key 应是 1 到 {KEY} 个字符", f"key is 1 to {KEY} characters")
    if not isinstance(marks, list) or len(marks) > MOST_PUPILS:
        raise _bad(f"marks 应是最多 {MOST_PUPILS} 项的列表", f"marks is a list of at most {MOST_PUPILS}")
    if not isinstance(rest, bool):
        raise _bad("rest_present 应是 true 或 false", "rest_present is true or false")
    return RollCallBody(key, _moment(said.get("taken_at")), tuple(map(_mark, marks)), rest)


def _object(request: HttpRequest) -> Mapping[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        raise _bad("正文太大", "the body is too large")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _bad("正文应是一个 JSON 对象", "the body is a JSON object")
    return said


def _mark(said: object) -> MarkGiven:
    if not isinstance(said, dict) or said.keys() - {"child", "status", "reason"}:
        raise _bad("marks 的每一项是 child、status、reason", "each mark has child, status and reason")
    status = _term(AttendanceStatus, said.get("status"), "status")
    reason = _term(AbsenceReason, said["reason"], "reason") if said.get("reason") is not None else None
    if reason is not None and status not in AWAY:
        raise _bad("只有缺课和请假有 reason", "only absence and leave have a reason")
    try:
        return MarkGiven(UUID(str(said.get("child"))), status, reason)
    except ValueError:
        raise _bad("child 应是花名册里的 id", "child is an id of the register") from None


def _term(kind: type[T], said: object, field: str) -> T:
    found = next((each for each in kind if each.value == said), None)
    if found is None:
        codes = ", ".join(each.value for each in kind)
        raise _bad(f"{field} 应是 {codes} 之一", f"{field} is one of {codes}")
    return found


def _moment(said: object) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _bad("taken_at 应像 2026-11-20T08:05:00+08:00", "taken_at is like 2026-11-20T08:05:00+08:00")
    return moment.astimezone(CHINA_TIME)


def _bad(zh: str, en: str) -> Refusal:
    return Refusal("BAD_BODY", f"{zh}；没有记下。", f"{en[:1].upper()}{en[1:]}. Nothing was kept.")
