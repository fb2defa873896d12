"""The nightly check: every class and every child has one live owner on every rung, or somebody owes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.terms import TellKind
from notoneless.records.models import CoverageGap, JournalEntry
from notoneless.services.coverage_finding import Found, Tree, due_on, gaps_on
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act


class Checked(NamedTuple):
    """What one check changed, and how many gaps stand open after it."""

    opened: int
    closed: int
    open: int


@one_act
def check_coverage(*, now: datetime) -> Checked:
    """Open a gap for every rung without its one person, close those that are mended; again changes nothing.

    A gap falls to the nearest live post above; when its holder goes too, to the next one.
    """
    on = now.date()
    tree = Tree(on)
    found = gaps_on(tree, on)
    standing = {gap.key: gap for gap in CoverageGap.objects.select_for_update().filter(closed_on=None)}
    mended = sorted(standing.keys() - found.keys())
    CoverageGap.objects.filter(key__in=mended, closed_on=None).update(closed_on=on)
    new = CoverageGap.objects.bulk_create(
        [_row(found[key], tree, on) for key in sorted(found.keys() - standing.keys())]
    )
    passed_on = [gap for key, gap in standing.items() if key in found and _passes_on(gap, found[key], tree)]
    CoverageGap.objects.bulk_update(passed_on, ["owed_by", "owed_at"])
    if new or mended or passed_on:
        body = {"opened": len(new), "closed": len(mended), "passed_on": len(passed_on), "open": len(found)}
        entry = JournalEntry(at=now, act="CHECK_COVERAGE", subject_kind="day", subject_id=str(on), body=body)
        entry.save(force_insert=True)
    _tell(tree, [*new, *passed_on], now)
    return Checked(len(new), len(mended), len(found))


def _row(gap: Found, tree: Tree, on: date) -> CoverageGap:
    owed_by, owed_at = tree.owed(gap.post, gap.place)
    return CoverageGap(
        key=gap.key,
        kind=gap.kind,
        post=gap.post or "",
        place_id=gap.place,
        class_group_id=gap.class_group,
        owed_by=owed_by,
        owed_at_id=owed_at,
        found_on=on,
        due_on=due_on(on),
    )


def _passes_on(gap: CoverageGap, found: Found, tree: Tree) -> bool:
    """Whether a gap falls to another post than before; `gap` is changed so."""
    before = (gap.owed_by, gap.owed_at_id)
    gap.owed_by, gap.owed_at_id = tree.owed(found.post, found.place)
    return before != (gap.owed_by, gap.owed_at_id)


def _tell(tree: Tree, gaps: Iterable[CoverageGap], now: datetime) -> None:
    """Each person who owes something new is told once a day."""
    for owed_by, owed_at in sorted({(gap.owed_by, gap.owed_at_id) for gap in gaps}):
        for person in tree.holders.people_at(owed_by, owed_at):
            key = f"coverage/{now.date()}/{person.pk}"
            queue(key=key, kind=TellKind.COVERAGE, at=now, person=person.pk)
