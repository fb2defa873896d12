"""随身资料: what a telephone takes along to write for days — the person's own classes and cases.

No identity number, telephone, address, hardship, health or note is in it, whatever posts the person holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from math import inf
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from notoneless.core.case_terms import AttachmentKind, VisitItem, VisitKind, VisitTrigger
from notoneless.core.explain import session_label
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, ActOutcome, AttendanceStatus, Post, Stage, Term
from notoneless.records.access import Thing, Verb
from notoneless.records.constants import of_classes
from notoneless.records.models import LIVE, Case, ClassGroup, Enrolment, Obligation, Person, PostHeld
from notoneless.records.scopes import belongs, live, own_children, own_classes, visible_obligations
from notoneless.services.took_part import GO, Around, posts_around_each

# A class teacher works on some ten cases; whoever has more than this at a time is at a desk.
MOST_CASES = 100
WORDS: tuple[type[Term], ...] = (
    *(VisitKind, VisitTrigger, VisitItem, ActOutcome, AttendanceStatus, AbsenceReason),
    *(AttachmentKind, Post),
)
Said = dict[str, Any]


def bundle_of(person: Person, *, at: datetime, language: str) -> Said:
    """The bundle as JSON has it; a few queries for all and one a class."""
    on = at.astimezone(CHINA_TIME).date()
    return {
        "person": {"id": person.pk, "name": person.name, "posts": _posts(person, on, language)},
        "classes": _classes(person, on, language),
        "cases": _cases(person, on, language),
        "words": {kind.__name__: _words(kind, language) for kind in WORDS},
    }


def _posts(person: Person, on: date, language: str) -> list[Said]:
    held = PostHeld.objects.filter(live(on), person=person).select_related("place", "class_group__school")
    return [{"post": h.post.value, "label": h.post.label(language), "where": _where(h)} for h in held]


def _where(held: PostHeld) -> str:
    return held.class_group.name if held.class_group else held.place.name if held.place else ""


def _words(kind: type[Term], language: str) -> list[Said]:
    return [{"code": each.value, "label": each.label(language)} for each in kind]


# 班级.


def _classes(person: Person, on: date, language: str) -> list[Said]:
    groups = list(own_classes(person, on, Thing.ROLL_CALL, Verb.TAKE).order_by("grade", "name"))
    homes = of_classes([group.pk for group in groups])
    pupils = _pupils(groups, on)
    return [
        {
            "id": group.pk,
            "name": group.name,
            "day": on.isoformat(),
            "sessions": [
                {"code": each.code, "label": session_label(homes[group.pk].calendar, each.code, language)}
                for each in homes[group.pk].calendar.roll_call_sessions()
            ],
            "children": pupils[group.pk],
        }
        for group in groups
    ]


def _pupils(groups: Collection[ClassGroup], on: date) -> dict[int, list[Said]]:
    """The pupils of each class in the order of the register, numbered as they stand there; one query."""
    there = Q(from_day__lte=on) & (Q(until__isnull=True) | Q(until__gt=on))
    rows = Enrolment.objects.filter(there, class_group__in=groups).select_related("child")
    found: dict[int, list[Said]] = {group.pk: [] for group in groups}
    for row in rows.order_by("child__name_pinyin", "child__name"):
        mine = found[row.class_group_id]
        mine.append({"id": str(row.child_id), "name": row.child.name, "no": len(mine) + 1})
    return found


# 个案.


def _cases(person: Person, on: date, language: str) -> list[Said]:
    owed = _owed(person, on)
    rows = {row.child_id: row for row in _open_cases(person, on, owed)}
    order = sorted(rows, key=lambda child: (_soonest(owed.get(child, [])), rows[child].child.name))
    children = order[:MOST_CASES]
    around, classes = posts_around_each(children, on), _class_names(children, on)
    return [
        {
            "child": str(child),
            "name": rows[child].child.name,
            "class": classes.get(child, ""),
            "stage": rows[child].stage.value,
            "stage_label": rows[child].stage.label(language),
            "owed": [_duty(each, language) for each in owed.get(child, [])],
            "people": _people(around[child], person, language),
        }
        for child in children
    ]


def _open_cases(person: Person, on: date, owed: Mapping[UUID, list[Obligation]]) -> QuerySet[Case]:
    """Of children the person is near to; from a desk, of those about whom one of its posts owes something."""
    posts = set(PostHeld.objects.filter(live(on), person=person).values_list("post", flat=True))
    theirs = [child for child, rows in owed.items() if any(row.who in posts for row in rows)]
    near = own_children(person, on, Thing.CASE).values("pk")
    rows = Case.objects.filter(Q(child__in=near) | Q(child__in=theirs[:MOST_CASES]), closed_at__isnull=True)
    return rows.exclude(stage=Stage.CLOSED).select_related("child")


def _owed(person: Person, on: date) -> dict[UUID, list[Obligation]]:
    """What is owed about the children that the person looks after, soonest first."""
    rows = visible_obligations(person, on).filter(state__in=LIVE, child__isnull=False)
    found: dict[UUID, list[Obligation]] = {}
    for row in rows.order_by(F("due_at").asc(nulls_last=True), "key")[: MOST_CASES * 10]:
        if row.child_id is not None:
            found.setdefault(row.child_id, []).append(row)
    return found


def _soonest(owed: Iterable[Obligation]) -> float:
    return min((row.due_at.timestamp() for row in owed if row.due_at), default=inf)


def _duty(row: Obligation, language: str) -> Said:
    return {
        "key": str(row.key),
        "act": row.act.value,
        "act_label": _what(row, language),
        "due_at": row.due_at.astimezone(CHINA_TIME).isoformat() if row.due_at else None,
    }


def _what(row: Obligation, language: str) -> str:
    """The act with whom it is to reach: 向教导处报告."""
    if not row.to_post:
        return str(row.act.label(language))
    if language.startswith("en"):
        return f"{row.act.en} to the {row.to_post.en}"
    return f"向{row.to_post.zh}{row.act.zh}"


def _people(around: Iterable[Around], me: Person, language: str) -> list[Said]:
    """Who may come along: whoever holds a post around the child; the same as on the form with signal."""
    there = (each for each in around if each.post in GO and each.person.pk != me.pk)
    return [
        {
            "post": each.post.value,
            "post_label": each.post.label(language),
            "person": each.person.pk,
            "name": each.person.name,
        }
        for each in there
    ]


def _class_names(children: Collection[UUID], on: date) -> dict[UUID, str]:
    """The class of each child, or the one it was in last; one query."""
    rows = Enrolment.objects.filter(belongs(on), child__in=children).select_related("class_group")
    return {row.child_id: row.class_group.name for row in rows.order_by("from_day")}
