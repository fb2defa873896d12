"""The addresses of reports: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import ReportKind
from notoneless.core.terms import Post
from notoneless.records.models import ReportDrawn, ReportRows
from notoneless.services.reports.rows import packed

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def report_of(target: Target) -> ReportDrawn:
    """A weekly check of the target's class alone; made when it is first wanted."""
    rows = {Tally.CLOSING: {target.class_group.pk: frozenset({target.child.pk})}}
    report, made = ReportDrawn.objects.get_or_create(
        key=f"target/{target.no}",
        defaults={
            "kind": ReportKind.MONTHLY,
            "place": target.school,
            "first": date(2025, 8, 1),
            "last": date(2025, 8, 31),
            "counts": {"CLOSING": {str(target.class_group.pk): 1}},
            "digest": "0" * 64,
            "by": target.teacher,
            "by_post": Post.ENROLMENT_OFFICER,
            "at": at(LATER),
        },
    )
    if made:
        ReportRows.objects.create(report=report, rows=packed(rows))
    return report


REPORT_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:class_check": lambda t: {"report_id": report_of(t).pk, "class_id": t.class_group.pk},
    "web:report_rows": lambda t: {
        "report_id": report_of(t).pk,
        "column": "closing",
        "unit": str(t.class_group.pk),
    },
}
NOTHING_REPORTED: Mapping[str, Any] = {"report_id": NOBODY}
# Of a place as a whole: a class teacher's is the class. Walked in test_report_pages.
OF_PLACES = {"web:reports", "web:reporting", "web:draw_report", "web:report"}
