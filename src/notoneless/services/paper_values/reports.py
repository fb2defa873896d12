"""Reports upward about one child, and the statement of who owes what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from notoneless.core.paper_terms import PaperKind
from notoneless.core.policy.pack import ClauseKind, Duty
from notoneless.core.terms import Act, PlaceKind, Post
from notoneless.core.time_limit import label
from notoneless.records.models import LIVE, ActRecord, Obligation, OnRoll, PaperIssued, Place
from notoneless.records.packs import packs_at
from notoneless.records.scopes import during
from notoneless.services.paper_values.about import nothing_for
from notoneless.services.paper_values.case import of_case, persuasion, persuasions
from notoneless.services.paper_values.days import day_in_china, day_of
from notoneless.services.paper_values.doings import MEASURES, acts_of, measure, visits_of
from notoneless.services.paper_values.filling import Filling, office
from notoneless.services.paper_values.notices import signed
from notoneless.services.paper_values.pupil import NOT_KNOWN, school_year, township_of
from notoneless.services.paper_values.spell import away_of, missing
from notoneless.services.paper_values.value import NONE, Row, Value, Values
from notoneless.services.posts import exists_at
from notoneless.services.refusals import Refusal

_TOWN = (Post.TOWNSHIP, Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE)
_BUREAU = (Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE)
_LEVEL_ABOVE = {PlaceKind.TOWNSHIP: "county", PlaceKind.COUNTY: "city"}
ASK_TOWN, ASK_BUREAU = "会同村（居）民委员会上门劝返。", "依法督促监护人送学生返校。"


def dropout(filling: Filling) -> Values:
    """辍学学生情况报告表."""
    case = of_case(filling)
    return {
        **case,
        "辍学原因": case["原因"],
        "上报单位": filling.office,
        "上报日期": day_of(filling.today),
        "措施": measures(filling),
    }


def to_township(filling: Filling) -> Values:
    """疑似辍学书面报告: what the school found, did, and asks of the township."""
    town = township_of(filling.child, filling.today)
    return {
        **_report(filling),
        "主送": office(town) if town else "乡镇人民政府",
        "措施": measures(filling),
        "请求事项": _asked(filling, _TOWN) or ASK_TOWN,
    }


def to_bureau(filling: Filling) -> Values:
    """劝返无效书面报告: every persuasion so far, and what the township knows."""
    acts = persuasions(filling.about.case)
    if not acts:
        raise nothing_for(filling.about.kind, filling.child.name)
    visits = visits_of(acts)
    county = filling.place.above(PlaceKind.COUNTY)
    return {
        **_report(filling),
        "主送": office(county) if county else "县教育局",
        "劝返": [persuasion(act, visits.get(act.pk)) for act in acts],
        "已报乡镇": _told_township(filling),
        "请求事项": _asked(filling, _BUREAU) or ASK_BUREAU,
    }


def measures(filling: Filling) -> list[Row]:
    """What was done since the absence began, else since the case was opened."""
    since = away_of(filling.child, filling.as_of).since or day_in_china(filling.about.case.opened_at)
    acts = acts_of(filling.child, MEASURES, since)
    visits = visits_of(acts)
    return [measure(act, visits.get(act.pk)) for act in acts]


def _report(filling: Filling) -> dict[str, Value]:
    away = missing(filling.child, filling.about.kind, filling.as_of)
    return {
        **of_case(filling),
        **signed(filling),
        "末次到校日": day_of(away.last_seen) or NOT_KNOWN,
        "截止日": day_of(filling.today),
    }


def _asked(filling: Filling, posts: tuple[Post, ...]) -> str:
    """What the policies in force oblige those posts to do about the child and is not done yet."""
    rows = Obligation.objects.filter(child=filling.child, who__in=posts, state__in=LIVE).order_by("due_at")
    said = [f"{row.who.zh}{row.act.zh}" for row in rows]
    return "、".join(dict.fromkeys(said)) + "。" if said else ""


def _told_township(filling: Filling) -> str:
    papers = PaperIssued.objects.filter(
        child=filling.child, kind=PaperKind.REPORT_TO_TOWNSHIP, replaced_by__isnull=True
    ).order_by("at")
    said = [f"{day_of(day_in_china(row.at))}以{row.numbered}报告" for row in papers]
    acts = ActRecord.objects.filter(child=filling.child, act__in=(Act.REPORT, Act.WRITTEN_REPORT))
    told = acts.filter(to_post=Post.TOWNSHIP).order_by("happened_at")
    said = said or [f"{day_of(day_in_china(act.happened_at))}{act.act.zh}" for act in told]
    return "；".join(said) or NONE


# The statement.


def statement(filling: Filling) -> Values:
    """控辍保学责任书 of the issuing place and one below it, with what the policies oblige the latter to."""
    lower = filling.school
    if lower == filling.place:
        raise Refusal(
            "SAME_PLACE",
            "责任书由上下两级签订；请选一个下级单位。",
            "A statement is signed by two levels; choose an office below yours.",
        )
    return {
        "学年": school_year(filling.about.day or filling.today),
        "甲方": filling.office,
        "乙方": office(lower),
        "在册学生数": str(_pupils(lower, filling.today)),
        "目标": _targets(lower),
        "职责": list(_duties(lower)),
    }


def _pupils(place: Place, on: date) -> int:
    inside = Q(school__path__startswith=place.path or "?")
    return OnRoll.objects.filter(during(on), inside).values("child").distinct().count()


def _targets(place: Place) -> str:
    """The targets that the policies in force name, each once: 全校年流失率控制在 2% 以下。"""
    packs = packs_at(place)
    said = [rule.says for rule in packs.target_rules()]
    said += [
        clause.says
        for pack, _, _ in packs.layers
        for clause in pack.other_clauses
        if clause.kind is ClauseKind.TARGET
    ]
    return "".join(dict.fromkeys(each.rstrip("。") + "。" for each in said))


def _owed(duty: Duty) -> str:
    """报告教导处; 编制报表（报县教育局）."""
    if duty.to is None:
        return duty.act.zh
    told = duty.act in (Act.REPORT, Act.WRITTEN_REPORT, Act.HAND_OVER)
    return f"{duty.act.zh}{duty.to.zh}" if told else f"{duty.act.zh}（报{duty.to.zh}）"


def _duties(place: Place) -> Iterator[Row]:
    above = _LEVEL_ABOVE.get(place.kind, "township")
    for bound in packs_at(place).rules:
        for duty in bound.rule.obliges:
            if exists_at(above, duty.who):
                continue  # not of this office and what lies below it
            yield {
                "情形": bound.rule.says,
                "应做的事": _owed(duty),
                "时限": label(duty.by),
                "责任岗位": duty.who.zh,
            }
