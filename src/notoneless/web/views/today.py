"""今天: what the person who is signed in must do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.terms import SkipReason
from notoneless.records.models import Person
from notoneless.services.close_out_lists import to_review
from notoneless.services.hand_over import waiting_for
from notoneless.services.permissions import held_by
from notoneless.web.codes import term
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.boards_lessons import away_today
from notoneless.web.read.doors import doors
from notoneless.web.read.gaps import owed_gaps
from notoneless.web.read.quotas import Measured
from notoneless.web.read.todays import ClassToday
from notoneless.web.read.todays import today as read_today
from notoneless.web.signed_in import signed_in
from notoneless.web.words import quota_words


@never_cache
@require_GET
@gzip_page
@signed_in
def today(request: HttpRequest, person: Person) -> HttpResponse:
    """My classes, my obligations, leave that ends today."""
    at = now()
    held = held_by(person, at.date())
    found = read_today(person, as_of=at)
    classes = [_class(each, at) for each in found.classes]
    return page(
        request,
        person,
        "today",
        at,
        classes=classes,
        obligations=found.obligations,
        routine=found.routine,
        escalated=found.escalated,
        leaves=found.leaves,
        quotas=quota_lines(found.quotas),
        gaps=owed_gaps(held),
        hand_overs=waiting_for(person),
        away=away_today([each.class_group for each in found.classes], at.date()) if found.classes else [],
        doors=doors(held),
        close_outs=to_review(person, at),
    )


def _class(each: ClassToday, at: datetime) -> dict[str, Any]:
    return {
        "class_group": each.class_group,
        "session": each.session,
        "starts": each.starts,
        "taken": each.taken,
        "away": each.away,
        "present": each.taken.expected - each.away if each.taken else 0,
        "obligation": each.obligation,
        "not_begun": at < each.starts,
        "no_school": no_school(each.why_no_school) if each.why_no_school else "",
        "url": reverse("web:roll_call", args=(each.class_group.pk, at.date(), each.session)),
    }


def quota_lines(found: tuple[Measured, ...]) -> list[dict[str, Any]]:
    """One line for quotas that stand alike, with the clauses of all of them behind it."""
    several = len({each.class_name for each in found if each.class_name}) > 1
    lines: dict[tuple[str, str], list[Measured]] = {}
    for each in found:
        name = each.class_name if several else ""
        lines.setdefault((name, quota_words(each.quota, each.progress)), []).append(each)
    return [{"class_name": name, "line": line, "of": of} for (name, line), of in lines.items()]


def no_school(why: tuple[str, str]) -> str:
    """Why there is no school today, as a sentence."""
    reason, name = why
    label = term(SkipReason, reason).label(get_language() or "zh")
    return _("今天不上课：%(why)s。") % {"why": f"{label} {name}".strip()}
