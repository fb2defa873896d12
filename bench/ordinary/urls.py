"""Two addresses."""

from __future__ import annotations

from django.urls import path

from bench.ordinary import views

urlpatterns = [
    path("roll-call/<int:class_id>/<str:day>/<str:session>/", views.roll_call, name="roll_call"),
    path("receipt/<int:number>/", views.receipt, name="receipt"),
]
