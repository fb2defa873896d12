"""可核验链条 of one child: on the screen, and as the PDF that an inspector takes along."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.exchange.papers.page_pdf import pdf
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Person
from notoneless.services.proof import Chain, chain_of, prove
from notoneless.services.proof_page import proof_page
from notoneless.services.refusals import Refusal
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def proof(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The chain on the screen; asked for by POST it is handed out as PDF, and the journal keeps that."""
    at, language = now(), get_language() or "zh"
    child = child_or_404(person, child_id, at, Verb.EXPORT, Thing.CASE)
    if request.method == "POST":
        chain = prove(by=person, child=child, at=at)
        return _file(chain, pdf(proof_page(chain, language, handed_to=person.name)))
    shown = proof_page(_chain(child, at), language)
    blocks = [(type(block).__name__.lower(), block) for block in shown.blocks]
    return page(request, person, "proof", at, child=child, title=shown.title, blocks=blocks)


def _chain(child: Child, at: datetime) -> Chain:
    try:
        return chain_of(child, as_of=at)
    except Refusal:
        raise Http404 from None


def _file(chain: Chain, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"proof-{chain.as_of:%Y%m%d-%H%M}.pdf"  # no name and no case in a list of downloads
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
