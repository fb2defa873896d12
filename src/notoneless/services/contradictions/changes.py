"""Checks of enrolment changes: done and without effect, half done for long, steps in the wrong order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from notoneless.core.calendar import BeyondCalendar, YearNotAnnounced
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AttendanceStatus, ChangeKind, ChangeStep, Post
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    AttendanceMark,
    Case,
    ChangeStepTaken,
    Enrolment,
    EnrolmentChange,
    OnRoll,
)
from notoneless.services.contradictions.checks import Moment, Seen, check, row
from notoneless.services.contradictions.rolls import ENDED

ONE_DAY = timedelta(days=1)
WORKING_DAYS = 10  # for the other school to confirm a transfer
TRANSFERS = (ChangeKind.TRANSFER_OUT, ChangeKind.TRANSFER_IN, ChangeKind.ADVANCEMENT)
LEAVES = (ChangeKind.DEATH, ChangeKind.MOVED_ABROAD, ChangeKind.GRADUATION, ChangeKind.TRANSFER_OUT)
THERE = (AttendanceStatus.PRESENT.value, AttendanceStatus.LATE.value)


def begins(kind: ChangeKind, from_day: date, done_at: datetime) -> date:
    """The first day that a change which was done holds; a death holds from its day."""
    if kind is ChangeKind.DEATH:
        return from_day
    return max(from_day, done_at.astimezone(CHINA_TIME).date() + ONE_DAY)


class _Stay(NamedTuple):
    """A stay in a class beside a change that was done."""

    child: Any
    pk: int
    group: int
    class_name: str
    school: str
    until: date | None
    change: Any
    kind: ChangeKind
    from_day: date
    done_at: datetime


def _stays(kinds: Collection[ChangeKind], on: date) -> Iterator[_Stay]:
    """Stays that began before a change of these kinds was to take the child away, and that go on after it."""
    found = Enrolment.objects.filter(
        Q(until=None) | Q(until__gt=F("child__changes__from_day")),
        from_day__lt=F("child__changes__from_day"),
        child__changes__kind__in=[kind.value for kind in kinds],
        child__changes__steps__step=ChangeStep.DONE,
        class_group__school=F("child__changes__school"),
    )
    for each in found.values_list(
        *("child", "pk", "class_group", "class_group__name", "class_group__school__name", "until"),
        *("child__changes__pk", "child__changes__kind", "child__changes__from_day"),
        "child__changes__steps__at",
    ):
        stay = _Stay(*each)
        kind = ChangeKind(stay.kind)  # type: ignore[call-arg]
        first = begins(kind, stay.from_day, stay.done_at)
        if first <= on and (stay.until is None or stay.until > first):
            yield stay._replace(kind=kind)


def _still_there(kinds: Collection[ChangeKind], moment: Moment) -> Iterator[Seen]:
    for stay in _stays(kinds, moment.on):
        there = row("enrolment", stay.pk, class_=f"{stay.school} {stay.class_name}", until=stay.until)
        gone = row("change", stay.change, kind=stay.kind, from_=stay.from_day)
        yield Seen((there, gone), stay.child, stay.group)


_GONE_SAYS = (
    "{1[kind]}已办结（{1[from]}起），却还在{0[class]}。",
    "{1[kind]} is done (from {1[from]}), yet still in {0[class]}.",
)
_GONE_FIX = (
    "核对异动是否属实，更正在班记录或异动。",
    "See whether it is so; correct the stay or the change.",
)


@check("IN_CLASS_AFTER_DEATH", ("已登记死亡仍在班", "in a class after its death"), _GONE_SAYS, _GONE_FIX)
def after_death(moment: Moment) -> Iterator[Seen]:
    """A stay that goes on after a death."""
    return _still_there((ChangeKind.DEATH,), moment)


@check("IN_CLASS_AFTER_ABROAD", ("已出境仍在班", "in a class after moving abroad"), _GONE_SAYS, _GONE_FIX)
def after_abroad(moment: Moment) -> Iterator[Seen]:
    """A stay that goes on after moving abroad."""
    return _still_there((ChangeKind.MOVED_ABROAD,), moment)


@check("IN_CLASS_AFTER_GRADUATION", ("已毕业仍在班", "in a class after graduating"), _GONE_SAYS, _GONE_FIX)
def after_graduation(moment: Moment) -> Iterator[Seen]:
    """A stay that goes on after graduation."""
    return _still_there((ChangeKind.GRADUATION,), moment)


@check(
    "IN_CLASS_AFTER_TRANSFER", ("已转走仍在原班", "in the old class after a transfer"), _GONE_SAYS, _GONE_FIX
)
def after_transfer(moment: Moment) -> Iterator[Seen]:
    """A stay at the school that a child was transferred from."""
    return _still_there(TRANSFERS, moment)


@check(
    "IN_CLASS_WHILE_SUSPENDED",
    ("休学期间仍在班", "in a class while suspended"),
    ("{1[from]}起休学，却还在{0[class]}。", "Suspended from {1[from]}, yet still in {0[class]}."),
    ("已经回来的办复学；没有回来的更正在班记录。", "Resume, or correct the stay."),
)  # fmt: skip
def in_class_while_suspended(moment: Moment) -> Iterator[Seen]:
    """A stay that goes on through a suspension that holds."""
    running = _running(moment.on).values("change_id")
    holding = set(running.values_list("change_id", flat=True))
    for seen in _still_there((ChangeKind.SUSPENSION,), moment):
        if any(str(change) == seen.rows[1].id for change in holding):
            yield seen


def _running(on: date) -> Any:
    """The DONE steps of suspensions that hold on a day and were not ended by a resumption."""
    resumed = ChangeStepTaken.objects.filter(
        step=ChangeStep.DONE,
        change__kind=ChangeKind.RESUMPTION,
        change__child=OuterRef("change__child"),
        at__gt=OuterRef("at"),
    )
    return ChangeStepTaken.objects.filter(
        ~Exists(resumed),
        step=ChangeStep.DONE,
        change__kind=ChangeKind.SUSPENSION,
        change__from_day__lte=on,
        change__until__gt=on,
    )


@check(
    "MARKED_WHILE_SUSPENDED",
    ("休学期间有考勤", "called while suspended"),
    ("{1[from]}起休学，{0[day]}却记为{0[status]}。",
     "Suspended from {1[from]}, yet marked {0[status]} on {0[day]}."),
    ("已经回来的办复学；记错的更正考勤。", "Resume, or correct the mark."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def marked_while_suspended(moment: Moment) -> Iterator[Seen]:
    """A mark on a day of a suspension that holds."""
    for done in _running(moment.on).select_related("change"):
        change = done.change
        first = begins(ChangeKind.SUSPENSION, change.from_day, done.at)
        marks = AttendanceMark.objects.filter(child=change.child_id, speaks=True, day__gte=first)
        mark = marks.filter(day__lt=change.until).order_by("day").first()
        if mark is not None:
            said = row("mark", mark.pk, day=mark.day, status=mark.status)
            yield Seen(
                (said, row("change", change.pk, from_=change.from_day, until=change.until)), change.child_id
            )


@check(
    "PRESENT_AFTER_LEAVING",
    ("离校异动办结后又记到校", "marked present after it had left"),
    ("{1[kind]}（{1[from]}起）已办结，{0[day]}在原校记为{0[status]}。",
     "{1[kind]} done from {1[from]}, yet marked {0[status]} in the old school on {0[day]}."),
    ("核对异动是否属实，更正考勤或异动。", "See whether it left; correct the mark or the change."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def present_after_leaving(moment: Moment) -> Iterator[Seen]:
    """Marked as there, in the school that a child has left."""
    found = AttendanceMark.objects.filter(
        speaks=True,
        status__in=THERE,
        child__changes__kind__in=[kind.value for kind in LEAVES],
        child__changes__steps__step=ChangeStep.DONE,
        day__gte=F("child__changes__from_day"),
        roll_call__class_group__school=F("child__changes__school"),
    )
    for child, pk, group, day, status, change, kind, from_day, done_at in found.values_list(
        *("child", "pk", "roll_call__class_group", "day", "status"),
        *("child__changes__pk", "child__changes__kind", "child__changes__from_day"),
        "child__changes__steps__at",
    ):
        left = ChangeKind(kind)  # type: ignore[call-arg]
        if day >= begins(left, from_day, done_at):
            gone = row("change", change, kind=left, from_=from_day)
            yield Seen((row("mark", pk, day=day, status=status), gone), child, group)


@check(
    "ROLL_AFTER_TRANSFER",
    ("已转走学籍仍在原校", "on the old roll after a transfer"),
    ("{1[kind]}已办结（{1[from]}起），学籍却还在{0[school]}。",
     "{1[kind]} is done from {1[from]}, yet still on the roll of {0[school]}."),
    ("在原校的学籍办转出。", "Take the child off the old roll."),
)  # fmt: skip
def roll_after_transfer(moment: Moment) -> Iterator[Seen]:
    """On the roll of the school that a child was transferred from."""
    found = OnRoll.objects.filter(
        until=None,
        from_day__lt=F("child__changes__from_day"),
        school=F("child__changes__school"),
        child__changes__kind__in=[kind.value for kind in TRANSFERS],
        child__changes__steps__step=ChangeStep.DONE,
    )
    for child, pk, school, name, change, kind, from_day, done_at in found.values_list(
        *("child", "pk", "school", "school__name"),
        *("child__changes__pk", "child__changes__kind", "child__changes__from_day"),
        "child__changes__steps__at",
    ):
        moved = ChangeKind(kind)  # type: ignore[call-arg]
        if begins(moved, from_day, done_at) <= moment.on:
            gone = row("change", change, kind=moved, from_=from_day)
            yield Seen((row("roll", pk, school=name), gone), child, place=school)


@check(
    "TRANSFER_UNRECEIVED",
    ("转出超过十个工作日没有学校接收", "no school has received a transfer in ten working days"),
    ("{0[kind]}{0[at]}学校已同意，至今没有接收学校确认。",
     "{0[kind]} agreed to on {0[at]}; no receiving school has confirmed."),
    ("联系接收学校确认；没有学校接收的，孩子仍在本校，按在校管理。",
     "Have the receiving school confirm; until then the child belongs here."),
)  # fmt: skip
def transfer_unreceived(moment: Moment) -> Iterator[Seen]:
    """Agreed to ten working days ago, not confirmed, not ended."""
    further = ChangeStepTaken.objects.filter(
        change=OuterRef("change"), step__in=[ChangeStep.RECEIVER_CONFIRMED.value, *(s.value for s in ENDED)]
    )
    found = ChangeStepTaken.objects.filter(
        ~Exists(further),
        step=ChangeStep.SCHOOL_AGREED,
        change__kind=ChangeKind.TRANSFER_OUT,
        at__lt=_working_days_before(moment),
    ).select_related("change")
    for agreed in found:
        change = agreed.change
        said = row("change", change.pk, kind=change.kind, from_=change.from_day, at=agreed.at)
        yield Seen((said,), change.child_id, place=change.school_id)


def _working_days_before(moment: Moment) -> datetime:
    """The moment ten working days before; a fortnight where the calendar does not know them."""
    calendar, day, left = county_calendar(), moment.on, WORKING_DAYS
    try:
        while left:
            day -= ONE_DAY
            left -= calendar.is_working_day(day)
    except (BeyondCalendar, YearNotAnnounced):
        return moment.now - timedelta(days=14)
    return datetime.combine(day, moment.now.astimezone(CHINA_TIME).time(), CHINA_TIME)


@check(
    "TRANSFER_DONE_UNRECEIVED",
    ("转学办结却没有接收学校确认", "a transfer done that nobody received"),
    ("{0[kind]}（{0[from]}起）记为已办结，没有接收学校确认这一步。",
     "{0[kind]} from {0[from]} is entered as done without the receiving school's confirmation."),
    ("向接收学校取得确认；取不到的，恢复在校管理。", "Get the confirmation, or take the child back."),
)  # fmt: skip
def transfer_done_unreceived(moment: Moment) -> Iterator[Seen]:
    """Done without the step of the receiving school."""
    confirmed = ChangeStepTaken.objects.filter(change=OuterRef("change"), step=ChangeStep.RECEIVER_CONFIRMED)
    found = ChangeStepTaken.objects.filter(
        ~Exists(confirmed), step=ChangeStep.DONE, change__kind__in=[kind.value for kind in TRANSFERS]
    )
    for done in found.select_related("change"):
        change = done.change
        said = row("change", change.pk, kind=change.kind, from_=change.from_day, at=done.at)
        yield Seen((said,), change.child_id, place=change.school_id)


@check(
    "SUSPENSION_OVER",
    ("休学已到期，没有复学也没有续休", "a suspension over, neither resumed nor renewed"),
    ("休学到{0[until]}为止，至今没有回班，也没有办续休。",
     "Suspended until {0[until]}; in no class since and not renewed."),
    ("联系家长办复学或续休；不来的按疑似辍学处理。", "Resume or renew; else a suspected dropout."),
)  # fmt: skip
def suspension_over(moment: Moment) -> Iterator[Seen]:
    """The last suspension is over and nothing came after it."""
    later = ChangeStepTaken.objects.filter(
        step=ChangeStep.DONE, change__child=OuterRef("change__child"), at__gt=OuterRef("at")
    )
    in_class = Enrolment.objects.filter(child=OuterRef("change__child"), until=None)
    open_case = Case.objects.filter(
        child=OuterRef("change__child"), stage__in=["SUSPECTED_DROPOUT", "DROPOUT"]
    )
    found = ChangeStepTaken.objects.filter(
        ~Exists(later),
        ~Exists(in_class),
        ~Exists(open_case),
        step=ChangeStep.DONE,
        change__kind=ChangeKind.SUSPENSION,
        change__until__lt=moment.on,
    )
    for done in found.select_related("change"):
        change = done.change
        said = row("change", change.pk, from_=change.from_day, until=change.until)
        yield Seen((said,), change.child_id, place=change.school_id)


@check(
    "TWO_CHANGES",
    ("两项异动同时在办", "two enrolment changes under way at once"),
    ("{0[kind]}（{0[from]}起）和{1[kind]}（{1[from]}起）都没有办完。",
     "{0[kind]} from {0[from]} and {1[kind]} from {1[from]} are both under way."),
    ("核对后撤回其中一项。", "Take one of them back."),
)  # fmt: skip
def two_changes(moment: Moment) -> Iterator[Seen]:
    """Two changes of a child of which neither has come to an end."""
    ended = ChangeStepTaken.objects.filter(step__in=[step.value for step in ENDED], change=OuterRef("pk"))
    under_way = EnrolmentChange.objects.filter(~Exists(ended)).order_by("from_day", "pk")
    kept: dict[Any, list[EnrolmentChange]] = {}
    for change in under_way:
        kept.setdefault(change.child_id, []).append(change)
    for child, changes in kept.items():
        if len(changes) > 1:
            said = tuple(row("change", c.pk, kind=c.kind, from_=c.from_day) for c in changes[:2])
            yield Seen(said, child, place=changes[0].school_id)


@check(
    "STEPS_OUT_OF_ORDER",
    ("异动环节时间倒置", "steps of a change in the wrong order"),
    ("{0[kind]}的“{0[step]}”在{0[at]}，早于申请时间{0[from]}。",
     "“{0[step]}” of {0[kind]} happened on {0[at]}, before it was asked for on {0[from]}."),
    ("核对各环节时间，写明原因。", "Check the moments of the steps and say why."),
)  # fmt: skip
def steps_out_of_order(moment: Moment) -> Iterator[Seen]:
    """A step before the request itself."""
    found = ChangeStepTaken.objects.filter(
        change__steps__step=ChangeStep.ASKED, at__lt=F("change__steps__at")
    ).exclude(step=ChangeStep.ASKED)
    for change, child, school, kind, step, at, asked in found.values_list(
        "change", "change__child", "change__school", "change__kind", "step", "at", "change__steps__at"
    ):
        said = row("change", change, kind=ChangeKind(kind), step=ChangeStep(step), at=at, from_=asked)  # type: ignore[call-arg]
        yield Seen((said,), child, place=school)


@check(
    "RESUMED_NOT_AWAY",
    ("没有休学却办了复学", "resumed without having been away"),
    ("{0[from]}起复学，此前没有休学，也没有个案。",
     "Resumed from {0[from]} without a suspension or a case before."),
    ("核对复学依据，补办或更正异动。", "Check on what ground it resumed; correct the change."),
)  # fmt: skip
def resumed_not_away(moment: Moment) -> Iterator[Seen]:
    """A resumption done with nothing before it that it could end."""
    suspended = EnrolmentChange.objects.filter(
        child=OuterRef("change__child"),
        kind=ChangeKind.SUSPENSION,
        from_day__lte=OuterRef("change__from_day"),
    )
    case = Case.objects.filter(child=OuterRef("change__child"))
    found = ChangeStepTaken.objects.filter(
        ~Exists(suspended), ~Exists(case), step=ChangeStep.DONE, change__kind=ChangeKind.RESUMPTION
    )
    for done in found.select_related("change"):
        change = done.change
        said = row("change", change.pk, from_=change.from_day)
        yield Seen((said,), change.child_id, place=change.school_id)
