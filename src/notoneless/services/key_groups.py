"""重点对象: which groups a child belongs to, each for a time; seen and changed by its part of the data."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from notoneless.core.terms import KeyGroup
from notoneless.records.access import GROUP_FIELDS, Fields, Thing, Verb
from notoneless.records.models import Child, InKeyGroup, JournalEntry, Person
from notoneless.records.scopes import during, fields_for
from notoneless.services.assessments import hold
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


@one_act
def put_in_group(
    *, by: Person | int, child: Child, group: KeyGroup, from_day: date, note: str = "", at: datetime
) -> InKeyGroup:
    """Note that a child belongs to a group from a day on; again gives the first. Raises Refusal."""
    who = _whoever_may(by, child, group, at)
    hold([child.pk])
    before = InKeyGroup.objects.filter(child=child, group=group, until=None).first()
    if before is not None:
        return before
    row = InKeyGroup.objects.create(
        child=child, group=group, from_day=from_day, note=note.strip()[:300], by=who, recorded_at=at
    )
    _journal("PUT_IN_KEY_GROUP", who, child, at, row)
    return row


@one_act
def take_from_group(*, by: Person | int, child: Child, group: KeyGroup, until: date, at: datetime) -> None:
    """Note that a child no longer belongs to a group from the day `until` on. Raises Refusal."""
    who = _whoever_may(by, child, group, at)
    hold([child.pk])
    row = InKeyGroup.objects.filter(child=child, group=group, until=None).first()
    if row is None:
        return
    if until < row.from_day:
        raise Refusal(
            "BEFORE_IT_BEGAN",
            f"结束日期早于登记日期 {row.from_day}；请改为当日或以后。",
            f"It was noted from {row.from_day}; it ends on that day or later.",
        )
    row.until = until
    row.save(update_fields=["until"])
    _journal("TAKE_FROM_KEY_GROUP", who, child, at, row)


def groups_shown(child: Child, fields: Collection[Fields], on: date) -> list[InKeyGroup]:
    """The groups the child is in on a day, of those whose part of the data is among `fields`."""
    rows = InKeyGroup.objects.filter(during(on), child=child).order_by("from_day", "pk")
    return [row for row in rows if GROUP_FIELDS[row.group] in fields]


def shown_groups(person: Person, child: Child, on: date) -> list[KeyGroup]:
    """The groups whose part of this child's data this person is shown."""
    fields = fields_for(person, child, on)
    return [group for group in KeyGroup if GROUP_FIELDS[group] in fields]


def may_group(person: Person, child: Child, on: date) -> Refusal | None:
    """Why this person may not note any group of this child, or None."""
    return None if shown_groups(person, child, on) else _not_shown("重点对象", "Key groups")


def _not_shown(zh: str, en: str) -> Refusal:
    return Refusal(
        "NOT_YOUR_FIELDS",
        f"{zh}由能看到这部分信息的班主任或学校登记。",
        f"{en}: noted by those at the school who are shown this part of the data.",
    )


def _whoever_may(by: Person | int, child: Child, group: KeyGroup, at: datetime) -> Person:
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, child, at.date())
    if group not in shown_groups(who, child, at.date()):
        raise _not_shown(f"“{group.zh}”", group.en.capitalize())
    return who


def _journal(act: str, who: Person, child: Child, at: datetime, row: InKeyGroup) -> None:
    body = {"row": row.pk}  # which group it is stays in the row itself
    JournalEntry.objects.create(
        at=at, by=who, act=act, subject_kind="child", subject_id=str(child.pk), body=body
    )
