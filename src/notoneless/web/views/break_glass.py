"""紧急查看: ask for one child by its exact number, see it for an hour; and what watches over it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import SensitiveRead, Stage
from notoneless.records.access import Fields, Scope, Thing, fields_of
from notoneless.records.models import BreakGlass, Case, Person
from notoneless.services.break_glass import break_glass, looked_at, sight_of
from notoneless.services.finding import class_on
from notoneless.services.reading_sensitive import sensitive_reads
from notoneless.services.refusals import Refusal
from notoneless.services.responsibility import chain_of
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import BreakGlassForm
from notoneless.web.signed_in import signed_in

AT_ONCE = 50


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def ask_for(request: HttpRequest, person: Person) -> HttpResponse:
    """The form, and what may still be seen of earlier requests."""
    at = now()
    form = BreakGlassForm(request.POST or None)
    seen: list[BreakGlass] = []

    def act(given: dict[str, Any]) -> None:
        seen.append(break_glass(by=person, number=given["number"], reason=given["reason"], at=at))

    shown = FormPage(
        _("紧急查看"), _("查看 60 分钟"), _("可以查看 60 分钟。"), reverse("web:today"), _("今天")
    )
    answer = ask(
        request,
        person,
        shown._replace(template="people/break_glass"),
        form,
        act,
        at,
        open_now=sight_of(person, at),
    )
    return redirect("web:sight", seen[0].pk) if seen else answer


@never_cache
@require_GET
@signed_in
def sight(request: HttpRequest, person: Person, number: UUID) -> HttpResponse:
    """The child's basics, contacts and chain, until the hour is over; then the page is not there."""
    at = now()
    seen = sight_of(person, at).filter(pk=number).first()
    if seen is None:
        raise Http404
    child = seen.child
    fields = fields_of(seen.post, Thing.BREAK_GLASS, Scope.PLACE)
    case = Case.objects.filter(child=child).first()
    try:
        class_group = class_on(child, at.date())
    except Refusal:
        class_group = None
    return page(
        request,
        person,
        "people/sight",
        at,
        seen=seen,
        child=child,
        class_group=class_group,
        stage=case.stage if case else Stage.ATTENDING,
        guardians=child.guardians.all() if Fields.CONTACT in fields else (),
        chain=chain_of([child.pk], at.date())[child.pk],
    )


@never_cache
@require_GET
@signed_in
def sensitive(request: HttpRequest, person: Person) -> HttpResponse:
    """For the audit officer: every sensitive read within the county, latest first, naming no child."""
    at = now()
    reads = Paginator(sensitive_reads(person, at), AT_ONCE).get_page(request.GET.get("page"))
    sights = Paginator(looked_at(person, at), AT_ONCE).get_page(request.GET.get("sights"))
    lines = [(entry, term(SensitiveRead, entry.act)) for entry in reads]
    return page(request, person, "people/sensitive", at, reads=reads, lines=lines, sights=sights)
