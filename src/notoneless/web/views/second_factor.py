"""The second factor: asked for after the password, and set up with a QR code."""

from __future__ import annotations

from base64 import b32decode, b32encode
from datetime import datetime
from typing import NamedTuple

import segno
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person
from notoneless.services import accounts
from notoneless.services import second_factor as factors
from notoneless.services.accounts import Recognised
from notoneless.services.passwords import normal
from notoneless.services.refusals import Refusal
from notoneless.web import session as sessions
from notoneless.web.kept import kept_form
from notoneless.web.moment import now
from notoneless.web.refused import sentence
from notoneless.web.safe import next_address
from notoneless.web.signed_in import person_of, sign_in
from notoneless.web.tabs import first_page
from notoneless.web.views.login import arrive

SALT = "notoneless.web.views.second_factor"
SHOWN_FOR = 30 * 60  # seconds a set-up page may stand open


class Who(NamedTuple):
    """Who sets up or gives a second factor: after the password, or signed in already."""

    found: Recognised
    device: DeviceKind
    signed_in: bool

    @property
    def user(self) -> User:
        """The user, which whoever got here has."""
        assert self.found.person.user is not None
        return self.found.person.user


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the telephone, or a recovery code, and sign in."""
    at = now()
    who = _waiting(request, at)
    if who is None:
        return redirect("web:login")
    if not who.found.has_factor:
        return redirect("web:set_up_factor")
    kept = request.POST.get("kept", "")
    if request.method == "GET":
        return code_page(request)
    try:
        factors.check(person=who.found.person, code=request.POST.get("code", ""), at=at)
    except Refusal as refusal:
        return code_page(request, kept=kept, problem=sentence(refusal), status=422)
    _sign_in(request, who)
    return arrive(request, who.found.person, kept)


def code_page(request: HttpRequest, *, kept: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    """The page that asks for the code."""
    context = {"kept": kept, "problem": problem, "next": next_address(request, "")}
    return render(request, "web/second_factor.html", context, status=status)


@never_cache
@sensitive_post_parameters("code", "password", "key_of_factor")
@require_http_methods(["GET", "POST"])
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """Show a new secret, and keep it once a code proves that the telephone has it.

    Nothing is kept before: the page itself carries the secret, signed for this person.
    """
    at = now()
    who = _waiting(request, at) or _here(request, at)
    if who is None:
        return redirect("web:login")
    if who.found.has_factor and not who.signed_in:
        return redirect("web:second_factor")  # a password alone does not replace a factor
    if request.method == "GET":
        return set_up_page(request)
    kept, secret = request.POST.get("kept", ""), _opened(request.POST.get("key_of_factor", ""), who)
    if secret is None:
        return set_up_page(request, kept=kept, problem=_("这一页开得太久了；请扫新的二维码。"), status=422)
    if who.signed_in and not who.user.check_password(normal(request.POST.get("password", ""))):
        problem = _("密码不对；请再输一次。")
        return set_up_page(request, kept=kept, secret=secret, problem=problem, status=422)
    try:
        codes = factors.set_up(
            person=who.found.person, secret=secret, code=request.POST.get("code", ""), at=at
        )
    except Refusal as refusal:
        return set_up_page(request, kept=kept, secret=secret, problem=sentence(refusal), status=422)
    _sign_in(request, who)
    return codes_page(request, who.found.person, codes, kept=kept)


def set_up_page(
    request: HttpRequest, *, kept: str = "", secret: bytes | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page with the QR code."""
    at = now()
    who = _waiting(request, at) or _here(request, at)
    assert who is not None  # the callers have asked
    secret = secret or factors.fresh_secret()
    context = {
        "person": who.found.person if who.signed_in else None,
        "qr": _qr(factors.config_url(who.user, secret)),
        "key": factors.as_text(secret),
        "sealed": signing.dumps([who.found.person.pk, b32encode(secret).decode()], salt=SALT),
        "again": who.found.has_factor,
        "asks_password": who.signed_in,
        "required": who.found.must_have_factor,
        "kept": kept,
        "problem": problem,
        "next": next_address(request, ""),
    }
    return render(request, "web/set_up_factor.html", context, status=status)


def codes_page(request: HttpRequest, person: Person, codes: list[str], *, kept: str = "") -> HttpResponse:
    """The recovery codes, once: this answer is the only place where they stand."""
    form = kept_form(kept) if kept else None
    context = {
        "person": person,
        "codes": codes,
        "form": form,
        "next": next_address(request, first_page(person, now().date())),
    }
    return render(request, "web/recovery_codes.html", context)


def _waiting(request: HttpRequest, at: datetime) -> Who | None:
    """Whoever gave the right password a moment ago."""
    pending = sessions.pending(request.session, at)
    if pending is None:
        return None
    found = accounts.person_waiting(pending.person, pending.version, on=at.date())
    return Who(found, pending.device, signed_in=False) if found else None


def _here(request: HttpRequest, at: datetime) -> Who | None:
    """Whoever is signed in."""
    person, standing = person_of(request), sessions.standing(request.session, at)
    if person is None or standing is None:
        return None
    found = accounts.person_waiting(person.pk, person.session_version, on=at.date())
    return Who(found, standing.device, signed_in=True) if found else None


def _sign_in(request: HttpRequest, who: Who) -> None:
    must = who.found.must_have_factor
    sign_in(request, who.found.person, device=who.device, factor=True, must_have_factor=must)


def _opened(sealed: str, who: Who) -> bytes | None:
    try:
        person, secret = signing.loads(sealed, salt=SALT, max_age=SHOWN_FOR)
    except signing.BadSignature:
        return None
    return b32decode(secret) if person == who.found.person.pk else None


def _qr(text: str) -> SafeString:
    """The QR code as part of the page; it stays black on white by night, or telephones could not read it."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", title=_("二维码"))
    return mark_safe(svg)  # made by the library from our own text
