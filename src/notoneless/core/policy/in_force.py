"""Which rules bind on a date: a pack and those it extends, the nearer standing in for the farther."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from notoneless.core.case_terms import PairingPurpose
from notoneless.core.figure_terms import Figure
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.pack import (
    ChainTrigger,
    Closing,
    Counting,
    EveryTrigger,
    ExclusionRule,
    LedgerRule,
    PairingRule,
    PlacementRule,
    PolicyPack,
    ReportRule,
    RollCallTrigger,
    Rule,
    TargetRule,
    Tuition,
)
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.terms import CloseOutKind


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule with the pack it stands in and the days on which it binds (`until` exclusive)."""

    rule: Rule
    pack: PolicyPack
    from_day: date
    until: date | None

    @property
    def ref(self) -> str:
        """`pack#rule`, the name that obligations carry."""
        return f"{self.pack.id}#{self.rule.id}"

    def binds_on(self, day: date) -> bool:
        """True when the rule is in force on `day`."""
        return self.from_day <= day and (self.until is None or day < self.until)


class PacksInForce:
    """Every rule that may bind, nearest pack first, in an order where a chain follows what it waits for."""

    def __init__(self, layers: Iterable[tuple[PolicyPack, date, date | None]]) -> None:
        self.layers = tuple(layers)
        self.rules = _in_chain_order(_without_refined(_bound(self.layers)))

    @cached_property
    def version(self) -> str:
        """The versions of all packs, nearest first; statistics and obligations carry it."""
        return " ".join(f"{pack.id}@{pack.version}" for pack, _, _ in self.layers)

    @cached_property
    def countings(self) -> tuple[Counting, ...]:
        """The different ways of counting that the packs ask for, the nearest pack's first."""
        return tuple(dict.fromkeys(pack.counting for pack, _, _ in self.layers))

    @cached_property
    def child_rules(self) -> tuple[tuple[BoundRule, int], ...]:
        """The rules that one child can set going, each with the position of its pack in `countings`."""
        own = (b for b in self.rules if not isinstance(b.rule.when, RollCallTrigger | EveryTrigger))
        return tuple((b, self.countings.index(b.pack.counting)) for b in own)

    @cached_property
    def roll_call_rules(self) -> tuple[BoundRule, ...]:
        """The rules that ask a class for its roll calls."""
        return tuple(bound for bound in self.rules if isinstance(bound.rule.when, RollCallTrigger))

    def closing(self, kind: CloseOutKind) -> Closing | None:
        """The nearest pack's conditions for a close-out type, or None when no pack names it."""
        found = (c for pack, _, _ in self.layers for c in pack.closings if c.kind is kind)
        return next(found, None)

    def placement(self, months: int) -> PlacementRule | None:
        """The nearest pack's word on a child who was away so many whole months, or None."""
        found = (rule for pack, _, _ in self.layers for rule in pack.placements if rule.fits(months))
        return next(found, None)

    def tuition(self) -> Tuition | None:
        """The nearest pack's yearly minimum of teaching at home, or None when no pack sets one."""
        return next((rule for pack, _, _ in self.layers for rule in pack.tuitions), None)

    def pairing(self, purpose: PairingPurpose) -> PairingRule | None:
        """The nearest pack's word on how often a helper is in touch, or None."""
        found = (r for pack, _, _ in self.layers for r in pack.pairings if r.purpose is purpose)
        return next(found, None)

    def report_rules(self, on: date | None = None) -> tuple[ReportRule, ...]:
        """The reports owed, one a kind and level, the nearest pack's; with `on`, as in force that day."""
        found: dict[tuple[ReportKind, str], ReportRule] = {}
        for pack in self._binding(on):
            for rule in pack.reports:
                found.setdefault((rule.kind, rule.level), rule)
        return tuple(sorted(found.values(), key=lambda rule: list(ReportKind).index(rule.kind)))

    def target_rules(self, on: date | None = None) -> tuple[TargetRule, ...]:
        """The targets: for each figure, place of measurement and grade the nearest pack's alone."""
        found: list[TargetRule] = []
        for pack in self._binding(on):
            nearer = tuple(found)
            for rule in pack.targets:
                taken = {g for n in nearer if (n.figure, n.per) == (rule.figure, rule.per) for g in n.grades}
                if left := rule.grades - taken:
                    found.append(rule if left == rule.grades else replace(rule, grades=left))
        return tuple(found)

    def exclusion_rules(self, on: date | None = None) -> tuple[ExclusionRule, ...]:
        """What figures leave out, one rule a figure, the nearest pack's."""
        found: dict[Figure, ExclusionRule] = {}
        for pack in self._binding(on):
            for rule in pack.exclusions:
                found.setdefault(rule.figure, rule)
        return tuple(found.values())

    def ledger_rules(self, on: date | None = None) -> tuple[LedgerRule, ...]:
        """The ledgers that are kept, one a kind and level, the nearest pack's."""
        found: dict[tuple[LedgerKind, str], LedgerRule] = {}
        for pack in self._binding(on):
            for rule in pack.ledgers:
                found.setdefault((rule.kind, rule.level), rule)
        return tuple(sorted(found.values(), key=lambda rule: list(LedgerKind).index(rule.kind)))

    def _binding(self, on: date | None) -> Iterator[PolicyPack]:
        """The packs nearest first: all of them, or those that bind on a day."""
        for pack, first, until in self.layers:
            if on is None or (first <= on and (until is None or on < until)):
                yield pack


def in_force(
    pack: PolicyPack, find: Callable[[str], PolicyPack], adopted_on: date | None = None
) -> PacksInForce:
    """The pack with all it extends, each from its own first day (the nearest not before `adopted_on`)."""
    layers = [(pack, max(pack.in_force_from, adopted_on or date.min), pack.in_force_until)]
    while layers[-1][0].extends:
        farther = _farther(layers[-1][0], [each.id for each, _, _ in layers], find)
        layers.append((farther, farther.in_force_from, farther.in_force_until))
    packs = PacksInForce(layers)
    _refuse_lost_refinements(packs)
    return packs


def _farther(pack: PolicyPack, nearer: list[str], find: Callable[[str], PolicyPack]) -> PolicyPack:
    if pack.extends in nearer:
        circle = " → ".join([*nearer, pack.extends])
        raise PackError(
            pack.file, pack.lines["extends"], "extends", f"上位制度绕成了圈：{circle}；请断开其中一环"
        )
    try:
        return find(pack.extends)
    except PackError as refusal:
        message = f"上位制度“{pack.extends}”用不了：{refusal}"
        raise PackError(pack.file, pack.lines["extends"], "extends", message) from None


def _refuse_lost_refinements(packs: PacksInForce) -> None:
    """A misspelt `refines` would leave the farther rule in force beside the one meant to replace it."""
    for number, (pack, _, _) in enumerate(packs.layers):
        farther = [f"{p.id}#{rule.id}" for p, _, _ in packs.layers[number + 1 :] for rule in p.rules]
        for rule in pack.rules:
            if rule.refines and rule.refines not in farther:
                known = "、".join(farther) or "无"
                message = f"上位制度里没有规则“{rule.refines}”；可写：{known}"
                raise PackError(pack.file, pack.lines[rule.id], f"规则“{rule.id}” refines", message)


def _bound(layers: Iterable[tuple[PolicyPack, date, date | None]]) -> list[BoundRule]:
    return [BoundRule(rule, pack, start, end) for pack, start, end in layers for rule in pack.rules]


def _without_refined(rules: list[BoundRule]) -> list[BoundRule]:
    """A refined rule gives way to its refinement on the days the nearer one binds."""
    kept = rules
    for nearer in rules:
        if nearer.rule.refines:
            kept = [b for rule in kept for b in _outside(rule, nearer)]
    return kept


def _outside(bound: BoundRule, nearer: BoundRule) -> list[BoundRule]:
    """The rule before and after the days on which `nearer` stands in for it."""
    if bound.ref != nearer.rule.refines:
        return [bound]
    spans: list[tuple[date, date | None]] = [(bound.from_day, _earlier(bound.until, nearer.from_day))]
    if nearer.until is not None:
        spans.append((max(bound.from_day, nearer.until), bound.until))
    return [
        BoundRule(bound.rule, bound.pack, start, end) for start, end in spans if end is None or start < end
    ]


def _earlier(until: date | None, day: date) -> date:
    return day if until is None else min(until, day)


def _in_chain_order(rules: list[BoundRule]) -> tuple[BoundRule, ...]:
    """Rules that wait for another rule come after it; the reader has refused circles."""
    placed: list[BoundRule] = []
    waiting = list(rules)
    while waiting:
        ready = [b for b in waiting if not _waits_for(b, waiting)]
        placed += ready or waiting
        waiting = [b for b in waiting if b not in placed]
    return tuple(placed)


def _waits_for(bound: BoundRule, waiting: list[BoundRule]) -> bool:
    when = bound.rule.when
    if not isinstance(when, ChainTrigger):
        return False
    return any(b.pack is bound.pack and b.rule.id == when.rule and b is not bound for b in waiting)
