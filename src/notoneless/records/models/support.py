"""帮扶: relief from cost, pairing with a helper, home tuition. Need to know."""

from __future__ import annotations

import uuid

from django.db import models

from notoneless.core.case_terms import Decision, HelpWay, PairingPurpose, ReliefKind
from notoneless.core.terms import Post
from notoneless.records.models.cases import ActRecord
from notoneless.records.models.enrolment import SpecialRoute
from notoneless.records.models.fields import TermField
from notoneless.records.models.people import Child, Person
from notoneless.records.models.places import Place


class ReliefAsked(models.Model):
    """减免缓助补申请: asked for on behalf of a child."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="relief")
    school = models.ForeignKey(Place, models.PROTECT, related_name="relief")
    kind = TermField(ReliefKind)
    of = models.CharField(max_length=100)  # which cost: board, books …
    fen = models.PositiveIntegerField(null=True)  # hundredths of a yuan; empty where it is not money
    reason = models.TextField()
    school_year = models.PositiveSmallIntegerField()  # the year it begins in
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class ReliefDecided(models.Model):
    """减免缓助补审批: what was decided, for how long."""

    asked = models.OneToOneField(ReliefAsked, models.PROTECT, related_name="decided")
    decision = TermField(Decision)
    fen = models.PositiveIntegerField(null=True)
    from_day = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    by_post = TermField(Post)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)


class Pairing(models.Model):
    """结对帮扶: one helper for one child, who is in touch at least every so many days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="pairings")
    helper = models.ForeignKey(Person, models.PROTECT, related_name="pairings")
    helper_is = models.CharField(max_length=60, blank=True)  # 科任教师, 党员, 校领导, 村干部
    purpose = TermField(PairingPurpose)
    goal = models.CharField(max_length=300, blank=True)
    from_day = models.DateField()
    contact_days = models.PositiveSmallIntegerField()  # calendar days that may lie between two contacts
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class PairingContact(models.Model):
    """帮扶记录: one contact of a helper with the child; a visit recorded elsewhere is only pointed to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="contacts")
    act = models.ForeignKey(ActRecord, models.PROTECT, related_name="+")
    way = TermField(HelpWay)
    content = models.TextField(blank=True)
    effect = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pairing", "act"], name="an_act_once_a_pairing")]


class PairingEnded(models.Model):
    """结对结束: from when the pairing is over, and what it achieved."""

    pairing = models.OneToOneField(Pairing, models.PROTECT, related_name="ended")
    until = models.DateField()
    evaluation = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class TuitionPlan(models.Model):
    """送教方案: how a child is taught at home in one school year; the last one of a year stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, models.PROTECT, related_name="tuition_plans")
    route = models.ForeignKey(SpecialRoute, models.PROTECT, null=True, related_name="+", db_index=False)
    school = models.ForeignKey(Place, models.PROTECT, related_name="tuition_plans")
    school_year = models.PositiveSmallIntegerField()  # the year it begins in
    assessment = models.TextField(blank=True)  # what the child can do now
    goals = models.TextField()
    content = models.TextField()
    times_a_week = models.DecimalField(max_digits=3, decimal_places=1)
    lessons_each = models.DecimalField(max_digits=3, decimal_places=1)
    teachers = models.ManyToManyField(Person, related_name="+")
    agreed_by_guardian = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)


class TuitionGiven(models.Model):
    """送教记录: one time a child was taught at home."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(TuitionPlan, models.PROTECT, related_name="given")
    day = models.DateField()
    lessons = models.DecimalField(max_digits=3, decimal_places=1)
    teachers = models.CharField(max_length=100)
    content = models.TextField()
    response = models.TextField(blank=True)  # how the child took it
    guardian_there = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=80, null=True, unique=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")


class TuitionReviewed(models.Model):
    """送教评估: what the year's teaching at home achieved and what changes."""

    plan = models.ForeignKey(TuitionPlan, models.PROTECT, related_name="reviews")
    words = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
