"""Two roll calls of one session: the office checks and chooses one; both stay on record."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, RollCall
from notoneless.records.scopes import class_for
from notoneless.services.permissions import refusal
from notoneless.services.queries import Conflict, conflicts
from notoneless.services.refusals import Refusal
from notoneless.services.roll_calls import settle as settle_between
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def settle(request: HttpRequest, person: Person, first: UUID, second: UUID) -> HttpResponse:
    """Both accounts side by side, and a button for each."""
    at = now()
    standing = RollCall.objects.filter(pk=first).first()
    try:
        class_group = class_for(person, standing.class_group_id if standing else 0, at.date())
    except ClassGroup.DoesNotExist:
        raise Http404 from None
    assert standing is not None
    conflict = _between(conflicts([class_group], standing.day), second)
    no = refusal(person, Thing.ROLL_CALL, Verb.SETTLE, class_group, at.date())
    problem = sentence(no) if no else ""
    if request.method == "POST" and not no:
        try:
            _choose(request, person, conflict)
        except Refusal as refused:
            problem = sentence(refused)
        else:
            say(request, _("已选定；两份都保留在案。"), "good")
            return redirect("web:school_board", class_group.school_id)
    status = 422 if request.method == "POST" else 200
    return page(
        request,
        person,
        "settle",
        at,
        status=status,
        conflict=conflict,
        class_group=class_group,
        may_not=problem,
        accounts=(conflict.standing, conflict.competing),
    )


def _between(found: list[Conflict], second: UUID) -> Conflict:
    for conflict in found:
        if conflict.competing.pk == second:
            return conflict
    raise Http404


def _choose(request: HttpRequest, person: Person, conflict: Conflict) -> None:
    pair = {str(conflict.standing.pk): conflict.standing, str(conflict.competing.pk): conflict.competing}
    chosen = pair.pop(request.POST.get("chosen", ""), None)
    if chosen is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:200] or _("教导处核实")
    settle_between(by=person, chosen=chosen, other=pair.popitem()[1], reason=reason, at=now())
