"""What each column of a ledger says of a line, with the part of a child's data it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from notoneless.core.case_terms import CaseReason
from notoneless.core.ledger_terms import end_words
from notoneless.core.terms import Evidence, KeyGroup, PlaceKind, Post, Stage, Term
from notoneless.records.access import PURPOSE_FIELDS, Fields
from notoneless.records.models import Child
from notoneless.services.ledgers.entry import Entry
from notoneless.services.ledgers.sources import Sources, as_day

Says = Callable[[Sources, Entry, str], str]
_POOR = (KeyGroup.POVERTY_RELIEVED,)


class Cell(NamedTuple):
    """A column: its English heading, the part of a child's data it belongs to, and what it says."""

    en: str
    fields: Fields
    says: Says


def joined(terms: Iterable[Term], language: str) -> str:
    """The labels in a row."""
    return ("、" if language.startswith("zh") else ", ").join(each.label(language) for each in terms)


# The line itself.


def _number(s: Sources, e: Entry, _: str) -> str:
    line = s.numbers.get(e.key)
    return s.layout.number(line.year, line.number) if line else ""


def _closing_number(s: Sources, e: Entry, _: str) -> str:
    line = s.numbers.get(e.key)
    if line is None or line.closed_year is None or line.closed_number is None:
        return ""
    return s.layout.closing_number(line.closed_year, line.closed_number)


def _earlier(s: Sources, e: Entry, _: str) -> str:
    line = s.numbers.get(e.key)
    before = s.earlier.get(line.pk) if line else None
    return s.layout.number(before.year, before.number) if before else ""


def _proof(s: Sources, e: Entry, language: str) -> str:
    review = s.close_outs.get(e.child) if e.child and not e.is_open else None
    codes = review.act.evidence if review and review.act else ()
    return joined((Evidence(code) for code in codes), language)  # type: ignore[call-arg]


def _reviewer(s: Sources, e: Entry, _: str) -> str:
    review = s.close_outs.get(e.child) if e.child and not e.is_open else None
    return review.by.name if review else ""


# The child.


def _of_child(says: Callable[[Child, str], str]) -> Says:
    def said(s: Sources, e: Entry, language: str) -> str:
        child = s.children.get(e.child) if e.child else None
        return says(child, language) if child else ""

    return said


def _identity(s: Sources, e: Entry, _: str) -> str:
    child = s.children.get(e.child) if e.child else None
    if child is None:
        return ""
    return child.identity_no() if s.whole_identity else child.identity_no_masked()


def _guardians(s: Sources, e: Entry, _: str) -> str:
    rows = s.guardians.get(e.child, ()) if e.child else ()
    return "；".join(f"{g.name}（{g.relation}）" if g.relation else g.name for g in rows)


def _phones(s: Sources, e: Entry, _: str) -> str:
    return "；".join(g.phone for g in s.guardians.get(e.child, ()) if g.phone) if e.child else ""


def _groups(s: Sources, e: Entry, language: str) -> str:
    return joined(s.groups.get(e.child, ()), language) if e.child else ""


def _relieved(s: Sources, e: Entry, language: str) -> str:
    relieved = e.child is not None and any(group in _POOR for group in s.groups.get(e.child, ()))
    return ("是" if language.startswith("zh") else "yes") if relieved else ""


def _stage(s: Sources, e: Entry, language: str) -> str:
    return s.stages.get(e.child, Stage.ATTENDING).label(language) if e.child else ""


def _schooling(s: Sources, e: Entry, language: str) -> str:
    """在校, or what explains that the child is not."""
    if e.child in s.attending:
        return Stage.ATTENDING.label(language)
    return _why(s, e, language) or ("未在校" if language.startswith("zh") else "not at school")


def _why(s: Sources, e: Entry, language: str) -> str:
    return s.why_away.get(e.child, ("", ""))[language.startswith("en")] if e.child else ""


def _why_out(s: Sources, e: Entry, language: str) -> str:
    return "" if e.child in s.attending else _reason(s, e, language) or _why(s, e, language)


def _class(s: Sources, e: Entry, _: str) -> str:
    group = s.classes.get(e.where.class_group) if e.where.class_group else None
    return group.name if group else ""


def _heads(s: Sources, e: Entry, language: str) -> str:
    posts = ((Post.CLASS_TEACHER, e.where.class_group or 0), (Post.PRINCIPAL, e.where.place))
    named = [(post, s.heads[post, spot]) for post, spot in posts if (post, spot) in s.heads]
    return "；".join(f"{post.label(language)} {name}" for post, name in named)


# The case.


def _last_seen(s: Sources, e: Entry, _: str) -> str:
    away = s.aways.get(e.child) if e.child else None
    return as_day(away.last_seen) if away and away.last_seen else ""


def _days_away(s: Sources, e: Entry, _: str) -> str:
    away = s.aways.get(e.child) if e.child else None
    return away.days if away and away.spell else ""


def _reason(s: Sources, e: Entry, language: str) -> str:
    row = s.reasons.get(e.child) if e.child else None
    return joined((CaseReason(code) for code in row.reasons), language) if row else ""  # type: ignore[call-arg]


def _gone_where(s: Sources, e: Entry, language: str) -> str:
    acts = s.persuasions.get(e.child, ()) if e.child else ()
    return acts[-1].outcome.label(language) if acts else ""


def _persuaded(s: Sources, e: Entry, _: str) -> str:
    return str(len(s.persuasions.get(e.child, ()))) if e.child else ""


def _last_persuasion(s: Sources, e: Entry, language: str) -> str:
    acts = s.persuasions.get(e.child, ()) if e.child else ()
    if not acts:
        return ""
    last = acts[-1]
    return f"{as_day(last.happened_at)} {last.by.name} {last.outcome.label(language)}"


def _reported(s: Sources, e: Entry, _: str) -> str:
    acts = s.reports.get(e.child, ()) if e.child else ()
    return as_day(acts[-1].happened_at) if acts else ""


# Routes and support.


def _route(s: Sources, e: Entry, language: str) -> str:
    route = s.routes.get(e.source)
    if route is None:
        return ""
    until = f" – {route.until}" if route.until else ""
    return f"{route.kind.label(language)} {route.from_day}{until}"


def _plan(s: Sources, e: Entry, _: str) -> str:
    plan = s.plans.get(e.child) if e.child else None
    return plan.goals if plan else ""


def _lessons(s: Sources, e: Entry, _: str) -> str:
    plan = s.plans.get(e.child) if e.child else None
    if plan is None:
        return ""
    given = list(plan.given.all())
    corrected = {row.supersedes_id for row in given}
    return f"{sum((row.lessons for row in given if row.pk not in corrected), start=plan.lessons_each * 0):g}"


def _purpose(s: Sources, e: Entry, language: str) -> str:
    row = s.pairings.get(e.source)
    return row.purpose.label(language) if row and PURPOSE_FIELDS[row.purpose] <= s.shown else ""


def _goal(s: Sources, e: Entry, _: str) -> str:
    row = s.pairings.get(e.source)
    return row.goal if row and PURPOSE_FIELDS[row.purpose] <= s.shown else ""


def _evaluation(s: Sources, e: Entry, _: str) -> str:
    row = s.pairings.get(e.source)
    ended = getattr(row, "ended", None)
    return ended.evaluation if row and ended and PURPOSE_FIELDS[row.purpose] <= s.shown else ""


def _contacts(s: Sources, e: Entry, _: str) -> str:
    row = s.pairings.get(e.source)
    return str(len(row.contacts.all())) if row else ""


def _last_contact(s: Sources, e: Entry, _: str) -> str:
    row = s.pairings.get(e.source)
    moments = [each.act.happened_at for each in row.contacts.all()] if row else []
    return as_day(max(moments)) if moments else ""


CELLS: Mapping[str, Cell] = {
    "编号": Cell("No.", Fields.BASIC, _number),
    "前号": Cell("Earlier no.", Fields.BASIC, _earlier),
    "立账日期": Cell("Opened", Fields.BASIC, lambda s, e, _: as_day(e.opened_on)),
    "发现日期": Cell("Found", Fields.BASIC, lambda s, e, _: as_day(e.opened_on)),
    "销号编号": Cell("Closing no.", Fields.BASIC, _closing_number),
    "销号日期": Cell("Closed", Fields.BASIC, lambda s, e, _: as_day(e.closed_on)),
    "销号类型": Cell("Closed because", Fields.BASIC, lambda s, e, lang: end_words(e.why, lang)),
    "销号证明": Cell("Evidence", Fields.BASIC, _proof),
    "姓名": Cell("Name", Fields.BASIC, _of_child(lambda child, _: child.name)),
    "性别": Cell("Sex", Fields.BASIC, _of_child(lambda c, lang: c.sex.label(lang) if c.sex else "")),
    "出生日期": Cell("Born", Fields.BASIC, _of_child(lambda child, _: as_day(child.birth_on))),
    "身份证件号": Cell("Identity number", Fields.BASIC, _identity),
    "学籍号": Cell("Enrolment number", Fields.BASIC, _of_child(lambda child, _: child.enrolment_no or "")),
    "户籍类型": Cell(
        "Household register", Fields.BASIC, _of_child(lambda child, lang: child.household.label(lang))
    ),
    "乡镇": Cell("Township", Fields.BASIC, lambda s, e, _: s.place_above(e, PlaceKind.TOWNSHIP)),
    "学校": Cell("School", Fields.BASIC, lambda s, e, _: s.place_above(e, PlaceKind.SCHOOL)),
    "班级": Cell("Class", Fields.BASIC, _class),
    "监护人": Cell("Guardians", Fields.CONTACT, _guardians),
    "联系电话": Cell("Telephones", Fields.CONTACT, _phones),
    "现住村组": Cell(
        "Lives in", Fields.CONTACT, lambda s, e, _: s.villages.get(e.child, "") if e.child else ""
    ),
    "特殊类别": Cell("Key groups", Fields.HARDSHIP, _groups),
    "脱贫户": Cell("Out of poverty", Fields.HARDSHIP, _relieved),
    "就读状态": Cell("Schooling", Fields.BASIC, _schooling),
    "学籍所在": Cell(
        "On the roll of", Fields.BASIC, lambda s, e, _: s.rolls.get(e.child, "") if e.child else ""
    ),
    "未入学原因": Cell("Why not at school", Fields.BASIC, _why_out),
    "情况说明": Cell("Because", Fields.BASIC, _why),
    "分类": Cell("Stage", Fields.BASIC, _stage),
    "责任人": Cell("Who answers", Fields.BASIC, _heads),
    "末次到校日": Cell("Last at school", Fields.BASIC, _last_seen),
    "旷课天数": Cell("Days away", Fields.BASIC, _days_away),
    "原因": Cell("Reason", Fields.BASIC, _reason),
    "去向": Cell("Whereabouts", Fields.BASIC, _gone_where),
    "劝返次数": Cell("Persuasions", Fields.BASIC, _persuaded),
    "最近劝返": Cell("Last persuasion", Fields.BASIC, _last_persuasion),
    "上报日期": Cell("Reported", Fields.BASIC, _reported),
    "审核人": Cell("Reviewed by", Fields.BASIC, _reviewer),
    "安置": Cell("Arrangement", Fields.BASIC, _route),
    "批准单位": Cell(
        "Approved by", Fields.BASIC, lambda s, e, _: s.routes[e.source].approved_by if e.source else ""
    ),
    "批准文号": Cell("Document", Fields.BASIC, lambda s, e, _: s.routes[e.source].paper if e.source else ""),
    "方案": Cell("Goals", Fields.HEALTH, _plan),
    "送教课时": Cell("Lessons given", Fields.BASIC, _lessons),
    "帮扶人": Cell(
        "Helper", Fields.BASIC, lambda s, e, _: s.pairings[e.source].helper.name if e.source else ""
    ),
    "帮扶身份": Cell(
        "Helper is", Fields.BASIC, lambda s, e, _: s.pairings[e.source].helper_is if e.source else ""
    ),
    "帮扶目的": Cell("Purpose", Fields.BASIC, _purpose),
    "目标": Cell("Goal", Fields.BASIC, _goal),
    "联系次数": Cell("Contacts", Fields.BASIC, _contacts),
    "最近联系": Cell("Last contact", Fields.BASIC, _last_contact),
    "结束评价": Cell("Evaluation", Fields.BASIC, _evaluation),
}
