"""What dates bring to classes, schools, townships and counties: opened once a period, owed until done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.facts import CHINA_TIME, ActDone
from notoneless.core.obligations import Obligation as Owed
from notoneless.core.recurring import duties_of_dates
from notoneless.core.terms import Evidence, Post
from notoneless.records import constants
from notoneless.records.models import (
    LIVE,
    ClassGroup,
    ConstantsVersion,
    JournalEntry,
    Obligation,
    Place,
    PlaceAct,
)
from notoneless.records.owing import Owing, classes_on, owing_classes, owing_places, places_of
from notoneless.records.reading import Stored
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes, compare, withdraw
from notoneless.services.posts import exists_at
from notoneless.services.transactions import one_act

# How far a worker that was down looks back, so that no month goes by unseen. What a period of another
# length asks is still seen in the period itself.
LOOK_BACK = timedelta(days=31)
# An act that meets a duty was done within its period; none is longer than a school year.
LONGEST = timedelta(days=400)
AT_ONCE = 100  # classes or places in one transaction
LOOKED = "DATE_DUTIES"
CLOSED = "单位已撤并"
NOT_ASKED = "现行制度或校历不再要求这一项"
ONE_DAY = timedelta(days=1)


def open_date_duties(*, now: datetime) -> int:
    """Open what the date brings to every class with pupils and every place around it; how many.

    Done once a day, and again on a day when a place, a class, a closure or an adopted pack changed.
    """
    version = constants.current_version()
    looks = JournalEntry.objects.filter(act=LOOKED, subject_kind="day")
    if looks.filter(subject_id=str(now.date()), body__constants=version).exists():
        return 0
    before = looks.order_by("-seq").values_list("at", flat=True).first()
    since = min(before.astimezone(CHINA_TIME), now) if before else now
    classes = classes_on(now.date())
    places = places_of(classes)
    opened = sum(_open_places(part, since, now) for part in _parts(places))
    opened += sum(_open_classes(part, since, now) for part in _parts(classes))
    _withdraw_of_closed(now)
    _looked(version, now)
    return opened


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[i : i + AT_ONCE] for i in range(0, len(numbers), AT_ONCE))


@one_act
def _open_places(places: Sequence[int], since: datetime, now: datetime) -> int:
    hold_places(places)
    return _keep(owed_by(owing_places(places), since=since, now=now), "place", now)


@one_act
def _open_classes(classes: Sequence[int], since: datetime, now: datetime) -> int:
    hold_classes(classes)
    return _keep(owed_by(owing_classes(classes), since=since, now=now), "class_group", now)


def _keep(changes: Changes, kind: str, now: datetime) -> int:
    if changes.said:
        keep(changes, at=now, entry=Entry("OPEN_DATE_DUTIES", kind, "", {}))
    return changes.count("opened")


@one_act
def _withdraw_of_closed(now: datetime) -> None:
    """Nobody is left to do what a closed place or its classes still owe by date."""
    closed = list(Place.objects.filter(closed_on__lte=now.date()).values_list("pk", flat=True))
    hold_places(closed)
    rows = Obligation.objects.filter(place__in=closed, child=None, state__in=LIVE)
    changes = Changes()
    for kept in _stored(rows).values():
        withdraw(kept.values(), as_of=now, why=CLOSED, into=changes)
    if changes.said:
        keep(changes, at=now, entry=Entry("OPEN_DATE_DUTIES", "place", "", {}))


@one_act
def _looked(version: int, now: datetime) -> None:
    """Note that this day was looked at, once however many workers did."""
    list(ConstantsVersion.objects.select_for_update(no_key=True))
    look = {"act": LOOKED, "subject_kind": "day", "subject_id": str(now.date())}
    if not JournalEntry.objects.filter(**look, body__constants=version).exists():
        JournalEntry.objects.create(**look, at=now, body={"constants": version})


def hold_places(places: Collection[int]) -> None:
    """Make other acts on what these places owe wait until this one's transaction ends."""
    # Rows that point at a place may be written meanwhile; only another holder waits.
    _hold(Place.objects.filter(pk__in=places))


def hold_classes(classes: Collection[int]) -> None:
    """The same for classes."""
    _hold(ClassGroup.objects.filter(pk__in=classes))


def _hold(rows: QuerySet[Place] | QuerySet[ClassGroup]) -> None:
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


# Deriving.


def owed_by(owing: Sequence[Owing], *, since: datetime, now: datetime) -> Changes:
    """What these owe by the date, against what is stored.

    Every day from `since` is asked what it brings. What was due before `since` is not opened any more: when
    somebody last looked it was not asked, because the place, the class or the pack was not there yet.
    """
    changes = Changes()
    live = list(_rows(owing).filter(state__in=LIVE))
    derived = _derived(owing, live, _days(since, now), now)
    others = {o.key for owed in derived.values() for o in owed} - {row.key for row in live}
    stored = _stored([*live, *Obligation.objects.filter(key__in=others)])
    for each in owing:
        kept = stored[each.subject]
        owed = [o for o in derived[each.subject] if o.key in kept or not _due_before(since, o)]
        compare(owed, kept, each, None, as_of=now, why=NOT_ASKED, into=changes)
    return changes


def brought_by(owing: Sequence[Owing], *, since: datetime, now: datetime) -> Iterator[tuple[Owing, Owed]]:
    """All that the days from `since` brought to these, stored or not, with what became of it."""
    derived = _derived(owing, [], _days(since, now), now)
    for each in owing:
        for owed in derived[each.subject]:
            if not _due_before(since, owed):
                yield each, owed


def owed_now(owing: Owing, occasion: str, *, now: datetime) -> list[Owed]:
    """All that one class or place owes or has done in the period that began on this day."""
    derived = _derived([owing], [], {date.fromisoformat(occasion)}, now)
    return [each for each in derived[owing.subject] if each.occasion == occasion]


def _days(since: datetime, now: datetime) -> set[date]:
    first = max(since.date(), now.date() - LOOK_BACK)
    return {first + ONE_DAY * i for i in range((now.date() - first).days + 1)}


def _due_before(since: datetime, owed: Owed) -> bool:
    return owed.due.at is not None and owed.due.at < since


def _derived(
    owing: Sequence[Owing], live: Iterable[Obligation], days: set[date], now: datetime
) -> dict[str, list[Owed]]:
    """What each owes for the periods around these days and around those of its live duties."""
    asked = {each.subject: set(days) for each in owing}
    for row in live:
        asked[_subject(row)].add(date.fromisoformat(row.occasion))
    first = min((day for each in asked.values() for day in each), default=now.date())
    done = _acts(owing, datetime.combine(first, time.min, CHINA_TIME) - LONGEST)
    return {each.subject: _of_one(each, asked[each.subject], done[each.subject], now) for each in owing}


def _of_one(owing: Owing, days: set[date], acts: Sequence[PlaceAct], now: datetime) -> list[Owed]:
    brought = duties_of_dates(
        owing.subject,
        owing.calendar,
        owing.packs,
        level=owing.level,
        days=days,
        as_of=now,
        acts=[act_done(act) for act in acts],
        meant={str(act.pk): act.obligation for act in acts if act.obligation},
    )
    return [each for each in brought if exists_at(owing.level, each.duty.who)]


# Rows.


def _rows(owing: Iterable[Owing]) -> QuerySet[Obligation]:
    """The duties of the date that are stored for these."""
    return Obligation.objects.filter(_of(owing), child=None).exclude(occasion__contains="/")


def _of(owing: Iterable[Owing]) -> Q:
    classes = [each.id for each in owing if each.id is not None]
    places = [each.school_id for each in owing if each.id is None]
    return Q(class_group__in=classes) | Q(class_group=None, place__in=places)


def _stored(rows: Iterable[Obligation]) -> dict[str, dict[UUID, Stored]]:
    stored: dict[str, dict[UUID, Stored]] = defaultdict(dict)
    for row in rows:
        due_at = row.due_at.astimezone(CHINA_TIME) if row.due_at else None
        kept = Stored(row.key, row.state, due_at, row.late, row.escalation_level)
        stored[_subject(row)][row.key] = kept
    return stored


def _acts(owing: Iterable[Owing], since: datetime) -> dict[str, list[PlaceAct]]:
    """What was done about these; the school stands beside the class for the sake of the index."""
    places = {each.school_id for each in owing}
    done: dict[str, list[PlaceAct]] = defaultdict(list)
    for act in PlaceAct.objects.filter(_of(owing), place__in=places, happened_at__gte=since):
        done[_subject(act)].append(act)
    return done


def _subject(row: Obligation | PlaceAct) -> str:
    return f"place/{row.place_id}" if row.class_group_id is None else str(row.class_group_id)


def act_done(act: PlaceAct) -> ActDone:
    """The row as the evaluator's value."""
    return ActDone(
        act.act,
        act.happened_at.astimezone(CHINA_TIME),
        act.recorded_at.astimezone(CHINA_TIME),
        act.by_post,
        frozenset(Post(code) for code in act.taking_part),  # type: ignore[call-arg]
        act.to_post or None,
        act.outcome,
        frozenset(Evidence(code) for code in act.evidence),  # type: ignore[call-arg]
        str(act.pk),
        str(act.supersedes_id or ""),
    )
