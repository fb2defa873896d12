"""Two packs compared: what their rules ask for differently, and which children's days that touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from itertools import chain, product, zip_longest
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.case_terms import PairingPurpose
from notoneless.core.explain import owed_line
from notoneless.core.figure_terms import Figure
from notoneless.core.policy.describe import in_force_line
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.pack import Closing, Duty, PlacementRule, PolicyPack, Quota, Rule
from notoneless.core.policy.read_report_rules import grades_said
from notoneless.core.policy.report_rules import ALL_GRADES
from notoneless.core.policy.say import LEAVE, LEVELS, UNRECORDED, limit_line, quota_line, trigger_line
from notoneless.core.policy.say_case_rules import (
    NOT_SAID,
    closing_line,
    pairing_line,
    placement_line,
    tuition_line,
)
from notoneless.core.policy.say_report_rules import (
    PER,
    bound_line,
    exclusion_line,
    figure_name,
    ledger_line,
    report_line,
)
from notoneless.core.policy.trials import NOT_ASKED, differing_days
from notoneless.core.terms import Act, CloseOutKind, Post


class Part(Enum):
    """Where a difference shows: in the text of the rules, or on a child's day."""

    TEXT = "条文"
    DAYS = "算到学生每一天"


class Difference(NamedTuple):
    """One thing that the two packs treat differently, each side in a few plain words."""

    part: Part
    about: str
    a: str
    b: str

    @property
    def sentence(self) -> str:
        """`连续旷课第 2 个上课日：甲 要班主任家访（当日 23:59 前）；乙 不要求`."""
        return f"{self.about}：甲 {self.a}；乙 {self.b}"


def compare(a: PacksInForce, b: PacksInForce, calendar: SchoolCalendar) -> tuple[Difference, ...]:
    """All that `a` and `b` (甲 and 乙) treat differently: by the text, then by trial on made-up children.

    The trials ask what each pack would require if it were in force throughout; the days on which the packs
    are in force are a difference of the text.
    """
    whole_a, whole_b = _throughout(a), _throughout(b)
    days = (Difference(Part.DAYS, *each) for each in differing_days(whole_a, whole_b, calendar))
    return tuple(chain(_by_text(a, b), _demands_compared(whole_a, whole_b), days))


def _throughout(packs: PacksInForce) -> PacksInForce:
    """The same layers as if each were in force at all times, so that refinements stand in throughout."""
    return PacksInForce((pack, date.min, None) for pack, _, _ in packs.layers)


# By the text: what holds for a whole pack.


def _by_text(a: PacksInForce, b: PacksInForce) -> Iterator[Difference]:
    for about, said_a, said_b in chain(
        _heads(_own(a), _own(b)), _quotas(a, b), _closings(a, b), _casework(a, b), _reporting(a, b)
    ):
        if said_a != said_b:
            yield Difference(Part.TEXT, about, said_a, said_b)


def _own(packs: PacksInForce) -> PolicyPack:
    return packs.layers[0][0]


def _heads(a: PolicyPack, b: PolicyPack) -> Iterator[tuple[str, str, str]]:
    yield "生效", in_force_line(a), in_force_line(b)
    yield "请假", LEAVE[a.counting.leave], LEAVE[b.counting.leave]
    yield "没有点名", UNRECORDED[a.counting.unrecorded], UNRECORDED[b.counting.unrecorded]


def _quotas(a: PacksInForce, b: PacksInForce) -> Iterator[tuple[str, str, str]]:
    quotas_a, quotas_b = _quotas_by_subject(a), _quotas_by_subject(b)
    for act, who in dict.fromkeys([*quotas_a, *quotas_b]):
        lines_a, lines_b = (
            sorted(map(quota_line, each.get((act, who), []))) for each in (quotas_a, quotas_b)
        )
        yield f"{who.zh}{act.zh}的数量", "；".join(lines_a) or NOT_ASKED, "；".join(lines_b) or NOT_ASKED


def _quotas_by_subject(packs: PacksInForce) -> dict[tuple[Act, Post], list[Quota]]:
    found: dict[tuple[Act, Post], list[Quota]] = {}
    for pack, _, _ in packs.layers:
        for quota in pack.quotas:
            found.setdefault((quota.act, quota.who), []).append(quota)
    return found


def _closings(a: PacksInForce, b: PacksInForce) -> Iterator[tuple[str, str, str]]:
    for kind in CloseOutKind:
        yield f"按“{kind.zh}”销号", _closing_line(a.closing(kind)), _closing_line(b.closing(kind))


def _closing_line(closing: Closing | None) -> str:
    return closing_line(closing) if closing else NOT_SAID


def _casework(a: PacksInForce, b: PacksInForce) -> Iterator[tuple[str, str, str]]:
    for months in sorted({rule.months_from for rule in (*_placements(a), *_placements(b))}):
        lines = (placement_line(rule) if rule else NOT_SAID for rule in (p.placement(months) for p in (a, b)))
        yield f"离校满 {months} 个月返校的安置", *_two(lines)
    yield "送教上门", *_two(tuition_line(rule) if rule else NOT_SAID for rule in (a.tuition(), b.tuition()))
    for purpose in PairingPurpose:
        rules = (packs.pairing(purpose) for packs in (a, b))
        yield f"结对（{purpose.zh}）", *_two(pairing_line(rule) if rule else NOT_SAID for rule in rules)


def _reporting(a: PacksInForce, b: PacksInForce) -> Iterator[tuple[str, str, str]]:
    said_a, said_b = dict(_reporting_lines(a)), dict(_reporting_lines(b))
    for about in dict.fromkeys([*said_a, *said_b]):
        yield about, said_a.get(about, NOT_SAID), said_b.get(about, NOT_SAID)
    yield from _targets_compared(_bounds(a), _bounds(b))


def _reporting_lines(packs: PacksInForce) -> Iterator[tuple[str, str]]:
    """What is about the same thing has the same name, so that the two sides meet."""
    for report in packs.report_rules():
        yield f"{LEVELS[report.level]}的{report.kind.zh}", report_line(report)
    for exclusion in packs.exclusion_rules():
        yield f"剔除 {figure_name(exclusion.figure)}", exclusion_line(exclusion)
    for ledger in packs.ledger_rules():
        yield f"{LEVELS[ledger.level]}的{ledger.kind.zh}", ledger_line(ledger)


def _bounds(packs: PacksInForce) -> dict[tuple[Figure, str], dict[int, str]]:
    """The bound of each grade, by the figure and where it is measured."""
    found: dict[tuple[Figure, str], dict[int, str]] = {}
    for rule in packs.target_rules():
        line = dict.fromkeys(rule.grades, bound_line(rule))
        found.setdefault((rule.figure, rule.per), {}).update(line)
    return found


def _targets_compared(
    a: dict[tuple[Figure, str], dict[int, str]], b: dict[tuple[Figure, str], dict[int, str]]
) -> Iterator[tuple[str, str, str]]:
    """Grades that are treated alike on both sides stand together."""
    for figure, per in dict.fromkeys([*a, *b]):
        together: dict[tuple[str, str], set[int]] = {}
        for grade in sorted(ALL_GRADES):
            pair = [each.get((figure, per), {}).get(grade, NOT_SAID) for each in (a, b)]
            together.setdefault((pair[0], pair[1]), set()).add(grade)
        for (said_a, said_b), grades in together.items():
            whose = grades_said(frozenset(grades))
            yield f"{figure_name(figure)}（每个{PER[per]}{f'，{whose}' if whose else ''}）", said_a, said_b


def _placements(packs: PacksInForce) -> list[PlacementRule]:
    return [rule for pack, _, _ in packs.layers for rule in pack.placements]


def _two(lines: Iterable[str]) -> tuple[str, str]:
    one, other = lines
    return one, other


# By the text: what the rules ask for.


class _Demand(NamedTuple):
    """One duty of a rule, or the stage it sets, with what brings it about."""

    what: str
    family: str  # the kind of trigger
    when: str
    says: str  # who does what
    limit: str
    papers: str
    clause: str

    @property
    def asked(self) -> tuple[str, str, str, str]:
        """All that two demands may differ in, in the order of `_ASPECTS`."""
        return (self.when, self.says, self.limit, self.papers)

    @property
    def line(self) -> str:
        """The demand in one breath, with its clause."""
        return f"{'，'.join(filter(None, self.asked))}〔{self.clause}〕"


_ASPECTS = ("触发", "责任人", "期限", "佐证")


def _demands_compared(a: PacksInForce, b: PacksInForce) -> Iterator[Difference]:
    """Rules matched by act, addressee and kind of trigger, whatever their names; equal ones say nothing."""
    of_a, of_b = _by_subject(_demands(a)), _by_subject(_demands(b))
    for subject in dict.fromkeys([*of_a, *of_b]):
        only_a, only_b = _without_equals(of_a.get(subject, []), of_b.get(subject, []))
        for left, right in _paired(only_a, only_b):
            unlike = f"（{_unlike(left, right)}不同）" if left and right else ""
            sides = (each.line if each else NOT_ASKED for each in (left, right))
            yield Difference(Part.TEXT, f"{subject[0]}{unlike}", *sides)


def _demands(packs: PacksInForce) -> Iterator[_Demand]:
    own = _own(packs)
    for bound in packs.rules:
        rule, when = bound.rule, trigger_line(bound.rule.when, bound.pack)
        clause = "，".join([*([] if bound.pack is own else [bound.pack.id]), rule.pointer, *rule.clause])
        for what, says, limit, papers in chain(map(_duty, rule.obliges), _stage(rule)):
            yield _Demand(what, type(rule.when).__name__, when, says, limit, papers, clause)


def _duty(duty: Duty) -> tuple[str, str, str, str]:
    to = f"（向{duty.to.zh}）" if duty.to else ""
    needs = "、".join(sorted(each.zh for each in duty.needs))
    return f"{duty.act.zh}{to}", owed_line(duty), limit_line(duty), f"须有{needs}" if needs else ""


def _stage(rule: Rule) -> Iterator[tuple[str, str, str, str]]:
    if rule.stage:
        listed = f"列为“{rule.stage.zh}”"
        yield listed, listed, "", ""


def _by_subject(demands: Iterable[_Demand]) -> dict[tuple[str, str], list[_Demand]]:
    found: dict[tuple[str, str], list[_Demand]] = {}
    for demand in demands:
        found.setdefault((demand.what, demand.family), []).append(demand)
    return found


def _without_equals(a: list[_Demand], b: list[_Demand]) -> tuple[list[_Demand], list[_Demand]]:
    """Both lists less what stands in both: the same thing asked for on the same occasion."""
    asked_a, asked_b = {each.asked for each in a}, {each.asked for each in b}
    return [d for d in a if d.asked not in asked_b], [d for d in b if d.asked not in asked_a]


def _paired(a: list[_Demand], b: list[_Demand]) -> Iterator[tuple[_Demand | None, _Demand | None]]:
    """The likest demands side by side; what is left over stands alone."""
    left, right = list(a), list(b)
    for one, other in sorted(product(a, b), key=lambda pair: -_likeness(*pair)):
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            yield one, other
    yield from zip_longest(left, [], fillvalue=None)
    yield from ((None, each) for each in right)


def _likeness(a: _Demand, b: _Demand) -> int:
    """How much two demands have in common: each equal aspect, the occasion most, then shared letters."""
    equal = [x == y for x, y in zip(a.asked, b.asked, strict=True)]
    shared = Counter(a.when + a.says) & Counter(b.when + b.says)
    return 2000 * equal[0] + 1000 * sum(equal) + shared.total()


def _unlike(a: _Demand, b: _Demand) -> str:
    return "、".join(name for name, x, y in zip(_ASPECTS, a.asked, b.asked, strict=True) if x != y)
