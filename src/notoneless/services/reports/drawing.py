"""编制: a report is drawn up from the records, and what stands behind its numbers is frozen with it."""

from __future__ import annotations

from datetime import date, datetime

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.report_rules import ReportRule, Span
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.reporting import ready_on, span_of
from notoneless.records.models import JournalEntry, Person, Place, ReportDrawn, ReportRows
from notoneless.services.date_duties import hold_places
from notoneless.services.finding import the_person
from notoneless.services.refusals import Refusal
from notoneless.services.reports.changes import has_changed
from notoneless.services.reports.drafting import Draft, draft
from notoneless.services.reports.nil import against_nil, refusal_of
from notoneless.services.reports.posts import may_draw, stands_in
from notoneless.services.reports.rows import digest_of, packed, told
from notoneless.services.reports.rules import rule_for
from notoneless.services.reports.standing import Turn, standing_of
from notoneless.services.reports.turn_telling import tell_drawn
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

_SENT = (ReportStep.SIGNED, ReportStep.ACCEPTED)


@one_act
def draw_up(
    *,
    by: Person | int,
    place: Place,
    kind: ReportKind,
    day: date,
    at: datetime,
    nil: bool = False,
    note: str = "",
    key: str | None = None,
) -> ReportDrawn:
    """Draw up the report of the days that `day` lies in; one that was returned, or whose rows changed, anew.

    The same `key` again gives the first one. Raises Refusal.
    """
    person = the_person(by)
    rule, calendar = rule_for(place, kind, day)
    if (no := may_draw(person, place, rule.drawer, at.date())) is not None:
        raise no
    span = the_span(place, rule, day, calendar)
    if key is not None and (first := ReportDrawn.objects.filter(key=key).first()) is not None:
        return _the_same(first, place, kind, span)
    hold_places([place.pk])
    found = may_draw_now(place, rule, span, calendar, at)
    before = latest(place, kind, span)
    if nil and (no := refusal_of(against_nil(found, at))) is not None:
        raise no
    words = _instead(person, place, rule, at) + written(note, 450, "说明", "Note")
    return _keep(found, person, at, nil=nil, note=words, key=key, replaces=before)


def _instead(person: Person, place: Place, rule: ReportRule, at: datetime) -> str:
    """A word on who draws it up for a post that nobody holds."""
    other = stands_in(person, Turn(ReportStep.DRAWN, rule.drawer), place, at.date())
    return "" if other is None else f"{rule.drawer.zh}无人任岗，由{other.zh}代编。"


def the_span(place: Place, rule: ReportRule, day: date, calendar: SchoolCalendar) -> Span:
    """The days of the report that `day` lies in. Raises Refusal on a day that no report is about."""
    span = span_of(rule, day, calendar)
    if span is None:
        raise Refusal(
            "NO_PERIOD",
            f"{day.month}月{day.day}日不在任何一期{rule.kind.zh}内；请选学期内的上课日。",
            f"{day} lies in no {rule.kind.en}; choose a school day of a term.",
        )
    return span


def latest(place: Place, kind: ReportKind, span: Span) -> ReportDrawn | None:
    """The place's report for these days that none has replaced."""
    found = ReportDrawn.objects.filter(place=place, kind=kind, last=span.last, replaced_by__isnull=True)
    return found.select_related("place", "by").prefetch_related("steps__by").first()


def may_draw_now(place: Place, rule: ReportRule, span: Span, calendar: SchoolCalendar, at: datetime) -> Draft:
    """The report as it would be drawn up now. Raises Refusal when its time or its numbers do not allow it."""
    _refuse_early(rule, span, calendar, at)
    before = latest(place, rule.kind, span)
    if before is not None and not may_replace(before, at):
        raise _already(before)
    found = draft(place, rule, span, calendar, at)
    if found.broken:
        raise _unbalanced(found)
    return found


def may_replace(report: ReportDrawn, at: datetime) -> bool:
    """Whether it may be drawn up anew: it was returned, or it is not signed and its rows have changed."""
    standing = standing_of(report)
    return standing is ReportStep.RETURNED or (standing not in _SENT and has_changed(report, at))


def _refuse_early(rule: ReportRule, span: Span, calendar: SchoolCalendar, at: datetime) -> None:
    today = at.date()
    if span.first > today:
        raise Refusal(
            "IN_FUTURE",
            f"{_days(span)}还没有到；报表只写已经发生的事。",
            f"{span.first} to {span.last} is still to come; a report tells what has happened.",
        )
    if (ready := ready_on(span, calendar)) > today:
        raise Refusal(
            "NOT_OVER",
            f"这一期到 {span.last.month}月{span.last.day}日截止；请在 {ready.month}月{ready.day}日以后编制。",
            f"These days end on {span.last}; draw up the report from {ready} on.",
        )


def _days(span: Span) -> str:
    return f"{span.first.month}月{span.first.day}日至{span.last.month}月{span.last.day}日"


def _already(report: ReportDrawn) -> Refusal:
    step = standing_of(report)
    if step in _SENT:
        return Refusal(
            "ALREADY_SENT",
            f"这一期的{report.kind.zh}{step.zh}，不能改动；数字有变化的，请接收单位退回后重新编制。",
            f"This {report.kind.en} has been {step.en} and is not changed; once its receiver returns it, it "
            "is drawn up anew.",
        )
    return Refusal(
        "ALREADY_DRAWN",
        f"这一期的{report.kind.zh}已经编制，数字没有变化；请接着办下一步。",
        f"This {report.kind.en} is drawn up and its numbers have not changed; go on with its next step.",
    )


def _unbalanced(found: Draft) -> Refusal:
    first = found.broken[0]
    return Refusal(
        "UNBALANCED",
        f"勾稽关系不平：{first.balance.zh}，一边是 {first.left}，一边是 {first.right}"
        f"（共 {len(found.broken)} 处）；请先更正下面列出的记录。",
        f"The numbers do not balance: {first.balance.en} gives {first.left} and {first.right} "
        f"({len(found.broken)} in all); correct the records listed below first.",
    )


def _the_same(first: ReportDrawn, place: Place, kind: ReportKind, span: Span) -> ReportDrawn:
    if (first.place_id, first.kind, first.last) != (place.pk, kind, span.last):
        raise key_used()
    return first


def _keep(
    found: Draft,
    person: Person,
    at: datetime,
    *,
    nil: bool,
    note: str,
    key: str | None,
    replaces: ReportDrawn | None,
) -> ReportDrawn:
    report = ReportDrawn(
        kind=found.rule.kind,
        place=found.place,
        first=found.span.first,
        last=found.span.last,
        counts=told(found.counts),
        roll_calls=dict(found.roll_calls),
        parts=[str(part.pk) for part in found.present],
        absent_parts=[place.pk for place in found.absent],
        nil=nil,
        note=note,
        by=person,
        by_post=found.rule.drawer,
        at=at,
        key=key,
        replaces=replaces,
    )
    sums = [(str(part.pk), part.digest) for part in found.present]
    report.digest = digest_of(report, found.rows, sums, first=found.span.first, last=found.span.last)
    report.save(force_insert=True)
    if not found.parts:
        ReportRows.objects.create(report=report, rows=packed(found.rows))
    _journal(report, person, at)
    tell_drawn(report, found.rule, at)
    return report


def _journal(report: ReportDrawn, person: Person, at: datetime) -> None:
    body: dict[str, object] = {
        "report": str(report.pk),
        "kind": report.kind.value,
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "nil": report.nil,
        "digest": report.digest,
    }
    if report.replaces_id:
        body["replaces"] = str(report.replaces_id)
    subject = {"subject_kind": "place", "subject_id": str(report.place_id)}
    JournalEntry.objects.create(at=at, by=person, act="DRAW_UP_REPORT", **subject, body=body)
