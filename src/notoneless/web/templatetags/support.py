"""What the pages of support print, and what the child's page and 今天 say of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Person, Place
from notoneless.records.packs import places_on
from notoneless.records.scopes import posts_on
from notoneless.services.support_lists import Paired, helps_at_all, mine, my_teaching
from notoneless.web.words import day_words

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Hundredths of a yuan as people write them: 312.50; nothing where it is not money."""
    return "" if fen is None else f"{Decimal(fen) / 100:.2f}"


@register.filter
def halves(lessons: Decimal | None) -> str:
    """Lessons without an idle nought: 3, 2.5."""
    return "" if lessons is None else f"{lessons.normalize():f}"


@register.filter
def last_day(until: date) -> date:
    """The last day that counts, from the first that no longer does."""
    return until - timedelta(days=1)


@register.inclusion_tag("web/parts/state.html")
def contact_state(paired: Paired, now: datetime) -> dict[str, str]:
    """How the contact duty of a pairing stands."""
    days = (now.date() - paired.due_on).days
    if paired.overdue:
        return {"tone": "overdue", "word": _("该联系了，已超 %(n)s 天") % {"n": days}}
    word = _("%(day)s 前联系") % {"day": day_words(paired.due_on, now.date())}
    return {"tone": "today" if days == 0 else "open", "word": word}


@register.inclusion_tag("web/support/link.html")
def support_link(place: Place, person: Person, now: datetime) -> dict[str, Any]:
    """The way from a board to the support of its place, for whoever may see it; one query."""
    posts, around = posts_that(Thing.SUPPORT, Verb.SEE), places_on(place.path or "")
    held = posts_on(person, now.date())
    may = any(each.post in posts and each.place_id in around for each in held)
    return {"place": place if may else None}


@register.inclusion_tag("web/support/on_today.html")
def my_help(person: Person, now: datetime) -> dict[str, Any]:
    """Whom the person helps, and with whom a contact is overdue; one query for whoever helps nobody."""
    if not helps_at_all(person, now.date()):
        return {}
    paired = mine(person, now.date())
    overdue = [each for each in paired if each.overdue]
    teaching = len(my_teaching(person, now.date()))
    return {"now": now, "overdue": overdue, "pairings": len(paired), "teaching": teaching}
