"""The addresses of the pages; none of them carries a name or an identity number."""

from __future__ import annotations

from django.urls import URLPattern, path

import notoneless.web.addresses  # noqa: F401  (registers the kind "day")
from notoneless.web.views import acts, board, case, child, demo, duty, login, roll_call, settle, today

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("language/", login.language, name="language"),
    path("roll-call/<int:class_id>/<day:day>/<str:session>/", roll_call.roll_call, name="roll_call"),
    path("roll-call/<uuid:first>/<uuid:second>/", settle.settle, name="settle"),
    path("receipt/<str:token>/", roll_call.receipt, name="receipt"),
    path("child/<uuid:child_id>/", child.child, name="child"),
    path("child/<uuid:child_id>/obligation/<uuid:key>/", child.obligation, name="obligation"),
    path("child/<uuid:child_id>/correct/<day:day>/<str:session>/", acts.correct, name="correct"),
    path("child/<uuid:child_id>/leave/<uuid:leave_id>/end/", acts.end_leave, name="end_leave"),
    path("child/<uuid:child_id>/<slug:kind>/", acts.act, name="act"),
    path("duty/<uuid:key>/", duty.duty, name="duty"),
    path("board/", board.board, name="board"),
    path("board/<int:school_id>/", board.board, name="school_board"),
    path("case/<str:number>/close/", case.close, name="close"),
    path("demo/next-morning/", demo.next_morning, name="next_morning"),
]
