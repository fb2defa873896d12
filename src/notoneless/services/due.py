"""What the worker does when moments pass: duties opened, dues re-derived, steps taken up, each once."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from notoneless.core.terms import Post, Stage, TellKind
from notoneless.records.histories import subjects
from notoneless.records.models import LIVE, Case, EventRecord, JournalEntry, Obligation
from notoneless.records.owing import owing_classes, owing_places
from notoneless.services.assessments import CORRECTED, Entry, hold, keep, reassess
from notoneless.services.coverage import check_coverage
from notoneless.services.date_duties import hold_classes, hold_places, open_date_duties, owed_by
from notoneless.services.deriving import Changes, Home, derive
from notoneless.services.escalation import next_look, steps_due
from notoneless.services.honesty.asking import ask_questions
from notoneless.services.ledgers import post_everywhere, post_new_cases
from notoneless.services.public_queues import look_over
from notoneless.services.reports.silence import tell_overdue
from notoneless.services.roll_call_duties import open_roll_calls, roll_calls_of
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

# A worker that died leaves its claims behind; after this long another may take them.
CLAIM_LASTS = timedelta(minutes=5)


class Ticked(NamedTuple):
    """What one tick did."""

    opened: int  # duties to take a roll call
    acted: int  # obligations looked at because their moment had passed
    dated: int = 0  # duties that the date brought


def tick(*, now: datetime) -> Ticked:
    """Do everything that is due by `now`; doing it twice, or by two workers at once, changes nothing more."""
    opened = open_roll_calls(now=now)
    dated = open_date_duties(now=now)
    once_a_day(now=now)
    acted = 0
    while done := act_on_due(now=now):
        acted += done
    post_new_cases(now=now)
    return Ticked(opened, acted, dated)


# Obligations whose moment has passed.


def act_on_due(*, now: datetime, limit: int = 100) -> int:
    """Claim up to `limit` obligations to look at, derive them anew and act once; how many were looked at.

    The stored moment is a hint with an index: the facts decide, so one that was met meanwhile is only met.
    """
    token = secrets.token_hex(16)
    claimed = _claim(now, limit, token)
    by_child: dict[UUID, list[UUID]] = defaultdict(list)
    by_class: dict[int, list[UUID]] = defaultdict(list)
    by_place: dict[int, list[UUID]] = defaultdict(list)
    for key, child, class_group, place in claimed:
        if child is not None:
            by_child[child].append(key)
        elif class_group is not None:
            by_class[class_group].append(key)
        else:
            by_place[place].append(key)
    for child, keys in by_child.items():
        _look_at_child(child, keys, token, now)
    for class_group, keys in by_class.items():
        _look_at_class(class_group, keys, token, now)
    for place, keys in by_place.items():
        _look_at_place(place, keys, token, now)
    return len(claimed)


def _claim(now: datetime, limit: int, token: str) -> list[tuple[UUID, UUID | None, int | None, int]]:
    """Mark what is to be looked at as ours; whatever another worker holds is passed over."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LASTS)
    with transaction.atomic():
        waiting = Obligation.objects.filter(free, look_at__lt=now).order_by("look_at", "key")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        keys = list(waiting.values_list("key", flat=True)[:limit])
        Obligation.objects.filter(free, key__in=keys).update(claimed_at=now, claim_token=token)
        ours = Obligation.objects.filter(key__in=keys, claim_token=token)
        about = ("key", "child_id", "class_group_id", "place_id")
        return list(ours.order_by("look_at", "key").values_list(*about))


@one_act
def _look_at_child(child: UUID, keys: Collection[UUID], token: str, now: datetime) -> None:
    hold([child])
    found = subjects([child], as_of=now)
    changes = Changes()
    if child in found:
        derive(found[child], as_of=now, why=CORRECTED, into=changes)
        if changes.said:
            keep(changes, at=now, entry=Entry("DUE", "child", str(child), {}))
        _step_up(keys, token, found[child].home, now)


@one_act
def _look_at_class(class_group: int, keys: Collection[UUID], token: str, now: datetime) -> None:
    hold_classes([class_group])
    owing = owing_classes([class_group])
    changes = roll_calls_of([class_group], now)
    changes.extend(owed_by(owing, since=now, now=now))
    if changes.said:
        keep(changes, at=now, entry=Entry("DUE", "class_group", str(class_group), {}))
    _step_up(keys, token, owing[0], now)


@one_act
def _look_at_place(place: int, keys: Collection[UUID], token: str, now: datetime) -> None:
    hold_places([place])
    owing = owing_places([place])
    changes = owed_by(owing, since=now, now=now)
    if changes.said:
        keep(changes, at=now, entry=Entry("DUE", "place", str(place), {}))
    _step_up(keys, token, owing[0], now)


def _step_up(keys: Collection[UUID], token: str, home: Home, now: datetime) -> None:
    """Tell whoever is next, once a step, and note when to look again; gives the claims back."""
    calendar = home.calendar.as_known_at(now)
    for owed in Obligation.objects.filter(key__in=keys, claim_token=token):
        level, look_at = owed.escalation_level, None
        if owed.state in LIVE and owed.due_at is not None:
            for step in steps_due(owed.due_at, level, calendar, now):
                level = step.level
                _tell(owed, level, step.told, now)
            look_at = next_look(owed.due_at, level, calendar)
        raised = {"escalation_level": level, "escalated_at": now} if level > owed.escalation_level else {}
        Obligation.objects.filter(key=owed.key, claim_token=token).update(
            look_at=look_at, claimed_at=None, claim_token="", **raised
        )


def _tell(owed: Obligation, level: int, told: Collection[Post], now: datetime) -> None:
    queue(
        key=f"escalate/{owed.key}/{level}",
        kind=TellKind.ESCALATE,
        at=now,
        posts=told,
        place=owed.place_id,
        class_group=owed.class_group_id,
        child=owed.child_id,
        obligation=owed.key,
        about={"obligation": str(owed.key), "level": level},
    )
    body = {"obligation": str(owed.key), "level": level, "posts": list(told), "place": owed.place_id}
    JournalEntry.objects.create(
        at=now, act="ESCALATE", subject_kind="obligation", subject_id=str(owed.key), body=body
    )


# Once a day.


def once_a_day(*, now: datetime) -> bool:
    """Derive anew every open case, and every child a day fixed beforehand has come for; True when it did."""
    day = str(now.date())
    if JournalEntry.objects.filter(act="ONCE_A_DAY", subject_kind="day", subject_id=day).exists():
        return False
    look_over(now=now)
    settled = (Stage.ATTENDING.value, Stage.CLOSED.value)
    children = list(Case.objects.exclude(stage__in=settled).values_list("child_id", flat=True))
    awaited = sorted(_whose_day_has_come(now) - set(children), key=str)
    reassess([*children, *awaited], as_of=now)
    check_coverage(now=now)
    post_everywhere(now=now)
    ask_questions(now=now)
    tell_overdue(now=now)
    body = {"cases": len(children), "awaited": len(awaited)}
    JournalEntry.objects.create(at=now, act="ONCE_A_DAY", subject_kind="day", subject_id=day, body=body)
    return True


def _whose_day_has_come(now: datetime) -> set[UUID]:
    """Children with an event that was recorded before its moment, which has come since the last look.

    A worker that was away for days looks back to when it last did this.
    """
    last = (
        JournalEntry.objects.filter(act="ONCE_A_DAY", subject_kind="day", at__lt=now).order_by("-seq").first()
    )
    come = EventRecord.objects.filter(happened_at__lte=now, recorded_at__lt=F("happened_at"))
    if last is not None:
        come = come.filter(happened_at__gt=last.at)
    return set(come.values_list("child_id", flat=True))
