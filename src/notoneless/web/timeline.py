"""The child's timeline: marks, leave, acts, events, stages and obligations as lines under their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.stages import RETURNED
from notoneless.core.terms import AttendanceStatus, ObligationState, Post, Stage
from notoneless.records.access import Fields
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    CaseChange,
    EventRecord,
    LeaveGranted,
    Obligation,
)
from notoneless.services.visits import KIND_OF
from notoneless.web.codes import term
from notoneless.web.read.children import ChildFile
from notoneless.web.templatetags.words import full_day, label, owed, session_name

# What was written down within the hour was written down as it happened.
AT_ONCE = timedelta(hours=1)


class Line(NamedTuple):
    """One line: when, what, in which colour, what was noted, and when we learned it if that was later."""

    at: datetime
    kind: str
    text: str
    note: str = ""
    learned_at: datetime | None = None
    url: str = ""  # the page of the record itself

    @property
    def time(self) -> str:
        """The time of day in China."""
        return f"{self.at.astimezone(CHINA_TIME):%H:%M}"

    @property
    def learned(self) -> str:
        """When it was recorded, if that was not at once."""
        if self.learned_at is None or self.learned_at - self.at < AT_ONCE:
            return ""
        return f"{self.learned_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"


class DayOfLines(NamedTuple):
    """The lines of one day, in order, and the mark of the day's weightiest one."""

    day: date
    tone: str
    lines: tuple[Line, ...]


WEIGHT = ("overdue", "mark", "stage", "back", "act", "quiet", "owed")


def timeline(file: ChildFile, fields: frozenset[Fields]) -> tuple[DayOfLines, ...]:
    """Everything that happened, the latest day first, each day in its order; private notes by `fields`."""
    days: dict[date, list[Line]] = defaultdict(list)
    for line in _lines(file, Fields.NOTES in fields):
        days[line.at.astimezone(CHINA_TIME).date()].append(line)
    return tuple(
        DayOfLines(
            day,
            min((line.kind for line in lines), key=WEIGHT.index),
            tuple(sorted(lines, key=_order)),
        )
        for day, lines in sorted(days.items(), reverse=True)
    )


RANK = ("mark", "act", "quiet", "back", "stage", "owed", "overdue")


def _order(line: Line) -> tuple[datetime, datetime, int]:
    """By the minute it happened, then by when we learned it, facts before what they set going."""
    minute = line.at.replace(second=0, microsecond=0)
    return minute, line.learned_at or line.at, RANK.index(line.kind)


def _lines(file: ChildFile, private: bool) -> Iterator[Line]:
    corrected = {mark.supersedes_id for mark in file.marks}
    yield from (_mark(mark, mark.pk in corrected) for mark in file.marks)
    yield from (_leave(leave) for leave in file.leaves)
    yield from (_act(act, private) for act in file.acts)
    yield from (_event(event, private) for event in file.events)
    yield from (_change(change) for change in file.changes)
    for obligation in (*file.obligations, *file.settled):
        yield from _obligation(obligation)


def _mark(mark: AttendanceMark, corrected: bool) -> Line:
    text = f"{session_name(mark.session)} {label(mark.status)}"
    if mark.reason:
        text += _("（%(reason)s）") % {"reason": label(mark.reason)}
    if mark.supersedes_id:
        text = _("更正为 %(mark)s") % {"mark": text}
    if corrected:
        text += _("，后来更正")
    if not mark.speaks:
        text += _("（另一份点名，未采用）")
    there = mark.status in (AttendanceStatus.PRESENT, AttendanceStatus.LATE)
    return Line(mark.at, "back" if there else "mark", text, mark.note, mark.recorded_at)


def _leave(leave: LeaveGranted) -> Line:
    values = {"reason": label(leave.reason), "from": full_day(leave.from_day), "until": full_day(leave.until)}
    if leave.supersedes_id:
        text = _("%(reason)s改到 %(until)s应到校") % values
    else:
        text = _("准%(reason)s：%(from)s起，%(until)s应到校") % values
    return Line(leave.granted_at, "quiet", text, leave.note, leave.recorded_at)


def _note(row: ActRecord | EventRecord, private: bool) -> str:
    """The words, or that there are some for others."""
    return row.note if private or not row.private else _("（私密记录，只给需要知道的人看）")


def _act(act: ActRecord, private: bool) -> Line:
    parts = [label(act.act) if not act.to_post else owed(act), act.by.name, label(act.outcome)]
    if act.taking_part:
        posts = _("、").join(label(term(Post, code)) for code in act.taking_part)
        parts.append(_("参加：%(who)s") % {"who": posts})
    if act.participants:
        parts.append(act.participants)
    url = reverse("web:visit_record", args=(act.child_id, act.pk)) if act.act in KIND_OF else ""
    return Line(act.happened_at, "act", " · ".join(parts), _note(act, private), act.recorded_at, url)


def _event(event: EventRecord, private: bool) -> Line:
    text = f"{label(event.kind)} · {event.by.name}"
    return Line(event.happened_at, "quiet", text, _note(event, private), event.recorded_at)


def _change(change: CaseChange) -> Line:
    text = _("阶段：%(before)s → %(after)s") % {
        "before": label(change.stage_before),
        "after": label(change.stage),
    }
    good = change.stage in (*RETURNED, Stage.ATTENDING)
    return Line(change.at, "back" if good else "stage", text, change.note, change.recorded_at)


def _obligation(obligation: Obligation) -> Iterator[Line]:
    what = {"who": label(obligation.who), "what": owed(obligation)}
    yield Line(
        obligation.arose_at, "owed", _("应办：%(who)s %(what)s") % what, learned_at=obligation.opened_at
    )
    if obligation.state == ObligationState.WITHDRAWN and obligation.withdrawn_at:
        yield Line(obligation.withdrawn_at, "owed", _("撤回：%(what)s") % what, obligation.withdrawn_why)
    elif obligation.late and obligation.due_at:
        yield Line(obligation.due_at, "overdue", _("逾期：%(who)s %(what)s") % what)
