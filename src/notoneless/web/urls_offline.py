"""The addresses by which telephones register, load their bundle and send, and where the school looks at it."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import offline

offline_urls: list[URLPattern] = [
    path("offline/device/", offline.device, name="offline_device"),
    path("offline/bundle/", offline.bundle, name="offline_bundle"),
    path("offline/records/", offline.records, name="offline_records"),
]
