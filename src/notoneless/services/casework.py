"""个案: what is done about a child — contacts, visits, persuasion, reports — and what people state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from notoneless.core.enrolment import NOT_STATED, ON_THEIR_OWN_PAGE
from notoneless.core.terms import Act, ActOutcome, EventKind, Evidence, Post
from notoneless.records.models import (
    ActRecord,
    Child,
    EventRecord,
    Obligation,
    Person,
    PlaceAct,
)
from notoneless.services import visits
from notoneless.services.acting import (
    WHY,
    Done,
    acting_post,
    acting_posts,
    follow_act,
    recorded_before,
    with_written,
    write_act,
)
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import answering_at, refuse_future, the_child, the_person
from notoneless.services.place_acts import fulfil_duty
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.took_part import TookPart, by_name_alone
from notoneless.services.transactions import one_act

__all__ = [
    "fulfil",
    "record_act",
    "record_contact",
    "record_event",
    "record_persuasion",
    "record_visit",
]


@one_act
def record_act(
    *,
    by: Person | int,
    child: Child | UUID,
    act: Act,
    happened_at: datetime,
    at: datetime,
    outcome: ActOutcome = ActOutcome.DONE,
    by_post: Post | None = None,
    taking_part: Iterable[Post] = (),
    participants: str = "",
    to: Post | None = None,
    evidence: Iterable[Evidence] = (),
    note: str = "",
    next_contact_on: date | None = None,
    private: bool = False,
    key: str | None = None,
    supersedes: ActRecord | None = None,
) -> ActRecord:
    """Record an act about a child; obligations that it meets end.

    The same `key` again gives the first record. A note is the evidence that visits, contacts, persuasion,
    plans and written reports ask for; a `private` one is read only by whoever must know. What is a visit is
    recorded as one, with no more said of it than this (`services.visits`). Raises Refusal.
    """
    if act in visits.KIND_OF:
        return visits.record_visit(
            by=by,
            child=child,
            kind=visits.KIND_OF[act],
            happened_at=happened_at,
            at=at,
            people=[*(TookPart(post) for post in taking_part), *by_name_alone(participants)],
            findings=note,
            outcome=outcome,
            next_contact_on=next_contact_on,
            private=private,
            by_post=by_post,
            key=key,
            evidence=evidence,
            supersedes=supersedes,
        ).act
    person, pupil = the_person(by), the_child(child)
    where = answering_at(pupil, at.date())
    posts = acting_posts(person, pupil, where, at.date())
    if (first := recorded_before(key, pupil, act)) is not None:
        return first
    refuse_future(happened_at, at, "发生时间", "The moment")
    _refuse_elsewhere(act)
    done = Done(
        act,
        happened_at,
        outcome,
        acting_post(posts, where, by_post),
        frozenset(taking_part),
        participants,
        to,
        with_written(act, evidence, note),
        note,
        private,
        next_contact_on,
        supersedes,
    )
    hold([pupil.pk])
    record = write_act(pupil, person, done, key, at)
    follow_act(record, at)
    return record


def _refuse_elsewhere(act: Act) -> None:
    if act is Act.CLOSE_OUT:
        raise Refusal("USE_CLOSE_OUT", "销号请在个案页办理。", "Close a case out on its own page.")
    if act in ON_THEIR_OWN_PAGE:
        raise Refusal(
            "USE_CHANGES", f"“{act.zh}”请在学籍异动页办理。", f"Do this on the enrolment page ({act.en})."
        )


def record_contact(
    *, by: Person | int, child: Child | UUID, happened_at: datetime, at: datetime, **more: object
) -> ActRecord:
    """Record a contact with the guardian; `more` as in `record_act`."""
    return record_act(by=by, child=child, act=Act.CONTACT_GUARDIAN, happened_at=happened_at, at=at, **more)  # type: ignore[arg-type]


def record_visit(
    *, by: Person | int, child: Child | UUID, happened_at: datetime, at: datetime, **more: object
) -> ActRecord:
    """Record a visit to the home; `more` as in `record_act`."""
    return record_act(by=by, child=child, act=Act.HOME_VISIT, happened_at=happened_at, at=at, **more)  # type: ignore[arg-type]


def record_persuasion(
    *, by: Person | int, child: Child | UUID, happened_at: datetime, at: datetime, **more: object
) -> ActRecord:
    """Record one attempt to persuade the child to return; `more` as in `record_act`."""
    return record_act(by=by, child=child, act=Act.PERSUADE, happened_at=happened_at, at=at, **more)  # type: ignore[arg-type]


def fulfil(
    *,
    by: Person | int,
    obligation: Obligation | UUID,
    happened_at: datetime,
    at: datetime,
    note: str = "",
    key: str | None = None,
) -> ActRecord | PlaceAct:
    """Record the very act an obligation asks for: its kind, its addressee, those who must take part.

    Raises Refusal for a roll call, which is taken and not recorded as an act.
    """
    number = obligation.pk if isinstance(obligation, Obligation) else obligation
    owed = Obligation.objects.select_related("child").get(pk=number)
    if owed.of_the_date:
        return fulfil_duty(by=by, obligation=owed, happened_at=happened_at, at=at, note=note, key=key)
    if owed.child is None:
        raise Refusal("TAKE_IT", "点名请在点名页完成。", "Take the roll call on its own page.")
    if owed.act in visits.KIND_OF:
        return _fulfil_visit(owed, owed.child, by, happened_at, at, note, key)
    return record_act(
        by=by,
        child=owed.child,
        act=owed.act,
        happened_at=happened_at,
        at=at,
        taking_part=[Post(code) for code in owed.taking_part],  # type: ignore[call-arg]
        to=owed.to_post or None,
        note=note,
        key=key,
    )


def _fulfil_visit(
    owed: Obligation,
    child: Child,
    by: Person | int,
    happened_at: datetime,
    at: datetime,
    note: str,
    key: str | None,
) -> ActRecord:
    return visits.record_visit(
        by=by,
        child=child,
        kind=visits.KIND_OF[owed.act],
        happened_at=happened_at,
        at=at,
        people=[TookPart(Post(code)) for code in owed.taking_part],  # type: ignore[call-arg]
        findings=note,
        ordered=owed.pk,
        key=key,
    ).act


@one_act
def record_event(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: EventKind,
    happened_at: datetime,
    at: datetime,
    note: str = "",
    private: bool = False,
    key: str | None = None,
    supersedes: EventRecord | None = None,
) -> EventRecord:
    """Record something a person states about a child; the same `key` again gives the first record.

    Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    acting_posts(person, pupil, answering_at(pupil, at.date()), at.date())
    if key is not None and (first := EventRecord.objects.filter(pk=id_of(key)).first()) is not None:
        if (first.child_id, first.kind) != (pupil.pk, kind):
            raise key_used()
        return first
    refuse_future(happened_at, at, "发生时间", "The moment")
    if kind in NOT_STATED:
        raise Refusal(
            "USE_CHANGES", f"“{kind.zh}”由学籍异动办理时记下。", f"Enrolment changes record this ({kind.en})."
        )
    hold([pupil.pk])
    event = EventRecord.objects.create(
        id=id_of(key),
        child=pupil,
        kind=kind,
        happened_at=happened_at,
        recorded_at=at,
        by=person,
        note=note,
        private=private,
        supersedes=supersedes,
    )
    body: dict[str, object] = {"event": str(event.pk), "kind": kind.value}
    entry = Entry("RECORD_EVENT", "child", str(pupil.pk), body, person)
    follow_up([pupil.pk], as_of=at, entry=entry, why=WHY)
    return event
