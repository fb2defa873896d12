"""约谈、通报: what was said to those who answer, on which facts; people decide, nothing here is automatic."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.report_terms import MeasureKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import InspectionFinding, MeasureTaken, Person, Place
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import refuse_future, the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.supervision.wording import lawful
from notoneless.services.transactions import one_act
from notoneless.services.written import written


@one_act
def take_measure(
    *,
    by: Person | int,
    kind: MeasureKind,
    place: Place,
    day: date,
    who: str,
    reason: str,
    at: datetime,
    finding: InspectionFinding | UUID | None = None,
    number: str = "",
    key: str | None = None,
) -> MeasureTaken:
    """Write down a talk, a circular or praise; `who` names posts and never children. Raises Refusal."""
    person = the_person(by)
    post = require(person, Thing.INSPECTION, Verb.RECORD, place, at.date())
    if key is not None and (first := MeasureTaken.objects.filter(key=key).first()) is not None:
        if (first.place_id, first.kind) != (place.pk, kind):
            raise key_used()
        return first
    refuse_future(day, at.date(), "日期", "The day")
    made = MeasureTaken.objects.create(
        kind=kind,
        place=place,
        finding=_finding(finding, place),
        day=day,
        who=written(who, 200, "对象（写岗位）", "Whom (by post)", needed=True),
        reason=lawful(reason, 4000, "事由和要求", "What for, and what is asked"),
        number=written(number, 100, "文号", "Number"),
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    body: dict[str, object] = {"measure": str(made.pk), "kind": kind.value}
    keep(Changes(), at=at, entry=Entry("TAKE_MEASURE", "place", str(place.pk), body, person))
    return made


def measures_in(place: Place) -> QuerySet[MeasureTaken]:
    """What was said to the place and all in it, the latest first."""
    rows = MeasureTaken.objects.filter(place__path__startswith=place.path or "?")
    return rows.select_related("place", "by", "finding__inspection").order_by("-day", "-at")


def _finding(given: InspectionFinding | UUID | None, place: Place) -> InspectionFinding | None:
    if given is None or isinstance(given, InspectionFinding):
        return given
    row = InspectionFinding.objects.select_related("inspection__place").filter(pk=given).first()
    if row is None or not place.contains(row.inspection.place):
        raise Refusal(
            "NO_SUCH_FINDING",
            f"{place.name}没有这一条督导问题；请从督导记录里选。",
            f"There is no such finding at {place.name}; choose one of its inspections.",
        )
    return row
