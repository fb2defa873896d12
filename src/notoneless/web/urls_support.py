"""The addresses of support: relief, pairings, teaching at home."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import pairings, relief, support, tuition

support_urls: list[URLPattern] = [
    path("helping/", pairings.my_pairings, name="my_pairings"),
    path("support/", support.supports, name="supports"),
    path("pairing/<uuid:pairing_id>/", pairings.pairing, name="pairing"),
    path("pairing/<uuid:pairing_id>/help/", pairings.help_once, name="record_help"),
    path("tuition/<uuid:plan_id>/", tuition.tuition, name="tuition"),
    path("tuition/<uuid:plan_id>/lesson/", tuition.lesson, name="record_tuition"),
    path("tuition/<uuid:plan_id>/lesson/<uuid:given_id>/", tuition.correct, name="correct_tuition"),
    path("child/<uuid:child_id>/support/", support.support, name="support"),
    path("child/<uuid:child_id>/support/relief/", relief.ask_for, name="ask_relief"),
    path("child/<uuid:child_id>/support/relief/<uuid:relief_id>/", relief.decide, name="decide_relief"),
    path("child/<uuid:child_id>/support/pairing/", pairings.add, name="add_pairing"),
    path("child/<uuid:child_id>/support/pairing/<uuid:pairing_id>/end/", pairings.end, name="end_pairing"),
    path("child/<uuid:child_id>/support/tuition/", tuition.plan, name="plan_tuition"),
    path(
        "child/<uuid:child_id>/support/tuition/<uuid:plan_id>/review/", tuition.review, name="review_tuition"
    ),
    path("in/<int:place_id>/support/", support.support_at, name="support_at"),
    path("in/<int:place_id>/relief/", relief.relief_list, name="relief_list"),
]
