"""The duty of each class to take its roll calls: opened as the session begins, met by taking it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Min, Q

from notoneless.core.facts import CHINA_TIME
from notoneless.core.recurring import roll_calls_owed
from notoneless.core.terms import Act
from notoneless.records import constants
from notoneless.records.models import LIVE, ClassGroup, Enrolment, Obligation, RollCall
from notoneless.records.reading import Stored
from notoneless.services.assessments import AT_ONCE, CORRECTED, Entry, keep
from notoneless.services.deriving import Changes, compare
from notoneless.services.transactions import one_act

LOOK_BACK = timedelta(days=7)  # how far a worker that was down opens roll calls that nobody took

TakenAt = dict[tuple[date, str], datetime]


def open_roll_calls(*, now: datetime) -> int:
    """Open the duty to take each roll call whose session has begun and that is not taken; how many."""
    today = now.date()
    there = Q(from_day__lte=today) & (Q(until__isnull=True) | Q(until__gt=today))
    classes = list(Enrolment.objects.filter(there).values_list("class_group_id", flat=True).distinct())
    return sum(_open_roll_calls(classes[i : i + AT_ONCE], now) for i in range(0, len(classes), AT_ONCE))


@one_act
def _open_roll_calls(classes: list[int], now: datetime) -> int:
    # Two workers at once would both tell the journal.
    list(ClassGroup.objects.select_for_update().filter(pk__in=classes).order_by("pk").values_list("pk"))
    changes = roll_calls_of(classes, now)
    if changes.said:
        keep(changes, at=now, entry=Entry("OPEN_ROLL_CALLS", "class_group", "", {}))
    return changes.count("opened")


def roll_calls_of(classes: Collection[int], now: datetime) -> Changes:
    """What these classes owe, against what is stored: today's, and those of days a worker was down."""
    homes = constants.of_classes(classes)
    stored, oldest = _stored(classes, now)
    first = _first_days(classes)
    since = {group: _since(first.get(group), oldest.get(group), now) for group in classes}
    taken = _taken(classes, min(since.values(), default=now.date()))
    changes = Changes()
    for group in classes:
        home = homes[group]
        owed = roll_calls_owed(
            str(group), taken[group], home.calendar, home.packs, from_day=since[group], as_of=now
        )
        # One that was taken before anybody opened the duty needs no row: the roll call itself tells.
        fresh = [each for each in owed if each.met_by is None or each.key in stored[group]]
        compare(fresh, stored[group], home, None, as_of=now, why=CORRECTED, into=changes)
    return changes


def _since(first: date | None, oldest: date | None, now: datetime) -> date:
    """A class's record begins with its first roll call; before that only today's is asked for."""
    today = now.date()
    since = max(first, today - LOOK_BACK) if first else today
    return min(since, oldest) if oldest else since


def _first_days(classes: Iterable[int]) -> dict[int, date]:
    calls = RollCall.objects.filter(standing=True, class_group__in=list(classes))
    return dict(calls.values_list("class_group").annotate(first=Min("day")))


def _taken(classes: Iterable[int], since: date) -> dict[int, TakenAt]:
    taken: dict[int, TakenAt] = defaultdict(dict)
    calls = RollCall.objects.filter(standing=True, class_group__in=list(classes), day__gte=since)
    for group, day, session, at in calls.values_list("class_group_id", "day", "session", "taken_at"):
        taken[group][day, session] = at
    return taken


def _stored(classes: Iterable[int], now: datetime) -> tuple[dict[int, dict[UUID, Stored]], dict[int, date]]:
    """The duties stored, live or recent, and the first day of those that are live, by class."""
    stored: dict[int, dict[UUID, Stored]] = defaultdict(dict)
    oldest: dict[int, date] = {}
    # Their occasion is a day and a session; what a date brought has a day alone.
    of_classes = Obligation.objects.filter(
        class_group__in=list(classes), child__isnull=True, act=Act.TAKE_ROLL_CALL, occasion__contains="/"
    )
    for owed in of_classes.filter(Q(state__in=LIVE) | Q(arose_at__gte=now - LOOK_BACK - timedelta(days=1))):
        group = owed.class_group_id or 0
        due_at = owed.due_at.astimezone(CHINA_TIME) if owed.due_at else None
        stored[group][owed.key] = Stored(owed.key, owed.state, due_at, owed.late, owed.escalation_level)
        if owed.state in LIVE:
            day = owed.arose_at.astimezone(CHINA_TIME).date()
            oldest[group] = min(oldest.get(group, day), day)
    return stored, oldest
