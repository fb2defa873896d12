"""Rows as programs read them: codes with their two labels, moments with their zone, and nothing unasked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Term
from notoneless.records.access import Fields
from notoneless.records.models import Child, ClassGroup, Obligation, Place, PostHeld, RollCall
from notoneless.services.class_registers import Line
from notoneless.services.key_groups import groups_shown
from notoneless.services.receipts import Receipt
from notoneless.services.schools_today import SchoolToday

Said = dict[str, Any]


def term(code: Term) -> Said:
    """A stored code and its labels."""
    return {"code": code.value, "zh": code.zh, "en": code.en}


def moment(at: datetime | None) -> str | None:
    """A moment in China time, to the second."""
    return at.astimezone(CHINA_TIME).isoformat(timespec="seconds") if at else None


def day(on: date | None) -> str | None:
    """A day, 2026-11-20."""
    return on.isoformat() if on else None


def place(row: Place) -> Said:
    """A place by its number and name."""
    return {"id": row.pk, "name": row.name}


def class_group(row: ClassGroup) -> Said:
    """A class with its school."""
    return {"id": row.pk, "name": row.name, "grade": row.grade, "school": place(row.school)}


def post(row: PostHeld) -> Said:
    """A post that somebody holds, and until when."""
    return {
        "post": term(row.post),
        "place": place(row.place) if row.place else None,
        "class": {"id": row.class_group.pk, "name": row.class_group.name} if row.class_group else None,
        "from": day(row.held_from),
        "until": day(row.held_until),
    }


def pupil(line: Line, called: bool) -> Said:
    """A pupil on a register: what was called, and leave that covers the day."""
    return {
        "id": str(line.child.pk),
        "name": line.child.name,
        "status": line.status.value if called else None,
        "leave": {"until": day(line.leave.until), "reason": line.leave.reason.value} if line.leave else None,
    }


def roll_call(row: RollCall) -> Said:
    """A roll call that was taken."""
    return {
        "id": str(row.pk),
        "taken_at": moment(row.taken_at),
        "expected": row.expected,
        "absent": row.absent,
        "leave": row.leave,
        "unrecorded": row.unrecorded,
    }


def receipt(made: Receipt) -> Said:
    """What was kept; `competing`: another account of the session stands, and a person settles."""
    counts = ("expected", "present", "absent", "leave", "late", "unrecorded", "opened", "competing")
    return {
        "roll_call": str(made.roll_call),
        "recorded_at": moment(made.recorded_at),
        "receipt": made.token,
        **{name: getattr(made, name) for name in counts},
    }


def obligation(row: Obligation, at: datetime) -> Said:
    """What is owed, about whom, by when."""
    return {
        "key": str(row.key),
        "act": term(row.act),
        "who": term(row.who),
        "child": {"id": str(row.child.pk), "name": row.child.name} if row.child else None,
        "class": {"id": row.class_group.pk, "name": row.class_group.name} if row.class_group else None,
        "place": place(row.place),
        "due_at": moment(row.due_at),
        "overdue": bool(row.due_at and row.due_at < at),
    }


def child(row: Child, fields: Collection[Fields], on: date) -> Said:
    """A child by the field sets that the table gives; what it does not give is not in the answer."""
    said: Said = {"id": str(row.pk), "fields": sorted(each.value for each in fields)}
    if Fields.BASIC in fields:
        said["name"] = row.name
        said["sex"] = term(row.sex) if row.sex else None
        said["identity_no"] = row.identity_no_masked()
    if Fields.CONTACT in fields:
        guardians = row.guardians.order_by("pk")
        said["guardians"] = [{"name": g.name, "relation": g.relation, "phone": g.phone} for g in guardians]
    said["groups"] = [term(each.group) for each in groups_shown(row, fields, on)]
    return said


def silent(row: SchoolToday) -> Said:
    """A school of which nothing is heard yet."""
    return {"id": row.place, "name": row.name, "classes": row.classes, "pupils": row.pupils}
