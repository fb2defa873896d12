"""What decides whether a case may be settled: days in school, evidence, and what policy asks of both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from notoneless.core.policy.pack import Closing
from notoneless.core.spells import exceptional_days
from notoneless.core.stages import SETTLED
from notoneless.core.terms import AttendanceStatus, CloseOutKind, Evidence
from notoneless.records.histories import Subject, expected, subjects
from notoneless.records.models import ActRecord, Case, CaseChange, EvidencePiece
from notoneless.services.evidence import COUNTED
from notoneless.services.refusals import Refusal

SEEN = (AttendanceStatus.PRESENT, AttendanceStatus.LATE)
STABLE = CloseOutKind.STABLE_RETURN


class Grounds:
    """All that decides whether a case may be closed out at a moment; read when it is asked for."""

    def __init__(self, case: Case, at: datetime) -> None:
        self.case, self.at = case, at

    @cached_property
    def subject(self) -> Subject:
        """The child's history with the packs that bind its case."""
        return subjects([self.case.child_id], as_of=self.at)[self.case.child_id]

    @cached_property
    def present(self) -> int:
        """School days present in a row."""
        return present_in_a_row(self.subject, self.at)

    @cached_property
    def began(self) -> datetime:
        """When we learned of what opened the case, or opened it again."""
        opened = CaseChange.objects.filter(case=self.case, stage_before__in=SETTLED).order_by("-pk").first()
        return opened.recorded_at if opened else self.case.opened_at

    @cached_property
    def pieces(self) -> tuple[EvidencePiece, ...]:
        """The evidence handed in since then: what settled a case once does not settle it again."""
        rows = EvidencePiece.objects.filter(child=self.case.child_id, at__gte=self.began)
        return tuple(rows.select_related("attachment", "paper", "change", "by").order_by("at", "pk"))

    @cached_property
    def lying_with_acts(self) -> frozenset[Evidence]:
        """The evidence that the acts of this case brought by themselves."""
        rows = ActRecord.objects.filter(child=self.case.child_id, recorded_at__gte=self.began)
        codes = {code for row in rows.values_list("evidence", flat=True) for code in row}
        return frozenset(kind for kind in COUNTED if kind.value in codes)

    def closing(self, kind: CloseOutKind) -> Closing | None:
        """What the policy in force asks for, or None where it knows no such close-out."""
        return self.subject.home.packs.closing(kind)

    def missing(self, kind: CloseOutKind, pieces: Iterable[EvidencePiece]) -> Refusal | None:
        """The days or the evidence that are missing, or None."""
        closing = self.closing(kind)
        if closing is None:
            return no_such_closing(kind)
        return _not_stable(closing, self.present) or _no_evidence(closing, self.proved(closing, pieces))

    def proved(self, closing: Closing, pieces: Iterable[EvidencePiece]) -> frozenset[Evidence]:
        """The kinds of evidence there are: handed in, with acts, and the register where it was counted."""
        counted = {Evidence.ATTENDANCE} if closing.kind is STABLE else set()
        return frozenset({piece.evidence for piece in pieces} | counted | self.lying_with_acts)


def present_in_a_row(subject: Subject, at: datetime) -> int:
    """School days the child was seen since it was last absent.

    A day on leave or without a roll call counts for nothing and breaks nothing: unknown is not present.
    """
    calendar = subject.home.calendar.as_known_at(at)
    history = subject.history.as_known_at(at)
    if history.enrolled_from == date.min:
        return 0  # never in a class: nobody could have seen the child there
    days = {day.day: day.outcome for day in exceptional_days(history, calendar, as_of=at)}
    absent = [day for day, outcome in days.items() if outcome is AttendanceStatus.ABSENT]
    first = max(absent) + timedelta(days=1) if absent else history.enrolled_from
    begun = dict.fromkeys(day for day, _, _ in expected(calendar, first, at.date() + timedelta(days=1), at))
    return sum(days.get(day, AttendanceStatus.PRESENT) in SEEN for day in begun)


def no_such_closing(kind: CloseOutKind) -> Refusal:
    """The sentence for a type that no policy in force knows."""
    return Refusal(
        "NO_SUCH_CLOSING",
        f"现行制度没有规定按“{kind.zh}”销号；请按稳定返校办理，或由县教育局补充制度。",
        f'The policy in force has no close-out for "{kind.en}".',
    )


def _not_stable(closing: Closing, present: int) -> Refusal | None:
    missing = closing.missing_days(present)
    if not missing:
        return None
    days = "day" if missing == 1 else "days"
    return Refusal(
        "NOT_STABLE",
        f"还差 {missing} 个上课日到校，满 {closing.present_school_days} 个方可销号。",
        f"{missing} more school {days} present are needed, {closing.present_school_days} in all.",
    )


def _no_evidence(closing: Closing, proved: frozenset[Evidence]) -> Refusal | None:
    missing = sorted(closing.evidence - proved, key=list(Evidence).index)
    if not missing:
        return None
    return Refusal(
        "NO_EVIDENCE",
        f"销号还缺佐证：{'、'.join(each.zh for each in missing)}。",
        f"Evidence is missing: {', '.join(each.en for each in missing)}.",
    )
