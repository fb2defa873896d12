"""核对、复核、签发、接收、退回: each step of a report, by whom, and the digest before their eyes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notoneless.core.policy.report_rules import Span
from notoneless.core.report_terms import ReportStep
from notoneless.core.terms import Post
from notoneless.records.models import ClassGroup, JournalEntry, Person, ReportDrawn, ReportStepTaken
from notoneless.services.date_duties import hold_places
from notoneless.services.finding import the_person
from notoneless.services.refusals import Refusal
from notoneless.services.reports.changes import refuse_changed
from notoneless.services.reports.drafting import draft
from notoneless.services.reports.duties import meet_duties
from notoneless.services.reports.nil import against_nil, refusal_of
from notoneless.services.reports.posts import may_take, stands_in
from notoneless.services.reports.rules import rule_for
from notoneless.services.reports.standing import Turn, standing_of, turns
from notoneless.services.reports.turn_telling import tell_taken
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written


@one_act
def take_step(
    *,
    by: Person | int,
    report: ReportDrawn | UUID,
    step: ReportStep,
    digest: str,
    at: datetime,
    class_group: ClassGroup | None = None,
    comment: str = "",
    key: str | None = None,
) -> ReportStepTaken:
    """Check (a class), review, sign or accept a report whose rows are still those it was drawn up with.

    `digest` is the one that was shown. The same `key` again gives the first step. Raises Refusal.
    """
    person, row = the_person(by), the_report(report)
    if key is not None and (first := ReportStepTaken.objects.filter(key=key).first()) is not None:
        return _the_same(first, row, step)
    row = _held(row)
    turn = _turn(row, step, class_group)
    if (no := may_take(person, row, turn, at.date())) is not None:
        raise no
    _refuse_other(row, digest)
    refuse_changed(row, at)
    _refuse_untrue(row, at)
    return _record(row, turn, person, at, _said(person, row, turn, comment, at), key)


@one_act
def give_back(
    *,
    by: Person | int,
    report: ReportDrawn | UUID,
    digest: str,
    comment: str,
    at: datetime,
    key: str | None = None,
) -> ReportStepTaken:
    """Return a report with a comment, by whoever's turn it is; it is then drawn up anew. Raises Refusal."""
    person, row = the_person(by), the_report(report)
    if key is not None and (first := ReportStepTaken.objects.filter(key=key).first()) is not None:
        return _the_same(first, row, ReportStep.RETURNED)
    row = _held(row)
    turn = _anybodys(person, row, at)
    _refuse_other(row, digest)
    if not comment.strip():
        raise Refusal("NO_COMMENT", "请写明为什么退回、要改什么。", "Say why it goes back and what to mend.")
    back = Turn(ReportStep.RETURNED, turn.post, turn.class_group)
    return _record(row, back, person, at, _said(person, row, turn, comment, at), key)


def the_report(report: ReportDrawn | UUID) -> ReportDrawn:
    """The report with its place and steps, from the row or its id."""
    number = report.pk if isinstance(report, ReportDrawn) else report
    rows = ReportDrawn.objects.select_related("place", "by", "replaced_by", "frozen")
    return rows.prefetch_related("steps__by", "steps__class_group").get(pk=number)


def open_turns(person: Person, report: ReportDrawn, at: datetime) -> list[Turn]:
    """The steps of the report that this person may take now."""
    rule, _ = rule_for(report.place, report.kind, report.last)
    found = turns(report, rule)
    return [turn for turn in found if may_take(person, report, turn, at.date()) is None]


def _held(report: ReportDrawn) -> ReportDrawn:
    """The report read again, so that nobody else takes a step meanwhile."""
    hold_places([report.place_id])
    return the_report(report)


def _turn(report: ReportDrawn, step: ReportStep, class_group: ClassGroup | None) -> Turn:
    """The step as the chain has it now. Raises Refusal when it is not its turn."""
    rule, _ = rule_for(report.place, report.kind, report.last)
    found = turns(report, rule)
    for turn in found:
        if turn.step is step and (turn.class_group is None or turn.class_group == class_group):
            return turn
    raise not_its_turn(report, found)


def _anybodys(person: Person, report: ReportDrawn, at: datetime) -> Turn:
    """The step that this person could take now. Raises Refusal when there is none."""
    rule, _ = rule_for(report.place, report.kind, report.last)
    found = turns(report, rule)
    if not found:
        raise not_its_turn(report, found)
    refusals = [may_take(person, report, turn, at.date()) for turn in found]
    for turn, no in zip(found, refusals, strict=True):
        if no is None:
            return turn
    raise next(no for no in refusals if no is not None)


def not_its_turn(report: ReportDrawn, found: list[Turn]) -> Refusal:
    """The sentence for a step that comes later, or has been taken."""
    if not found:
        standing = standing_of(report)
        return Refusal(
            "OVER",
            f"这份报表{standing.zh}，没有要办的一步。",
            f"This report has been {standing.en}; no step is left to take.",
        )
    turn = found[0]
    return Refusal(
        "NOT_ITS_TURN",
        f"现在轮到{turn.post.zh}办理；请刷新页面后再看。",
        f"It is the turn of the {turn.post.en}; reload the page.",
    )


def _refuse_other(report: ReportDrawn, digest: str) -> None:
    if digest != report.digest:
        raise Refusal(
            "OTHER_DIGEST",
            "页面上的报表不是现在这一份；请重新打开后核对。",
            "The report on your page is not this one; open it again and check it.",
        )


def _refuse_untrue(report: ReportDrawn, at: datetime) -> None:
    """A nil report stays true until it is signed and accepted."""
    if not report.nil:
        return
    rule, calendar = rule_for(report.place, report.kind, report.last)
    span = Span(report.first, report.last)
    if (no := refusal_of(against_nil(draft(report.place, rule, span, calendar, at), at))) is not None:
        raise no


def _said(person: Person, report: ReportDrawn, turn: Turn, comment: str, at: datetime) -> str:
    """The comment, after a word on who took the step for a post that nobody holds."""
    words = written(comment, 400, "意见", "Comment")
    instead: Post | None = stands_in(person, turn, turn.class_group or report.place, at.date())
    if instead is None:
        return words
    return f"{turn.post.zh}无人任岗，由{instead.zh}代办。{words}"


def _the_same(first: ReportStepTaken, report: ReportDrawn, step: ReportStep) -> ReportStepTaken:
    if first.report_id != report.pk or first.step is not step:
        raise key_used()
    return first


def _record(
    report: ReportDrawn, turn: Turn, person: Person, at: datetime, comment: str, key: str | None
) -> ReportStepTaken:
    taken = ReportStepTaken.objects.create(
        report=report,
        step=turn.step,
        post=turn.post,
        class_group=turn.class_group,
        by=person,
        at=at,
        digest=report.digest,
        comment=comment,
        key=key,
    )
    body = {"report": str(report.pk), "step": turn.step.value, "post": turn.post.value}
    body["digest"] = report.digest
    if turn.class_group is not None:
        body["class_group"] = str(turn.class_group.pk)
    subject = {"subject_kind": "place", "subject_id": str(report.place_id)}
    JournalEntry.objects.create(at=at, by=person, act="REPORT_STEP", **subject, body=body)
    if turn.step is ReportStep.SIGNED:
        meet_duties(report, person, at)
    tell_taken(taken, rule_for(report.place, report.kind, report.last)[0])
    return taken
