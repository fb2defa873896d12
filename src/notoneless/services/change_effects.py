"""What an enrolment change does to roll, class and clocks once it is done, within that act's transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from notoneless.core.enrolment import REMINDED_BEFORE, RULES, Effect
from notoneless.core.terms import Act, ChangeKind, EventKind
from notoneless.records.models import ClassGroup, EnrolmentChange, Person
from notoneless.services.enrolment_facts import answered, midnight, stated, to_come
from notoneless.services.on_roll import join_class, join_roll, leave_class, leave_roll

ONE_DAY = timedelta(days=1)


def take_effect(change: EnrolmentChange, class_group: ClassGroup | None, by: Person, at: datetime) -> None:
    """Carry the change out, from `begins` on."""
    child, day, effect = change.child, begins(change, at), RULES[change.kind].effect
    if effect is Effect.MOVES:
        _move(change, class_group, day, at)
    elif effect is Effect.LEAVES:
        leave_class(child, day, at)
        leave_roll(child, day, at)
    elif effect is Effect.LEAVES_CLASS:
        leave_class(child, day, at)
    elif class_group is not None:
        join_class(child, class_group, day, change.kind.zh, at)
    if change.kind is ChangeKind.SUSPENSION:
        _fix_end_of_suspension(change, by, at)
    elif change.kind is ChangeKind.RESUMPTION:
        _answer_what_waits(change, by, at)
    elif change.kind is ChangeKind.DEATH:
        stated(child, EventKind.DIED, change.school, at, by, at)


def begins(change: EnrolmentChange, at: datetime) -> date:
    """The day from which it holds: as asked, but not before tomorrow.

    Today's roll calls have been or are being taken in the class the child is in, and nothing that was owed
    before may vanish by dating a change back. A death holds from its day.
    """
    return change.from_day if change.kind is ChangeKind.DEATH else max(change.from_day, at.date() + ONE_DAY)


def _move(change: EnrolmentChange, class_group: ClassGroup | None, day: date, at: datetime) -> None:
    if class_group is None:
        leave_class(change.child, day, at)
        leave_roll(change.child, day, at)
        join_roll(change.child, None, day, at, elsewhere=change.elsewhere)
        return
    join_roll(change.child, class_group.school, day, at)
    join_class(change.child, class_group, day, change.kind.zh, at)


def _fix_end_of_suspension(change: EnrolmentChange, by: Person, at: datetime) -> None:
    """The days of the reminder and of the end, fixed beforehand; a renewal takes the old ones' place."""
    assert change.until is not None  # a suspension names its end
    _answer_what_waits(change, by, at)
    reminder = max(midnight(change.until - REMINDED_BEFORE), at)
    stated(change.child, EventKind.SUSPENSION_ENDING, None, reminder, by, at)
    stated(change.child, EventKind.SUSPENSION_ENDED, change.school, midnight(change.until), by, at)


def _answer_what_waits(change: EnrolmentChange, by: Person, at: datetime) -> None:
    """What an ended suspension made owed is met; the days of one that still runs are taken back."""
    answered(change.child, Act.RESUME_OR_RENEW, by, change.steps.latest("at").by_post, at, change.kind.zh)
    for event in to_come(change.child, (EventKind.SUSPENSION_ENDING, EventKind.SUSPENSION_ENDED), at):
        stated(change.child, EventKind.RESUMED, None, at, by, at, supersedes=event)
