"""Signing in and out, and the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from notoneless.records.models import Person
from notoneless.web.kept import kept_form
from notoneless.web.safe import next_address
from notoneless.web.signed_in import sign_in
from notoneless.web.throttle import note_right, note_wrong, too_many


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; a form kept from an ended session is offered again afterwards."""
    if request.method == "GET":
        return login_page(request)
    name, password = request.POST.get("name", "").strip(), request.POST.get("password", "")
    kept = request.POST.get("kept", "")
    if too_many(request, name):
        problem = _("输错的次数太多；请 15 分钟后再试，或请学校的系统管理员重设密码。")
        return login_page(request, kept=kept, name=name, problem=problem, status=429)
    user = authenticate(request, username=name, password=password)
    person = Person.objects.filter(user=user).first() if user is not None else None
    if person is None:
        note_wrong(request, name)
        problem = _("用户名或密码不对；请再输一次，或请学校的系统管理员重设密码。")
        return login_page(request, kept=kept, name=name, problem=problem, status=422)
    note_right(request, name)
    sign_in(request, person)
    form = kept_form(kept) if kept else None
    if form is not None:
        return render(request, "web/kept.html", {"form": form, "person": person})
    return redirect(next_address(request))


def login_page(
    request: HttpRequest, *, kept: str = "", name: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """The sign-in page, with the fields of an interrupted form in its hands if there was one."""
    context = {"kept": kept, "name": name, "problem": problem, "next": next_address(request, "")}
    return render(request, "web/login.html", context, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session on this device."""
    request.session.flush()
    return redirect("web:login")


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
