"""减免缓助补: relief from the cost of school, asked for by one and decided by another. Need to know."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from notoneless.core.case_terms import Decision, ReliefKind
from notoneless.core.terms import Post, TellKind
from notoneless.core.tuition import begun_in
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Person, Place, ReliefAsked, ReliefDecided
from notoneless.records.scopes import fields_for
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import school_of
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

# 100,000 yuan: nothing a school asks of a family comes near, so a larger sum is a slip of the pen.
MOST_FEN = 10_000_000
LONGEST = timedelta(days=3 * 366)  # what lasts longer is asked for anew, as a family's means change


@one_act
def ask_relief(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: ReliefKind,
    of: str,
    fen: int | None,
    reason: str,
    school_year: int,
    at: datetime,
    key: str | None = None,
) -> ReliefAsked:
    """Ask for relief of a cost for a child; `fen` is None where it is not money. Raises Refusal."""
    person, pupil = the_person(by), the_child(child)
    post = _may(person, pupil, Verb.ASK, at.date())
    if key is not None and (first := ReliefAsked.objects.filter(key=key).first()) is not None:
        if (first.child_id, first.kind) != (pupil.pk, kind):
            raise key_used()
        return first
    words = written(of, 100, "减免的费用", "Which cost", needed=True)
    why = written(reason, 2000, "申请理由", "Why", needed=True)
    _refuse_sum(fen)
    _refuse_year(school_year, at.date())
    hold([pupil.pk])
    asked = ReliefAsked.objects.create(
        child=pupil,
        school=_school(pupil, at.date()),
        kind=kind,
        of=words,
        fen=fen,
        reason=why,
        school_year=school_year,
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    _journal("ASK_RELIEF", asked, person, at)
    _tell_decider(asked)
    return asked


@one_act
def decide_relief(
    *,
    by: Person | int,
    asked: ReliefAsked | UUID,
    decision: Decision,
    at: datetime,
    fen: int | None = None,
    from_day: date | None = None,
    until: date | None = None,
    note: str = "",
) -> ReliefDecided:
    """Decide on what another person asked for; what is agreed names its days, `until` exclusive.

    A sum is never more than was asked for; a refusal says why. Raises Refusal.
    """
    person = the_person(by)
    number = asked.pk if isinstance(asked, ReliefAsked) else asked
    row = ReliefAsked.objects.select_related("child").get(pk=number)
    post = _may(person, row.child, Verb.APPROVE, at.date())
    hold([row.child_id])
    _refuse_decided(row, person)
    words = written(note, 300, "审批意见", "What was said", needed=decision is Decision.REFUSED)
    if decision is Decision.AGREED:
        _refuse_terms(row, fen, from_day, until)
    agreed = decision is Decision.AGREED
    decided = ReliefDecided.objects.create(
        asked=row,
        decision=decision,
        fen=fen if agreed else None,
        from_day=from_day if agreed else None,
        until=until if agreed else None,
        by=person,
        by_post=post,
        at=at,
        note=words,
    )
    _journal("DECIDE_RELIEF", row, person, at)
    queue(key=f"relief/{row.pk}/decided", kind=TellKind.DECIDED, at=at, person=row.by_id)
    return decided


def _tell_decider(asked: ReliefAsked) -> None:
    """The principal decides; what a principal asks for is the bureau's."""
    post = Post.COUNTY_BUREAU if asked.by_post is Post.PRINCIPAL else Post.PRINCIPAL
    key, about = f"relief/{asked.pk}", {"relief": str(asked.pk)}
    queue(key=key, kind=TellKind.ASKED, at=asked.at, posts=(post,), place=asked.school_id, about=about)


def may_relieve(person: Person, child: Child, verb: Verb, on: date) -> Refusal | None:
    """Why this person may not ask for relief for the child (or decide on it), or None."""
    try:
        _may(person, child, verb, on)
    except Refusal as refusal:
        return refusal
    return None


def _may(person: Person, child: Child, verb: Verb, on: date) -> Post:
    post = require(person, Thing.SUPPORT, verb, child, on)
    if Fields.HARDSHIP not in fields_for(person, child, on):
        raise Refusal(
            "NOT_YOUR_FIELDS",
            "减免由能看到困难情况的班主任、教导处、校长或县教育局办理。",
            "Relief is for those who are shown this child's hardship: class teacher, school, county bureau.",
        )
    return post


def _school(child: Child, on: date) -> Place:
    school = school_of(child, on)
    if school is None:
        raise Refusal(
            "NOT_ENROLLED",
            f"{child.name}还没有学籍，也没有编班；请先办理，再申请减免。",
            f"{child.name} is on no roll and in no class; see to that first.",
        )
    return school


def _refuse_sum(fen: int | None) -> None:
    if fen is not None and not 0 < fen <= MOST_FEN:
        most = MOST_FEN // 100
        raise Refusal(
            "BAD_SUM",
            f"金额应大于 0、不超过 {most} 元；不是钱的就不填金额。",
            f"A sum is more than 0 and at most {most} yuan; leave it empty where it is not money.",
        )


def _refuse_year(school_year: int, on: date) -> None:
    now = begun_in(on)
    if school_year not in (now, now + 1):
        raise Refusal(
            "BAD_YEAR",
            f"学年应为 {now}-{now + 1} 或 {now + 1}-{now + 2}；以前学年的不能再申请。",
            f"The school year is {now}-{now + 1} or {now + 1}-{now + 2}; past years are over.",
        )


def _refuse_decided(asked: ReliefAsked, person: Person) -> None:
    if ReliefDecided.objects.filter(asked=asked).exists():
        raise Refusal("DECIDED", "这项申请已经审批过；请刷新查看。", "This was decided already; reload.")
    if asked.by_id == person.pk:
        raise Refusal(
            "OWN_ASKING",
            "申请和审批要由两个人办；请由校长或县教育局的另一人审批。",
            "Whoever asked does not decide; another person at the school or the bureau does.",
        )


def _refuse_terms(asked: ReliefAsked, fen: int | None, from_day: date | None, until: date | None) -> None:
    if from_day is None or until is None or until <= from_day or until - from_day > LONGEST:
        raise Refusal(
            "BAD_SPAN",
            "同意的要写明从哪天到哪天；最后一天不早于第一天，前后不超过三年。",
            "What is agreed names its first and its last day, at most three years apart.",
        )
    if (fen is None) != (asked.fen is None) or (fen is not None and fen <= 0):
        raise Refusal(
            "BAD_SUM",
            "申请了金额的，同意时写明金额；没有申请金额的，不写。",
            "Name a sum where one was asked for, and none where none was.",
        )
    if fen is not None and asked.fen is not None and fen > asked.fen:
        raise Refusal(
            "MORE_THAN_ASKED",
            f"同意的金额不能多于申请的 {asked.fen / 100:.2f} 元；要多给，请另行申请。",
            f"No more is agreed than the {asked.fen / 100:.2f} yuan asked for; ask again for more.",
        )


def _journal(act: str, asked: ReliefAsked, person: Person, at: datetime) -> None:
    """What it is and how much stays in the row: the journal is read by those who need not know."""
    entry = Entry(act, "child", str(asked.child_id), {"relief": str(asked.pk)}, person)
    keep(Changes(), at=at, entry=entry)
