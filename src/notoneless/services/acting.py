"""What every act about a child has in common: who may record it, its row, what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.terms import Act, ActOutcome, Evidence, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ActRecord, Child, ClassGroup, Person, Place
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used

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


class Done(NamedTuple):
    """An act as it goes into its row."""

    act: Act
    happened_at: datetime
    outcome: ActOutcome
    by_post: Post
    taking_part: frozenset[Post] = frozenset()
    participants: str = ""
    to: Post | None = None
    evidence: frozenset[Evidence] = frozenset()
    note: str = ""
    private: bool = False
    next_contact_on: date | None = None
    supersedes: ActRecord | None = None


def recorded_before(key: str | None, child: Child, act: Act) -> ActRecord | None:
    """The record that this key made. Raises Refusal when it made another one."""
    first = ActRecord.objects.filter(key=key).first() if key is not None else None
    if first is not None and (first.child_id != child.pk or first.act is not act):
        raise key_used()
    return first


def acting_posts(person: Person, child: Child, where: ClassGroup | Place, on: date) -> list[Post]:
    """The posts by which the person may record acts about the child, the nearest first. Raises Refusal."""
    found = posts_in(person, Thing.CHILD, Verb.RECORD, child, on)
    if not found:
        raise may_not(Thing.CHILD, Verb.RECORD, where.name)
    return found


def acting_post(posts: list[Post], where: ClassGroup | Place, asked: Post | None) -> Post:
    """The post by which the person acts: the one they name, if they hold it, or their nearest."""
    if asked is None:
        return posts[0]
    if asked not in posts:
        raise Refusal(
            "POST_NOT_HELD",
            f"您在{where.name}没有担任“{asked.zh}”；请选择您担任的岗位。",
            f"You do not hold the post of {asked.en} for {where.name}; choose one you hold.",
        )
    return asked


def with_written(act: Act, evidence: Iterable[Evidence], words: str) -> frozenset[Evidence]:
    """The evidence beside an act, among it what its own words are."""
    written = WRITTEN_EVIDENCE.get(act)
    return frozenset(evidence) | ({written} if written and words.strip() else set())


def write_act(child: Child, person: Person, done: Done, key: str | None, at: datetime) -> ActRecord:
    """The act's row; nothing follows from it yet."""
    return ActRecord.objects.create(
        child=child,
        act=done.act,
        happened_at=done.happened_at,
        recorded_at=at,
        by=person,
        by_post=done.by_post,
        taking_part=sorted(post.value for post in done.taking_part),
        participants=done.participants,
        to_post=done.to or "",
        outcome=done.outcome,
        evidence=sorted(kind.value for kind in done.evidence),
        note=done.note,
        private=done.private,
        next_contact_on=done.next_contact_on,
        key=key,
        supersedes=done.supersedes,
    )


def follow_act(record: ActRecord, at: datetime, **more: object) -> None:
    """Derive the child anew and tell the act in the journal, with `more` ids and counts."""
    body: dict[str, object] = {"act": str(record.pk), "kind": record.act.value, **more}
    body["outcome"] = record.outcome.value
    entry = Entry("RECORD_ACT", "child", str(record.child_id), body, record.by)
    follow_up([record.child_id], as_of=at, entry=entry, why=WHY)
