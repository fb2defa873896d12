"""How long a child has been away, as papers say it: the last day at school, the days and lessons missed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.paper_terms import PaperKind
from notoneless.core.spells import Day, Spell, exceptional_days
from notoneless.core.terms import AttendanceStatus, SessionKind
from notoneless.records.histories import Subject, subjects
from notoneless.records.models import Child
from notoneless.services.closing import present_in_a_row
from notoneless.services.refusals import Refusal

AWAY = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE, AttendanceStatus.UNRECORDED)


class Away(NamedTuple):
    """The absence that goes on, or the last one there was; empty words where there was none."""

    spell: Spell | None
    last_seen: date | None  # the last school day before it on which the child was seen
    lessons: int
    present: int  # school days seen in a row since

    @property
    def days(self) -> str:
        """旷课天数; an interval over days without a roll call."""
        if self.spell is None:
            return "0"
        least, most = self.spell.min_days, self.spell.max_days
        return str(least) if least == most else f"{least}至{most}"

    @property
    def since(self) -> date | None:
        """The first school day missed."""
        return self.spell.start if self.spell else None


def away_of(child: Child, as_of: datetime) -> Away:
    """The absence that a paper of this moment is about."""
    return aways([child.pk], as_of).get(child.pk, Away(None, None, 0, 0))


def aways(children: Collection[UUID], as_of: datetime) -> dict[UUID, Away]:
    """The same of many children at once; those who were never in a class are left out."""
    return {child: _away(subject, as_of) for child, subject in subjects(children, as_of=as_of).items()}


def _away(subject: Subject, as_of: datetime) -> Away:
    calendar = subject.home.calendar.as_known_at(as_of)
    found = evaluate(subject.history, calendar, subject.home.packs, as_of=as_of)
    spell = found.spells[-1] if found.spells else None
    present = present_in_a_row(subject, as_of)
    if spell is None:
        return Away(None, None, 0, present)
    seen = _last_seen(subject, calendar, spell.start, as_of)
    return Away(spell, seen, _lessons(spell.days, calendar), present)


def missing(child: Child, kind: PaperKind, as_of: datetime) -> Away:
    """The absence that goes on. Raises Refusal when the child is not away: the paper would not be true."""
    away = away_of(child, as_of)
    if away.spell is None or not away.spell.going_on:
        raise Refusal(
            "NOT_AWAY",
            f"按点名记录，{child.name}现在没有连续缺席，不能出具《{kind.zh}》；记录不对的，请先更正点名。",
            f"By the roll calls {child.name} is not away now, so there is no “{kind.en}”; correct them first "
            "if they are wrong.",
        )
    return away


def _last_seen(subject: Subject, calendar: SchoolCalendar, start: date, as_of: datetime) -> date | None:
    """The last school day before `start` that was neither missed nor unknown."""
    history = subject.history.as_known_at(as_of)
    unseen = {day.day for day in exceptional_days(history, calendar, as_of=as_of) if day.outcome in AWAY}
    first = max(history.enrolled_from, start - timedelta(days=400))
    days = [day for day in calendar.school_days(first, start) if day not in unseen]
    return days[-1] if days else None


def _lessons(days: Iterable[Day], calendar: SchoolCalendar) -> int:
    """Lessons missed: those that were called, and for a day called only in the morning all of it."""
    lessons = {each.code for each in calendar.sessions if each.kind is SessionKind.LESSON}
    count = 0
    for day in days:
        called = {mark.session for mark in day.marks if mark.status is AttendanceStatus.ABSENT}
        count += len(called & lessons) or len(lessons)
    return count
