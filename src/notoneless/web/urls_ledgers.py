"""The addresses of ledgers, of an office's own workbooks for them, and of a child's and a class's file."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import files, ledgers

ledger_urls: list[URLPattern] = [
    path("child/<uuid:child_id>/file/", files.child_file, name="child_file"),
    path("class/<int:class_id>/file/", files.class_file, name="class_file"),
    path("in/<int:place_id>/ledgers/", ledgers.ledgers, name="ledgers"),
    path("in/<int:place_id>/ledger/<slug:kind>/", ledgers.ledger, name="ledger"),
    path("in/<int:place_id>/ledger/<slug:kind>/template/", ledgers.template, name="ledger_template"),
    path("in/<int:place_id>/ledger/<slug:kind>/<slug:form>/", ledgers.export, name="export_ledger"),
]
