"""How far a report has come, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import ReportStep
from notoneless.core.reporting import chain_of
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import ClassGroup, ReportDrawn, ReportStepTaken

# After these nothing more is asked of anybody.
_OVER = (ReportStep.RETURNED, ReportStep.REPLACED)


class Turn(NamedTuple):
    """A step that may be taken now, and by which post; a class teacher's is about the class."""

    step: ReportStep
    post: Post
    class_group: ClassGroup | None = None


def standing_of(report: ReportDrawn) -> ReportStep:
    """How far it has come: the last word on it."""
    if getattr(report, "replaced_by", None) is not None:
        return ReportStep.REPLACED
    taken = {step.step for step in report.steps.all()}
    for each in (ReportStep.RETURNED, ReportStep.ACCEPTED, ReportStep.SIGNED, ReportStep.REVIEWED):
        if each in taken:
            return each
    return ReportStep.CHECKED if ReportStep.CHECKED in taken else ReportStep.DRAWN


def signed_step(report: ReportDrawn) -> ReportStepTaken | None:
    """The signature, if it was signed."""
    return next((step for step in report.steps.all() if step.step is ReportStep.SIGNED), None)


def turns(report: ReportDrawn, rule: ReportRule | None) -> list[Turn]:
    """Whose turn it is: one post, or every class teacher who has not checked yet; none when all is done."""
    if rule is None or standing_of(report) in _OVER:
        return []
    steps = list(report.steps.all())
    for step, post in chain_of(rule):
        if step is ReportStep.CHECKED and report.place.kind == PlaceKind.SCHOOL:
            if waiting := _unchecked(report, steps):
                return [Turn(step, post, each) for each in waiting]
        elif not any(each.step is step and each.post is post for each in steps):
            return [Turn(step, post)]
    return []


def classes_of(report: ReportDrawn) -> list[ClassGroup]:
    """The classes that a school's report counts, by grade."""
    units = {int(unit) for each in report.counts.values() for unit in each}
    found = ClassGroup.objects.filter(pk__in=units - {0}, school__path__startswith=report.place.path or "?")
    return list(found.select_related("school").order_by("grade", "name"))


def _unchecked(report: ReportDrawn, steps: Iterable[ReportStepTaken]) -> list[ClassGroup]:
    checked: Collection[int | None] = {s.class_group_id for s in steps if s.step is ReportStep.CHECKED}
    return [each for each in classes_of(report) if each.pk not in checked]
