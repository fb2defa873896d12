"""The open cases of a place by the chief reason last stated: each in one row, so that the rows add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from notoneless.core.case_terms import CaseReason
from notoneless.core.reasons import sensitive
from notoneless.records.access import Fields
from notoneless.records.models import Enrolment, ReasonStated
from notoneless.web.read.rows import Rows, in_cases

KEPT = "KEPT"  # the one row of all reasons that the reader need not know


class ByReason(NamedTuple):
    """One row; `reason` is None for the reasons that are not told."""

    reason: CaseReason | None
    cases: int

    @property
    def code(self) -> str:
        """What the address of the list says."""
        return self.reason.value if self.reason else KEPT


def by_reason(rows: Rows, fields: Collection[Fields]) -> tuple[ByReason, ...]:
    """How many open cases have which chief reason, most first; not known where none was stated."""
    counted: Counter[CaseReason | None] = Counter()
    told = set(_told(fields))
    for row in _chief(in_cases(rows)):
        reason = _reason(row)
        counted[reason if reason in told else None] += 1
    return tuple(ByReason(reason, cases) for reason, cases in counted.most_common())


def with_reason(rows: Rows, code: str, fields: Collection[Fields]) -> Rows:
    """The open cases behind one row. Raises ValueError for a row that the reader has not."""
    known = {reason.value: reason for reason in _told(fields)} | {KEPT: None}
    if code not in known:
        raise ValueError(code)
    wanted = {reason.value for reason in ([known[code]] if known[code] else sensitive()) if reason}
    found = [row.pk for row in _chief(in_cases(rows)) if _reason(row).value in wanted]
    return rows.filter(pk__in=found)


def _told(fields: Collection[Fields]) -> list[CaseReason]:
    return [reason for reason in CaseReason if Fields.NOTES in fields or reason not in sensitive()]


def _chief(rows: Rows) -> Rows:
    """With the last statement's reasons as `stated`; None where there is none."""
    last = ReasonStated.objects.filter(case=OuterRef("child__case")).order_by("-at", "-pk")
    return rows.order_by().only("pk").annotate(stated=Subquery(last.values("reasons")[:1]))


def _reason(row: Enrolment) -> CaseReason:
    known = {reason.value: reason for reason in CaseReason}
    stated: list[str] | None = getattr(row, "stated", None)
    return known[stated[0]] if stated else CaseReason.UNKNOWN
