"""Reports, targets, exclusions and ledgers on the page of a pack, each with its examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from notoneless.core.paper import Answer, Block, Heading, Items, Pairs, Paragraph, Table
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read_report_rules import share_said
from notoneless.core.policy.report_rules import ExclusionRule, LedgerRule, ReportRule, TargetRule
from notoneless.core.policy.say_report_rules import exclusion_line, ledger_line, report_line, target_line

AGREE = Answer("审核", ("同意", "应改为："))
Rule = ReportRule | TargetRule | ExclusionRule | LedgerRule


def report_rule_blocks(pack: PolicyPack) -> Iterator[Block]:
    """What a pack says of reporting; nothing where it does not speak of it."""
    if pack.reports:
        yield Heading(2, "报表")
        for report in pack.reports:
            yield from _rule(report, f"{report.kind.zh}，{report_line(report)}", _report_rows(report))
        yield AGREE
    if pack.targets or pack.exclusions:
        yield Heading(2, "指标")
        for target in pack.targets:
            yield from _rule(target, target_line(target), _target_rows(target))
        for exclusion in pack.exclusions:
            yield from _rule(exclusion, exclusion_line(exclusion), ())
        yield AGREE
    if pack.ledgers:
        yield from _ledgers(pack.ledgers)


def _rule(rule: Rule, line: str, examples: Iterable[str]) -> Iterator[Block]:
    yield Heading(3, f"{rule.pointer}（{'、'.join(rule.clause)}）")
    yield Paragraph(rule.says, said=True)
    yield Pairs((("规定", line), ("怎样算", rule.reading)))
    if rows := tuple(examples):
        yield Items(rows)


def _report_rows(rule: ReportRule) -> Iterator[str]:
    for each in rule.examples:
        yield f"算例：{each.day} 在 {each.first} 至 {each.last} 一期，{each.due} 前报出"


def _target_rows(rule: TargetRule) -> Iterator[str]:
    for each in rule.examples:
        whose = f"{each.grade} 年级 " if each.grade else ""
        yield f"算例：{whose}{share_said(each.value)}，{'达到' if each.met else '没有达到'}"


def _ledgers(rules: tuple[LedgerRule, ...]) -> Iterator[Block]:
    rows = tuple((r.says, ledger_line(r), r.reading, r.pointer, "、".join(r.clause)) for r in rules)
    yield Heading(2, "台账")
    yield Table(("条文的意思", "台账", "怎样算", "位置", "条款"), rows, (24, 26, 30, 12, 8))
    yield AGREE


# What binds from farther packs.


def farther_report_rules(packs: PacksInForce) -> Iterator[str]:
    """What packs that this one extends say of reporting where it says nothing itself, one line each."""
    own = packs.layers[0][0]
    reports = (r for r in packs.report_rules() if r not in own.reports)
    yield from (f"{r.pointer}：{r.kind.zh}，{report_line(r)}" for r in reports)
    targets = (t for t in packs.target_rules() if t not in own.targets)
    yield from (f"{t.pointer}：{target_line(t)}" for t in targets)
    exclusions = (e for e in packs.exclusion_rules() if e not in own.exclusions)
    yield from (f"{e.pointer}：{exclusion_line(e)}" for e in exclusions)
    ledgers = (each for each in packs.ledger_rules() if each not in own.ledgers)
    yield from (f"{each.pointer}：{ledger_line(each)}" for each in ledgers)
