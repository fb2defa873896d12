"""存疑: what a reader of a record must know stands beside it and takes nothing away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.case_terms import RecordFlag
from notoneless.core.day_numbers import BeyondCalendar
from notoneless.records.models import Flagged

ACT = "act"  # as the journal names the subject
LONGEST_NOTE = 300
# A visit is made after school, often in the evening, and written down that evening or on the next school day:
# the systems from which our packs are drawn ask for the record by then. What comes later is 补记.
SCHOOL_DAYS_TO_WRITE = 1


class FlagGiven(NamedTuple):
    """A flag with a line that says what exactly."""

    flag: RecordFlag
    note: str = ""


def put_flags(subject_kind: str, subject_id: str, flags: Iterable[FlagGiven], at: datetime) -> list[Flagged]:
    """Put flags beside a record, each one once."""
    rows = [
        Flagged(
            subject_kind=subject_kind,
            subject_id=subject_id,
            flag=each.flag,
            note=each.note[:LONGEST_NOTE],
            at=at,
        )
        for each in dict.fromkeys(flags)
    ]
    return Flagged.objects.bulk_create(rows)


def flags_of(subject_kind: str, subject_ids: Collection[str]) -> dict[str, list[Flagged]]:
    """The flags of each of these records, in the order in which they were put; one query."""
    found: dict[str, list[Flagged]] = defaultdict(list)
    rows = Flagged.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    for row in rows.order_by("pk"):
        found[row.subject_id].append(row)
    return dict(found)


def is_back_dated(calendar: SchoolCalendar, happened_on: date, written_on: date) -> bool:
    """Whether something was written down later than whoever does it at once would have."""
    try:
        last = calendar.nth_school_day_after(happened_on, SCHOOL_DAYS_TO_WRITE)
    except BeyondCalendar:  # no school calendar that far: the next day, as in the holidays
        last = happened_on + timedelta(days=SCHOOL_DAYS_TO_WRITE)
    return written_on > last
