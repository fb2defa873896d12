"""The packs that ship with the product: found by id, read once, their examples run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from notoneless.core.calendar import default_calendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import ActDone, Event, Leave, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.examples import ExampleResult, at_moment, compare, first_day, moment_text
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.floors import refuse_below_floors
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.pack import (
    EveryTrigger,
    Example,
    Expected,
    PolicyPack,
    QuotaExample,
    RollCallTrigger,
)
from notoneless.core.policy.quota import compare_quota
from notoneless.core.policy.read import read_pack
from notoneless.core.policy.read_case_rules import (
    try_closing,
    try_pairing,
    try_placement,
    try_tuition,
)
from notoneless.core.policy.try_report_rules import try_agreement, try_report, try_target
from notoneless.core.recurring import duties_of_the_date, roll_calls_owed
from notoneless.core.terms import AttendanceStatus


def _shipped() -> Traversable:
    return files("notoneless") / "policies"


class IndexedClause(NamedTuple):
    """A clause of the index: where it stands, what kind it is, and what it says in our words."""

    regime: str
    pointer: str
    kind: str
    says: str


@cache
def known_clauses() -> dict[str, IndexedClause]:
    """Every clause of the index, by its id."""
    table = tomllib.loads((_shipped() / "clauses.toml").read_text("utf-8"))
    return {c["id"]: IndexedClause(c["regime"], c["pointer"], c["kind"], c["says"]) for c in table["clause"]}


@cache
def regimes() -> dict[str, tuple[str, ...]]:
    """The clause ids of every regime of the source documents, complete."""
    table = tomllib.loads((_shipped() / "regimes.toml").read_text("utf-8"))
    del table["N"]
    return {regime: _span(first, last) for regime, (first, last) in table.items()}


@cache
def clause_ids() -> frozenset[str]:
    """Every clause id that a shipped pack may cite: the 270 of the regimes and the nation's."""
    table = tomllib.loads((_shipped() / "regimes.toml").read_text("utf-8"))
    return frozenset(clause for first, last in table.values() for clause in _span(first, last))


def _span(first: str, last: str) -> tuple[str, ...]:
    """`C071` to `C079`, both included."""
    width = len(first) - 1
    return tuple(f"{first[0]}{n:0{width}}" for n in range(int(first[1:]), int(last[1:]) + 1))


@cache
def pack_ids() -> tuple[str, ...]:
    """The ids of all shipped packs, in order."""
    folders = sorted((f for f in _shipped().iterdir() if f.is_dir()), key=lambda f: f.name)
    return tuple(
        f"{folder.name}/{file.name.removesuffix('.toml')}"
        for folder in folders
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".toml")
    )


@cache
def load(pack_id: str) -> PolicyPack:
    """The shipped pack with this id; PackError when there is none, or when its file cannot be applied."""
    if pack_id not in pack_ids():
        raise PackError("policies", 0, pack_id, f"没有这个制度包；现有：{'、'.join(pack_ids())}")
    pack = read_pack(pack_text(pack_id), file=f"policies/{pack_id}.toml", clauses=clause_ids())
    if pack.id != pack_id:
        raise PackError(f"policies/{pack_id}.toml", 1, "id", f"id 应当与文件位置一致，写作 {pack_id}")
    return pack


def pack_text(pack_id: str) -> str:
    """The TOML text of a shipped pack."""
    folder, _, name = pack_id.partition("/")
    return (_shipped() / folder / f"{name}.toml").read_text("utf-8")


def packs_in_force(pack_id: str, adopted_on: date | None = None) -> PacksInForce:
    """A shipped pack with all it extends, ready for the evaluator."""
    return resolved(load(pack_id), adopted_on)


def resolved(pack: PolicyPack, adopted_on: date | None = None) -> PacksInForce:
    """A pack with all it extends, refused where it falls below a floor that law sets."""
    packs = in_force(pack, load, adopted_on)
    refuse_below_floors(packs, default_calendar())
    return packs


def run_examples(pack: PolicyPack, packs: PacksInForce) -> list[ExampleResult]:
    """Every example of the pack against the evaluator; a rule with duties and no example is a problem too."""
    results = list(rule_results(pack, packs))
    shown = {example.rule for example in pack.examples}
    shown |= {example.quota for example in pack.quota_examples}
    named = [rule.id for rule in pack.rules] + [quota.id for quota in pack.quotas]
    bare = [each for each in named if each not in shown]
    nothing = Example("", "", (), "2000-01-01 00:00", ())
    results += beside_results(pack)
    return results + [
        ExampleResult(nothing, f"规则“{rule_id}”没有算例；请至少写一个 [[example]]") for rule_id in bare
    ]


def rule_results(pack: PolicyPack, packs: PacksInForce, first: str = "") -> Iterator[ExampleResult]:
    """The examples of rules and quotas, each as it is asked for, those of the rule `first` at the head."""
    for example in sorted(pack.examples, key=lambda example: example.rule != first):
        yield compare(example, _owed(example, pack, packs))
    yield from (_quota_result(example, pack) for example in pack.quota_examples)


def beside_results(pack: PolicyPack) -> list[ExampleResult]:
    """The examples that stand in what a pack says beside its rules."""
    tried = [
        *((f"销号：{c.kind.zh}", try_closing(c)) for c in pack.closings),
        *((f"返校安置：{p.kind.zh}", try_placement(p)) for p in pack.placements),
        *(("送教", try_tuition(t)) for t in pack.tuitions),
        *((f"结对：{p.purpose.zh}", try_pairing(p)) for p in pack.pairings),
        *((f"报表：{r.kind.zh}", try_report(r, default_calendar())) for r in pack.reports),
        *((f"指标：{t.figure.zh}", try_target(t)) for t in pack.targets),
        ("报表：与规则核对", try_agreement(pack, default_calendar())),
    ]
    return [
        ExampleResult(Example(name, about, (), "2000-01-01 00:00", ()), problem)
        for name, each in tried
        for about, problem in each
    ]


def _quota_result(example: QuotaExample, pack: PolicyPack) -> ExampleResult:
    quota = next(each for each in pack.quotas if each.id == example.quota)
    named = Example(example.quota, example.about, (), example.at, ())
    return ExampleResult(named, compare_quota(quota, example, default_calendar()))


def _owed(example: Example, pack: PolicyPack, packs: PacksInForce) -> list[Expected]:
    ref = f"{pack.id}#{example.rule}"
    owed = [o for o in owed_in(example, pack, packs) if o.bound.ref == ref]
    return [Expected(o.duty.act, o.duty.who, moment_text(o.due.at), o.state, o.duty.to) for o in owed]


def owed_in(example: Example, pack: PolicyPack, packs: PacksInForce) -> list[Obligation]:
    """All that the example's facts lead to at its moment, by every rule in force."""
    when = pack.rule(example.rule).when
    calendar = default_calendar().with_closures(example.closures)
    as_of = at_moment(example)
    if isinstance(when, EveryTrigger):
        acts = [f for f in example.facts if isinstance(f, ActDone)]
        return duties_of_the_date("place", calendar, packs, level=when.level, as_of=as_of, acts=acts)
    if isinstance(when, RollCallTrigger):
        taken = {
            (m.day, m.session): m.at for m in _marks(example) if m.status is not AttendanceStatus.UNRECORDED
        }
        start = first_day(example)
        return roll_calls_owed("class", taken, calendar, packs, from_day=start, as_of=as_of)
    return list(evaluate(history_of(example), calendar, packs, as_of=as_of).obligations)


def history_of(example: Example) -> History:
    """The example's facts as one child's history."""
    return History(
        "child",
        marks=tuple(_marks(example)),
        leaves=tuple(f for f in example.facts if isinstance(f, Leave)),
        acts=tuple(f for f in example.facts if isinstance(f, ActDone)),
        events=tuple(f for f in example.facts if isinstance(f, Event)),
    )


def _marks(example: Example) -> list[Mark]:
    return [f for f in example.facts if isinstance(f, Mark)]
