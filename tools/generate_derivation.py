"""Write docs/explanation/sample-derivation.md: the sample files and what each pack makes of them."""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import groupby
from pathlib import Path

from notoneless.core.calendar import default_calendar
from notoneless.core.explain import fact_line, owed_line, skipped_line, stamp, state_label
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.library import packs_in_force
from notoneless.core.time_limit import label
from notoneless.services.check import CheckResult, Owed, check

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "sample-derivation.md"
AS_OF = datetime(2026, 11, 20, 9, 30, tzinfo=CHINA_TIME)
POLICIES = ("national/2024-15", "seeds/shanshu-2014", "seeds/xxx-township", "fujian/jianning-2024")
INTRO = Path(__file__).with_name("sample_derivation.head.md")


def page() -> str:
    """The page as it should be."""
    parts = [INTRO.read_text("utf-8")]
    for policy in POLICIES:
        result = check(
            [ROOT / "examples" / "roster.xlsx"],
            [ROOT / "examples" / "attendance-2026-11.xlsx"],
            packs=packs_in_force(policy),
            calendar=default_calendar(),
            as_of=AS_OF,
        )
        parts.append(_policy(policy, result))
    return "\n".join(parts)


def _policy(policy: str, result: CheckResult) -> str:
    pack = result.packs.layers[0][0]
    lines = [f"## `{policy}` {pack.title}", ""]
    lines += [
        f"- {rule.pointer}（{'、'.join(rule.clause)}）{rule.says} *{rule.reading}*" for rule in pack.rules
    ]
    late = sum(owed.obligation.late for owed in result.owed)
    lines += ["", f"{len(result.owed)} obligations, {late} of them overdue.", ""]
    by_child = sorted(result.owed, key=lambda owed: owed.pupil.name)
    for name, group in groupby(by_child, key=lambda owed: owed.pupil.name):
        lines += [
            f"### {name}",
            "",
            "| clause | owed | from | limit | by | state |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(owed, result) for owed in group]
        lines.append("")
    return "\n".join(lines)


def _row(owed: Owed, result: CheckResult) -> str:
    obligation = owed.obligation
    rule = obligation.bound.rule
    because = fact_line(obligation.facts[-1], result.calendar) if obligation.facts else "阶段达到"
    until = stamp(obligation.due.at) if obligation.due.at else obligation.due.unknown
    skipped = "；".join(skipped_line(each) for each in obligation.due.skipped)
    limit = label(obligation.duty.by) + (f"（不计 {skipped}）" if skipped else "")
    return (
        f"| {'、'.join(rule.clause)} | {owed_line(obligation.duty)} | {because} | {limit} "
        f"| {until} | {state_label(obligation)} |"
    )


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page()
        print(
            PAGE.relative_to(ROOT), "is up to date" if same else "differs: run tools/generate_derivation.py"
        )
        return 0 if same else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
