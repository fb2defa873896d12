"""家长链接: a guardian looks at their own child's record, and explains why the child is away.

A link belongs to the guardian and not to a school: when the child changes schools it goes on until it ends or
is revoked, by whoever then records acts about the child. It shows what is then the child's school.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, LinkPurpose, Post, TellKind
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import (
    Explained,
    ExplainedTaken,
    Guardian,
    GuardianLink,
    JournalEntry,
    LeaveGranted,
    Person,
)
from notoneless.records.scopes import fields_for
from notoneless.services.finding import last_class, the_person
from notoneless.services.leave import LONGEST, grant_leave
from notoneless.services.permissions import may_not, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

TRIES = 5  # wrong telephone digits in a row; then the link is locked and its maker is told
WEEK = timedelta(days=7)
WORDS = 1000  # characters of an explanation
REASONS = (AbsenceReason.SICK, AbsenceReason.PERSONAL)


@cache
def _signer() -> Signer:
    return Signer(salt="notoneless.guardian-link")


class NoLink(LookupError):
    """No link that may be opened: ended, revoked, locked, or never made; which one is nobody's business."""


@one_act
def make_link(
    *, by: Person | int, guardian: Guardian | int, purpose: LinkPurpose, at: datetime, key: str
) -> GuardianLink:
    """A new link for one guardian; the same `key` again gives the first. Raises Refusal."""
    person = the_person(by)
    number = guardian.pk if isinstance(guardian, Guardian) else guardian
    whose = Guardian.objects.select_related("child").get(pk=number)
    require(person, Thing.CHILD, Verb.RECORD, whose.child, at.date())
    if Fields.CONTACT not in fields_for(person, whose.child, at.date()):
        raise may_not(Thing.CHILD, Verb.RECORD, whose.child.name)
    first = GuardianLink.objects.filter(key=key).first()
    if first is not None:
        if first.guardian_id != whose.pk:
            raise key_used()
        return first
    if not digits_of(whose.phone):
        raise Refusal(
            "NO_TELEPHONE",
            f"{whose.name}没有登记电话，链接要用电话后四位打开；请先补上电话。",
            f"{whose.name} has no telephone on record, whose last four digits open the link; add it first.",
        )
    link = GuardianLink.objects.create(
        guardian=whose, purpose=purpose, made_by=person, made_at=at, until=_until(purpose, at), key=key
    )
    _journal("MAKE_GUARDIAN_LINK", link, at, person, {"purpose": purpose.value})
    return link


@one_act
def revoke_link(*, by: Person | int, link: GuardianLink | UUID, at: datetime) -> None:
    """End a link at once; ending it twice changes nothing. Raises Refusal."""
    person = the_person(by)
    number = link.pk if isinstance(link, GuardianLink) else link
    row = GuardianLink.objects.select_related("guardian__child").get(pk=number)
    require(person, Thing.CHILD, Verb.RECORD, row.guardian.child, at.date())
    if GuardianLink.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=at):
        _journal("REVOKE_GUARDIAN_LINK", row, at, person, {})


def token_of(link: GuardianLink) -> str:
    """What the link's address carries: the signed number of the row, and nothing about anybody."""
    return _signer().sign(link.pk.hex)


def link_of(token: str, *, at: datetime) -> GuardianLink:
    """The link behind a token. Raises NoLink, the same for every reason."""
    try:
        number = UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        raise NoLink from None
    return live_link(number, at=at)


def live_link(number: UUID, *, at: datetime) -> GuardianLink:
    """The link that may be used at a moment. Raises NoLink."""
    row = GuardianLink.objects.select_related("guardian__child").filter(pk=number).first()
    if row is None or row.revoked_at or row.locked_at or row.until < at:
        raise NoLink
    return row


def open_link(*, link: GuardianLink, digits: str, at: datetime) -> bool:
    """Whether `digits` are the last four of the telephone on record; the fifth wrong try locks the link."""
    with transaction.atomic():
        row = GuardianLink.objects.select_for_update().select_related("guardian").get(pk=link.pk)
        if row.locked_at is not None:
            return False
        if digits and digits == digits_of(row.guardian.phone):
            GuardianLink.objects.filter(pk=row.pk).update(wrong=0, last_seen_at=at)
            return True
        GuardianLink.objects.filter(pk=row.pk).update(wrong=F("wrong") + 1)
        if row.wrong + 1 >= TRIES:
            GuardianLink.objects.filter(pk=row.pk).update(locked_at=at)
            queue(key=f"link/locked/{row.pk}", kind=TellKind.PUBLIC, at=at, person=row.made_by_id)
            _journal("LOCK_GUARDIAN_LINK", row, at, None, {"wrong": row.wrong + 1})
        return False


def digits_of(phone: str) -> str:
    """The last four digits of a telephone number; empty when it has fewer."""
    found = "".join(c for c in phone if c in "0123456789")[-4:]
    return found if len(found) == 4 else ""


@one_act
def explain(
    *,
    link: GuardianLink,
    reason: AbsenceReason,
    from_day: date,
    last_day: date,
    at: datetime,
    key: str,
    words: str = "",
) -> Explained:
    """Keep what the guardian says about days away, `last_day` included; the same `key` again gives the first.

    It neither excuses nor ends anything: the class teacher reads it and may grant leave. Raises Refusal.
    """
    child = link.guardian.child
    first = Explained.objects.filter(key=key).first()
    if first is not None:
        if first.guardian_id != link.guardian_id:
            raise key_used()
        return first
    text = written(words, WORDS, "说明", "In your words")
    if reason not in REASONS:
        raise Refusal("NO_SUCH_REASON", "请选“病了”或“家里有事”。", "Choose illness or family matters.")
    if not 0 <= (last_day - from_day).days < LONGEST:
        raise Refusal(
            "BAD_SPAN",
            f"从 {from_day} 到 {last_day} 不成一段日子；请让后一天不早于前一天，且不超过一年。",
            f"From {from_day} to {last_day} is no span of days; the second must not be earlier.",
        )
    row = Explained.objects.create(
        child=child,
        guardian=link.guardian,
        reason=reason,
        from_day=from_day,
        until=last_day + timedelta(days=1),
        words=text,
        at=at,
        key=key,
    )
    _tell_teacher(link, row, at)
    _about_child("GUARDIAN_EXPLAINED", child.pk, at, None, {"explained": str(row.pk), "link": str(link.pk)})
    return row


def _tell_teacher(link: GuardianLink, row: Explained, at: datetime) -> None:
    """Tell the class teacher, or whoever made the link while the child is in no class."""
    key, group = f"explained/{row.pk}", last_class(row.child, at.date())
    if group is None:
        queue(key=key, kind=TellKind.PUBLIC, at=at, person=link.made_by_id)
    else:
        queue(key=key, kind=TellKind.PUBLIC, at=at, posts=(Post.CLASS_TEACHER,), class_group=group.pk)


@one_act
def take_explained(
    *, by: Person | int, explained: Explained | UUID, leave: bool, at: datetime
) -> ExplainedTaken:
    """Grant leave on what the guardian said, or note that it was read; done once. Raises Refusal."""
    person = the_person(by)
    number = explained.pk if isinstance(explained, Explained) else explained
    said = Explained.objects.select_related("child", "guardian").get(pk=number)
    require(person, Thing.CHILD, Verb.GRANT_LEAVE, said.child, at.date())
    if (first := ExplainedTaken.objects.filter(explained=said).first()) is not None:
        return first
    granted: LeaveGranted | None = None
    if leave:
        granted = grant_leave(
            by=person,
            child=said.child,
            from_day=said.from_day,
            until=said.until,
            reason=said.reason,
            granted_at=at,
            at=at,
            note=f"按{said.guardian.relation or '家长'}的说明准假",
        )
    taken = ExplainedTaken.objects.create(explained=said, leave=granted, by=person, at=at)
    body: dict[str, object] = {"explained": str(said.pk), "leave": str(granted.pk) if granted else None}
    _about_child("TAKE_EXPLAINED", said.child_id, at, person, body)
    return taken


def _until(purpose: LinkPurpose, at: datetime) -> datetime:
    """A week, or the last minute before the next September, when a school year begins."""
    if purpose is LinkPurpose.WEEK:
        return at + WEEK
    day = at.astimezone(CHINA_TIME).date()
    ends = date(day.year + (day.month >= 9), 8, 31)
    return datetime.combine(ends, time(23, 59), CHINA_TIME)


def _journal(act: str, link: GuardianLink, at: datetime, by: Person | None, body: dict[str, object]) -> None:
    _about_child(act, link.guardian.child_id, at, by, {"link": str(link.pk), **body})


def _about_child(act: str, child: UUID, at: datetime, by: Person | None, body: dict[str, object]) -> None:
    JournalEntry.objects.create(at=at, by=by, act=act, subject_kind="child", subject_id=str(child), body=body)
