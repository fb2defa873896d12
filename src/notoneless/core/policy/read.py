"""A pack from its TOML file; every error says the file, the line, the key, and what would be right."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from notoneless.core.figure_terms import Figure
from notoneless.core.policy.examples import read_example
from notoneless.core.policy.fields import Fields, PackError
from notoneless.core.policy.pack import (
    CAPABILITIES,
    PARTS,
    Anchor,
    ChainTrigger,
    Clause,
    ClauseKind,
    Counting,
    Duty,
    EveryTrigger,
    OfLeave,
    OfUnrecorded,
    PolicyPack,
    RollCallTrigger,
    Rule,
    StageTrigger,
)
from notoneless.core.policy.quota import read_clauses, read_quota, read_quota_example
from notoneless.core.policy.read_case_rules import (
    read_closing,
    read_pairing,
    read_placement,
    read_tuition,
    refuse_broken_spans,
)
from notoneless.core.policy.read_report_rules import (
    read_exclusion,
    read_ledger,
    read_report,
    read_target,
    refuse_targets_twice,
)
from notoneless.core.policy.when import read_trigger
from notoneless.core.stages import EVENT_OF
from notoneless.core.terms import Act, Evidence, Post, Stage
from notoneless.core.time_limit import parse_limit

_ANCHORS = {anchor.value: anchor for anchor in Anchor}
_LEAVE = {each.value: each for each in OfLeave}
_UNRECORDED = {each.value: each for each in OfUnrecorded}
_HEADING = re.compile(r"\s*\[\[\s*([\w-]+)\s*\]\]")
_KINDS = {kind.value: kind for kind in ClauseKind}
_CAPABILITIES = {name: name for name in CAPABILITIES}
_PARTS = {name: name for name in PARTS}
_FIGURES = {figure.value: figure.value for figure in Figure}
# What a pack says beside its rules: the key, what a refusal calls it.
_BESIDE = {
    "closing": "销号条件",
    "placement": "返校安置",
    "tuition": "送教要求",
    "pairing": "结对要求",
    "report": "报表要求",
    "target": "指标",
    "excludes": "剔除规定",
    "ledger": "台账要求",
}


def read_pack(text: str, *, file: str, clauses: Collection[str] | None = None) -> PolicyPack:
    """The pack in `text`; raises PackError. With `clauses`, every clause cited must be one of them."""
    return pack_of(parsed(text, file), text, file=file, clauses=clauses)


def pack_of(
    table: dict[str, Any], text: str, *, file: str, clauses: Collection[str] | None = None
) -> PolicyPack:
    """The pack in a table that was parsed from `text`; raises PackError."""
    top = Fields(table, file=file, line=1, name="")
    lines = _Lines(text)
    own = _own_clauses(top)
    rules = tuple(_rule(f) for f in _each(top, "rule", "规则", lines))
    pack = PolicyPack(
        id=top.text("id"),
        title=top.text("title"),
        regime=top.text("regime", ""),
        issuer=top.text("issuer"),
        document=top.text("document"),
        in_force_from=top.day("in_force_from"),
        in_force_until=_until(top),
        extends=top.text("extends", ""),
        counting=_counting(top),
        rules=rules,
        examples=tuple(read_example(f) for f in _each(top, "example", "算例", lines)),
        closings=tuple(read_closing(f) for f in _beside(top, "closing", lines)),
        placements=tuple(read_placement(f) for f in _beside(top, "placement", lines)),
        tuitions=tuple(read_tuition(f) for f in _beside(top, "tuition", lines)),
        pairings=tuple(read_pairing(f) for f in _beside(top, "pairing", lines)),
        reports=tuple(read_report(f) for f in _beside(top, "report", lines)),
        targets=tuple(read_target(f) for f in _beside(top, "target", lines)),
        exclusions=tuple(read_exclusion(f) for f in _beside(top, "excludes", lines)),
        ledgers=tuple(read_ledger(f) for f in _beside(top, "ledger", lines)),
        other_clauses=tuple(_clause(f) for f in _each(top, "clause", "条款", lines)),
        quotas=tuple(read_quota(f) for f in _each(top, "quota", "数量要求", lines)),
        quota_examples=tuple(read_quota_example(f) for f in _each(top, "quota_example", "数量算例", lines)),
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
        file=file,
        lines={"extends": lines.extends} | {rule.id: lines.of("rule", i) for i, rule in enumerate(rules)},
    )
    top.done(
        "id、title、regime、issuer、document、own_clauses、in_force_from、in_force_until、extends、counting、"
        "rule、example、quota、quota_example、closing、placement、tuition、pairing、report、target、excludes、ledger、"
        "clause"
    )
    _check_whole(pack, top, lines, None if clauses is None else {*clauses, *own})
    return pack


def _own_clauses(top: Fields) -> list[str]:
    """The clause ids of a document that is not in the index: a county's own."""
    value = top.raw("own_clauses", [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise top.error("own_clauses", '应当是条款编号的列表，写作 own_clauses = ["第一条", "第二条"]')
    return value


def parsed(text: str, file: str) -> dict[str, Any]:
    """The text as TOML gives it, shares exact; raises PackError."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PackError(file, 0, "", f"不是合格的 TOML 文件：{error}；请检查引号、括号和等号") from None


class _Lines:
    """Where the n-th `[[name]]` of a file begins, so that a refusal can point at it."""

    def __init__(self, text: str) -> None:
        self.starts: dict[str, list[int]] = {}
        self.extends = 0
        for number, line in enumerate(text.splitlines(), 1):
            if heading := _HEADING.match(line):
                self.starts.setdefault(heading[1], []).append(number)
            elif line.startswith("extends"):
                self.extends = self.extends or number

    def of(self, name: str, index: int) -> int:
        """The line of the heading, 0 when it is not written as a heading."""
        found = self.starts.get(name, [])
        return found[index] if index < len(found) else 0


def _each(top: Fields, key: str, word: str, lines: _Lines) -> list[Fields]:
    tables = top.raw(key, [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise top.error(key, f"应写作 [[{key}]]")
    return [
        Fields(t, file=top.file, line=lines.of(key, i), name=f"{word}“{t.get('id', t.get('rule', i + 1))}”")
        for i, t in enumerate(tables)
    ]


def _beside(top: Fields, key: str, lines: _Lines) -> list[Fields]:
    return _each(top, key, _BESIDE[key], lines)


def _until(top: Fields) -> date | None:
    if top.raw("in_force_until") is None:
        return None
    until = top.day("in_force_until")
    if until <= top.day("in_force_from"):
        raise top.error("in_force_until", "应当晚于 in_force_from")
    return until


def _counting(top: Fields) -> Counting:
    fields = top.inner(top.raw("counting", {}), "counting")
    counting = Counting(
        fields.choice("leave", _LEAVE, OfLeave.PAUSES.value),
        fields.choice("unrecorded", _UNRECORDED, OfUnrecorded.BRIDGES.value),
    )
    fields.done("leave、unrecorded")
    return counting


def _rule(fields: Fields) -> Rule:
    rule = Rule(
        id=fields.text("id"),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        when=read_trigger(fields.inner(fields.raw("when"), "when")),
        obliges=tuple(_duty(f) for f in fields.tables("obliges", "obliges")),
        stage=_stage(fields) if "stage" in fields.table else None,
        refines=fields.text("refines", ""),
        floor=fields.flag("floor"),
    )
    fields.done("id、clause、pointer、says、reading、when、obliges、stage、refines、floor")
    if not rule.obliges and rule.stage is None:
        raise fields.error(
            "obliges", "规则既没有应办事项也没有阶段；请写 obliges = [{ act = …, who = …, by = … }]"
        )
    return rule


def _stage(fields: Fields) -> Stage:
    stage = fields.term("stage", Stage)
    if stage not in EVENT_OF:
        allowed = "、".join(f"{each.lower()}（{each.zh}）" for each in EVENT_OF)
        raise fields.error("stage", f"规则不能使学生进入“{stage.zh}”；可用：{allowed}")
    return stage


def _duty(fields: Fields) -> Duty:
    duty = Duty(
        act=fields.term("act", Act),
        who=fields.term("who", Post),
        by=fields.parsed("by", parse_limit),
        anchor=fields.choice("from", _ANCHORS, Anchor.TRIGGER.value),
        to=fields.term("to", Post) if "to" in fields.table else None,
        taking_part=fields.terms("with", Post),
        needs=fields.terms("needs", Evidence),
        times=fields.number("times", 1),
        form=fields.text("form", ""),
    )
    fields.done("act、who、by、from、to、with、needs、times、form")
    return duty


def _clause(fields: Fields) -> Clause:
    clause = Clause(
        id=fields.text("id"),
        pointer=fields.text("pointer"),
        kind=fields.choice("kind", _KINDS),
        says=fields.text("says"),
        waits=fields.choice("waits", _CAPABILITIES) if "waits" in fields.table else "",
        runs_in=fields.choice("runs_in", _PARTS) if "runs_in" in fields.table else "",
        law=fields.text("law", ""),
        instead=fields.text("instead", ""),
        figure=fields.choice("figure", _FIGURES) if "figure" in fields.table else "",
        bound=fields.text("bound", ""),
        because=fields.text("because", ""),
    )
    fields.done("id、pointer、kind、says、waits、runs_in、law、instead、figure、bound、because")
    refused = clause.kind is ClauseKind.REFUSED
    if refused and not (clause.law and clause.instead):
        raise fields.error("law", "不执行的条款要写明违反哪条法律（law）和产品怎么做（instead）")
    if clause.waits and clause.runs_in:
        raise fields.error("waits", "已经写了在哪里办（runs_in），就不再等待；请去掉一个")
    if not refused and clause.kind is not ClauseKind.CONDUCT and not (clause.waits or clause.runs_in):
        raise fields.error("waits", f"请写明等待哪项功能；可用：{'、'.join(_CAPABILITIES)}")
    return clause


def _check_whole(pack: PolicyPack, top: Fields, lines: _Lines, clauses: Collection[str] | None) -> None:
    ids = [rule.id for rule in pack.rules]
    for i, rule in enumerate(pack.rules):
        where = Fields({}, file=top.file, line=lines.of("rule", i), name=f"规则“{rule.id}”")
        if ids.index(rule.id) != i:
            raise where.error("id", "本文件里已有同名规则；请换一个名字")
        _check_clauses(rule.clause, where, clauses)
        _check_chain(rule, pack, where)
    for i, example in enumerate(pack.examples):
        if example.rule not in ids:
            where = Fields({}, file=top.file, line=lines.of("example", i), name=f"算例“{example.rule}”")
            raise where.error("rule", f"没有这条规则；本文件的规则有：{'、'.join(ids)}")
    _check_quotas(pack, top, lines, clauses)
    _check_beside(pack, top, lines, clauses)
    for i, other in enumerate(pack.other_clauses):
        where = Fields({}, file=top.file, line=lines.of("clause", i), name=f"条款“{other.id}”")
        _check_clauses((other.id,), where, clauses)


def _check_beside(pack: PolicyPack, top: Fields, lines: _Lines, clauses: Collection[str] | None) -> None:
    """What stands beside the rules cites known clauses, is not said twice, and spans of placement join."""
    said: dict[str, list[tuple[str, tuple[str, ...]]]] = {
        "closing": [(f"kind“{each.kind.zh}”", each.clause) for each in pack.closings],
        "placement": [(f"months_from“{each.months_from}”", each.clause) for each in pack.placements],
        "tuition": [("tuition", each.clause) for each in pack.tuitions],
        "pairing": [(f"purpose“{each.purpose.zh}”", each.clause) for each in pack.pairings],
        "report": [(f"{each.level} 的“{each.kind.zh}”", each.clause) for each in pack.reports],
        "target": [(f"第 {i} 项", each.clause) for i, each in enumerate(pack.targets, 1)],
        "excludes": [(f"figure“{each.figure}”", each.clause) for each in pack.exclusions],
        "ledger": [(f"{each.level} 的“{each.kind.zh}”", each.clause) for each in pack.ledgers],
    }
    for key, rows in said.items():
        for i, (about, cited) in enumerate(rows):
            where = _where(top, key, i, lines)
            _check_clauses(cited, where, clauses)
            if about in [each for each, _ in rows[:i]]:
                raise where.error("", f"本文件里已经写过 {about}；请只留一个")
    spans = [_where(top, "placement", i, lines) for i in range(len(pack.placements))]
    refuse_broken_spans(pack.placements, spans)
    refuse_targets_twice(pack.targets, [_where(top, "target", i, lines) for i in range(len(pack.targets))])


def _where(top: Fields, key: str, number: int, lines: _Lines) -> Fields:
    name = f"{_BESIDE[key]}“{number + 1}”"
    return Fields({}, file=top.file, line=lines.of(key, number), name=name)


def _check_quotas(pack: PolicyPack, top: Fields, lines: _Lines, clauses: Collection[str] | None) -> None:
    ids = [quota.id for quota in pack.quotas]
    for i, quota in enumerate(pack.quotas):
        where = Fields({}, file=top.file, line=lines.of("quota", i), name=f"数量要求“{quota.id}”")
        if ids.index(quota.id) != i:
            raise where.error("id", "本文件里已有同名数量要求；请换一个名字")
        _check_clauses(quota.clause, where, clauses)
    for i, example in enumerate(pack.quota_examples):
        if example.quota not in ids:
            where = Fields(
                {}, file=top.file, line=lines.of("quota_example", i), name=f"数量算例“{example.quota}”"
            )
            raise where.error("quota", f"没有这项数量要求；本文件有：{'、'.join(ids)}")


def _check_clauses(cited: tuple[str, ...], where: Fields, clauses: Collection[str] | None) -> None:
    unknown = [] if clauses is None else [c for c in cited if c not in clauses]
    if unknown:
        raise where.error(
            "clause",
            f"条款索引里没有“{unknown[0]}”；请核对编号，本单位自己的文件请把条款编号写进 own_clauses",
        )


def _check_chain(rule: Rule, pack: PolicyPack, where: Fields) -> None:
    waits_for = {r.id: r.when.rule for r in pack.rules if isinstance(r.when, ChainTrigger)}
    seen = [rule.id]
    while seen[-1] in waits_for:
        following = waits_for[seen[-1]]
        if following not in {r.id for r in pack.rules}:
            raise where.error("when", f"没有规则“{following}”；missed/done 只能指本文件里的规则")
        if following in seen:
            raise where.error("when", f"规则互相等待：{' → '.join([*seen, following])}；请断开其中一环")
        seen.append(following)
    root = pack.rule(seen[-1]).when
    if len(seen) > 1 and isinstance(root, RollCallTrigger | EveryTrigger):
        raise where.error("when", f"规则“{seen[-1]}”不是因某个学生而起；missed/done 只能接在学生的规则之后")
    if rule.stage is not None and isinstance(root, StageTrigger):
        raise where.error("stage", "由阶段引起的规则不能再改变阶段；请去掉 stage，改由家访等动作的结果引起")
