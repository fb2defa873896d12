"""敏感读取: what is only shown on request, each time with an entry in the journal."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from notoneless.core.terms import SensitiveRead
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, JournalEntry, Person, PostHeld
from notoneless.records.scopes import fields_for, reaches
from notoneless.services.finding import the_person
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

READ_IDENTITY = "READ_IDENTITY"
SENSITIVE = (READ_IDENTITY, "READ_BREAK_GLASS", "MISSED_BREAK_GLASS", "EXPORT")


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
    within = Q(pk__in=[])
    for held, _ in reaches(person, at.date(), Thing.JOURNAL, Verb.SEE):
        if held.place is not None:
            path = held.place.path or "/"
            within |= Q(place__path__startswith=path) | Q(class_group__school__path__startswith=path)
    people = PostHeld.objects.filter(within).values("person")
    return (
        JournalEntry.objects.filter(act__in=[each.value for each in SensitiveRead], by__in=people)
        .select_related("by")
        .order_by("-seq")
    )
