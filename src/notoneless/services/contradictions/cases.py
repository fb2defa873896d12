"""Checks of cases: stages that roll calls deny or that exclude each other, close-outs without ground."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Subquery

from notoneless.core.case_terms import Decision
from notoneless.core.terms import (
    AttendanceStatus,
    ChangeKind,
    ChangeStep,
    CloseOutKind,
    ObligationState,
    Post,
    Stage,
)
from notoneless.records.models import (
    AttendanceMark,
    Case,
    CaseChange,
    ChangeStepTaken,
    CloseOutReviewed,
    Enrolment,
    EventRecord,
    Obligation,
    RollCall,
    SpecialRoute,
)
from notoneless.records.scopes import during
from notoneless.services.contradictions.checks import Moment, Row, Seen, check, row
from notoneless.services.contradictions.rolls import suspended_on

AWAY = [Stage.SUSPECTED_DROPOUT.value, Stage.DROPOUT.value]
OUT_OF_CLASS = ["HOME_TUITION", "SPECIALISED_SCHOOL", "SPECIAL_SCHOOL", "DEFERRED_ENTRY"]
ENOUGH = 5  # school days present in a row that a dropout cannot have
LOOK_BACK = timedelta(days=45)
MISSED = [AttendanceStatus.ABSENT.value, AttendanceStatus.LEAVE.value, AttendanceStatus.UNRECORDED.value]
# By which change a case that was closed out in this way must be borne out.
BORNE_OUT = {
    CloseOutKind.DEATH: (ChangeKind.DEATH,),
    CloseOutKind.ABROAD: (ChangeKind.MOVED_ABROAD,),
    CloseOutKind.TRANSFER_CONFIRMED: (
        ChangeKind.TRANSFER_OUT,
        ChangeKind.TRANSFER_IN,
        ChangeKind.ADVANCEMENT,
    ),
}


def _case(case: Case, **more: object) -> Row:
    return row("case", case.pk, number=case.number, stage=case.stage, **more)


@check(
    "DROPOUT_PRESENT",
    ("个案写辍学，点名天天到校", "a dropout by its case, present by the roll calls"),
    ("个案阶段是{0[stage]}，最近{1[count]}个点名日（至{1[day]}）都没有缺席。",
     "The case says {0[stage]}; not missed on the last {1[count]} days called (to {1[day]})."),
    ("已经返校的登记返校；点名有误的更正点名。", "Enter the return, or correct the roll calls."),
    Post.CLASS_TEACHER,
    leads="case",
)  # fmt: skip
def dropout_present(moment: Moment) -> Iterator[Seen]:
    """Suspected or confirmed, and not missed on the last five days that its class was called."""
    stay = Enrolment.objects.filter(during(moment.on), child=OuterRef("child"))
    cases = Case.objects.filter(stage__in=AWAY).annotate(group=Subquery(stay.values("class_group")[:1]))
    open_ones = list(cases.filter(group__isnull=False))
    since = moment.on - LOOK_BACK
    days: dict[int, list[date]] = defaultdict(list)
    calls = RollCall.objects.filter(
        class_group__in={case.group for case in open_ones}, day__gte=since, standing=True
    )
    for group, day in calls.order_by("-day").values_list("class_group", "day").distinct():
        days[group].append(day)
    missed: dict[object, set[date]] = defaultdict(set)
    marks = AttendanceMark.objects.filter(child__in=[case.child_id for case in open_ones], day__gte=since)
    for child, day in marks.filter(status__in=MISSED, speaks=True).values_list("child", "day"):
        missed[child].add(day)
    for case in open_ones:
        last = days[case.group][:ENOUGH]
        if len(last) == ENOUGH and not missed[case.child_id] & set(last):
            said = row("class", case.group, count=ENOUGH, day=last[0])
            yield Seen((_case(case), said), case.child_id, case.group)


@check(
    "SUSPECTED_NEVER_MISSED",
    ("疑似辍学却没有一次缺席", "a suspected dropout that was never missed"),
    ("个案阶段是{0[stage]}，本学年没有一次缺席、请假或未点名的记录。",
     "The case says {0[stage]}, yet nothing this school year says the child was missed."),
    ("核对立案依据，更正点名或个案。", "Check what the case rests on; correct one or the other."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def suspected_never_missed(moment: Moment) -> Iterator[Seen]:
    """A case that no absence and no statement bears out, in a class that is called."""
    child = OuterRef("child")
    marks = AttendanceMark.objects.filter(child=child, status__in=MISSED, day__gte=moment.since)
    stay = Enrolment.objects.filter(
        during(moment.on), child=child, class_group__roll_calls__day__gte=moment.since
    )
    found = Case.objects.filter(
        ~Exists(marks), ~Exists(EventRecord.objects.filter(child=child)), Exists(stay), stage__in=AWAY
    )
    for case in found:
        yield Seen((_case(case),), case.child_id)


@check(
    "DROPOUT_SUSPENDED",
    ("既是辍学又在休学", "a dropout and suspended at once"),
    ("个案阶段是{0[stage]}，休学却仍在期内（至{1[until]}）。",
     "The case says {0[stage]}, yet suspended until {1[until]}."),
    ("二者只能取一：核对后销号或更正异动。", "It is one or the other: close out, or correct the change."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def dropout_suspended(moment: Moment) -> Iterator[Seen]:
    """On the dropout ledgers while a suspension holds."""
    held = suspended_on(moment.on)
    cases = Case.objects.filter(stage__in=AWAY).annotate(
        change=Subquery(held.values("change")[:1]), over=Subquery(held.values("change__until")[:1])
    )
    for case in cases.filter(change__isnull=False):
        yield Seen((_case(case), row("change", case.change, until=case.over)), case.child_id)


@check(
    "DROPOUT_ROUTED",
    ("既是辍学又有特殊安置", "a dropout and on a special route at once"),
    ("个案阶段是{0[stage]}，{1[from]}起又登记为{1[kind]}。",
     "The case says {0[stage]}, yet {1[kind]} since {1[from]}."),
    ("二者只能取一：核对后销号或结束安置。", "It is one or the other: close out, or end the route."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def dropout_routed(moment: Moment) -> Iterator[Seen]:
    """On the dropout ledgers while taught in another way."""
    routes = SpecialRoute.objects.filter(during(moment.on), superseded_by__isnull=True, kind__in=OUT_OF_CLASS)
    kept = {route.child_id: route for route in routes}
    for case in Case.objects.filter(stage__in=AWAY, child__in=kept):
        route = kept[case.child_id]
        yield Seen(
            (_case(case), row("route", route.pk, kind=route.kind, from_=route.from_day)), case.child_id
        )


@check(
    "NEVER_BUT_ENROLLED",
    ("登记为失学却在班", "out of school by its case, and in a class"),
    ("个案阶段是{0[stage]}，{1[from]}起却在{1[class]}。",
     "The case says {0[stage]}, yet in {1[class]} since {1[from]}."),
    ("已经入学的登记返校；没有入学的更正在班记录。", "Enter the return, or correct the stay."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def never_but_enrolled(moment: Moment) -> Iterator[Seen]:
    """Never enrolled, and for more than a week in a class."""
    cases = {case.child_id: case for case in Case.objects.filter(stage=Stage.NEVER_ENROLLED)}
    stays = Enrolment.objects.filter(child__in=cases, until=None, from_day__lt=moment.on - timedelta(days=7))
    for pk, child, group, name, school, from_day in stays.values_list(
        "pk", "child", "class_group", "class_group__name", "class_group__school__name", "from_day"
    ):
        there = row("enrolment", pk, class_=f"{school} {name}", from_=from_day)
        yield Seen((_case(cases[child]), there), child, group)


# Close-outs.


@check(
    "CLOSED_WITHOUT_REVIEW",
    ("销号没有复核", "closed out without a review"),
    ("个案{0[number]}已销号，没有第二人复核同意的记录。",
     "Case {0[number]} is closed out, and no second person agreed."),
    ("补办销号申请和复核；没有依据的恢复个案。", "Have the close-out asked for and reviewed, or reopen."),
    Post.PRINCIPAL,
    leads="case",
)  # fmt: skip
def closed_without_review(moment: Moment) -> Iterator[Seen]:
    """Closed, and nobody but the asker said so."""
    agreed = CloseOutReviewed.objects.filter(asked__case=OuterRef("pk"), decision=Decision.AGREED)
    for case in Case.objects.filter(~Exists(agreed), stage=Stage.CLOSED):
        yield Seen((_case(case),), case.child_id)


@check(
    "REVIEWED_BY_ASKER",
    ("销号申请和复核是同一人", "a close-out reviewed by who asked for it"),
    ("个案{0[number]}的销号由同一人申请和复核（{0[at]}）。",
     "The close-out of case {0[number]} was asked for and reviewed by one person ({0[at]})."),
    ("由另一人重新复核。", "Have another person review it."),
    Post.PRINCIPAL,
    leads="case",
)  # fmt: skip
def reviewed_by_asker(moment: Moment) -> Iterator[Seen]:
    """The second person was the first."""
    found = CloseOutReviewed.objects.filter(by=F("asked__by")).select_related("asked__case")
    for review in found:
        case = review.asked.case
        yield Seen((row("close_out", review.asked_id, number=case.number, at=review.at),), case.child_id)


@check(
    "CLOSED_WITHOUT_EVIDENCE",
    ("销号没有佐证", "closed out without evidence"),
    ("个案{0[number]}按“{0[kind]}”销号，没有附任何佐证。",
     "Case {0[number]} was closed out as “{0[kind]}” with no evidence."),
    ("补齐佐证；取不到的恢复个案。", "Add the evidence, or reopen the case."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def closed_without_evidence(moment: Moment) -> Iterator[Seen]:
    """Agreed to with nothing beside it, where something other than attendance must prove it."""
    found = CloseOutReviewed.objects.filter(decision=Decision.AGREED).select_related("asked__case")
    for review in found.exclude(asked__kind=CloseOutKind.STABLE_RETURN):
        if not review.asked.evidence:
            said = row("close_out", review.asked_id, number=review.asked.case.number, kind=review.asked.kind)
            yield Seen((said,), review.asked.case.child_id)


@check(
    "CLOSED_NOT_BORNE_OUT",
    ("销号类型没有对应的异动", "closed out for a change that never was"),
    ("个案{0[number]}按“{0[kind]}”销号，学籍异动里没有相应办结的记录。",
     "Case {0[number]} was closed out as “{0[kind]}”; no enrolment change bears it out."),
    ("补办异动，或恢复个案。", "Have the change made, or reopen the case."),
    leads="case",
)  # fmt: skip
def closed_not_borne_out(moment: Moment) -> Iterator[Seen]:
    """Closed as dead, abroad or transferred without the change that says so."""
    found = CloseOutReviewed.objects.filter(
        decision=Decision.AGREED,
        asked__kind__in=[k.value for k in BORNE_OUT],
        asked__case__stage=Stage.CLOSED,
    ).select_related("asked__case")
    reviews = list(found)
    done = ChangeStepTaken.objects.filter(
        step=ChangeStep.DONE, change__child__in=[review.asked.case.child_id for review in reviews]
    )
    there = set(done.values_list("change__child", "change__kind"))
    for review in reviews:
        child, kind = review.asked.case.child_id, review.asked.kind
        if not any((child, change.value) in there for change in BORNE_OUT[kind]):
            yield Seen(
                (row("close_out", review.asked_id, number=review.asked.case.number, kind=kind),), child
            )


@check(
    "CASE_STEP_IN_FUTURE",
    ("个案环节的时间晚于录入时间", "a step of a case dated after it was known"),
    ("个案{0[number]}的“{0[stage]}”记在{0[at]}，录入是{0[recorded]}。",
     "“{0[stage]}” of case {0[number]} is dated {0[at]} and was known on {0[recorded]}."),
    ("核对时间，更正引起它的记录。", "Correct the record it came from."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def case_step_in_future(moment: Moment) -> Iterator[Seen]:
    """A step that was known before it happened."""
    found = CaseChange.objects.filter(at__gt=F("recorded_at") + timedelta(minutes=10)).select_related("case")
    for step in found:
        said = row(
            "case",
            step.case_id,
            number=step.case.number,
            stage=step.stage,
            at=step.at,
            recorded=step.recorded_at,
        )
        yield Seen((said,), step.case.child_id)


@check(
    "CLOSED_BEFORE_OPENED",
    ("个案销号早于立案", "a case closed before it was opened"),
    ("个案{0[number]}{0[from]}立案，却在{0[until]}销号。",
     "Case {0[number]} was opened on {0[from]} and closed on {0[until]}."),
    ("核对立案和销号时间。", "Check both moments."),
    Post.SCHOOL_OFFICE,
    leads="case",
)  # fmt: skip
def closed_before_opened(moment: Moment) -> Iterator[Seen]:
    """A close-out before the opening."""
    for case in Case.objects.filter(closed_at__lt=F("opened_at")):
        yield Seen((_case(case, from_=case.opened_at, until=case.closed_at),), case.child_id)


@check(
    "MET_BEFORE_IT_AROSE",
    ("事项产生之前就已办结", "an obligation met before it arose"),
    ("“{0[what]}”{0[from]}才产生，却记为{0[until]}办结。",
     "“{0[what]}” arose on {0[from]} and is entered as met on {0[until]}."),
    ("核对办理时间，更正办理记录。", "Check when it was done and correct the record."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def met_before_it_arose(moment: Moment) -> Iterator[Seen]:
    """Met by an act that came first."""
    found = Obligation.objects.filter(state=ObligationState.MET, met_at__lt=F("arose_at"))
    for key, child, group, place, act, arose, met in found.values_list(
        "key", "child", "class_group", "place", "act", "arose_at", "met_at"
    ):
        yield Seen((row("obligation", key, what=act, from_=arose, until=met),), child, group, place)
