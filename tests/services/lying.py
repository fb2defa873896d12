"""A made-up county that is honest, and one way a kind to make a part of it look as if it were not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from builders import at

from notoneless.batch.simulate import County, shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.case_terms import AttachmentKind, VisitKind
from notoneless.core.report_terms import QuestionKind, ReportKind, ReportStep
from notoneless.core.stages import EVENT_TO
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    ObligationState,
    PlaceKind,
    Post,
    Stage,
    TipFinding,
)
from notoneless.records.models import (
    ActRecord,
    Assigned,
    Attachment,
    AttendanceMark,
    Case,
    CaseChange,
    Child,
    ClassGroup,
    Enrolment,
    LeaveGranted,
    Obligation,
    Person,
    Place,
    PostHeld,
    ReportDrawn,
    ReportStepTaken,
    RollCall,
    Tip,
    TipAnswered,
    TipForwarded,
    Visit,
)

NOW = at("2026-11-20 20:00")
LONG_WORDS = (
    "到家以后见到了孩子和奶奶，孩子说不想上学，奶奶说管不住；讲了义务教育法，"
    "约好下周一由奶奶送到学校门口，班主任在校门口接。"
)


def honest_county() -> County:
    """Three schools with the faults of everyday: late roll calls, forgotten ones, parents who call late."""
    return simulate(
        shipped_params(),
        seed=7,
        schools=3,
        pupils=240,
        until=at("2026-11-20 08:05"),
        calendar=default_calendar(),
    )


def teacher_of(group: ClassGroup) -> Person:
    """Its class teacher."""
    return PostHeld.objects.filter(class_group=group, post=Post.CLASS_TEACHER).earliest("pk").person


def a_class(grade: int = 0) -> ClassGroup:
    """One with at least eight children."""
    groups = ClassGroup.objects.filter(grade=grade) if grade else ClassGroup.objects.all()
    return next(
        g for g in groups.order_by("pk") if Enrolment.objects.filter(class_group=g, until=None).count() > 7
    )


def children_of(group: ClassGroup) -> list[Child]:
    """Its children."""
    return list(Child.objects.filter(enrolments__class_group=group).distinct().order_by("pk"))


def an_act(child: Child, by: Person, happened: datetime, recorded: datetime, **more: Any) -> ActRecord:
    """A home visit, `visit` with what makes it one."""
    visit = more.pop("visit", {})
    act = ActRecord.objects.create(
        child=child,
        act=Act.HOME_VISIT,
        happened_at=happened,
        recorded_at=recorded,
        by=by,
        by_post=Post.CLASS_TEACHER,
        outcome=ActOutcome.PROMISED_RETURN,
        **more,
    )
    Visit.objects.create(act=act, kind=VisitKind.HOME, **visit)
    return act


def network_out() -> int:
    """Honest: five days without network, then roll calls and visits are written down on one day."""
    group = a_class()
    written, teacher, many = at("2026-11-16 16:30"), teacher_of(group), 0
    for offset, day in enumerate(
        (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12))
    ):
        taken = at(f"{day} 08:05")
        RollCall.objects.filter(
            class_group=group, day=day, session="MORNING"
        ).exists() or RollCall.objects.create(
            class_group=group,
            day=day,
            session="MORNING",
            taken_at=taken,
            taken_by=teacher,
            post=Post.CLASS_TEACHER,
            recorded_at=written,
            expected=8,
            key=f"out/{day}",
        )
        child = children_of(group)[offset]
        an_act(child, teacher, taken + timedelta(hours=9), written, note=f"去{child.name}家，说好明天来。")
        child = children_of(group)[offset + 4]
        an_act(child, teacher, taken + timedelta(hours=10), written, note=f"{child.name}发烧，在家。")
        many += 2
    return many


def back_dated() -> None:
    network_out()


def cloned() -> None:
    group = a_class()
    for number, child in enumerate(children_of(group)[:4]):
        moment = at("2026-11-17 17:00") + timedelta(hours=number)
        an_act(child, teacher_of(group), moment, moment, note=LONG_WORDS + f"第{number}户。")


def impossible() -> None:
    group = a_class()
    villages = list(Place.objects.filter(kind=PlaceKind.VILLAGE)[:2])
    for number, (child, village) in enumerate(zip(children_of(group), villages, strict=False)):
        moment = at("2026-11-17 17:00") + timedelta(minutes=4 * number)
        an_act(child, teacher_of(group), moment, moment + timedelta(hours=2), visit={"village": village})


def threshold() -> None:
    """Twenty children away two days each where the third day would have to be reported."""
    school = Place.objects.get(name="清溪初级中学")
    days = (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12))
    away = AttendanceMark.objects.filter(day__in=days).values("child")
    children = (
        Child.objects.filter(enrolments__class_group__school=school).exclude(pk__in=away).order_by("pk")
    )
    for child in children[:20]:
        for day in days[1:3]:
            _absent(child, day)


def same_picture() -> None:
    group = a_class()
    for number, child in enumerate(children_of(group)[:2]):
        moment = at("2026-11-17 17:00") + timedelta(days=number)
        act = an_act(child, teacher_of(group), moment, moment)
        Attachment.objects.create(
            child=child,
            act=act,
            kind=AttachmentKind.DOOR,
            name="门牌",
            media="image/jpeg",
            size=1,
            digest="ab" * 32,
            by=teacher_of(group),
            at=moment,
        )


def everyone_present() -> None:
    """A large class of a school where others are away, called for weeks without a single absence."""
    school = Place.objects.get(name="云岭完小")
    group = ClassGroup.objects.create(school=school, grade=4, name="四年级9班", school_year="2026-2027")
    teacher = Person.objects.create(name="全勤老师")
    PostHeld.objects.create(
        person=teacher, post=Post.CLASS_TEACHER, class_group=group, held_from=date(2026, 9, 1)
    )
    for number in range(38):
        taken = at("2026-10-08 08:05") + timedelta(days=number)
        RollCall.objects.create(
            class_group=group,
            day=taken.date(),
            session="MORNING",
            taken_at=taken,
            taken_by=teacher,
            post=Post.CLASS_TEACHER,
            recorded_at=taken,
            expected=60,
            key=f"full/{number}",
        )


def reclassified() -> None:
    group = a_class()
    for child in children_of(group)[:3]:
        for day in (date(2026, 11, 9), date(2026, 11, 10)):
            _absent(child, day)
        LeaveGranted.objects.create(
            child=child,
            from_day=date(2026, 11, 9),
            until=date(2026, 11, 11),
            reason=AbsenceReason.PERSONAL,
            granted_at=at("2026-11-18 10:00"),
            recorded_at=at("2026-11-18 10:00"),
            by=teacher_of(group),
        )


def off_before_date() -> None:
    child = children_of(a_class())[0]
    held = Enrolment.objects.get(child=child, until=None)
    Enrolment.objects.filter(pk=held.pk).update(until=date(2026, 10, 18))
    Enrolment.objects.create(child=child, class_group=held.class_group, from_day=date(2026, 10, 23))
    _report(nil=False)


def brief_return() -> None:
    school = Place.objects.get(name="云岭完小")
    there = Child.objects.filter(enrolments__class_group__school=school, case=None)
    for child in there.distinct().order_by("pk")[:3]:
        _back_and_away(child)


def nil_with_signs() -> None:
    school = Place.objects.get(name="云岭完小")
    _report(nil=True)
    tip = Tip.objects.create(
        receipt=uuid4().hex[:16],
        place=school.parent,
        seen="见到孩子没上学",
        at=at("2026-10-15 10:00"),
        key="tip",
    )
    county = Person.objects.create(name="县局办事员")
    TipForwarded.objects.create(
        tip=tip, to=school, words="请核实", by=county, at=at("2026-10-16 10:00"), key="f"
    )
    TipAnswered.objects.create(
        tip=tip, finding=TipFinding.FOUND_OUT, words="属实", by=county, at=at("2026-11-02 10:00")
    )


def handed_on_due_day() -> None:
    group = a_class()
    for child in children_of(group)[:2]:
        Obligation.objects.create(
            key=uuid4(),
            child=child,
            class_group=group,
            place=group.school,
            pack_id="p",
            pack_version="1",
            rule="r",
            act=Act.HOME_VISIT,
            who=Post.VILLAGE_CADRE,
            occasion="x",
            arose_at=at("2026-11-10 08:00"),
            due_at=at("2026-11-12 18:00"),
            state=ObligationState.OPEN,
            opened_at=at("2026-11-10 08:00"),
        )
        before, after = (Person.objects.create(name=name) for name in ("前干部", "后干部"))
        given: dict[str, Any] = {"child": child, "post": Post.TOWNSHIP, "recorded_at": at("2026-11-12 09:00")}
        Assigned.objects.create(person=before, from_day=date(2026, 10, 1), until=date(2026, 11, 12), **given)
        Assigned.objects.create(person=after, from_day=date(2026, 11, 12), **given)


def spring_leavers() -> None:
    """In May six of a ninth grade are no longer in their class."""
    group = ClassGroup.objects.filter(grade=9).earliest("pk")
    without = Enrolment.objects.filter(
        class_group__grade=9, class_group__school=group.school, child__case=None
    )
    for row in without[:6]:
        Enrolment.objects.filter(pk=row.pk).update(until=date(2027, 4, 12))


LIES: Mapping[QuestionKind, Callable[[], object]] = {
    kind: globals()[kind.value.lower()] for kind in QuestionKind
}


def _absent(child: Child, day: date) -> None:
    moment = at(f"{day} 08:05")
    AttendanceMark.objects.create(
        child=child,
        day=day,
        session="MORNING",
        status=AttendanceStatus.ABSENT,
        reason=AbsenceReason.UNEXCUSED,
        at=moment,
        recorded_at=moment,
    )


def _back_and_away(child: Child) -> None:
    case = Case.objects.create(
        number=f"示范县-{uuid4()}",
        child=child,
        opened_at=at("2026-10-20 08:00"),
        stage=Stage.SUSPECTED_DROPOUT,
    )
    for day, before, stage in (
        ("2026-11-09", Stage.SUSPECTED_DROPOUT, Stage.BACK),
        ("2026-11-11", Stage.BACK, Stage.SUSPECTED_DROPOUT),
    ):
        moment = at(f"{day} 09:00")
        CaseChange.objects.create(
            case=case,
            at=moment,
            recorded_at=moment,
            stage_before=before,
            stage=stage,
            event=EVENT_TO[stage] or "",
        )


def _report(nil: bool) -> ReportDrawn:
    school = Place.objects.get(name="云岭完小")
    person = PostHeld.objects.filter(place=school, post=Post.PRINCIPAL).earliest("pk").person
    report = ReportDrawn.objects.create(
        kind=ReportKind.MONTHLY,
        place=school,
        first=date(2026, 9, 21),
        last=date(2026, 10, 20),
        counts={},
        nil=nil,
        digest="0" * 64,
        by=person,
        by_post=Post.PRINCIPAL,
        at=at("2026-10-21 09:00"),
    )
    ReportStepTaken.objects.create(
        report=report,
        step=ReportStep.SIGNED,
        post=Post.PRINCIPAL,
        by=person,
        at=at("2026-10-21 10:00"),
        digest="0" * 64,
    )
    return report
