"""What moves in the month that is counted: transfers, other classes, suspensions; some learned of late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from notoneless.core.facts import CHINA_TIME

SEED = 6
FIRST, LAST = date(2025, 12, 1), date(2025, 12, 31)
THEN = datetime(2026, 1, 17, 9, tzinfo=CHINA_TIME)  # when the report was drawn up
LATE = datetime(2026, 1, 19, 9, tzinfo=CHINA_TIME)  # what came in after it
NOW = datetime(2026, 1, 21, 9, tzinfo=CHINA_TIME)
MOVED = 40  # one child in so many moves


def stir() -> int:
    """Move children within and between schools and out of class, each with its change; how many."""
    from notoneless.records.models import ClassGroup, Enrolment

    rng = Random(SEED)
    stays = list(Enrolment.objects.filter(until=None).order_by("pk"))
    schools: dict[tuple[int, int], list[Any]] = defaultdict(list)
    grades: dict[int, list[Any]] = defaultdict(list)
    groups = ClassGroup.objects.in_bulk()
    for group in groups.values():
        schools[group.school_id, group.grade].append(group)
        grades[group.grade].append(group)
    moved = rng.sample(stays, len(stays) // MOVED)
    plan = []
    for stay in moved:
        here = groups[stay.class_group_id]
        beside = [each for each in schools[here.school_id, here.grade] if each != here]
        others = [each for each in grades[here.grade] if each.school_id != here.school_id]
        plan.append((stay, here, rng.choice([*beside[:1], *rng.sample(others, min(1, len(others))), None])))
    _write(plan, rng)
    return len(moved)


def _write(plan: Sequence[tuple[Any, Any, Any]], rng: Random) -> None:
    from notoneless.core.terms import ChangeKind, ChangeStep, Post
    from notoneless.records.models import ChangeStepTaken, Enrolment, EnrolmentChange, OnRoll, Person

    by = Person.objects.order_by("pk")[0]
    changes, steps, rolls, classes = [], [], [], []
    on_roll = {row.child_id: row for row in OnRoll.objects.filter(until=None, school__isnull=False)}
    for stay, here, there in plan:
        day = FIRST + timedelta(days=rng.randrange(1, (LAST - FIRST).days))
        known = LATE if rng.random() < 0.1 else datetime.combine(day, THEN.timetz()) - timedelta(days=1)
        stay.until, stay.end_recorded_at = day, known
        if there is not None:
            classes.append(
                Enrolment(child_id=stay.child_id, class_group=there, from_day=day, recorded_at=known)
            )
        if there is None or there.school_id != here.school_id:
            kind = ChangeKind.SUSPENSION if there is None else ChangeKind.TRANSFER_OUT
            changes.append(
                EnrolmentChange(
                    child_id=stay.child_id,
                    kind=kind,
                    school_id=here.school_id,
                    receiver_id=there.school_id if there else None,
                    from_day=day,
                )
            )
            steps.append(
                ChangeStepTaken(
                    change=changes[-1],
                    step=ChangeStep.DONE,
                    at=datetime.combine(day, THEN.timetz()) - timedelta(days=1) if known is LATE else known,
                    by=by,
                    by_post=Post.ENROLMENT_OFFICER,
                )
            )
        roll = on_roll.get(stay.child_id)
        if roll is not None and there is not None and there.school_id != here.school_id:
            roll.until, roll.end_recorded_at = day, known
            rolls.append(roll)
    Enrolment.objects.bulk_update([stay for stay, _, _ in plan], ["until", "end_recorded_at"], batch_size=500)
    Enrolment.objects.bulk_create(classes, batch_size=1000)
    OnRoll.objects.bulk_update(rolls, ["until", "end_recorded_at"], batch_size=500)
    OnRoll.objects.bulk_create(
        [
            OnRoll(
                child_id=each.child_id,
                school_id=_receiver(changes, each.child_id),
                from_day=each.until or FIRST,
                recorded_at=each.end_recorded_at,
            )
            for each in rolls
        ],
        batch_size=1000,
    )
    EnrolmentChange.objects.bulk_create(changes, batch_size=1000)
    ChangeStepTaken.objects.bulk_create(steps, batch_size=1000)


def _receiver(changes: Sequence[Any], child: Any) -> int:
    found: int = next(each.receiver_id for each in changes if each.child_id == child)
    return found
