"""Every night what was found becomes somebody's to mend; what the facts have mended is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.calendar import BeyondCalendar
from notoneless.core.report_terms import FindingAnswer
from notoneless.core.terms import TellKind
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Contradiction, ContradictionAnswered, JournalEntry
from notoneless.records.scopes import CLASS_POSTS
from notoneless.services.contradictions.checks import Moment
from notoneless.services.contradictions.running import Found, Owners, run_checks
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

AT_ONCE = 500  # rows a statement
DAILY = "CONTRADICTIONS_KEPT"


class Kept(NamedTuple):
    """What one look changed, and how many contradictions stand open after it."""

    opened: int
    closed: int
    open: int


def keep_once_a_day(*, now: datetime) -> bool:
    """Look once on each day; True when it did."""
    day = str(now.date())
    if JournalEntry.objects.filter(act=DAILY, subject_kind="day", subject_id=day).exists():
        return False
    keep_findings(now=now)
    return True


def keep_findings(*, now: datetime, only: Collection[str] | None = None) -> Kept:
    """Open what is found anew, close what is found no more; again changes nothing. `only` as in `run_checks`.

    What was explained stays closed for as long as its rows say the same. The records are read before the
    transaction begins, so that nobody's roll call waits for it.
    """
    found = {each.key: each for each in run_checks(None, now=now, only=only)}
    return _keep(found, now, only)


@one_act
def _keep(found: dict[str, Found], now: datetime, only: Collection[str] | None) -> Kept:
    moment = Moment(now)
    rows = Contradiction.objects.select_for_update().filter(closed_at=None)
    standing = {row.key: row for row in (rows if only is None else rows.filter(check_id__in=only))}
    explained = _explained(found.keys() - standing.keys())
    owners = Owners(moment)
    gone = sorted(standing.keys() - found.keys())
    for i in range(0, len(gone), AT_ONCE):
        Contradiction.objects.filter(key__in=gone[i : i + AT_ONCE], closed_at=None).update(closed_at=now)
    new = [
        _row(found[key], owners, moment)
        for key in sorted(found.keys() - standing.keys())
        if explained.get(key) != found[key].digest
    ]
    Contradiction.objects.bulk_create(new, batch_size=AT_ONCE)
    changed = [row for key, row in standing.items() if key in found and _brought_up(row, found[key], owners)]
    Contradiction.objects.bulk_update(changed, ["rows", "owed_by", "owed_at"], batch_size=AT_ONCE)
    _journal(len(new), len(gone), len(changed), moment, only)
    _tell(new, moment)
    return Kept(len(new), len(gone), len(standing) - len(gone) + len(new))


def _explained(keys: Iterable[str]) -> dict[str, str]:
    """The digest that the last explanation of each of these was given for."""
    wanted = sorted(keys)
    found: dict[str, str] = {}
    for i in range(0, len(wanted), AT_ONCE):
        answers = ContradictionAnswered.objects.filter(
            answer=FindingAnswer.EXPLAINED, contradiction__key__in=wanted[i : i + AT_ONCE]
        )
        found |= dict(answers.order_by("at").values_list("contradiction__key", "digest"))
    return found


def _row(found: Found, owners: Owners, moment: Moment) -> Contradiction:
    owed_by, owed_at = owners.of(found)
    return Contradiction(
        key=found.key,
        check_id=found.check.id,
        place_id=found.place,
        class_group_id=found.class_group,
        child_id=found.child,
        rows=_plain(found),
        owed_by=owed_by,
        owed_at_id=owed_at,
        found_at=moment.now,
        due_on=_due(moment.on, found.check.days),
    )


def _plain(found: Found) -> list[list[object]]:
    return [[row.kind, row.id, dict(row.says)] for row in found.rows]


def _due(on: date, days: int) -> date:
    """So many school days later; as many calendar days where the calendar ends before."""
    try:
        return county_calendar().nth_school_day_after(on, days)
    except BeyondCalendar:
        return on + timedelta(days=days)


def _brought_up(row: Contradiction, found: Found, owners: Owners) -> bool:
    """Whether it says or belongs otherwise than before; `row` is changed so."""
    before = (row.rows, row.owed_by, row.owed_at_id)
    row.rows = _plain(found)
    row.owed_by, row.owed_at_id = owners.of(found)
    return before != (row.rows, row.owed_by, row.owed_at_id)


def _journal(opened: int, closed: int, changed: int, moment: Moment, only: Collection[str] | None) -> None:
    if only is not None and not (opened or closed or changed):
        return
    act = DAILY if only is None else "CONTRADICTIONS_LOOKED_AT"
    body = {"opened": opened, "closed": closed, "changed": changed}
    JournalEntry.objects.create(
        at=moment.now, act=act, subject_kind="day", subject_id=str(moment.on), body=body
    )


def _tell(new: Iterable[Contradiction], moment: Moment) -> None:
    """Each post that owes something new is told once a day."""
    for post, place, group in sorted(
        {(r.owed_by, r.owed_at_id, r.class_group_id if r.owed_by in CLASS_POSTS else None) for r in new},
        key=str,
    ):
        key = f"contradictions/{moment.on}/{post.value}/{place}/{group or 0}"
        queue(
            key=key, kind=TellKind.CONTRADICTION, at=moment.now, posts=[post], place=place, class_group=group
        )
