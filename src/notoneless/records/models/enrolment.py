"""学籍: which class a child belongs to, from a day until a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from notoneless.records.models.people import Child
from notoneless.records.models.places import ClassGroup


class Enrolment(models.Model):
    """A dated relation between a child and a class; `until` is the first day it no longer holds."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="enrolments")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="enrolments")
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("from_day")), name="enrolment_lasts_a_day"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True), name="one_open_enrolment_a_child"
            ),
        ]
        indexes = [models.Index(fields=["class_group", "from_day"])]
