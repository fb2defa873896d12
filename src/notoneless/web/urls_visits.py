"""The addresses of visits and what counts them."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import visit_counts, visits

visit_urls: list[URLPattern] = [
    path("child/<uuid:child_id>/visit/", visits.visit, name="visit"),
    path("child/<uuid:child_id>/visit/<uuid:act_id>/", visits.visit_record, name="visit_record"),
    path("child/<uuid:child_id>/picture/<uuid:picture_id>/", visits.attachment, name="attachment"),
    path("class/<int:class_id>/group-visit/", visits.group_visit, name="group_visit"),
    path("in/<int:place_id>/visits/", visit_counts.visit_counts, name="visit_counts"),
    path("in/<int:place_id>/visits/list/", visit_counts.visit_list, name="visit_list"),
]
