"""Why one obligation is owed: derived again from the facts, so that the page shows what decides."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from notoneless.core.evaluate import evaluate
from notoneless.core.explain import Why, why
from notoneless.core.obligations import Obligation as Owed
from notoneless.core.proof import Skipped
from notoneless.records.histories import subjects
from notoneless.records.models import Child, Obligation


class Reason(NamedTuple):
    """An obligation as stored and, if the facts still lead to it, its whole derivation."""

    row: Obligation
    owed: Owed | None
    why: Why | None

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The stretches that the time limit did not count."""
        return self.owed.due.skipped if self.owed else ()


def reason(child: Child, row: Obligation, *, as_of: datetime, language: str) -> Reason:
    """The derivation of one child's obligation, in one language."""
    subject = subjects([child.pk], as_of=as_of)[child.pk]
    found = evaluate(subject.history, subject.home.calendar, subject.home.packs, as_of=as_of)
    owed = next((each for each in found.obligations if each.key == row.key), None)
    return Reason(row, owed, why(owed, subject.home.calendar, language) if owed else None)
