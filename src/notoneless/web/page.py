"""Rendering a page for a person: the frame, the moment, what was just said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from notoneless.records.models import Person
from notoneless.web.said import hear
from notoneless.web.tabs import tabs_of


def page(
    request: HttpRequest, person: Person, name: str, now: datetime, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page `name` in the frame that every signed-in page has."""
    frame = {"person": person, "now": now, "nav": _nav(request, person, now), "said": hear(request)}
    return render(request, f"web/{name}.html", frame | context, status=status)


def _nav(request: HttpRequest, person: Person, now: datetime) -> list[dict[str, object]]:
    pages = [(reverse("web:today"), _("今天"))]
    pages += [(tab.url, tab.name) for tab in tabs_of(person, now.date())]
    return [{"url": url, "name": name, "here": request.path == url} for url, name in pages]
