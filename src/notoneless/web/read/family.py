"""What a guardian is shown of their own child, in plain words; and what waits for the class teacher."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Act, Post, Stage
from notoneless.records.access import Verb
from notoneless.records.models import (
    LIVE,
    AttendanceMark,
    Case,
    Child,
    ClassGroup,
    Contest,
    Explained,
    GuardianLink,
    LeaveGranted,
    Obligation,
    Person,
    PostHeld,
)
from notoneless.records.scopes import live, visible_children
from notoneless.services.contests import SHOWN_FOR
from notoneless.services.finding import last_class


class DayOfMarks(NamedTuple):
    """The marks of one day that hold, in the order of the sessions."""

    day: date
    marks: tuple[AttendanceMark, ...]


class Planned(NamedTuple):
    """Something that the school or the township is going to do, and by when at the latest."""

    words: str
    by: datetime | None


class FamilyRecord(NamedTuple):
    """Everything a guardian sees."""

    child: Child
    class_group: ClassGroup | None  # none for a child that was never in a class here
    teachers: tuple[str, ...]  # names of the class teachers; nobody's telephone
    situation: str
    days: tuple[DayOfMarks, ...]
    leaves: tuple[LeaveGranted, ...]
    planned: tuple[Planned, ...]
    explained: tuple[Explained, ...]
    contests: tuple[Contest, ...]


def family_record(link: GuardianLink, *, as_of: datetime) -> FamilyRecord:
    """The child of the link's guardian, as the guardian is shown it; a constant number of queries."""
    child, today = link.guardian.child, as_of.date()
    class_group = last_class(child, today)
    case = Case.objects.filter(child=child).first()
    held = PostHeld.objects.filter(live(today), class_group=class_group, post=Post.CLASS_TEACHER)
    mine = {"child": child, "guardian": link.guardian}
    return FamilyRecord(
        child,
        class_group,
        tuple(held.order_by("pk").values_list("person__name", flat=True)),
        situation(case.stage if case else Stage.ATTENDING),
        days_of(child, as_of),
        _leaves(child, today),
        _planned(child, as_of),
        tuple(Explained.objects.filter(**mine).select_related("taken").order_by("-at")[:20]),
        tuple(Contest.objects.filter(**mine).select_related("answer", "mark", "school").order_by("-at")[:20]),
    )


def days_of(child: Child, as_of: datetime) -> tuple[DayOfMarks, ...]:
    """The marks of the last thirty days that hold, the latest day first; corrected ones as they now are."""
    since = (as_of - SHOWN_FOR).date()
    rows = AttendanceMark.objects.filter(child=child, day__gte=since, speaks=True)
    holds: dict[tuple[date, str], AttendanceMark] = {}
    for mark in rows.order_by("recorded_at", "at", "pk"):
        holds[mark.day, mark.session] = mark
    days = sorted({day for day, _ in holds}, reverse=True)
    return tuple(
        DayOfMarks(day, tuple(sorted((m for m in holds.values() if m.day == day), key=_order)))
        for day in days
    )


def _order(mark: AttendanceMark) -> datetime:
    return mark.at


def _leaves(child: Child, today: date) -> tuple[LeaveGranted, ...]:
    """Leave that runs or is to come, as it was last changed."""
    rows = list(LeaveGranted.objects.filter(child=child))
    changed = {each.supersedes_id for each in rows}
    current = (each for each in rows if each.pk not in changed and each.until > today)
    return tuple(sorted(current, key=lambda each: each.from_day))


def _planned(child: Child, as_of: datetime) -> tuple[Planned, ...]:
    """What touches the family; how offices write to one another does not."""
    told = _told()
    rows = Obligation.objects.filter(child=child, state__in=LIVE, act__in=told).order_by("due_at", "key")
    found = {told[row.act]: Planned(told[row.act], _ahead(row, as_of)) for row in reversed(rows)}
    return tuple(reversed(found.values()))


def _ahead(row: Obligation, as_of: datetime) -> datetime | None:
    """By when; a family need not count who is late."""
    return row.due_at if row.due_at and row.due_at >= as_of else None


def _told() -> dict[Act, str]:
    return {
        Act.CONTACT_GUARDIAN: _("老师会给您打电话"),
        Act.FOLLOW_UP_CALL: _("老师会再打电话问问情况"),
        Act.HOME_VISIT: _("老师会到家里看望"),
        Act.HOSPITAL_VISIT: _("老师会到医院看望"),
        Act.PERSUADE: _("老师会和您、和孩子谈谈怎样早点回来上学"),
        Act.PAIR: _("学校会请一位老师专门帮助孩子"),
        Act.HELP: _("学校会商量怎样帮助孩子"),
        Act.NOTICE: _("乡镇会送来一份返校通知"),
    }


def situation(stage: Stage) -> str:
    """Where the child stands, as one says it to a family: no label, and what follows."""
    return {
        Stage.ATTENDING: _("孩子在校上学。"),
        Stage.AT_RISK: _("孩子最近缺课多了些，老师想和您一起想办法。"),
        Stage.SUSPECTED_DROPOUT: _("孩子有些日子没来上学了。老师会联系您、到家看望，一起商量怎样早点回来。"),
        Stage.DROPOUT: _("孩子现在没有上学。学校和乡镇会继续来看望，帮助孩子回到学校。"),
        Stage.NEVER_ENROLLED: _("孩子还没有入学。学校和乡镇会来看望，一起商量怎样让孩子上学。"),
        Stage.ENROLLED_ELSEWHERE: _("听说孩子在别的学校上学，学校正在和那边核实。"),
        Stage.BACK: _("孩子回来上学了，老师会多关心。"),
        Stage.HELD: _("孩子回来上学，一直坚持得很好。"),
        Stage.CLOSED: _("孩子的上学问题已经解决。"),
    }[stage]


def waiting_for(person: Person, child: Child, now: datetime) -> tuple[Explained, ...]:
    """What guardians explained and nobody has taken up, if this person may grant the child leave."""
    may = visible_children(person, now.astimezone(CHINA_TIME).date(), Verb.GRANT_LEAVE)
    rows = Explained.objects.filter(child__in=may.filter(pk=child.pk), taken=None)
    return tuple(rows.select_related("guardian").order_by("from_day", "at"))
