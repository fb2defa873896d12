"""接口令牌: the programs that may do what my posts may; made here, shown once, ended here."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from notoneless.records.models import Person
from notoneless.services.api_tokens import DAYS, NAME, end_token, make_token, tokens_of
from notoneless.services.refusals import Refusal
from notoneless.web import session as sessions
from notoneless.web.form_key import form_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


class TokenForm(forms.Form):
    """A new token: what for, for how long, and whether it may take roll calls."""

    name = forms.CharField(label=gettext_lazy("给哪个程序用"), max_length=NAME)
    days = forms.TypedChoiceField(
        label=gettext_lazy("用多久"),
        coerce=int,
        initial=30,
        choices=[(days, gettext_lazy("%(days)s 天") % {"days": days}) for days in DAYS],
    )
    writes = forms.BooleanField(label=gettext_lazy("可以点名（不勾选就只能读取）"), required=False)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def tokens(request: HttpRequest, person: Person) -> HttpResponse:
    """The tokens of my programs, and one more; a new one is shown on this answer and never again."""
    at = now()
    form = TokenForm(request.POST or None)
    secret, problem = "", ""
    if request.method == "POST" and form.is_valid():
        standing = sessions.standing(request.session, at)
        factor = standing is not None and standing.factor
        try:
            key = form_key(request)
            made = make_token(person=person, second_factor=factor, at=at, key=key, **form.cleaned_data)
        except Refusal as refusal:
            problem = sentence(refusal)
        else:
            secret, form = made.secret, TokenForm()
    status = 200 if request.method == "GET" or secret else 422
    rows = tokens_of(person, at=at)
    shown = {"form": form, "rows": rows, "secret": secret, "problem": problem}
    return page(request, person, "tokens", at, status=status, key=_key(request, secret), **shown)


def _key(request: HttpRequest, secret: str) -> str:
    """The key of the form on the page; of the one below a new token another one."""
    return str(uuid4()) if secret else form_key(request)


@never_cache
@require_POST
@signed_in
def end(request: HttpRequest, person: Person, number: UUID) -> HttpResponse:
    """End one of my tokens at once."""
    if not end_token(person=person, number=number, at=now()):
        raise Http404
    say(request, _("令牌已停用。"), "good")
    return redirect("web:tokens")
