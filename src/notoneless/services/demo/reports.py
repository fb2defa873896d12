"""The demo's reports: sent and accepted, one to be checked, one to be accepted, one that came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from notoneless.batch.simulate.places import STORY_CLASS, STORY_SCHOOL
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import ReportKind, ReportStep
from notoneless.core.reporting import chain_of
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import ClassGroup, Person, Place, PostHeld, ReportDrawn, ReportStepTaken
from notoneless.records.packs import places_on
from notoneless.records.scopes import live
from notoneless.services.refusals import Refusal
from notoneless.services.reports.drawing import draw_up
from notoneless.services.reports.rules import Reporter, reporters
from notoneless.services.reports.silence import Expected, expected_of
from notoneless.services.reports.standing import classes_of

RETURNED_WHY = "二年级有一名学生的转入日期与学籍系统不一致，请核对后重新编制。"
AFTERNOON = time(16, 30)
_LEVELS = (PlaceKind.SCHOOL, PlaceKind.COUNTY)
_KINDS = (ReportKind.MONTHLY, ReportKind.DAILY, ReportKind.QUARTERLY)
# How far the last month's reports of the county's schools have come, in the order of its schools.
_LAST_MONTH = (ReportStep.CHECKED, ReportStep.SIGNED, ReportStep.RETURNED)


def load_reports(*, at: datetime) -> int:
    """Let the schools and the county report what was due by `at`; how many reports were drawn up."""
    made = 0
    places = Place.objects.filter(kind__in=_LEVELS).order_by("path")
    schools = 0
    for each in reporters(places, at.date()):
        newest = next((e for e in _due(each, at) if e.rule.kind is ReportKind.MONTHLY), None)
        for owed in _due(each, at):
            last = _LAST_MONTH[schools % len(_LAST_MONTH)] if owed == newest else ReportStep.ACCEPTED
            made += _report(owed, at, last)
        schools += each.place.kind == PlaceKind.SCHOOL
    return made


def _due(reporter: Reporter, at: datetime) -> list[Expected]:
    """What is over, the newest first."""
    found = [e for e in expected_of([reporter], at) if e.rule.kind in _KINDS and e.span.last < at.date()]
    return sorted(found, key=lambda each: each.span.last, reverse=True)


def _report(owed: Expected, at: datetime, last: ReportStep) -> int:
    """One report taken as far as this step; what is still under way was drawn up this morning."""
    sent = last is ReportStep.ACCEPTED
    moment = datetime.combine(owed.ready, AFTERNOON, CHINA_TIME) if sent else at
    drawer = next(_holders(owed.place, owed.rule.drawer, at.date()), None)
    if drawer is None:
        return 0
    report = _drawn(owed, drawer, moment)
    if report is None:
        return 0
    ReportStepTaken.objects.bulk_create(_steps(report, owed.rule, last, at))
    return 1


def _drawn(owed: Expected, drawer: Person, moment: datetime) -> ReportDrawn | None:
    """As nil where nothing stands against it; None where its numbers do not balance."""
    asked = {"by": drawer, "place": owed.place, "kind": owed.rule.kind, "day": owed.span.last, "at": moment}
    for nil in (owed.rule.nil, False):
        try:
            return draw_up(**asked, nil=nil)  # type: ignore[arg-type]
        except Refusal as no:
            if no.code != "NOT_NIL":
                return None
    return None


def _steps(
    report: ReportDrawn, rule: ReportRule, last: ReportStep, now: datetime
) -> Iterator[ReportStepTaken]:
    """The steps of the chain up to `last`; the visitor's class is left to the visitor to check."""
    for number, (step, post, group) in enumerate(_chain(report, rule, last), 1):
        where = group or report.place
        person = next(_holders(where, post, now.date()), None)
        if person is None or _visitors(report, group, last):
            continue
        yield ReportStepTaken(
            report=report,
            step=step,
            post=post,
            class_group=group,
            by=person,
            at=min(report.at + timedelta(minutes=4 * number), now),
            digest=report.digest,
            comment=RETURNED_WHY if step is ReportStep.RETURNED else "",
        )


def _chain(
    report: ReportDrawn, rule: ReportRule, last: ReportStep
) -> Iterator[tuple[ReportStep, Post, ClassGroup | None]]:
    for step, post in chain_of(rule):
        if step is ReportStep.ACCEPTED and last is ReportStep.RETURNED:
            yield ReportStep.RETURNED, post, None
            return
        groups: Iterable[ClassGroup | None] = classes_of(report) if step is ReportStep.CHECKED else (None,)
        for group in groups:
            yield step, post, group
        if step is last:
            return


def _visitors(report: ReportDrawn, group: ClassGroup | None, last: ReportStep) -> bool:
    story = group is not None and (report.place.name, group.name) == (STORY_SCHOOL, STORY_CLASS)
    return story and last is ReportStep.CHECKED


def _holders(where: Place | ClassGroup, post: Post, on: date) -> Iterator[Person]:
    if isinstance(where, ClassGroup):
        held = PostHeld.objects.filter(live(on), post=post, class_group=where)
    else:
        held = PostHeld.objects.filter(live(on), post=post, place__in=places_on(where.path or ""))
    return (each.person for each in held.select_related("person").order_by("pk"))
