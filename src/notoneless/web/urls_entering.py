"""The addresses at which children are written down, completed, taken into a class, found to be here twice."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import entering, never_enrolled, together

entering_urls: list[URLPattern] = [
    path("in/<int:place_id>/enrolment/enter/", entering.enter, name="enter_pupil"),
    path("in/<int:place_id>/enrolment/leaving/", together.leaving, name="leave_together"),
    path("in/<int:place_id>/enrolment/arriving/", together.arrivals, name="arrive_together"),
    path("child/<uuid:child_id>/enrolment/enter/", entering.enter_class, name="take_in"),
    path("child/<uuid:child_id>/record/", entering.complete_child, name="complete_child"),
    path("child/<uuid:child_id>/same/", entering.same_child, name="same_child"),
    path("in/<int:place_id>/never-enrolled/", never_enrolled.never_enrolled, name="never_enrolled"),
    path("in/<int:place_id>/never-enrolled/add/", never_enrolled.find, name="find_never_enrolled"),
    path("in/<int:place_id>/never-enrolled/list/", never_enrolled.from_list, name="never_enrolled_list"),
]
