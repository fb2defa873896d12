"""The addresses of casework."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import case_work, lists

case_urls: list[URLPattern] = [
    path("case/<str:number>/", case_work.case, name="case"),
    path("case/<str:number>/reasons/", case_work.reasons, name="case_reasons"),
    path("case/<str:number>/plan/", case_work.plan, name="case_plan"),
    path("case/<str:number>/step/<int:step_id>/", case_work.step, name="case_step"),
    path("case/<str:number>/hand-off/", case_work.offer, name="hand_off"),
    path("in/<int:place_id>/case-reasons/", lists.reasons, name="list_reasons"),
    path("hand-offs/", case_work.hand_offs, name="hand_offs"),
    path("hand-offs/<uuid:hand_off_id>/", case_work.answer, name="answer_hand_off"),
]
