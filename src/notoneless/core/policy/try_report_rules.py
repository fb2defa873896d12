"""The examples of reports and targets tried, and reports held against the dated rules of the same pack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.pack import Duty, EveryTrigger, Period, PolicyPack, Rule
from notoneless.core.policy.read_case_rules import NO_EXAMPLE, Tried
from notoneless.core.policy.read_report_rules import JUNIOR, PRIMARY
from notoneless.core.policy.report_rules import ALL_GRADES, ReportExample, ReportRule, TargetRule
from notoneless.core.recurring import first_day
from notoneless.core.report_terms import ReportKind
from notoneless.core.reporting import due_of, span_of
from notoneless.core.terms import Act
from notoneless.core.time_limit import due

# The period of the dated rule that obliges to draw up a report of this kind.
_PERIODS = {
    ReportKind.DAILY: Period.SCHOOL_DAY,
    ReportKind.WEEKLY: Period.WEEK,
    ReportKind.MONTHLY: Period.MONTH,
    ReportKind.SPRING: Period.MONTHS,
    ReportKind.AUTUMN: Period.MONTHS,
    ReportKind.QUARTERLY: Period.QUARTER,
    ReportKind.TERMLY: Period.TERM,
    ReportKind.YEARLY: Period.SCHOOL_YEAR,
}
_MOMENT = "%Y-%m-%d %H:%M"


def try_target(rule: TargetRule) -> Tried:
    """Each example's share against the bound; where grades differ, each is asked of a grade that has it."""
    if not rule.examples:
        yield "", NO_EXAMPLE
    if {example.met for example in rule.examples} == {True} and not _reaches_the_end(rule):
        yield "", "算例只有达到的；请再写一个没有达到的"
    for example in rule.examples:
        met = rule.met_by(example.value)
        about = f"{example.value}%"
        yield about, "" if met is example.met else f"应为 {_said(example.met)}；算得 {_said(met)}"
        if example.grade and example.grade not in rule.grades:
            yield about, f"{example.grade} 年级不在这项指标之内"
    named = {example.grade for example in rule.examples if example.grade}
    if rule.grades != ALL_GRADES and not named:
        yield "", "只算一部分年级的指标，算例要写明年级 grade"
    if rule.grades not in (ALL_GRADES, PRIMARY, JUNIOR) and named < rule.grades:
        yield "", "按年级定的指标，每个年级至少写一个算例，写明 grade"


def _reaches_the_end(rule: TargetRule) -> bool:
    """Whether every share there can be meets it, so that no example can miss it."""
    return rule.at_most == 100 and not rule.below


def _said(met: bool) -> str:
    return "达到" if met else "没有达到"


def try_report(rule: ReportRule, calendar: SchoolCalendar) -> Tried:
    """Each example's day against the days of its report and the last minute to send it."""
    if not rule.examples:
        yield "", NO_EXAMPLE
    for example in rule.examples:
        yield f"{example.day}", _unlike(rule, example, calendar)


def _unlike(rule: ReportRule, example: ReportExample, calendar: SchoolCalendar) -> str:
    span = span_of(rule, example.day, calendar)
    if span is None:
        return f"{example.day} 不在任何一期之内"
    moment = due_of(rule, span, calendar)
    found = (str(span.first), str(span.last), _text(moment.at))
    wanted = (str(example.first), str(example.last), example.due)
    return "" if wanted == found else f"应为 {' '.join(wanted)}；算得 {' '.join(found)}"


def _text(at: datetime | None) -> str:
    return at.strftime(_MOMENT) if at else "unknown"


# A report beside the dated rule that obliges to draw it up.


def try_agreement(pack: PolicyPack, calendar: SchoolCalendar) -> Tried:
    """Whether each report and the pack's dated rule on it agree in level, last minute and receivers."""
    for report in pack.reports:
        for rule, when, duty in _obliging(pack, report):
            about = f"规则“{rule.id}”"
            if when.level != report.level:
                yield about, f"规则由 {when.level} 办，报表由 {report.level} 报；请改成一致"
            if duty.to and duty.to not in (report.signer, report.to, *report.also_to, *report.checks):
                yield about, f"规则要报{duty.to.zh}，报表的 to、also_to 里没有；请补上"
            yield from ((about, each) for each in _times(report, when, duty, calendar))


def _obliging(pack: PolicyPack, report: ReportRule) -> Iterator[tuple[Rule, EveryTrigger, Duty]]:
    """The duties to draw up this report: same clause, same period; a class only hands in its own part."""
    for rule in pack.rules:
        when = rule.when
        if isinstance(when, EveryTrigger) and _is_about(rule, when, report):
            yield from ((rule, when, duty) for duty in rule.obliges if duty.act is Act.DRAW_UP)


def _is_about(rule: Rule, when: EveryTrigger, report: ReportRule) -> bool:
    same = when.period is _PERIODS[report.kind] and bool(set(rule.clause) & set(report.clause))
    return same and when.level != "class"


def _times(report: ReportRule, when: EveryTrigger, duty: Duty, calendar: SchoolCalendar) -> Iterator[str]:
    """Where the report's last minute is not that of the duty, asked of the days in its examples."""
    for example in report.examples:
        span = span_of(report, example.day, calendar)
        begins = None if span is None else first_day(when, span.last, calendar)
        if span is None or begins is None:
            continue
        asked = _text(due(datetime.combine(begins, time.min, CHINA_TIME), duty.by, calendar).at)
        found = _text(due_of(report, span, calendar).at)
        if asked != found:
            yield f"截止 {span.last} 的一期，规则要求 {asked} 前，报表写的是 {found} 前；请改成一致"
