"""Every clause of every regime accounted for: what runs, what waits and for what, what is refused and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from notoneless.core.policy.pack import PolicyPack


class Claim(NamedTuple):
    """How one clause is accounted for in one pack."""

    clause: str
    kind: str  # rule, quota, closing, or the kind of clause
    state: str  # runs, waits, refused
    names: tuple[str, ...]  # of the rules or quotas
    why: str  # the capability it waits for, or the law it breaks
    because: str  # why it is claimed a second time


class Coverage(NamedTuple):
    """The claims by regime, the clauses nobody claims, and those claimed twice without a reason."""

    claims: Mapping[str, tuple[Claim, ...]]
    missing: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every clause is claimed exactly as it should be."""
        return not self.missing and not self.twice

    def by_state(self) -> dict[str, int]:
        """How many clauses run, wait and are refused; a clause in two parts counts by its first."""
        counts = {"runs": 0, "waits": 0, "refused": 0}
        for claims in self.claims.values():
            for first in {claim.clause: claim for claim in reversed(claims)}.values():
                counts[first.state] += 1
        return counts


def coverage(packs: Iterable[PolicyPack], regimes: Mapping[str, tuple[str, ...]]) -> Coverage:
    """What the packs make of the clauses of all `regimes`; packs of other regimes are not looked at."""
    claims: dict[str, tuple[Claim, ...]] = dict.fromkeys(regimes, ())
    for pack in packs:
        if pack.regime in regimes:
            claims[pack.regime] += tuple(c for c in claims_of(pack) if c.clause in regimes[pack.regime])
    missing = [
        clause
        for regime, wanted in regimes.items()
        for clause in wanted
        if clause not in {claim.clause for claim in claims[regime]}
    ]
    twice = [clause for each in claims.values() for clause in _twice(each)]
    return Coverage(claims, tuple(missing), tuple(twice))


def claims_of(pack: PolicyPack) -> list[Claim]:
    """Every claim of a pack: its rules and quotas together first, then the clauses that stand alone."""
    names: dict[tuple[str, str], list[str]] = {}
    for kind, each in [("rule", r) for r in pack.rules] + [("quota", q) for q in pack.quotas]:
        for clause in each.clause:
            names.setdefault((clause, kind), []).append(each.id)
    counted = [Claim(c, kind, "runs", tuple(ids), "", "") for (c, kind), ids in names.items()]
    alone = [Claim(c.id, c.kind.value, c.state, (), c.waits or c.law, c.because) for c in pack.other_clauses]
    return sorted([*counted, *alone], key=lambda claim: claim.clause)


def _twice(claims: tuple[Claim, ...]) -> list[str]:
    """Clauses with more than one claim where the further ones do not say why."""
    unexplained: dict[str, int] = {}
    for claim in claims:
        unexplained[claim.clause] = unexplained.get(claim.clause, 0) + (not claim.because)
    return [clause for clause, count in unexplained.items() if count > 1]
