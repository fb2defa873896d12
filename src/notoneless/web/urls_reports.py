"""The addresses of reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import report_lists, reports

report_urls: list[URLPattern] = [
    path("in/<int:place_id>/reports/", report_lists.reports, name="reports"),
    path("in/<int:place_id>/reports/on-time/", report_lists.reporting, name="reporting"),
    path("in/<int:place_id>/reports/<slug:kind>/<day:day>/", report_lists.draw, name="draw_report"),
    path("report/<uuid:report_id>/", reports.report, name="report"),
    path("report/<uuid:report_id>/class/<int:class_id>/", reports.class_check, name="class_check"),
    path("report/<uuid:report_id>/<slug:column>/<slug:unit>/", reports.rows, name="report_rows"),
]
