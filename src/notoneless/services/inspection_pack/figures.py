"""指标与报表: each figure with its formula and two numbers, each report with its steps and its digest."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from notoneless.core.report_terms import OnTime
from notoneless.records.models import CountGiven, ReportDrawn, ReportStepTaken
from notoneless.services.figures import asked_on, parts_of, rules_at, values
from notoneless.services.figures_out import HEAD_EN, HEAD_ZH, figure_rows
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.pack_sections import Section, Words, day, label, moment, said
from notoneless.services.reports.silence import timeliness
from notoneless.services.reports.standing import standing_of

HEAD: tuple[Words, ...] = tuple(zip(HEAD_ZH, HEAD_EN, strict=True))
DIGEST: Words = ("校验码", "digest")
HOW: Words = (
    "每行一个公式：分子、分母都是名单，“分子各项”“分母各项”是名单的组成；在系统“指标”页点数字即打开。",
    "A row a formula: above and below are lists, made of the lists beside them; each opens in the system.",
)


def figures(asked: PackAsked) -> Section:
    """All figures of the place on the last day, as known at the pack's moment."""
    counted = asked_on(asked.place, asked.last, asked.at)
    found = values(counted, rules_at(asked.place, asked.last))
    return Section(
        "figures", ("指标", "Figures"), HOW, HEAD, figure_rows(found.values(), asked.fields, asked.language)
    )


def figures_by_place(asked: PackAsked) -> Section:
    """The same for each part of the place: a county's townships, a township's schools."""
    rows: list[tuple[str | int, ...]] = []
    for part in parts_of(asked.place):
        found = values(asked_on(part, asked.last, asked.at), rules_at(part, asked.last))
        here = [each for each in found.values() if each.not_here is None]
        rows += [(part.name, *row) for row in figure_rows(here, asked.fields, asked.language)]
    head = (("单位", "place"), *HEAD)
    return Section("figures-below", ("下级单位指标", "Figures of the parts"), HOW, head, rows)


def counts_given(asked: PackAsked) -> Section:
    """Numbers that were typed from paper, each with the paper; they have no list of children."""
    rows = CountGiven.objects.filter(
        place__path__startswith=asked.path, at__lte=asked.at, superseded_by=None
    ).select_related("place", "by")
    return Section(
        "counts-given",
        ("从旧表填入的数", "Numbers typed from paper"),
        (
            "本系统以前年份的数由人从纸质表填入，没有名单；逐个写明出自哪张表。",
            "Numbers from before the system, typed from a paper that is named; no list of children is "
            "behind them.",
        ),
        (
            ("单位", "place"),
            ("统计项", "list"),
            ("学年", "school year"),
            ("年级", "grade"),
            ("数", "number"),
            ("出处", "source"),
            ("填入人", "by"),
            ("时间", "at"),
        ),
        [
            (
                row.place.name,
                label(row.tally, asked.language),
                f"{row.school_year}-{row.school_year + 1}",
                str(row.grade or ""),
                row.number,
                row.source,
                row.by.name,
                moment(row.at),
            )
            for row in rows.order_by("school_year", "place__path", "pk")
        ],
    )


def _reports(asked: PackAsked) -> QuerySet[ReportDrawn]:
    rows = ReportDrawn.objects.filter(
        place__path__startswith=asked.path, last__gte=asked.first, last__lte=asked.last, at__lte=asked.at
    )
    return rows.select_related("place", "by", "replaced_by").order_by("last", "kind", "place__path", "at")


def reports(asked: PackAsked) -> Section:
    """Every report of the place and below it, how far it came, and the digest of its rows."""
    rows = list(_reports(asked).prefetch_related("steps__by"))
    return Section(
        "reports",
        ("报表", "Reports"),
        (
            "本学年编制的报表，退回和重编的也在；校验码由报表的数和名单算出，签发后名单有变即不符。",
            "Reports drawn up in the year, returned and replaced ones too; the digest is made of numbers "
            "and lists.",
        ),
        (
            ("报表", "report"),
            ("单位", "place"),
            ("起", "first"),
            ("止", "last"),
            ("零报告", "nil"),
            ("编制人", "drawn up by"),
            ("编制时间", "at"),
            ("到哪一步", "standing"),
            ("未报的下级", "parts missing"),
            DIGEST,
        ),
        [
            (
                label(row.kind, asked.language),
                row.place.name,
                day(row.first),
                day(row.last),
                "✓" if row.nil else "",
                row.by.name,
                moment(row.at),
                label(standing_of(row), asked.language),
                len(row.absent_parts),
                row.digest,
            )
            for row in rows
        ],
    )


def report_steps(asked: PackAsked) -> Section:
    """Who took which step of which report, when, with which digest before their eyes."""
    rows = (
        ReportStepTaken.objects.filter(report__in=_reports(asked), at__lte=asked.at)
        .select_related("report__place", "by", "class_group")
        .order_by("report__last", "report__place__path", "report", "at")
    )
    return Section(
        "report-steps",
        ("报表环节", "Steps of reports"),
        (
            "每一步由谁、以什么岗位、何时办理；校验码与报表的相同，说明看到的就是签发的。",
            "Who took each step, by which post and when; the digest is what was before their eyes.",
        ),
        (
            ("报表", "report"),
            ("单位", "place"),
            ("截止日", "last"),
            ("环节", "step"),
            ("班级", "class"),
            ("岗位", "post"),
            ("姓名", "name"),
            ("时间", "at"),
            ("意见", "comment"),
            DIGEST,
        ),
        [
            (
                label(row.report.kind, asked.language),
                row.report.place.name,
                day(row.report.last),
                label(row.step, asked.language),
                row.class_group.name if row.class_group else "",
                label(row.post, asked.language),
                row.by.name,
                moment(row.at),
                row.comment,
                row.digest,
            )
            for row in rows
        ],
    )


def on_time(asked: PackAsked) -> Section:
    """How many reports of each level and period came in time, late, or not at all."""
    rows = list(_on_time(asked))
    return Section(
        "on-time",
        ("报送及时情况", "Reporting in time"),
        (
            "按级次、报表和期间统计应报单位；没有报的列出单位名称。",
            "Places that owed a report by level, kind and period; those that sent none are named.",
        ),
        (
            ("报表", "report"),
            ("起", "first"),
            ("止", "last"),
            *((each.zh, each.en) for each in OnTime),
            ("未报的单位", "missing"),
        ),
        rows,
    )


def _on_time(asked: PackAsked) -> Iterator[tuple[str | int, ...]]:
    between = said(("、", ", "), asked.language)
    for each in timeliness(asked.place, asked.at):
        if asked.first <= each.span.last <= asked.last:
            counts = (each.counts.get(word, 0) for word in OnTime)
            missing = between.join(place.name for place in each.missing)
            yield (
                label(each.kind, asked.language),
                day(each.span.first),
                day(each.span.last),
                *counts,
                missing,
            )
