"""Reports, targets, exclusions and ledgers: read from the file, each refusal with its key and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.policy.fields import Fields
from notoneless.core.policy.quota import read_clauses
from notoneless.core.policy.report_rules import (
    ALL_GRADES,
    ExclusionRule,
    LedgerRule,
    ReportExample,
    ReportRule,
    TargetExample,
    TargetRule,
)
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.terms import DayKind, Post
from notoneless.core.time_limit import TimeLimit, parse_limit

PRIMARY, JUNIOR = frozenset(range(1, 7)), frozenset(range(7, 10))
_GRADES = {"all": ALL_GRADES, "primary": PRIMARY, "junior": JUNIOR}
_SEASONS = (ReportKind.SPRING, ReportKind.AUTUMN)
_WITH_A_DAY = (ReportKind.MONTHLY, *_SEASONS)
_LEVELS = {each: each for each in ("school", "township", "county")}
_PER = {each: each for each in ("class", "grade", "school", "township", "county")}
_FIGURES = {figure.value: figure for figure in Figure}
# A report is about whole days, so its limit counts days too.
_NOT_FOR_REPORTS = (
    *(DayKind.HOUR, DayKind.SCHOOL_HOUR, DayKind.LESSON, DayKind.SESSION),
    *(DayKind.HALF_DAY, DayKind.MORNING_CHECK),
)
_SAID = "clause、pointer、says、reading"


def read_report(fields: Fields) -> ReportRule:
    """One `[[report]]`; raises PackError with the key."""
    kind = fields.term("kind", ReportKind)
    rule = ReportRule(
        kind=kind,
        level=fields.choice("level", _LEVELS),
        day=_last_day(fields, kind),
        by=fields.parsed("by", _limit),
        drawer=fields.term("drawer", Post),
        checks=fields.terms_in_order("checks", Post),
        signer=fields.term("signer", Post),
        to=fields.term("to", Post) if "to" in fields.table else None,
        nil=fields.flag("nil"),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        months=_months(fields, kind),
        also_to=fields.terms_in_order("also_to", Post),
        examples=tuple(_report_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done(f"kind、level、day、months、by、drawer、checks、signer、to、also_to、nil、{_SAID}、examples")
    _refuse_a_broken_chain(rule, fields)
    return rule


def _last_day(fields: Fields, kind: ReportKind) -> int:
    """0 where none is written: the last day of the month."""
    if "day" not in fields.table:
        return 0
    if kind not in _WITH_A_DAY:
        allowed = "、".join(f"{each.lower()}（{each.zh}）" for each in _WITH_A_DAY)
        raise fields.error("day", f"“{kind.zh}”的起止由日历定；只有 {allowed} 写截止日，请去掉 day")
    day = fields.number("day", 0)
    if day > 31:
        raise fields.error("day", "截止日应在 1 到 31 之间；到月底为止的不写 day")
    return day


def _months(fields: Fields, kind: ReportKind) -> tuple[int, ...]:
    value = fields.raw("months", [])
    good = isinstance(value, list) and all(type(each) is int and 1 <= each <= 12 for each in value)
    if not good or len(set(value)) != len(value):
        raise fields.error("months", "应当是 1 到 12 的月份，不重复，写作 months = [3]")
    if (kind in _SEASONS) is not bool(value):
        wanted = (
            f"“{kind.zh}”要写明几月报，写作 months = [3]"
            if kind in _SEASONS
            else "只有春季、秋季报告写月份，请去掉 months"
        )
        raise fields.error("months", wanted)
    return tuple(value)


def _limit(text: str) -> TimeLimit:
    limit = parse_limit(text)
    if limit.kind in _NOT_FOR_REPORTS:
        raise ValueError(
            f"“{text}”不是按日计的；报表的时限自截止日当天结束起算，可写 "
            '"same day"、"3 working days"、"by the 25th"、"month end"'
        )
    return limit


def _refuse_a_broken_chain(rule: ReportRule, fields: Fields) -> None:
    """Who signs does not check as well, and who receives is not the one who signs."""
    if rule.signer in rule.checks:
        raise fields.error("checks", f"“{rule.signer.zh}”是签发人，不再列为核对人；请从 checks 中去掉")
    if rule.to is rule.signer:
        raise fields.error("to", f"“{rule.signer.zh}”不能既签发又接收；本单位自存的不写 to")
    if rule.also_to and rule.to is None:
        raise fields.error("also_to", "写了抄送，就要写明接收的岗位 to")
    if rule.to in rule.also_to:
        raise fields.error("also_to", "接收的岗位不再列为抄送；请去掉")


def _report_example(fields: Fields) -> ReportExample:
    example = ReportExample(
        fields.day("day"),
        fields.day("first"),
        fields.day("last"),
        f"{fields.moment('due'):%Y-%m-%d %H:%M}",
    )
    fields.done("day、first、last、due")
    return example


def read_target(fields: Fields) -> TargetRule:
    """One `[[target]]`; raises PackError with the key."""
    rule = TargetRule(
        figure=fields.choice("figure", _FIGURES),
        at_most=fields.share("at_most") if "at_most" in fields.table else None,
        at_least=fields.share("at_least") if "at_least" in fields.table else None,
        grades=_grades(fields),
        per=fields.choice("per", _PER),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        below=fields.flag("below"),
        examples=tuple(_target_example(each) for each in fields.tables("examples", "examples")),
    )
    fields.done(f"figure、at_most、at_least、below、grades、per、{_SAID}、examples")
    if (rule.at_most is None) is (rule.at_least is None):
        raise fields.error("at_most", "请写一个界限，不超过写 at_most，不低于写 at_least")
    if rule.below and rule.at_most is None:
        raise fields.error("below", "below 表示“以下”不含本数，只与 at_most 同用；请去掉")
    return rule


def _grades(fields: Fields) -> frozenset[int]:
    """`"primary"`, `"junior"`, or the grades by number; all nine where nothing is written."""
    value = fields.raw("grades", "all")
    if isinstance(value, str) and value in _GRADES:
        return _GRADES[value]
    if isinstance(value, list) and value and all(type(each) is int and each in ALL_GRADES for each in value):
        return frozenset(value)
    raise fields.error("grades", 'grades 应写 "all"、"primary"（小学）、"junior"（初中）或年级，如 [7, 8, 9]')


def refuse_targets_twice(targets: tuple[TargetRule, ...], where: list[Fields]) -> None:
    """No grade has two bounds for one figure measured in one place. Raises PackError."""
    for number, (rule, fields) in enumerate(zip(targets, where, strict=True)):
        for other in targets[:number]:
            same = (other.figure, other.per) == (rule.figure, rule.per)
            if same and (twice := other.grades & rule.grades):
                said = f"“{rule.figure.zh}”按 {rule.per} 已经定过 {min(twice)} 年级的界限"
                raise fields.error("grades", f"{said}；请只留一个")


def _target_example(fields: Fields) -> TargetExample:
    example = TargetExample(
        fields.share("value"), fields.flag("met"), fields.number("grade", 0) if "grade" in fields.table else 0
    )
    fields.done("value、met、grade")
    return example


def read_exclusion(fields: Fields) -> ExclusionRule:
    """One `[[excludes]]`; raises PackError with the key."""
    rule = ExclusionRule(
        figure=fields.choice("figure", _FIGURES),
        excludes=fields.terms("excludes", Tally),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
    )
    fields.done(f"figure、excludes、{_SAID}")
    if not rule.excludes:
        raise fields.error("excludes", '没有写剔除哪几项；写作 excludes = ["NORMAL_CHANGES"]')
    return rule


def read_ledger(fields: Fields) -> LedgerRule:
    """One `[[ledger]]`; raises PackError with the key."""
    rule = LedgerRule(
        kind=fields.term("kind", LedgerKind),
        level=fields.choice("level", _LEVELS),
        keeper=fields.term("keeper", Post),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
    )
    fields.done(f"kind、level、keeper、{_SAID}")
    return rule


def grades_said(grades: frozenset[int]) -> str:
    """`小学`, `初中`, `七、九年级`; nothing where all are meant."""
    named: Mapping[frozenset[int], str] = {ALL_GRADES: "", PRIMARY: "小学", JUNIOR: "初中"}
    if grades in named:
        return named[grades]
    return "、".join("一二三四五六七八九"[grade - 1] for grade in sorted(grades)) + "年级"


def share_said(value: Decimal) -> str:
    """`0.6%`, `100%`."""
    return f"{value.normalize():f}%"
