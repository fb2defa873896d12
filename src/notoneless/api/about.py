"""What the interface is, for people and for programs, and that there is nothing else; no token is needed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from notoneless.api.answers import answer, not_there, refused
from notoneless.api.openapi import OPERATIONS, description
from notoneless.clock import now


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description as OpenAPI 3.1."""
    return answer(description())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same as a page that needs no scripts and nothing from elsewhere."""
    shown = [(each, each.path.replace("{", "‹").replace("}", "›")) for each in OPERATIONS]
    return render(request, "web/public/api.html", {"now": now(), "operations": shown})


@csrf_exempt
def nothing(request: HttpRequest, anything: str) -> HttpResponse:
    """What a program that mistyped an address can read."""
    return refused(not_there())
