"""The addresses of honest reporting and supervision: questions, samples, inspections, recognition."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import honesty, inspections, recognition, samples

honesty_urls: list[URLPattern] = [
    path("in/<int:place_id>/honesty/", honesty.panel, name="honesty"),
    path("in/<int:place_id>/questions/", honesty.questions, name="questions"),
    path("question/<uuid:question_id>/", honesty.question, name="question"),
    path("in/<int:place_id>/inspections/", inspections.inspections, name="inspections"),
    path("in/<int:place_id>/inspections/record/", inspections.record, name="record_inspection"),
    path("inspection/<uuid:inspection_id>/", inspections.inspection, name="inspection"),
    path("inspection/<uuid:inspection_id>/finding/", inspections.finding, name="add_finding"),
    path("inspection/<uuid:inspection_id>/measure/", inspections.measure, name="take_measure"),
    path("finding/<uuid:finding_id>/report/", inspections.report, name="report_rectified"),
    path("finding/<uuid:finding_id>/again/", inspections.again, name="reinspect"),
    path("in/<int:place_id>/samples/", samples.samples, name="samples"),
    path("in/<int:place_id>/samples/announce/", samples.announce, name="announce_sample"),
    path("sample/<uuid:sample_id>/", samples.sample, name="sample"),
    path("sample/<uuid:sample_id>/list/", samples.frame, name="sample_list"),
    path("sample/<uuid:sample_id>/draw/", samples.draw, name="draw_sample"),
    path("sample/<uuid:sample_id>/visit/<uuid:row>/", samples.revisit, name="record_revisit"),
    path("in/<int:place_id>/recognition/", recognition.recognitions, name="recognitions"),
    path("in/<int:place_id>/recognition/ask/", recognition.ask_for, name="ask_recognition"),
    path("recognition/<uuid:asked_id>/", recognition.decide, name="decide_recognition"),
]
