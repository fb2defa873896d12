"""How far the quotas of a person's posts are: counted from the acts, asked in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.pack import CountOf, PolicyPack, Quota
from notoneless.core.policy.quota import Progress, measure
from notoneless.core.terms import Act, Post
from notoneless.records.constants import of_classes
from notoneless.records.models import ActRecord, Enrolment, Person
from notoneless.records.packs import binding
from notoneless.services.permissions import CLASS_POSTS, Held

# No quota's period, with the days before it that count, is longer.
LONGEST = timedelta(days=500)


class Measured(NamedTuple):
    """A quota with its document, the class it is about ("" when about the person), and how far it is."""

    quota: Quota
    pack: PolicyPack
    class_name: str
    progress: Progress


class _Asked(NamedTuple):
    """A quota of a post, for the children of these classes."""

    quota: Quota
    pack: PolicyPack
    classes: tuple[int, ...]
    name: str
    calendar: SchoolCalendar


class _Done(NamedTuple):
    """What a quota looks at in an act."""

    act: Act
    at: datetime
    child: UUID
    by: int
    posts: frozenset[str]
    visit: UUID  # the same for all children seen on one visit


def quotas_of(person: Person, held: Iterable[Held], *, as_of: datetime) -> list[Measured]:
    """The quotas that the packs in force set for this person's posts in classes, nearest pack first."""
    asked = list(_asked(held, as_of.date()))
    if not asked:
        return []
    children = _children({number for each in asked for number in each.classes}, as_of.date())
    done = _acts(person, {each.quota.act for each in asked}, set().union(*children.values()), as_of)
    found = []
    for each in asked:
        theirs = set().union(*(children[number] for number in each.classes))
        fitting = _once(each.quota, (act for act in done if _counts(act, each.quota, theirs, person)))
        progress = measure(each.quota, len(theirs), fitting, each.calendar, as_of=as_of)
        if progress is not None and progress.needed:
            found.append(Measured(each.quota, each.pack, each.name, progress))
    return found


def _asked(held: Iterable[Held], day: date) -> Iterator[_Asked]:
    """One for each class a quota is about; one for all classes where it is about the teacher."""
    by_post: dict[Post, list[int]] = defaultdict(list)
    for each in held:
        if each.class_group is not None and each.post in CLASS_POSTS:
            by_post[each.post].append(each.class_group)
    homes = of_classes({number for numbers in by_post.values() for number in numbers})
    for post, classes in by_post.items():
        first = homes[classes[0]]
        for pack, quota in _set_for(post, binding(first.packs, day)):
            if quota.of == "teacher":
                yield _Asked(quota, pack, tuple(classes), "", first.calendar)
        for number in classes:
            home = homes[number]
            for pack, quota in _set_for(post, binding(home.packs, day)):
                if quota.of == "class":
                    yield _Asked(quota, pack, (number,), home.name, home.calendar)


def _set_for(post: Post, packs: Iterable[PolicyPack]) -> Iterator[tuple[PolicyPack, Quota]]:
    return ((pack, quota) for pack in packs for quota in pack.quotas if quota.who is post)


def _children(classes: Iterable[int], day: date) -> dict[int, set[UUID]]:
    there = Q(from_day__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))
    rows = Enrolment.objects.filter(there, class_group__in=list(classes))
    found: dict[int, set[UUID]] = {number: set() for number in classes}
    for number, child in rows.values_list("class_group_id", "child_id"):
        found[number].add(child)
    return found


def _acts(person: Person, acts: Iterable[Act], children: set[UUID], as_of: datetime) -> list[_Done]:
    """Acts of these kinds about these children or by this person, corrections applied."""
    corrected = ActRecord.objects.filter(supersedes__isnull=False).values("supersedes")
    rows = ActRecord.objects.filter(
        Q(child__in=children) | Q(by=person), act__in=acts, happened_at__gt=as_of - LONGEST
    ).exclude(pk__in=corrected)
    columns = ("act", "happened_at", "child_id", "by_id", "by_post", "taking_part", "visit__group", "pk")
    return [
        _Done(act, at.astimezone(CHINA_TIME), child, by, frozenset({post.value, *taking_part}), group or pk)
        for act, at, child, by, post, taking_part, group, pk in rows.values_list(*columns)
    ]


def _once(quota: Quota, acts: Iterable[_Done]) -> list[tuple[datetime, str]]:
    """What is measured: a visit to several children at once is one time, and as many children."""
    if quota.counts is CountOf.CHILDREN:
        return [(act.at, str(act.child)) for act in acts]
    return [(act.at, str(act.child)) for act in {act.visit: act for act in acts}.values()]


def _counts(act: _Done, quota: Quota, children: set[UUID], person: Person) -> bool:
    """A class's quota is filled by whoever acts in the post it names; a teacher's by the teacher alone."""
    if act.act is not quota.act:
        return False
    if quota.of == "teacher":
        return act.by == person.pk
    return act.child in children and (act.by == person.pk or quota.who.value in act.posts)
