"""The addresses of papers; none of them carries a name or a number of a paper."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import paper_templates, papers, papers_issued

paper_urls: list[URLPattern] = [
    path("child/<uuid:child_id>/papers/", papers.of_child, name="papers"),
    path("child/<uuid:child_id>/papers/<slug:form>/", papers.make, name="make_paper"),
    path("in/<int:place_id>/papers/", papers.of_place, name="papers_at"),
    path("in/<int:place_id>/papers/<slug:form>/", papers.make_at, name="make_paper_at"),
    path("in/<int:place_id>/templates/", paper_templates.templates, name="paper_templates"),
    path("in/<int:place_id>/templates/<slug:form>/", paper_templates.template, name="paper_template"),
    path("paper/<uuid:paper_id>/", papers_issued.paper, name="paper"),
    path("paper/<uuid:paper_id>/serve/", papers_issued.serve_paper, name="serve_paper"),
    path("paper/<uuid:paper_id>/replace/", papers_issued.replace_paper, name="replace_paper"),
]
