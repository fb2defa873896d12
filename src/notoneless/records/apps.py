"""The Django app that holds every table."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """记录: the tables, and the facts in them that are added and never changed."""

    name = "notoneless.records"
    label = "records"
    verbose_name = "记录"

    def ready(self) -> None:
        """Lay the triggers again after every migration, and keep the packs that came with it."""
        post_migrate.connect(_after_migrating, sender=self)


def _after_migrating(*, using: str, **_: Any) -> None:
    from notoneless.records.append_only import lay_triggers
    from notoneless.records.pack_texts import keep_shipped

    lay_triggers(connections[using])
    if "records_packtext" in connections[using].introspection.table_names():
        keep_shipped(using=using)
