"""Signing in with the organisation's own account (OpenID Connect), where the installation knows of one.

Whoever comes back is looked up by user name; nobody is made. Our second factor is asked for unless the
provider says that it has asked for one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from joserfc.errors import JoseError
from requests import RequestException

from notoneless.core.terms import DeviceKind
from notoneless.services import accounts
from notoneless.web.moment import now
from notoneless.web.safe import is_ours, next_address
from notoneless.web.signed_in import sign_in
from notoneless.web.tabs import first_page
from notoneless.web.views.login import go_on, login_page

ONWARD = "organisation"  # in the session, between leaving and coming back
# What a provider says of more than a password, in the words of RFC 8176.
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "sc"})


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the organisation's sign-in page."""
    client = _client()
    device = request.GET.get("device", "")
    request.session[ONWARD] = [next_address(request, ""), device]
    try:
        answer: HttpResponse = client.authorize_redirect(request, _back())
    except RequestException:
        return login_page(request, problem=_unreachable(), status=503)
    return answer


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Sign in whoever the organisation has recognised."""
    client = _client()
    onward, given = request.session.pop(ONWARD, ["", ""])
    try:
        claims = client.authorize_access_token(request).get("userinfo") or {}
    except (OAuthError, JoseError):
        problem = _("统一账号登录没有成功；请再试一次，或用用户名和密码登录。")
        return login_page(request, problem=problem, status=403)
    except RequestException:
        return login_page(request, problem=_unreachable(), status=503)
    at = now()
    found = accounts.person_named(str(claims.get(settings.OIDC["claim"]) or ""), on=at.date())
    if found is None:
        problem = _("统一账号已认出，但系统里没有对应的人员；请学校的系统管理员登记后再试。")
        return login_page(request, problem=problem, status=403)
    device = next((each for each in DeviceKind if each.value == given), DeviceKind.OFFICE)
    onward = onward if onward and is_ours(onward) else first_page(found.person, at.date())
    if not _was_strong(claims):
        return go_on(request, found, device, at, onward=onward)
    must = found.must_have_factor
    sign_in(request, found.person, device=device, factor=True, must_have_factor=must)
    return redirect(onward)


def _client() -> Any:
    told = settings.OIDC
    if not told["client_id"]:
        raise Http404
    return _registered(str(told["client_id"]), str(told["client_secret"]), str(told["issuer"]).rstrip("/"))


@cache
def _registered(client_id: str, client_secret: str, issuer: str) -> Any:
    """The client, which keeps what the provider publishes; keys are fetched anew when they change."""
    return OAuth().register(
        "organisation",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
    )


def _back() -> str:
    """Where the provider sends people back to; from the settings, never from the request's Host header."""
    return f"{settings.BASE_URL}{reverse('web:organisation_back')}"


def _was_strong(claims: dict[str, Any]) -> bool:
    """Whether the provider asked for more than a password, by its word or by the installation's setting."""
    said = claims.get("amr")
    return bool(settings.OIDC["mfa"]) or (isinstance(said, list) and bool(STRONG & {str(s) for s in said}))


def _unreachable() -> str:
    return _("连不上单位的统一账号系统；请稍后再试，或用用户名和密码登录。")
