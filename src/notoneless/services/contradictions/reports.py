"""Checks of reports and ledger numbers: other than their rows, their parts, the cases they tell of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from notoneless.core.balances import broken
from notoneless.core.facts import CHINA_TIME
from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import LedgerKind, ReportStep
from notoneless.core.stages import GRAVE
from notoneless.core.terms import Post, Stage
from notoneless.records.models import (
    Case,
    CaseChange,
    Enrolment,
    LedgerLine,
    Place,
    ReportDrawn,
    ReportRows,
    ReportStepTaken,
)
from notoneless.services.contradictions.checks import Moment, Row, Seen, check, row
from notoneless.services.reports.drafting import units_of
from notoneless.services.reports.rows import counts_of, unpacked

# Numbers are given once a day; until then a line may still be as the case was.
POSTED_WITHIN = timedelta(hours=36)
STAGE_OF = {
    LedgerKind.SUSPECTED: (Stage.SUSPECTED_DROPOUT, Stage.NEVER_ENROLLED),
    LedgerKind.DROPOUTS: (Stage.DROPOUT,),
}


def _report(report: ReportDrawn, **more: object) -> Row:
    return row("report", report.pk, kind=report.kind, from_=report.first, until=report.last, **more)


def _numbers(report: ReportDrawn) -> dict[Tally, dict[int, int]]:
    """The counts as they are kept, by the ids they stand for."""
    return {
        Tally(tally): {int(unit): number for unit, number in units.items()}  # type: ignore[call-arg]
        for tally, units in report.counts.items()
    }


def _standing(moment: Moment) -> list[ReportDrawn]:
    """This school year's reports that were not drawn up anew."""
    return list(ReportDrawn.objects.filter(last__gte=moment.since, replaced_by=None).order_by("last", "pk"))


@check(
    "REPORT_NOT_ITS_ROWS",
    ("报表数字与名单不符", "a report's number is not that of its rows"),
    ("{0[kind]}（{0[until]}）“{0[what]}”报{0[left]}人，名单{0[right]}人。",
     "{0[kind]} of {0[until]}: “{0[what]}” says {0[left]}, its list has {0[right]}."),
    ("退回重新编制。", "Return it, to be drawn up anew."),
    Post.PRINCIPAL,
    leads="report",
)  # fmt: skip
def report_not_its_rows(moment: Moment) -> Iterator[Seen]:
    """A count other than the children that were frozen with it."""
    reports = {report.pk: report for report in _standing(moment) if not report.parts}
    for frozen in ReportRows.objects.filter(report__in=reports).iterator():
        report = reports[frozen.report_id]
        listed = counts_of(unpacked(bytes(frozen.rows)))
        for tally, units in _numbers(report).items():
            left, right = sum(units.values()), sum(listed.get(tally, {}).values())
            if {unit: n for unit, n in units.items() if n} != {
                u: n for u, n in listed.get(tally, {}).items() if n
            }:
                said = _report(report, what=tally, left=left, right=right)
                yield Seen((said, row("count", tally.value)), place=report.place_id)


@check(
    "REPORT_NOT_ITS_PARTS",
    ("汇总报表与下级报表之和不符", "a report is not the sum of those below"),
    ("{0[kind]}（{0[until]}）“{0[what]}”汇总{0[left]}，各下级之和{0[right]}。",
     "{0[kind]} of {0[until]}: “{0[what]}” says {0[left]}, those below sum to {0[right]}."),
    ("退回重新汇总。", "Return it, to be summed anew."),
    Post.CENTRAL_SCHOOL,
    leads="report",
)  # fmt: skip
def report_not_its_parts(moment: Moment) -> Iterator[Seen]:
    """A township's or county's count other than the sum of the reports it names."""
    sums = [report for report in _standing(moment) if report.parts]
    below = {
        str(each.pk): each for each in ReportDrawn.objects.filter(pk__in=[i for r in sums for i in r.parts])
    }
    for report in sums:
        parts = [_numbers(below[part]) for part in map(str, report.parts) if part in below]
        for tally, units in _numbers(report).items():
            left, right = sum(units.values()), sum(sum(part.get(tally, {}).values()) for part in parts)
            if left != right:
                said = _report(report, what=tally, left=left, right=right)
                yield Seen((said, row("count", tally.value)), place=report.place_id)


@check(
    "REPORT_UNBALANCED",
    ("报表勾稽关系不平", "a report's numbers do not balance"),
    ("{0[kind]}（{0[until]}）{1[what]}：{1[left]}与{1[right]}。",
     "{0[kind]} of {0[until]}, {1[what]}: {1[left]} and {1[right]}."),
    ("查明差额对应的记录，更正后重新编制。", "Find the rows behind the difference and draw it up anew."),
    Post.PRINCIPAL,
    leads="report",
)  # fmt: skip
def report_unbalanced(moment: Moment) -> Iterator[Seen]:
    """A balance that a report's own counts break."""
    for report in _standing(moment):
        counts = _numbers(report)
        for found in broken(counts, units_of(report.place, counts)):
            names = (found.balance.zh, found.balance.en)
            said = row(
                "count", f"{found.balance.id}/{found.unit}", what=names, left=found.left, right=found.right
            )
            yield Seen((_report(report), said), place=report.place_id)


@check(
    "ACCEPTED_UNSIGNED",
    ("报表未签发先接收", "a report accepted before it was signed"),
    ("{0[kind]}（{0[until]}）{1[at]}已接收，此前没有签发。",
     "{0[kind]} of {0[until]} was accepted on {1[at]} and had not been signed."),
    ("由校长签发后重新接收。", "Have it signed, then accept it."),
    Post.TOWNSHIP,
    leads="report",
)  # fmt: skip
def accepted_unsigned(moment: Moment) -> Iterator[Seen]:
    """Accepted with no signature before."""
    signed = ReportStepTaken.objects.filter(
        step=ReportStep.SIGNED, report=OuterRef("report"), at__lte=OuterRef("at")
    )
    found = ReportStepTaken.objects.filter(~Exists(signed), step=ReportStep.ACCEPTED).select_related("report")
    for step in found:
        yield Seen((_report(step.report), row("count", step.pk, at=step.at)), place=step.report.place_id)


@check(
    "SIGNED_OTHER_NUMBERS",
    ("签的不是这份报表", "signed over other numbers"),
    ("{0[kind]}（{0[until]}）的“{1[step]}”针对的是另一版本的数字。",
     "“{1[step]}” of {0[kind]} of {0[until]} was taken over other numbers."),
    ("对现在的报表重新办理这一环节。", "Take the step again over the report as it is."),
    Post.PRINCIPAL,
    leads="report",
)  # fmt: skip
def signed_other_numbers(moment: Moment) -> Iterator[Seen]:
    """A step whose digest is not that of the report."""
    found = ReportStepTaken.objects.exclude(digest=F("report__digest")).select_related("report")
    for step in found:
        yield Seen((_report(step.report), row("count", step.pk, step=step.step)), place=step.report.place_id)


class _Grave(NamedTuple):
    """From when to when we knew a child to be a dropout, suspected or confirmed."""

    child: UUID
    case: int
    since: datetime
    until: datetime | None


@check(
    "NIL_BESIDE_CASE",
    ("零报告当时有未销号的个案", "a nil report while a case was open"),
    ("{0[kind]}（{0[until]}）为零报告，当时个案{1[number]}为{1[stage]}。",
     "{0[kind]} of {0[until]} is nil, while case {1[number]} stood as {1[stage]}."),
    ("退回零报告，如实重报。", "Return the nil report; report what is so."),
    Post.PRINCIPAL,
    leads="report",
)  # fmt: skip
def nil_beside_case(moment: Moment) -> Iterator[Seen]:
    """Nil, and by what was known when it was drawn up a child there was away."""
    nil = [report for report in _standing(moment) if report.nil]
    if not nil:
        return
    away = list(_away())
    paths = dict(Place.objects.values_list("pk", "path"))
    stays: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for child, day, school in Enrolment.objects.filter(child__in=[each.child for each in away]).values_list(
        "child", "from_day", "class_group__school"
    ):
        stays[child].append((day, school))
    cases = Case.objects.in_bulk({each.case for each in away})
    for report in nil:
        ends = datetime.combine(report.last + timedelta(days=1), time(), CHINA_TIME)
        for each in away:
            if each.since < min(ends, report.at) and (each.until is None or each.until > report.at):
                there = max((stay for stay in stays[each.child] if stay[0] <= report.last), default=None)
                if there and (paths[there[1]] or "").startswith(paths[report.place_id] or "/"):
                    case = cases[each.case]
                    said = row("case", case.pk, number=case.number, stage=case.stage)
                    yield Seen((_report(report), said), each.child, place=report.place_id)


def _away() -> Iterator[_Grave]:
    """The spans in which cases stood as dropouts, as we learned of them."""
    changes: dict[int, list[CaseChange]] = defaultdict(list)
    for change in CaseChange.objects.select_related("case").order_by("recorded_at", "pk"):
        changes[change.case_id].append(change)
    for case, steps in changes.items():
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if step.stage in GRAVE:
                yield _Grave(step.case.child_id, case, step.recorded_at, after.recorded_at if after else None)


# Numbered ledger lines against cases.


@check(
    "LEDGER_LINE_NO_CASE",
    ("台账有此人，个案没有这个阶段", "on a ledger, and its case says otherwise"),
    ("{0[kind]}{0[number]}号还没有销号，个案却不在这个阶段。",
     "Line {0[number]} of the {0[kind]} is open, yet the case is not at that stage."),
    ("核对个案：应销号的销号，应立案的立案。", "Close the line, or open the case."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def ledger_line_no_case(moment: Moment) -> Iterator[Seen]:
    """An open line of a child whose case has not the stage that the line stands for."""
    cases = {case.child_id: case for case in Case.objects.all()}
    recent = _recently_changed(moment)
    for line in LedgerLine.objects.filter(closed=None, child__isnull=False, ledger__in=list(STAGE_OF)):
        case = cases.get(line.child_id)  # type: ignore[arg-type]
        if (case is None or case.stage not in STAGE_OF[line.ledger]) and line.child_id not in recent:
            yield Seen(
                (row("ledger", line.pk, kind=line.ledger, number=f"{line.year}-{line.number}"),),
                line.child_id,
            )


@check(
    "LEDGER_CLOSED_NO_GROUND",
    ("台账已销号，个案还没有了结", "a ledger line closed with its case unsettled"),
    ("{0[kind]}{0[number]}号已于{0[day]}销号，个案{1[number]}仍为{1[stage]}。",
     "Line {0[number]} of the {0[kind]} was closed on {0[day]}; case {1[number]} is still {1[stage]}."),
    ("没有依据的销号恢复立账。", "Enter the child again."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def ledger_closed_no_ground(moment: Moment) -> Iterator[Seen]:
    """Closed, with no open line beside it, while the case stands where it stood."""
    recent = _recently_changed(moment)
    cases = {case.child_id: case for case in Case.objects.filter(stage__in=[s.value for s in GRAVE])}
    still = LedgerLine.objects.filter(child=OuterRef("child"), ledger=OuterRef("ledger"), closed=None)
    lines = LedgerLine.objects.filter(
        ~Exists(still), closed__isnull=False, child__in=cases, ledger__in=list(STAGE_OF)
    )
    for line in lines.select_related("closed").order_by("closed__at"):
        case = cases[line.child_id]  # type: ignore[index]
        if case.stage in STAGE_OF[line.ledger] and case.child_id not in recent:
            said = row(
                "ledger",
                line.pk,
                kind=line.ledger,
                number=f"{line.year}-{line.number}",
                day=line.closed.closed_on,
            )
            yield Seen((said, row("case", case.pk, number=case.number, stage=case.stage)), case.child_id)


@check(
    "TWO_LEDGERS",
    ("同时在疑似辍学和辍学台账", "on two ledgers that exclude each other"),
    ("同时在{0[kind]}{0[number]}号和{1[kind]}{1[number]}号，都没有销号。",
     "Open both as line {0[number]} of the {0[kind]} and line {1[number]} of the {1[kind]}."),
    ("核对阶段，另一项销号。", "See which it is and close the other."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def two_ledgers(moment: Moment) -> Iterator[Seen]:
    """Open lines of a child on both ledgers."""
    recent = _recently_changed(moment)
    kept: dict[UUID, dict[LedgerKind, LedgerLine]] = defaultdict(dict)
    for line in LedgerLine.objects.filter(closed=None, child__isnull=False, ledger__in=list(STAGE_OF)):
        kept[line.child_id][line.ledger] = line  # type: ignore[index]
    for child, lines in kept.items():
        if len(lines) == len(STAGE_OF) and child not in recent:
            said = (
                row("ledger", each.pk, kind=each.ledger, number=f"{each.year}-{each.number}")
                for each in lines.values()
            )
            yield Seen(tuple(said), child)


def _recently_changed(moment: Moment) -> set[UUID]:
    """The children whose case moved since numbers were last given for certain."""
    found = CaseChange.objects.filter(recorded_at__gt=moment.now - POSTED_WITHIN)
    return set(found.values_list("case__child", flat=True))
