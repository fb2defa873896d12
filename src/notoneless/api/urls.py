"""The addresses for programs; the version stands in them, so that what runs today runs tomorrow."""

from __future__ import annotations

from datetime import date

from django.urls import URLPattern, path, register_converter

from notoneless.api import about, views


class DateInAddress:
    """A day in an address; one that does not exist is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The day; ValueError makes Django answer 404."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """The day as an address writes it."""
        return value.isoformat()


register_converter(DateInAddress, "date")
app_name = "api"
urlpatterns: list[URLPattern] = [
    path("", about.docs, name="docs"),
    path("openapi.json", about.openapi, name="openapi"),
    path("me/", views.me, name="me"),
    path("classes/", views.classes, name="classes"),
    path("classes/<int:class_id>/roll-calls/<date:day>/<slug:session>/", views.roll_call, name="roll_call"),
    path("owed/", views.owed, name="owed"),
    path("children/<uuid:child_id>/", views.child, name="child"),
    path("places/<int:place_id>/silent-schools/", views.silent, name="silent"),
    path("<path:anything>", about.nothing, name="nothing"),
]
