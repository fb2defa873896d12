"""A report on its form, as Word, Excel or PDF: the numbers as frozen, who signed what, and its digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from notoneless.core.figure_terms import Tally
from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.reporting import COLUMNS, cell, still_there
from notoneless.core.terms import PlaceKind
from notoneless.exchange.papers.filling import PaperProblem
from notoneless.exchange.papers.layout import AS_OF, NUMBERED, lists, marks
from notoneless.exchange.papers.rendering import render
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, JournalEntry, Person, Place, ReportDrawn, ReportStepTaken
from notoneless.services.finding import the_person
from notoneless.services.paper_files import PaperFile
from notoneless.services.paper_templates import template_for
from notoneless.services.paper_values.days import day_in_china, day_of, month_of, short_stamp
from notoneless.services.paper_values.filling import office
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.reports.chain import the_report
from notoneless.services.reports.rows import counts_in
from notoneless.services.reports.rules import rule_for
from notoneless.services.reports.standing import signed_step, standing_of, turns
from notoneless.services.transactions import one_act

PAPERS: Mapping[ReportKind, PaperKind] = {
    **dict.fromkeys(ReportKind, PaperKind.PERIOD_REPORT),
    ReportKind.DAILY: PaperKind.DAILY_REPORT,
    ReportKind.WEEKLY: PaperKind.WEEKLY_CHECK,
    ReportKind.MONTHLY: PaperKind.MONTHLY_REPORT,
}
SHORT = 16  # characters of the digest on paper; the page shows all
Values = dict[str, str | Sequence[Mapping[str, str]]]


def may_hand_out(person: Person, report: ReportDrawn, on: date) -> Refusal | None:
    """Why this person may not take the report out as a file, or None."""
    return refusal(person, Thing.REPORT, Verb.EXPORT, report.place, on)


def hand_out(
    *, by: Person | int, report: ReportDrawn, form: PaperFormat, at: datetime, nil_form: bool = False
) -> PaperFile:
    """The report as a file, on the office's template or ours; with `nil_form` the letter of a nil report.

    The journal keeps who took it out. Raises Refusal.
    """
    person, row = the_person(by), the_report(report)
    if (no := may_hand_out(person, row, at.date())) is not None:
        raise no
    kind = PaperKind.NIL_REPORT if nil_form and row.nil else PAPERS[row.kind]
    content = _drawn(kind, values_of(row, kind, at), form, row.place, at)
    _journal(person, row, form, at)
    return PaperFile(f"{kind.zh}-{row.place.name}-{row.last:%Y%m%d}.{form.value.lower()}", content)


def values_of(report: ReportDrawn, kind: PaperKind, at: datetime) -> Values:
    """What the paper says, in the marks of its layout."""
    said = {**_form(report, at), **(_letter(report) if kind is PaperKind.NIL_REPORT else {})}
    wanted: Values = {mark: said[mark] for mark in marks(kind)}
    return wanted | {name: _only(said[name], columns) for name, columns in lists(kind).items()}


def _only(rows: str | Sequence[Mapping[str, str]], columns: tuple[str, ...]) -> list[Mapping[str, str]]:
    assert not isinstance(rows, str)
    return [{column: row[column] for column in columns} for row in rows]


def units_named(report: ReportDrawn) -> dict[int, str]:
    """The rows of the form in their order: classes by grade, or the places below."""
    units = {unit for each in counts_in(report).values() for unit in each}
    if report.place.kind in (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT):
        rows = ClassGroup.objects.filter(pk__in=units).order_by("grade", "name")
        named = {row.pk: row.name for row in rows}
    else:
        named = {row.pk: row.name for row in Place.objects.filter(pk__in=units).order_by("path")}
    return named | ({0: "未编班"} if 0 in units else {})


def _form(report: ReportDrawn, at: datetime) -> Values:
    signed = signed_step(report)
    called, figures = report.roll_calls, _figures(report)
    return {
        "填报单位": office(report.place),
        "报表": report.kind.zh,
        "报告期": f"{report.first} 至 {report.last}",
        "起始日": day_of(report.first),
        "截止日": day_of(report.last),
        "报表性质": f"{'零报告　' if report.nil else ''}{standing_of(report).zh}",
        "应点名次数": str(called.get("due", 0)),
        "已点名次数": str(called.get("taken", 0)),
        "未说明人数": str(called.get("unexplained", 0)),
        "勾稽关系": "核对相符",
        "未报单位": _absent(report),
        "说明": report.note or "无",
        "编制人": f"{report.by.name}（{report.by_post.zh}）{short_stamp(report.at)}",
        "摘要码": report.digest[:SHORT],
        "签发日期": day_of(day_in_china(signed.at)) if signed else "",
        "数字": figures,
        "个案": figures,
        "流程": _chain(report),
        AS_OF.name: short_stamp(report.at),
        NUMBERED.name: "",
    }


def _letter(report: ReportDrawn) -> Values:
    """What a nil report's letter says beside it."""
    signed = signed_step(report)
    gap = report.roll_calls.get("due", 0) - report.roll_calls.get("taken", 0)
    above = report.place.above(PlaceKind.COUNTY)
    return {
        "主送": office(above) if above else "上级教育行政部门",
        "期别": month_of(report.last) if report.kind is ReportKind.MONTHLY else report.kind.zh,
        "在册学生数": str(sum(counts_in(report).get(Tally.CLOSING, {}).values())),
        "补充说明": f"另有 {gap} 次点名没有记录。" if gap > 0 else report.note,
        "报送人": signed.by.name if signed else report.by.name,
        "报送时间": short_stamp(signed.at if signed else report.at),
        "回执号": report.digest[:SHORT],
        "出具单位": office(report.place),
    }


def _absent(report: ReportDrawn) -> str:
    names = Place.objects.filter(pk__in=report.absent_parts).order_by("path").values_list("name", flat=True)
    return "、".join(names) or "无"


def _figures(report: ReportDrawn) -> list[dict[str, str]]:
    named = units_named(report)
    rows = [_row(report, name, unit) for unit, name in named.items()]
    return [*rows, _row(report, "合计", None)] if rows else []


def _row(report: ReportDrawn, name: str, unit: int | None) -> dict[str, str]:
    counts = counts_in(report)
    row = {"单位": name}
    row |= {column.mark: str(cell(counts, column, unit)) for column in COLUMNS[report.kind]}
    share = still_there(counts, unit)
    return row if report.kind is ReportKind.DAILY else {**row, "仍在校": "" if share is None else f"{share}"}


def _chain(report: ReportDrawn) -> list[dict[str, str]]:
    """Every step taken, the classes' checks in one line, then a line to sign on for each still to come."""
    steps = sorted(report.steps.all(), key=lambda each: (each.at, each.post.value))
    checks = [each for each in steps if each.step is ReportStep.CHECKED]
    rows = [_checked(checks)] if checks else []
    rows += [
        _line(each.step.zh, each.post.zh, each.by.name, each.at, each.comment)
        for each in steps
        if each.step is not ReportStep.CHECKED
    ]
    rule, _ = rule_for(report.place, report.kind, report.last)
    waiting = dict.fromkeys((turn.step, turn.post) for turn in turns(report, rule))
    return rows + [_line(f"待{step.zh.removeprefix('已')}", post.zh) for step, post in waiting]


def _checked(checks: Sequence[ReportStepTaken]) -> dict[str, str]:
    post = f"{checks[0].post.zh}（{len(checks)} 个班）"
    names = "、".join(dict.fromkeys(each.by.name for each in checks))
    comments = "；".join(
        f"{each.class_group}：{each.comment}" for each in checks if each.comment and each.class_group
    )
    return _line(checks[0].step.zh, post, names, checks[-1].at, comments)


def _line(
    step: str, post: str, name: str = "", at: datetime | None = None, comment: str = ""
) -> dict[str, str]:
    return {"环节": step, "岗位": post, "姓名": name, "时间": short_stamp(at), "意见": comment}


def _drawn(kind: PaperKind, values: Values, form: PaperFormat, place: Place, at: datetime) -> bytes:
    kept = template_for(place, kind, form, at)
    template = bytes(kept.content) if kept is not None and kept.content is not None else None
    try:
        return render(kind, values, form, template=template)
    except PaperProblem as problem:
        raise Refusal("PAPER_PROBLEM", problem.zh, problem.en) from problem


@one_act
def _journal(person: Person, report: ReportDrawn, form: PaperFormat, at: datetime) -> None:
    said = {"report": str(report.pk), "form": form.value, "rows": len(report.counts), "fields": []}
    subject = {"subject_kind": "place", "subject_id": str(report.place_id)}
    JournalEntry.objects.create(at=at, by=person, act="EXPORT", **subject, body=said)
