"""A report that is signed is what the policies' dated duties ask for: nobody ticks the same thing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from notoneless.core.policy.fields import PackError
from notoneless.core.report_terms import ReportKind
from notoneless.core.terms import Act
from notoneless.records.models import LIVE, Obligation, Person, ReportDrawn
from notoneless.records.pack_texts import pack_of
from notoneless.services.paper_values.days import short_stamp
from notoneless.services.place_acts import fulfil_duty, may_fulfil_duty

_ACTS = (Act.DRAW_UP, Act.WRITTEN_REPORT)
# What policies call the forms that each report is.
_FORMS: Mapping[ReportKind, tuple[str, ...]] = {
    ReportKind.DAILY: ("日报",),
    ReportKind.WEEKLY: ("周查", "周报"),
    ReportKind.MONTHLY: ("月报", "月监测", "月统计"),
    ReportKind.SPRING: ("两季报告", "春季报告"),
    ReportKind.AUTUMN: ("两季报告", "秋季报告"),
    ReportKind.QUARTERLY: ("季度",),
    ReportKind.TERMLY: ("学期报告",),
    ReportKind.YEARLY: ("学年报告", "年度报告"),
}
# A report as of the 20th is of a period that began in the month before the duty's.
BEFORE = timedelta(days=31)


def meet_duties(report: ReportDrawn, person: Person, at: datetime) -> None:
    """Within the signing: the place's duties that ask for this report, as far as they are the signer's."""
    for row in asked_for(report):
        if may_fulfil_duty(person, row, at.date()) is None:
            fulfil_duty(by=person, obligation=row, happened_at=at, at=at, note=_note(report))


def asked_for(report: ReportDrawn) -> list[Obligation]:
    """The live duties of the period that this report is."""
    rows = Obligation.objects.filter(
        place=report.place, child=None, class_group=None, state__in=LIVE, act__in=_ACTS
    )
    found = [row for row in rows.select_related("place", "class_group") if _asks_for(row, report)]
    return list(_of_its_period(found))


def _of_its_period(rows: Iterable[Obligation]) -> Iterable[Obligation]:
    """Of each rule's duty the one of the last period that the report reaches into."""
    last: dict[tuple[str, str, int], Obligation] = {}
    for row in sorted(rows, key=lambda row: row.occasion):
        last[row.pack_id, row.rule, row.number] = row
    return last.values()


def _asks_for(row: Obligation, report: ReportDrawn) -> bool:
    occasion = date.fromisoformat(row.occasion)
    if not report.first - BEFORE < occasion <= report.last:
        return False
    try:
        form = pack_of(row.pack_id, row.pack_version).rule(row.rule).obliges[row.number].form
    except (PackError, KeyError, IndexError):
        return False  # of a pack that has the rule no more
    nil = ("零报告",) if report.nil and report.kind is ReportKind.MONTHLY else ()
    return any(name in form for name in (*_FORMS[report.kind], *nil))


def _note(report: ReportDrawn) -> str:
    title = f"{report.kind.zh}（零报告）" if report.nil else report.kind.zh
    return (
        f"《{title}》{report.first}至{report.last}，{short_stamp(report.at)}编制，摘要码 {report.digest[:12]}"
    )
