"""结对帮扶: who helps a child and what for, every contact of theirs, and the end. Need to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from notoneless.core.case_terms import HelpWay, PairingPurpose
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Act, ActOutcome, Post
from notoneless.records.access import PURPOSE_FIELDS, Thing, Verb
from notoneless.records.constants import any_class_of, of_classes
from notoneless.records.models import (
    ActRecord,
    Child,
    Pairing,
    PairingContact,
    PairingEnded,
    Person,
)
from notoneless.records.scopes import fields_for
from notoneless.services.assessments import Entry, follow_up, hold, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import refuse_future, the_child, the_person
from notoneless.services.helpers import may_help, post_of_helper
from notoneless.services.on_roll import school_of
from notoneless.services.permissions import post_in, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

MOST_DAYS = 366
WHY = "已结对帮扶，这项不再需要"
# What a visit or a call that is recorded already counts as; it is pointed to and not written again.
COUNTS_AS = {
    Act.HOME_VISIT: HelpWay.VISIT,
    Act.HOSPITAL_VISIT: HelpWay.VISIT,
    Act.PERSUADE: HelpWay.VISIT,
    Act.CONTACT_GUARDIAN: HelpWay.CALL,
    Act.FOLLOW_UP_CALL: HelpWay.CALL,
}


@one_act
def pair(
    *,
    by: Person | int,
    child: Child | UUID,
    helper: Person | int,
    purpose: PairingPurpose,
    from_day: date,
    at: datetime,
    contact_days: int | None = None,
    goal: str = "",
    helper_is: str = "",
    key: str | None = None,
) -> Pairing:
    """Pair a child with a helper, who is in touch every `contact_days` calendar days or more often.

    Without a number of days the policy's holds. It is an act of the helper, so that their quota of pairings
    counts it; the journal says who wrote it down. Raises Refusal.
    """
    person, pupil, who = the_person(by), the_child(child), the_person(helper)
    post = _may(person, pupil, purpose, at.date())
    if key is not None and (first := Pairing.objects.filter(key=key).first()) is not None:
        if (first.child_id, first.purpose) != (pupil.pk, purpose):
            raise key_used()
        return first
    days = _days(contact_days_of(pupil, at.date()).get(purpose) if contact_days is None else contact_days)
    _refuse_stranger(who, pupil, at.date())
    hold([pupil.pk])
    _refuse_second(pupil, purpose)
    row = Pairing.objects.create(
        child=pupil,
        helper=who,
        helper_is=written(helper_is, 60, "帮扶人身份", "Who the helper is"),
        purpose=purpose,
        goal=written(goal, 300, "帮扶目标", "Goal"),
        from_day=from_day,
        contact_days=days,
        by=person,
        at=at,
        key=key,
    )
    helping = post_of_helper(who, pupil, at.date())
    others = {post} - {helping}
    act = _act(Act.PAIR, pupil, who, helping, at, at, key=f"pair:{row.pk}", taking_part=others)
    body: dict[str, object] = {"pairing": str(row.pk), "act": str(act.pk), "helper": who.pk}
    entry = Entry("PAIR", "child", str(pupil.pk), body, person)
    follow_up([pupil.pk], as_of=at, entry=entry, why=WHY)
    return row


@one_act
def record_help(
    *,
    by: Person | int,
    pairing: Pairing | UUID,
    way: HelpWay,
    happened_at: datetime,
    at: datetime,
    content: str = "",
    effect: str = "",
    act: ActRecord | None = None,
    key: str | None = None,
) -> PairingContact:
    """Record one contact of a pairing; with `act`, a visit that is recorded already is only pointed to.

    By the helper, or for the helper by whoever records support of the child. What was said stays with the
    pairing; the child's file says only that there was help. Raises Refusal.
    """
    person = the_person(by)
    row = _the_pairing(pairing)
    if (refusal := may_record_help(person, row, at.date())) is not None:
        raise refusal
    number = id_of(key)
    hold([row.child_id])
    if (first := PairingContact.objects.filter(pk=number).first()) is not None:
        if first.pairing_id != row.pk:
            raise key_used()
        return first
    if act is None:
        refuse_future(happened_at, at, "发生时间", "The moment")
        _refuse_outside(row, happened_at)
    elif (known := _refuse_other(row, act)) is not None:
        return known
    words = written(content, 4000, "做了什么", "What was done", needed=act is None)
    done = act or _help(row, happened_at, at, number)
    contact = PairingContact.objects.create(
        id=number,
        pairing=row,
        act=done,
        way=way,
        content=words,
        effect=written(effect, 300, "成效", "What came of it"),
    )
    body: dict[str, object] = {"pairing": str(row.pk), "contact": str(number), "act": str(done.pk)}
    entry = Entry("RECORD_HELP", "child", str(row.child_id), body, person)
    follow_up([row.child_id], as_of=at, entry=entry, why=WHY)
    return contact


@one_act
def end_pairing(
    *, by: Person | int, pairing: Pairing | UUID, until: date, at: datetime, evaluation: str = ""
) -> PairingEnded:
    """The pairing is over from the day `until` on, with what it achieved. Raises Refusal."""
    person, row = the_person(by), _the_pairing(pairing)
    _may(person, row.child, row.purpose, at.date())
    hold([row.child_id])
    if PairingEnded.objects.filter(pairing=row).exists():
        raise Refusal("PAIRING_OVER", "这项结对已经结束；请刷新查看。", "This pairing is over; reload.")
    if not row.from_day <= until <= at.date():
        raise Refusal(
            "BAD_SPAN",
            f"结束日期应在 {row.from_day} 到今天之间。",
            f"A pairing ends between {row.from_day} and today.",
        )
    ended = PairingEnded.objects.create(
        pairing=row,
        until=until,
        evaluation=written(evaluation, 2000, "评价", "What it achieved", needed=True),
        by=person,
        at=at,
    )
    body: dict[str, object] = {"pairing": str(row.pk)}
    keep(Changes(), at=at, entry=Entry("END_PAIRING", "child", str(row.child_id), body, person))
    return ended


def contact_days_of(child: Child, on: date) -> dict[PairingPurpose, int]:
    """How many calendar days the nearest pack lets lie between two contacts, by what a helper is there for.

    A purpose of which no pack speaks is left out.
    """
    school = school_of(child, on)
    homes = of_classes(any_class_of([school.pk]).values()) if school else {}
    rules = (home.packs.pairing(purpose) for home in homes.values() for purpose in PairingPurpose)
    return {rule.purpose: rule.contact_days for rule in rules if rule is not None}


# Who may.


def may_pair(person: Person, child: Child, purpose: PairingPurpose, on: date) -> Refusal | None:
    """Why this person may not pair the child for this purpose, or None."""
    try:
        _may(person, child, purpose, on)
    except Refusal as refusal:
        return refusal
    return None


def is_helper(person: Person, pairing: Pairing, on: date) -> bool:
    """Whether the person is the helper of this pairing, which is not over, and still has a post nearby."""
    ended = PairingEnded.objects.filter(pairing=pairing, until__lte=on).exists()
    return pairing.helper_id == person.pk and not ended and may_help(person, pairing.child, on)


def may_record_help(person: Person, pairing: Pairing, on: date) -> Refusal | None:
    """Why this person may not record help in this pairing, or None: the helper, or who records support."""
    if PairingEnded.objects.filter(pairing=pairing, until__lte=on).exists():
        return Refusal(
            "PAIRING_OVER", "结对已经结束，不能再记；请重新结对。", "The pairing is over; pair them anew."
        )
    if is_helper(person, pairing, on) or post_in(person, Thing.SUPPORT, Verb.RECORD, pairing.child, on):
        return None
    return Refusal(
        "NOT_YOUR_PAIRING",
        "帮扶记录由帮扶人本人填写，或由班主任、学校代记。",
        "Help is recorded by the helper, or for the helper by the class teacher or the school.",
    )


def _may(person: Person, child: Child, purpose: PairingPurpose, on: date) -> Post:
    post = require(person, Thing.SUPPORT, Verb.RECORD, child, on)
    if not PURPOSE_FIELDS[purpose] <= fields_for(person, child, on):
        raise Refusal(
            "NOT_YOUR_FIELDS",
            f"“{purpose.zh}”由能看到这部分情况的班主任或学校办理。",
            f"This ({purpose.en}) is for those at the school who are shown this part of the data.",
        )
    return post


# What is refused.


def _the_pairing(pairing: Pairing | UUID) -> Pairing:
    number = pairing.pk if isinstance(pairing, Pairing) else pairing
    return Pairing.objects.select_related("child", "helper").get(pk=number)


def _days(contact_days: int | None) -> int:
    if contact_days is None or not 1 <= contact_days <= MOST_DAYS:
        raise Refusal(
            "BAD_DAYS",
            f"联系间隔应为 1 到 {MOST_DAYS} 个日历日；本地制度没有规定的，请填写。",
            f"Between two contacts lie 1 to {MOST_DAYS} calendar days; write it where no policy says.",
        )
    return contact_days


def _refuse_stranger(helper: Person, child: Child, on: date) -> None:
    if not may_help(helper, child, on):
        raise Refusal(
            "NO_HELPER",
            f"{helper.name}不在本校、本乡镇村或本县任职；帮扶人要有岗位，才能看到和填写记录。",
            f"{helper.name} holds no post at the school, in its township or county; a helper needs one.",
        )


def _refuse_second(child: Child, purpose: PairingPurpose) -> None:
    before = Pairing.objects.filter(child=child, purpose=purpose, ended__isnull=True)
    if (first := before.select_related("helper").first()) is not None:
        raise Refusal(
            "PAIRED_ALREADY",
            f"{child.name}已由{first.helper.name}结对（{purpose.zh}）；要换人，先结束原来的结对。",
            f"{child.name} is paired with {first.helper.name} already ({purpose.en}); end that first.",
        )


def _refuse_outside(pairing: Pairing, happened_at: datetime) -> None:
    day = happened_at.astimezone(CHINA_TIME).date()
    if day < pairing.from_day:
        raise Refusal(
            "BEFORE_PAIRING",
            f"结对从 {pairing.from_day} 开始；请改为当日或以后的时间。",
            f"The pairing began on {pairing.from_day}; name that day or a later one.",
        )


def _refuse_other(pairing: Pairing, act: ActRecord) -> PairingContact | None:
    """The contact that points to this act already, or None. Raises Refusal for an act of another child."""
    if act.child_id != pairing.child_id:
        raise Refusal(
            "OTHER_CHILD", "这条记录是另一名学生的；请选本人的。", "This record is about another child."
        )
    if act.act not in COUNTS_AS:
        raise Refusal("NO_CONTACT", "请选一条走访或通话记录。", "Choose the record of a visit or of a call.")
    _refuse_outside(pairing, act.happened_at)
    return PairingContact.objects.filter(pairing=pairing, act=act).first()


# Writing.


def _help(pairing: Pairing, happened_at: datetime, at: datetime, number: UUID) -> ActRecord:
    on = happened_at.astimezone(CHINA_TIME).date()
    post = post_of_helper(pairing.helper, pairing.child, on)
    return _act(Act.HELP, pairing.child, pairing.helper, post, happened_at, at, key=f"help:{number}")


def _act(
    act: Act,
    child: Child,
    helper: Person,
    post: Post,
    happened_at: datetime,
    at: datetime,
    *,
    key: str,
    taking_part: Iterable[Post] = (),
) -> ActRecord:
    """An act of the helper without a word of what was said, for it stands in the child's file."""
    return ActRecord.objects.create(
        child=child,
        act=act,
        happened_at=happened_at,
        recorded_at=at,
        by=helper,
        by_post=post,
        taking_part=sorted(each.value for each in taking_part),
        outcome=ActOutcome.DONE,
        key=key,
    )
