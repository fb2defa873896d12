"""Who is asking: the signed cookie names a person, and one read says whether it still holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person
from notoneless.records.scopes import posts_read_once
from notoneless.services import accounts
from notoneless.web.gate import let_through
from notoneless.web.kept import keep
from notoneless.web.moment import now
from notoneless.web.session import (
    IN_THE_DEMO,
    SEEN,
    Standing,
    put,
    reach,
    see,
    standing,
    usable,
    wants_renewal,
)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Person, P], HttpResponse]
Answering = Callable[Concatenate[HttpRequest, P], HttpResponse]


def sign_in(
    request: HttpRequest, person: Person, *, device: DeviceKind, factor: bool, must_have_factor: bool
) -> None:
    """Let this device stand for `person`; whatever the session was before, it is another one now."""
    at = now()
    lasting = IN_THE_DEMO if settings.DEMO else accounts.lasts(device, must_have_factor=must_have_factor)
    row = accounts.begin(person=person, device=device, factor=factor, at=at, until=at + lasting)
    leave(request, at)
    rotate_token(request)
    put(request.session, row, person.session_version)


def leave(request: HttpRequest, at: datetime) -> Standing | None:
    """End the sign-in of this session, if it has one, and empty it; gives what it was."""
    before = standing(request.session, at)
    if before is not None:
        accounts.end(person=before.person, number=before.sign_in, at=at)
    request.session.flush()
    return before


def person_of(request: HttpRequest) -> Person | None:
    """The person whose session this is, or None; one query."""
    at = now()
    found = usable(request.session, at)
    if found is None:
        return None
    person = person_standing(found)
    if person is not None:
        see(request.session, found, at)
        if wants_renewal(found, at) and not settings.DEMO and not _renewed(request, person, found, at):
            return None
    return person


def person_standing(found: Standing) -> Person | None:
    """The person of a sign-in that nobody has ended, stopped, or signed out everywhere."""
    people = Person.objects.filter(
        pk=found.person,
        session_version=found.version,
        user__is_active=True,
        sign_ins=found.sign_in,
        sign_ins__ended_at=None,
    )
    return people.first()


def _renewed(request: HttpRequest, person: Person, found: Standing, at: datetime) -> bool:
    """Let a telephone's sign-in reach further; False for whoever got a post that asks for a second factor."""
    must = accounts.must_have_factor(person, at.date())
    if must and not found.factor:
        accounts.end(person=person, number=found.sign_in, at=at)
        return False
    until = at + accounts.lasts(found.device, must_have_factor=must)
    if must:
        until = min(until, datetime.fromtimestamp(found.until, CHINA_TIME))
    request.session[SEEN] = at.timestamp()
    reach(request.session, found.device, at=at, until=until)
    accounts.keep_on(found.sign_in, until=until)
    return True


def signed_in(view: View[P]) -> Answering[P]:
    """Pass the person to the view, or ask to sign in; what was posted meanwhile is kept, not lost."""

    @wraps(view)
    def asks_first(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return ask_to_sign_in(request)
        if request.method in ("GET", "HEAD"):
            with posts_read_once():
                let_through(request, person, now().date())
                return view(request, person, *args, **kwargs)
        let_through(request, person, now().date())
        return view(request, person, *args, **kwargs)

    return asks_first  # type: ignore[return-value]  # the request is only ever passed by position


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: by redirect when nothing was posted, else with the posted fields in it."""
    if request.method != "POST":
        return redirect(f"{reverse('web:login')}?{urlencode({'next': request.get_full_path()})}")
    from notoneless.web.views.login import login_page  # the page knows this module; only this call looks back

    return login_page(request, kept=keep(request), status=401)
