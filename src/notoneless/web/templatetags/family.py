"""What the pages of guardians and the public, and their queues, print."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AttendanceStatus
from notoneless.records.models import Child, Person
from notoneless.web.read.family import waiting_for
from notoneless.web.read.waiting import waiting
from notoneless.web.templatetags.words import label
from notoneless.web.words import due_words, left_words

register = template.Library()


@register.filter
def in_fives(receipt: str) -> str:
    """A receipt number as it is easily copied: ABCDE FGHJK."""
    return " ".join(receipt[i : i + 5] for i in range(0, len(receipt), 5))


@register.filter
def china_day(at: datetime) -> date:
    """The day in China."""
    return at.astimezone(CHINA_TIME).date()


@register.inclusion_tag("web/parts/state.html")
def due_state(due_at: datetime | None, now: datetime) -> dict[str, str]:
    """Word, shape and colour of something that waits until a moment."""
    if due_at is None:
        return {"tone": "open", "word": _("时限待定：节假日安排尚未公布")}
    if now > due_at:
        return {"tone": "overdue", "word": _("逾期 · %(left)s") % {"left": left_words(due_at, now)}}
    today = china_day(due_at) == china_day(now)
    return {"tone": "today" if today else "open", "word": due_words(due_at, now)}


@register.filter
def gently(status: AttendanceStatus) -> str:
    """A mark as one says it to a family."""
    gentle = {AttendanceStatus.ABSENT: _("没有到校"), AttendanceStatus.UNRECORDED: _("没有点到")}
    return gentle.get(status) or label(status)


@register.inclusion_tag("web/parts/family_words.html", takes_context=True)
def family_words(context: dict[str, Any], child: Child, person: Person, now: datetime) -> dict[str, Any]:
    """What the guardian explained, with the button that grants leave on it, for whoever may."""
    found = waiting_for(person, child, now)
    return {"waiting": found, "child": child, "now": now, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/parts/from_families.html")
def from_families(person: Person, now: datetime) -> dict[str, Any]:
    """What waits for the person from families and the public."""
    return waiting(person, now)._asdict()
