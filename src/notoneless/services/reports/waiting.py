"""Which reports wait for somebody: a class to be checked, a signature, an answer to what came from below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from notoneless.core.report_terms import ReportStep
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place, PostHeld, ReportDrawn
from notoneless.records.scopes import live, visible_places
from notoneless.services.reports.rules import reporters
from notoneless.services.reports.standing import Turn, turns

LOOK_BACK = timedelta(days=400)
_DONE = (ReportStep.RETURNED.value, ReportStep.ACCEPTED.value)


class Waiting(NamedTuple):
    """A report and the step of it that falls to a post somebody holds."""

    report: ReportDrawn
    turn: Turn


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """The steps that fall to the posts this person holds, the oldest report first.

    What falls to somebody because a post stands empty is said on the report's own page.
    """
    held = list(
        PostHeld.objects.filter(live(now.date()), person=person).select_related("place", "class_group")
    )
    posts = [each for each in held if each.place or each.class_group]
    return [
        Waiting(report, turn)
        for report, turn in _turns(_open_reports(person, posts, now.date()))
        if any(_falls_to(each, report, turn) for each in posts)
    ]


def _open_reports(person: Person, held: Iterable[PostHeld], on: date) -> list[ReportDrawn]:
    """The reports within the person's reach of which something is still to be done."""
    schools = [each.class_group.school_id for each in held if each.class_group]
    mine = Q(place__in=visible_places(person, on, Thing.REPORT, Verb.SEE)) | Q(place__in=schools)
    rows = ReportDrawn.objects.filter(mine, last__gte=on - LOOK_BACK, replaced_by__isnull=True)
    rows = rows.exclude(steps__step__in=_DONE).select_related("place", "by")
    return list(rows.prefetch_related("steps").order_by("last", "place__path"))


def _turns(reports: list[ReportDrawn]) -> Iterator[tuple[ReportDrawn, Turn]]:
    for last in sorted({report.last for report in reports}):
        ours = [report for report in reports if report.last == last]
        places = {report.place_id: report.place for report in ours}
        rules = {each.place.pk: each.rules for each in reporters(places.values(), last)}
        for report in ours:
            for turn in turns(report, rules.get(report.place_id, {}).get(report.kind)):
                yield report, turn


def _falls_to(held: PostHeld, report: ReportDrawn, turn: Turn) -> bool:
    if held.post is not turn.post:
        return False
    if turn.class_group is not None:
        return held.class_group_id == turn.class_group.pk
    place: Place | None = held.place
    return place is not None and place.contains(report.place)
