"""`python -m bench.contradictions.run`: errors of every kind in a clean county, and what was found."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2026, 11, 20, 8, 5, tzinfo=CHINA)
SEED, EACH, PUPILS_AN_ERROR = 13, 10, 5  # of the pupils that many are ordinary enough to be given an error


def main(arguments: list[str]) -> int:
    """Print the table; 0 when recall is at least 0.95 for every kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.contradictions.run", description=__doc__)
    parser.add_argument("--each", type=int, default=EACH, help=f"errors of each kind ({EACH})")
    parser.add_argument("--schools", type=int, default=25)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="notoneless-seeded-") as folder:
        _installation(Path(folder))
        lines, passed = _run(args.each, args.schools)
        print("\n".join(lines))
    return 0 if passed else 1


def _installation(folder: Path) -> None:
    os.environ["NOTONELESS_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.site.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _run(each: int, schools: int) -> tuple[list[str], bool]:
    from bench.contradictions.ground import INJECTIONS, Ground
    from bench.contradictions.score import about_any, put_errors, score
    from notoneless.services.contradictions import run_checks

    pupils = _load(schools, each)
    began = time.perf_counter()
    clean = run_checks(None, now=MORNING)
    _say(f"clean county of {pupils:,} pupils: {len(clean)} findings in {time.perf_counter() - began:.1f} s")
    ground = Ground(MORNING)
    put = put_errors(ground, each)
    subjects = {
        s for those in put.values() for one in those for s in (one if isinstance(one, set) else {one})
    }
    began = time.perf_counter()
    found = run_checks(None, now=MORNING)
    took = time.perf_counter() - began
    scores = score(put, found, about_any(subjects | ground.given))
    head = (
        f"{pupils:,} pupils, {schools} schools, seed {SEED}; {len(INJECTIONS)} kinds × {each} errors; "
        f"the clean county has {len(clean)} findings; all checks over all that take {took:.1f} s (SQLite)."
    )
    return [head, "", *_table(scores)], all(one.found >= 0.95 * one.put for one in scores)


def _load(schools: int, each: int) -> int:
    import bench.contradictions.papers  # noqa: F401  (puts all errors among INJECTIONS)
    from bench.contradictions.ground import INJECTIONS, load_clean
    from notoneless.batch.simulate import shipped_params, simulate
    from notoneless.core.calendar import default_calendar

    pupils = (len(INJECTIONS) + 12) * each * PUPILS_AN_ERROR
    made = simulate(
        shipped_params(),
        seed=SEED,
        schools=schools,
        pupils=pupils,
        until=MORNING,
        calendar=default_calendar(),
    )
    load_clean(made, MORNING)
    return pupils


def _table(scores: list) -> Iterator[str]:  # type: ignore[type-arg]
    from notoneless.services.contradictions import CHECKS

    yield "| kind | what | put in | found | recall | found beside, on the same children | false alarms |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for one in scores:
        recall = f"{one.found / one.put:.2f}" if one.put else "–"
        numbers = f"{one.put} | {one.found} | {recall} | {one.also} | {one.false}"
        yield f"| {one.kind} | {CHECKS[one.kind].zh} | {numbers} |"
    put, found = sum(one.put for one in scores), sum(one.found for one in scores)
    false = sum(one.false for one in scores)
    yield f"| **all** | | {put} | {found} | {found / put:.3f} | {sum(one.also for one in scores)} | {false} |"


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
