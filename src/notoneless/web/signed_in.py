"""Who is asking: the signed cookie names a person, and one read says whether it still holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from notoneless.records.models import Person
from notoneless.records.scopes import visible_schools
from notoneless.web.gate import let_through
from notoneless.web.kept import keep
from notoneless.web.moment import now

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Person, P], HttpResponse]
Answering = Callable[Concatenate[HttpRequest, P], HttpResponse]

PERSON = "person"
VERSION = "version"
BOARD = "board"


def sign_in(request: HttpRequest, person: Person) -> None:
    """Let the session stand for `person` until it ends or `session_version` is raised."""
    request.session.cycle_key()
    request.session[PERSON] = person.pk
    request.session[VERSION] = person.session_version
    # Only whether the frame offers the board; the board itself asks again.
    request.session[BOARD] = visible_schools(person, now().date()).exists()


def person_of(request: HttpRequest) -> Person | None:
    """The person whose session this is, or None; one query."""
    if PERSON not in request.session:
        return None
    number, version = request.session[PERSON], request.session[VERSION]
    return Person.objects.filter(pk=number, session_version=version, user__is_active=True).first()


def signed_in(view: View[P]) -> Answering[P]:
    """Pass the person to the view, or ask to sign in; what was posted meanwhile is kept, not lost."""

    @wraps(view)
    def asks_first(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return ask_to_sign_in(request)
        let_through(request, person, now().date())
        return view(request, person, *args, **kwargs)

    return asks_first  # type: ignore[return-value]  # the request is only ever passed by position


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: by redirect when nothing was posted, else with the posted fields in it."""
    if request.method != "POST":
        return redirect(f"{reverse('web:login')}?{urlencode({'next': request.get_full_path()})}")
    from notoneless.web.views.login import login_page  # the page knows this module; only this call looks back

    return login_page(request, kept=keep(request), status=401)
