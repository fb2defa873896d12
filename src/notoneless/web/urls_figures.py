"""The addresses of figures: all of a place, the list behind a number, then and now, numbers from paper."""

from __future__ import annotations

from django.urls import URLPattern, path

from notoneless.web.views import counts_given, figure_lists, figures

figure_urls: list[URLPattern] = [
    path("in/<int:place_id>/figures/", figures.figures, name="figures"),
    path("in/<int:place_id>/figures/list/", figure_lists.figure_list, name="figure_list"),
    path("in/<int:place_id>/figures/typed/", counts_given.counts_given, name="counts_given"),
    path("in/<int:place_id>/figures/file/<slug:form>/", figures.export, name="export_figures"),
    path("in/<int:place_id>/figures/<slug:figure>/known/", figure_lists.figure_known, name="figure_known"),
]
