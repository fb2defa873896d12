"""What time alone makes worth telling: the morning's list, what is newly due today, what runs out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Act, Post, TellKind
from notoneless.delivery.quiet import is_quiet, told_ahead
from notoneless.delivery.settings import Telling
from notoneless.records.calendars import county_calendar
from notoneless.records.models import LIVE, JournalEntry, Obligation, Outbox
from notoneless.services.escalation import STEPS
from notoneless.services.telling_close_outs import ready_to_close, to_be_reviewed
from notoneless.services.telling_still import late_findings, late_questions
from notoneless.services.transactions import one_act

MORNING = "TELL_MORNING"
# Whoever must take a roll call stands before the class; once it is overdue the school office is told.
NOT_AHEAD = (Act.TAKE_ROLL_CALL,)


def watch(*, now: datetime, telling: Telling) -> int:
    """Queue what is worth telling at `now` and was not queued yet; how many things.

    In quiet hours that is only what the site calls urgent.
    """
    now = now.astimezone(CHINA_TIME)
    quiet = is_quiet(now, telling.quiet, county_calendar())
    told = 0 if quiet else _morning(now, telling)
    listed = _listed_at(now)
    if not quiet or TellKind.DUE in telling.urgent:
        told += _newly_due(now, listed)
    if not quiet or TellKind.SOON in telling.urgent:
        told += _running_out(now, listed, telling)
    return told


# Once a school day.


@one_act
def _morning(now: datetime, telling: Telling) -> int:
    if now.time() < telling.morning or not county_calendar().is_school_day(now.date()):
        return 0
    day = str(now.date())
    if JournalEntry.objects.filter(act=MORNING, subject_kind="day", subject_id=day).exists():
        return 0
    rows = [*_own(now), *_below(now), *ready_to_close(now), *to_be_reviewed(now)]
    rows += [*late_questions(now), *late_findings(now)]
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    told = {"act": MORNING, "subject_kind": "day", "subject_id": day}
    JournalEntry.objects.create(**told, at=now, body={"queued": len(rows)})
    return len(rows)


def _own(now: datetime) -> Iterator[Outbox]:
    """For each post in each spot: what it owes today, and what it did not do in time."""
    owed = Obligation.objects.filter(state__in=LIVE, due_at__lte=end_of_day(now)).order_by()
    for who, place, class_group in owed.values_list("who", "place", "class_group").distinct():
        post = str(Post(who))  # type: ignore[call-arg]
        about = {"posts": [post], "place": place, "class_group": class_group}
        yield _listed(f"{post}/{place}/{class_group or ''}", about, now)


def _below(now: datetime) -> Iterator[Outbox]:
    """For each post that was told of an overdue obligation: told again every school day while it stays so."""
    for step in STEPS:
        overdue = Obligation.objects.filter(state__in=LIVE, due_at__lt=now, escalation_level__gte=step.level)
        for place in overdue.order_by().values_list("place", flat=True).distinct():
            for post in step.told:
                about = {"posts": [post.value], "place": place, "level": step.level}
                yield _listed(f"below/{post.value}/{place}/{step.level}", about, now)


def _listed(key: str, about: dict[str, object], now: datetime) -> Outbox:
    kind = TellKind.MORNING.value
    return Outbox(key=f"morning/{now.date()}/{key}", kind=kind, body=about, created_at=now)


def _listed_at(now: datetime) -> datetime | None:
    """When today's list was made, if it was."""
    today = JournalEntry.objects.filter(act=MORNING, subject_kind="day", subject_id=str(now.date()))
    return today.values_list("at", flat=True).first()


# As it comes.


def _newly_due(now: datetime, listed: datetime | None) -> int:
    """What was opened today after the morning's list and is due today."""
    since = listed or datetime.combine(now.date(), time.min, CHINA_TIME)
    fresh = _ahead(now, end_of_day(now)).filter(opened_at__gte=since)
    return _queue(fresh.exclude(_told_as(TellKind.DUE)), TellKind.DUE, now)


def _running_out(now: datetime, listed: datetime | None, telling: Telling) -> int:
    """What is about to run out and was not told of shortly before."""
    horizon = told_ahead(now, telling.soon, telling.quiet, county_calendar())
    waiting = _ahead(now, horizon).exclude(_told_as(TellKind.SOON))
    just_told = _told_as(TellKind.DUE, since=now - telling.soon)
    if listed and now - listed < telling.soon:
        waiting = waiting.filter(Q(opened_at__gte=listed) | Q(due_at__gt=end_of_day(now)))
    return _queue(waiting.exclude(just_told), TellKind.SOON, now)


def _ahead(now: datetime, until: datetime) -> QuerySet[Obligation]:
    # Until it is overdue, the moment to look at an obligation is its due moment; there is an index on it.
    ahead = Obligation.objects.filter(state__in=LIVE, look_at__gte=now, look_at__lte=until, due_at__gte=now)
    return ahead.exclude(act__in=NOT_AHEAD)


def _told_as(kind: TellKind, since: datetime | None = None) -> Exists:
    told = Outbox.objects.filter(obligation=OuterRef("pk"), kind=kind.value)
    return Exists(told.filter(created_at__gte=since) if since else told)


def _queue(owed: Iterable[Obligation], kind: TellKind, now: datetime) -> int:
    rows = [
        Outbox(
            key=f"{kind.value.lower()}/{each.key}",
            kind=kind.value,
            obligation=each,
            body={
                "posts": [each.who.value],
                "place": each.place_id,
                "class_group": each.class_group_id,
                "child": str(each.child_id) if each.child_id else None,
            },
            created_at=now,
        )
        for each in owed
    ]
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def end_of_day(now: datetime) -> datetime:
    """The last moment of the day in China time."""
    day = now.astimezone(CHINA_TIME).date() + timedelta(days=1)
    return datetime.combine(day, time.min, CHINA_TIME) - timedelta(microseconds=1)
