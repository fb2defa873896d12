"""失学: a child was found that never went to school; the school of its area answers for it from then on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notoneless.core.terms import EventKind, PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Enrolment, EventRecord, Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import refuse_future, the_child, the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act


@one_act
def state_never_enrolled(
    *,
    by: Person | int,
    child: Child | UUID,
    school: Place,
    found_at: datetime,
    note: str = "",
    at: datetime,
    key: str | None = None,
) -> EventRecord:
    """State that a child of school age was found never to have been enrolled; its case opens.

    `school` is the one that is to take it in. The same `key` again gives the first. Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    require(person, Thing.CHANGE, Verb.ASK, school, at.date())
    if key is not None and (first := EventRecord.objects.filter(pk=id_of(key)).first()) is not None:
        if first.child_id != pupil.pk:
            raise key_used()
        return first
    refuse_future(found_at, at, "查明时间", "The moment")
    if school.kind is not PlaceKind.SCHOOL:
        raise Refusal("NOT_A_SCHOOL", "请选这名孩子应当入学的学校。", "Choose the school of its area.")
    if Enrolment.objects.filter(child=pupil).exists():
        raise Refusal(
            "WAS_ENROLLED",
            f"{pupil.name}编入过班级，不是从未入学；没有到校的，按缺课和辍学办理。",
            f"{pupil.name} was in a class before; a pupil who stays away is no child never enrolled.",
        )
    hold([pupil.pk])
    event = EventRecord.objects.create(
        id=id_of(key),
        child=pupil,
        kind=EventKind.NEVER_ENROLLED,
        place=school,
        happened_at=found_at,
        recorded_at=at,
        by=person,
        note=note.strip(),
    )
    body: dict[str, object] = {"event": str(event.pk), "kind": event.kind, "school": school.pk}
    entry = Entry("NEVER_ENROLLED", "child", str(pupil.pk), body, person)
    follow_up([pupil.pk], as_of=at, entry=entry, why="已登记从未入学")
    return event
