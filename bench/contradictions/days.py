"""Errors of roll calls, marks, leave, visits and cases, as raw rows that no act would write."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from bench.contradictions.ground import Ground, Pupil, Subject, error
from bench.contradictions.pupils import DONE, route
from notoneless.core.case_terms import VisitKind
from notoneless.core.terms import Act, ChangeKind, CloseOutKind, Post, RouteKind, Stage
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    Case,
    CaseChange,
    Child,
    CloseOutAsked,
    CloseOutReviewed,
    LeaveGranted,
    Obligation,
    Person,
    RollCall,
    Visit,
)


def call(g: Ground, p: Pupil, day: date, **more: object) -> RollCall:
    """A roll call that nothing else would make."""
    taken_at = g.at((g.today - day).days, 8)
    told = {"session": "MORNING", "taken_at": taken_at, "standing": True, **more}
    return RollCall.objects.create(
        class_group=p.group,
        day=day,
        taken_by=p.teacher,
        post=Post.CLASS_TEACHER,
        recorded_at=taken_at,
        expected=40,
        key=f"error/{uuid4()}",
        **told,
    )


def mark(child: UUID, of: RollCall, status: str, **more: object) -> AttendanceMark:
    """A mark in a roll call."""
    told = {"at": of.taken_at, "recorded_at": of.recorded_at + timedelta(hours=1), **more}
    return AttendanceMark.objects.create(
        roll_call=of, child_id=child, day=of.day, session=of.session, status=status, **told
    )


@error("CALLED_ON_DAY_OFF")
def called_on_day_off(g: Ground) -> Subject:
    p = g.pupil()
    sunday = g.day((g.today.weekday() + 1) % 7 + 7 * (1 + g.count % 3))
    session = "MORNING"
    if RollCall.objects.filter(class_group=p.group, day=sunday, session=session).exists():
        sunday -= timedelta(days=21)
    call(g, p, sunday)
    return p.group.pk


@error("UNKNOWN_SESSION")
def unknown_session(g: Ground) -> Subject:
    p = g.pupil()
    call(g, p, g.calls(p, 1)[0].day, session=f"L9{g.count}")
    return p.group.pk


@error("CALLED_BEFORE_THE_DAY")
def called_before_the_day(g: Ground) -> Subject:
    p = g.pupil()
    call(g, p, g.calls(p, 2)[1].day, session="EVENING", taken_at=g.at(20 + g.count % 9))
    return p.group.pk


@error("TWO_ACCOUNTS")
def two_accounts(g: Ground) -> Subject:
    p = g.pupil()
    call(g, p, g.calls(p, 3)[2].day, standing=False)
    return p.group.pk


@error("COUNTS_NOT_MARKS")
def counts_not_marks(g: Ground) -> Subject:
    p = g.pupil()
    call(g, p, g.calls(p, 4)[3].day, session=f"L{1 + g.count % 6}", absent=3)
    return p.group.pk


@error("MARK_NOT_ENROLLED")
def mark_not_enrolled(g: Ground) -> Subject:
    p = g.pupil()
    child = Child.objects.create(name=f"不在班{g.count}", sex="MALE", birth_on=date(2017, 1, 1))
    mark(child.pk, g.calls(p, 3)[2], "ABSENT")
    return child.pk


@error("MARK_OF_ANOTHER_CLASS")
def mark_of_another_class(g: Ground) -> Subject:
    p = g.pupil()
    other = RollCall.objects.filter(class_group=g.other_class(p)).order_by("-day")[1]
    mark(p.id, other, "ABSENT")
    return p.id


@error("TWO_MARKS")
def two_marks(g: Ground) -> Subject:
    p = g.pupil()
    of = g.calls(p, 3)[2]
    mark(p.id, of, "ABSENT")
    mark(p.id, of, "LATE")
    return p.id


@error("LEAVE_AND_THERE")
def leave_and_there(g: Ground) -> Subject:
    p = g.pupil()
    of = g.calls(p, 3)[2]
    leave(g, p, of.day)
    mark(p.id, of, "LATE")
    return p.id


@error("LEAVE_AND_NOT_MISSED")
def leave_and_not_missed(g: Ground) -> Subject:
    p = g.pupil()
    leave(g, p, g.calls(p, 3)[2].day)
    return p.id


def leave(g: Ground, p: Pupil, day: date) -> None:
    """One day's leave, granted the day before."""
    at = g.at((g.today - day).days + 1)
    LeaveGranted.objects.create(
        child_id=p.id,
        from_day=day,
        until=day + timedelta(days=1),
        reason="SICK",
        granted_at=at,
        recorded_at=at,
        by=p.teacher,
    )


# Acts.


def act(g: Ground, p: Pupil, what: Act, days_ago: float, **more: object) -> ActRecord:
    """An act by the class teacher, with the record of a visit beside it unless `visit` is None."""
    at = g.at(days_ago)
    visit = more.pop("visit", {})
    told = {"recorded_at": at + timedelta(hours=2), "by": p.teacher, "note": "到家看望。", **more}
    row = ActRecord.objects.create(
        child_id=p.id, act=what, happened_at=at, by_post=Post.CLASS_TEACHER, outcome="DONE", **told
    )
    if isinstance(visit, dict):
        Visit.objects.create(act=row, **{"kind": VisitKind.HOME, **visit})
    return row


@error("ACT_IN_FUTURE")
def act_in_future(g: Ground) -> Subject:
    p = g.pupil()
    act(g, p, Act.HOME_VISIT, 3, recorded_at=g.at(4))
    return p.id


@error("VISIT_BEFORE_ORDERED")
def visit_before_ordered(g: Ground) -> Subject:
    p = g.pupil()
    owed = Obligation.objects.create(
        key=uuid4(),
        child_id=p.id,
        place=p.school,
        pack_id="seeds/shanshu-2014",
        pack_version="",
        rule="x",
        act=Act.HOME_VISIT,
        who=Post.CLASS_TEACHER,
        occasion="error",
        arose_at=g.at(2),
        opened_at=g.at(2),
        state="OPEN",
    )
    act(g, p, Act.HOME_VISIT, 5, visit={"ordered": owed.key})
    return p.id


@error("PERSUADED_WITHOUT_CASE")
def persuaded_without_case(g: Ground) -> Subject:
    p = g.pupil()
    act(g, p, Act.PERSUADE, 5)
    return p.id


@error("ACT_WITHOUT_POST")
def act_without_post(g: Ground) -> Subject:
    p = g.pupil()
    act(g, p, Act.HOME_VISIT, 5, by=Person.objects.create(name=f"无岗{g.count}"))
    return p.id


@error("ACT_BEFORE_ENROLLED")
def act_before_enrolled(g: Ground) -> Subject:
    p = g.pupil()
    by = Person.objects.create(name=f"旧任{g.count}")
    by.posts_held.create(
        post=Post.CLASS_TEACHER, class_group=p.group, held_from=date(2020, 9, 1), held_until=g.day(75)
    )
    act(g, p, Act.HOME_VISIT, 130, by=by)
    return p.id


@error("TWO_PLACES_AT_ONCE")
def two_places_at_once(g: Ground) -> Subject:
    p = g.pupil()
    q = g.pupil()
    q = q._replace(teacher=p.teacher)
    ago = 10 + g.count % 40
    act(g, p, Act.HOME_VISIT, ago, visit={"village": g.villages[0]})
    act(g, q, Act.HOME_VISIT, ago, visit={"village": g.villages[1]})
    return {p.id, q.id}


@error("VISIT_WITHOUT_RECORD")
def visit_without_record(g: Ground) -> Subject:
    p = g.pupil()
    act(g, p, Act.HOME_VISIT, 5, note="", visit=None)
    return p.id


@error("VISIT_AFTER_DEATH")
def visit_after_death(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, ChangeKind.DEATH, 30, steps=DONE)
    g.leave_class(p, 30)
    act(g, p, Act.HOME_VISIT, 5)
    return p.id


# Cases.


@error("DROPOUT_PRESENT")
def dropout_present(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.DROPOUT)
    return p.id


@error("SUSPECTED_NEVER_MISSED")
def suspected_never_missed(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.SUSPECTED_DROPOUT, 2)
    return p.id


@error("DROPOUT_SUSPENDED")
def dropout_suspended(g: Ground) -> Subject:
    p = g.pupil()
    g.change(p, ChangeKind.SUSPENSION, 30, until=g.today + timedelta(days=60), steps=DONE)
    g.leave_class(p, 23)
    g.case(p, Stage.DROPOUT)
    return p.id


@error("DROPOUT_ROUTED")
def dropout_routed(g: Ground) -> Subject:
    p = g.pupil()
    g.leave_class(p, 23)
    route(g, p.id, p.school, RouteKind.HOME_TUITION)
    g.case(p, Stage.DROPOUT)
    return p.id


@error("NEVER_BUT_ENROLLED")
def never_but_enrolled(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.NEVER_ENROLLED)
    return p.id


@error("CLOSED_WITHOUT_REVIEW")
def closed_without_review(g: Ground) -> Subject:
    p = g.pupil()
    g.case(p, Stage.CLOSED, closed_at=g.at(5))
    return p.id


def closed(
    g: Ground, p: Pupil, kind: CloseOutKind, *, second: Person | None = None, evidence: bool = True
) -> Case:
    """A case that two people closed out."""
    case = g.case(p, Stage.CLOSED, closed_at=g.at(5))
    asked = CloseOutAsked.objects.create(
        case=case,
        kind=kind,
        evidence=[str(uuid4())] if evidence else [],
        by=p.teacher,
        by_post=Post.SCHOOL_OFFICE,
        at=g.at(6),
    )
    CloseOutReviewed.objects.create(
        asked=asked, decision="AGREED", by=second or g.bureau, by_post=Post.COUNTY_BUREAU, at=g.at(5)
    )
    return case


@error("REVIEWED_BY_ASKER")
def reviewed_by_asker(g: Ground) -> Subject:
    p = g.pupil()
    closed(g, p, CloseOutKind.STABLE_RETURN, second=p.teacher)
    return p.id


@error("CLOSED_WITHOUT_EVIDENCE")
def closed_without_evidence(g: Ground) -> Subject:
    p = g.pupil()
    closed(g, p, CloseOutKind.OVER_AGE, evidence=False)
    return p.id


@error("CLOSED_NOT_BORNE_OUT")
def closed_not_borne_out(g: Ground) -> Subject:
    p = g.pupil()
    closed(g, p, (CloseOutKind.ABROAD, CloseOutKind.DEATH, CloseOutKind.TRANSFER_CONFIRMED)[g.count % 3])
    return p.id


@error("CASE_STEP_IN_FUTURE")
def case_step_in_future(g: Ground) -> Subject:
    p = g.pupil()
    case = g.case(p, Stage.AT_RISK)
    CaseChange.objects.create(
        case=case, at=g.at(1), recorded_at=g.at(9), stage_before=Stage.AT_RISK, stage=Stage.BACK
    )
    return p.id


@error("CLOSED_BEFORE_OPENED")
def closed_before_opened(g: Ground) -> Subject:
    p = g.pupil()
    case = closed(g, p, CloseOutKind.STABLE_RETURN)
    Case.objects.filter(pk=case.pk).update(closed_at=g.at(90))
    return p.id


@error("MET_BEFORE_IT_AROSE")
def met_before_it_arose(g: Ground) -> Subject:
    p = g.pupil()
    Obligation.objects.create(
        key=uuid4(),
        child_id=p.id,
        place=p.school,
        pack_id="seeds/shanshu-2014",
        pack_version="",
        rule="y",
        act=Act.HOME_VISIT,
        who=Post.CLASS_TEACHER,
        occasion="error",
        arose_at=g.at(2),
        opened_at=g.at(2),
        state="MET",
        met_at=g.at(8),
    )
    return p.id
