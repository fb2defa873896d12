"""Papers about support: tuition at home, pairings, relief from cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from notoneless.core.case_terms import PairingPurpose
from notoneless.records.access import Fields
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    Pairing,
    PairingContact,
    PairingEnded,
    ReliefAsked,
    ReliefDecided,
    TuitionGiven,
    TuitionPlan,
    TuitionReviewed,
)
from notoneless.records.packs import packs_at
from notoneless.services.finding import last_class
from notoneless.services.paper_values.days import day_in_china, day_of, short_day
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.pupil import NOT_KNOWN, person
from notoneless.services.paper_values.value import Only, Row, Text, Values

_OF_HARDSHIP = (PairingPurpose.HARDSHIP, PairingPurpose.LEFT_BEHIND)


def home_tuition(filling: Filling) -> Values:
    """送教上门一生一案: the plan of a school year with every time the child was taught."""
    plan = filling.about.row
    assert isinstance(plan, TuitionPlan)
    given = list(plan.given.filter(superseded_by__isnull=True).order_by("day", "pk"))
    least = packs_at(plan.school).tuition()
    route = plan.route
    return {
        **person(filling.child, filling.today),
        "学年": f"{plan.school_year}—{plan.school_year + 1}",
        "送教依据": f"{route.approved_by} {route.paper}".strip() if route else NOT_KNOWN,
        "监护人同意": plan.agreed_by_guardian or NOT_KNOWN,
        "评估": Only(Fields.HEALTH, plan.assessment),
        "目标": plan.goals,
        "内容": plan.content,
        "每周次数": _plain(plan.times_a_week),
        "每次课时": _plain(plan.lessons_each),
        "送教教师": "、".join(each.name for each in plan.teachers.order_by("pk")),
        "已送课时": _plain(sum((each.lessons for each in given), Decimal(0))),
        "最低课时": str(least.lessons_a_year) if least else "未规定",
        "送教次数": str(len(given)),
        "送教": [_lesson(each) for each in given],
        "评估记录": [_review(each) for each in plan.reviews.select_related("by").order_by("at", "pk")],
    }


def _lesson(given: TuitionGiven) -> Row:
    return {
        "日期": short_day(given.day),
        "教师": given.teachers,
        "课时": _plain(given.lessons),
        "内容": given.content,
        "反应": given.response,
        "家长在场": "是" if given.guardian_there else "否",
    }


def pairing_ledger(filling: Filling) -> Values:
    """结对帮扶台账: a line for each contact of this term's pairings, and for each pairing without one."""
    first, last, term = _term(filling)
    pairings = Pairing.objects.filter(from_day__lte=last).exclude(ended__until__lte=first)
    rows: list[Row] = []
    count = 0
    for pairing in pairings.select_related("child", "helper").order_by("from_day", "pk"):
        group = last_class(pairing.child, filling.today)
        if group is None or not filling.school.contains(group.school):
            continue
        count += 1
        rows.extend(_pairing_rows(pairing, group.name))
    return {"学校": filling.school.name, "学期": term, "结对数": str(count), "结对": rows}


def _pairing_rows(pairing: Pairing, class_name: str) -> list[Row]:
    ended = PairingEnded.objects.filter(pairing=pairing).first()
    until = short_day(ended.until) if ended else ""
    head: dict[str, Text] = {
        "帮扶人": pairing.helper.name,
        "帮扶人身份": pairing.helper_is,
        "学生姓名": pairing.child.name,
        "年级班级": class_name,
        "类别": _category(pairing),
        "起止": f"{short_day(pairing.from_day)}起" + (f"至{until}" if until else ""),
        "期末评价": ended.evaluation if ended else "",
    }
    contacts = pairing.contacts.select_related("act").order_by("act__happened_at", "pk")
    return [{**head, **_contact(each)} for each in contacts] or [{**head, **NO_CONTACT}]


NO_CONTACT: Row = {"日期": "", "方式": "", "内容": "尚无帮扶记录", "成效": ""}


def _contact(each: PairingContact) -> Row:
    content: Text = each.content or each.act.note
    if each.act.private and content:
        content = Only(Fields.NOTES, str(content))
    return {
        "日期": short_day(day_in_china(each.act.happened_at)),
        "方式": each.way.zh,
        "内容": content,
        "成效": each.effect,
    }


def _category(pairing: Pairing) -> Text:
    """Why a child is helped; hardship only for whoever must know."""
    said = pairing.purpose.zh
    return Only(Fields.HARDSHIP, said) if pairing.purpose in _OF_HARDSHIP else said


def _term(filling: Filling) -> tuple[date, date, str]:
    """The term of today, or the last one before: its first and last day and its name."""
    terms = county_calendar().terms
    begun = [term for term in terms if term.first_day <= filling.today]
    term = begun[-1] if begun else terms[0]
    return term.first_day, term.last_day, term.name


def relief(filling: Filling) -> Values:
    """困难学生减免资助申请表; what was asked and decided is for those who must know of the hardship."""
    asked = filling.about.row
    assert isinstance(asked, ReliefAsked)
    decided = ReliefDecided.objects.filter(asked=asked).select_related("by").first()
    span = (
        f"{short_day(decided.from_day)}至{short_day(decided.until)}" if decided and decided.from_day else ""
    )
    return {
        **person(filling.child, filling.today),
        "学年": f"{asked.school_year}—{asked.school_year + 1}",
        "申请日期": day_of(day_in_china(asked.at)),
        "申请类别": asked.kind.zh,
        "费用项目": asked.of,
        "申请金额": _hardship(yuan(asked.fen)),
        "申请理由": _hardship(asked.reason),
        "申请人": f"{asked.by.name}（{asked.by_post.zh}）",
        "审批结果": decided.decision.zh if decided else "",
        "核定金额": _hardship(yuan(decided.fen)) if decided else "",
        "起止": span,
        "审批人": f"{decided.by.name}（{decided.by_post.zh}）" if decided else "",
        "审批日期": day_of(day_in_china(decided.at)) if decided else "",
        "审批意见": _hardship(decided.note) if decided else "",
    }


def yuan(fen: int | None) -> str:
    """128.50元; empty where it is not money."""
    return f"{fen // 100}.{fen % 100:02d}元" if fen is not None else ""


def _hardship(text: str) -> Text:
    return Only(Fields.HARDSHIP, text) if text else ""


def _review(each: TuitionReviewed) -> Row:
    return {"日期": short_day(day_in_china(each.at)), "评估与改进": each.words, "评估人": each.by.name}


def _plain(number: Decimal) -> str:
    """2, 2.5: without the zeros a column of the table carries."""
    return f"{number.normalize():f}"
