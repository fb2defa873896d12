"""The school's side of guardians' links: made, shown, revoked; what they explained, taken up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import LinkPurpose
from notoneless.records.access import Fields, Verb
from notoneless.records.models import Child, Explained, Guardian, GuardianLink, Person
from notoneless.records.scopes import fields_for
from notoneless.services.guardian_links import make_link, revoke_link, take_explained, token_of
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def guardian_links(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The guardians of a child with their links."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.RECORD)
    reaches_family = Fields.CONTACT in fields_for(person, child, at.date())
    problem = ""
    if request.method == "POST":
        try:
            _do(request, person, child, at)
        except Refusal as refusal:
            problem = sentence(refusal)
        else:
            return redirect("web:guardian_links", child.pk)
    return page(
        request,
        person,
        "guardian_links",
        at,
        status=422 if problem else 200,
        child=child,
        reaches_family=reaches_family,
        guardians=[_guardian(each, at) for each in child.guardians.order_by("pk") if reaches_family],
        purposes=tuple(LinkPurpose),
        problem=problem,
        key=str(uuid4()),
    )


def _do(request: HttpRequest, person: Person, child: Child, at: datetime) -> None:
    posted = request.POST
    if "revoke" in posted:
        number = _uuid(posted["revoke"])
        links = GuardianLink.objects.filter(guardian__child=child)
        link = links.filter(pk=number).first() if number else None
        if link is None:
            raise Http404
        revoke_link(by=person, link=link, at=at)
        say(request, _("链接已停用。"), "good")
        return
    guardian = child.guardians.filter(pk=_number(posted.get("guardian", ""))).first()
    try:
        purpose = term(LinkPurpose, posted.get("purpose", ""))
    except ValueError:
        raise Http404 from None
    if guardian is None:
        raise Http404
    key = posted.get("key", "")[:80] or str(uuid4())
    make_link(by=person, guardian=guardian, purpose=purpose, at=at, key=key)
    say(request, _("链接已生成。请让家长用手机扫码，或把地址发给家长本人。"), "good")


def _guardian(guardian: Guardian, at: datetime) -> dict[str, Any]:
    rows = GuardianLink.objects.filter(guardian=guardian).select_related("made_by").order_by("-made_at")
    return {"guardian": guardian, "links": [_link(each, at) for each in rows]}


def _link(link: GuardianLink, at: datetime) -> dict[str, Any]:
    live = not link.revoked_at and not link.locked_at and link.until >= at
    url = f"{settings.BASE_URL}{reverse('web:guardian_link', args=(token_of(link),))}" if live else ""
    code = segno.make(url, error="m").svg_data_uri(scale=4) if live else ""
    return {"row": link, "live": live, "url": url, "code": code}


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def take(request: HttpRequest, person: Person, child_id: UUID, explained_id: UUID) -> HttpResponse:
    """按家长说明准假, or only 知道了."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.SEE if request.method == "GET" else Verb.GRANT_LEAVE)
    if not Explained.objects.filter(pk=explained_id, child=child).exists():
        raise Http404
    if request.method == "GET":
        return redirect("web:child", child.pk)
    leave = request.POST.get("take") == "leave"
    try:
        take_explained(by=person, explained=explained_id, leave=leave, at=at)
        say(request, _("已按家长的说明准假。") if leave else _("已记下。"), "good")
    except Refusal as refusal:
        say(request, sentence(refusal), "refused")
    return redirect("web:child", child.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0
