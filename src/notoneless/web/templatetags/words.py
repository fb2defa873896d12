"""Labels, moments and states as templates print them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.calendar import UnknownSession
from notoneless.core.enrolment import ON_THEIR_OWN_PAGE
from notoneless.core.explain import session_label
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.pack import PolicyPack, Rule
from notoneless.core.terms import Act, ObligationState, Post, Stage, Term
from notoneless.records.calendars import county_calendar
from notoneless.records.models import ActRecord, Obligation, RollCall
from notoneless.records.pack_texts import pack_of
from notoneless.web import words
from notoneless.web.addresses import address
from notoneless.web.codes import term
from notoneless.web.moment import now as moment_now
from notoneless.web.read.lists import OwedLine

register = template.Library()

# Acts that are done to somebody; what others lead to is reported.
GOES_TO = (Act.REPORT, Act.WRITTEN_REPORT, Act.HAND_OVER)


@register.filter
def label(term: Term | str) -> str:
    """The label of a stored code in the reader's language; an empty code has none."""
    return term.label(get_language() or "zh") if isinstance(term, Term) else term


@register.filter
def post_label(code: str) -> str:
    """The label of a post kept as a bare code in a list."""
    return label(term(Post, code))


@register.simple_tag
def due(due_at: datetime, now: datetime) -> str:
    """今天 09:05 前."""
    return words.due_words(due_at, now)


@register.simple_tag
def left(due_at: datetime, now: datetime) -> str:
    """还剩 42 分, or how long past."""
    return words.left_words(due_at, now)


@register.simple_tag
def moment(at: datetime, now: datetime) -> str:
    """今天 08:05."""
    return words.moment_words(at, now)


@register.simple_tag
def day(value: date, now: datetime) -> str:
    """今天, or 11月20日 周五."""
    return words.day_words(value, now.date())


@register.filter
def full_day(value: date) -> str:
    """11月20日 周五."""
    return words.date_words(value)


@register.filter
def short_day(value: date) -> str:
    """11月20日."""
    return words.short_date_words(value)


@register.filter
def clock(at: datetime) -> str:
    """09:05 in China time."""
    return f"{at.astimezone(CHINA_TIME):%H:%M}"


@register.filter
def stamp(at: datetime) -> str:
    """2026-11-20 09:05 in China time."""
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"


@register.filter
def owed(obligation: Obligation | ActRecord) -> str:
    """What is owed or was done, with its addressee: 报告教导处."""
    return owed_words(obligation.act, obligation.to_post or None)


def owed_words(act: Act, to: Post | None) -> str:
    """An act with its addressee: 报告教导处, 编制报表，报县教育局."""
    if to is None:
        return label(act)
    values = {"act": label(act), "post": label(to)}
    return _("%(act)s%(post)s") % values if act in GOES_TO else _("%(act)s，报%(post)s") % values


def pack_and_rule(obligation: Obligation) -> tuple[PolicyPack, Rule] | None:
    """The document and rule of an obligation; None when a later edition of the pack has the rule no more."""
    try:
        pack = pack_of(obligation.pack_id, obligation.pack_version)
        return pack, pack.rule(obligation.rule)
    except (PackError, KeyError):
        return None


@register.filter
def source(obligation: Obligation) -> str:
    """The document and article: 杉树完小控辍保学劝返制度 第一条."""
    found = pack_and_rule(obligation)
    return f"{found[0].title} {found[1].pointer}" if found else f"{obligation.pack_id} {obligation.rule}"


@register.filter
def says(obligation: Obligation) -> str:
    """The clause in our words."""
    found = pack_and_rule(obligation)
    return found[1].says if found else ""


@register.inclusion_tag("web/parts/why.html")
def why(obligation: Obligation, now: datetime) -> dict[str, Any]:
    """The reason, one tap away: clause, our words, how we count, the facts."""
    found = pack_and_rule(obligation)
    return {"o": obligation, "rule": found[1] if found else None, "now": now}


def state(shape: str, word: str) -> SafeString:
    """As web/parts/state.html; a list has a hundred of them, and a template costs ten times as much."""
    return format_html('<span class="state {}">{}</span>', shape, word)


@register.simple_tag
def at(name: str, *ids: UUID) -> str:
    """As `url`, for a row of a long list."""
    return address(name, *ids)


@register.simple_tag
def obligation_state(obligation: Obligation, now: datetime) -> SafeString:
    """Word, shape and colour of an obligation."""
    return state(tone(obligation, now), state_word(obligation, now))


def tone(obligation: Obligation | OwedLine, now: datetime) -> str:
    """The class of the state: overdue, today, open, met, withdrawn."""
    if obligation.state == ObligationState.MET:
        return "met"
    if obligation.state == ObligationState.WITHDRAWN:
        return "withdrawn"
    if obligation.due_at is None:
        return "open"
    if now > obligation.due_at:
        return "overdue"
    return "today" if obligation.due_at.astimezone(CHINA_TIME).date() == now.date() else "open"


def state_word(obligation: Obligation | OwedLine, now: datetime) -> str:
    """The state in a word; what was done late stays late."""
    if obligation.state == ObligationState.MET and obligation.late:
        return _("已办（迟）")
    kind = tone(obligation, now)
    if kind == "overdue":
        return _("逾期")
    return _("今天到期") if kind == "today" else label(obligation.state)


STAGE_TONES = {
    Stage.ATTENDING: "back",
    Stage.AT_RISK: "away",
    Stage.SUSPECTED_DROPOUT: "away",
    Stage.DROPOUT: "away",
    Stage.NEVER_ENROLLED: "away",
    Stage.ENROLLED_ELSEWHERE: "unknown",
    Stage.BACK: "back",
    Stage.HELD: "back",
    Stage.CLOSED: "closed",
}


@register.simple_tag
def stage_state(stage: Stage) -> SafeString:
    """Word, shape and colour of a stage."""
    return state(STAGE_TONES[stage], label(stage))


@register.simple_tag
def said_both(zh: str | tuple[str, str], en: str = "") -> str:
    """What is said in both languages, in the reader's."""
    both = zh if isinstance(zh, tuple) else (zh, en)
    return both[(get_language() or "zh").startswith("en")]


@register.filter
def on_its_own_page(obligation: Obligation) -> bool:
    """Whether it is done on the child's enrolment page."""
    return obligation.act in ON_THEIR_OWN_PAGE


@register.inclusion_tag("web/parts/demo_banner.html", takes_context=True)
def demo_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Says on every page of the demo that the data are made up and what its clock shows."""
    demo = getattr(settings, "DEMO", False)
    return {
        "demo": demo,
        "now": moment_now() if demo else None,
        "person": context.get("person"),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def session_name(code: str) -> str:
    """晨检, 第3节课."""
    try:
        return session_label(county_calendar(), code, get_language() or "zh")
    except UnknownSession:
        return code  # of a calendar that the county had before


@register.filter
def away_in(call: RollCall) -> int:
    """How many a roll call did not find."""
    return call.absent + call.leave + call.unrecorded


@register.filter
def present_in(call: RollCall) -> int:
    """How many a roll call found, the late ones included."""
    return call.expected - away_in(call)


@register.filter
def fact_lines(obligation: Obligation) -> list[str]:
    """The facts that led to it, as they are stored: [id, Chinese, English]."""
    spoken = 2 if (get_language() or "zh").startswith("en") else 1
    return [row[spoken] for row in obligation.facts]
