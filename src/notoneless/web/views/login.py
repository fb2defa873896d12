"""Signing in and out, and the language."""

from __future__ import annotations

from datetime import datetime
from unicodedata import normalize

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person
from notoneless.services import accounts
from notoneless.services.accounts import Recognised
from notoneless.web import session as sessions
from notoneless.web.kept import kept_form
from notoneless.web.moment import now
from notoneless.web.safe import next_address
from notoneless.web.signed_in import leave, person_standing, sign_in
from notoneless.web.tabs import first_page
from notoneless.web.throttle import Watch


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; a form kept from an ended session is offered again afterwards."""
    if request.method == "GET":
        return login_page(request)
    at = now()
    name = normalize("NFKC", request.POST.get("name", "")).strip()
    kept = request.POST.get("kept", "")
    watch = Watch(request, name, at)
    if watch.too_many():
        problem = _("输错的次数太多；请 15 分钟后再试，或请学校的系统管理员重设密码。")
        return login_page(request, kept=kept, name=name, problem=problem, status=429)
    found = accounts.person_with(name, request.POST.get("password", ""), on=at.date())
    if found is None:
        watch.wrong()
        problem = _("用户名或密码不对；请再输一次，或请学校的系统管理员重设密码。")
        return login_page(request, kept=kept, name=name, problem=problem, status=422)
    watch.right()
    device = device_of(request)
    response = _unlocked(request, found, at, kept) or go_on(request, found, device, at, kept=kept)
    if device is not DeviceKind.SHARED:
        watch.remember(response)
    return response


def login_page(
    request: HttpRequest, *, kept: str = "", name: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """The sign-in page, with the fields of an interrupted form in its hands if there was one."""
    locked = _locked(request, now())
    context = {
        "kept": kept,
        "name": name,
        "problem": problem,
        "next": next_address(request, ""),
        "devices": devices(request),
        "locked": locked,
        "demo": settings.DEMO,
        "organisation": bool(settings.OIDC["client_id"]),
    }
    return render(request, "web/login.html", context, status=status)


def devices(request: HttpRequest) -> list[tuple[DeviceKind, str, bool]]:
    """Whose device this may be, each with its label, and whether it is the one chosen."""
    chosen, language = device_of(request), get_language() or "zh"
    return [(each, each.label(language), each is chosen) for each in DeviceKind]


def device_of(request: HttpRequest) -> DeviceKind:
    """The device that the form says; whoever says nothing sits at their own office computer."""
    given = request.POST.get("device", "")
    return next((each for each in DeviceKind if each.value == given), DeviceKind.OFFICE)


# After the password.


def go_on(
    request: HttpRequest,
    found: Recognised,
    device: DeviceKind,
    at: datetime,
    *,
    kept: str = "",
    onward: str = "",
) -> HttpResponse:
    """Sign in whoever the password was enough for; lead all others to their second factor, nowhere else."""
    person = found.person
    if not found.has_factor and not (found.must_have_factor and not _demo_waives()):
        sign_in(request, person, device=device, factor=False, must_have_factor=found.must_have_factor)
        return arrive(request, person, kept, onward)
    step = "web:second_factor" if found.has_factor else "web:set_up_factor"
    awaited = sessions.Pending(person.pk, person.session_version, device)
    leave(request, at)
    sessions.wait_for_factor(request.session, awaited, at=at)
    return ask_for_factor(request, step, kept, onward)


def ask_for_factor(request: HttpRequest, step: str, kept: str, onward: str) -> HttpResponse:
    """The next step: its address, or its page at once when a form has to be carried along."""
    if not kept:
        address = onward or next_address(request, "")
        query = f"?{urlencode({'next': address})}" if address else ""
        return redirect(f"{reverse(step)}{query}")
    from notoneless.web.views import second_factor  # the page knows this module; only this call looks back

    show = second_factor.code_page if step == "web:second_factor" else second_factor.set_up_page
    return show(request, kept=kept)


def arrive(request: HttpRequest, person: Person, kept: str, onward: str = "") -> HttpResponse:
    """Where signing in leads: the form that was interrupted, the page asked for, or where the day begins."""
    form = kept_form(kept) if kept else None
    if form is not None:
        return render(request, "web/kept.html", {"form": form, "person": person})
    return redirect(onward or next_address(request, "") or first_page(person, now().date()))


def _demo_waives() -> bool:
    """Whether this is the demo county on the demo's clock, which visitors enter without a telephone."""
    if not settings.DEMO:
        return False
    from notoneless.services import demo  # only the demo needs it, and it brings the simulation along

    return demo.is_demo()


# A shared computer that nobody has used for a while.


def _locked(request: HttpRequest, at: datetime) -> Person | None:
    """The person whose session is locked on this computer."""
    found = sessions.standing(request.session, at)
    if found is None or not sessions.is_locked(found, at):
        return None
    return Person.objects.select_related("user").filter(pk=found.person).first()


def _unlocked(request: HttpRequest, found: Recognised, at: datetime, kept: str) -> HttpResponse | None:
    """Go on in a locked session when it was its own person who came back; their code was asked before."""
    standing = sessions.standing(request.session, at)
    if standing is None or standing.person != found.person.pk or device_of(request) is not DeviceKind.SHARED:
        return None
    if standing.device is not DeviceKind.SHARED or (found.must_have_factor and not standing.factor):
        return None
    if person_standing(standing) is None:
        return None
    sessions.unlock(request.session, at)
    return arrive(request, found.person, kept)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the sign-in on this device; a shared computer forgets everything of it."""
    before = leave(request, now())
    response = redirect("web:login")
    if before is not None and before.device is DeviceKind.SHARED:
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language on this device and go back."""
    response = redirect(next_address(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 60 * 60,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
