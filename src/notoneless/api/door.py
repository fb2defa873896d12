"""The door of every address for programs: the token, its hour's count, the access table; never a cookie."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from notoneless.api.answers import not_there, refused
from notoneless.clock import now
from notoneless.records.models import ApiToken, Person
from notoneless.records.scopes import posts_read_once
from notoneless.services.api_tokens import count_use, token_behind
from notoneless.services.permissions import may_open
from notoneless.services.refusals import Refusal

View = Callable[..., HttpResponse]
READS = ("GET", "HEAD")


def with_token(*methods: str) -> Callable[[View], View]:
    """Pass the token's person and this moment to the view; every refusal becomes JSON."""

    def guard(view: View) -> View:
        @csrf_exempt  # a token is sent by the program itself and never by a browser of its own accord
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                token = _token(request)
                _refuse_method(request, methods, token)
                return _answer(view, request, token.person, kwargs)
            except Refusal as refusal:
                return refused(refusal)
            except ObjectDoesNotExist:
                return refused(not_there())
            except WrongMethod as wrong:
                return wrong.response(methods)

        return guarded

    return guard


class WrongMethod(Exception):
    """An address that does not take this method."""

    def response(self, methods: tuple[str, ...]) -> HttpResponse:
        """405, with those that it takes."""
        allow = ", ".join(methods)
        said = Refusal("WRONG_METHOD", f"这个地址只接受 {allow}。", f"This address takes {allow} alone.")
        response = refused(said, 405)
        response.headers["Allow"] = allow
        return response


def _token(request: HttpRequest) -> ApiToken:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    at = now()
    token = token_behind(secret.strip() if kind.lower() == "bearer" else "", at=at)
    count_use(token, at=at)
    return token


def _refuse_method(request: HttpRequest, methods: tuple[str, ...], token: ApiToken) -> None:
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        raise WrongMethod
    if request.method not in READS and not token.writes:
        raise Refusal("READ_ONLY_TOKEN", "这个令牌只能读取。", "This token may only read.")


def _answer(view: View, request: HttpRequest, person: Person, kwargs: dict[str, Any]) -> HttpResponse:
    if request.method not in READS:
        return _through(view, request, person, kwargs)
    with posts_read_once():
        return _through(view, request, person, kwargs)


def _through(view: View, request: HttpRequest, person: Person, kwargs: dict[str, Any]) -> HttpResponse:
    """The view's answer, if some post of the person may see what this address is about somewhere."""
    at, match = now(), request.resolver_match
    assert match is not None
    if not may_open(match.view_name, person, at.date()):
        raise not_there()
    return view(request, person, at, **kwargs)
