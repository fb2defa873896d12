"""督导、约谈、通报单: what was inspected at a place on a day, what was found and what followed."""

from __future__ import annotations

from notoneless.core.report_terms import FindingStep
from notoneless.records.models import Inspection, InspectionFinding, MeasureTaken
from notoneless.services.paper_values.about import nothing_for
from notoneless.services.paper_values.days import day_of, short_day
from notoneless.services.paper_values.filling import Filling
from notoneless.services.paper_values.value import NONE, Row, Values
from notoneless.services.supervision.inspections import standing


def inspection_sheet(filling: Filling) -> Values:
    """All inspections of the place on the day in one sheet. Raises Refusal when there was none."""
    day = filling.about.day or filling.today
    inspections = list(Inspection.objects.filter(place=filling.school, day=day).order_by("at"))
    if not inspections:
        raise nothing_for(filling.about.kind, filling.school.name)
    findings = InspectionFinding.objects.filter(inspection__in=inspections).select_related("place")
    measures = MeasureTaken.objects.filter(finding__inspection__in=inspections)
    same_day = MeasureTaken.objects.filter(finding=None, place=filling.school, day=day)
    return {
        "受督导单位": filling.school.name,
        "督导日期": day_of(day),
        "督导类型": "、".join(dict.fromkeys(each.kind.zh for each in inspections)),
        "督导人员": "；".join(dict.fromkeys(each.inspectors for each in inspections)),
        "督导内容": "；".join(dict.fromkeys(each.subject for each in inspections)),
        "情况记录": "\n".join(each.note for each in inspections if each.note) or NONE,
        "问题": [_finding(each) for each in findings.order_by("inspection__at", "number")],
        "措施": [_measure(each) for each in (measures | same_day).order_by("day", "at")],
        "出具单位": filling.office,
        "签发日期": day_of(filling.today),
    }


def _finding(finding: InspectionFinding) -> Row:
    found = standing(finding)
    checked = found.step in (FindingStep.CONFIRMED, FindingStep.NOT_ENOUGH)
    return {
        "问题": finding.what,
        "依据": finding.ground,
        "责任单位": f"{finding.place.name}{finding.responsible.zh}",
        "整改时限": short_day(found.due_on) or NONE,
        "复查": found.step.zh if checked and found.step else "",
    }


def _measure(measure: MeasureTaken) -> Row:
    return {
        "方式": measure.kind.zh,
        "日期": short_day(measure.day),
        "对象": measure.who,
        "事由": measure.reason,
        "措施文号": measure.number,
    }
