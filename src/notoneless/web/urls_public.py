"""The addresses of guardians and the public, and of the offices that answer them."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import contests, feedback, guardian, guardian_links, public, tips

public_urls: list[URLPattern] = [
    path("public/", public.tip, name="tip"),
    path("public/status/", public.tip_status, name="tip_status"),
    path("public/poster/", public.tip_poster, name="tip_poster"),
    path("public/feedback/", public.feedback, name="feedback"),
    path("family/", guardian.family, name="family"),
    path("family/close/", guardian.leave_family, name="leave_family"),
    path("family/do/<slug:what>/", guardian.family_form, name="family_form"),
    path("family/link/<str:token>/", guardian.guardian_link, name="guardian_link"),
    path("child/<uuid:child_id>/family/", guardian_links.guardian_links, name="guardian_links"),
    path("child/<uuid:child_id>/explained/<uuid:explained_id>/", guardian_links.take, name="take_explained"),
    path("tips/", tips.tips, name="tips"),
    path("tips/passed/", tips.passed_tips, name="passed_tips"),
    path("tips/passed/<uuid:forwarded_id>/", tips.passed_tip, name="passed_tip"),
    path("tips/<uuid:tip_id>/", tips.tip, name="one_tip"),
    path("tips/<uuid:tip_id>/reporter/", tips.reporter, name="reporter"),
    path("contests/", contests.contests, name="contests"),
    path("contests/<uuid:contest_id>/", contests.contest, name="contest"),
    path("feedback/", feedback.feedback_results, name="feedback_results"),
    path("feedback/<int:slips_id>/slips/", feedback.feedback_slips, name="feedback_slips"),
]
