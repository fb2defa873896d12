"""Reports, targets, exclusions and ledgers in plain Chinese, one line each."""

from __future__ import annotations

from notoneless.core.figure_terms import Tally
from notoneless.core.policy.read_report_rules import grades_said, share_said
from notoneless.core.policy.report_rules import ExclusionRule, LedgerRule, ReportRule, TargetRule
from notoneless.core.policy.say import LEVELS
from notoneless.core.report_terms import ReportKind
from notoneless.core.terms import DayKind, Term
from notoneless.core.time_limit import label

_AFTER = (DayKind.SCHOOL_DAY, DayKind.WORKING_DAY, DayKind.CALENDAR_DAY)
PER = LEVELS | {"grade": "年级"}
_DAYS = {
    ReportKind.DAILY: "一个上课日一份",
    ReportKind.WEEKLY: "周一到周日",
    ReportKind.QUARTERLY: "一个自然季",
    ReportKind.TERMLY: "一个学期",
    ReportKind.YEARLY: "9 月 1 日到次年 8 月 31 日",
}


def report_line(rule: ReportRule) -> str:
    """`学校：整月，月底前报出；教导处编制，班主任核对，校长签发，报县教育局；没有的也要报`."""
    nil = "没有的也要报" if rule.nil else ""
    sent = "报出" if rule.to else "编好"
    parts = (f"{_days_line(rule)}，{_limit_line(rule)}{sent}", _chain_line(rule), nil)
    return f"{LEVELS[rule.level]}：{'；'.join(filter(None, parts))}"


def _days_line(rule: ReportRule) -> str:
    if rule.kind is ReportKind.MONTHLY:
        return f"上月 {rule.day + 1} 日到本月 {rule.day} 日" if rule.day else "整月"
    if rule.months:
        months = "、".join(f"{month} 月" for month in rule.months)
        return f"开学到 {months}{f' {rule.day} 日' if rule.day else '底'}"
    return _DAYS[rule.kind]


def _limit_line(rule: ReportRule) -> str:
    """`截止当日`, `截止后 10个工作日内`, `月底前`."""
    said = label(rule.by)
    if rule.by.kind is DayKind.SAME_DAY:
        return "截止当日"
    return f"截止后{said}" if rule.by.kind in _AFTER else said


def _chain_line(rule: ReportRule) -> str:
    checks = "、".join(post.zh for post in rule.checks)
    steps = [f"{rule.drawer.zh}编制", f"{checks}核对" if checks else "", f"{rule.signer.zh}签发"]
    steps.append(f"报{rule.to.zh}" if rule.to else "自存")
    if rule.also_to:
        steps.append(f"同时给{'、'.join(post.zh for post in rule.also_to)}")
    return "，".join(filter(None, steps))


def target_line(rule: TargetRule) -> str:
    """`流失率（F-LOSS-R21）每个年级低于 1.5%（七年级）`."""
    grades = grades_said(rule.grades)
    return (
        f"{figure_name(rule.figure)}每个{PER[rule.per]}{bound_line(rule)}{f'（{grades}）' if grades else ''}"
    )


def bound_line(rule: TargetRule) -> str:
    """`不超过 0.6%`, `低于 2%`, `不低于 98%`."""
    if rule.at_most is not None:
        return f"{'低于' if rule.below else '不超过'} {share_said(rule.at_most)}"
    return f"不低于 {share_said(rule.at_least)}" if rule.at_least is not None else ""


def figure_name(figure: Term) -> str:
    """`流失率（F-LOSS-R21）`: never without its formula's id."""
    return f"{figure.zh}（{figure.value}）"


def exclusion_line(rule: ExclusionRule) -> str:
    """`流失率（F-LOSS-R21）不含正常异动、户口在外`."""
    names = "、".join(each.zh for each in Tally if each in rule.excludes)
    return f"{figure_name(rule.figure)}分子、分母都不含{names}"


def ledger_line(rule: LedgerRule) -> str:
    """`临界辍学生劝返复学台账，每个学校一本，教导处管`."""
    return f"{rule.kind.zh}，每个{LEVELS[rule.level]}一本，{rule.keeper.zh}管"
