"""What columns say of visits, relief, tips and meetings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from notoneless.core.case_terms import Decision, VisitItem
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Post
from notoneless.records.access import Fields
from notoneless.records.models import PlaceAct, ReliefAsked, ReliefDecided, Tip, Visit
from notoneless.services.ledgers.columns import CELLS, Cell, Says, joined
from notoneless.services.ledgers.entry import Entry
from notoneless.services.ledgers.sources import Sources, as_day

HIDDEN = ("（私密记录）", "(private)")


def _stamp(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}" if at else ""


# Visits.


def _of_visit(says: Callable[[Visit, str], str]) -> Says:
    return lambda s, e, language: says(s.visits[e.source], language) if e.source in s.visits else ""


def _words(says: Callable[[Visit, str], str]) -> Says:
    """Words of a visit; of a private one only for whoever must know."""

    def said(s: Sources, e: Entry, language: str) -> str:
        visit = s.visits.get(e.source)
        if visit is None:
            return ""
        text = says(visit, language)
        if text and visit.act.private and Fields.NOTES not in s.shown:
            return HIDDEN[language.startswith("en")]
        return text

    return said


def _trigger(visit: Visit, language: str) -> str:
    return visit.trigger.label(language) if visit.trigger else ""


def _told(visit: Visit, language: str) -> str:
    items = [f"{VisitItem(code).label(language)}：{said}" for code, said in visit.items.items() if said]  # type: ignore[call-arg]
    return "；".join(filter(None, [visit.purpose, *items, visit.findings or visit.act.note]))


def _others(visit: Visit, language: str) -> str:
    named = [
        " ".join(filter(None, (each.post.label(language) if each.post else "", _name(each))))
        for each in visit.people.all()
        if each.person_id != visit.act.by_id
    ]
    return "、".join([*named, *([visit.act.participants] if visit.act.participants else [])])


def _name(each: object) -> str:
    person = getattr(each, "person", None)
    return getattr(each, "name", "") or (person.name if person else "")


# Relief.


def _of_relief(says: Callable[[ReliefAsked, str], str]) -> Says:
    return lambda s, e, language: says(s.relief[e.source], language) if e.source in s.relief else ""


def _decided(row: ReliefAsked) -> ReliefDecided | None:
    return getattr(row, "decided", None)


def _yuan(fen: int | None) -> str:
    return f"{fen // 100}.{fen % 100:02}" if fen is not None else ""


def _answer(row: ReliefAsked, language: str) -> str:
    found = _decided(row)
    return found.decision.label(language) if found else ("待批" if language.startswith("zh") else "waits")


def _granted(row: ReliefAsked, _: str) -> str:
    found = _decided(row)
    return _yuan(found.fen) if found and found.decision is Decision.AGREED else ""


def _span(row: ReliefAsked, _: str) -> str:
    found = _decided(row)
    return f"{found.from_day} – {found.until}" if found and found.from_day else ""


# Tips, meetings.


def _of_tip(says: Callable[[Tip, str], str]) -> Says:
    return lambda s, e, language: says(s.tips[e.source], language) if e.source in s.tips else ""


def _who_answered(tip: Tip, _: str) -> str:
    return tip.answer.by.name if hasattr(tip, "answer") else ""


def _finding(tip: Tip, language: str) -> str:
    return tip.answer.finding.label(language) if hasattr(tip, "answer") else ""


def _passed_on(tip: Tip, _: str) -> str:
    return "、".join(each.to.name for each in tip.forwarded.all())


def _tip_where(tip: Tip, _: str) -> str:
    return " ".join(filter(None, (tip.place.name, tip.where)))


def _of_act(says: Callable[[PlaceAct, str], str]) -> Says:
    return lambda s, e, language: says(s.place_acts[e.source], language) if e.source in s.place_acts else ""


def _posts(row: PlaceAct, language: str) -> str:
    return joined((Post(code) for code in row.taking_part), language)  # type: ignore[call-arg]


RECORD_CELLS: Mapping[str, Cell] = {
    "走访时间": Cell("When", Fields.BASIC, _of_visit(lambda v, _: _stamp(v.act.happened_at))),
    "走访方式": Cell("How", Fields.BASIC, _of_visit(lambda v, lang: v.kind.label(lang))),
    "走访事由": Cell("Because", Fields.BASIC, _of_visit(_trigger)),
    "走访人": Cell("By", Fields.BASIC, _of_visit(lambda v, _: v.act.by.name)),
    "地点": Cell(
        "Where", Fields.CONTACT, _of_visit(lambda v, _: (v.village.name if v.village else "") or v.where)
    ),
    "家访内容": Cell("Talked about", Fields.BASIC, _words(_told)),
    "家长意见": Cell("The guardian's view", Fields.BASIC, _words(lambda v, _: v.guardian_view)),
    "达成措施": Cell("Agreed", Fields.BASIC, _words(lambda v, _: v.agreed)),
    "结果": Cell("Outcome", Fields.BASIC, _of_visit(lambda v, lang: v.act.outcome.label(lang))),
    "下次联系": Cell("Next contact", Fields.BASIC, _of_visit(lambda v, _: as_day(v.act.next_contact_on))),
    "资助类别": Cell("Kind", Fields.HARDSHIP, _of_relief(lambda r, lang: r.kind.label(lang))),
    "资助项目": Cell("Of", Fields.HARDSHIP, _of_relief(lambda r, _: r.of)),
    "申请金额": Cell("Asked, yuan", Fields.HARDSHIP, _of_relief(lambda r, _: _yuan(r.fen))),
    "审批结果": Cell("Decision", Fields.HARDSHIP, _of_relief(_answer)),
    "批准金额": Cell("Granted, yuan", Fields.HARDSHIP, _of_relief(_granted)),
    "资助期限": Cell("From, until", Fields.HARDSHIP, _of_relief(_span)),
    "线索时间": Cell("Received", Fields.BASIC, _of_tip(lambda t, _: _stamp(t.at))),
    "线索地点": Cell("Where", Fields.BASIC, _of_tip(_tip_where)),
    "线索内容": Cell("Seen", Fields.BASIC, _of_tip(lambda t, _: t.seen)),
    "转办单位": Cell("Passed on to", Fields.BASIC, _of_tip(_passed_on)),
    "办理期限": Cell("Answer by", Fields.BASIC, _of_tip(lambda t, _: _stamp(t.answer_by))),
    "核查结论": Cell("Finding", Fields.BASIC, _of_tip(_finding)),
    "答复": Cell(
        "Answer", Fields.BASIC, _of_tip(lambda t, _: t.answer.words if hasattr(t, "answer") else "")
    ),
    "办理人": Cell("Answered by", Fields.BASIC, _of_tip(_who_answered)),
    "时间": Cell("When", Fields.BASIC, _of_act(lambda a, _: _stamp(a.happened_at))),
    "活动": Cell("What", Fields.BASIC, _of_act(lambda a, lang: a.act.label(lang))),
    "单位": Cell("Place", Fields.BASIC, _of_act(lambda a, _: a.place.name)),
    "对象班级": Cell(
        "Class", Fields.BASIC, _of_act(lambda a, _: a.class_group.name if a.class_group else "")
    ),
    "参加人员": Cell(
        "Taking part",
        Fields.BASIC,
        lambda s, e, lang: _of_visit(_others)(s, e, lang) or _of_act(_posts)(s, e, lang),
    ),
    "主要内容": Cell("About", Fields.BASIC, _of_act(lambda a, _: a.note)),
    "记录人": Cell("Recorded by", Fields.BASIC, _of_act(lambda a, _: a.by.name)),
}
ALL_CELLS: Mapping[str, Cell] = {**CELLS, **RECORD_CELLS}
