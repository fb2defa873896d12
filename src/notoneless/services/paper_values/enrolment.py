"""Papers about a child's place at school: a change of it, and the card of its family."""

from __future__ import annotations

from datetime import timedelta

from notoneless.core.terms import ChangeKind, ChangeStep, Paper, Post
from notoneless.records.models import ChangeStepTaken, ClassGroup, EnrolmentChange, Pairing, PostHeld
from notoneless.records.scopes import live
from notoneless.services.finding import last_class
from notoneless.services.paper_values.days import day_in_china, day_of, short_day
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.pupil import NOT_KNOWN, guardians, person, school_year
from notoneless.services.paper_values.value import NONE, Row, Values, contact, joined

ONE_DAY = timedelta(days=1)
_CHOSEN = (ChangeStep.SCHOOL_AGREED, ChangeStep.RECEIVER_CONFIRMED)


def change(filling: Filling) -> Values:
    """学籍异动申请表."""
    row = filling.about.row
    assert isinstance(row, EnrolmentChange)
    steps = list(row.steps.select_related("by", "class_group").order_by("at", "pk"))
    asked = next((step for step in steps if step.step is ChangeStep.ASKED), None)
    agreed = next((step for step in steps if step.step is ChangeStep.BUREAU_AGREED), None)
    before, after = last_class(filling.child, row.from_day - ONE_DAY), _class_after(row, steps)
    papers = [Paper(code) for step in steps for code in step.papers]  # type: ignore[call-arg]
    return {
        **person(filling.child, filling.today),
        **_schools(row),
        "申请日期": day_of(day_in_china(asked.at)) if asked else "",
        "异动类别": row.kind.zh,
        "异动日期": short_day(row.from_day) + (f" 至 {short_day(row.until)}" if row.until else ""),
        "原年级班级": before.name if before else "",
        "现年级班级": after.name if after else "",
        "异动原因": row.reason,
        "异动说明": "；".join(step.note for step in steps if step.note),
        "证明材料": joined(dict.fromkeys(papers)) or NONE,
        "经办人": asked.by.name if asked else "",
        "审批日期": day_of(day_in_china(agreed.at)) if agreed else "",
        "审批文号": "",
    }


def _schools(row: EnrolmentChange) -> dict[str, str]:
    """Where the child comes from and goes to; a school that is not kept here has no code."""
    came_in = row.kind is ChangeKind.TRANSFER_IN and row.school is None
    return {
        "来源学校": row.school.name if row.school else (row.elsewhere if came_in else ""),
        "来源学校码": row.school.code if row.school else "",
        "去向学校": row.receiver.name if row.receiver else ("" if came_in else row.elsewhere),
        "去向学校码": row.receiver.code if row.receiver else "",
    }


def _class_after(row: EnrolmentChange, steps: list[ChangeStepTaken]) -> ClassGroup | None:
    return next((step.class_group for step in steps if step.step in _CHOSEN and step.class_group), None)


def family_card(filling: Filling) -> Values:
    """学生家庭联系卡."""
    child, today = filling.child, filling.today
    group = last_class(child, today)
    teachers = _holding(Post.CLASS_TEACHER, filling, class_group=group) if group else []
    office = _holding(Post.SCHOOL_OFFICE, filling, place=group.school) if group else []
    helpers = Pairing.objects.filter(child=child, ended__isnull=True, from_day__lte=today)
    rows: list[Row] = [
        {"姓名": contact(each.name), "关系": contact(each.relation), "电话": contact(each.phone)}
        for each in guardians(child)
    ]
    return {
        **person(child, today),
        "学年": school_year(today),
        "班主任": "、".join(each.person.name for each in teachers) or NOT_KNOWN,
        "班主任电话": "、".join(each.person.phone for each in teachers if each.person.phone) or NOT_KNOWN,
        "学校电话": "、".join(each.person.phone for each in office if each.person.phone) or NOT_KNOWN,
        "结对帮扶人": "、".join(each.helper.name for each in helpers.select_related("helper")) or NONE,
        "监护人": rows,
    }


def _holding(post: Post, filling: Filling, **where: object) -> list[PostHeld]:
    """Who holds the post there today."""
    rows = PostHeld.objects.filter(live(filling.today), post=post, **where)
    return list(rows.select_related("person").order_by("pk"))
