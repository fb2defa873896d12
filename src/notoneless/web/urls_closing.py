"""The addresses of close-outs and of placement on return."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import closing, placement

closing_urls: list[URLPattern] = [
    path("close-outs/", closing.close_outs, name="close_outs"),
    path("case/<str:number>/close/", closing.close, name="close"),
    path("case/<str:number>/evidence/", closing.evidence, name="evidence"),
    path("case/<str:number>/close/<uuid:asked_id>/", closing.review, name="review_close_out"),
    path("case/<str:number>/placement/", placement.placement, name="placement"),
]
