"""一句话反馈: a village cadre says by one choice and one line what was found out about a child."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import Act, ActOutcome, EventKind, Term
from notoneless.records.models import Child, EventRecord, Person
from notoneless.services.casework import record_act, record_event
from notoneless.services.finding import the_child, the_person
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


class Found(Term):
    """反馈: what a cadre found out, in the words the village uses."""

    REACHED = "REACHED", "联系上", "reached the family"
    UNREACHABLE = "UNREACHABLE", "联系不上", "could not reach the family"
    PROMISED_RETURN = "PROMISED_RETURN", "承诺返校", "promised to return"
    CAME_BACK = "CAME_BACK", "已返校", "is back in school"
    REFUSED = "REFUSED", "拒绝返校", "refuses to return"
    ELSEWHERE = "ELSEWHERE", "在外地就读", "attends school elsewhere"


class _Means(NamedTuple):
    """The act that a choice stands for, with its outcome."""

    act: Act
    outcome: ActOutcome


# 已返校 is an event and stands apart.
MEANS: Mapping[Found, _Means] = {
    Found.REACHED: _Means(Act.CONTACT_GUARDIAN, ActOutcome.REACHED),
    Found.UNREACHABLE: _Means(Act.CONTACT_GUARDIAN, ActOutcome.UNREACHABLE),
    Found.PROMISED_RETURN: _Means(Act.PERSUADE, ActOutcome.PROMISED_RETURN),
    Found.REFUSED: _Means(Act.PERSUADE, ActOutcome.REFUSED),
    Found.ELSEWHERE: _Means(Act.VERIFY, ActOutcome.ELSEWHERE),
}


@one_act
def tell(
    *, by: Person | int, child: Child | UUID, found: Found, line: str, at: datetime, key: str | None = None
) -> None:
    """Keep what was found out as the act or event it is; told twice it is kept once. Raises Refusal.

    That a child attends elsewhere, or refuses, is for others to follow up: without a line they could not.
    """
    note = line.strip()
    if found in (Found.REFUSED, Found.ELSEWHERE) and not note:
        raise Refusal(
            "SAY_MORE",
            f"“{found.zh}”请写一句话：在哪里、谁说的。",
            f'"{found.en}" needs a line: where, and who said so.',
        )
    minute = at.replace(second=0, microsecond=0)
    if found is Found.CAME_BACK:
        _came_back(by, child, minute, note, at)
        return
    act, outcome = MEANS[found]
    record_act(by=by, child=child, act=act, outcome=outcome, happened_at=minute, note=note, at=at, key=key)


def _came_back(by: Person | int, child: Child | UUID, minute: datetime, note: str, at: datetime) -> None:
    person, pupil = the_person(by), the_child(child)
    told = EventRecord.objects.filter(
        child=pupil, by=person, kind=EventKind.CAME_BACK, happened_at=minute, note=note
    )
    if not told.exists():
        record_event(by=person, child=pupil, kind=EventKind.CAME_BACK, happened_at=minute, note=note, at=at)
