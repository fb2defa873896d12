"""失学: a child of school age was found that never went to school; from then on somebody answers for it.

The school that is to take it in, the township and the county see it from then on, and its village where that
is known; what they owe follows from the policy in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from notoneless.core.terms import EventKind, PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Enrolment, EventRecord, Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.child_record import Known, checked, new_child, refuse_too_young, settle_in
from notoneless.services.doubles import doubles_of, refuse_alike, refuse_known
from notoneless.services.finding import refuse_future, the_child, the_person
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act


@one_act
def find_never_enrolled(
    *,
    by: Person | int,
    known: Known,
    school: Place,
    village: Place | None = None,
    found_at: datetime,
    note: str = "",
    at: datetime,
    anyway: bool = False,
    key: str | None = None,
) -> Child:
    """Write down a child nobody had, and that it was never enrolled; a name is enough. Raises Refusal.

    Who looks like a record that is there is refused unless `anyway`; the same `key` again gives the first.
    """
    person = the_person(by)
    _require(person, (school, village), at.date())
    if key and (first := Child.objects.filter(pk=id_of(key)).first()) is not None:
        return first
    plain = checked(known, at.date())
    refuse_too_young(plain.birth_on, at.date())
    found = doubles_of(person, plain, at.date())
    refuse_known(found)
    if not anyway:
        refuse_alike(found)
    child = new_child(plain, id_of(key))
    settle_in(child, village, at)
    state_never_enrolled(
        by=person, child=child, school=school, village=village, found_at=found_at, note=note, at=at, key=key
    )
    return child


@one_act
def state_never_enrolled(
    *,
    by: Person | int,
    child: Child | UUID,
    school: Place,
    village: Place | None = None,
    found_at: datetime,
    note: str = "",
    at: datetime,
    key: str | None = None,
) -> EventRecord:
    """State that a child of school age was found never to have been enrolled; its case opens.

    `school` is the one that is to take it in. The same `key` again gives the first. Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    _require(person, (school, village), at.date())
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


def _require(person: Person, where: Sequence[Place | None], on: date) -> None:
    """Whoever may write such children down at the school, or where the child lives. Raises Refusal."""
    places = [place for place in where if place is not None]
    if not any(posts_in(person, Thing.NEVER_ENROLLED, Verb.RECORD, place, on) for place in places):
        raise may_not(Thing.NEVER_ENROLLED, Verb.RECORD, places[0].name)
