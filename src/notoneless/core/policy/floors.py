"""Where law sets a floor: a nearer rule may be stricter than the one it refines, never laxer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import CHINA_TIME, ActDone
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.draw import draw
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import BoundRule, PacksInForce
from notoneless.core.policy.pack import AfterTrigger, EveryTrigger, PolicyPack, ReportRule, Rule
from notoneless.core.recurring import duties_of_the_date
from notoneless.core.terms import Act, ActOutcome, Post

# Trial cases: twelve school days of absence around a weekend and around the national holiday of 2026.
FROM = (date(2026, 9, 3), date(2026, 9, 24))
ABSENT = " ".join("A" * 12)
YEAR = (date(2026, 9, 1), date(2026, 12, 20))


def refuse_below_floors(packs: PacksInForce, calendar: SchoolCalendar) -> None:
    """Raise PackError for a rule that asks for less, or for it later, than the floor it refines."""
    for far_pack, floor in _floors(packs):
        ref = f"{far_pack.id}#{floor.id}"
        nearer = [(p, r) for p, _, _ in packs.layers for r in p.rules if r.refines == ref]
        if nearer:
            lacking = _lacking((far_pack, floor), nearer, calendar)
            if lacking is not None:
                pack, rule = nearer[0]
                raise PackError(pack.file, pack.lines[rule.id], f"规则“{rule.id}”", _sentence(ref, lacking))
    _refuse_silence(packs)


def _refuse_silence(packs: PacksInForce) -> None:
    """Where a farther pack has a report sent even when there is nothing to report, a nearer one does too."""
    for number, (near, _, _) in enumerate(packs.layers):
        farther = {(r.kind, r.level): r for pack, _, _ in packs.layers[number + 1 :] for r in pack.reports}
        for report in near.reports:
            asked = farther.get((report.kind, report.level))
            if asked and (wanted := _taken_back(asked, report)):
                message = f"上位制度规定（{'、'.join(asked.clause)}）{wanted}"
                raise PackError(near.file, 0, f"报表要求“{report.kind.zh}”", message)


def _taken_back(farther: ReportRule, nearer: ReportRule) -> str:
    """What the nearer report must say as well, or ""."""
    if farther.nil and not nearer.nil:
        return "没有的也要报，写 nil = true"
    return f"要报{farther.to.zh}，请写明 to" if farther.to and not nearer.to else ""


def _floors(packs: PacksInForce) -> list[tuple[PolicyPack, Rule]]:
    return [(pack, rule) for pack, _, _ in packs.layers for rule in pack.rules if rule.floor]


def _sentence(ref: str, lacking: Obligation) -> str:
    until = lacking.due.at.strftime("%Y-%m-%d %H:%M") if lacking.due.at else lacking.due.unknown
    return (
        f"比法定底线 {ref} 宽：例如 {lacking.arose_at:%Y-%m-%d} 起的情形，底线要求 {until} 前有所行动；"
        "请提前触发或缩短时限"
    )


def _lacking(
    floor: tuple[PolicyPack, Rule], nearer: list[tuple[PolicyPack, Rule]], calendar: SchoolCalendar
) -> Obligation | None:
    """The first obligation of the floor that no nearer rule matches as early, or None."""
    asked_of, offered_by = (_trials(each, floor[1], calendar) for each in ([floor], nearer))
    for asked, offered in zip(asked_of, offered_by, strict=True):
        for obligation in asked:
            if not any(_as_early(other, obligation) for other in offered):
                return obligation
    return None


def _as_early(other: Obligation, floor: Obligation) -> bool:
    if other.duty.act is not floor.duty.act:
        return False
    return other.due.at is not None and (floor.due.at is None or other.due.at <= floor.due.at)


def _trials(
    rules: list[tuple[PolicyPack, Rule]], set_off_by: Rule, calendar: SchoolCalendar
) -> Iterator[list[Obligation]]:
    """What these rules alone owe in each trial case, case by case; the cases are those of `set_off_by`."""
    packs = _alone(rules)
    when = set_off_by.when
    if isinstance(when, EveryTrigger):
        level = when.level
        for day in range((YEAR[1] - YEAR[0]).days):
            at = datetime.combine(YEAR[0] + timedelta(days=day), time(9), CHINA_TIME)
            yield duties_of_the_date("place", calendar, packs, level=level, as_of=at)
        return
    for since in FROM:
        marks = draw(ABSENT, since, calendar, at=time(8))
        for upto in range(1, len(marks) + 1):
            at = marks[upto - 1].at + timedelta(minutes=30)
            history = History("child", tuple(marks[:upto]), acts=tuple(_acts(set_off_by, marks[0].at)))
            yield [o for o in evaluate(history, calendar, packs, as_of=at).obligations if o.arose_at <= at]


def _acts(rule: Rule, first: datetime) -> list[ActDone]:
    """Acts that set off a rule which follows acts: every outcome it names, three days running."""
    if not isinstance(rule.when, AfterTrigger):
        return []
    outcomes = sorted(rule.when.outcomes) or [ActOutcome.DONE]
    hours = [first + timedelta(days=day, hours=1) for day in range(3)]
    return [_act(rule.when.act, at, outcome) for at in hours for outcome in outcomes]


def _act(act: Act, at: datetime, outcome: ActOutcome) -> ActDone:
    return ActDone(act, at, at, Post.PRINCIPAL, outcome=outcome, id=f"{at}{outcome}")


def _alone(rules: list[tuple[PolicyPack, Rule]]) -> PacksInForce:
    """The rules by themselves, in force at any time."""
    packs = PacksInForce([(rules[0][0], date.min, None)])
    packs.rules = tuple(BoundRule(rule, pack, date.min, None) for pack, rule in rules)
    packs.layers = tuple((pack, date.min, None) for pack in dict.fromkeys(pack for pack, _ in rules))
    return packs
