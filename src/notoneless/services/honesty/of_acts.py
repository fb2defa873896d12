"""Patterns in what people wrote about visits and calls: late, alike, at once in two places, one picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet

from notoneless.core.facts import CHINA_TIME
from notoneless.core.report_terms import QuestionKind
from notoneless.core.terms import Act
from notoneless.records.models import ActRecord, Attachment, RollCall
from notoneless.services.honesty.found import Fact, Found, Night, Spot, in_china, month_of, spots_of, start_of
from notoneless.services.honesty.thresholds import (
    DAYS_LATER,
    LEAST_WORDS,
    MINUTES_APART,
    NIGHT,
    SAME_WORDS,
    THRESHOLDS,
)

WRITTEN = (
    Act.HOME_VISIT,
    Act.HOSPITAL_VISIT,
    Act.PERSUADE,
    Act.CONTACT_GUARDIAN,
    Act.FOLLOW_UP_CALL,
    Act.VERIFY,
)
AT_A_DOOR = (Act.HOME_VISIT, Act.HOSPITAL_VISIT)
PIECE = 4  # characters; two texts are as alike as the pieces they share


class _Late(NamedTuple):
    kind: str
    id: UUID
    by: int
    school: int
    day: date
    written_at: datetime


def back_dated(night: Night) -> Iterator[Found]:
    """集中补记: many visits, calls or roll calls that one person wrote down on one day, days later."""
    by_day: dict[tuple[int, date], list[_Late]] = defaultdict(list)
    for each in (*_late_acts(night), *_late_roll_calls(night)):
        by_day[each.by, in_china(each.written_at)].append(each)
    for (by, written_on), rows in sorted(by_day.items()):
        if len(rows) >= THRESHOLDS[QuestionKind.BACK_DATED].least:
            yield Found(
                QuestionKind.BACK_DATED,
                f"BACK_DATED/{by}/{written_on}",
                rows[0].school,
                {"n": len(rows), "day": str(written_on), "first": str(min(row.day for row in rows))},
                tuple(_told(row) for row in rows),
                about=by,
            )


def cloned(night: Night) -> Iterator[Found]:
    """内容雷同: records of different children, by one person, whose words agree in nine tenths."""
    rows = _acts(night, night.month).filter(act__in=WRITTEN, private=False)
    by_writer: dict[tuple[int, str], list[tuple[ActRecord, frozenset[str]]]] = defaultdict(list)
    for act in rows.select_related("visit").order_by("recorded_at", "pk"):
        words = _pieces(_words(act))
        if words:
            by_writer[act.by_id, month_of(in_china(act.recorded_at))].append((act, words))
    alike = {key: found for key, acts in by_writer.items() if (found := _alike(acts))}
    spots = spots_of([act.child_id for acts in alike.values() for act in acts])
    for (by, month), acts in sorted(alike.items()):
        school = _school(acts, spots)
        many = len({act.child_id for act in acts}) >= THRESHOLDS[QuestionKind.CLONED].least
        if many and school is not None:
            facts = tuple(_act(act) for act in acts)
            key = f"CLONED/{by}/{month}"
            yield Found(QuestionKind.CLONED, key, school, {"n": len(acts)}, facts, about=by)


def impossible(night: Night) -> Iterator[Found]:
    """时间上做不到: in two villages within minutes, or from door to door at night."""
    rows = _acts(night, night.since).filter(act__in=AT_A_DOOR).select_related("visit")
    by_day: dict[tuple[int, date], list[ActRecord]] = defaultdict(list)
    for act in rows.order_by("happened_at", "pk"):
        by_day[act.by_id, in_china(act.happened_at)].append(act)
    doubtful = {
        key: found for key, acts in by_day.items() if (found := _in_two_places(acts) or _at_night(acts))
    }
    spots = spots_of([act.child_id for acts in doubtful.values() for act in acts])
    for (by, day), acts in sorted(doubtful.items()):
        school = _school(acts, spots)
        if school is not None:
            facts = tuple(_act(act) for act in acts)
            summary: dict[str, str | int] = {"n": len(acts), "day": str(day)}
            yield Found(QuestionKind.IMPOSSIBLE, f"IMPOSSIBLE/{by}/{day}", school, summary, facts, about=by)


def same_picture(night: Night) -> Iterator[Found]:
    """照片重复: one picture beside two visits."""
    sent = Attachment.objects.filter(act__isnull=False, at__lte=night.now)
    recent = sent.filter(at__gte=start_of(night.since)).values("digest")
    again = (
        sent.filter(digest__in=recent)
        .values("digest")
        .annotate(n=Count("act", distinct=True))
        .filter(n__gt=1)
    )
    rows = sent.filter(digest__in=again.values("digest")).select_related("act__visit")
    by_digest: dict[str, list[Attachment]] = defaultdict(list)
    for row in rows.order_by("at", "pk"):
        by_digest[row.digest].append(row)
    spots = spots_of([row.child_id for found in by_digest.values() for row in found])
    for digest, found in sorted(by_digest.items()):
        visits = {_visit_of(row): row for row in reversed(found)}
        school = next((spots[r.child_id].school for r in found if r.child_id in spots), None)
        if len(visits) >= THRESHOLDS[QuestionKind.SAME_PICTURE].least and school is not None:
            facts = tuple(_picture(row) for row in reversed(visits.values()))
            yield Found(
                QuestionKind.SAME_PICTURE,
                f"SAME_PICTURE/{digest[:32]}",
                school,
                {"n": len(visits)},
                facts,
                about=found[-1].by_id,
            )


# What was recorded.


def _acts(night: Night, since: date) -> QuerySet[ActRecord]:
    superseded = ActRecord.objects.filter(supersedes__isnull=False, recorded_at__lte=night.now)
    rows = ActRecord.objects.filter(recorded_at__gte=start_of(since), recorded_at__lte=night.now)
    return rows.exclude(pk__in=superseded.values("supersedes"))


def _late_acts(night: Night) -> Iterator[_Late]:
    rows = list(
        _acts(night, night.since)
        .filter(act__in=WRITTEN)
        .values_list("pk", "by_id", "child_id", "happened_at", "recorded_at")
    )
    late = [row for row in rows if (in_china(row[4]) - in_china(row[3])).days >= DAYS_LATER]
    spots = spots_of([row[2] for row in late])
    for act, by, child, happened_at, recorded_at in late:
        if child in spots:
            yield _Late("act", act, by, spots[child].school, in_china(happened_at), recorded_at)


def _late_roll_calls(night: Night) -> Iterator[_Late]:
    rows = RollCall.objects.filter(
        standing=True, recorded_at__gte=start_of(night.since), recorded_at__lte=night.now
    )
    named = ("pk", "taken_by_id", "class_group__school_id", "day", "recorded_at")
    for number, by, school, day, recorded_at in rows.values_list(*named):
        if (in_china(recorded_at) - day).days >= DAYS_LATER:
            yield _Late("roll_call", number, by, school, day, recorded_at)


# Words.


def _words(act: ActRecord) -> str:
    visit = getattr(act, "visit", None)
    return f"{act.note}{visit.findings if visit and visit.findings != act.note else ''}"


def _pieces(text: str) -> frozenset[str]:
    """The text in overlapping pieces, without punctuation and figures; empty where it is short."""
    plain = "".join(each for each in text if each.isalpha())
    if len(plain) < LEAST_WORDS:
        return frozenset()
    return frozenset(plain[i : i + PIECE] for i in range(len(plain) - PIECE + 1))


def _alike(acts: Sequence[tuple[ActRecord, frozenset[str]]]) -> list[ActRecord]:
    """Those that are alike to another child's."""
    found: dict[UUID, ActRecord] = {}
    for (one, its), (other, theirs) in combinations(acts, 2):
        if one.child_id != other.child_id and len(its & theirs) >= SAME_WORDS * len(its | theirs):
            found[one.pk], found[other.pk] = one, other
    return sorted(found.values(), key=lambda act: (act.recorded_at, act.pk))


# Places and hours.


def _in_two_places(acts: Sequence[ActRecord]) -> list[ActRecord]:
    """Visits within minutes of one another in villages that are both known and not the same."""
    close = timedelta(minutes=MINUTES_APART)
    placed = [act for act in acts if _village(act) is not None]
    return list(
        dict.fromkeys(
            act
            for one, other in pairwise(placed)
            if _village(one) != _village(other) and other.happened_at - one.happened_at < close
            for act in (one, other)
        )
    )


def _at_night(acts: Sequence[ActRecord]) -> list[ActRecord]:
    late, early = NIGHT
    hours = [(act, act.happened_at.astimezone(CHINA_TIME).hour) for act in acts]
    found = [act for act, hour in hours if hour >= late or hour < early]
    groups = {_group(act) for act in found}
    return found if len(groups) >= THRESHOLDS[QuestionKind.IMPOSSIBLE].least else []


def _village(act: ActRecord) -> int | None:
    visit = getattr(act, "visit", None)
    return visit.village_id if visit else None


def _group(act: ActRecord) -> UUID:
    visit = getattr(act, "visit", None)
    return (visit.group if visit else None) or act.pk


def _visit_of(row: Attachment) -> UUID:
    assert row.act is not None  # asked for so
    return _group(row.act)


def _school(acts: Sequence[ActRecord], spots: dict[UUID, Spot]) -> int | None:
    return next((spots[act.child_id].school for act in acts if act.child_id in spots), None)


# Facts, as ids and days.


def _act(act: ActRecord) -> Fact:
    at = act.happened_at.astimezone(CHINA_TIME)
    said = {
        "child": str(act.child_id),
        "at": f"{at:%Y-%m-%d %H:%M}",
        "recorded": str(in_china(act.recorded_at)),
    }
    return "act", str(act.pk), said


def _told(row: _Late) -> Fact:
    return row.kind, str(row.id), {"day": str(row.day), "recorded": str(in_china(row.written_at))}


def _picture(row: Attachment) -> Fact:
    assert row.act is not None
    at = row.act.happened_at.astimezone(CHINA_TIME)
    return "act", str(row.act_id), {"child": str(row.child_id), "at": f"{at:%Y-%m-%d %H:%M}"}
