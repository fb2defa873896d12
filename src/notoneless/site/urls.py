"""Every address, by room."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("notoneless.api.urls"):
    urlpatterns.append(path("api/v1/", include("notoneless.api.urls")))
if find_spec("notoneless.web.urls"):
    urlpatterns.append(path("", include("notoneless.web.urls")))
