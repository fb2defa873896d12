"""核对答复: mended, which the facts must bear out, or true as it stands, which must be explained."""

from __future__ import annotations

from datetime import datetime

from notoneless.core.report_terms import FindingAnswer
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Contradiction, ContradictionAnswered, JournalEntry, Person
from notoneless.services.contradictions.checks import CHECKS
from notoneless.services.contradictions.keeping import keep_findings
from notoneless.services.contradictions.running import digest_of
from notoneless.services.finding import the_person
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act
from notoneless.services.written import written

NOTE = 500  # characters


def may_answer(person: Person, contradiction: Contradiction, at: datetime) -> Refusal | None:
    """Why this person may not answer for it, or None; what the greyed button says."""
    if contradiction.closed_at is not None:
        return _closed()
    return None if _post(person, contradiction, at) else may_not(Thing.CONTRADICTION, Verb.ANSWER, "")


def _post(person: Person, row: Contradiction, at: datetime) -> Post | None:
    """The post by which the person may: in the class it is of, or at or above the place where it is."""
    posts = list(posts_in(person, Thing.CONTRADICTION, Verb.ANSWER, row.place, at.date()))
    if row.class_group is not None:
        posts = posts_in(person, Thing.CONTRADICTION, Verb.ANSWER, row.class_group, at.date()) + posts
    return next(iter(posts), None)


@one_act
def answer(
    *,
    by: Person | int,
    contradiction: Contradiction | int,
    answer: FindingAnswer,
    note: str,
    at: datetime,
    key: str | None = None,
) -> ContradictionAnswered:
    """Say that it is mended or why it is so; the same `key` again gives the first answer. Raises Refusal.

    One said to be mended is looked at again at once and is refused while the rows still contradict.
    """
    person = the_person(by)
    number = contradiction.pk if isinstance(contradiction, Contradiction) else contradiction
    row = (
        Contradiction.objects.select_for_update(of=("self",))
        .select_related("place", "class_group")
        .get(pk=number)
    )
    if key and (first := ContradictionAnswered.objects.filter(key=key).first()) is not None:
        return first
    if (no := may_answer(person, row, at)) is not None:
        raise no
    post = _post(person, row, at)
    assert post is not None  # refused above
    words = written(note, NOTE, "说明", "Note", needed=True)
    given = ContradictionAnswered.objects.create(
        contradiction=row,
        answer=answer,
        note=words,
        digest=digest_of(row.rows),
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    if answer is FindingAnswer.MENDED:
        _refuse_unmended(row, at)
    else:
        Contradiction.objects.filter(pk=row.pk).update(closed_at=at)
    body = {"contradiction": row.pk, "check": row.check_id, "answer": answer.value}
    JournalEntry.objects.create(
        at=at,
        by=person,
        act="ANSWER_CONTRADICTION",
        subject_kind="contradiction",
        subject_id=str(row.pk),
        body=body,
    )
    return given


def _refuse_unmended(row: Contradiction, at: datetime) -> None:
    keep_findings(now=at, only=[row.check_id])
    if Contradiction.objects.filter(pk=row.pk, closed_at=None).exists():
        check = CHECKS[row.check_id]
        raise Refusal(
            "STILL_CONTRADICTS",
            f"记录仍然矛盾：{check.zh}。请先按“{check.fix[0]}”更正，或选“情况属实”并写明。",
            f"The records still contradict: {check.en}. {check.fix[1]} Or explain why it is so.",
        )


def _closed() -> Refusal:
    return Refusal("CLOSED", "这项矛盾已经了结。", "This contradiction is settled.")
