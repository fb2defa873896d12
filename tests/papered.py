"""A child of whom something is recorded for every kind of paper there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from builders import at
from builders_db import TERM_START, School, a_person, a_place, a_school

from notoneless.core.case_terms import (
    CaseReason,
    Decision,
    HelpWay,
    PairingPurpose,
    PlacementKind,
    ReliefKind,
    VisitKind,
    VisitTrigger,
)
from notoneless.core.paper_terms import PaperKind
from notoneless.core.report_terms import InspectionKind, MeasureKind
from notoneless.core.terms import (
    Act,
    ActOutcome,
    ChangeKind,
    ChangeStep,
    CloseOutKind,
    EventKind,
    Evidence,
    Paper,
    PlaceKind,
    Post,
    RouteKind,
)
from notoneless.records.models import (
    ActRecord,
    Case,
    ChangeStepTaken,
    Child,
    CloseOutAsked,
    CloseOutReviewed,
    EnrolmentChange,
    EvidencePiece,
    Guardian,
    OnRoll,
    Pairing,
    PairingContact,
    Placement,
    PlanMade,
    PlanStep,
    PlanStepDone,
    ReasonStated,
    ReliefAsked,
    ReliefDecided,
    Residence,
    SignatureGiven,
    SpecialRoute,
    TuitionGiven,
    TuitionPlan,
    TuitionReviewed,
    Visit,
    VisitParticipant,
)
from notoneless.services.casework import record_contact, record_event
from notoneless.services.paper_values.about import SUBJECTS, About, Subject, about_child, about_place
from notoneless.services.supervision.inspections import add_finding, record_inspection
from notoneless.services.supervision.measures import take_measure

NOW = at("2025-09-12 16:00")
DUE = date(2025, 9, 19)
STROKES = [[[100, 500], [300, 200], [500, 800]], [[700, 400]]]
IDENTITY = "000000201601010017"


class Papered:
    """A school with one child that is away, and its township, village and county with their people."""

    def __init__(self, **more: Any) -> None:
        self.school: School = a_school(2, **more)
        self.child: Child = self.school.pupils[0]
        self.town = a_person("镇长", Post.TOWNSHIP, self.school.township)
        self.village = a_place(PlaceKind.VILLAGE, f"{self.school.place.name}村", self.school.township)
        self.officer = a_person("学籍员", Post.ENROLMENT_OFFICER, self.school.place)
        _known(self)
        for day in ("09-08 A.", "09-09 A.", "09-10 A.", "09-11 A.", "09-12 A."):
            self.school.calls(day)
        _said(self)

    @property
    def case(self) -> Case:
        """The child's case."""
        return Case.objects.get(child=self.child)

    def about(self, kind: PaperKind) -> About:
        """What a paper of this kind is about here."""
        match SUBJECTS[kind]:
            case Subject.PLACE:
                return about_place(kind, self.school.place)
            case Subject.DAY:
                return about_place(kind, self.school.place, date(2025, 9, 8))
            case Subject.MONTH | Subject.YEAR:
                return about_place(kind, self.school.place, date(2025, 9, 1))
        return about_child(kind, self.child)


def _known(world: Papered) -> None:
    child = world.child
    child.birth_on = date(2016, 1, 1)
    child.enrolment_no = f"G{child.pk.int % 10**18:018d}"
    child.keep_identity_no(IDENTITY)
    child.save()
    child.refresh_from_db()
    Guardian.objects.create(child=child, name="安奶奶", relation="祖母", phone="000-1234567")
    Residence.objects.create(child=child, place=world.village, from_day=TERM_START)
    for each in world.school.pupils:
        each.refresh_from_db()
        OnRoll.objects.create(child=each, school=world.school.place, from_day=TERM_START)


def _inspected(world: Papered) -> None:
    """The school was inspected, something was found, and there was a talk about it."""
    bureau, school = world.school.bureau, world.school.place
    row = record_inspection(
        by=bureau,
        kind=InspectionKind.SEASON,
        place=school,
        day=date(2025, 9, 8),
        inspectors="督学两人",
        subject="开学点名",
        note="抽查三个班的点名记录。",
        at=NOW,
    )
    finding = add_finding(
        by=bureau,
        inspection=row,
        what="有一天没有点名",
        ground="控辍保学制度第三条",
        responsible=Post.PRINCIPAL,
        due_on=DUE,
        at=NOW,
    )
    take_measure(
        by=bureau,
        kind=MeasureKind.TALK,
        place=school,
        finding=finding,
        day=date(2025, 9, 10),
        who="校长",
        reason="一周内补齐点名并说明办法",
        at=NOW,
    )


def _said(world: Papered) -> None:
    teacher, child = world.school.teacher, world.child
    _inspected(world)
    record_contact(
        by=teacher,
        child=child,
        happened_at=at("2025-09-08 09:00"),
        at=at("2025-09-08 09:05"),
        outcome=ActOutcome.REACHED,
        note="祖母说发烧",
    )
    moment = at("2025-09-08 10:00")
    record_event(by=teacher, child=child, kind=EventKind.SIGNS_OF_LEAVING, happened_at=moment, at=moment)
    a_visit(world, VisitKind.HOME, "2025-09-09 18:30")
    a_visit(world, VisitKind.PERSUASION, "2025-09-10 18:30")
    _case(world)
    _support(world)
    _change(world)


def a_visit(
    world: Papered, kind: VisitKind, moment: str, *, private: bool = False, findings: str = ""
) -> Visit:
    """A visit with a village cadre, signed by the guardian and whoever wrote it down."""
    persuading = kind is VisitKind.PERSUASION
    act = ActRecord.objects.create(
        child=world.child,
        act=Act.PERSUADE if persuading else Act.HOME_VISIT,
        happened_at=at(moment),
        recorded_at=at(moment),
        by=world.school.teacher,
        by_post=Post.CLASS_TEACHER,
        outcome=ActOutcome.PROMISED_RETURN,
        evidence=[Evidence.PERSUASION_RECORD if persuading else Evidence.VISIT_RECORD],
        private=private,
        next_contact_on=date(2025, 9, 15),
    )
    visit = Visit.objects.create(
        act=act,
        kind=kind,
        trigger=VisitTrigger.SPELL,
        purpose="弄清为什么不来",
        where="家里",
        village=world.village,
        items={"AT_HOME": "帮祖母看店"},
        findings=findings or "孩子想打工",
        guardian_view="愿意让孩子读书",
        child_view="跟不上",
        agreed="放学后补课",
        promised_on=date(2025, 9, 15),
    )
    VisitParticipant.objects.create(visit=visit, post=Post.VILLAGE_CADRE, name="村干部甲", unit="云岭村")
    for signs_as in ("家长", "记录人"):
        SignatureGiven.objects.create(visit=visit, signs_as=signs_as, strokes=STROKES, at=at(moment))
    return visit


def _case(world: Papered) -> None:
    case, teacher, principal = world.case, world.school.teacher, world.school.principal
    by: dict[str, Any] = {"by": teacher, "at": NOW}
    ReasonStated.objects.create(case=case, reasons=[CaseReason.LEARNING, CaseReason.WORKING], **by)
    plan = PlanMade.objects.create(case=case, goal="十月前返校", by_post=Post.CLASS_TEACHER, **by)
    step = PlanStep.objects.create(
        plan=plan, number=1, what="每周补课两次", posts=[Post.SUBJECT_TEACHER], due_on=DUE
    )
    PlanStepDone.objects.create(step=step, post=Post.SUBJECT_TEACHER, note="已开始", **by)
    piece = EvidencePiece.objects.create(
        child=world.child, evidence=Evidence.TRANSFER_CONFIRMATION, number="云学〔2025〕3号", **by
    )
    asked = CloseOutAsked.objects.create(
        case=case,
        kind=CloseOutKind.TRANSFER_CONFIRMED,
        evidence=[str(piece.pk)],
        note="已转出",
        by_post=Post.SCHOOL_OFFICE,
        **by,
    )
    CloseOutReviewed.objects.create(
        asked=asked, decision=Decision.REFUSED, by=principal, by_post=Post.PRINCIPAL, at=NOW, note="材料不全"
    )
    Placement.objects.create(case=case, kind=PlacementKind.SAME_CLASS, days_away=4, from_day=DUE, **by)


def _support(world: Papered) -> None:
    teacher, child, place = world.school.teacher, world.child, world.school.place
    by: dict[str, Any] = {"by": teacher, "at": NOW}
    asked = ReliefAsked.objects.create(
        child=child,
        school=place,
        kind=ReliefKind.EXEMPT,
        of="寄宿生活费",
        fen=12850,
        reason="困难金丝雀",
        school_year=2025,
        by_post=Post.CLASS_TEACHER,
        **by,
    )
    ReliefDecided.objects.create(
        asked=asked, decision=Decision.AGREED, fen=12850, from_day=DUE, by_post=Post.PRINCIPAL, **by
    )
    pairing = Pairing.objects.create(
        child=child,
        helper=teacher,
        helper_is="党员",
        purpose=PairingPurpose.STUDY,
        from_day=date(2025, 9, 2),
        contact_days=14,
        **by,
    )
    act = ActRecord.objects.create(
        child=child,
        act=Act.HELP,
        happened_at=at("2025-09-03 17:00"),
        recorded_at=at("2025-09-03 17:00"),
        by=teacher,
        by_post=Post.CLASS_TEACHER,
        outcome=ActOutcome.DONE,
    )
    PairingContact.objects.create(
        pairing=pairing, act=act, way=HelpWay.LESSON, content="讲分数", effect="会约分了"
    )
    route = SpecialRoute.objects.create(
        child=child,
        kind=RouteKind.HOME_TUITION,
        school=place,
        from_day=TERM_START,
        until=date(2025, 9, 3),
        approved_by="县教育局",
        by=teacher,
        recorded_at=NOW,
    )
    plan = TuitionPlan.objects.create(
        child=child,
        route=route,
        school=place,
        school_year=2025,
        assessment="能认字",
        goals="认一百个字",
        content="识字",
        times_a_week=Decimal("2"),
        lessons_each=Decimal("1.5"),
        agreed_by_guardian="安奶奶",
        **by,
    )
    plan.teachers.add(teacher)
    for lessons in ("1.5", "2"):
        TuitionGiven.objects.create(
            plan=plan,
            day=date(2025, 9, 2),
            lessons=Decimal(lessons),
            teachers="白老师",
            content="识字",
            response="高兴",
            guardian_there=True,
            **by,
        )
    TuitionReviewed.objects.create(plan=plan, words="进步快", **by)


def _change(world: Papered) -> None:
    change = EnrolmentChange.objects.create(
        child=world.child,
        kind=ChangeKind.SUSPENSION,
        school=world.school.place,
        from_day=DUE,
        until=date(2026, 3, 1),
        reason="住院",
    )
    ChangeStepTaken.objects.create(
        change=change,
        step=ChangeStep.ASKED,
        at=NOW,
        by=world.officer,
        by_post=Post.ENROLMENT_OFFICER,
        papers=[Paper.MEDICAL_PROOF],
    )
