"""Papers about one visit: who went, what was said and agreed, who signed."""

from __future__ import annotations

from collections.abc import Iterable

from notoneless.core.case_terms import VisitItem
from notoneless.core.terms import Act
from notoneless.exchange.papers.filling import Picture
from notoneless.records.access import Fields
from notoneless.records.models import ActRecord, Visit
from notoneless.services.paper_values.days import short_day, short_stamp
from notoneless.services.paper_values.doings import acts_of, case_of, evidence_of, flags_of, participant
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.pupil import person
from notoneless.services.paper_values.signature import png_of
from notoneless.services.paper_values.value import NONE, Only, Row, Text, Value, Values

GUARDIAN, WRITER, VILLAGE = "家长", "记录人", "村委会"
_ITEMS = {
    "在校表现": VisitItem.AT_SCHOOL,
    "在家情况": VisitItem.AT_HOME,
    "家庭情况": VisitItem.FAMILY,
    "教育方法": VisitItem.METHODS,
    "亲子关系": VisitItem.PARENT_CHILD,
    "情感交流": VisitItem.FEELINGS,
}


def visit_record(filling: Filling) -> Values:
    """家访记录表."""
    visit = _visit(filling)
    act = visit.act
    told = {mark: _private(act, visit.items.get(item.value, "")) for mark, item in _ITEMS.items()}
    return {
        **person(filling.child, filling.today),
        **told,
        "走访方式": visit.kind.zh,
        "存疑说明": flags_of(act),
        "时间": short_stamp(act.happened_at),
        "地点": _where(visit),
        "预约": _appointment(visit),
        "走访人": "、".join(_people(visit)),
        "事由": visit.trigger.zh,
        "目的": _private(act, visit.purpose),
        "了解到的情况": _private(act, visit.findings or act.note),
        "家长意见": _private(act, visit.guardian_view),
        "学生意见": _private(act, visit.child_view),
        "达成措施": _private(act, visit.agreed),
        "下次跟进": short_day(act.next_contact_on),
        "家长签名": signature(visit, GUARDIAN),
        "走访人签名": signature(visit, WRITER),
    }


def persuasion_record(filling: Filling) -> Values:
    """劝返记录表."""
    visit = _visit(filling)
    act, case = visit.act, case_of(filling.child)
    earlier = acts_of(filling.child, (Act.PERSUADE,), case.opened_at.date() if case else None)
    number = sum(each.happened_at <= act.happened_at for each in earlier)
    return {
        **person(filling.child, filling.today),
        "单位": filling.office,
        "个案编号": case.number if case else "未立案",
        "存疑说明": flags_of(act),
        "次序": f"第 {max(number, 1)} 次",
        "日期": short_stamp(act.happened_at),
        "方式": visit.kind.zh,
        "对象": spoken_to(visit),
        "地点": _where(visit),
        "参与人员": _participants(visit),
        "谈话要点": _private(act, visit.findings or act.note),
        "学生意见": _private(act, visit.child_view),
        "家长意见": _private(act, visit.guardian_view),
        "承诺返校日": short_day(visit.promised_on),
        "结果": act.outcome.zh,
        "佐证": evidence_of(act) or NONE,
        "记录人签名": signature(visit, WRITER),
        "家长签名": signature(visit, GUARDIAN),
        "村委会签名": signature(visit, VILLAGE),
    }


def spoken_to(visit: Visit) -> str:
    """对象: whose words or signature the visit holds."""
    signed = {each.signs_as for each in visit.signatures.all()}
    whom = ["学生"] if visit.child_view else []
    whom += ["监护人"] if visit.guardian_view or GUARDIAN in signed else []
    return "、".join(whom) or "监护人"


def signature(visit: Visit, signs_as: str) -> Value:
    """The strokes given on a screen as a picture; "" leaves the box to the pen."""
    given = [each for each in visit.signatures.all() if each.signs_as == signs_as]
    return Picture(png_of(given[-1].strokes)) if given else ""


def _visit(filling: Filling) -> Visit:
    visit = filling.about.row
    assert isinstance(visit, Visit)
    return visit


def _private(act: ActRecord, text: str) -> Text:
    return Only(Fields.NOTES, text) if act.private and text else text


def _where(visit: Visit) -> Text:
    parts = [visit.village.name if visit.village else "", visit.where]
    return Only(Fields.CONTACT, " ".join(filter(None, parts)))


def _appointment(visit: Visit) -> str:
    if visit.appointed_at is None:
        return "未预约"
    return " ".join(filter(None, (short_stamp(visit.appointed_at), visit.appointed_how)))


def _people(visit: Visit) -> Iterable[str]:
    act = visit.act
    yield f"{act.by.name}（{act.by_post.zh}）"
    yield from (participant(each) for each in visit.people.all() if each.person_id != act.by_id)
    if act.participants:
        yield act.participants


def _participants(visit: Visit) -> list[Row]:
    act = visit.act
    rows: list[Row] = [{"姓名": act.by.name, "岗位": act.by_post.zh, "单位": ""}]
    for each in visit.people.all():
        if each.person_id == act.by_id:
            continue
        name = each.name or (each.person.name if each.person else "")
        rows.append({"姓名": name, "岗位": each.post.zh if each.post else "", "单位": each.unit})
    if act.participants:
        rows.append({"姓名": act.participants, "岗位": "", "单位": ""})
    return rows
