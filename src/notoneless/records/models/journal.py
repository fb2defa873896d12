"""流水: what was done, by whom, when; added and never changed."""

from __future__ import annotations

from django.db import models

from notoneless.records.models.people import Person


class JournalEntry(models.Model):
    """One act as it was done. `body` holds row ids and counts, never names or identity numbers."""

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]
