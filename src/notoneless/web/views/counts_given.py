"""填报数: numbers from before this system, each with its paper; all that were ever typed stay to be read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.figure_terms import Tally
from notoneless.records.access import Verb
from notoneless.records.models import Person
from notoneless.services.counts_given import Typed, give_count, history
from notoneless.services.figures import asked_on
from notoneless.web.codes import term
from notoneless.web.figure_forms import CountForm
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.signed_in import signed_in
from notoneless.web.views.figures import figures_place


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def counts_given(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The numbers typed for a place, and one more."""
    at = now()
    place = figures_place(person, place_id, at, Verb.RECORD)

    def act(given: dict[str, Any]) -> object:
        return give_count(
            by=person,
            place=place,
            tally=term(Tally, given["tally"]),
            school_year=given["school_year"],
            grade=given["grade"],
            number=given["number"],
            source=given["source"],
            at=at,
        )

    back, back_name = reverse("web:figures", args=(place.pk,)), f"{place.name} {_('指标')}"
    lead = _("系统启用以前的数没有名单，照纸面填，写明出处；改数是再填一条，原来的留着。")
    shown = FormPage(
        _("填报数"), _("填报"), _("已记下。"), back, back_name, lead, template="figures/counts_given"
    )
    cohort = Typed(asked_on(place, at.date(), at)).year_of(Tally.INTAKE)
    form = CountForm(request.POST or None, initial={"tally": Tally.INTAKE.value, "school_year": cohort})
    return ask(request, person, shown, form, act, at, None, place=place, typed=history(place)[:100])
