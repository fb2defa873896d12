"""返校安置: where a child sits that came back, beside what the policy advises."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.case_terms import PlacementKind
from notoneless.core.terms import Paper
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Case, ClassGroup, Person
from notoneless.records.scopes import visible_children
from notoneless.services.finding import last_class
from notoneless.services.placement import advice, may_place, place_on_return
from notoneless.web.closing_forms import PlacementForm
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def placement(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The advice, where the child sits, and the form that says otherwise."""
    at = now()
    mine = visible_children(person, at.date(), Verb.ASK, Thing.CHANGE)
    case = Case.objects.filter(number=number, child__in=mine).select_related("child").first()
    if case is None:
        raise Http404
    now_in = last_class(case.child, at.date())
    if now_in is None:
        raise Http404  # never in a class: it is taken in from its enrolment page
    classes = ClassGroup.objects.filter(school=now_in.school_id, school_year=now_in.school_year)
    known = advice(case, at=at)
    initial = {
        "class_group": now_in.pk,
        "from_day": at.date(),
        "kind": known.kind.value if known and known.kind else "",
    }
    form = PlacementForm(request.POST or None, initial=initial, classes=classes.order_by("grade", "name"))
    shown = FormPage(
        _("返校安置"),
        _("记下"),
        _("安置已记下。"),
        reverse("web:child", args=(case.child_id,)),
        case.child.name,
        template="closing/placement",
    )

    def act(given: dict[str, Any]) -> object:
        return place_on_return(
            by=person,
            case=case,
            kind=term(PlacementKind, given["kind"]),
            class_group=classes.filter(pk=given["class_group"]).first(),
            from_day=given["from_day"],
            papers=[term(Paper, code) for code in given["papers"]],
            why=given["why"],
            at=at,
            key=given_key(request),
        )

    context = {"case": case, "child": case.child, "known": known, "now_in": now_in}
    return ask(request, person, shown, form, act, at, may_place(person, case, at=at), **context)
