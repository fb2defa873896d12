"""What the pages of honest reporting and supervision print, and what boards and 今天 say of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Person, Place, Question
from notoneless.records.packs import places_on
from notoneless.records.scopes import posts_on
from notoneless.services.supervision.inspections import Standing, orders_at
from notoneless.web.templatetags.words import label
from notoneless.web.words import day_words

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """0.4902 as 49%."""
    return f"{100 * share:.0f}%"


@register.filter
def late(standing: Standing, now: datetime) -> bool:
    """Whether the day of an order has passed."""
    return standing.overdue(now.date())


@register.simple_tag
def fact_kind(kind: str) -> str:
    """What a fact of a question is."""
    names = {
        "roll_call": _("点名"),
        "act": _("走访或电话"),
        "leave": _("请假"),
        "mark": _("考勤更正"),
        "hand_off": _("个案移送"),
        "assigned": _("更换包保人"),
        "tip": _("群众线索"),
        "sample": _("抽样回访"),
    }
    return names.get(kind, _("学生"))


@register.inclusion_tag("web/parts/state.html")
def day_state(due_on: date, now: datetime) -> dict[str, str]:
    """By which day, and whether it has passed."""
    days = (now.date() - due_on).days
    if days > 0:
        return {"tone": "overdue", "word": _("已超 %(n)s 天") % {"n": days}}
    word = _("%(day)s 前") % {"day": day_words(due_on, now.date())}
    return {"tone": "today" if days == 0 else "open", "word": word}


@register.inclusion_tag("web/parts/state.html")
def order_state(standing: Standing, now: datetime) -> dict[str, str]:
    """How far a finding is."""
    if standing.step is None:
        return {"tone": "unknown", "word": _("只记问题")}
    if standing.overdue(now.date()):
        return {"tone": "overdue", "word": f"{label(standing.step)} · {_('逾期')}"}
    return {"tone": "open" if standing.open else "met", "word": label(standing.step)}


@register.inclusion_tag("web/honesty/links.html")
def honesty_links(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """The ways from a board to honest reporting and supervision, each for whoever may see it."""
    around = places_on(place.path or "")
    posts = {row.post for row in posts_on(person, now.date()) if row.place_id in around}
    if not posts & posts_that(Thing.FIGURE, Verb.SEE):
        return {"place": None}
    asked = bool(posts & posts_that(Thing.QUESTION, Verb.SEE))
    inspected = bool(posts & posts_that(Thing.INSPECTION, Verb.SEE))
    return {
        "place": place,
        "questions": asked,
        "open": _open(place) if asked else 0,
        "inspections": inspected,
        "orders": len(orders_at(Place.objects.filter(path__startswith=place.path or "?")))
        if inspected
        else 0,
    }


@register.inclusion_tag("web/honesty/on_today.html")
def honesty_today(person: Person, now: datetime) -> dict[str, Any]:
    """What the person is asked to look at and what is ordered from them; one query for whoever is not."""
    posts = posts_that(Thing.INSPECTION, Verb.ANSWER) | posts_that(Thing.QUESTION, Verb.ANSWER)
    held = [row for row in posts_on(person, now.date()) if row.place_id and row.post in posts]
    if not held:
        return {}
    seats = {(row.post, row.place_id) for row in held}
    rows = Question.objects.filter(answered__isnull=True, to_place__in={row.place_id for row in held})
    asked = rows.exclude(about=person).select_related("place").order_by("due_on", "found_at", "pk")
    orders = orders_at(Place.objects.filter(pk__in={row.place_id for row in held}))
    return {
        "now": now,
        "questions": [row for row in asked if (row.to_post, row.to_place_id) in seats],
        "orders": [o for o in orders if (o.finding.responsible, o.finding.place_id) in seats],
    }


def _open(place: Place) -> int:
    within = Question.objects.filter(place__path__startswith=place.path or "?")
    return within.filter(answered__isnull=True).count()
