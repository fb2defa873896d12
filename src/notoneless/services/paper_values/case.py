"""Papers about a case: the ledger of persuasions, the plan, the close-out sheet."""

from __future__ import annotations

from notoneless.core.terms import Act, Post, Stage
from notoneless.records.access import Fields
from notoneless.records.models import (
    ActRecord,
    Case,
    CaseChange,
    CloseOutAsked,
    EvidencePiece,
    Placement,
    PlanMade,
    PlanStep,
    Visit,
)
from notoneless.services.paper_values.days import day_in_china, day_of, short_day, short_stamp
from notoneless.services.paper_values.doings import (
    acts_of,
    evidence_of,
    found,
    guarded,
    reason_of,
    visits_of,
    way,
    whereabouts_of,
    who,
)
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.pupil import NOT_KNOWN, person
from notoneless.services.paper_values.spell import away_of
from notoneless.services.paper_values.value import Only, Row, Text, Value, contact
from notoneless.services.paper_values.visit import spoken_to


def of_case(filling: Filling) -> dict[str, Value]:
    """What every paper about a case says of it."""
    child, case = filling.child, filling.about.case
    away = away_of(child, filling.as_of)
    since = day_in_china(case.opened_at)
    return {
        **person(child, filling.today),
        "单位": filling.office,
        "个案编号": case.number,
        "状态": case.stage.zh,
        "发现日期": short_day(since),
        "末次到校日": short_day(away.last_seen) or NOT_KNOWN,
        "旷课天数": away.days,
        "原因": reason_of(case),
        "去向": whereabouts_of(child, case, since),
        "劝返次数": str(len(persuasions(case))),
    }


def persuasions(case: Case) -> list[ActRecord]:
    """The persuasions of the case in their order, a reopened case's earlier ones too."""
    return acts_of(case.child, (Act.PERSUADE,), day_in_china(case.opened_at))


def ledger(filling: Filling) -> dict[str, Value]:
    """劝返复学台账."""
    acts = persuasions(filling.about.case)
    visits = visits_of(acts)
    rows = [persuasion(act, visits.get(act.pk)) for act in acts]
    return {**of_case(filling), "劝返": rows}


def persuasion(act: ActRecord, visit: Visit | None) -> Row:
    """One persuasion as a line: when, who, how, where, with whom, what was said and what came of it."""
    return {
        "日期": short_day(day_in_china(act.happened_at)),
        "参与人员及单位": who(act, visit),
        "方式": way(act, visit),
        "地点": contact(
            (visit.village.name if visit and visit.village else "") or (visit.where if visit else "")
        ),
        "对象": spoken_to(visit) if visit else "监护人",
        "谈话要点": guarded(act, (visit.findings if visit else "") or act.note),
        "结果": guarded(act, found(act, visit)) if visit is None else act.outcome.zh,
        "学生意见": _private(act, visit.child_view if visit else ""),
        "家长意见": _private(act, visit.guardian_view if visit else ""),
        "承诺返校日": short_day(visit.promised_on) if visit else "",
        "佐证": evidence_of(act),
        "记录人": act.by.name,
    }


def plan(filling: Filling) -> dict[str, Value]:
    """劝返方案（一人一案）: the plan that stands."""
    made = PlanMade.objects.filter(case=filling.about.case).latest("at", "pk")
    steps = made.steps.select_related("person").prefetch_related("done").order_by("number")
    return {
        **of_case(filling),
        "制定日期": day_of(day_in_china(made.at)),
        "复查日期": short_day(made.review_on),
        "目标": made.goal,
        "措施": [_step(each) for each in steps],
    }


def _step(step: PlanStep) -> Row:
    done = sorted(step.done.all(), key=lambda each: each.at)
    said = [f"{each.post.zh} {short_day(day_in_china(each.at))} 已办 {each.note}".strip() for each in done]
    return {
        "措施": step.what,
        "责任岗位": "、".join(Post(code).zh for code in step.posts),  # type: ignore[call-arg]
        "责任人": step.person.name if step.person else "",
        "期限": short_day(step.due_on),
        "落实情况": "；".join(said) or "未办",
    }


def close_out(filling: Filling) -> dict[str, Value]:
    """销号审批表: the last request with its evidence and what the second person said."""
    case = filling.about.case
    asked = CloseOutAsked.objects.filter(case=case).select_related("by").latest("at", "pk")
    review = getattr(asked, "reviewed", None)
    back = CaseChange.objects.filter(case=case, stage=Stage.BACK).order_by("-at").first()
    placed = Placement.objects.filter(case=case).order_by("-at").first()
    pieces = EvidencePiece.objects.filter(pk__in=asked.evidence).order_by("at", "pk")
    return {
        **of_case(filling),
        "返校日期": short_day(day_in_china(back.at)) if back else "",
        "稳定天数": f"{away_of(filling.child, filling.as_of).present} 个上课日",
        "返校安置": placed.kind.zh if placed else "",
        "销号类型": asked.kind.zh,
        "申请说明": asked.note,
        "佐证": [_piece(each) for each in pieces],
        "申请人": asked.by.name,
        "申请岗位": asked.by_post.zh,
        "申请时间": short_stamp(asked.at),
        "复核人": review.by.name if review else "",
        "复核岗位": review.by_post.zh if review else "",
        "复核时间": short_stamp(review.at) if review else "",
        "复核结论": review.decision.zh if review else "待复核",
        "复核意见": review.note if review else "",
        "签发日期": day_of(filling.today),
    }


def _piece(piece: EvidencePiece) -> Row:
    return {
        "佐证": piece.evidence.zh,
        "文号": piece.number,
        "出具单位": piece.issuer,
        "说明": piece.note,
    }


def _private(act: ActRecord, text: str) -> Text:
    return Only(Fields.NOTES, text) if act.private and text else text
