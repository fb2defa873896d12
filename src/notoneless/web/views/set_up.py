"""Links by which people set their own password: made for somebody, and opened by them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notoneless.records.models import Invitation, Person
from notoneless.services import accounts
from notoneless.services.accounts import Invited
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in
from notoneless.web.views.account import same_twice
from notoneless.web.views.login import device_of, devices, go_on


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Set one's own password by a link, once; then go on as after the password of every day."""
    at = now()
    try:
        invitation = accounts.invited(token, at=at)
    except Refusal as refusal:
        return render(request, "web/link_over.html", {"problem": sentence(refusal)}, status=410)
    if request.method == "GET":
        return _link_page(request, invitation)
    try:
        person = accounts.accept(token=token, password=same_twice(request), at=at)
    except Refusal as refusal:
        return _link_page(request, invitation, problem=sentence(refusal), status=422)
    found = accounts.person_waiting(person.pk, person.session_version, on=at.date())
    assert found is not None  # the password was set a moment ago
    return go_on(request, found, device_of(request), at)


def _link_page(
    request: HttpRequest, invitation: Invitation, *, problem: str = "", status: int = 200
) -> HttpResponse:
    user = invitation.person.user
    assert user is not None  # the invitation made one
    context = {
        "name": invitation.person.name,
        "username": user.username,
        "problem": problem,
        "devices": devices(request),
    }
    return render(request, "web/link.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def invite(request: HttpRequest, person: Person, person_id: int) -> HttpResponse:
    """A link for somebody below, shown on this page and nowhere else; or their account stopped or let in."""
    at = now()
    whom = Person.objects.select_related("user").filter(pk=person_id).first()
    if whom is None or accounts.may_invite(person, whom, at.date()) is not None:
        raise Http404
    if request.method == "GET":
        return page(request, person, "invite", at, whom=whom)
    try:
        shown = _done(request, person, whom)
    except Refusal as refusal:
        return page(request, person, "invite", at, status=422, whom=whom, problem=sentence(refusal))
    whom = Person.objects.select_related("user").get(pk=person_id)
    return page(request, person, "invite", at, whom=whom, **shown)


def _done(request: HttpRequest, person: Person, whom: Person) -> dict[str, Any]:
    """What the button says, done; and what the page then shows."""
    at, do = now(), request.POST.get("do", "")
    if do == "stop":
        accounts.deactivate(by=person, person=whom, reason=_reason(request), at=at)
        return {"done": _("账号已停用；对方的下一次操作就进不来了。")}
    if do == "let_in":
        accounts.reactivate(by=person, person=whom, reason=_reason(request), at=at)
        return {"done": _("账号已恢复；密码和手机验证码还是原来的。")}
    made = accounts.invite(
        by=person,
        person=whom,
        at=at,
        username=request.POST.get("username", ""),
        new_factor=request.POST.get("new_factor") == "1",
    )
    return {"invited": made, "address": link_address(made)}


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refusal(
            "REASON_MISSING", "请写明原因，例如“调离本校”。", "Give a reason, for example that they left."
        )
    return reason


def link_address(made: Invited) -> str:
    """The whole link; its beginning is a setting, for the request's own Host header may be anybody's."""
    return f"{settings.BASE_URL}{reverse('web:link', args=(made.token,))}"
