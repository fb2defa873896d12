"""进班: a child written down by hand into a class, and one that waited put into its first."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from notoneless.core.terms import Act
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, ClassGroup, Enrolment, Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_effects import ONE_DAY
from notoneless.services.child_record import Known, checked, new_child, settle_in
from notoneless.services.doubles import doubles_of, refuse_alike, refuse_known
from notoneless.services.enrolment_facts import answered
from notoneless.services.finding import awaiting, refuse_future, the_child, the_person
from notoneless.services.on_roll import join_class, join_roll, live_routes, school_of
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of
from notoneless.services.transactions import one_act


@one_act
def enter_pupil(
    *,
    by: Person | int,
    known: Known,
    class_group: ClassGroup,
    from_day: date,
    at: datetime,
    on_our_roll: bool = True,
    roll_at: str = "",
    village: Place | None = None,
    anyway: bool = False,
    key: str | None = None,
) -> Child:
    """Write a child down by hand in a class; a name is enough, numbers may follow or never come.

    On our roll, on that of the school `roll_at`, or on none that anybody knows of. Who looks like a record
    that is there is refused unless `anyway`; the same `key` again gives the first. Raises Refusal.
    """
    person = the_person(by)
    require(person, Thing.CHANGE, Verb.ASK, class_group.school, at.date())
    if key and (first := Child.objects.filter(pk=id_of(key)).first()) is not None:
        return first
    plain = checked(known, at.date())
    found = doubles_of(person, plain, at.date())
    refuse_known(found)
    if not anyway:
        refuse_alike(found)
    refuse_future(from_day, at.date(), "进班日期", "The first day in class")
    child = new_child(plain, id_of(key))
    join_class(child, class_group, from_day, "手工登记", at)
    if roll_at.strip():
        join_roll(child, None, from_day, at, elsewhere=roll_at.strip()[:100])
    elif on_our_roll:
        join_roll(child, class_group.school, from_day, at)
    settle_in(child, village, at)
    body: dict[str, object] = {"class_group": class_group.pk, "from": str(from_day), "anyway": anyway}
    follow_up([child.pk], as_of=at, entry=Entry("ENTER_PUPIL", "child", str(child.pk), body, person))
    return child


@one_act
def take_in(
    *,
    by: Person | int,
    child: Child | UUID,
    class_group: ClassGroup,
    at: datetime,
    on_our_roll: bool = True,
    note: str = "",
) -> Enrolment:
    """Put a child that is in no class, and waits for one, into a class from tomorrow. Raises Refusal.

    What was owed for taking it in is met; its case goes on until it was seen there. Again it is the same.
    """
    person, pupil = the_person(by), the_child(child)
    post = require(person, Thing.CHANGE, Verb.ASK, class_group.school, at.date())
    hold([pupil.pk])
    before = Enrolment.objects.filter(child=pupil, until__isnull=True).first()
    if before is not None and before.class_group_id == class_group.pk:
        return before
    if (no := may_take_in(pupil, at.date())) is not None:
        raise no
    tomorrow = at.date() + ONE_DAY
    entered = join_class(pupil, class_group, tomorrow, Act.TAKE_IN.zh, at)
    if on_our_roll:
        join_roll(pupil, class_group.school, tomorrow, at)
    act = answered(pupil, Act.TAKE_IN, person, post, at, note)
    body: dict[str, object] = {"act": str(act.pk), "class_group": class_group.pk}
    follow_up([pupil.pk], as_of=at, entry=Entry("TAKE_IN", "child", str(pupil.pk), body, person))
    return entered


def may_take_in(child: Child, on: date) -> Refusal | None:
    """Why the child is not one that waits for its first class, or None."""
    if Enrolment.objects.filter(child=child).exists():
        return Refusal(
            "WAS_IN_CLASS",
            f"{child.name}编过班；休学的办复学，转来的办转入，换班的办调班。",
            f"{child.name} was in a class before: resume school, ask for a transfer, or move it there.",
        )
    route = live_routes(on).filter(child=child).first()
    if route is not None:
        return Refusal(
            "ON_A_ROUTE",
            f"{child.name}现在是{route.kind.zh}；请先在学籍页结束这项安置。",
            f"{child.name} is in {route.kind.en}; end that arrangement first.",
        )
    return None


def waits_at(child: Child, on: date) -> Place | None:
    """The school whose pupil the child is, or whose it is to become."""
    return school_of(child, on) or awaiting(child)
