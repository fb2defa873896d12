"""The demo's clock, put forward by a button; outside the demo there is no such page."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notoneless.records.models import Person
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


@require_POST
@signed_in
def next_morning(request: HttpRequest, person: Person) -> HttpResponse:
    """Go on to the next school morning; what others would have done meanwhile is filled in."""
    if not settings.DEMO:
        raise Http404
    from notoneless.services import demo  # only the demo needs it, and it brings the simulation along

    try:
        demo.next_morning(at=now())
    except Refusal as refusal:
        say(request, sentence(refusal), "refused")
    else:
        say(request, _("演示时钟已到下一个上课日早晨。"))
    return redirect("web:today")
