"""The addresses of what contradicts, and of tables from outside."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import contradictions, outside_tables

contradiction_urls: list[URLPattern] = [
    path("contradictions/", contradictions.contradictions, name="contradictions"),
    path("in/<int:place_id>/contradictions/", contradictions.contradictions_at, name="contradictions_at"),
    path("contradiction/<int:contradiction_id>/", contradictions.contradiction, name="contradiction"),
    path("in/<int:place_id>/outside-tables/", outside_tables.outside_tables, name="outside_tables"),
]
