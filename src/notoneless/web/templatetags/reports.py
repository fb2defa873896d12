"""What pages say of reports: how far one has come, what waits for whom, and the way to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.policy.report_rules import Span
from notoneless.core.report_terms import OnTime, ReportStep
from notoneless.core.reporting import Column
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Person, Place
from notoneless.records.scopes import posts_on
from notoneless.services.reports.silence import expected
from notoneless.services.reports.standing import Turn
from notoneless.services.reports.waiting import waiting_for
from notoneless.web.read.reports import english

register = template.Library()

_TONES = {
    ReportStep.SIGNED: "met",
    ReportStep.ACCEPTED: "closed",
    ReportStep.RETURNED: "overdue",
    ReportStep.REPLACED: "withdrawn",
}
_ON_TIME = {OnTime.ON_TIME: "met", OnTime.LATE: "today", OnTime.MISSING: "overdue", OnTime.NOT_DUE: "open"}
_LEVELS = {
    "school": PlaceKind.SCHOOL,
    "township": PlaceKind.TOWNSHIP,
    "county": PlaceKind.COUNTY,
    "province": PlaceKind.PROVINCE,
}
# Who answers for a report that is not there.
_ANSWERING = (
    Post.PRINCIPAL,
    Post.TOWNSHIP,
    Post.COUNTY_BUREAU,
    Post.REPORTING_OFFICER,
    Post.ENROLMENT_OFFICER,
)


@register.inclusion_tag("web/parts/state.html")
def standing_state(standing: ReportStep) -> dict[str, str]:
    """How far a report has come."""
    return {"tone": _TONES.get(standing, "open"), "word": standing.label(get_language() or "zh")}


@register.inclusion_tag("web/parts/state.html")
def on_time_state(on_time: OnTime) -> dict[str, str]:
    """Whether it came when it was due."""
    return {"tone": _ON_TIME[on_time], "word": on_time.label(get_language() or "zh")}


@register.simple_tag
def waits_for(step: ReportStep) -> str:
    """待核对, 待复核, 待签发, 待接收."""
    return {
        ReportStep.CHECKED: _("待核对"),
        ReportStep.REVIEWED: _("待复核"),
        ReportStep.SIGNED: _("待签发"),
        ReportStep.ACCEPTED: _("待接收"),
    }.get(step, "")


@register.simple_tag
def report_act(turn: Turn) -> str:
    """What the button of a step says."""
    return {
        ReportStep.CHECKED: _("核对无误"),
        ReportStep.REVIEWED: _("复核无误"),
        ReportStep.SIGNED: _("签发并报送"),
        ReportStep.ACCEPTED: _("接收"),
    }[turn.step]


@register.simple_tag
def column_name(column: Column) -> str:
    """A column of the form with its group."""
    group, name = (column.group_en, column.en) if english() else (column.group, column.zh)
    return f"{group} · {name}" if group else name.capitalize()


@register.simple_tag
def span_words(span: Span) -> str:
    """2026-10-01 – 10-31; with the year where it is another one."""
    last = f"{span.last:%m-%d}" if span.last.year == span.first.year else str(span.last)
    return str(span.first) if span.first == span.last else f"{span.first} – {last}"


@register.simple_tag
def level_name(level: str) -> str:
    """学校, 乡镇, 县."""
    return _LEVELS[level].label(get_language() or "zh")


@register.inclusion_tag("web/reports/link.html")
def reports_link(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """The way from a board to the reports of its place, with how many of its own are overdue; six queries.

    Whoever sees a board sees the reports of its place: the access table has the same posts for both.
    """
    return {"place": place, "overdue": sum(each.missing for each in expected(place, now))}


@register.inclusion_tag("web/reports/on_today.html")
def report_duties(person: Person, now: datetime) -> dict[str, Any]:
    """The steps of reports that fall to this person, and those of its place that are overdue."""
    held = posts_on(person, now.date())
    places = [each.place for each in held if each.place is not None and each.post in _ANSWERING]
    overdue = [each for place in places for each in expected(place, now) if each.missing]
    return {
        "waiting": waiting_for(person, now),
        "overdue": overdue,
        "place": places[0] if places else None,
        "now": now,
    }
