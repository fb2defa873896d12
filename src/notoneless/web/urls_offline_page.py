"""The addresses of the page that works without signal."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import offline_page

offline_page_urls: list[URLPattern] = [
    path("offline/", offline_page.shell, name="offline"),
    path("offline/sw.js", offline_page.worker, name="offline_worker"),
    path("offline/manifest.webmanifest", offline_page.manifest, name="offline_manifest"),
    path("offline/rescue/", offline_page.rescue, name="offline_rescue"),
]
