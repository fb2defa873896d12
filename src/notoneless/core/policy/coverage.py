"""Every clause of every regime accounted for: what runs, what waits and for what, what is refused and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from notoneless.core.policy.pack import PolicyPack


class Claim(NamedTuple):
    """How one clause is accounted for in one pack."""

    clause: str
    kind: str  # rule, quota, closing, placing … ledger, or the kind of clause
    state: str  # runs, waits, refused
    names: tuple[str, ...]  # of the rules or quotas
    why: str  # the capability it waits for, the part it runs in, or the law it breaks
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
    """Every claim of a pack: what counts first, then the clauses that stand alone."""
    names: dict[tuple[str, str], list[str]] = {}
    for kind, name, clauses in _counting(pack):
        for clause in clauses:
            names.setdefault((clause, kind), []).append(name)
    for kind, name, clauses in _beside(pack):
        for clause in clauses:
            if all(known != clause or same == kind for known, same in names):  # what says it first counts
                names.setdefault((clause, kind), []).append(name)
    counted = [Claim(c, kind, "runs", tuple(ids), "", "") for (c, kind), ids in names.items()]
    alone = [
        Claim(c.id, c.kind.value, c.state, (), c.waits or c.runs_in or c.law, c.because)
        for c in pack.other_clauses
    ]
    return sorted([*counted, *alone], key=lambda claim: claim.clause)


def _counting(pack: PolicyPack) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Rules and quotas, with their names and clauses."""
    yield from (("rule", each.id, each.clause) for each in pack.rules)
    yield from (("quota", each.id, each.clause) for each in pack.quotas)


def _beside(pack: PolicyPack) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What a pack says beside its rules, by kind, with a name and its clauses."""
    yield from (("closing", each.kind.value, each.clause) for each in pack.closings)
    yield from (("placing", each.kind.value, each.clause) for each in pack.placements)
    yield from (("tuition", "tuition", each.clause) for each in pack.tuitions)
    yield from (("pairing", each.purpose.value, each.clause) for each in pack.pairings)
    yield from (("report", each.kind.value, each.clause) for each in pack.reports)
    yield from (("target", each.figure.value, each.clause) for each in pack.targets)
    yield from (("exclusion", each.figure.value, each.clause) for each in pack.exclusions)
    yield from (("ledger", each.kind.value, each.clause) for each in pack.ledgers)


def _twice(claims: tuple[Claim, ...]) -> list[str]:
    """Clauses with more than one claim where the further ones do not say why."""
    unexplained: dict[str, int] = {}
    for claim in claims:
        unexplained[claim.clause] = unexplained.get(claim.clause, 0) + (not claim.because)
    return [clause for clause, count in unexplained.items() if count > 1]
