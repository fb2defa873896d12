"""我的账号: my posts, the devices that stand for me, my password and second factor."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person, PostHeld
from notoneless.records.scopes import live
from notoneless.services import accounts
from notoneless.services import second_factor as factors
from notoneless.services.passwords import normal
from notoneless.services.refusals import Refusal
from notoneless.web import session as sessions
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import sign_in, signed_in
from notoneless.web.views.second_factor import codes_page


@never_cache
@require_GET
@signed_in
def account(request: HttpRequest, person: Person) -> HttpResponse:
    """What I hold, where I am signed in, and how the door to me is kept."""
    at = now()
    standing = sessions.standing(request.session, at)
    user = person.user
    assert user is not None
    return page(
        request,
        person,
        "account",
        at,
        username=user.username,
        posts=PostHeld.objects.filter(live(at.date()), person=person).select_related(
            "place", "class_group__school"
        ),
        sign_ins=accounts.sign_ins(person, at=at),
        this_one=standing.sign_in if standing else None,
        has_factor=factors.has_factor(user),
        must_have_factor=accounts.must_have_factor(person, at.date()),
        codes_left=factors.recovery_codes_left(user),
        own_password=user.has_usable_password(),
    )


@never_cache
@sensitive_post_parameters("old", "password", "again")
@require_http_methods(["GET", "POST"])
@signed_in
def password(request: HttpRequest, person: Person) -> HttpResponse:
    """Change my password; all other devices are signed out."""
    at = now()
    standing = sessions.standing(request.session, at)
    assert standing is not None  # whoever is signed in has one
    if request.method == "GET":
        return page(request, person, "password", at)
    try:
        new = same_twice(request)
        accounts.change_password(person=person, old=request.POST.get("old", ""), new=new, at=at)
    except Refusal as refusal:
        return page(request, person, "password", at, status=422, problem=sentence(refusal))
    _sign_in_again(request, person, standing)
    say(request, _("密码已改；其他设备都已退出登录。"), "good")
    return redirect("web:account")


def same_twice(request: HttpRequest) -> str:
    """The new password, which must stand in both fields. Raises Refusal."""
    new = request.POST.get("password", "")
    if normal(new) != normal(request.POST.get("again", "")):
        raise Refusal(
            "NOT_THE_SAME",
            "两次输入的新密码不一样；请再输一次。",
            "The two new passwords differ; type them again.",
        )
    return new


@require_POST
@signed_in
def end_sign_in(request: HttpRequest, person: Person, number: UUID) -> HttpResponse:
    """Sign out one of my devices."""
    if not accounts.end(person=person, number=number, at=now()):
        raise Http404
    say(request, _("那台设备已退出登录。"), "good")
    return redirect("web:account")


@require_POST
@signed_in
def end_all(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign out all my devices but this one."""
    at = now()
    standing = sessions.standing(request.session, at)
    assert standing is not None
    accounts.sign_out_everywhere(person=person, at=at)
    _sign_in_again(request, person, standing)
    say(request, _("其他设备都已退出登录。"), "good")
    return redirect("web:account")


@never_cache
@sensitive_post_parameters("password")
@require_POST
@signed_in
def recovery_codes(request: HttpRequest, person: Person) -> HttpResponse:
    """Ten new recovery codes, when my password is right."""
    if not _knows_password(request, person):
        say(request, _("密码不对；备用码没有换。"), "refused")
        return redirect("web:account")
    return codes_page(request, person, factors.new_recovery_codes(person=person, at=now()))


@sensitive_post_parameters("password")
@require_POST
@signed_in
def take_off_factor(request: HttpRequest, person: Person) -> HttpResponse:
    """Take my second factor off, when no post of mine asks for it and my password is right."""
    if not _knows_password(request, person):
        say(request, _("密码不对；手机验证码没有取消。"), "refused")
        return redirect("web:account")
    try:
        accounts.take_off_factor(person=person, at=now())
    except Refusal as refusal:
        say(request, sentence(refusal), "refused")
    else:
        say(request, _("手机验证码已取消。"), "good")
    return redirect("web:account")


def _knows_password(request: HttpRequest, person: Person) -> bool:
    user = person.user
    return user is not None and user.check_password(normal(request.POST.get("password", "")))


def _sign_in_again(request: HttpRequest, person: Person, standing: sessions.Standing) -> None:
    device: DeviceKind = standing.device
    must = accounts.must_have_factor(person, now().date())
    sign_in(request, person, device=device, factor=standing.factor, must_have_factor=must)
