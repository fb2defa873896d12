"""点名: a roll call is kept, and what follows from it derived, in one read and one write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, connection, transaction

from notoneless.core.calendar import UnknownSession, YearNotAnnounced
from notoneless.core.facts import Mark
from notoneless.core.policy.pack import RollCallTrigger
from notoneless.core.recurring import roll_calls_owed, sessions_asked
from notoneless.core.terms import AbsenceReason, AttendanceStatus, Post
from notoneless.records import constants
from notoneless.records.access import Thing, Verb
from notoneless.records.constants import ClassConstants
from notoneless.records.dialect import POSTGRESQL, id_text
from notoneless.records.histories import Silence, subject_of
from notoneless.records.models import Child, ClassGroup, Person, RollCall
from notoneless.records.reading import ChildRecord, Recorded
from notoneless.records.writing import write
from notoneless.services.deriving import Changes, compare, derive
from notoneless.services.permissions import may_not, post_for_class
from notoneless.services.receipts import Receipt, receipt_from, receipt_of
from notoneless.services.refusals import Refusal
from notoneless.services.taking_reading import Situation, read_situation

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT
LEAVE, LATE, UNRECORDED = AttendanceStatus.LEAVE, AttendanceStatus.LATE, AttendanceStatus.UNRECORDED

# A phone may send the same roll call twice, so that its id follows from the key it carries.
ROLL_CALL_IDS = uuid5(NAMESPACE_URL, "https://notoneless.example/roll-call")
WHY = "重新点名后，这项不再需要"
TRIES = 5


class MarkGiven(NamedTuple):
    """What the taker says of one child; whoever is not mentioned was there."""

    child: UUID
    status: AttendanceStatus
    reason: AbsenceReason | None = None
    note: str = ""


class Taking(NamedTuple):
    """One roll call as it was sent in."""

    by: int
    class_group: int
    day: date
    session: str
    marks: tuple[MarkGiven, ...]
    taken_at: datetime
    at: datetime
    key: str
    session_version: int | None
    sign_in: UUID | None


def take(
    *,
    by: Person | int,
    class_group: ClassGroup | int,
    day: date,
    session: str,
    marks: Sequence[MarkGiven],
    taken_at: datetime,
    at: datetime,
    key: str,
    session_version: int | None = None,
    sign_in: UUID | None = None,
) -> Receipt:
    """Keep a roll call and derive what follows from it; the same `key` again gives the first receipt.

    `session_version` and `sign_in` are those in the person's cookie; when given, they are compared in the
    same read that fetches everything else. Raises Refusal. At most one read and one write reach the database.
    """
    asked = Taking(
        by if isinstance(by, int) else by.pk,
        class_group if isinstance(class_group, int) else class_group.pk,
        day,
        session,
        tuple(marks),
        taken_at,
        at,
        key,
        session_version,
        sign_in,
    )
    for attempt in range(TRIES):
        try:
            with _transaction():
                return _take(asked)
        except IntegrityError:
            # Somebody else's account of this session, or a case of these children, came first by a moment.
            if attempt == TRIES - 1 or connection.in_atomic_block:
                raise
    raise AssertionError("the loop returns or raises")


def _transaction() -> AbstractContextManager[object]:
    """SQLite holds its writer lock over read and write; PostgreSQL's one statement is atomic by itself."""
    return nullcontext() if connection.vendor == POSTGRESQL else transaction.atomic()


def _take(asked: Taking) -> Receipt:
    children = [mark.child for mark in asked.marks]
    now = read_situation(
        person=asked.by,
        class_group=asked.class_group,
        day=asked.day,
        session=asked.session,
        key=asked.key,
        children=children,
        as_of=asked.at,
        sign_in=asked.sign_in,
    )
    _signed_in(asked, now)
    home = _home(asked, now)
    if now.same_key:
        return _first_receipt(asked, now.same_key)
    post = _allowed(asked, now, home)
    _may_be_taken(asked, now, home)
    standing = now.standing is None
    changes = Changes()
    number = uuid5(ROLL_CALL_IDS, asked.key)
    if standing:
        _derive_children(asked, now, home, number, changes)
        _derive_class(asked, now, home, changes)
    return _keep(asked, now, post, number, standing, changes)


# What is refused.


def _signed_in(asked: Taking, now: Situation) -> None:
    known = now.session_version is not None and asked.session_version in (None, now.session_version)
    if not known or (asked.sign_in is not None and not now.sign_ins):
        raise Refusal(
            "SIGNED_OUT", "登录已失效；请重新登录后再提交。", "You have been signed out; sign in again."
        )


def _home(asked: Taking, now: Situation) -> ClassConstants:
    homes = {asked.class_group} | {
        e.class_group for r in now.recorded.children.values() for e in r.enrolments
    }
    found = constants.of_classes(homes, version=now.recorded.constants_version)
    if asked.class_group not in found:
        raise ClassGroup.DoesNotExist
    return found[asked.class_group]


def _first_receipt(asked: Taking, number: UUID) -> Receipt:
    row = RollCall.objects.get(pk=number)
    same = (row.class_group_id, row.day, row.session, row.taken_by_id)
    if same != (asked.class_group, asked.day, asked.session, asked.by):
        raise Refusal(
            "KEY_USED",
            "这个提交编号已用于另一次点名；请刷新页面后重新提交。",
            "This submission key belongs to another roll call; reload the page and submit again.",
        )
    return receipt_from(row)


def _allowed(asked: Taking, now: Situation, home: ClassConstants) -> Post:
    post = post_for_class(now.held, Thing.ROLL_CALL, Verb.TAKE, asked.class_group, home.school_path)
    if post is None:
        raise may_not(Thing.ROLL_CALL, Verb.TAKE, home.name)
    return post


def _may_be_taken(asked: Taking, now: Situation, home: ClassConstants) -> None:
    refuse_wrong_session(home, asked.day, asked.session, asked.at)
    if asked.taken_at > asked.at:
        raise Refusal(
            "TAKEN_IN_FUTURE",
            "点名时间晚于现在；请检查手机时间。",
            "The roll call was taken later than now; check the clock of your phone.",
        )
    _refuse_strangers(asked, now.pupils, home)
    for child, times in Counter(mark.child for mark in asked.marks).items():
        if times > 1:
            name = Child.objects.get(pk=child).name
            raise Refusal(
                "MARKED_TWICE",
                f"{name}有 {times} 个考勤标记；请只留一个。",
                f"{name} is marked {times} times; keep one.",
            )


def refuse_wrong_session(home: ClassConstants, day: date, session: str, at: datetime) -> None:
    """Refuse a session that the calendar does not have, that has not begun, or on a day without school."""
    calendar = home.calendar.as_known_at(at)
    try:
        starts = calendar.session_start(day, session)
        why = calendar.why_no_school(day)
    except UnknownSession as unknown:
        raise Refusal("NO_SUCH_SESSION", f"{unknown}。", f"There is no session {session}.") from None
    except YearNotAnnounced as unknown:
        raise Refusal(
            "YEAR_NOT_ANNOUNCED", str(unknown), f"The holidays of {day.year} are not loaded."
        ) from None
    if starts > at:
        raise Refusal(
            "NOT_BEGUN",
            f"{day.month}月{day.day}日的这一节 {starts:%H:%M} 才开始；请在开始后点名。",
            f"This session begins on {day} at {starts:%H:%M}; take the roll call then.",
        )
    if why is not None:
        reason = f"{why[0].zh}（{why[1]}）" if why[1] else why[0].zh
        raise Refusal(
            "NO_SCHOOL",
            f"{day.month}月{day.day}日不是上课日：{reason}；如有误请教导处更正校历。",
            f"{day} is no school day ({why[0].en}{', ' + why[1] if why[1] else ''}).",
        )


def _refuse_strangers(asked: Taking, pupils: frozenset[str], home: ClassConstants) -> None:
    vendor = connection.vendor
    strangers = [mark.child for mark in asked.marks if id_text(mark.child, vendor) not in pupils]
    if not strangers:
        return
    # A name is told only within the school: elsewhere the child is as good as not there.
    here = Child.objects.filter(pk__in=strangers, enrolments__class_group__school=home.school_id)
    names = "、".join(sorted({child.name for child in here})) or f"{len(strangers)} 名学生"
    raise Refusal(
        "NOT_IN_CLASS",
        f"{names}在 {asked.day.month}月{asked.day.day}日不在{home.name}；请去掉后再提交。",
        f"{names} not in {home.name} on {asked.day}; remove and submit again.",
    )


# What follows from it.


def _derive_children(
    asked: Taking, now: Situation, home: ClassConstants, number: UUID, changes: Changes
) -> None:
    recorded = _with_this_one(asked, now.recorded, number)
    homes = constants.of_classes(
        {e.class_group for r in recorded.children.values() for e in r.enrolments},
        version=recorded.constants_version,
    )
    silence = Silence(recorded.called, homes, asked.at)
    for record in recorded.children.values():
        subject = subject_of(record, homes, silence)
        derive(subject, as_of=asked.at, why=WHY, into=changes)


def _with_this_one(asked: Taking, recorded: Recorded, number: UUID) -> Recorded:
    """The facts as they will be once this roll call is kept."""
    for given in asked.marks:
        if given.status is not PRESENT:
            record = recorded.children.setdefault(given.child, ChildRecord(given.child))
            record.marks.append(
                Mark(
                    asked.day,
                    asked.session,
                    given.status,
                    asked.taken_at,
                    asked.at,
                    given.reason,
                    str(mark_id(number, given.child)),
                )
            )
    called = recorded.called.get(asked.class_group, {})
    days = called.get(asked.session, frozenset()) | {asked.day.isoformat()}
    mine = {asked.class_group: {**called, asked.session: days}}
    return recorded._replace(called={**recorded.called, **mine})


def _derive_class(asked: Taking, now: Situation, home: ClassConstants, changes: Changes) -> None:
    """The obligation to take this roll call, if the worker has opened it, is met."""
    if not now.class_obligations or not _calls_for(home, asked.session):
        return
    owed = roll_calls_owed(
        str(asked.class_group),
        {(asked.day, asked.session): asked.taken_at},
        home.calendar,
        home.packs,
        from_day=asked.day,
        as_of=asked.at,
    )
    mine = [
        o for o in owed if o.occasion == f"{asked.day}/{asked.session}" and o.key in now.class_obligations
    ]
    stored = {o.key: now.class_obligations[o.key] for o in mine}
    compare(mine, stored, home, None, as_of=asked.at, why=WHY, into=changes)


def _calls_for(home: ClassConstants, session: str) -> bool:
    whens = (bound.rule.when for bound in home.packs.roll_call_rules)
    return any(
        isinstance(when, RollCallTrigger) and session in sessions_asked(when, home.calendar) for when in whens
    )


def mark_id(roll_call: UUID, child: UUID) -> UUID:
    """The id of the mark that a roll call makes of a child."""
    return uuid5(roll_call, child.hex)


# What is kept.


def _keep(
    asked: Taking, now: Situation, post: Post, number: UUID, standing: bool, changes: Changes
) -> Receipt:
    rows, given = changes.writes, asked.marks
    tally = Counter(mark.status for mark in given)
    counts = (now.expected, tally[ABSENT], tally[LEAVE], tally[LATE], tally[UNRECORDED])
    opened = changes.count("opened")
    rows.roll_call.append(
        (
            number,
            asked.class_group,
            asked.day,
            asked.session,
            asked.taken_at,
            asked.by,
            post.value,
            asked.at,
            *counts,
            opened,
            asked.key,
            standing,
        )
    )
    rows.mark.extend(
        _mark_row(asked, given, number, standing) for given in given if given.status is not PRESENT
    )
    rows.journal.append(
        (
            asked.at,
            asked.by,
            "TAKE_ROLL_CALL" if standing else "TAKE_ROLL_CALL_COMPETING",
            "class_group",
            str(asked.class_group),
            _journal_body(asked, number, counts, changes),
            "",
        )
    )
    write(rows)
    return receipt_of(
        roll_call=number,
        key=asked.key,
        class_group=asked.class_group,
        day=asked.day,
        session=asked.session,
        counts=counts,
        recorded_at=asked.at,
        competing=not standing,
        opened=opened,
    )


def _mark_row(asked: Taking, given: MarkGiven, number: UUID, standing: bool) -> tuple[object, ...]:
    return (
        mark_id(number, given.child),
        number,
        given.child,
        asked.day,
        asked.session,
        given.status.value,
        given.reason.value if given.reason else "",
        asked.taken_at,
        asked.at,
        given.note,
        None,
        standing,
    )


def _journal_body(
    asked: Taking, number: UUID, counts: tuple[int, int, int, int, int], changes: Changes
) -> dict[str, object]:
    return {
        "roll_call": str(number),
        "day": str(asked.day),
        "session": asked.session,
        "taken_at": asked.taken_at.isoformat(),
        "expected": counts[0],
        "marks": [[str(mark.child), mark.status.value] for mark in asked.marks],
        **changes.said,
    }
