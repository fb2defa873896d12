"""销号: a case is settled only with the evidence its policy asks for, and the page says what is missing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from notoneless.core.policy.pack import Closing
from notoneless.core.spells import exceptional_days
from notoneless.core.terms import Act, AttendanceStatus, CloseOutKind, Evidence, Stage
from notoneless.records.access import Thing, Verb
from notoneless.records.histories import Subject, expected, subjects
from notoneless.records.models import ActRecord, Case, Person
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import class_on, the_person
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

SEEN = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)


def may_close_out(
    person: Person,
    case: Case,
    kind: CloseOutKind = CloseOutKind.STABLE_RETURN,
    *,
    at: datetime,
    evidence: Collection[Evidence] = (),
) -> Refusal | None:
    """What is missing before this person may close this case out, or None; what the greyed button says."""
    class_group = class_on(case.child, at.date())
    no = refusal(person, Thing.CASE, Verb.CLOSE_OUT, class_group, at.date()) or _wrong_stage(case)
    if no is not None:
        return no
    subject = subjects([case.child_id], as_of=at)[case.child_id]
    closing = subject.home.packs.closing(kind)
    if closing is None:
        return Refusal(
            "NO_SUCH_CLOSING",
            f"现行制度没有规定按“{kind.zh}”销号；请按稳定返校办理，或由县教育局补充制度。",
            f'The policy in force has no close-out for "{kind.en}".',
        )
    return _not_stable(closing, subject, at) or _no_evidence(closing, kind, evidence)


def present_in_a_row(subject: Subject, at: datetime) -> int:
    """School days the child was seen since it was last absent.

    A day on leave or without a roll call counts for nothing and breaks nothing: unknown is not present.
    """
    calendar = subject.home.calendar.as_known_at(at)
    history = subject.history.as_known_at(at)
    days = {day.day: day.outcome for day in exceptional_days(history, calendar, as_of=at)}
    absent = [day for day, outcome in days.items() if outcome is AttendanceStatus.ABSENT]
    first = max(absent) + timedelta(days=1) if absent else history.enrolled_from
    begun = dict.fromkeys(day for day, _, _ in expected(calendar, first, at.date() + timedelta(days=1), at))
    return sum(days.get(day, AttendanceStatus.PRESENT) in SEEN for day in begun)


def days_missing(case: Case, *, at: datetime) -> int:
    """School days still to come before the return counts as stable; 0 when it does."""
    subject = subjects([case.child_id], as_of=at)[case.child_id]
    closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN)
    return max(closing.present_school_days - present_in_a_row(subject, at), 0) if closing else 0


@one_act
def close_out(
    *,
    by: Person | int,
    case: Case | int,
    kind: CloseOutKind = CloseOutKind.STABLE_RETURN,
    evidence: Collection[Evidence] = (),
    note: str = "",
    at: datetime,
) -> Case:
    """Settle the case; the number stays with the child if it is opened again. Raises Refusal."""
    person = the_person(by)
    number = case if isinstance(case, int) else case.pk
    hold([Case.objects.values_list("child_id", flat=True).get(pk=number)])
    settled = Case.objects.select_related("child").get(pk=number)
    if (no := may_close_out(person, settled, kind, at=at, evidence=evidence)) is not None:
        raise no
    proved = {*evidence, *([Evidence.ATTENDANCE] if kind is CloseOutKind.STABLE_RETURN else [])}
    post = require(person, Thing.CASE, Verb.CLOSE_OUT, class_on(settled.child, at.date()), at.date())
    act = ActRecord.objects.create(
        child=settled.child,
        act=Act.CLOSE_OUT,
        happened_at=at,
        recorded_at=at,
        by=person,
        by_post=post,
        outcome="DONE",
        evidence=sorted(each.value for each in proved),
        note=note,
    )
    body: dict[str, object] = {"case": settled.number, "kind": kind.value, "act": str(act.pk)}
    entry = Entry("CLOSE_OUT", "child", str(settled.child_id), body, person)
    follow_up([settled.child_id], as_of=at, entry=entry)
    settled.refresh_from_db()
    return settled


def _wrong_stage(case: Case) -> Refusal | None:
    if case.stage is Stage.CLOSED:
        return Refusal(
            "ALREADY_CLOSED", f"个案 {case.number} 已经销号。", f"Case {case.number} is closed out."
        )
    if case.stage is Stage.ATTENDING:
        return Refusal(
            "NOTHING_TO_CLOSE",
            f"个案 {case.number} 的事实已更正，学生一直在校；不需要销号。",
            f"The facts of case {case.number} were corrected; there is nothing to close out.",
        )
    return None


def _not_stable(closing: Closing, subject: Subject, at: datetime) -> Refusal | None:
    if closing.kind is not CloseOutKind.STABLE_RETURN:
        return None
    missing = closing.present_school_days - present_in_a_row(subject, at)
    if missing <= 0:
        return None
    days = "day" if missing == 1 else "days"
    return Refusal(
        "NOT_STABLE",
        f"还差 {missing} 个上课日到校，满 {closing.present_school_days} 个方可销号。",
        f"{missing} more school {days} present are needed, {closing.present_school_days} in all.",
    )


def _no_evidence(closing: Closing, kind: CloseOutKind, evidence: Collection[Evidence]) -> Refusal | None:
    # The register itself is the proof of attendance; it has been counted above.
    seen = {Evidence.ATTENDANCE} if kind is CloseOutKind.STABLE_RETURN else set()
    missing = closing.evidence - set(evidence) - seen
    if not missing:
        return None
    zh = "、".join(sorted(each.zh for each in missing))
    return Refusal(
        "NO_EVIDENCE",
        f"销号还缺佐证：{zh}。",
        f"Evidence is missing: {', '.join(sorted(each.en for each in missing))}.",
    )
