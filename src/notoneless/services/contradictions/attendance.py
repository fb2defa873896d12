"""Checks of roll calls and marks: on days off, of children who were not there, against leave, twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from notoneless.core.calendar import BeyondCalendar, SchoolCalendar, YearNotAnnounced
from notoneless.core.terms import AttendanceStatus, Post
from notoneless.records import constants
from notoneless.records.models import (
    AttendanceMark,
    Enrolment,
    LeaveGranted,
    RollCall,
    RollCallSettled,
)
from notoneless.services.contradictions.checks import Moment, Row, Seen, check, row

_A = AttendanceStatus
THERE = (_A.PRESENT.value, _A.LATE.value)


def _call(number: object, school: str, name: str, day: date, session: str, **more: object) -> Row:
    return row("roll_call", number, class_=f"{school} {name}", day=day, session=session, **more)


_CALL = ("pk", "class_group", "class_group__school__name", "class_group__name", "day", "session")


def _calendars(moment: Moment) -> list[tuple[SchoolCalendar, list[int]]]:
    """The calendars of all classes that called this year, with the classes of each."""
    groups = set(
        RollCall.objects.filter(day__gte=moment.since).values_list("class_group", flat=True).distinct()
    )
    by_calendar: dict[int, tuple[SchoolCalendar, list[int]]] = {}
    for number, home in constants.of_classes(groups).items():
        if number in groups:
            by_calendar.setdefault(id(home.calendar), (home.calendar, []))[1].append(number)
    return list(by_calendar.values())


@check(
    "CALLED_ON_DAY_OFF",
    ("放假停课日有点名", "a roll call on a day off"),
    ("{0[class]}在{0[day]}点了名，校历上这一天不上课。",
     "{0[class]} was called on {0[day]}, no school day in the calendar."),
    ("补登调课日，或写明点名日期有误。", "Enter the make-up day, or say that the day is wrong."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def called_on_day_off(moment: Moment) -> Iterator[Seen]:
    """Calls on days on which the class's calendar has no school."""
    calls = RollCall.objects.filter(day__gte=moment.since, standing=True)
    days = set(calls.values_list("day", flat=True).distinct())
    for calendar, groups in _calendars(moment):
        off = [day for day in days if _is_off(calendar, day)]
        for pk, group, school, name, day, session in (
            calls.filter(day__in=off, class_group__in=groups).values_list(*_CALL) if off else ()
        ):
            yield Seen((_call(pk, school, name, day, session),), None, group)


def _is_off(calendar: SchoolCalendar, day: date) -> bool:
    """Whether the calendar knows that there is no school; what it does not know is no contradiction."""
    try:
        return not calendar.is_school_day(day)
    except (BeyondCalendar, YearNotAnnounced):
        return False


@check(
    "UNKNOWN_SESSION",
    ("课表上没有的节次有点名", "a roll call of a session that the timetable has not"),
    ("{0[class]}在{0[day]}点了“{0[session]}”，作息时间表上没有这一节。",
     "{0[class]} was called on {0[day]} for “{0[session]}”, which the timetable has not."),
    ("核对节次，改用作息时间表上的节次。", "Use a session of the timetable."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def unknown_session(moment: Moment) -> Iterator[Seen]:
    """Calls of sessions that no timetable of their class names."""
    calls = RollCall.objects.filter(day__gte=moment.since, standing=True)
    for calendar, groups in _calendars(moment):
        known = [session.code for session in calendar.sessions]
        unknown = calls.filter(class_group__in=groups).exclude(session__in=known)
        for pk, group, school, name, day, session in unknown.values_list(*_CALL):
            yield Seen((_call(pk, school, name, day, session),), None, group)


@check(
    "CALLED_BEFORE_THE_DAY",
    ("点名时间早于点名日期", "called before the day"),
    ("{0[class]}{0[day]}的点名，记录的点名时间是{0[at]}。",
     "The roll call of {0[class]} for {0[day]} was taken on {0[at]}."),
    ("核对点名日期，写明情况。", "Check the day and say what happened."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def called_before_the_day(moment: Moment) -> Iterator[Seen]:
    """Taken on an earlier day than the one it is of."""
    found = RollCall.objects.filter(day__gte=moment.since).annotate(taken_on=TruncDate("taken_at"))
    for pk, group, school, name, day, session, at in found.filter(day__gt=F("taken_on")).values_list(
        *_CALL, "taken_at"
    ):
        yield Seen((_call(pk, school, name, day, session, at=at),), None, group)


@check(
    "TWO_ACCOUNTS",
    ("同一节次两份点名没有选定", "two accounts of one session, none chosen"),
    ("{0[class]}{0[day]}“{0[session]}”有两份点名，还没有选定哪一份。",
     "Two accounts of {0[class]} on {0[day]}, “{0[session]}”; none is chosen."),
    ("核实后选定一份。", "Find out which is right and choose it."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def two_accounts(moment: Moment) -> Iterator[Seen]:
    """A second account that nobody has settled."""
    settled = RollCallSettled.objects.filter(Q(other=OuterRef("pk")) | Q(chosen=OuterRef("pk")))
    found = RollCall.objects.filter(~Exists(settled), standing=False)
    for pk, group, school, name, day, session in found.values_list(*_CALL):
        yield Seen((_call(pk, school, name, day, session),), None, group)


@check(
    "COUNTS_NOT_MARKS",
    ("点名人数与名单不符", "a roll call's numbers are not those of its marks"),
    ("{0[class]}{0[day]}点名写缺席、请假、迟到共{0[left]}人，名单上有{0[right]}人。",
     "The roll call of {0[class]} on {0[day]} says {0[left]} away or late; its list has {0[right]}."),
    ("由教导处核对当日名单并更正考勤。", "Check that day's list and correct the marks."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def counts_not_marks(moment: Moment) -> Iterator[Seen]:
    """Counted otherwise than marked when it was taken; later corrections do not matter."""
    first = Q(marks__supersedes=None, marks__recorded_at__lte=F("recorded_at"))
    listed = {
        f"{word}_listed": Count("marks", filter=first & Q(marks__status=status.value))
        for word, status in (("absent", _A.ABSENT), ("leave", _A.LEAVE), ("late", _A.LATE))
    }
    found = RollCall.objects.filter(day__gte=moment.since, standing=True).annotate(**listed)
    wrong = ~Q(absent=F("absent_listed")) | ~Q(leave=F("leave_listed")) | ~Q(late=F("late_listed"))
    for pk, group, school, name, day, session, *numbers in found.filter(wrong).values_list(
        *_CALL, "absent", "leave", "late", *listed
    ):
        left, right = sum(numbers[:3]), sum(numbers[3:])
        yield Seen((_call(pk, school, name, day, session, left=left, right=right),), None, group)


# Marks of children.


@check(
    "MARK_NOT_ENROLLED",
    ("不在班的日子有考勤", "marked on a day in no class"),
    ("{0[day]}记为{0[status]}，这一天不在任何班。", "Marked {0[status]} on {0[day]}, a day in no class."),
    ("补登在班记录，或更正考勤。", "Enter the stay, or correct the mark."),
    Post.SCHOOL_OFFICE,
)  # fmt: skip
def mark_not_enrolled(moment: Moment) -> Iterator[Seen]:
    """A mark of a child that was in no class that day."""
    found = AttendanceMark.objects.filter(~Exists(_stays()), day__gte=moment.since, speaks=True)
    return _once_a_child(found)


@check(
    "MARK_OF_ANOTHER_CLASS",
    ("在别的班点了名", "called in a class that is not its own"),
    ("{0[day]}在{0[class]}记为{0[status]}，这一天在另一个班。",
     "Marked {0[status]} in {0[class]} on {0[day]}, a day on which it was in another class."),
    ("核对在哪个班，更正在班记录或考勤。", "Find out which class; correct the stay or the mark."),
    Post.SCHOOL_OFFICE,
)  # fmt: skip
def mark_of_another_class(moment: Moment) -> Iterator[Seen]:
    """A mark in the roll call of a class in which the child was not, while it was in another."""
    in_this = _stays().filter(class_group=OuterRef("roll_call__class_group"))
    found = AttendanceMark.objects.filter(
        ~Exists(in_this), Exists(_stays()), day__gte=moment.since, speaks=True, roll_call__isnull=False
    )
    return _once_a_child(found)


def _stays() -> QuerySet[Enrolment]:
    day = OuterRef("day")
    return Enrolment.objects.filter(
        Q(until=None) | Q(until__gt=day), child=OuterRef("child"), from_day__lte=day
    )


def _once_a_child(found: QuerySet[AttendanceMark]) -> Iterator[Seen]:
    seen: set[object] = set()
    for pk, child, group, school, name, day, status in found.order_by("day").values_list(
        *("pk", "child", "roll_call__class_group", "roll_call__class_group__school__name"),
        *("roll_call__class_group__name", "day", "status"),
    ):
        if child not in seen:
            seen.add(child)
            said = row("mark", pk, class_=f"{school or ''} {name or ''}".strip(), day=day, status=_A(status))  # type: ignore[call-arg]
            yield Seen((said,), child, group)


@check(
    "TWO_MARKS",
    ("同一节次两种考勤", "two marks in one session"),
    ("{0[day]}“{0[session]}”同时有两条互不更正的考勤：{0[status]}、{1[status]}。",
     "Two marks on {0[day]}, “{0[session]}”, neither correcting the other: {0[status]} and {1[status]}."),
    ("由班主任核实后更正考勤。", "Find out which is right and correct the mark."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def two_marks(moment: Moment) -> Iterator[Seen]:
    """Two different first marks of a child in a session."""
    firsts = AttendanceMark.objects.filter(speaks=True, supersedes=None, day__gte=moment.since)
    twice = firsts.order_by().values("child", "day", "session").annotate(marks=Count("pk"))
    for each in twice.filter(marks__gt=1):
        where = {word: each[word] for word in ("child", "day", "session")}
        marks = list(firsts.filter(**where).order_by("recorded_at", "pk")[:2])
        said = tuple(row("mark", m.pk, day=m.day, session=m.session, status=m.status) for m in marks)
        if marks[0].status != marks[1].status:
            yield Seen(said, each["child"])


@check(
    "LEAVE_AND_THERE",
    ("请假又记到校", "on leave and marked as there"),
    ("{1[from]}至{1[until]}请假，{0[day]}却记为{0[status]}，没有销假。",
     "On leave from {1[from]} until {1[until]}, yet marked {0[status]} on {0[day]}; never ended."),
    ("办销假，或更正考勤。", "End the leave, or correct the mark."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def leave_and_there(moment: Moment) -> Iterator[Seen]:
    """Marked as there on a day of a leave that stands; a correction that says so afterwards counts too."""
    changed = LeaveGranted.objects.filter(supersedes=OuterRef("pk"))
    marks = AttendanceMark.objects.filter(
        speaks=True,
        status__in=THERE,
        child=OuterRef("child"),
        day__gte=OuterRef("from_day"),
        day__lt=OuterRef("until"),
    )
    leaves = LeaveGranted.objects.filter(~Exists(changed), Exists(marks), until__gt=moment.since)
    for leave in leaves:
        there = AttendanceMark.objects.filter(
            speaks=True, child=leave.child_id, day__gte=leave.from_day, day__lt=leave.until
        )
        last: dict[tuple[date, str], AttendanceMark] = {}
        for mark in there.order_by("recorded_at", "at", "pk"):
            last[mark.day, mark.session] = mark
        said = next((mark for mark in last.values() if mark.status in THERE), None)
        if said is not None:
            rows = (
                row("mark", said.pk, day=said.day, status=said.status),
                row("leave", leave.pk, from_=leave.from_day, until=leave.until),
            )
            yield Seen(rows, leave.child_id)


@check(
    "LEAVE_AND_NOT_MISSED",
    ("请假当天点名却没有缺席", "on leave, and not missed when called"),
    ("{1[from]}至{1[until]}请假，{0[day]}“{0[session]}”点名时没有记缺席。",
     "On leave from {1[from]} until {1[until]}, yet not missed when called on {0[day]}, “{0[session]}”."),
    ("已经回来的办销假；没有回来的更正点名。", "End the leave, or correct the roll call."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def leave_and_not_missed(moment: Moment) -> Iterator[Seen]:
    """A roll call of the class in which nothing was said of a child that had leave by then."""
    call = "child__enrolments__class_group__roll_calls"
    said = AttendanceMark.objects.filter(
        child=OuterRef("child"), day=OuterRef("call_day"), session=OuterRef("call_session"), speaks=True
    )
    found = (
        LeaveGranted.objects.filter(until__gt=moment.since)
        .annotate(
            group=F("child__enrolments__class_group"),
            first=F("child__enrolments__from_day"),
            last=F("child__enrolments__until"),
            call=F(f"{call}__pk"),
            call_day=F(f"{call}__day"),
            call_session=F(f"{call}__session"),
            taken=F(f"{call}__taken_at"),
            standing=F(f"{call}__standing"),
        )
        .filter(
            Q(last=None) | Q(last__gt=F("call_day")),
            ~Exists(LeaveGranted.objects.filter(supersedes=OuterRef("pk"))),
            ~Exists(said),
            first__lte=F("call_day"),
            call_day__gte=F("from_day"),
            call_day__lt=F("until"),
            taken__gte=F("recorded_at"),
            standing=True,
        )
    )
    told: set[object] = set()
    for pk, child, group, from_day, until, number, day, session in found.order_by("call_day").values_list(
        "pk", "child", "group", "from_day", "until", "call", "call_day", "call_session"
    ):
        if pk not in told:
            told.add(pk)
            there = row("roll_call", number, day=day, session=session)
            yield Seen((there, row("leave", pk, from_=from_day, until=until)), child, group)
