"""Deriving anew what is owed for children, and keeping it together with the act that made it necessary."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.records.histories import subjects
from notoneless.records.models import Child, Person
from notoneless.records.writing import write
from notoneless.services.deriving import Changes, derive
from notoneless.services.transactions import one_act

CORRECTED = "事实已更正，这项不再需要"
AT_ONCE = 500  # children in one transaction when many are assessed


class Entry(NamedTuple):
    """What the journal is told of an act; `body` holds ids and counts, never names."""

    act: str
    subject_kind: str
    subject_id: str
    body: dict[str, object]
    by: Person | None = None
    reason: str = ""


def hold(children: Collection[UUID]) -> None:
    """Make other acts on these children wait until this one's transaction ends."""
    list(Child.objects.select_for_update().filter(pk__in=children).order_by("pk").values_list("pk"))


def follow_up(children: Collection[UUID], *, as_of: datetime, entry: Entry, why: str = CORRECTED) -> Changes:
    """Within an act's transaction: derive these children anew and write that with the act's journal entry."""
    changes = Changes()
    for subject in subjects(children, as_of=as_of).values():
        derive(subject, as_of=as_of, why=why, into=changes)
    keep(changes, at=as_of, entry=entry)
    return changes


def keep(changes: Changes, *, at: datetime, entry: Entry) -> None:
    """Write `changes` with one journal entry that tells them."""
    row = (
        at,
        entry.by.pk if entry.by else None,
        entry.act,
        entry.subject_kind,
        entry.subject_id,
        {**entry.body, **changes.said},
        entry.reason,
    )
    changes.writes.journal.append(row)
    write(changes.writes)


def reassess(
    children: Collection[UUID], *, as_of: datetime, by: Person | None = None, why: str = CORRECTED
) -> int:
    """Derive these children anew and keep what changed; how many obligations were opened.

    Does nothing, journal included, where nothing changed; many children are done a few hundred at a time.
    """
    ids = list(children)
    return sum(_reassess(ids[i : i + AT_ONCE], as_of, by, why) for i in range(0, len(ids), AT_ONCE))


@one_act
def _reassess(children: list[UUID], as_of: datetime, by: Person | None, why: str) -> int:
    hold(children)
    changes = Changes()
    for subject in subjects(children, as_of=as_of).values():
        derive(subject, as_of=as_of, why=why, into=changes)
    if changes.said:
        body: dict[str, object] = {"children": [str(child) for child in children]}
        subject_id = str(children[0]) if len(children) == 1 else ""
        keep(changes, at=as_of, entry=Entry("REASSESS", "child", subject_id, body, by))
    return changes.count("opened")
