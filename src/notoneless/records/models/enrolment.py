"""学籍: which class a child attends, whose roll it is on, how either changes, and special routes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from notoneless.core.terms import ChangeKind, ChangeStep, Post, RouteKind
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import ClassGroup, Place


class Enrolment(models.Model):
    """在校: a dated relation between a child and a class; `until` is the first day it no longer holds.

    Whoever is suspended or taught at home has none meanwhile, so that no roll call asks for the child.
    """

    # Its indexes are those below: who is in which class is asked for most of what is shown.
    child = models.ForeignKey(Child, models.PROTECT, related_name="enrolments", db_index=False)
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="enrolments", db_index=False)
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    # When we learned of the stay, and of its end; empty: known as long as anything is.
    recorded_at = models.DateTimeField(null=True)
    end_recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("from_day")), name="enrolment_lasts_a_day"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True), name="one_open_enrolment_a_child"
            ),
        ]
        indexes = [
            models.Index(fields=["child"], include=["class_group", "from_day", "until"], name="class_of"),
            models.Index(fields=["class_group", "from_day"], include=["until", "child"], name="pupils_of"),
        ]


class OnRoll(models.Model):
    """在籍: whose roll the child is on, from a day until a day (exclusive); a fact apart from attending.

    A school that we do not keep has no row: `elsewhere` names it.
    """

    child = models.ForeignKey(Child, models.PROTECT, related_name="on_roll")
    school = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="on_roll")
    elsewhere = models.CharField(max_length=100, blank=True)
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True)
    end_recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("from_day")), name="on_roll_lasts_a_day"
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False) ^ ~Q(elsewhere=""), name="on_one_roll_here_or_elsewhere"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=Q(until__isnull=True), name="one_open_roll_a_child"
            ),
        ]
        indexes = [models.Index(fields=["school", "child"], name="on_roll_of")]


class StayRetracted(models.Model):
    """A stay in a class or on a roll that was written down and never was; what was reported then knew it."""

    child = models.ForeignKey(Child, models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+")
    school = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    from_day = models.DateField()
    recorded_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField()


class SameChild(models.Model):
    """合并: two records were found to be of one child; this one goes, with all its facts, into the other."""

    child = models.OneToOneField(Child, models.PROTECT, primary_key=True, related_name="goes_into")
    stays = models.ForeignKey(Child, models.PROTECT, related_name="took_in")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class EnrolmentChange(models.Model):
    """学籍异动: what was asked for; how far it came is in its steps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="changes")
    kind = TermField(ChangeKind)
    # The school the child belongs to; for a transfer `receiver` is the other one, or `elsewhere` names it.
    school = models.ForeignKey(Place, models.PROTECT, null=True, related_name="changes")
    receiver = models.ForeignKey(Place, models.PROTECT, null=True, related_name="received_changes")
    elsewhere = models.CharField(max_length=100, blank=True)
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)  # of a suspension: the day the child is expected again
    reason = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "from_day"], name="change_of"),
            models.Index(fields=["receiver", "from_day"], name="change_to"),
        ]


class ChangeStepTaken(models.Model):
    """异动步骤: one step of a change, by whom, with which papers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey(EnrolmentChange, models.PROTECT, related_name="steps")
    step = TermField(ChangeStep)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    papers = models.JSONField(default=list)
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "step"], name="each_step_once")]


class SpecialRoute(models.Model):
    """特殊安置: schooling in another way than an ordinary place, with who approved it and until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="routes")
    kind = TermField(RouteKind)
    school = models.ForeignKey(Place, models.PROTECT, related_name="routes")  # which school answers for it
    from_day = models.DateField()
    until = models.DateField(null=True, blank=True)
    approved_by = models.CharField(max_length=100)  # the authority
    paper = models.CharField(max_length=100, blank=True)  # its document number
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        indexes = [models.Index(fields=["school", "kind"], name="routes_of")]
