"""Triggers, duties and quotas in plain Chinese, one line each."""

from __future__ import annotations

from notoneless.core.explain import owed_line
from notoneless.core.policy.pack import (
    AbsenceTrigger,
    AfterTrigger,
    Anchor,
    ChainTrigger,
    CountOf,
    Duty,
    EventTrigger,
    EveryTrigger,
    LeaveOverrunTrigger,
    LeaveTrigger,
    OfLeave,
    OfUnrecorded,
    Period,
    PolicyPack,
    Quota,
    RollCallTrigger,
    StageTrigger,
    Trigger,
    Within,
)
from notoneless.core.terms import AbsenceReason, DayKind, SessionKind
from notoneless.core.time_limit import label

LEAVE = {
    OfLeave.PAUSES: "请假日不计，也不断开连续缺课",
    OfLeave.ENDS: "请假日断开连续缺课",
    OfLeave.COUNTS: "请假日计作缺课",
}
UNRECORDED = {
    OfUnrecorded.BRIDGES: "没有点名的日子不计缺课，也不断开，天数记作一个区间",
    OfUnrecorded.ENDS: "没有点名的日子断开连续缺课",
}
UNITS = {
    DayKind.LESSON: "节课",
    DayKind.SESSION: "次点名",
    DayKind.SCHOOL_DAY: "个上课日",
    DayKind.CALENDAR_DAY: "个日历日",
}
PERIODS = {
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
LEVELS = {
    "class": "班级",
    "school": "学校",
    "township": "乡镇",
    "county": "县",
    "city": "市",
    "province": "省",
}
ANCHORS = {
    Anchor.TRIGGER: "",
    Anchor.SPELL_START: "自缺课首日起",
    Anchor.TERM_START: "自开学起",
}
OF = {"class": "本班", "teacher": "每名教师", "school": "全校", "case": "每个个案"}


def trigger_line(when: Trigger, pack: PolicyPack) -> str:
    """A trigger in plain Chinese; a chain is said by what it follows in its own pack."""
    match when:
        case AbsenceTrigger():
            return _absence_line(when)
        case LeaveTrigger():
            return f"连续请假{_kinds(when.reasons)}满 {when.lasts} 个上课日"
        case LeaveOverrunTrigger():
            return f"假期已满未销假、未到校满 {when.days} 个上课日"
        case EventTrigger():
            return f"记下“{when.kind.zh}”时"
        case AfterTrigger():
            return _after_line(when)
        case ChainTrigger():
            return _chain_line(when, pack)
        case StageTrigger():
            held = f"满 {when.months} 个月" if when.months else ""
            return f"进入“{when.stage.zh}”阶段{held}时"
        case RollCallTrigger():
            return f"每个上课日{_session(when.session)}开始时，每个班"
        case EveryTrigger():
            months = "、".join(f"{month}月" for month in when.months)
            return f"{f'每年{months}' if months else PERIODS[when.period]}，由{LEVELS[when.level]}办"


def _absence_line(when: AbsenceTrigger) -> str:
    span = {
        Within.SPELL: "连续",
        Within.WINDOW: f"最近 {when.window} 个上课日内累计",
        Within.TERM: "本学期累计",
    }
    each = "，此后每多一次再算一次" if when.each else ""
    amount = f"{when.amount.count} {UNITS[when.amount.unit]}"
    return f"未请假缺课{_kinds(when.reasons)}{span[when.within]}满 {amount}{each}"


def _kinds(reasons: frozenset[AbsenceReason]) -> str:
    return f"（{'或'.join(sorted(r.zh for r in reasons))}）" if reasons else ""


def _session(code: str) -> str:
    """`晨检`, `第3节课`, `每节课`: a session, or all sessions of a kind, as people call them."""
    kinds = {kind.value: kind.zh for kind in SessionKind} | {SessionKind.LESSON.value: "每节课"}
    return kinds.get(code, f"第{code.lstrip('L')}节课")


def _after_line(when: AfterTrigger) -> str:
    found = "或".join(sorted(o.zh for o in when.outcomes))
    times = f"第 {when.times} 次" if when.times > 1 else ""
    return f"同一次缺课中{times}{when.act.zh}{f'，结果为{found}' if found else ''}之后"


def _chain_line(when: ChainTrigger, pack: PolicyPack) -> str:
    before = pack.rule(when.rule)
    acts = "、".join(dict.fromkeys(duty.act.zh for duty in before.obliges))
    return f"{trigger_line(before.when, pack)}，所应办的“{acts}”{'逾期未办' if when.missed else '办结'}时"


def duty_line(duty: Duty) -> str:
    """A duty in plain Chinese, with its time limit and what it needs."""
    needs = f"，须有{'、'.join(sorted(e.zh for e in duty.needs))}" if duty.needs else ""
    form = f"，填《{duty.form}》" if duty.form else ""
    return f"{owed_line(duty)}，{limit_line(duty)}{needs}{form}"


def limit_line(duty: Duty) -> str:
    """A duty's time limit, from when it runs, and how many times: `自缺课首日起7个日历日内，2 次`."""
    times = f"，{duty.times} 次" if duty.times > 1 else ""
    return f"{ANCHORS[duty.anchor]}{label(duty.by)}{times}"


def quota_line(quota: Quota) -> str:
    """A quota in plain Chinese."""
    unit = "名学生" if quota.counts is CountOf.CHILDREN else "人次"
    least = f"{quota.share}% 的学生" if quota.share else f"{quota.count} {unit}"
    before = f"，开始前 {quota.days_before} 个日历日内办的也算" if quota.days_before else ""
    return f"{quota.who.zh}{PERIODS[quota.per]}{quota.act.zh}不少于 {least}（按{OF[quota.of]}计）{before}"
