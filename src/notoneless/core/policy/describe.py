"""A pack as a page an official can read and sign: clause, our words, reading, duties, examples."""

from __future__ import annotations

from datetime import date

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.explain import owed_line
from notoneless.core.facts import ActDone, Event, Leave, Mark
from notoneless.core.policy.examples import at_moment
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.pack import (
    CAPABILITIES,
    AbsenceTrigger,
    AfterTrigger,
    Anchor,
    ChainTrigger,
    Clause,
    ClauseKind,
    CountOf,
    Duty,
    EventTrigger,
    EveryTrigger,
    Example,
    LeaveOverrunTrigger,
    LeaveTrigger,
    OfLeave,
    OfUnrecorded,
    Period,
    PolicyPack,
    Quota,
    RollCallTrigger,
    Rule,
    StageTrigger,
    Trigger,
    Within,
)
from notoneless.core.terms import DayKind
from notoneless.core.time_limit import label

_LEAVE = {
    OfLeave.PAUSES: "请假日不计，也不断开连续缺课",
    OfLeave.ENDS: "请假日断开连续缺课",
    OfLeave.COUNTS: "请假日计作缺课",
}
_UNRECORDED = {
    OfUnrecorded.BRIDGES: "没有点名的日子不计缺课，也不断开，天数记作一个区间",
    OfUnrecorded.ENDS: "没有点名的日子断开连续缺课",
}
_UNITS = {
    DayKind.LESSON: "节课",
    DayKind.SESSION: "次点名",
    DayKind.SCHOOL_DAY: "个上课日",
    DayKind.CALENDAR_DAY: "个日历日",
}
_PERIODS = {
    Period.SCHOOL_DAY: "每个上课日",
    Period.WORKING_DAY: "每个工作日",
    Period.WEEK: "每周",
    Period.MONTH: "每月",
    Period.QUARTER: "每季度",
    Period.TERM: "每学期",
    Period.TERM_START: "每学期开学",
    Period.SCHOOL_YEAR: "每学年",
    Period.HOLIDAY: "每个三天以上的假期之前一周",
}
_KINDS = {
    ClauseKind.TARGET: "指标",
    ClauseKind.FORMULA: "公式",
    ClauseKind.LEDGER: "台账",
    ClauseKind.FORM: "表单",
    ClauseKind.CHAIN: "责任链",
    ClauseKind.PLACEMENT: "安置",
    ClauseKind.SUPPORT: "帮扶",
    ClauseKind.RECOGNITION: "评先",
    ClauseKind.CONSEQUENCE: "问责",
    ClauseKind.PUBLICITY: "宣传",
    ClauseKind.CONDUCT: "行为要求",
    ClauseKind.REFUSED: "不执行",
}
_LEVELS = {
    "class": "班级",
    "school": "学校",
    "township": "乡镇",
    "county": "县",
    "city": "市",
    "province": "省",
}
_STATES = {"waits": "待建", "refused": "不执行", "runs": "告知"}


def describe(pack: PolicyPack, packs: PacksInForce, calendar: SchoolCalendar) -> str:
    """The whole pack as a Chinese page in Markdown, in the order of its file."""
    lines = [f"# {pack.title}", "", *_head(pack), "", "## 计算口径", "", *_counting(pack), ""]
    for rule in pack.rules:
        lines += [*_rule(rule, pack, calendar), ""]
    lines += [
        *_quotas(pack),
        *_closings(pack),
        *_others(pack),
        *_farther(packs),
        "",
        "审核人：________　　日期：________　　盖章：",
    ]
    return "\n".join(lines) + "\n"


def _head(pack: PolicyPack) -> list[str]:
    until = f"至 {pack.in_force_until}（不含）" if pack.in_force_until else "起"
    return [
        f"- 编号：`{pack.id}`，版本 `{pack.version}`",
        f"- 制定：{pack.issuer}；来源：{pack.document}",
        f"- 生效：{pack.in_force_from} {until}",
        f"- 上位制度：{f'`{pack.extends}`' if pack.extends else '无'}",
    ]


def _counting(pack: PolicyPack) -> list[str]:
    rows = [_LEAVE[pack.counting.leave], _UNRECORDED[pack.counting.unrecorded], "迟到算到校"]
    return [f"- {row}。" for row in rows]


def _rule(rule: Rule, pack: PolicyPack, calendar: SchoolCalendar) -> list[str]:
    examples = [example for example in pack.examples if example.rule == rule.id]
    return [
        f"## {rule.pointer}（{'、'.join(rule.clause)}）",
        "",
        f"{rule.says}",
        "",
        f"- 怎样算：{rule.reading}",
        f"- 何时发生：{trigger_line(rule.when)}",
        *(f"- 应办：{duty_line(duty)}" for duty in rule.obliges),
        *([f"- 阶段：{rule.stage.zh}"] if rule.stage else []),
        f"- 规则名：`{rule.id}`" + (f"，代替 `{rule.refines}`" if rule.refines else ""),
        "",
        "| 算例 | 事实 | 截至 | 应办 |",
        "|---|---|---|---|",
        *(_example(example, calendar) for example in examples),
    ]


def trigger_line(when: Trigger) -> str:
    """A trigger in plain Chinese."""
    match when:
        case AbsenceTrigger():
            return _absence_line(when)
        case LeaveTrigger():
            return f"连续请假满 {when.lasts} 个上课日"
        case LeaveOverrunTrigger():
            return f"假期已满未销假、未到校满 {when.days} 个上课日"
        case EventTrigger():
            return f"记下“{when.kind.zh}”时"
        case AfterTrigger():
            found = "或".join(sorted(o.zh for o in when.outcomes))
            times = f"第 {when.times} 次" if when.times > 1 else ""
            return f"同一次缺课中{times}{when.act.zh}{f'，结果为{found}' if found else ''}之后"
        case ChainTrigger():
            return f"规则 `{when.rule}` {'逾期未办' if when.missed else '办结'}时"
        case StageTrigger():
            held = f"满 {when.months} 个月" if when.months else ""
            return f"进入“{when.stage.zh}”阶段{held}时"
        case RollCallTrigger():
            return f"每个上课日节次 {when.session} 开始时，每个班"
        case EveryTrigger():
            months = "、".join(f"{month}月" for month in when.months)
            period = f"每年{months}" if months else _PERIODS[when.period]
            return f"{period}，由{_LEVELS[when.level]}办"


def _absence_line(when: AbsenceTrigger) -> str:
    span = {
        Within.SPELL: "连续",
        Within.WINDOW: f"最近 {when.window} 个上课日内累计",
        Within.TERM: "本学期累计",
    }
    each = "，此后每多一次再算一次" if when.each else ""
    reasons = "或".join(sorted(r.zh for r in when.reasons))
    kind = f"（{reasons}）" if reasons else ""
    return f"未请假缺课{kind}{span[when.within]}满 {when.amount.count} {_UNITS[when.amount.unit]}{each}"


def duty_line(duty: Duty) -> str:
    """A duty in plain Chinese, with its time limit and what it needs."""
    start = {Anchor.TRIGGER: "", Anchor.SPELL_START: "自缺课首日起", Anchor.TERM_START: "自开学起"}[
        duty.anchor
    ]
    times = f"，{duty.times} 次" if duty.times > 1 else ""
    needs = f"，须有{'、'.join(sorted(e.zh for e in duty.needs))}" if duty.needs else ""
    form = f"，填《{duty.form}》" if duty.form else ""
    return f"{owed_line(duty)}，{start}{label(duty.by)}{times}{needs}{form}"


def _example(example: Example, calendar: SchoolCalendar) -> str:
    expect = "；".join(
        f"{e.act.zh}（{e.who.zh}）{e.due}{f' {e.state.zh}' if e.state else ''}" for e in example.expect
    )
    at = at_moment(example).strftime("%Y-%m-%d %H:%M")
    return f"| {example.about} | {'；'.join(_facts(example, calendar)) or '—'} | {at} | {expect or '无'} |"


def _facts(example: Example, calendar: SchoolCalendar) -> list[str]:
    lines = [_day(day, status.zh, calendar) for day, status in example.drawn]
    for fact in example.facts:
        if isinstance(fact, ActDone):
            lines.append(f"{fact.at:%m-%d %H:%M} {fact.by.zh}{fact.act.zh}（{fact.outcome.zh}）")
        elif isinstance(fact, Event):
            lines.append(f"{fact.at:%m-%d %H:%M} {fact.kind.zh}")
        elif isinstance(fact, Leave):
            lines.append(f"{fact.from_day:%m-%d} 起{fact.reason.zh}，{fact.until:%m-%d} 应到校")
        elif isinstance(fact, Mark) and fact.id.startswith("correction"):
            lines.append(f"{fact.learned_at:%m-%d %H:%M} 更正 {fact.day:%m-%d} 为{fact.status.zh}")
    return lines + [
        f"{c.declared_at:%m-%d %H:%M} 宣布 {c.from_day:%m-%d} {c.reason}" for c in example.closures
    ]


def _day(day: date, status: str, calendar: SchoolCalendar) -> str:
    return f"{day:%m-%d}（{'一二三四五六日'[day.weekday()]}）{status}"


def _closings(pack: PolicyPack) -> list[str]:
    if not pack.closings:
        return []
    rows = [
        f"- {c.kind.zh}：连续到校 {c.present_school_days} 个上课日。{c.reading}（{'、'.join(c.clause)}）"
        for c in pack.closings
    ]
    return ["## 销号条件", "", *rows, ""]


def _others(pack: PolicyPack) -> list[str]:
    if not pack.other_clauses:
        return []
    rows = [f"| {c.id} | {c.pointer} | {c.says} | {_kind(c)} | {_state(c)} |" for c in pack.other_clauses]
    head = ["| 条款 | 位置 | 内容 | 类别 | 处理 |", "|---|---|---|---|---|"]
    return ["## 不作为应办事项的条款", "", *head, *rows, ""]


def _kind(clause: Clause) -> str:
    return f"{_KINDS[clause.kind]} {clause.bound}".strip()


def _state(clause: Clause) -> str:
    if clause.state == "refused":
        return f"不执行：{clause.law}；{clause.instead}"
    if clause.state == "waits":
        return f"待“{CAPABILITIES[clause.waits]}”建成"
    return "告知本页读者"


def _quotas(pack: PolicyPack) -> list[str]:
    lines: list[str] = []
    for quota in pack.quotas:
        lines += [f"## {quota.pointer}（{'、'.join(quota.clause)}）", "", quota.says, ""]
        lines += [f"- 怎样算：{quota.reading}", f"- 数量：{quota_line(quota)}", f"- 名称：`{quota.id}`", ""]
        lines += ["| 算例 | 学生数 | 截至 | 已办 | 应办 | 期限 | 达到 |", "|---|---|---|---|---|---|---|"]
        for example in pack.quota_examples:
            if example.quota == quota.id:
                done, needed, until, met = example.expect
                at = example.at[:16]
                row = f"{example.about} | {example.children} | {at} | {done} | {needed} | {until}"
                lines.append(f"| {row} | {'是' if met else '否'} |")
        lines.append("")
    return lines


def quota_line(quota: Quota) -> str:
    """A quota in plain Chinese."""
    per = {Period.TERM: "每学期", Period.SCHOOL_YEAR: "每学年", Period.MONTH: "每月"}[quota.per]
    unit = "名学生" if quota.counts is CountOf.CHILDREN else "人次"
    least = f"{quota.share}% 的学生" if quota.share else f"{quota.count} {unit}"
    before = f"，开始前 {quota.days_before} 个日历日内办的也算" if quota.days_before else ""
    return f"{quota.who.zh}{per}{quota.act.zh}不少于 {least}{before}"


def _farther(packs: PacksInForce) -> list[str]:
    own = packs.layers[0][0]
    rows = [f"- {b.rule.pointer}：{b.rule.says}（`{b.ref}`）" for b in packs.rules if b.pack is not own]
    return ["## 同时有效的上位规定", "", *rows] if rows else []
