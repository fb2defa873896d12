"""The packs that ship with the product: found by id, read once, their examples run."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from notoneless.core.calendar import default_calendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import ActDone, Event, Leave, Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.examples import ExampleResult, at_moment, compare, first_day, moment_text
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.pack import EveryTrigger, Example, Expected, PolicyPack, RollCallTrigger
from notoneless.core.policy.read import read_pack
from notoneless.core.recurring import duties_of_the_date, roll_calls_owed
from notoneless.core.terms import AttendanceStatus


def _shipped() -> Traversable:
    return files("notoneless") / "policies"


@cache
def known_clauses() -> dict[str, tuple[str, str, str]]:
    """Every clause of the index: id → (regime, pointer, what it says in our words)."""
    table = tomllib.loads((_shipped() / "clauses.toml").read_text("utf-8"))
    return {c["id"]: (c["regime"], c["pointer"], c["says"]) for c in table["clause"]}


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
    pack = read_pack(pack_text(pack_id), file=f"policies/{pack_id}.toml", clauses=known_clauses())
    if pack.id != pack_id:
        raise PackError(f"policies/{pack_id}.toml", 1, "id", f"id 应当与文件位置一致，写作 {pack_id}")
    return pack


def pack_text(pack_id: str) -> str:
    """The TOML text of a shipped pack."""
    folder, _, name = pack_id.partition("/")
    return (_shipped() / folder / f"{name}.toml").read_text("utf-8")


def packs_in_force(pack_id: str, adopted_on: date | None = None) -> PacksInForce:
    """A shipped pack with all it extends, ready for the evaluator."""
    return in_force(load(pack_id), load, adopted_on)


def run_examples(pack: PolicyPack, packs: PacksInForce) -> list[ExampleResult]:
    """Every example of the pack against the evaluator; a rule with duties and no example is a problem too."""
    results = [compare(example, _owed(example, pack, packs)) for example in pack.examples]
    shown = {example.rule for example in pack.examples}
    bare = [rule.id for rule in pack.rules if rule.id not in shown]
    nothing = Example("", "", (), "2000-01-01 00:00", ())
    return results + [
        ExampleResult(nothing, f"规则“{rule_id}”没有算例；请至少写一个 [[example]]") for rule_id in bare
    ]


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
