"""`notoneless policy coverage`: 270 clauses, each one run, waiting with a reason, or refused with the law."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from notoneless.core.policy.coverage import Claim, Coverage, coverage
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.library import load, pack_ids, regimes
from notoneless.core.policy.pack import CAPABILITIES, PARTS

COMPLETE, INCOMPLETE, UNUSABLE = 0, 1, 2
_STATES = {"runs": "运行", "waits": "待建", "refused": "不执行"}


def add_parser(actions: Any) -> None:
    """Add `coverage` to the `policy` commands."""
    parser = actions.add_parser("coverage", help="每一条款落在哪里 / where every clause stands")
    parser.add_argument("--json", action="store_true", help="机器读的结果 / machine-readable")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the coverage; 0 complete, 1 a clause is missing or claimed twice, 2 a pack cannot be read."""
    try:
        found = coverage([load(pack_id) for pack_id in pack_ids()], regimes())
    except PackError as refusal:
        print(refusal, file=sys.stderr)
        return UNUSABLE
    print(json.dumps(as_json(found), ensure_ascii=False, indent=2) if args.json else as_text(found))
    return COMPLETE if found.complete else INCOMPLETE


def as_json(found: Coverage) -> dict[str, Any]:
    """Clause ids by regime and state, with what they wait for or which law they break."""
    return {
        "clauses": sum(len(ids) for ids in regimes().values()),
        "missing": list(found.missing),
        "twice": list(found.twice),
        "by_state": found.by_state(),
        "regimes": {regime: _regime(claims) for regime, claims in found.claims.items()},
        "kinds": {c.clause: c.kind for claims in found.claims.values() for c in reversed(claims)},
    }


def _regime(claims: tuple[Claim, ...]) -> dict[str, Any]:
    firsts = {claim.clause: claim for claim in reversed(claims)}
    ordered = [firsts[clause] for clause in sorted(firsts)]
    return {
        "runs": [claim.clause for claim in ordered if claim.state == "runs"],
        "waits": {claim.clause: claim.why for claim in ordered if claim.state == "waits"},
        "refused": {claim.clause: claim.why for claim in ordered if claim.state == "refused"},
        "rules": {claim.clause: list(claim.names) for claim in ordered if claim.names},
    }


def as_text(found: Coverage) -> str:
    """The coverage as a table for people."""
    lines = []
    for regime, claims in found.claims.items():
        lines.append(f"{regime}")
        lines += [f"  {c.clause} {_STATES[c.state]} {c.kind} {_detail(c)}".rstrip() for c in claims]
    total = sum(len(ids) for ids in regimes().values())
    counts = "，".join(f"{_STATES[state]} {count}" for state, count in found.by_state().items())
    lines.append(f"共 {total} 条：{counts}，缺 {len(found.missing)} 条")
    lines += [f"  缺 {clause}：没有制度包说到它" for clause in found.missing]
    lines += [f"  重 {clause}：说了两次，请写 because 说明为什么" for clause in found.twice]
    return "\n".join(lines)


def _detail(claim: Claim) -> str:
    if claim.names:
        return "、".join(claim.names)
    if claim.state == "runs" and claim.why:
        return f"在“{PARTS[claim.why]}”"
    return f"待“{CAPABILITIES[claim.why]}”" if claim.state == "waits" else claim.why
