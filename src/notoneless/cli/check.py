"""`notoneless check`: what is owed, to whom, by when, from two spreadsheets; no server, no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from notoneless.core.calendar import SchoolCalendar, default_calendar
from notoneless.core.calendar_file import CalendarFileError, read_calendar
from notoneless.core.explain import deadline, moment_line, owed_line, session_label, stamp, state_label, why
from notoneless.core.facts import CHINA_TIME, Fact, Mark
from notoneless.core.obligations import Obligation
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.library import packs_in_force
from notoneless.core.time_limit import label
from notoneless.exchange.problems import Unreadable
from notoneless.exchange.rosters import RosterPupil
from notoneless.services.check import CheckResult, NotTaken, Owed, check

NOTHING_OVERDUE, SOMETHING_OVERDUE, UNUSABLE = 0, 1, 2


def add_parser(commands: Any) -> None:
    """Add `check` to the command table."""
    parser = commands.add_parser("check", help="两张表算出应办事项 / what is owed, from two spreadsheets")
    parser.add_argument("--roster", required=True, nargs="+", metavar="FILE", help="花名册 / roster")
    parser.add_argument("--attendance", required=True, nargs="+", metavar="FILE", help="考勤表 / attendance")
    parser.add_argument("--policy", required=True, metavar="ID", help="制度包，如 seeds/shanshu-2014")
    parser.add_argument("--as-of", required=True, metavar="2026-11-20T09:30", help="截至时刻 / judged at")
    parser.add_argument("--calendar", metavar="FILE", help="校历（TOML）/ school calendar")
    parser.add_argument("--json", action="store_true", help="机器读的结果 / machine-readable")
    parser.add_argument("--explain", action="store_true", help="逐条说明依据 / show each derivation")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check and print; 0 nothing overdue, 1 something overdue, 2 the input cannot be used."""
    try:
        result = check(
            args.roster,
            args.attendance,
            packs=packs_in_force(args.policy),
            calendar=_calendar(args.calendar),
            as_of=_moment(args.as_of),
            progress=_progress,
        )
    except (PackError, CalendarFileError, _BadMoment, Unreadable) as refusal:
        return _refuse(refusal, args)
    if args.json:
        print(json.dumps(as_json(result, args.policy, args.explain), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(result, args.policy, args.explain)))
    return SOMETHING_OVERDUE if result.anything_overdue else NOTHING_OVERDUE


def _progress(items: Iterable[int], what: str) -> Iterable[int]:
    """A bar when a person watches; `tqdm` stays silent when standard error is no terminal."""
    bar: Iterable[int] = tqdm(items, desc=what, disable=None, leave=False, delay=0.5)
    return bar


def _refuse(refusal: Exception, args: argparse.Namespace) -> int:
    problems = [_problem(p) for p in refusal.problems] if isinstance(refusal, Unreadable) else None
    if args.json:
        nothing = {"as_of": args.as_of, "policy": args.policy, "obligations": [], "unrecorded": []}
        told = problems or [{"file": "", "sheet": "", "cell": "", "message": str(refusal)}]
        print(json.dumps({**nothing, "duties": [], "problems": told}, ensure_ascii=False, indent=2))
    print(refusal, file=sys.stderr)
    return UNUSABLE


class _BadMoment(ValueError):
    """An `--as-of` that is no moment."""


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _BadMoment(f"--as-of 应写作 2026-11-20T09:30 这样的时刻，写的是“{text}”") from None
    return moment.astimezone(CHINA_TIME) if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)


def _calendar(path: str | None) -> SchoolCalendar:
    if path is None:
        return default_calendar()
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _BadMoment(f"校历文件 {path} 打不开：{error}；应当是 UTF-8 编码的 TOML 文件") from None
    return read_calendar(text, file=Path(path).name, base=default_calendar())


# What machines read: equal input gives equal bytes.


def as_json(result: CheckResult, policy: str, explain: bool) -> dict[str, Any]:
    """The result as plain values, obligations soonest first."""
    return {
        "as_of": _iso(result.as_of),
        "policy": policy,
        "obligations": [_owed_json(owed, result, explain) for owed in result.owed],
        "unrecorded": [_not_taken_json(each) for each in result.not_taken],
        "duties": [_duty_json(duty) for duty in result.duties],
        "problems": [_problem(problem) for problem in result.problems],
    }


def _owed_json(owed: Owed, result: CheckResult, explain: bool) -> dict[str, Any]:
    obligation = owed.obligation
    facts = zip(obligation.facts, (*owed.sources, *[""] * len(obligation.facts)), strict=False)
    row = {
        "child": _child(owed.pupil),
        **_duty_json(obligation),
        "facts": [_fact(fact, source) for fact, source in facts],
        "proof": _proof(obligation),
    }
    if explain:
        row["explanation"] = why(obligation, result.calendar)._asdict()
    return row


def _child(pupil: RosterPupil) -> dict[str, str]:
    return {"enrolment_no": pupil.enrolment_no, "name": pupil.name, "class": pupil.class_name}


def _duty_json(obligation: Obligation) -> dict[str, Any]:
    duty = obligation.duty
    return {
        "act": str(duty.act),
        "to": str(duty.to) if duty.to else None,
        "who": str(duty.who),
        "with": sorted(str(post) for post in duty.taking_part),
        "due_at": _iso(obligation.due.at),
        "state": str(obligation.state),
        "rule": obligation.bound.ref,
        "clause": list(obligation.bound.rule.clause),
    }


def _fact(fact: Fact, source: str) -> dict[str, Any]:
    if not isinstance(fact, Mark):
        return {"kind": type(fact).__name__}
    return {
        "day": str(fact.day),
        "session": fact.session,
        "status": str(fact.status),
        "reason": str(fact.reason) if fact.reason else None,
        "at": _iso(fact.at),
        "source": source,
    }


def _proof(obligation: Obligation) -> dict[str, Any]:
    skipped = obligation.due.skipped
    return {
        "from": _iso(obligation.arose_at),
        "limit": label(obligation.duty.by),
        "until": _iso(obligation.due.at),
        "skipped": [
            {"from": _iso(s.from_at), "until": _iso(s.until_at), "why": str(s.why), "name": s.name}
            for s in skipped
        ],
        "unknown": obligation.due.unknown,
    }


def _not_taken_json(each: NotTaken) -> dict[str, Any]:
    return {
        "class": each.class_key.name,
        "day": str(each.day),
        "session": each.session,
        "whole_class": not each.pupils,
        "children": [_child(pupil) for pupil in each.pupils],
        "obligation": _duty_json(each.owed) if each.owed else None,
    }


def _problem(problem: Any) -> dict[str, str]:
    named = ("file", "sheet", "cell", "message", "severity")
    return {name: getattr(problem, name) for name in named}


def _iso(at: datetime | None) -> str | None:
    """Civil time at the school, to the minute, as `--as-of` is written."""
    return at.strftime("%Y-%m-%dT%H:%M") if at else None


# What people read.


def as_text(result: CheckResult, policy: str, explain: bool) -> list[str]:
    """The result as lines for a person, the overdue first."""
    title = result.packs.layers[0][0].title
    lines = [f"截至 {stamp(result.as_of)}，依据《{title}》（{policy}）"]
    lines += _owed_lines(result, explain)
    lines += _silent_lines(result)
    if result.duties:
        lines += ["", f"本校当前周期应办（{len(result.duties)}）"]
        lines += [f"  {_owed_line(duty, result)}" for duty in result.duties]
    if result.problems:
        lines += ["", f"文件中的问题（{len(result.problems)}）"]
        lines += [f"  {problem.sentence()}" for problem in result.problems]
    return lines


def _owed_lines(result: CheckResult, explain: bool) -> list[str]:
    if not result.owed:
        return ["", "没有应办事项。"]
    late = sum(o.obligation.late for o in result.owed)
    lines = ["", f"应办事项（{len(result.owed)}，其中逾期 {late}）"]
    by_child: dict[RosterPupil, list[Owed]] = {}
    for owed in result.owed:
        by_child.setdefault(owed.pupil, []).append(owed)
    for pupil, all_owed in by_child.items():
        lines.append(f"  {pupil.class_name} {pupil.name}")
        for owed in all_owed:
            lines.append(f"    {_owed_line(owed.obligation, result)}")
            lines += _because(owed, result) if explain else []
    return lines


def _owed_line(obligation: Obligation, result: CheckResult) -> str:
    moment = deadline(obligation.due, result.as_of)
    who = owed_line(obligation.duty)
    return f"[{state_label(obligation)}] {moment}  {who}  依据 {_source(obligation, result)}"


def _source(obligation: Obligation, result: CheckResult) -> str:
    """The article; the document too where it is not the one named at the head."""
    bound = obligation.bound
    own = bound.pack is result.packs.layers[0][0]
    return bound.rule.pointer if own else f"{bound.pack.title} {bound.rule.pointer}"


def _because(owed: Owed, result: CheckResult) -> list[str]:
    reasons = why(owed.obligation, result.calendar)
    sources = (*owed.sources, *[""] * len(reasons.facts))
    facts = [f"{fact}（{s}）" if s else fact for fact, s in zip(reasons.facts, sources, strict=False)]
    lines = [f"条款：{reasons.clause} {reasons.says}", f"计法：{reasons.reading}"]
    lines += [f"事实：{fact}" for fact in facts]
    lines += [f"时限：{moment_line(owed.obligation)}"]
    lines += [f"不计：{skipped}" for skipped in reasons.skipped]
    return [f"      {line}" for line in lines]


def _silent_lines(result: CheckResult) -> list[str]:
    if not result.not_taken:
        return []
    lines = ["", f"没有点名记录（{len(result.not_taken)}）——不等于到校，也不等于缺课"]
    for each in result.not_taken:
        session = session_label(result.calendar, each.session)
        who = "、".join(p.name for p in each.pupils) if each.pupils else "全班"
        owed = f"  [{state_label(each.owed)}] {deadline(each.owed.due, result.as_of)}" if each.owed else ""
        lines.append(f"  {each.day} {session} {each.class_key.name} {who}{owed}")
    return lines


__all__ = ["add_parser", "as_json", "as_text", "run"]
