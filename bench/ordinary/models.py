"""Classes, pupils, roll calls and marks, as one would first write them."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models


class SchoolClass(models.Model):
    """A class with its teacher."""

    name = models.CharField(max_length=60)
    teacher = models.ForeignKey(User, models.PROTECT)


class Pupil(models.Model):
    """A pupil of a class."""

    name = models.CharField(max_length=200)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT)


class RollCall(models.Model):
    """One class on one day in one session."""

    school_class = models.ForeignKey(SchoolClass, models.PROTECT)
    day = models.DateField()
    session = models.CharField(max_length=20)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT)

    class Meta:
        unique_together = ["school_class", "day", "session"]


class Mark(models.Model):
    """What was called of one pupil."""

    roll_call = models.ForeignKey(RollCall, models.CASCADE)
    pupil = models.ForeignKey(Pupil, models.PROTECT)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        unique_together = ["roll_call", "pupil"]


class AuditEntry(models.Model):
    """Who did what."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT)
    action = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
