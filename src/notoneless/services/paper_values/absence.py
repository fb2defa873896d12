"""Papers about absence: the day's register, a spell's report, the month's list, and that there was none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from notoneless.core.terms import Act, ActOutcome, AttendanceStatus, PlaceKind, Stage
from notoneless.records.access import Fields
from notoneless.records.constants import of_classes
from notoneless.records.histories import expected
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    Case,
    Child,
    ClassGroup,
    Enrolment,
    OnRoll,
    Place,
    RollCall,
)
from notoneless.records.scopes import during
from notoneless.services.finding import last_class
from notoneless.services.paper_values.days import day_of, month_of, short_day, short_moment, short_stamp
from notoneless.services.paper_values.doings import (
    CONTACTS,
    VISITS,
    acts_of,
    found,
    guarded,
    reason_of,
    visits_of,
    way,
    who,
)
from notoneless.services.paper_values.filling import Filling, office
from notoneless.services.paper_values.pupil import person
from notoneless.services.paper_values.spell import away_of
from notoneless.services.paper_values.value import NONE, Only, Row, Text, Values
from notoneless.services.refusals import Refusal

GONE = (Stage.SUSPECTED_DROPOUT, Stage.DROPOUT)
NOT_THERE = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE)
ONE_DAY = timedelta(days=1)


# A day.


def register(filling: Filling) -> Values:
    """未到校学生情况登记表: whom the day's roll calls did not find, and what was done about it."""
    day = _day(filling)
    classes = _classes(filling.school, day)
    calls = _first_calls(classes, day)
    away = sum(call.absent + call.leave + call.unrecorded for call in calls.values())
    due = sum(call.expected for call in calls.values())
    silent = [each.name for each in classes if each.pk not in calls]
    return {
        "学校": filling.school.name,
        "日期": day_of(day),
        "应到": str(due),
        "实到": str(due - away),
        "未点名班级": "、".join(silent) or NONE,
        "名单": _away_on(classes, day),
    }


def _first_calls(classes: Iterable[ClassGroup], day: date) -> dict[int, RollCall]:
    """Each class's first roll call of the day."""
    calls = RollCall.objects.filter(class_group__in=list(classes), day=day, standing=True)
    return {call.class_group_id: call for call in calls.order_by("-taken_at")}


def _away_on(classes: Iterable[ClassGroup], day: date) -> list[Row]:
    names = {each.pk: each.name for each in classes}
    seats = dict(
        Enrolment.objects.filter(during(day), class_group__in=names).values_list("child", "class_group")
    )
    marks = AttendanceMark.objects.filter(day=day, child__in=seats, speaks=True)
    corrected = set(marks.filter(supersedes__isnull=False).values_list("supersedes", flat=True))
    rows: dict[object, AttendanceMark] = {}
    for mark in marks.select_related("child", "roll_call__taken_by").order_by("at", "pk"):
        if mark.pk not in corrected and mark.status in NOT_THERE:
            rows.setdefault(mark.child_id, mark)
    ordered = sorted(rows.values(), key=lambda mark: (names[seats[mark.child_id]], mark.child.name))
    return [_away_row(mark, names[seats[mark.child_id]], day) for mark in ordered]


def _away_row(mark: AttendanceMark, class_name: str, day: date) -> Row:
    acts = [act for act in acts_of(mark.child, (*CONTACTS, *VISITS, Act.REPORT), day) if _on(act, day)]
    reached = [act for act in acts if act.act is not Act.REPORT]
    first = reached[0] if reached else None
    told = next((act for act in acts if act.act is Act.REPORT), None)
    return {
        "班级": class_name,
        "姓名": mark.child.name,
        "是否请假": "是" if mark.status is AttendanceStatus.LEAVE else "否",
        "原因": mark.reason.zh if mark.reason else "",
        "联系人": first.by.name if first else "",
        "联系方式": first.act.zh if first else "",
        "联系时间": short_moment(first.happened_at) if first else "",
        "联系结果": guarded(first, found(first, None)) if first else "",
        "去向": _gone(reached),
        "登记人": mark.roll_call.taken_by.name if mark.roll_call else "",
        "接报人": told.to_post.zh if told and told.to_post else "",
    }


def _on(act: ActRecord, day: date) -> bool:
    return act.happened_at.astimezone(act.recorded_at.tzinfo).date() == day


def _gone(acts: Iterable[ActRecord]) -> str:
    known = [act.outcome for act in acts if act.outcome in (ActOutcome.ELSEWHERE, ActOutcome.UNREACHABLE)]
    return known[-1].zh if known else ""


# A spell.


def truancy(filling: Filling) -> Values:
    """学生旷课报告单: one child's absence, who was reached and what a visit found."""
    child = filling.child
    away = away_of(child, filling.as_of)
    if away.spell is None:
        raise Refusal(
            "NO_ABSENCE",
            f"{child.name}没有旷课记录，不能出具《{filling.about.kind.zh}》。",
            f"No absence of {child.name} is recorded, so there is nothing to report.",
        )
    reasons = dict.fromkeys(m.reason.zh for day in away.spell.days for m in day.marks if m.reason)
    return {
        **person(child, filling.today),
        "报告日期": day_of(filling.today),
        "旷课起": short_day(away.spell.start),
        "旷课止": short_day(away.spell.days[-1].day) + ("（仍未到校）" if away.spell.going_on else ""),
        "旷课天数": away.days,
        "旷课节数": str(away.lessons),
        "缺席原因": "、".join(reasons) or "不明",
        "已联系情况": _lines(child, CONTACTS, away.since),
        "家访情况": _lines(child, (*VISITS, Act.PERSUADE), away.since),
    }


def _lines(child: Child, kinds: tuple[Act, ...], since: date | None) -> Text:
    """One line an act; private words make the whole cell one for whoever must know."""
    acts = acts_of(child, kinds, since)
    visits = visits_of(acts)
    full, open_ = [], []
    for act in acts:
        visit = visits.get(act.pk)
        head = f"{short_moment(act.happened_at)} {who(act, visit)} {way(act, visit)}，"
        said = guarded(act, found(act, visit))
        full.append(head + (said.text if isinstance(said, Only) else said))
        open_.append(head + (said.else_ if isinstance(said, Only) else said))
    text, shown = "\n".join(full) or NONE, "\n".join(open_) or NONE
    return text if text == shown else Only(Fields.NOTES, text, shown)


# A month.


def monthly_list(filling: Filling) -> Values:
    """辍学学生月报告单: every child that was a dropout at some moment of the month."""
    first, last = period(filling)
    cases = cases_in(filling.school, first, last, (Stage.DROPOUT,))
    return {
        "学校": filling.school.name,
        "月份": month_of(first),
        "人数": str(len(cases)),
        "报告日期": day_of(filling.today),
        "名单": [_dropout_row(case, last) for case in cases],
    }


def _dropout_row(case: Case, last: date) -> Row:
    child = case.child
    about = person(child, last)
    tried = acts_of(child, (Act.PERSUADE, *VISITS), case.opened_at.date())
    result: Text = "尚未劝返"
    if tried:
        result = guarded(tried[-1], f"已劝返、家访 {len(tried)} 次；{found(tried[-1], None)}")
    return {
        "姓名": child.name,
        "年级班级": about["年级班级"],
        "家长姓名": about["监护人姓名"],
        "家庭住址": about["现住址"],
        "联系电话": about["监护人电话"],
        "辍学原因": reason_of(case),
        "动员返校情况": result,
    }


def nil_report(filling: Filling) -> Values:
    """零报告: refused when anybody was a suspected dropout or a dropout in the month."""
    first, last = period(filling)
    place = filling.school
    if cases := cases_in(place, first, last, GONE):
        raise Refusal(
            "NOT_NIL",
            f"{place.name}{month_of(first)}有 {len(cases)} 名疑似辍学或辍学学生，不能报零；"
            "请出具《辍学学生月报告单》。",
            f"{place.name} had {len(cases)} suspected or confirmed dropouts in {first:%Y-%m}: the report is "
            "not nil; draw up the monthly list.",
        )
    called = _called(place, filling, first, last)
    gap = called.due - called.taken
    return {
        "主送": _above(place),
        "期别": month_of(first),
        "起始日": day_of(first),
        "截止日": day_of(last),
        "在册学生数": str(_on_roll(place, last)),
        "应点名次数": str(called.due),
        "已点名次数": str(called.taken),
        "补充说明": f"另有 {gap} 次点名没有记录，正在核实。" if gap > 0 else "",
        "报送人": filling.person.name,
        "报送时间": short_stamp(filling.as_of),
        "回执号": "",
        "出具单位": filling.office,
        "签发日期": day_of(filling.today),
    }


def period(filling: Filling) -> tuple[date, date]:
    """The first day of the month and its last one so far. Raises Refusal for a month to come."""
    first = _day(filling)
    if first > filling.today:
        raise Refusal("IN_FUTURE", f"{month_of(first)}还没有开始。", f"{first:%Y-%m} has not begun.")
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, min(following - ONE_DAY, filling.today)


def cases_in(place: Place, first: date, last: date, stages: tuple[Stage, ...]) -> list[Case]:
    """The cases of the place's children that stood in one of these stages at some moment of the days."""
    mine = Enrolment.objects.filter(class_group__school__path__startswith=place.path or "?")
    cases = Case.objects.filter(child__in=mine.values("child")).select_related("child")
    found = [case for case in cases.prefetch_related("changes") if _stood(case, first, last, stages)]
    there = {case.pk: last_class(case.child, last) for case in found}
    within = [case for case in found if (group := there[case.pk]) and place.contains(group.school)]
    return sorted(within, key=lambda case: case.number)


def _stood(case: Case, first: date, last: date, stages: tuple[Stage, ...]) -> bool:
    at_start = None
    for change in sorted(case.changes.all(), key=lambda each: (each.at, each.pk)):
        day = change.at.date()
        if day > last:
            break
        if day >= first and change.stage in stages:
            return True
        if day < first:
            at_start = change.stage
    return at_start in stages


class _Called(NamedTuple):
    due: int
    taken: int


def _called(place: Place, filling: Filling, first: date, last: date) -> _Called:
    """How many roll calls were due and taken in these days."""
    classes = _classes(place, last)
    homes = of_classes([each.pk for each in classes])
    due = sum(
        sum(1 for _ in expected(home.calendar, first, last + ONE_DAY, filling.as_of))
        for home in homes.values()
    )
    taken = RollCall.objects.filter(
        class_group__in=classes, day__gte=first, day__lte=last, standing=True
    ).count()
    return _Called(due, taken)


def _on_roll(place: Place, on: date) -> int:
    inside = Q(school__path__startswith=place.path or "?")
    return OnRoll.objects.filter(during(on), inside).values("child").distinct().count()


def _above(place: Place) -> str:
    """To whom a place reports."""
    town = place.above(PlaceKind.TOWNSHIP)
    above = place.above(PlaceKind.COUNTY) if town is None or town == place else town
    return office(above) if above else "上级教育行政部门"


def _classes(place: Place, day: date) -> list[ClassGroup]:
    """The place's classes in which children are enrolled on the day."""
    seated = Enrolment.objects.filter(during(day), class_group__school__path__startswith=place.path or "?")
    return list(ClassGroup.objects.filter(pk__in=seated.values("class_group")).order_by("grade", "name"))


def _day(filling: Filling) -> date:
    if filling.about.day is None:
        raise Refusal("NO_DAY", "请选定日期。", "Choose a day.")
    return filling.about.day
