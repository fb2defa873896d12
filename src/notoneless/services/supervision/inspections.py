"""督导: who went where, what was found on which ground, the order to mend it, and whether it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet

from notoneless.core.report_terms import FindingStep, InspectionKind
from notoneless.core.terms import Post, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import FindingStepTaken, Inspection, InspectionFinding, Person, Place
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import refuse_future, the_person
from notoneless.services.permissions import posts_in, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.supervision.wording import lawful
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

LONGEST = 366  # calendar days that an order may give
_IN_TURN = tuple(FindingStep)
RESPONSIBLE = (Post.PRINCIPAL, Post.CENTRAL_SCHOOL, Post.TOWNSHIP)


class Standing(NamedTuple):
    """How far a finding is: its last step (None: nothing is ordered) and the day by which the next is due."""

    finding: InspectionFinding
    step: FindingStep | None
    due_on: date | None

    def overdue(self, on: date) -> bool:
        """Whether the day has passed without a report, or the report was not enough."""
        waits = self.step in (FindingStep.ORDERED, FindingStep.NOT_ENOUGH)
        return waits and self.due_on is not None and on > self.due_on

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.step not in (None, FindingStep.CONFIRMED)

    @property
    def waits_for_responsible(self) -> bool:
        """Whether the next step is the responsible post's."""
        return self.step in (FindingStep.ORDERED, FindingStep.NOT_ENOUGH)


@one_act
def record_inspection(
    *,
    by: Person | int,
    kind: InspectionKind,
    place: Place,
    day: date,
    inspectors: str,
    subject: str,
    at: datetime,
    note: str = "",
    key: str | None = None,
) -> Inspection:
    """Write down an inspection of a place. The same `key` again gives the first. Raises Refusal."""
    person = the_person(by)
    post = require(person, Thing.INSPECTION, Verb.RECORD, place, at.date())
    if key is not None and (first := Inspection.objects.filter(key=key).first()) is not None:
        if first.place_id != place.pk:
            raise key_used()
        return first
    refuse_future(day, at.date(), "督导日期", "The day of the inspection")
    made = Inspection.objects.create(
        kind=kind,
        place=place,
        day=day,
        inspectors=written(inspectors, 200, "督导人员", "Who inspected", needed=True),
        subject=written(subject, 200, "督导内容", "On what", needed=True),
        note=lawful(note, 4000, "情况记录", "What was seen", needed=False),
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    _journal("RECORD_INSPECTION", made, person, at, {"place": place.pk, "kind": kind.value})
    return made


@one_act
def add_finding(
    *,
    by: Person | int,
    inspection: Inspection | UUID,
    what: str,
    ground: str,
    responsible: Post,
    at: datetime,
    place: Place | None = None,
    due_on: date | None = None,
    key: str | None = None,
) -> InspectionFinding:
    """Add what was found, on what ground, and who answers; with `due_on` it is ordered to be mended by then.

    `place` is where the responsible post is held, the inspected one when left out. Raises Refusal.
    """
    person, row = the_person(by), _inspection(inspection)
    post = require(person, Thing.INSPECTION, Verb.RECORD, row.place, at.date())
    if key is not None and (first := FindingStepTaken.objects.filter(key=key).first()) is not None:
        return first.finding
    where = place or row.place
    if not (row.place.contains(where) or where.contains(row.place)):
        raise Refusal(
            "ELSEWHERE",
            f"责任单位应是{row.place.name}或它的上级、下级；{where.name}不是。",
            f"Who answers is {row.place.name} or lies above or below it; {where.name} does neither.",
        )
    _refuse_due(due_on, at.date())
    last = InspectionFinding.objects.filter(inspection=row).aggregate(last=Max("number"))["last"] or 0
    finding = InspectionFinding.objects.create(
        inspection=row,
        number=last + 1,
        what=lawful(what, 4000, "发现的问题", "What was found"),
        ground=written(ground, 300, "依据", "The ground", needed=True),
        responsible=responsible,
        place=where,
        due_on=due_on,
    )
    if due_on is not None:
        _step(finding, FindingStep.ORDERED, person, post, at, due_on=due_on, key=key)
    _journal("ADD_FINDING", row, person, at, {"finding": str(finding.pk), "due_on": str(due_on or "")})
    return finding


@one_act
def report_rectified(
    *, by: Person | int, finding: InspectionFinding | UUID, note: str, at: datetime, key: str | None = None
) -> FindingStepTaken:
    """The responsible post, or one above it, says how a finding was mended. Raises Refusal."""
    person, row = the_person(by), _finding(finding)
    post = _responsible_post(person, row, at.date())
    if (first := _same(key, row, FindingStep.REPORTED)) is not None:
        return first
    if not standing(row).waits_for_responsible:
        raise Refusal(
            "NOT_WAITING",
            "这一项没有等待整改的要求，或已经报过整改情况，正等复查。",
            "Nothing waits to be mended here, or it was reported and waits for the re-inspection.",
        )
    words = written(note, 500, "整改情况", "How it was mended", needed=True)
    step = _step(row, FindingStep.REPORTED, person, post, at, note=words, key=key)
    _journal("REPORT_RECTIFIED", row.inspection, person, at, {"finding": str(row.pk)})
    return step


@one_act
def reinspect(
    *,
    by: Person | int,
    finding: InspectionFinding | UUID,
    enough: bool,
    note: str,
    at: datetime,
    due_on: date | None = None,
    key: str | None = None,
) -> FindingStepTaken:
    """Confirm that a finding is mended, or say what is not and by when it must be. Raises Refusal."""
    person, row = the_person(by), _finding(finding)
    post = require(person, Thing.INSPECTION, Verb.RECORD, row.inspection.place, at.date())
    step = FindingStep.CONFIRMED if enough else FindingStep.NOT_ENOUGH
    if (first := _same(key, row, step)) is not None:
        return first
    _refuse_reinspection(standing(row), person)
    words = lawful(note, 500, "复查情况", "What the re-inspection found", needed=not enough)
    if not enough:
        if due_on is None:
            raise Refusal("NO_DAY", "没有通过的，请写明再改到哪一天。", "Say by when it must be mended now.")
        _refuse_due(due_on, at.date())
    made = _step(row, step, person, post, at, note=words, due_on=None if enough else due_on, key=key)
    _journal("REINSPECT", row.inspection, person, at, {"finding": str(row.pk), "step": step.value})
    return made


def standing(finding: InspectionFinding) -> Standing:
    """How far a finding is; reads its steps, prefetched or not."""
    # Of two steps of one moment the order comes before the report, and that before the re-inspection.
    steps = sorted(finding.steps.all(), key=lambda each: (each.at, _IN_TURN.index(each.step)))
    due = next((each.due_on for each in reversed(steps) if each.due_on is not None), finding.due_on)
    return Standing(finding, steps[-1].step if steps else None, due)


def inspections_in(place: Place) -> QuerySet[Inspection]:
    """The inspections of the place and all in it, the latest first, with their findings and steps."""
    findings = InspectionFinding.objects.order_by("number").prefetch_related("steps").select_related("place")
    rows = Inspection.objects.filter(place__path__startswith=place.path or "?").select_related("place", "by")
    return rows.prefetch_related(Prefetch("findings", findings)).order_by("-day", "-at")


def orders_at(places: Iterable[Place] | QuerySet[Place]) -> list[Standing]:
    """What was ordered and is not confirmed yet, of findings these places answer for; the first due first."""
    rows = InspectionFinding.objects.filter(place__in=places, steps__step=FindingStep.ORDERED).distinct()
    rows = rows.select_related("inspection__place", "place").prefetch_related("steps")
    found = [each for each in map(standing, rows) if each.open]
    return sorted(found, key=lambda each: (each.due_on or date.max, each.finding.number))


def may_report(person: Person, finding: InspectionFinding, on: date) -> bool:
    """Whether this person may say how it was mended."""
    return bool(posts_in(person, Thing.INSPECTION, Verb.ANSWER, finding.place, on))


def _responsible_post(person: Person, finding: InspectionFinding, on: date) -> Post:
    return require(person, Thing.INSPECTION, Verb.ANSWER, finding.place, on)


def _refuse_due(due_on: date | None, on: date) -> None:
    if due_on is not None and not 0 < (due_on - on).days <= LONGEST:
        raise Refusal(
            "BAD_DAY",
            f"整改期限应在今天以后、一年以内；现在写的是 {due_on}。",
            f"The day comes after today and within a year; it is {due_on}.",
        )


def _refuse_reinspection(found: Standing, person: Person) -> None:
    if found.step is None or found.step is FindingStep.CONFIRMED:
        raise Refusal(
            "NOTHING_OPEN",
            "这一项没有责令整改，或已经复查合格。",
            "Nothing was ordered here, or it is confirmed already.",
        )
    reported = [each for each in found.finding.steps.all() if each.step is FindingStep.REPORTED]
    if any(each.by_id == person.pk for each in reported):
        raise Refusal(
            "OWN_REPORT",
            "整改和复查要由两个人办；请由另一位督导人员复查。",
            "Whoever reported it as mended does not confirm it; another inspector does.",
        )


def _step(
    finding: InspectionFinding,
    step: FindingStep,
    person: Person,
    post: Post,
    at: datetime,
    *,
    note: str = "",
    due_on: date | None = None,
    key: str | None = None,
) -> FindingStepTaken:
    taken = FindingStepTaken.objects.create(
        finding=finding, step=step, due_on=due_on, note=note, by=person, by_post=post, at=at, key=key
    )
    _tell(finding, taken)
    return taken


def _tell(finding: InspectionFinding, taken: FindingStepTaken) -> None:
    """Tell whose turn it is: who must mend it, or the office that inspected."""
    if taken.step is FindingStep.CONFIRMED:
        return
    inspected = taken.step is FindingStep.REPORTED
    queue(
        key=f"finding/{finding.pk}/{taken.pk}",
        kind=TellKind.INSPECTION,
        at=taken.at,
        posts=(finding.inspection.by_post if inspected else finding.responsible,),
        place=finding.inspection.place_id if inspected else finding.place_id,
        about={"finding": str(finding.pk), "step": taken.step.value},
    )


def _same(key: str | None, finding: InspectionFinding, step: FindingStep) -> FindingStepTaken | None:
    first = FindingStepTaken.objects.filter(key=key).first() if key is not None else None
    if first is not None and (first.finding_id, first.step) != (finding.pk, step):
        raise key_used()
    return first


def _inspection(given: Inspection | UUID) -> Inspection:
    number = given.pk if isinstance(given, Inspection) else given
    # Locked, so that two findings added at once get two numbers.
    return Inspection.objects.select_for_update().select_related("place").get(pk=number)


def _finding(given: InspectionFinding | UUID) -> InspectionFinding:
    number = given.pk if isinstance(given, InspectionFinding) else given
    rows = InspectionFinding.objects.select_for_update(of=("self",))
    return rows.select_related("inspection__place", "place").get(pk=number)


def _journal(act: str, inspection: Inspection, person: Person, at: datetime, body: dict[str, object]) -> None:
    keep(Changes(), at=at, entry=Entry(act, "inspection", str(inspection.pk), body, person))
