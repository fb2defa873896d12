"""Checks of visits and other acts: before they were ordered, by nobody, in two places at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from notoneless.core.case_terms import VisitKind
from notoneless.core.terms import Act, ChangeKind, ChangeStep, EventKind, Post
from notoneless.records.models import (
    ActRecord,
    Case,
    Enrolment,
    EnrolmentChange,
    EventRecord,
    Obligation,
    OnRoll,
    PostHeld,
    Visit,
)
from notoneless.services.contradictions.checks import Moment, Seen, check, row

CLOCKS_DIFFER = timedelta(minutes=10)
ON_THE_WAY = timedelta(minutes=10)  # nobody gets from one village to another in less
SPOKEN = (VisitKind.PHONE, VisitKind.LEAVE_FOLLOW_UP)
VISITS = (Act.HOME_VISIT, Act.HOSPITAL_VISIT, Act.PERSUADE)


def _acts(moment: Moment) -> QuerySet[ActRecord]:
    """Acts that stand, with the day they happened on."""
    replaced = ActRecord.objects.filter(supersedes=OuterRef("pk"))
    day = TruncDate("happened_at")
    return ActRecord.objects.filter(~Exists(replaced)).annotate(day=day)


@check(
    "ACT_IN_FUTURE",
    ("走访、联系的时间晚于录入时间", "an act dated after it was written down"),
    ("{0[kind]}记在{0[at]}，录入是{0[recorded]}。",
     "{0[kind]} dated {0[at]}, written down on {0[recorded]}."),
    ("核对时间，更正记录。", "Check the moment and correct the record."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def act_in_future(moment: Moment) -> Iterator[Seen]:
    """Happened later than it was written down, by more than clocks differ."""
    ahead = ExpressionWrapper(F("happened_at") - F("recorded_at"), output_field=DurationField())
    found = _acts(moment).annotate(ahead=ahead).filter(ahead__gt=CLOCKS_DIFFER)
    for act in found:
        said = row("act", act.pk, kind=act.act, at=act.happened_at, recorded=act.recorded_at)
        yield Seen((said,), act.child_id)


@check(
    "VISIT_BEFORE_ORDERED",
    ("走访早于交办", "a visit before it was ordered"),
    ("{0[at]}的走访记为办理{1[at]}才产生的“{1[what]}”。",
     "A visit on {0[at]} entered for “{1[what]}”, which arose on {1[at]}."),
    ("核对走访时间和所办事项。", "Check when it was, and what it was made for."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def visit_before_ordered(moment: Moment) -> Iterator[Seen]:
    """Made for an obligation that arose later."""
    order = Obligation.objects.filter(key=OuterRef("ordered"))
    found = Visit.objects.filter(ordered__isnull=False).annotate(
        arose=Subquery(order.values("arose_at")[:1]), what=Subquery(order.values("act")[:1])
    )
    for pk, child, at, ordered, arose, what in found.filter(act__happened_at__lt=F("arose")).values_list(
        "pk", "act__child", "act__happened_at", "ordered", "arose", "what"
    ):
        yield Seen((row("act", pk, at=at), row("obligation", ordered, at=arose, what=Act(what))), child)  # type: ignore[call-arg]


@check(
    "PERSUADED_WITHOUT_CASE",
    ("没有个案却有劝返", "persuaded without a case"),
    ("{0[at]}有劝返记录，当时没有个案。", "Persuaded on {0[at]}, when there was no case."),
    ("核对劝返时间；确有情形的补立个案。", "Check the moment; open the case if there was one."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def persuaded_without_case(moment: Moment) -> Iterator[Seen]:
    """A persuasion of a child that had no case on that day or before."""
    before = Case.objects.annotate(opened=TruncDate("opened_at")).filter(
        child=OuterRef("child"), opened__lte=OuterRef("day")
    )
    for act in _acts(moment).filter(~Exists(before), act=Act.PERSUADE):
        yield Seen((row("act", act.pk, kind=act.act, at=act.happened_at),), act.child_id)


@check(
    "ACT_WITHOUT_POST",
    ("走访人当日没有任职", "an act by somebody who held no post that day"),
    ("{0[at]}的{0[kind]}，记录人当日没有任何岗位。",
     "{0[kind]} on {0[at]} by somebody who held no post that day."),
    ("补登任职，或更正走访人和时间。", "Enter the post, or correct who it was and when."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def act_without_post(moment: Moment) -> Iterator[Seen]:
    """By somebody without any post on the day."""
    held = PostHeld.objects.filter(
        Q(held_until=None) | Q(held_until__gt=OuterRef("day")),
        person=OuterRef("by"),
        held_from__lte=OuterRef("day"),
    )
    for act in _acts(moment).filter(~Exists(held)):
        yield Seen((row("act", act.pk, kind=act.act, at=act.happened_at),), act.child_id)


@check(
    "ACT_BEFORE_ENROLLED",
    ("走访早于入学", "a visit before the child came to school"),
    ("{0[at]}有{0[kind]}，那时还没有在班、学籍或个案记录。",
     "{0[kind]} on {0[at]}, before any class, roll or case of the child."),
    ("核对时间，更正记录。", "Check the moment and correct the record."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def act_before_enrolled(moment: Moment) -> Iterator[Seen]:
    """An act about a child that was in nobody's books yet."""
    child, day = OuterRef("child"), OuterRef("day")
    found = _acts(moment).filter(
        ~Exists(Enrolment.objects.filter(child=child, from_day__lte=day)),
        ~Exists(OnRoll.objects.filter(child=child, from_day__lte=day)),
        ~Exists(EventRecord.objects.filter(child=child, kind=EventKind.NEVER_ENROLLED)),
        Exists(Enrolment.objects.filter(child=child)),
    )
    for act in found:
        yield Seen((row("act", act.pk, kind=act.act, at=act.happened_at),), act.child_id)


@check(
    "TWO_PLACES_AT_ONCE",
    ("一人同时在两个村走访", "one person in two villages at once"),
    ("同一人{0[at]}在{0[what]}走访，{1[at]}又在{1[what]}走访。",
     "The same person visited in {0[what]} at {0[at]} and in {1[what]} at {1[at]}."),
    ("核对走访时间和走访人。", "Check when it was and who it was."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def two_places_at_once(moment: Moment) -> Iterator[Seen]:
    """Two visits of a person in two villages, closer in time than the way between them."""
    found = Visit.objects.filter(village__isnull=False).exclude(kind__in=[kind.value for kind in SPOKEN])
    before = None
    for visit in found.order_by("act__by", "act__happened_at", "pk").values_list(
        "act__by", "act__happened_at", "village", "village__name", "pk", "act__child"
    ):
        if before is not None and before[0] == visit[0] and _cannot(before[1:4], visit[1:4]):
            said = tuple(row("act", each[4], at=each[1], what=each[3]) for each in (before, visit))
            yield Seen(said, visit[5])
        before = visit


def _cannot(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """Whether two villages lie between two moments that are too close."""
    return bool(first[1] != second[1] and second[0] - first[0] < ON_THE_WAY)


@check(
    "VISIT_WITHOUT_RECORD",
    ("家访没有走访记录", "a home visit without its record"),
    ("{0[at]}的{0[kind]}没有走访记录。", "{0[kind]} on {0[at]} has no record of the visit."),
    ("补写走访记录。", "Write the record."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def visit_without_record(moment: Moment) -> Iterator[Seen]:
    """A visit to the home or the hospital of which nothing says how it went."""
    found = _acts(moment).filter(visit__isnull=True, note="", act__in=[act.value for act in VISITS])
    for act in found:
        yield Seen((row("act", act.pk, kind=act.act, at=act.happened_at),), act.child_id)


@check(
    "VISIT_AFTER_DEATH",
    ("登记死亡之后又有走访", "a visit after the child's death"),
    ("{1[from]}登记死亡，{0[at]}又有{0[kind]}记录该生情况。",
     "Died on {1[from]}; {0[kind]} on {0[at]} says how it does."),
    ("核对死亡登记和走访记录。", "Check both records."),
    Post.SCHOOL_OFFICE,
)  # fmt: skip
def visit_after_death(moment: Moment) -> Iterator[Seen]:
    """An act about a child after the day of its death."""
    died = EnrolmentChange.objects.filter(
        kind=ChangeKind.DEATH, steps__step=ChangeStep.DONE, child=OuterRef("child")
    )
    found = _acts(moment).annotate(
        died=Subquery(died.values("from_day")[:1]), change=Subquery(died.values("pk")[:1])
    )
    after = found.exclude(died=None).filter(act__in=[act.value for act in VISITS])
    for pk, child, kind, at, day, died_on, change in after.values_list(
        "pk", "child", "act", "happened_at", "day", "died", "change"
    ):
        if day > died_on:
            yield Seen((row("act", pk, kind=kind, at=at), row("change", change, from_=died_on)), child)
