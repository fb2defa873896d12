"""Files that were taken in, so that the same file twice is one import."""

from __future__ import annotations

from django.db import models

from notoneless.records.models.people import Person
from notoneless.records.models.places import Place


class FileImported(models.Model):
    """One committed import: which file, by the digest of what it says, and what it brought."""

    school = models.ForeignKey(Place, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # ROSTER or ATTENDANCE
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "kind", "digest"], name="a_file_once")]
