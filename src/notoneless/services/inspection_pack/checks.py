"""自查与督导: contradictions, honesty of reporting, questions and their answers, inspections and what "
"followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Q

from notoneless.core.terms import PlaceKind
from notoneless.records.models import (
    Contradiction,
    FindingStepTaken,
    Inspection,
    InspectionFinding,
    MeasureTaken,
    Place,
    Question,
    RecognitionAsked,
)
from notoneless.services.contradictions import CHECKS
from notoneless.services.honesty.score import Ratio, reporting_score
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.pack_sections import Section, Words, day, label, moment, said

PLACE: Words = ("单位", "place")
CHILD: Words = ("学生", "child")


def contradictions(asked: PackAsked) -> Section:
    """Every contradiction that stood open in the year: which check, whose it is, what became of it."""
    rows = list(_contradictions(asked))
    return Section(
        "contradictions",
        ("数据核对", "Contradictions"),
        (
            "每晚核对发现的矛盾，本学年内发现或仍未了结的；了结是事实已一致，或已说明属实。",
            "What the nightly checks found in the year or is still open; closed when the facts agree or "
            "are explained.",
        ),
        (
            ("核对项", "check"),
            PLACE,
            ("班级", "class"),
            CHILD,
            ("责任岗位", "owed by"),
            ("发现", "found"),
            ("限期", "due"),
            ("了结", "closed"),
            ("答复", "answer"),
        ),
        [_contradiction(row, asked) for row in rows],
        asked.named(row.child_id for row in rows),
    )


def contradictions_by_check(asked: PackAsked) -> Section:
    """How many of each check are open and closed."""
    found: Counter[str] = Counter()
    still: Counter[str] = Counter()
    for row in _contradictions(asked):
        found[row.check_id] += 1
        still[row.check_id] += row.closed_at is None
    return Section(
        "contradiction-checks",
        ("数据核对汇总", "Contradictions by check"),
        (
            "按核对项归并，各行之和等于“数据核对”的行数。",
            "By check; the rows sum to the list of contradictions.",
        ),
        (("核对项", "check"), ("发现", "found"), ("未了结", "still open")),
        [(_check(check, asked), many, still[check]) for check, many in sorted(found.items())],
    )


def _contradictions(asked: PackAsked) -> Iterator[Contradiction]:
    rows = Contradiction.objects.filter(place__path__startswith=asked.path, found_at__lte=asked.at)
    rows = rows.filter(Q(found_at__gte=asked.begin) | Q(closed_at=None) | Q(closed_at__gte=asked.begin))
    shown = rows.select_related("place", "class_group").prefetch_related("answers")
    for row in shown.order_by("found_at", "pk"):
        needs = CHECKS[row.check_id].needs if row.check_id in CHECKS else None
        if needs is None or needs in asked.fields:
            yield row


def _contradiction(row: Contradiction, asked: PackAsked) -> tuple[str, ...]:
    answers = sorted(row.answers.all(), key=lambda each: each.at)
    return (
        _check(row.check_id, asked),
        row.place.name,
        row.class_group.name if row.class_group else "",
        asked.name(row.child_id),
        label(row.owed_by, asked.language),
        moment(row.found_at),
        day(row.due_on),
        moment(row.closed_at),
        label(answers[-1].answer, asked.language) if answers else "",
    )


def _check(check: str, asked: PackAsked) -> str:
    return CHECKS[check].label(asked.language) if check in CHECKS else check


def reporting(asked: PackAsked) -> Section:
    """How completely and in time the place and each of its schools reported; outcomes are no part of it."""
    kinds = (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT)
    schools = Place.objects.filter(path__startswith=asked.path, kind__in=kinds).exclude(pk=asked.place.pk)
    places = [asked.place, *schools.order_by("path")]
    return Section(
        "reporting",
        ("如实报送", "Honesty of reporting"),
        (
            "只看报得是否及时、完整，与辍学人数无关；如实报得多的学校不因此降低。分数为 已做/应做。",
            "Timeliness and completeness alone, apart from outcomes; a school that reports many loses "
            "nothing.",
        ),
        (
            PLACE,
            ("点名", "roll calls taken"),
            ("当天补记以内", "written down the same day"),
            ("应办按时", "duties in time"),
            ("报表按时", "reports in time"),
            ("签发后更正", "corrected after signing"),
            ("三天以后补记", "written down later"),
        ),
        [_score(place, asked) for place in places],
    )


def _score(place: Place, asked: PackAsked) -> tuple[str | int, ...]:
    score = reporting_score(place, asked.first, asked.last, asked.at)
    shares = (score.roll_calls, score.roll_calls_same_day, score.duties, score.reports_on_time)
    later = (score.corrected_after_signing, _ratio(score.late_entries))
    return place.name, *(_ratio(each) for each in shares), *later


def _ratio(ratio: Ratio) -> str:
    share = "" if ratio.share is None else f"（{ratio.share}%）"
    return f"{ratio.part}/{ratio.of}{share}"


def questions(asked: PackAsked) -> Section:
    """Records that a supervisor was asked to look at, and what the supervisor found."""
    rows = (
        Question.objects.filter(
            place__path__startswith=asked.path, found_at__gte=asked.begin, found_at__lte=asked.at
        )
        .select_related("place", "class_group", "to_place", "answered__by")
        .order_by("found_at", "pk")
    )
    return Section(
        "questions",
        ("存疑事项与答复", "Questions about records"),
        (
            "只是请主管核实的问题，不是结论；结论由主管写明。",
            "Questions to a supervisor and never verdicts; what was found is the supervisor's word.",
        ),
        (
            ("事项", "question"),
            PLACE,
            ("班级", "class"),
            ("请谁核实", "asked of"),
            ("提出", "asked"),
            ("限期", "due"),
            ("结论", "outcome"),
            ("答复人", "by"),
            ("答复时间", "at"),
        ),
        [_question(row, asked) for row in rows],
    )


def _question(row: Question, asked: PackAsked) -> tuple[str, ...]:
    answer = getattr(row, "answered", None)
    return (
        label(row.kind, asked.language),
        row.place.name,
        row.class_group.name if row.class_group else "",
        f"{row.to_place.name} {label(row.to_post, asked.language)}",
        moment(row.found_at),
        day(row.due_on),
        label(answer.outcome, asked.language) if answer else "",
        answer.by.name if answer else "",
        moment(answer.at) if answer else "",
    )


def inspections(asked: PackAsked) -> Section:
    """Every inspection of the year with each finding, and how far it is rectified."""
    rows = Inspection.objects.filter(
        place__path__startswith=asked.path, day__gte=asked.first, day__lte=asked.last, at__lte=asked.at
    ).select_related("place")
    found: list[tuple[str, ...]] = []
    for row in rows.order_by("day", "pk"):
        findings = list(row.findings.order_by("number").prefetch_related("steps"))
        lines = [_finding(each, asked) for each in findings] or [("",) * 6]
        head = (label(row.kind, asked.language), row.place.name, day(row.day), row.inspectors, row.subject)
        found += [(*head, *line) for line in lines]
    return Section(
        "inspections",
        ("督导与整改", "Inspections"),
        (
            "每个问题一行；没有发现问题的督导也占一行。",
            "One row a finding; an inspection without any has a row of its own.",
        ),
        (
            ("类型", "kind"),
            PLACE,
            ("日期", "day"),
            ("督导人", "inspectors"),
            ("内容", "subject"),
            ("问题", "finding"),
            ("依据", "ground"),
            ("责任岗位", "responsible"),
            ("整改期限", "due"),
            ("到哪一步", "step"),
            ("时间", "at"),
        ),
        found,
    )


def _finding(row: InspectionFinding, asked: PackAsked) -> tuple[str, ...]:
    steps = [each for each in row.steps.all() if each.at <= asked.at]
    last: FindingStepTaken | None = max(steps, key=lambda each: each.at, default=None)
    return (
        row.what,
        row.ground,
        label(row.responsible, asked.language),
        day(row.due_on),
        label(last.step, asked.language) if last else "",
        moment(last.at) if last else "",
    )


def measures(asked: PackAsked) -> Section:
    """What was said to places: talks, circulars, praise."""
    rows = MeasureTaken.objects.filter(
        place__path__startswith=asked.path, day__gte=asked.first, day__lte=asked.last, at__lte=asked.at
    ).select_related("place")
    return Section(
        "measures",
        ("约谈与通报", "Talks and circulars"),
        ("由人决定并登记，系统不自动产生。", "Decided and recorded by people; none is automatic."),
        (
            ("方式", "measure"),
            PLACE,
            ("日期", "day"),
            ("对象", "who"),
            ("事由", "reason"),
            ("文号", "number"),
        ),
        [
            (label(row.kind, asked.language), row.place.name, day(row.day), row.who, row.reason, row.number)
            for row in rows.order_by("day", "pk")
        ],
    )


def recognition(asked: PackAsked) -> Section:
    """Classes, grades and schools that were put forward, and what was decided."""
    rows = (
        RecognitionAsked.objects.filter(
            place__path__startswith=asked.path, at__gte=asked.begin, at__lte=asked.at
        )
        .select_related("place", "class_group", "decided")
        .order_by("at", "pk")
    )
    return Section(
        "recognition",
        ("评选", "Recognition"),
        (
            "申报时的事实（结果与报送分开）留在系统内；这里列申报和决定。",
            "The facts of the moment stay in the system, outcome and reporting apart; here is what was "
            "decided.",
        ),
        (
            ("项目", "kind"),
            PLACE,
            ("班级或年级", "class or grade"),
            ("起", "first"),
            ("止", "last"),
            ("申报", "asked"),
            ("决定", "decision"),
            ("说明", "note"),
        ),
        [_recognised(row, asked) for row in rows],
    )


def _recognised(row: RecognitionAsked, asked: PackAsked) -> tuple[str, ...]:
    decided = getattr(row, "decided", None)
    grade = said((f"{row.grade}年级", f"grade {row.grade}"), asked.language) if row.grade else ""
    return (
        label(row.kind, asked.language),
        row.place.name,
        row.class_group.name if row.class_group else grade,
        day(row.first),
        day(row.last),
        moment(row.at),
        label(decided.decision, asked.language) if decided else "",
        decided.note if decided else "",
    )
