"""What the demo shows of honest reporting: two questions, an inspection with its order, a sample to draw."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from notoneless.core.facts import CHINA_TIME
from notoneless.core.report_terms import InspectionKind, QuestionKind, QuestionOutcome, RecognitionKind
from notoneless.core.terms import Act, ActOutcome, PlaceKind, Post
from notoneless.records.models import (
    ActRecord,
    Child,
    ClassGroup,
    Enrolment,
    Person,
    Place,
    PostHeld,
    Question,
)
from notoneless.services.demo.facts import Holders
from notoneless.services.honesty.asking import answer_question, ask_questions
from notoneless.services.supervision.inspections import add_finding, record_inspection
from notoneless.services.supervision.recognition import ask_recognition
from notoneless.services.supervision.samples import announce_sample, frame

DAY = timedelta(days=1)
KEY = "demo/supervision"
LATE, ALIKE = 6, 4  # calls that were written down days later, and calls in the same words
TEMPLATE = (
    "电话联系家长，了解孩子在家的学习和生活情况，提醒注意交通和用火用电安全，"
    "家长表示会配合学校督促孩子按时到校，有事提前请假。"
)


def add_calls(at: datetime, holders: Holders) -> None:
    """Calls of one class teacher: some written down a week later, some in the same words."""
    group = ClassGroup.objects.filter(school=_first_school()).latest("pk")
    enrolled = Enrolment.objects.filter(class_group=group, until=None).order_by("pk")
    children = [row.child for row in enrolled.select_related("child")[: LATE + ALIKE]]
    by = holders.who(Post.CLASS_TEACHER, group)
    ActRecord.objects.bulk_create([_call(number, child, by, at) for number, child in enumerate(children)])


def load_supervision(*, at: datetime) -> None:
    """Ask what the night asks, let one be answered, inspect a school, announce a sample."""
    night = _at(at - DAY, time(21, 0))
    ask_questions(now=night)
    _answer_late_entries(at)
    school = _first_school()
    _inspect(school, at)
    _announce(at)
    _put_forward(school, at)


def _call(number: int, child: Child, by: int, at: datetime) -> ActRecord:
    late = number < LATE
    happened = _at(at - (9 if late else 2) * DAY, time(16, 10)) + timedelta(minutes=12 * number)
    recorded = _at(at - 3 * DAY, time(17, 30)) if late else happened + timedelta(minutes=5)
    return ActRecord(
        child=child,
        act=Act.CONTACT_GUARDIAN,
        happened_at=happened,
        recorded_at=recorded,
        by_id=by,
        by_post=Post.CLASS_TEACHER,
        outcome=ActOutcome.REACHED,
        note=f"停网期间电话联系，第 {number + 1} 户，孩子在家，一切正常。" if late else TEMPLATE,
        key=f"{KEY}/call/{number}",
    )


def _answer_late_entries(at: datetime) -> None:
    asked = Question.objects.filter(kind=QuestionKind.BACK_DATED, about__isnull=False).order_by("key").last()
    by = _holder(asked.to_post, asked.to_place) if asked else None
    if asked is not None and by is not None:
        note = "村里停网三天，先记在本子上，回校后补录；已对照本子核对。"
        answer_question(by=by, question=asked, outcome=QuestionOutcome.LATE_ENTRY, note=note, at=at)


def _inspect(school: Place, at: datetime) -> None:
    by = _inspector()
    if by is None:
        return
    row = record_inspection(
        by=by,
        kind=InspectionKind.ROUTINE,
        place=school,
        day=(at - 8 * DAY).date(),
        inspectors="县督导室两人",
        subject="点名、家访记录和台账",
        note="抽查六个班一周的点名和近一个月的家访记录，与学生、家长核对。",
        at=_at(at - 7 * DAY, time(10, 0)),
        key=f"{KEY}/inspection",
    )
    for number, (what, ground, days) in enumerate(_FINDINGS):
        add_finding(
            by=by,
            inspection=row,
            what=what,
            ground=ground,
            responsible=Post.PRINCIPAL,
            due_on=(at + days * DAY).date() if days else None,
            at=_at(at - 7 * DAY, time(10, 30)) + timedelta(minutes=number),
            key=f"{KEY}/finding/{number}" if days else None,
        )


_FINDINGS = (
    ("两个班的家访记录只写了“已家访”，看不出和谁谈了什么、约了什么。", "家访记录应写明谈话内容和约定", 7),
    ("留守儿童台账有三名学生的监护人电话已经停用。", "联系卡信息应每学期核对一次", 14),
    ("各班按时点名，请假手续齐全。", "点名制度", 0),
)


def _announce(at: datetime) -> None:
    by, county = _inspector(), Place.objects.get(kind=PlaceKind.COUNTY)
    first, last, moment = (at - 60 * DAY).date(), (at - DAY).date(), _at(at - DAY, time(15, 0))
    rows = frame(county, "VISITS", first, last, moment)
    if by is None or not rows:
        return
    announce_sample(
        by=by,
        place=county,
        of="VISITS",
        first=first,
        last=last,
        size=min(10, len(rows)),
        seed_source="福彩双色球下一期开奖号码",
        seed_on=(at + DAY).date(),
        at=moment,
        key=f"{KEY}/sample",
    )


def _put_forward(school: Place, at: datetime) -> None:
    by = _holder(Post.PRINCIPAL, school)
    if by is not None:
        ask_recognition(
            by=by,
            kind=RecognitionKind.HONEST_REPORTING,
            place=school,
            first=(at - 60 * DAY).date(),
            last=(at - DAY).date(),
            note="本学期辍学苗头都在当天报告，劝返情况逐日可查。",
            at=at,
            key=f"{KEY}/recognition",
        )


def _first_school() -> Place:
    """The one whose principal visitors sign in as."""
    return Place.objects.filter(kind=PlaceKind.SCHOOL).earliest("pk")


def _inspector() -> Person | None:
    county = Place.objects.get(kind=PlaceKind.COUNTY)
    return _holder(Post.SUPERVISION_OFFICE, county) or _holder(Post.COUNTY_BUREAU, county)


def _holder(post: Post, place: Place) -> Person | None:
    held = PostHeld.objects.filter(post=post, place=place, held_until=None).select_related("person").first()
    return held.person if held else None


def _at(moment: datetime, clock: time) -> datetime:
    return datetime.combine(moment.astimezone(CHINA_TIME).date(), clock, CHINA_TIME)
