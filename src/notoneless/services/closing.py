"""销号: one person asks with evidence, another agrees; only both together settle a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from notoneless.core.case_terms import Decision
from notoneless.core.terms import Act, CloseOutKind, Post, Stage, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ActRecord,
    Case,
    CloseOutAsked,
    CloseOutReviewed,
    EvidencePiece,
    Person,
)
from notoneless.services.assessments import Entry, follow_up, hold, keep
from notoneless.services.closing_grounds import STABLE as STABLE
from notoneless.services.closing_grounds import Grounds, no_such_closing
from notoneless.services.closing_grounds import present_in_a_row as present_in_a_row
from notoneless.services.deriving import Changes
from notoneless.services.finding import answering_at, the_person
from notoneless.services.permissions import posts_in, refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

NOTE = 300  # characters


def may_ask(
    person: Person,
    case: Case,
    kind: CloseOutKind = STABLE,
    *,
    at: datetime,
    pieces: Iterable[EvidencePiece] | None = None,
    grounds: Grounds | None = None,
) -> Refusal | None:
    """What stands against this person's asking, or None; what the greyed button says.

    Without `pieces` all evidence of the case counts.
    """
    known = grounds or Grounds(case, at)
    no = stands_against(person, case, at=at)
    return no or known.missing(kind, known.pieces if pieces is None else pieces)


def stands_against(person: Person, case: Case, *, at: datetime) -> Refusal | None:
    """What stands against asking by this person whatever the type: post, stage, a request that waits."""
    no = refusal(person, Thing.CASE, Verb.CLOSE_OUT, answering_at(case.child, at.date()), at.date())
    return no or _wrong_stage(case) or _under_review(case)


@one_act
def ask_close_out(
    *,
    by: Person | int,
    case: Case | int,
    kind: CloseOutKind = STABLE,
    pieces: Collection[UUID] | None = None,
    note: str = "",
    at: datetime,
    key: str | None = None,
) -> CloseOutAsked:
    """Ask that the case be settled; nothing is, before somebody else agrees. Raises Refusal.

    `pieces` are ids of evidence; all of it when left out. The same `key` again gives the first request.
    """
    person, asked_for = the_person(by), _held(case)
    where = answering_at(asked_for.child, at.date())
    post = require(person, Thing.CASE, Verb.CLOSE_OUT, where, at.date())
    if key and (first := CloseOutAsked.objects.filter(key=key).first()) is not None:
        return _the_same(first, asked_for, kind)
    known = Grounds(asked_for, at)
    chosen = known.pieces if pieces is None else _chosen(known, pieces)
    if (no := may_ask(person, asked_for, kind, at=at, pieces=chosen, grounds=known)) is not None:
        raise no
    asked = CloseOutAsked.objects.create(
        case=asked_for,
        kind=kind,
        evidence=[str(piece.pk) for piece in chosen],
        note=written(note, NOTE, "说明", "Note"),
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    body: dict[str, object] = {"case": asked_for.number, "kind": kind.value, "asked": str(asked.pk)}
    entry = Entry("ASK_CLOSE_OUT", "child", str(asked_for.child_id), body, person)
    keep(Changes(), at=at, entry=entry)
    return asked


def may_review(
    person: Person, asked: CloseOutAsked, *, at: datetime, grounds: Grounds | None = None
) -> Refusal | None:
    """Why this person may not be the second one for this request, or None."""
    known = grounds or Grounds(asked.case, at)
    return _not_theirs(person, asked, known) or (_reviewed_already(asked) if is_reviewed(asked) else None)


def reviewing_post(person: Person, asked: CloseOutAsked, known: Grounds) -> Post | None:
    """The post by which the person may review: one that the policy names, at or above the child's school."""
    closing = known.closing(asked.kind)
    where = answering_at(asked.case.child, known.at.date())
    posts = posts_in(person, Thing.CASE, Verb.APPROVE, where, known.at.date())
    return next((post for post in posts if closing is not None and post in closing.reviewers), None)


@one_act
def review_close_out(
    *,
    by: Person | int,
    asked: CloseOutAsked | UUID,
    decision: Decision,
    note: str = "",
    at: datetime,
) -> CloseOutReviewed:
    """Agree, which closes the case, or send the request back with the reason; said twice it is one.

    The days and the evidence are looked at anew. Raises Refusal.
    """
    person, row = the_person(by), _held_request(asked)
    if (first := CloseOutReviewed.objects.filter(asked=row).first()) is not None:
        if (first.by_id, first.decision) == (person.pk, decision):
            return first
        raise _reviewed_already(row)
    known = Grounds(row.case, at)
    if (no := _not_theirs(person, row, known)) is not None:
        raise no
    post = reviewing_post(person, row, known)
    assert post is not None  # refused above
    words = written(note, NOTE, "复核意见", "Reason", needed=decision is Decision.REFUSED)
    act = _close(row, known, person, post) if decision is Decision.AGREED else None
    review = CloseOutReviewed.objects.create(
        asked=row, decision=decision, by=person, by_post=post, at=at, note=words, act=act
    )
    _journal_review(review, known)
    queue(key=f"close-out/{row.pk}/reviewed", kind=TellKind.DECIDED, at=at, person=row.by_id)
    row.case.refresh_from_db()
    return review


def _close(row: CloseOutAsked, known: Grounds, person: Person, post: Post) -> ActRecord:
    """The act that closes the case, with the evidence that was looked at again. Raises Refusal."""
    kind = row.kind
    pieces = pieces_of(row)
    if (no := _wrong_stage(row.case) or known.missing(kind, pieces)) is not None:
        raise no
    closing = known.closing(kind)
    assert closing is not None  # missing above otherwise
    return ActRecord.objects.create(
        child=row.case.child,
        act=Act.CLOSE_OUT,
        happened_at=known.at,
        recorded_at=known.at,
        by=person,
        by_post=post,
        taking_part=[row.by_post.value],
        outcome="DONE",
        evidence=sorted(each.value for each in known.proved(closing, pieces)),
        note=row.note,
    )


def _journal_review(review: CloseOutReviewed, known: Grounds) -> None:
    row = review.asked
    body: dict[str, object] = {
        "case": row.case.number,
        "kind": row.kind.value,
        "asked": str(row.pk),
        "decision": review.decision.value,
        "act": str(review.act_id) if review.act_id else None,
    }
    entry = Entry("CLOSE_OUT", "child", str(row.case.child_id), body, review.by)
    if review.act_id:
        follow_up([row.case.child_id], as_of=known.at, entry=entry)
    else:
        keep(Changes(), at=known.at, entry=entry)


def pieces_of(asked: CloseOutAsked) -> list[EvidencePiece]:
    """The evidence a request rests on, in the order in which it was handed in."""
    rows = EvidencePiece.objects.filter(pk__in=asked.evidence)
    return list(rows.select_related("attachment", "paper", "change", "by").order_by("at", "pk"))


def is_reviewed(asked: CloseOutAsked) -> bool:
    """Whether somebody has decided on the request."""
    return CloseOutReviewed.objects.filter(asked=asked).exists()


# Rows.


def _held(case: Case | int) -> Case:
    """The case, with nobody else acting on its child meanwhile."""
    number = case if isinstance(case, int) else case.pk
    hold([Case.objects.values_list("child_id", flat=True).get(pk=number)])
    return Case.objects.select_related("child").get(pk=number)


def _held_request(asked: CloseOutAsked | UUID) -> CloseOutAsked:
    number = asked if isinstance(asked, UUID) else asked.pk
    hold([CloseOutAsked.objects.values_list("case__child_id", flat=True).get(pk=number)])
    return CloseOutAsked.objects.select_related("case__child", "by").get(pk=number)


def _chosen(known: Grounds, pieces: Collection[UUID]) -> tuple[EvidencePiece, ...]:
    wanted = set(pieces)
    chosen = tuple(piece for piece in known.pieces if piece.pk in wanted)
    if len(chosen) < len(wanted):
        raise Refusal(
            "NOT_EVIDENCE_HERE",
            "选的佐证不是这个个案这一次的；请从页面上列出的佐证里选。",
            "That evidence is not of this case as it stands now; choose from those listed.",
        )
    return chosen


def _the_same(first: CloseOutAsked, case: Case, kind: CloseOutKind) -> CloseOutAsked:
    if (first.case_id, first.kind) != (case.pk, kind):
        raise key_used()
    return first


# Refusals.


def _wrong_stage(case: Case) -> Refusal | None:
    if case.stage is Stage.CLOSED:
        return Refusal(
            "ALREADY_CLOSED", f"个案 {case.number} 已经销号。", f"Case {case.number} is closed out."
        )
    if case.stage is Stage.ATTENDING:
        return Refusal(
            "NOTHING_TO_CLOSE",
            f"个案 {case.number} 的事实已更正，学生一直在校；不需要销号。",
            f"The facts of case {case.number} were corrected; there is nothing to close out.",
        )
    return None


def _under_review(case: Case) -> Refusal | None:
    waiting = CloseOutAsked.objects.filter(case=case, reviewed=None).first()
    if waiting is None:
        return None
    return Refusal(
        "UNDER_REVIEW",
        f"个案 {case.number} 按“{waiting.kind.zh}”的销号申请正在等复核。",
        f'A request to close case {case.number} ("{waiting.kind.en}") waits for review.',
    )


def _not_theirs(person: Person, asked: CloseOutAsked, known: Grounds) -> Refusal | None:
    """Never whoever asked; and only by a post that the policy names."""
    if asked.by_id == person.pk:
        return Refusal(
            "SAME_PERSON",
            "销号由另一个人复核；您是申请人，不能自己复核。",
            "Somebody else reviews a close-out; you asked for it yourself.",
        )
    if reviewing_post(person, asked, known) is not None:
        return None
    closing = known.closing(asked.kind)
    if closing is None:
        return no_such_closing(asked.kind)
    posts = closing.nearest_reviewers
    return Refusal(
        "MAY_NOT_REVIEW",
        f"按“{closing.kind.zh}”销号由{'、'.join(post.zh for post in posts)}复核。",
        f'A close-out as "{closing.kind.en}" is reviewed by: {", ".join(post.en for post in posts)}.',
    )


def _reviewed_already(asked: CloseOutAsked) -> Refusal:
    return Refusal(
        "REVIEWED",
        f"个案 {asked.case.number} 的这份销号申请已经有人复核。",
        f"This request to close case {asked.case.number} has been decided on.",
    )
