"""Errors of support, papers, reports, ledger numbers and tables from outside, as raw rows."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from bench.contradictions.days import act
from bench.contradictions.ground import Ground, Pupil, Subject, error
from bench.contradictions.pupils import route
from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import LedgerKind, ReportKind, ReportStep
from notoneless.core.terms import Act, Post, RouteKind, Stage
from notoneless.records.models import (
    LedgerLine,
    LedgerLineClosed,
    OutsideTable,
    Pairing,
    PairingContact,
    PaperIssued,
    PaperServed,
    Place,
    ReliefAsked,
    ReliefDecided,
    ReportDrawn,
    ReportRows,
    ReportStepTaken,
    TuitionGiven,
    TuitionPlan,
)
from notoneless.services.reports.rows import packed


@error("CONTACT_OUTSIDE_PAIRING")
def contact_outside_pairing(g: Ground) -> Subject:
    p = g.pupil()
    pairing = Pairing.objects.create(
        child_id=p.id,
        helper=p.teacher,
        purpose="STUDY",
        from_day=g.day(10),
        contact_days=7,
        by=p.teacher,
        at=g.at(10),
    )
    PairingContact.objects.create(pairing=pairing, act=act(g, p, Act.HELP, 30, visit=None), way="TALK")
    return p.id


def lesson(g: Ground, p: Pupil, days_ago: int) -> None:
    """One lesson at home."""
    plan = TuitionPlan.objects.create(
        child_id=p.id,
        school=p.school,
        school_year=g.today.year,
        goals="会写名字",
        content="识字",
        times_a_week=1,
        lessons_each=2,
        by=p.teacher,
        at=g.at(40),
    )
    TuitionGiven.objects.create(
        plan=plan,
        day=g.day(days_ago),
        lessons=2,
        teachers="送教",
        content="识字",
        by=p.teacher,
        at=g.at(days_ago),
    )


@error("LESSON_WHILE_IN_CLASS")
def lesson_while_in_class(g: Ground) -> Subject:
    p = g.pupil()
    lesson(g, p, 15)
    return p.id


@error("LESSON_WITHOUT_ROUTE")
def lesson_without_route(g: Ground) -> Subject:
    p = g.pupil()
    g.leave_class(p, 30)
    route(g, p.id, p.school, RouteKind.HOME_TUITION, from_day=g.day(10))
    lesson(g, p, 15)
    return p.id


def relief(g: Ground, p: Pupil, asked: int, agreed: int) -> None:
    """Board agreed to for this school year."""
    row = ReliefAsked.objects.create(
        child_id=p.id,
        school=p.school,
        kind="ASSIST",
        of="生活费",
        fen=asked,
        reason="困难",
        school_year=g.today.year,
        by=p.teacher,
        by_post=Post.CLASS_TEACHER,
        at=g.at(20),
    )
    ReliefDecided.objects.create(
        asked=row, decision="AGREED", fen=agreed, by=g.bureau, by_post=Post.COUNTY_BUREAU, at=g.at(18)
    )


@error("RELIEF_TWICE")
def relief_twice(g: Ground) -> Subject:
    p = g.pupil()
    relief(g, p, 50000, 50000)
    relief(g, p, 50000, 40000)
    return p.id


@error("RELIEF_MORE_THAN_ASKED")
def relief_more_than_asked(g: Ground) -> Subject:
    p = g.pupil()
    relief(g, p, 50000, 500000)
    return p.id


def paper(g: Ground, p: Pupil, number: int, days_ago: int, due_in: int = 7) -> PaperIssued:
    """A notice of a township."""
    made = PaperIssued(
        id=uuid4(),
        kind="NOTICE_TO_RETURN",
        place=g.township,
        child_id=p.id,
        year=1900 + g.count,
        number=number,
        numbered=f"错限通字{g.count}-{number}号",
        due_on=g.day(days_ago) + timedelta(days=due_in),
        digest="0" * 64,
        by=g.bureau,
        by_post=Post.TOWNSHIP,
        at=g.at(days_ago),
    )
    made.keep_values("{}")
    made.save(force_insert=True)
    return made


@error("SERVED_BEFORE_ISSUED")
def served_before_issued(g: Ground) -> Subject:
    p = g.pupil()
    PaperServed.objects.create(
        paper=paper(g, p, 1, 5), how="IN_PERSON", served_at=g.at(9), receiver="家长", by=g.bureau, at=g.at(4)
    )
    return p.id


@error("DUE_BEFORE_ISSUED")
def due_before_issued(g: Ground) -> Subject:
    p = g.pupil()
    paper(g, p, 1, 5, due_in=-3)
    return p.id


@error("PAPERS_OUT_OF_ORDER")
def papers_out_of_order(g: Ground) -> Subject:
    p = g.pupil()
    paper(g, p, 1, 5)
    paper(g, p, 2, 9)
    return p.id


# Reports.


def report(g: Ground, place: Place, counts: dict[str, dict[str, int]], **more: object) -> ReportDrawn:
    """A weekly report of a place; each one of other days."""
    g.count += 1
    told = {"digest": f"{g.count:064d}", "at": g.at(3), **more}
    return ReportDrawn.objects.create(
        kind=ReportKind.WEEKLY,
        place=place,
        first=g.day(20),
        last=g.day(10),
        counts=counts,
        by=g.bureau,
        by_post=Post.PRINCIPAL,
        **told,
    )


def step(g: Ground, of: ReportDrawn, what: ReportStep, **more: object) -> None:
    """One step of a report."""
    told = {"digest": of.digest, "at": g.at(2), **more}
    ReportStepTaken.objects.create(report=of, step=what, post=Post.PRINCIPAL, by=g.bureau, **told)


@error("REPORT_NOT_ITS_ROWS")
def report_not_its_rows(g: Ground) -> Subject:
    p = g.pupil()
    made = report(g, p.school, {"DROPOUTS": {str(p.group.pk): 3}})
    rows = {Tally.DROPOUTS: {p.group.pk: frozenset({p.id})}}
    ReportRows.objects.create(report=made, rows=packed(rows))
    return made.pk


@error("REPORT_NOT_ITS_PARTS")
def report_not_its_parts(g: Ground) -> Subject:
    p = g.pupil()
    below = report(g, p.school, {"DROPOUTS": {str(p.group.pk): 1}})
    ReportRows.objects.create(report=below, rows=packed({Tally.DROPOUTS: {p.group.pk: frozenset({p.id})}}))
    made = report(g, g.township, {"DROPOUTS": {str(p.school.pk): 4}}, parts=[str(below.pk)])
    return made.pk


@error("REPORT_UNBALANCED")
def report_unbalanced(g: Ground) -> Subject:
    p = g.pupil()
    unit = str(p.group.pk)
    counts = {"ON_ROLL": {unit: 40}, "ON_ROLL_ATTENDING": {unit: 38}, "ON_ROLL_AWAY": {unit: 1}}
    return report(g, p.school, counts).pk


@error("ACCEPTED_UNSIGNED")
def accepted_unsigned(g: Ground) -> Subject:
    p = g.pupil()
    made = report(g, p.school, {})
    step(g, made, ReportStep.ACCEPTED)
    return made.pk


@error("SIGNED_OTHER_NUMBERS")
def signed_other_numbers(g: Ground) -> Subject:
    p = g.pupil()
    made = report(g, p.school, {})
    step(g, made, ReportStep.SIGNED, digest="f" * 64)
    return made.pk


@error("NIL_BESIDE_CASE")
def nil_beside_case(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.SUSPECTED_DROPOUT)
    report(g, p.school, {}, nil=True)
    return p.id


# Ledger numbers.


def line(g: Ground, child: UUID, ledger: LedgerKind) -> LedgerLine:
    """A numbered line of this year's ledger."""
    g.count += 1
    return LedgerLine.objects.create(
        ledger=ledger,
        county=g.county,
        entry=f"error/{uuid4()}",
        child_id=child,
        year=1900,
        number=g.count,
        opened_on=g.day(40),
        at=g.at(40),
    )


@error("LEDGER_LINE_NO_CASE")
def ledger_line_no_case(g: Ground) -> Subject:
    p = g.pupil()
    line(g, p.id, LedgerKind.DROPOUTS)
    return p.id


@error("LEDGER_CLOSED_NO_GROUND")
def ledger_closed_no_ground(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.DROPOUT)
    made = line(g, p.id, LedgerKind.DROPOUTS)
    LedgerLineClosed.objects.create(
        line=made, year=1900, number=made.number, closed_on=g.day(5), why="CLOSED_OUT", at=g.at(5)
    )
    return p.id


@error("TWO_LEDGERS")
def two_ledgers(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.DROPOUT)
    for ledger in (LedgerKind.SUSPECTED, LedgerKind.DROPOUTS):
        line(g, p.id, ledger)
    return p.id


# Tables from outside.


def table(g: Ground, school: Place, office: str, number: int, days_ago: int) -> UUID:
    """A table with one number about a school."""
    g.count += 1
    return OutsideTable.objects.create(
        place=g.county,
        office=office,
        name=f"{office}.xlsx",
        day=g.day(days_ago),
        cells=[["Sheet1", "C5", school.pk, "DROPOUTS", number]],
        digest=f"{g.count:064d}",
        by=g.bureau,
        at=g.at(3),
    ).pk


@error("OUTSIDE_DIFFERS")
def outside_differs(g: Ground) -> Subject:
    return table(g, g.pupil().school, "残联", 907, 20 + g.count % 20)


@error("OUTSIDE_TABLES_DIFFER")
def outside_tables_differ(g: Ground) -> Subject:
    school, ago = g.pupil().school, 45 + g.count % 30
    first = table(g, school, "民政局", 908, ago)
    return {first, table(g, school, "公安局", 909, ago)}
