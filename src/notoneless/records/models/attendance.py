"""点名 and what differs from present; added, never changed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from notoneless.core.terms import AbsenceReason, AttendanceStatus, Post
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup


class RollCall(models.Model):
    """点名: that a roll call was taken; whoever of the class no mark mentions was there.

    A second account of the same class, day and session is kept with `standing` false: it does not speak for
    anybody until a person has settled between the two.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its indexes are those below; a roll call is written a thousand times for each time it is looked for.
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="roll_calls", db_index=False)
    day = models.DateField()
    session = models.CharField(max_length=20)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    post = TermField(Post)
    recorded_at = models.DateTimeField()
    expected = models.PositiveSmallIntegerField()
    absent = models.PositiveSmallIntegerField(default=0)
    leave = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    unrecorded = models.PositiveSmallIntegerField(default=0)
    opened = models.PositiveSmallIntegerField(default=0)  # obligations that it opened
    key = models.CharField(max_length=80)
    standing = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "day", "session"],
                condition=Q(standing=True),
                name="one_standing_roll_call",
            ),
            # As a constraint: a unique field would have a second index on PostgreSQL, for LIKE.
            models.UniqueConstraint(fields=["key"], name="one_roll_call_a_key"),
        ]
        indexes = [
            models.Index(fields=["day", "class_group"]),
            # What a class called, without its rows: they lie scattered, one a day.
            models.Index(
                fields=["class_group", "session", "day", "recorded_at"],
                condition=Q(standing=True),
                name="called_by_class",
            ),
        ]


class RollCallSettled(models.Model):
    """A person decided between two accounts of one session; `chosen` is right, `other` is not."""

    chosen = models.ForeignKey(RollCall, models.PROTECT, related_name="+")
    other = models.OneToOneField(RollCall, models.PROTECT, related_name="settled")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=200)


class AttendanceMark(models.Model):
    """考勤标记: a child who was not simply present, or a correction that says what is right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    roll_call = models.ForeignKey(RollCall, models.PROTECT, null=True, related_name="marks")
    child = models.ForeignKey(Child, models.PROTECT, related_name="marks", db_index=False)
    day = models.DateField()
    session = models.CharField(max_length=20)
    status = TermField(AttendanceStatus)
    reason = TermField(AbsenceReason, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    # False for a mark of an account that does not stand, so that a history needs no join to know it.
    speaks = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["child", "day"]),
            # Who of a class has a mark of today: forty look-ups on a few pages instead of on forty.
            models.Index(fields=["day", "child"], name="mark_on_day"),
            # The absent of a day or week of a whole county, and what corrects them; few rows have either.
            models.Index(
                fields=["day", "child"],
                include=["id"],
                condition=Q(status="ABSENT", speaks=True),
                name="mark_absent",
            ),
            models.Index(fields=["day"], condition=Q(supersedes__isnull=False), name="mark_corrected_on"),
        ]


class LeaveGranted(models.Model):
    """请假: `until` is the first day the child is expected again; 销假 supersedes with an earlier one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="leaves")
    from_day = models.DateField()
    until = models.DateField()
    reason = TermField(AbsenceReason)
    granted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["until"])]
