"""敏感读取: what is only shown on request, each time with an entry in the journal."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from notoneless.core.terms import SensitiveRead
from notoneless.records.access import Fields, Thing
from notoneless.records.models import Child, JournalEntry, Person
from notoneless.records.scopes import fields_for, people_at
from notoneless.services.finding import the_person
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

READ_IDENTITY = "READ_IDENTITY"


@one_act
def read_identity_no(*, by: Person | int, child: Child, reason: str = "", at: datetime) -> str:
    """The whole identity number, journalled as read; "" for a child who has none. Raises Refusal."""
    who = the_person(by)
    if (refusal := may_read_identity_no(who, child, at)) is not None:
        raise refusal
    JournalEntry.objects.create(
        at=at,
        by=who,
        act=SensitiveRead.READ_IDENTITY.value,
        subject_kind="child",
        subject_id=str(child.pk),
        reason=reason.strip()[:300],
    )
    return child.identity_no()


def may_read_identity_no(person: Person, child: Child, at: datetime) -> Refusal | None:
    """Why this person may not read the whole number, or None."""
    if Fields.IDENTITY in fields_for(person, child, at.date()):
        return None
    return Refusal(
        "MAY_NOT_READ_IDENTITY",
        "完整证件号由学籍管理员或县教育局查看。",
        "The whole identity number is read by the enrolment officer or the county bureau.",
    )


def sensitive_reads(person: Person, at: datetime) -> QuerySet[JournalEntry]:
    """The journal of sensitive reads by people at or below where this person watches, latest first."""
    people = people_at(person, at.date(), Thing.JOURNAL, who_left=True)
    return (
        JournalEntry.objects.filter(act__in=[each.value for each in SensitiveRead], by__in=people)
        .select_related("by")
        .order_by("-seq")
    )
