"""The pages as a Django app: templates, static files and words in two languages."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room `web` with Django."""

    name = "notoneless.web"
    label = "web"
