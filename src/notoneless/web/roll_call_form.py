"""What a posted roll call says: the marks given, and whether the rest were there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.web.codes import term

STATUS = "status-"
REASON = "reason-"
MOST_PUPILS = 200


class BadForm(ValueError):
    """A form that no page of ours sends; the message says what is wrong."""


class Given(NamedTuple):
    """One pupil's answer on the form."""

    child: UUID
    status: AttendanceStatus
    reason: AbsenceReason | None


class RollCallForm(NamedTuple):
    """The whole form; pupils without an answer are silent."""

    key: str
    taken_at: datetime | None  # None: when it arrives
    given: tuple[Given, ...]
    rest_present: bool


def read_roll_call(post: QueryDict) -> RollCallForm:
    """The form as posted; BadForm when a field cannot be read."""
    names = [name for name in post if name.startswith(STATUS)]
    if len(names) > MOST_PUPILS:
        raise BadForm(_("一次点名最多 200 名学生。"))
    key = post.get("key", "")
    if not key or len(key) > 80:
        raise BadForm(_("这一页缺了编号；请刷新页面后再点名。"))
    given = tuple(_given(post, name.removeprefix(STATUS)) for name in names)
    return RollCallForm(key, _moment(post.get("taken_at", "")), given, post.get("rest_present") == "1")


def _given(post: QueryDict, child: str) -> Given:
    try:
        status = term(AttendanceStatus, post.get(STATUS + child, ""))
        reason = post.get(REASON + child, "")
        given = Given(UUID(child), status, term(AbsenceReason, reason) if reason else None)
    except ValueError:
        raise BadForm(_("有一名学生的标记看不懂；请刷新页面后再点名。")) from None
    if given.status in (AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.UNRECORDED):
        return given._replace(reason=None)
    return given


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadForm(_("点名时间看不懂；请刷新页面后再点名。")) from None
    if moment.tzinfo is None:
        raise BadForm(_("点名时间看不懂；请刷新页面后再点名。"))
    return moment.astimezone(CHINA_TIME)
