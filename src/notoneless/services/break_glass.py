"""紧急查看: sight of one child outside one's scope, for a written reason, for an hour; its owner is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from notoneless.core.terms import PlaceKind, Post, SensitiveRead, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    BreakGlass,
    Child,
    Enrolment,
    JournalEntry,
    Person,
    Place,
    PostHeld,
    Residence,
)
from notoneless.records.packs import places_on
from notoneless.records.scopes import during, live, people_at, reaches
from notoneless.services.assessments import hold
from notoneless.services.finding import the_person
from notoneless.services.permissions import may_not
from notoneless.services.refusals import Refusal
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

LASTS = timedelta(minutes=60)
SHORTEST = 10  # characters of a reason
MOST_MISSES = 10  # numbers a day that lead to nobody, before a person must wait for the next day
READ, MISSED = SensitiveRead.READ_BREAK_GLASS.value, SensitiveRead.MISSED_BREAK_GLASS.value


def break_glass(*, by: Person | int, number: str, reason: str, at: datetime) -> BreakGlass:
    """Sight of the child with this exact enrolment or case number for an hour; journalled either way.

    A number that nobody has and one outside the county are answered alike. Asked again within the hour it
    is the same sight. Raises Refusal.
    """
    who = the_person(by)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST:
        raise Refusal(
            "REASON_TOO_SHORT",
            f"请写明查看理由，至少 {SHORTEST} 个字。",
            f"Write the reason in at least {SHORTEST} characters.",
        )
    found = _look(who, number, reason, at)
    if found is None:
        raise Refusal(
            "NOBODY_OF_THIS_NUMBER",
            "本县没有这个学籍号或个案号的学生；请核对整个号码。",
            "Nobody in the county has this enrolment or case number; check the whole number.",
        )
    return found


@one_act
def _look(who: Person, number: str, reason: str, at: datetime) -> BreakGlass | None:
    """The sight, or None after a miss is journalled, which a refusal would take back."""
    counties, post = _counties(who, at.date())
    _refuse_many_misses(who, at)
    child = _child(number.strip(), counties, at.date())
    if child is None:
        _journal(MISSED, who, "", at, {}, reason)
        return None
    hold([child.pk])
    open_now = sight_of(who, at).filter(child=child).first()
    if open_now is not None:
        return open_now
    seen = BreakGlass.objects.create(
        person=who, post=post, child=child, reason=reason[:300], at=at, until=at + LASTS
    )
    _journal(READ, who, str(child.pk), at, {"sight": str(seen.pk), "post": post.value}, reason)
    for person in _told(child, counties, at.date()):
        if person != who.pk:
            queue(key=f"break-glass/{seen.pk}/{person}", kind=TellKind.BREAK_GLASS, at=at, person=person)
    return seen


def sight_of(person: Person, at: datetime) -> QuerySet[BreakGlass]:
    """What this person may still see at a moment; each ends by itself."""
    rows = BreakGlass.objects.filter(person=person, at__lte=at, until__gt=at)
    return rows.select_related("child").order_by("-at")


def looked_at(person: Person, at: datetime) -> QuerySet[BreakGlass]:
    """Every sight taken by people with a post at or below where this person watches over them."""
    people = people_at(person, at.date(), Thing.JOURNAL, who_left=True)
    rows = BreakGlass.objects.filter(person__in=people).select_related("person", "child")
    return rows.order_by("-at")


def _counties(who: Person, on: date) -> tuple[list[Place], Post]:
    """The counties of the posts by which the person may ask, and the first of these posts. Raises Refusal."""
    found = [each.held for each in reaches(who, on, Thing.BREAK_GLASS, Verb.ASK)]
    if not found:
        raise may_not(Thing.BREAK_GLASS, Verb.ASK, who.name)
    around = {place for held in found if held.place for place in places_on(held.place.path or "")}
    return list(Place.objects.filter(pk__in=around, kind=PlaceKind.COUNTY)), found[0].post


def _child(number: str, counties: list[Place], on: date) -> Child | None:
    child = Child.objects.filter(Q(enrolment_no=number) | Q(case__number=number)).first() if number else None
    if child is None:
        return None
    schools = Enrolment.objects.filter(child=child, from_day__lte=on).values_list(
        "class_group__school__path", flat=True
    )
    homes = Residence.objects.filter(during(on), child=child).values_list("place__path", flat=True)
    paths = [path or "" for path in (*schools, *homes)]
    inside = any(path.startswith(county.path or "?") for path in paths for county in counties)
    return child if inside else None


def _refuse_many_misses(who: Person, at: datetime) -> None:
    since = at.replace(hour=0, minute=0, second=0, microsecond=0)
    misses = JournalEntry.objects.filter(act=MISSED, subject_kind="child", subject_id="", by=who)
    if misses.filter(at__gte=since).count() >= MOST_MISSES:
        raise Refusal(
            "TOO_MANY_MISSES",
            "今天查错号码的次数太多；请明天再查，或联系县教育局。",
            "Too many numbers led nowhere today; try tomorrow, or ask the county bureau.",
        )


def _told(child: Child, counties: list[Place], on: date) -> set[int]:
    """The principal of the child's school, and the county's audit officer."""
    school = (
        Enrolment.objects.filter(child=child, from_day__lte=on)
        .order_by("-from_day")
        .values_list("class_group__school", flat=True)
        .first()
    )
    heads = Q(post=Post.PRINCIPAL, place=school) | Q(post=Post.AUDIT_OFFICER, place__in=counties)
    return set(PostHeld.objects.filter(live(on), heads).values_list("person", flat=True))


def _journal(act: str, who: Person, subject: str, at: datetime, body: dict[str, str], reason: str) -> None:
    JournalEntry.objects.create(
        at=at,
        by=who,
        act=act,
        subject_kind="child",
        subject_id=subject,
        body=body,
        reason=reason[:300],
    )
