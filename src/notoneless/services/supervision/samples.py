"""抽样回访: a list is frozen before anybody knows the public number that will choose from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.sampling import SEPARATOR, Share, drawn, frame_digest, wilson
from notoneless.core.terms import AttendanceStatus, Stage
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    CaseChange,
    Enrolment,
    Person,
    Place,
    RollCall,
    SampleAnnounced,
    SampleDrawn,
    SampleVisited,
)
from notoneless.records.scopes import during
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.honesty.found import start_of
from notoneless.services.honesty.of_acts import AT_A_DOOR
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

ONE_DAY = timedelta(days=1)
MOST = 500  # lines of one sample; nobody re-visits more
VISITS, RETURNS, PRESENT = OF = ("VISITS", "RETURNS", "PRESENT")
OF_WORDS: Mapping[str, tuple[str, str]] = {
    VISITS: ("家访记录", "records of home visits"),
    RETURNS: ("记为返校的学生", "children recorded as back"),
    PRESENT: ("当天记为在校的学生", "children recorded as present on the last day"),
}


class Recipe(NamedTuple):
    """Everything that is needed to draw a sample again."""

    seed: str
    digest: str
    rows: tuple[str, ...]
    chosen: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether list, number and lines belong together."""
        same = frame_digest(self.rows) == self.digest
        return same and drawn(self.seed, self.digest, self.rows, len(self.chosen)) == list(self.chosen)


@one_act
def announce_sample(
    *,
    by: Person | int,
    place: Place,
    of: str,
    first: date,
    last: date,
    size: int,
    seed_source: str,
    seed_on: date,
    at: datetime,
    key: str | None = None,
) -> SampleAnnounced:
    """Freeze the list of these days and say which public number will choose. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.INSPECTION, Verb.RECORD, place, at.date())
    if key is not None and (before := SampleAnnounced.objects.filter(key=key).first()) is not None:
        if before.place_id != place.pk:
            raise key_used()
        return before
    _refuse_days(first, last, seed_on, at.date())
    rows = frame(place, of, first, last, at)
    if not 0 < size <= min(MOST, len(rows)):
        raise Refusal(
            "BAD_SIZE",
            f"这段时间的名单有 {len(rows)} 条；抽样数应在 1 到 {min(MOST, len(rows))} 之间。",
            f"The list of these days has {len(rows)} lines; draw between 1 and {min(MOST, len(rows))}.",
        )
    made = SampleAnnounced.objects.create(
        place=place,
        seed_source=written(seed_source, 200, "用哪个公开号码", "Which public number", needed=True),
        seed_on=seed_on,
        size=size,
        of=of,
        first=first,
        last=last,
        frame_digest=frame_digest(rows),
        frame_size=len(rows),
        frame=SEPARATOR.join(sorted(rows)),
        by=person,
        at=at,
        key=key,
    )
    body: dict[str, object] = {"sample": str(made.pk), "size": size, "of": of, "digest": made.frame_digest}
    keep(Changes(), at=at, entry=Entry("ANNOUNCE_SAMPLE", "place", str(place.pk), body, person))
    return made


@one_act
def draw_sample(
    *, by: Person | int, announced: SampleAnnounced | UUID, seed: str, at: datetime
) -> SampleDrawn:
    """Draw with the number as it was published, on its day or later; once. Raises Refusal."""
    person, row = the_person(by), _announced(announced)
    require(person, Thing.INSPECTION, Verb.RECORD, row.place, at.date())
    number = " ".join(written(seed, 200, "公布的号码", "The number", needed=True).split())
    if (before := SampleDrawn.objects.filter(announced=row).first()) is not None:
        if before.seed != number:
            raise Refusal(
                "DRAWN",
                f"这次抽样已经用号码“{before.seed}”抽过；号码不能换。",
                f'This sample was drawn with "{before.seed}"; the number cannot be changed.',
            )
        return before
    _refuse_early(row, number, at.date())
    chosen = drawn(number, row.frame_digest, rows_of(row), row.size)
    made = SampleDrawn.objects.create(announced=row, seed=number, chosen=chosen, by=person, at=at)
    body: dict[str, object] = {"sample": str(row.pk), "seed": number, "drawn": len(chosen)}
    keep(Changes(), at=at, entry=Entry("DRAW_SAMPLE", "place", str(row.place_id), body, person))
    return made


@one_act
def record_revisit(
    *, by: Person | int, sample: SampleDrawn | int, row: str, as_recorded: bool, note: str, at: datetime
) -> SampleVisited:
    """Say whether one chosen line was found as it is recorded. Raises Refusal."""
    person = the_person(by)
    number = sample.pk if isinstance(sample, SampleDrawn) else sample
    found = SampleDrawn.objects.select_related("announced__place").get(pk=number)
    require(person, Thing.INSPECTION, Verb.RECORD, found.announced.place, at.date())
    if row not in found.chosen:
        raise Refusal("NOT_CHOSEN", "这一条没有抽中，不用回访。", "This line was not drawn.")
    if (before := SampleVisited.objects.filter(drawn=found, row=row).first()) is not None:
        if before.as_recorded == as_recorded:
            return before
        raise Refusal("VISITED", "这一条已经回访过；请刷新查看。", "This line was visited already; reload.")
    words = written(note, 500, "回访情况", "What was found", needed=not as_recorded)
    made = SampleVisited.objects.create(
        drawn=found, row=row, as_recorded=as_recorded, note=words, by=person, at=at
    )
    body: dict[str, object] = {"sample": str(found.announced_id), "row": row, "as_recorded": as_recorded}
    keep(
        Changes(), at=at, entry=Entry("RECORD_REVISIT", "place", str(found.announced.place_id), body, person)
    )
    return made


def recipe(sample: SampleAnnounced) -> Recipe | None:
    """What anybody needs to draw it again; None before it was drawn."""
    made = SampleDrawn.objects.filter(announced=sample).first()
    if made is None:
        return None
    return Recipe(made.seed, sample.frame_digest, tuple(rows_of(sample)), tuple(made.chosen))


def result(sample: SampleDrawn) -> Share:
    """How many of those re-visited so far were as recorded, with the interval for the whole list."""
    answers = list(sample.visited.values_list("as_recorded", flat=True))
    return wilson(sum(answers), len(answers))


def rows_of(sample: SampleAnnounced) -> list[str]:
    """The frozen list."""
    return sample.frame.split(SEPARATOR) if sample.frame else []


def frame(place: Place, of: str, first: date, last: date, at: datetime) -> list[str]:
    """What a sample of these days is drawn from, as known at `at`: ids of acts or of children."""
    return sorted({str(row) for row in _FRAMES[of](place, first, last, at)})


def samples_in(place: Place) -> QuerySet[SampleAnnounced]:
    """The samples of the place and all in it, the latest first."""
    rows = SampleAnnounced.objects.filter(place__path__startswith=place.path or "?").defer("frame")
    return rows.select_related("place", "by", "drawn").order_by("-at")


# What is drawn from.


def _children(place: Place, first: date, last: date) -> QuerySet[Enrolment]:
    there = Q(until__isnull=True) | Q(until__gt=first)
    return Enrolment.objects.filter(
        there, from_day__lte=last, class_group__school__path__startswith=place.path or "?"
    )


def _visits(place: Place, first: date, last: date, at: datetime) -> Iterable[UUID]:
    replaced = ActRecord.objects.filter(supersedes__isnull=False, recorded_at__lte=at).values("supersedes")
    rows = ActRecord.objects.filter(
        act__in=AT_A_DOOR,
        happened_at__gte=start_of(first),
        happened_at__lt=start_of(last + ONE_DAY),
        recorded_at__lte=at,
        child__in=_children(place, first, last).values("child"),
    )
    return rows.exclude(pk__in=replaced).values_list("pk", flat=True)


def _returns(place: Place, first: date, last: date, at: datetime) -> Iterable[UUID]:
    rows = CaseChange.objects.filter(
        stage=Stage.BACK,
        at__gte=start_of(first),
        at__lt=start_of(last + ONE_DAY),
        recorded_at__lte=at,
        case__child__in=_children(place, first, last).values("child"),
    )
    return rows.values_list("case__child", flat=True)


def _present(place: Place, first: date, last: date, at: datetime) -> Iterable[UUID]:
    """The children of classes that were called on the last day, without those a mark says were not there."""
    called = RollCall.objects.filter(standing=True, day=last, recorded_at__lte=at).values("class_group")
    away = AttendanceMark.objects.filter(day=last, speaks=True, recorded_at__lte=at).exclude(
        status__in=(AttendanceStatus.LATE, AttendanceStatus.PRESENT)
    )
    rows = Enrolment.objects.filter(
        during(last), class_group__in=called, class_group__school__path__startswith=place.path or "?"
    )
    return rows.exclude(child__in=away.values("child")).values_list("child_id", flat=True)


_FRAMES: Mapping[str, Callable[[Place, date, date, datetime], Iterable[UUID]]] = {
    VISITS: _visits,
    RETURNS: _returns,
    PRESENT: _present,
}


# Refusals.


def _refuse_days(first: date, last: date, seed_on: date, on: date) -> None:
    if first > last or last > on:
        raise Refusal(
            "BAD_SPAN",
            "抽样的起止日期应是已经过去的日子，且起不晚于止。",
            "The days to draw from are over by now, the first not after the last.",
        )
    if seed_on <= on:
        raise Refusal(
            "SEED_KNOWN",
            f"号码要在公告以后才公布，谁也不能先知道；请选今天（{on}）以后开奖的号码。",
            f"The number must become known after the announcement; choose one of a day after {on}.",
        )


def _refuse_early(sample: SampleAnnounced, number: str, on: date) -> None:
    if on < sample.seed_on:
        raise Refusal(
            "TOO_EARLY",
            f"公告说用 {sample.seed_on} 公布的号码；到那天以后才能抽。",
            f"The announced number becomes known on {sample.seed_on}; draw then.",
        )
    if not re.search(r"\d", number):
        raise Refusal(
            "NO_NUMBER", "请照公布的写号码，例如 05 11 16 22 28 33 07。", "Write the number as published."
        )


def _announced(given: SampleAnnounced | UUID) -> SampleAnnounced:
    number = given.pk if isinstance(given, SampleAnnounced) else given
    return SampleAnnounced.objects.select_for_update(of=("self",)).select_related("place").get(pk=number)
