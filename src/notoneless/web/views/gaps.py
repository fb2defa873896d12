"""岗位缺口: every rung in one's places that has not its one person, whose duty it is, and by when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notoneless.records.models import Person
from notoneless.services.permissions import held_by
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.gaps import gaps_within, owed_gaps
from notoneless.web.signed_in import signed_in

AT_ONCE = 50


@never_cache
@require_GET
@signed_in
def gaps(request: HttpRequest, person: Person) -> HttpResponse:
    """All open gaps within the person's places, those first due first."""
    at = now()
    mine = {gap.pk for gap in owed_gaps(held_by(person, at.date()))}
    listed = Paginator(gaps_within(person, at.date()), AT_ONCE).get_page(request.GET.get("page"))
    return page(request, person, "people/gaps", at, gaps=listed, mine=mine)
