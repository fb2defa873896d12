"""What a paper is about: a child, one of its rows, a school on a day or in a month, two places and a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from notoneless.core.case_terms import VisitKind
from notoneless.core.paper_terms import PaperKind
from notoneless.records.models import (
    Case,
    Child,
    CloseOutAsked,
    EnrolmentChange,
    PaperIssued,
    Place,
    PlanMade,
    ReliefAsked,
    TuitionPlan,
    Visit,
)
from notoneless.services.paper_values.days import day_of, short_moment
from notoneless.services.refusals import Refusal

Row = Visit | EnrolmentChange | ReliefAsked | TuitionPlan | PaperIssued


class Subject(Enum):
    """What a kind of paper is about; the value names it in the paper's row."""

    CHILD = "child"
    CASE = "case"
    VISIT = "act"
    CHANGE = "change"
    RELIEF = "relief"
    TUITION = "tuition"
    NOTICE = "paper"
    PLACE = "place"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    REPORT = "report"  # drawn up, checked and signed as `services.reports` has it, not issued


_K, _S = PaperKind, Subject
# Notices name a day by which the child is to be back and are served on the guardian.
TO_RETURN = frozenset({_K.PERSUASION_NOTICE, _K.NOTICE_TO_RETURN, _K.ORDER_TO_SEND})
NOTICES = TO_RETURN | {_K.ENROLMENT_NOTICE}
SUBJECTS: Mapping[PaperKind, Subject] = {
    **dict.fromkeys((*NOTICES, _K.TRUANCY_REPORT, _K.FAMILY_CARD), _S.CHILD),
    **dict.fromkeys((_K.PERSUASION_LEDGER, _K.CASE_PLAN, _K.DROPOUT_REPORT, _K.CLOSE_OUT), _S.CASE),
    **dict.fromkeys((_K.REPORT_TO_TOWNSHIP, _K.REPORT_TO_BUREAU), _S.CASE),
    **dict.fromkeys((_K.VISIT_RECORD, _K.PERSUASION_RECORD), _S.VISIT),
    _K.ENROLMENT_CHANGE: _S.CHANGE,
    _K.RELIEF_APPLICATION: _S.RELIEF,
    _K.HOME_TUITION_FILE: _S.TUITION,
    _K.SERVICE_RECEIPT: _S.NOTICE,
    _K.PAIRING_LEDGER: _S.PLACE,
    **dict.fromkeys((_K.ABSENCE_REGISTER, _K.INSPECTION_SHEET), _S.DAY),
    _K.MONTHLY_LIST: _S.MONTH,
    _K.NIL_REPORT: _S.MONTH,
    _K.RESPONSIBILITY_STATEMENT: _S.YEAR,
    **dict.fromkeys((_K.DAILY_REPORT, _K.WEEKLY_CHECK, _K.MONTHLY_REPORT, _K.PERIOD_REPORT), _S.REPORT),
}
OF_PLACES = frozenset({_S.PLACE, _S.DAY, _S.MONTH, _S.YEAR, _S.REPORT})


class About(NamedTuple):
    """What one paper is about; `row` is the visit, change, application, plan or notice it is of, if any."""

    kind: PaperKind
    child: Child | None = None
    place: Place | None = None  # the school of a list; the lower of the two places of a statement
    day: date | None = None  # the day, or the first of the month or school year
    row: Row | None = None

    @property
    def reference(self) -> tuple[str, str]:
        """How the paper's row names it: a kind and an id."""
        subject = SUBJECTS[self.kind]
        if self.place is not None:
            return subject.value, f"{self.place.pk}/{self.day}" if self.day else str(self.place.pk)
        if self.row is not None:
            return subject.value, str(self.row.pk)
        assert self.child is not None  # of a child, or of a place
        return subject.value, str(self.case.pk if subject is Subject.CASE else self.child.pk)

    @property
    def case(self) -> Case:
        """The case of the child; `about_child` saw that there is one."""
        assert self.child is not None
        return self.child.case

    @property
    def name(self) -> str:
        """The child's or the place's."""
        found = self.child or self.place
        return found.name if found else ""


class Offer(NamedTuple):
    """One thing a kind of paper may be made of: the id that names it, and words to choose it by."""

    of: str
    words: str


def of_child(kind: PaperKind) -> bool:
    """Whether a kind of paper is about one child."""
    return SUBJECTS[kind] not in OF_PLACES


def about_child(kind: PaperKind, child: Child, of: str = "") -> About:
    """What the paper is about; `of` names the row where the kind is of one. Raises Refusal for none."""
    subject = SUBJECTS[kind]
    if subject is Subject.CASE and not Case.objects.filter(child=child).exists():
        raise Refusal(
            "NO_CASE",
            f"{child.name}没有立案，不能出具《{kind.zh}》。",
            f"{child.name} has no case, so there is no “{kind.en}”.",
        )
    if not _recorded(kind, child):
        raise nothing_for(kind, child.name)
    if subject in (Subject.CHILD, Subject.CASE):
        return About(kind, child)
    row = next((row for row in _rows(kind, child) if of in ("", str(row.pk))), None)
    if row is None:
        raise nothing_for(kind, child.name)
    return About(kind, child, row=row)


def about_place(kind: PaperKind, place: Place, day: date | None = None) -> About:
    """What the paper of a place is about: a day, the month or school year of `day`, or the place as it is.

    Raises Refusal for a report.
    """
    subject = SUBJECTS[kind]
    if subject is Subject.REPORT:
        raise Refusal(
            "DRAW_IT_UP",
            f"《{kind.zh}》在“报表”页编制、核对和签发。",
            f"The {kind.en} is drawn up, checked and signed on the page of reports.",
        )
    if subject is Subject.PLACE or day is None:
        return About(kind, place=place)
    if subject is Subject.MONTH:
        day = day.replace(day=1)
    if subject is Subject.YEAR:
        day = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    return About(kind, place=place, day=day)


def about_again(paper: PaperIssued) -> About:
    """What an issued paper is about, read from its row."""
    if paper.child is not None:
        subject = SUBJECTS[paper.kind]
        of = "" if subject in (Subject.CHILD, Subject.CASE) else paper.about_id
        return about_child(paper.kind, paper.child, of)
    number, _, day = paper.about_id.partition("/")
    return about_place(paper.kind, Place.objects.get(pk=number), date.fromisoformat(day) if day else None)


def offers(kind: PaperKind, child: Child) -> list[Offer]:
    """The rows of the child that this kind of paper may be made of, the latest first."""
    return [Offer(str(row.pk), _words(row)) for row in _rows(kind, child)]


def nothing_for(kind: PaperKind, name: str) -> Refusal:
    """The sentence for a paper whose record is not there yet."""
    return Refusal(
        "NOTHING_RECORDED",
        f"{name}还没有可以填《{kind.zh}》的记录；请先记录，再出具。",
        f"Nothing is recorded about {name} that a “{kind.en}” could say; record it first.",
    )


def _recorded(kind: PaperKind, child: Child) -> bool:
    """Whether what the paper is of was written down: a plan before its sheet, a request before its."""
    if kind is PaperKind.CASE_PLAN:
        return PlanMade.objects.filter(case__child=child).exists()
    return kind is not PaperKind.CLOSE_OUT or CloseOutAsked.objects.filter(case__child=child).exists()


def _rows(kind: PaperKind, child: Child) -> Iterable[Row]:
    match SUBJECTS[kind]:
        case Subject.VISIT:
            visits = Visit.objects.filter(act__child=child).select_related("act__by", "village")
            persuasions = visits.filter(kind=VisitKind.PERSUASION)
            others = visits.exclude(kind=VisitKind.PERSUASION)
            chosen = persuasions if kind is PaperKind.PERSUASION_RECORD else others
            return chosen.order_by("-act__happened_at")
        case Subject.CHANGE:
            return EnrolmentChange.objects.filter(child=child).order_by("-from_day", "pk")
        case Subject.RELIEF:
            return ReliefAsked.objects.filter(child=child).order_by("-at")
        case Subject.TUITION:
            return TuitionPlan.objects.filter(child=child).order_by("-at")
        case Subject.NOTICE:
            found = PaperIssued.objects.filter(child=child, kind__in=NOTICES, replaced_by__isnull=True)
            return found.select_related("place").order_by("-at")
    return ()


def _words(row: Row) -> str:
    match row:
        case Visit():
            return f"{short_moment(row.act.happened_at)} {row.kind.zh}"
        case EnrolmentChange():
            return f"{row.kind.zh} {day_of(row.from_day)}"
        case ReliefAsked():
            return f"{row.kind.zh} {row.of} {row.school_year}"
        case TuitionPlan():
            return f"{row.school_year}–{row.school_year + 1}"
    return f"{row.kind.zh} {row.numbered}"
