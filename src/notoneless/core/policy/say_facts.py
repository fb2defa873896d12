"""The facts of an example that are not drawn: acts, events, leave, corrections and closures."""

from __future__ import annotations

from datetime import datetime, time
from operator import itemgetter

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.explain import session_label
from notoneless.core.facts import ActDone, Event, Fact, Leave, Mark
from notoneless.core.policy.pack import Example
from notoneless.core.terms import ActOutcome, AttendanceStatus

USUAL = time(8)  # when an example's morning check is called unless it says otherwise


def facts_told(example: Example, calendar: SchoolCalendar) -> list[str]:
    """A line for every fact that the row of days does not show, in the order in which they became known."""
    told = [(_moment(fact), line) for fact in example.facts if (line := _line(fact))]
    for closure in example.closures:
        stretch = f"{closure.from_day:%m-%d} 至 {closure.until:%m-%d}（不含）"
        line = f"{closure.declared_at:%m-%d %H:%M} 宣布停课：{stretch} {closure.reason}"
        told.append((closure.declared_at, line))
    return _roll_calls(example, calendar) + [line for _, line in sorted(told, key=itemgetter(0))]


def _moment(fact: Fact) -> datetime:
    """When the fact is told: acts and events when they happened, leave and corrections when known."""
    return fact.at if isinstance(fact, ActDone | Event) else fact.learned_at


def _roll_calls(example: Example, calendar: SchoolCalendar) -> list[str]:
    """When the roll was called, where that is not the usual morning check at eight."""
    drawn = [fact for fact in example.facts if isinstance(fact, Mark) and not _corrects(fact)]
    called = {(m.session, m.at.time()) for m in drawn if m.status is not AttendanceStatus.UNRECORDED}
    unusual = sorted(called - {("MORNING", USUAL)})
    return [f"{session_label(calendar, session)} {at:%H:%M} 点名" for session, at in unusual]


def _corrects(mark: Mark) -> bool:
    return mark.id.startswith("correction")


def _line(fact: Fact) -> str:
    match fact:
        case ActDone():
            return _act(fact)
        case Event():
            return f"{fact.at:%m-%d %H:%M} 记下“{fact.kind.zh}”"
        case Leave():
            return f"{fact.from_day:%m-%d} 起{fact.reason.zh}，{fact.until:%m-%d} 应到校"
        case Mark() if _corrects(fact):
            return f"{fact.learned_at:%m-%d %H:%M} 更正：{fact.day:%m-%d} {fact.status.zh}{_reason(fact)}"
        case _:
            return ""


def _reason(mark: Mark) -> str:
    return f"（{mark.reason.zh}）" if mark.reason else ""


def _act(act: ActDone) -> str:
    """`11-18 16:00 班主任家访（村委会参加），确认辍学，有家访记录`."""
    posts = "、".join(sorted(post.zh for post in act.taking_part - {act.by}))
    papers = "、".join(sorted(each.zh for each in act.evidence))
    told = f"{act.at:%m-%d %H:%M} {act.by.zh}{f'向{act.to.zh}' if act.to else ''}{act.act.zh}"
    told += f"（{posts}参加）" if posts else ""
    told += f"，{act.outcome.zh}" if act.outcome is not ActOutcome.DONE else ""
    told += f"，有{papers}" if papers else ""
    return told + (f"（{act.learned_at:%m-%d %H:%M} 才记下）" if act.learned_at > act.at else "")
