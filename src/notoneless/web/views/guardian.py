"""The guardian's pages: a signed link, four digits, then their own child's record and three things to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import AbsenceReason, ContestKind
from notoneless.records.models import AttendanceMark, GuardianLink
from notoneless.services import contests
from notoneless.services.guardian_links import NoLink, explain, link_of, live_link, open_link
from notoneless.services.knocks import knock
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.moment import now
from notoneless.web.public_forms import ContestForm, CopyForm, ExplainForm, new_form, shown_form
from notoneless.web.read.family import days_of, family_record
from notoneless.web.refused import sentence
from notoneless.web.throttle import address
from notoneless.web.views.public import public_page

COOKIE = "family"
OPEN_FOR = 60 * 60  # seconds since the last page
TRIES_AN_HOUR = 60  # links tried from one address
Page = Callable[..., HttpResponse]


def for_the_family_alone(view: Page) -> Page:
    """Kept nowhere: not by caches, not by search engines, not by the next site's log."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return never_cache(guarded)


# The link's own signature is what another site cannot know, and a page that sends no referrer sends no origin
# either, by which forged forms are told.
@csrf_exempt
@for_the_family_alone
@sensitive_post_parameters("digits")
@require_http_methods(["GET", "POST"])
def guardian_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the last four digits of the telephone on record, then show the record without the token."""
    chosen = request.GET.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        with override(chosen):
            return _open(request, token, now())
    return _open(request, token, now())


def _open(request: HttpRequest, token: str, at: datetime) -> HttpResponse:
    try:
        knock("link", address(request), most=TRIES_AN_HOUR, at=at)
        link = link_of(token, at=at)
    except NoLink:
        return _no_link(request, at)
    except Refusal as refusal:
        return _asking(request, at, 429, sentence(refusal))
    if request.method == "GET":
        return _asking(request, at)
    if not open_link(link=link, digits=_digits(request.POST.get("digits", "")), at=at):
        problem = _("这四位数字不对；请填您留给学校的电话的后四位。错五次链接会停用。")
        return _asking(request, at, 422, problem)
    response = redirect("web:family")
    response.headers["Referrer-Policy"] = "no-referrer"
    _remember(response, link)
    return response


def _digits(text: str) -> str:
    """The digits as they are typed on any keyboard."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def _asking(request: HttpRequest, at: datetime, status: int = 200, problem: str = "") -> HttpResponse:
    response = public_page(request, "link", at, status=status, problem=problem)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _no_link(request: HttpRequest, at: datetime, words: str = "") -> HttpResponse:
    """The same page whatever is wrong with a link; what was just written is given back."""
    response = public_page(request, "no_link", at, status=404, words=words)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _remember(response: HttpResponse, link: GuardianLink) -> None:
    response.set_signed_cookie(
        COOKIE,
        link.pk.hex,
        salt=COOKIE,
        max_age=OPEN_FOR,
        path=reverse("web:family"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def opened(view: Page) -> Page:
    """Pass the link that this browser has opened; each page prolongs it, each asks whether it still holds."""

    @wraps(view)
    def asks_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = now()
        number = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=OPEN_FOR)
        try:
            link = live_link(UUID(number), at=at) if number else None
        except NoLink:
            link = None
        if link is None:
            return _no_link(request, at, request.POST.get("words", ""))
        response = view(request, link, at, *args, **kwargs)
        if not response.cookies.get(COOKIE):
            _remember(response, link)
        return response

    return for_the_family_alone(asks_first)


@opened
@require_http_methods(["GET"])
def family(request: HttpRequest, link: GuardianLink, at: datetime) -> HttpResponse:
    """The child's record of the last thirty days, what is planned, and what was asked and answered."""
    return public_page(
        request, "family", at, record=family_record(link, as_of=at), link=link, done=_done(request)
    )


@opened
@require_http_methods(["POST"])
def leave_family(request: HttpRequest, link: GuardianLink, at: datetime) -> HttpResponse:
    """Close the record on this telephone."""
    response = public_page(request, "closed", at)
    response.delete_cookie(COOKIE, path=reverse("web:family"))
    return response


class Asking(NamedTuple):
    """One of the three things a guardian may do: its words, its form, the act, what is then said."""

    title: Promise
    lead: Promise
    submit: Promise
    form: type[forms.Form]
    act: Callable[..., object]
    done: Promise


def _explain(link: GuardianLink, at: datetime, key: str, mark: UUID | None, given: dict[str, Any]) -> object:
    said = {**given, "reason": term(AbsenceReason, given["reason"])}
    return explain(link=link, at=at, key=key, **said)


def _contest(link: GuardianLink, at: datetime, key: str, mark: UUID | None, given: dict[str, Any]) -> object:
    kind = ContestKind.MARK if mark else ContestKind.RECORD
    return contests.contest(link=link, kind=kind, mark=mark, words=given["words"], at=at, key=key)


def _copy(link: GuardianLink, at: datetime, key: str, mark: UUID | None, given: dict[str, Any]) -> object:
    return contests.contest(link=link, kind=ContestKind.COPY, words=given["words"], at=at, key=key)


ASKINGS = {
    "explain": Asking(
        gettext_lazy("告诉老师为什么没来"),
        gettext_lazy("老师看到后会办请假；在老师办好之前，这不算请假。"),
        gettext_lazy("告诉老师"),
        ExplainForm,
        _explain,
        gettext_lazy("已告诉老师。"),
    ),
    "contest": Asking(
        gettext_lazy("记录不对"),
        gettext_lazy("学校五个工作日内核实并答复；学校没有按时答复的，转县教育局。"),
        gettext_lazy("请学校核实"),
        ContestForm,
        _contest,
        gettext_lazy("已请学校核实；答复会显示在这一页。"),
    ),
    "copy": Asking(
        gettext_lazy("要一份孩子的资料"),
        gettext_lazy("学校五个工作日内把记录的资料给您一份。"),
        gettext_lazy("提出申请"),
        CopyForm,
        _copy,
        gettext_lazy("已提出；答复会显示在这一页。"),
    ),
}


@opened
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def family_form(request: HttpRequest, link: GuardianLink, at: datetime, what: str) -> HttpResponse:
    """One of ASKINGS; sent twice it is one row."""
    asking = ASKINGS.get(what)
    if asking is None:
        return _no_link(request, at)
    mark = _mark(link, request.POST.get("mark") or request.GET.get("mark") or "", at)
    today = at.date()
    if request.method == "GET":
        blank = asking.form(initial={"from_day": today, "last_day": today})
        return _ask(request, at, what, blank, mark, new_form(at))
    form, text = asking.form(request.POST), request.POST.get("shown", "")
    shown = shown_form(text)
    if shown is None or not form.is_valid():
        problem = _("还没有提交：请看下面标出的地方。") if shown else _("请再按一次。")
        return _ask(request, at, what, form, mark, text if shown else new_form(at), problem)
    try:
        asking.act(link, at, shown.key, mark.pk if mark else None, form.cleaned_data)
    except Refusal as refusal:
        return _ask(request, at, what, form, mark, text, sentence(refusal))
    return redirect(f"{reverse('web:family')}?done={what}#main")


def _ask(
    request: HttpRequest,
    at: datetime,
    what: str,
    form: forms.Form,
    mark: AttendanceMark | None,
    shown: str,
    problem: str = "",
) -> HttpResponse:
    return public_page(
        request,
        "family_form",
        at,
        status=422 if problem else 200,
        asking=ASKINGS[what],
        what=what,
        form=form,
        mark=mark,
        shown=shown,
        problem=problem,
    )


def _mark(link: GuardianLink, number: str, at: datetime) -> AttendanceMark | None:
    """The child's own mark with this number among those shown."""
    shown = (mark for day in days_of(link.guardian.child, at) for mark in day.marks)
    return next((mark for mark in shown if str(mark.pk) == number), None)


def _done(request: HttpRequest) -> str:
    asking = ASKINGS.get(request.GET.get("done", ""))
    return str(asking.done) if asking else ""
