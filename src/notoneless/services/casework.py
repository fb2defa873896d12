"""个案: what is done about a child — contacts, visits, persuasion, reports — and what people state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from notoneless.core.enrolment import NOT_STATED, ON_THEIR_OWN_PAGE
from notoneless.core.terms import Act, ActOutcome, EventKind, Evidence, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ActRecord,
    Child,
    ClassGroup,
    EventRecord,
    Obligation,
    Person,
    PlaceAct,
)
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.closing import close_out, may_close_out
from notoneless.services.finding import class_on, refuse_future, the_child, the_person
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.place_acts import fulfil_duty
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act

__all__ = [
    "close_out",
    "fulfil",
    "may_close_out",
    "record_act",
    "record_contact",
    "record_event",
    "record_persuasion",
    "record_visit",
]

# Writing down what happened is itself the evidence that these acts ask for.
WRITTEN_EVIDENCE = {
    Act.HOME_VISIT: Evidence.VISIT_RECORD,
    Act.HOSPITAL_VISIT: Evidence.VISIT_RECORD,
    Act.CONTACT_GUARDIAN: Evidence.CONTACT_RECORD,
    Act.FOLLOW_UP_CALL: Evidence.CONTACT_RECORD,
    Act.PERSUADE: Evidence.PERSUASION_RECORD,
    Act.PLAN: Evidence.PLAN_DOCUMENT,
    Act.WRITTEN_REPORT: Evidence.WRITTEN_REPORT,
}
WHY = "已有新的记录，这项不再需要"


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
    plans and written reports ask for; a `private` one is read only by whoever must know. Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    class_group = class_on(pupil, at.date())
    posts = _posts(person, pupil, class_group, at.date())
    if key is not None and (first := ActRecord.objects.filter(key=key).first()) is not None:
        return _the_same(first, pupil, act)
    refuse_future(happened_at, at, "发生时间", "The moment")
    if act is Act.CLOSE_OUT:
        raise Refusal("USE_CLOSE_OUT", "销号请在个案页办理。", "Close a case out on its own page.")
    if act in ON_THEIR_OWN_PAGE:
        raise Refusal(
            "USE_CHANGES", f"“{act.zh}”请在学籍异动页办理。", f"Do this on the enrolment page ({act.en})."
        )
    hold([pupil.pk])
    record = ActRecord.objects.create(
        child=pupil,
        act=act,
        happened_at=happened_at,
        recorded_at=at,
        by=person,
        by_post=_post(posts, class_group, by_post),
        taking_part=sorted(post.value for post in set(taking_part)),
        participants=participants,
        to_post=to or "",
        outcome=outcome,
        evidence=sorted(kind.value for kind in _with_written(act, evidence, note)),
        note=note,
        private=private,
        next_contact_on=next_contact_on,
        key=key,
        supersedes=supersedes,
    )
    body: dict[str, object] = {"act": str(record.pk), "kind": act.value, "outcome": outcome.value}
    entry = Entry("RECORD_ACT", "child", str(pupil.pk), body, person)
    follow_up([pupil.pk], as_of=at, entry=entry, why=WHY)
    return record


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
    _posts(person, pupil, class_on(pupil, at.date()), at.date())
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


def _the_same(first: ActRecord, pupil: Child, act: Act) -> ActRecord:
    if first.child_id != pupil.pk or first.act is not act:
        raise key_used()
    return first


def _posts(person: Person, pupil: Child, class_group: ClassGroup, on: date) -> list[Post]:
    """The posts by which the person may record acts about the child. Raises Refusal."""
    found = posts_in(person, Thing.CHILD, Verb.RECORD, pupil, on)
    if not found:
        raise may_not(Thing.CHILD, Verb.RECORD, class_group.name)
    return found


def _post(posts: list[Post], class_group: ClassGroup, asked: Post | None) -> Post:
    """The post by which the person acts: the one they name, if they hold it, or their nearest."""
    held = asked if asked in posts else None if asked else posts[0]
    if held is None:
        assert asked is not None
        raise Refusal(
            "POST_NOT_HELD",
            f"您在{class_group.name}没有担任“{asked.zh}”；请选择您担任的岗位。",
            f"You do not hold the post of {asked.en} for {class_group.name}; choose one you hold.",
        )
    return held


def _with_written(act: Act, evidence: Iterable[Evidence], note: str) -> set[Evidence]:
    written = WRITTEN_EVIDENCE.get(act)
    return set(evidence) | ({written} if written and note.strip() else set())
