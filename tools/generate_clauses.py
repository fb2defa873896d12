"""Write policies/clauses.toml, the index of every clause, from the packs.

--check compares instead of writing; --draft leaves out packs that cannot be read yet.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from notoneless.core.policy.case_rules import PairingRule, PlacementRule, Tuition
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.library import pack_ids, pack_text
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read import read_pack
from notoneless.core.policy.report_rules import ExclusionRule, LedgerRule, ReportRule, TargetRule

INDEX = Path(__file__).parents[1] / "src" / "notoneless" / "policies" / "clauses.toml"
HEAD = "# 条款索引，由 tools/generate_clauses.py 从各制度包生成：编号、制度（N 为全国）、位置、类别、意思。\n"


class Row(NamedTuple):
    """One clause of the index."""

    id: str
    regime: str
    pointer: str
    kind: str
    says: str


def rows(pack: PolicyPack) -> Iterator[Row]:
    """What a pack says of each clause it cites, the first word on each standing."""
    for rule in pack.rules:
        for cited in rule.clause:
            yield Row(cited, pack.regime, rule.pointer, "rule", rule.says)
    for quota in pack.quotas:
        for cited in quota.clause:
            yield Row(cited, pack.regime, quota.pointer, "quota", quota.says)
    for other in pack.other_clauses:
        yield Row(other.id, pack.regime, other.pointer, other.kind.value, other.says)
    for closing in pack.closings:
        for cited in closing.clause:
            yield Row(cited, pack.regime, "销号", "closing", closing.reading)
    beside: list[tuple[str, PlacementRule | Tuition | PairingRule]] = [
        *(("placing", each) for each in pack.placements),
        *(("tuition", each) for each in pack.tuitions),
        *(("pairing", each) for each in pack.pairings),
    ]
    for kind, each in beside:
        for cited in each.clause:
            yield Row(cited, pack.regime, each.pointer, kind, each.says)
    yield from _reporting(pack)


def _reporting(pack: PolicyPack) -> Iterator[Row]:
    """Targets, exclusions, ledgers and reports; what several of them say of one clause is said together."""
    kinds: list[tuple[str, TargetRule | ExclusionRule | LedgerRule | ReportRule]] = [
        *(("target", each) for each in pack.targets),
        *(("target", each) for each in pack.exclusions),
        *(("ledger", each) for each in pack.ledgers),
        *(("report", each) for each in pack.reports),
    ]
    found: dict[tuple[str, str], Row] = {}
    for kind, each in kinds:
        for cited in each.clause:
            row = Row(cited, pack.regime, each.pointer, kind, each.says)
            before = found.get((kind, cited))
            said = before.says if before else ""
            found[kind, cited] = row if not said else row._replace(says=_together(said, each.says))
    yield from found.values()


def _together(said: str, more: str) -> str:
    return said if more in said else said + more


def page(skip_bad: bool) -> str:
    """The index as it should be; a clause belongs to the regime whose number it carries."""
    found: dict[str, Row] = {}
    for pack_id in pack_ids():
        try:
            pack = read_pack(pack_text(pack_id), file=f"{pack_id}.toml")
        except PackError:
            if not skip_bad:
                raise
            continue
        for row in rows(pack):
            own = (row.id.startswith("N")) == (pack.regime == "N")
            if own:
                found.setdefault(row.id, row)
    return HEAD + "".join(_entry(found[clause]) for clause in sorted(found))


def _entry(row: Row) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row._asdict().items()]
    return "\n[[clause]]\n" + "\n".join(lines) + "\n"


def main() -> int:
    """0 when the index is as it should be, or has been written."""
    expected = page("--draft" in sys.argv)
    if "--check" in sys.argv:
        same = INDEX.read_text("utf-8") == expected
        print("policies/clauses.toml", "is up to date" if same else "differs: run tools/generate_clauses.py")
        return 0 if same else 1
    INDEX.write_text(expected, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
