"""The addresses of charts and of what is handed out to inspections and audits."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import chart_pages, compliance_pack, inspection_pack

chart_urls: list[URLPattern] = [
    path("in/<int:place_id>/charts/", chart_pages.charts, name="charts"),
    path("in/<int:place_id>/charts/of/<slug:what>/", chart_pages.listed_children, name="chart_list"),
    path("in/<int:place_id>/charts/<slug:chart>.<slug:form>", chart_pages.export, name="export_chart"),
    path("in/<int:place_id>/inspection-pack/", inspection_pack.inspection, name="inspection_pack"),
    path("in/<int:place_id>/compliance-pack/", compliance_pack.compliance, name="compliance_pack"),
]
